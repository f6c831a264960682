//! Making a whole sector around user data.
//!
//! The user data lies already at its place in the 2352 bytes; these functions write everything else, whatever it was.

use crate::Lba;
use crate::layout::{BODY, FORM2_EDC, RAW, Subheader, write_front};
use crate::protect::Protection;

/// Mode 0: sync, header, zeros. No user data.
pub fn build_mode0(lba: Lba, raw: &mut [u8; RAW]) {
    write_front(lba, 0, raw);
    raw[BODY..].fill(0);
}

/// Mode 1 around the user data in bytes 16 to 2063.
pub fn build_mode1(lba: Lba, raw: &mut [u8; RAW]) {
    write_front(lba, 1, raw);
    Protection::Mode1.write(raw);
}

/// Mode 2 Form 1 around the user data in bytes 24 to 2071. The Form 2 bit of `sub` is written as it is given.
pub fn build_form1(lba: Lba, raw: &mut [u8; RAW], sub: Subheader) {
    write_front(lba, 2, raw);
    sub.write(raw);
    Protection::Form1.write(raw);
}

/// Mode 2 Form 2 around the user data in bytes 24 to 2347, with its EDC or with zero in its place. The Form 2 bit of
/// `sub` is written as it is given.
pub fn build_form2(lba: Lba, raw: &mut [u8; RAW], sub: Subheader, with_edc: bool) {
    write_front(lba, 2, raw);
    sub.write(raw);
    finish_form2(raw, with_edc);
}

/// EDC of a Form 2 sector, or zero.
pub(crate) fn finish_form2(raw: &mut [u8; RAW], with_edc: bool) {
    if with_edc {
        Protection::Form2.write(raw);
    } else {
        raw[FORM2_EDC..].fill(0);
    }
}
