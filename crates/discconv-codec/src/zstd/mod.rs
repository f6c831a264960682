//! Zstandard, one frame a block (RFC 8878).

mod decode;
mod encode;
mod frame;

pub use decode::Decoder;
pub use encode::Encoder;
