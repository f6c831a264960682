//! Tests of packed files and archives. Those in `data` were made by other programs; hostile ones are laid or bent here.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, clippy::cast_possible_truncation, reason = "tests")]

mod hostile;
mod lay;
mod members;
mod packed;
