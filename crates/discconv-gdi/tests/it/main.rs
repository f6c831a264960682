//! Tests of GDIs, a module per theme. Texts and sectors are laid here by hand.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, clippy::cast_possible_truncation, reason = "tests")]

mod corpus;
mod folder;
mod hostile;
mod read;
mod traps;
mod write;
