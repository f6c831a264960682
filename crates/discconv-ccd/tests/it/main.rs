//! Tests of CloneCD images, a module per theme. Descriptors are laid here line by line, never by the writer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod corpus;
mod hostile;
mod lay;
mod read;
mod traps;
mod write;
