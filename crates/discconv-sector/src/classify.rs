//! What is this raw sector?

use crate::edc::stored;
use crate::layout::{BODY, FORM1_EDC, FORM2_EDC, MODE, RAW, SectorKind, Subheader, has_sync};

/// What one raw sector is, from its own bytes alone.
///
/// Sync and mode byte decide first; the upper bits of the mode byte are block indicators of recordable discs and do not
/// count. In Mode 2, two equal copies of the subheader tell the form. Where the copies differ, or all eight bytes are
/// zero (which is also how formless data may begin), the EDC has to prove a form; otherwise the sector is formless. Mode
/// 3 does not exist: such a sector is called formless too, so that all its bytes are kept.
#[must_use]
pub fn classify(raw: &[u8; RAW]) -> SectorKind {
    if !has_sync(raw) {
        return SectorKind::Audio;
    }
    match raw[MODE] & 3 {
        0 => SectorKind::Mode0,
        1 => SectorKind::Mode1,
        2 => mode2(raw),
        _ => SectorKind::Mode2Formless,
    }
}

/// The form of a Mode 2 sector, or that it has none.
fn mode2(raw: &[u8; RAW]) -> SectorKind {
    let (first, second) = (Subheader::first(raw), Subheader::second(raw));
    let blank = Subheader::default();
    if first == second && first != blank {
        return if first.is_form2() { SectorKind::Mode2Form2 } else { SectorKind::Mode2Form1 };
    }
    if edc_holds(raw, FORM1_EDC) {
        SectorKind::Mode2Form1
    } else if first != second && edc_holds(raw, FORM2_EDC) {
        SectorKind::Mode2Form2
    } else {
        SectorKind::Mode2Formless
    }
}

/// Whether the EDC at `at` is that of everything from 010h up to it.
fn edc_holds(raw: &[u8; RAW], at: usize) -> bool {
    stored(raw, at) == crate::edc(&raw[BODY..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lba, build_form1, build_form2, build_mode0, build_mode1};

    fn form1() -> [u8; RAW] {
        let mut raw = [0x5A; RAW];
        build_form1(Lba(7), &mut raw, Subheader::DATA);
        raw
    }

    fn form2() -> [u8; RAW] {
        let mut raw = [0x5A; RAW];
        build_form2(Lba(7), &mut raw, Subheader::FORM2_BLANK, true);
        raw
    }

    #[test]
    fn each_kind() {
        let mut raw = [0x5A; RAW];
        assert_eq!(classify(&raw), SectorKind::Audio);
        build_mode1(Lba(7), &mut raw);
        assert_eq!(classify(&raw), SectorKind::Mode1);
        build_mode0(Lba(7), &mut raw);
        assert_eq!(classify(&raw), SectorKind::Mode0);
        assert_eq!(classify(&form1()), SectorKind::Mode2Form1);
        assert_eq!(classify(&form2()), SectorKind::Mode2Form2);
    }

    #[test]
    fn block_indicator_does_not_count() {
        let mut raw = form1();
        raw[MODE] |= 0xE0;
        assert_eq!(classify(&raw), SectorKind::Mode2Form1);
        raw[MODE] = 3;
        assert_eq!(classify(&raw), SectorKind::Mode2Formless);
    }

    #[test]
    fn form_is_asked_of_each_sector_even_with_wrong_edc() {
        let mut raw = form1();
        raw[100] ^= 1;
        assert_eq!(classify(&raw), SectorKind::Mode2Form1);
        let mut raw = form2();
        raw[FORM2_EDC..].fill(0);
        assert_eq!(classify(&raw), SectorKind::Mode2Form2);
    }

    #[test]
    fn differing_copies_are_decided_by_the_edc() {
        let mut raw = form1();
        raw[22] = 0x20;
        assert_eq!(classify(&raw), SectorKind::Mode2Formless);
        let sum = crate::edc(&raw[BODY..FORM1_EDC]);
        raw[FORM1_EDC..FORM1_EDC + 4].copy_from_slice(&sum.to_le_bytes());
        assert_eq!(classify(&raw), SectorKind::Mode2Form1);

        let mut raw = form2();
        raw[18] = 0x08;
        assert_eq!(classify(&raw), SectorKind::Mode2Formless);
        let sum = crate::edc(&raw[BODY..FORM2_EDC]);
        raw[FORM2_EDC..].copy_from_slice(&sum.to_le_bytes());
        assert_eq!(classify(&raw), SectorKind::Mode2Form2);
    }

    #[test]
    fn zero_subheaders_are_form_1_only_if_the_edc_says_so() {
        let mut raw = [0x5A; RAW];
        build_form1(Lba(7), &mut raw, Subheader::default());
        assert_eq!(classify(&raw), SectorKind::Mode2Form1);
        raw[100] ^= 1;
        assert_eq!(classify(&raw), SectorKind::Mode2Formless);
        raw[BODY..].fill(0);
        assert_eq!(classify(&raw), SectorKind::Mode2Form1);
    }
}
