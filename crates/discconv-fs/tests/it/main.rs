//! File systems as whole volumes show them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "small numbers")]

mod boot;
mod consoles;
mod corpus;
mod hfs;
mod hostile;
mod lay;
mod lies;
mod plain;
mod rock;
mod sessions;
mod show;
mod udf;
mod user;
