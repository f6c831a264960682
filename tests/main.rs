//! The program from outside: every promise of the command line, tried on the built binary.
//!
//! One binary, a module per theme. A test works in a [`support::Room`] of its own, with names relative to it, so that
//! what the program says is the same everywhere and can be kept as a snapshot. Every child has a time limit.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests fail by panicking, and say what they did")]

mod bad_input;
mod batch;
mod convert;
mod corpus;
mod corpus_containers;
mod create;
mod faults;
mod hostile;
mod identify;
mod inside;
mod look;
mod losses;
mod mount;
mod originals;
mod parents;
mod receipts;
mod repair;
mod several;
mod support;
mod ui;
mod wrapped;
