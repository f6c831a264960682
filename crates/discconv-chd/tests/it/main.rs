//! Tests of CHDs, a module per theme. Files are laid here byte by byte, never by the writer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, clippy::cast_possible_truncation, reason = "tests")]

mod codecs;
mod coded;
mod corpus;
mod discs;
mod facts;
mod hostile;
mod judge;
mod lay;
mod old;
mod parents;
mod tracks;
mod write;
