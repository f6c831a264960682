//! Subchannel P to W: 96 bytes beside every sector (Red Book; ECMA-130 clause 22; MMC).
//!
//! | Form | Bytes | Layout |
//! |---|---|---|
//! | interleaved | 96 | one byte per symbol, P in bit 7 to W in bit 0, as it comes from the disc |
//! | packed | 96 | 12 bytes of P, 12 of Q, ... 12 of W; highest bit first |
//! | PQ | 16 | 12 bytes of Q, 3 zeros, P in bit 7 of the last |

mod coding;
mod crc;
mod q;

pub use coding::{Coding, deinterleave, detect_coding, interleave, packed_from_pq16, pq16_from_packed};
pub use crc::crc16;
pub use q::{Q, QContent};
