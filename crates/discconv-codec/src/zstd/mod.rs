//! Zstandard, one frame a block (RFC 8878).

mod decode;
mod frame;

pub use decode::Decoder;
