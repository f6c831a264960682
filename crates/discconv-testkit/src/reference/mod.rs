//! The sector arithmetic of ECMA-130, written for the reader and not for the machine.
//!
//! One codeword at a time, one bit at a time, no tables. The fast code in `discconv-sector` is compared with this, and
//! the fixtures are built with it. Addresses are plain LBA (`i32`, 0 is MSF 00:02:00), raw sectors 2352 bytes.

mod sector;
mod subchannel;
#[cfg(test)]
mod tests;

pub use sector::{
    RAW, SYNC, USER, audio, ecc_holds, edc, form1, form2, formless, mode0, mode1, msf_bcd, scramble, scramble_table, write_ecc,
};
pub use subchannel::{crc16, interleave, packed_block, pq16, q_isrc, q_mcn, q_position, q_seal, to_bcd};
