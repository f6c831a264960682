//! LZMA without a header: lc 3, lp 0, pb 2, one block from the first byte to the last.
//!
//! | Where | Content |
//! |---|---|
//! | byte 0 | 0 |
//! | bytes 1 to 4 | the range decoder's first word, big-endian |
//! | then | range-coded symbols; mostly no end marker |
//!
//! The dictionary is the block itself, so a distance may be as long as what was unpacked.
//!
//! Source: the LZMA specification in the LZMA SDK (public domain).

mod decode;
mod encode;
mod model;
mod port;
mod range;
#[cfg(feature = "lzma-sdk")]
mod sdk;

pub use decode::Decoder;
pub use encode::Encoder;
