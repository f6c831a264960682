//! Tests of DiscJuggler images, a module per theme. Images are laid here byte by byte, never by the writer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, clippy::cast_possible_truncation, reason = "tests")]

mod corpus;
mod discs;
mod hostile;
mod lay;
mod read;
mod traps;
mod write;
