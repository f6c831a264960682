//! Tests of Alcohol 120% images, a module per theme. Descriptors are laid here byte by byte, never by the writer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "small numbers")]

mod corpus;
mod files;
mod hostile;
mod lay;
mod pregaps;
mod read;
mod write;
