//! Discs are made and taken apart again by a reader that is written here, from the clauses of the standards.

#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation, reason = "tests")]

mod boot;
mod hostile;
mod large;
mod small;
mod support;
mod systems;
