//! Tests of cdrdao's TOC files, a module per theme.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod corpus;
mod folder;
mod hostile;
mod read;
mod texts;
mod traps;
mod written;
