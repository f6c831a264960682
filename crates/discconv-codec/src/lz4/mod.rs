//! LZ4 blocks without a frame, as ZSO and CSO version 2 store them.
//!
//! From the LZ4 block format description: a block is a row of sequences, each a token (literals in the high, match in the
//! low 4 bits), more bytes of the number of literals while they are 255, the literals, a little-endian distance, and more
//! bytes of the match's length. Matches are at least 4 long. The last sequence ends with its literals.
//!
//! The encoders of the C library clear or miss tables of 256 KiB, which a block of 2048 bytes cannot pay for. Ours have
//! tables that stay in the first cache, find about as much, and choose among what they found by the exact cost.

mod decode;
mod encode;
mod path;
mod search;
mod write;

pub use decode::decode;
pub use encode::Lz4Encoder;
