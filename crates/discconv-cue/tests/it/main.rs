//! Tests of the cue sheet format, a module per theme.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod areas;
mod corpus;
mod elsewhere;
mod fixtures;
mod folder;
mod hostile;
mod random;
mod traps;
mod written;
