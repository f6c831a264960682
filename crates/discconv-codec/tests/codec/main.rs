//! Blocks packed and unpacked, judged by libraries that are not ours.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::panic,
    reason = "tests with small numbers, which say what they expect by panicking"
)]

mod deflate;
mod flac;
mod hostile;
mod lz4;
mod lzma;
mod samples;
mod zstd;
