//! FLAC frames without the stream around them: two channels of 16 bits at 44.1 kHz (RFC 9639, section 9).
//!
//! A block is a row of frames, numbered from 0, all but the last of one size. Samples are those of a CD: left, right.

mod bits;
mod crc;
mod decode;
mod encode;
mod frame;
mod predict;
mod subframe;

pub use decode::Decoder;
pub use encode::Encoder;
