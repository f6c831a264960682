//! The redundancy of a sector by itself, whatever its header says: for forms that leave it out and keep the rest.

use crate::ecc;
use crate::edc::{self, edc, stored};
use crate::layout::{BODY, FORM1_EDC, FORM2_EDC, MODE1_EDC, MODE1_PAD, RAW, Subheader};

/// Which bytes of a sector protect the others.
///
/// | | protects | EDC | zeros | ECC |
/// |---|---|---|---|---|
/// | `Mode1` | 0-2063 | 2064 | 2068-2075 | 2076-2351 |
/// | `Form1` | 16-2071 | 2072 | | 2076-2351, header counts as zero |
/// | `Form2` | 16-2347 | 2348 | | |
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Protection {
    /// Of Mode 1, whose EDC covers sync and header.
    Mode1,
    /// Of Mode 2 Form 1.
    Form1,
    /// Of Mode 2 Form 2, where it has an EDC.
    Form2,
}

impl Protection {
    /// Writes it around what it protects. Sync, header and subheaders stay as they are, right or wrong.
    pub fn write(self, raw: &mut [u8; RAW]) {
        match self {
            Protection::Mode1 => {
                edc::write(raw, 0, MODE1_EDC);
                raw[MODE1_PAD].fill(0);
                ecc::write_mode1(raw);
            }
            Protection::Form1 => {
                edc::write(raw, BODY, FORM1_EDC);
                ecc::write_form1(raw);
            }
            Protection::Form2 => edc::write(raw, BODY, FORM2_EDC),
        }
    }

    /// Would [`Protection::write`] change nothing? The cheap half is asked first.
    #[must_use]
    pub fn holds(self, raw: &[u8; RAW]) -> bool {
        match self {
            Protection::Mode1 => {
                raw[MODE1_PAD].iter().all(|byte| *byte == 0)
                    && stored(raw, MODE1_EDC) == edc(&raw[..MODE1_EDC])
                    && ecc::holds_mode1(raw)
            }
            Protection::Form1 => stored(raw, FORM1_EDC) == edc(&raw[BODY..FORM1_EDC]) && ecc::holds_form1(raw),
            Protection::Form2 => stored(raw, FORM2_EDC) == edc(&raw[BODY..FORM2_EDC]),
        }
    }
}

/// Are the two copies of the subheader alike, so that one is enough?
#[must_use]
pub fn subheaders_agree(raw: &[u8; RAW]) -> bool {
    Subheader::first(raw) == Subheader::second(raw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lba, build_form1, build_form2, build_mode1};

    const ALL: [Protection; 3] = [Protection::Mode1, Protection::Form1, Protection::Form2];

    fn sector(kind: Protection) -> [u8; RAW] {
        let mut raw = core::array::from_fn(|i| (i * 31 % 251).to_le_bytes()[0]);
        match kind {
            Protection::Mode1 => build_mode1(Lba(5), &mut raw),
            Protection::Form1 => build_form1(Lba(5), &mut raw, Subheader::DATA),
            Protection::Form2 => build_form2(Lba(5), &mut raw, Subheader::FORM2_BLANK, true),
        }
        raw
    }

    #[test]
    fn it_holds_for_its_own_kind_only_and_is_written_alike() {
        for kind in ALL {
            let whole = sector(kind);
            for other in ALL {
                assert_eq!(other.holds(&whole), other == kind, "{kind:?} as {other:?}");
            }
            let mut again = whole;
            again[if kind == Protection::Form2 { FORM2_EDC } else { FORM1_EDC + 4 }..].fill(0x77);
            assert!(!kind.holds(&again));
            kind.write(&mut again);
            assert!(again == whole, "{kind:?}");
        }
    }

    #[test]
    fn a_wrong_header_stays() {
        for kind in ALL {
            let mut raw = sector(kind);
            raw[12..15].copy_from_slice(&[0xFA, 0xBC, 0xDE]);
            assert_eq!(kind.holds(&raw), kind != Protection::Mode1, "{kind:?}: only Mode 1 covers it");
            kind.write(&mut raw);
            assert!(kind.holds(&raw) && raw[12..15] == [0xFA, 0xBC, 0xDE]);
        }
    }

    #[test]
    fn each_byte_counts() {
        for (kind, places) in [
            (Protection::Mode1, &[0, 13, 16, 2063, 2064, 2068, 2075, 2076, 2351][..]),
            (Protection::Form1, &[16, 20, 2071, 2072, 2076, 2351]),
            (Protection::Form2, &[16, 20, 2347, 2348, 2351]),
        ] {
            for place in places {
                let mut raw = sector(kind);
                raw[*place] ^= 0x10;
                assert!(!kind.holds(&raw), "{kind:?}: byte {place}");
            }
        }
        assert!(subheaders_agree(&sector(Protection::Form1)));
        let mut raw = sector(Protection::Form1);
        raw[22] ^= 1;
        assert!(!subheaders_agree(&raw));
    }
}
