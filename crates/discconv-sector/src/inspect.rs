//! Would this sector come back alike?
//!
//! A sector may be stripped of what can be made again only if making it again gives the same bytes. [`inspect`] answers
//! that without copying the sector.

use core::fmt;
use core::ops::BitOr;

use crate::classify::classify;
use crate::edc::{edc, stored};
use crate::layout::{BODY, FORM1_EDC, FORM2_EDC, HEADER, MODE1_EDC, MODE1_PAD, RAW, SectorKind, Subheader, header};
use crate::{Lba, ecc};

/// Irregularities of a sector, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Flaws(pub u8);

impl Flaws {
    /// None.
    pub const NONE: Self = Self(0);
    /// No sync. [`inspect`] calls such a sector audio and sets nothing; whoever expected data may set it.
    pub const NO_SYNC: Self = Self(1);
    /// The address is not that of the sector, or the mode byte has other bits.
    pub const HEADER: Self = Self(2);
    /// EDC does not fit.
    pub const EDC: Self = Self(4);
    /// P or Q parity does not fit.
    pub const ECC: Self = Self(8);
    /// The eight bytes behind the EDC of Mode 1, or the whole of Mode 0, are not zero.
    pub const ZERO_PAD: Self = Self(16);
    /// The two copies of the subheader differ.
    pub const SUBHEADER_COPY: Self = Self(32);

    /// All with their names.
    const ALL: [(Self, &'static str); 6] = [
        (Self::NO_SYNC, "sync"),
        (Self::HEADER, "header"),
        (Self::EDC, "EDC"),
        (Self::ECC, "ECC"),
        (Self::ZERO_PAD, "zero bytes"),
        (Self::SUBHEADER_COPY, "subheader copy"),
    ];

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of `other` are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// These and `other`.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// One by one.
    pub fn iter(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().map(|(flaw, _)| flaw).filter(move |flaw| self.contains(*flaw))
    }

    /// A short name for each.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(move |(flaw, _)| self.contains(*flaw)).map(|(_, name)| name)
    }

    /// `self` if `wrong`, none otherwise.
    const fn when(self, wrong: bool) -> Self {
        if wrong { self } else { Self::NONE }
    }
}

impl BitOr for Flaws {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl fmt::Display for Flaws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, name) in self.names().enumerate() {
            if count > 0 {
                f.write_str(", ")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

/// What stands where a Form 2 sector may have an EDC. Zero is legal: "not recorded".
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Form2Edc {
    /// Not a Form 2 sector.
    Absent,
    /// Zero.
    Zero,
    /// The right one.
    Good,
    /// Another.
    Bad,
}

/// What [`inspect`] found.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Inspection {
    /// As [`classify`] has it.
    pub kind: SectorKind,
    /// Empty exactly if the sector comes back alike from kind, address, subheader, user data and EDC policy.
    pub flaws: Flaws,
    /// The first copy, of Form 1 and Form 2.
    pub subheader: Option<Subheader>,
    /// The EDC of Form 2.
    pub form2_edc: Form2Edc,
}

/// Looks for irregularities of a raw sector that is to lie at `lba`.
#[must_use]
pub fn inspect(raw: &[u8; RAW], lba: Lba) -> Inspection {
    let kind = classify(raw);
    let mut found = Inspection { kind, flaws: Flaws::NONE, subheader: None, form2_edc: Form2Edc::Absent };
    match kind {
        SectorKind::Audio => {}
        SectorKind::Mode0 => {
            let blank = raw[BODY..].iter().fold(0, |any, byte| any | byte) == 0;
            found.flaws = header_flaw(raw, lba, 0) | Flaws::ZERO_PAD.when(!blank);
        }
        SectorKind::Mode1 => found.flaws = header_flaw(raw, lba, 1) | mode1_flaws(raw),
        SectorKind::Mode2Formless => found.flaws = header_flaw(raw, lba, 2),
        SectorKind::Mode2Form1 => {
            found.subheader = Some(Subheader::first(raw));
            found.flaws = header_flaw(raw, lba, 2) | copy_flaw(raw) | form1_flaws(raw);
        }
        SectorKind::Mode2Form2 => {
            found.subheader = Some(Subheader::first(raw));
            found.form2_edc = form2_edc(raw);
            found.flaws = header_flaw(raw, lba, 2) | copy_flaw(raw) | Flaws::EDC.when(found.form2_edc == Form2Edc::Bad);
        }
    }
    found
}

/// Address and mode byte.
fn header_flaw(raw: &[u8; RAW], lba: Lba, mode: u8) -> Flaws {
    Flaws::HEADER.when(raw[HEADER..BODY] != header(lba, mode))
}

/// The copies of the subheader.
fn copy_flaw(raw: &[u8; RAW]) -> Flaws {
    Flaws::SUBHEADER_COPY.when(Subheader::first(raw) != Subheader::second(raw))
}

/// All behind the user data of Mode 1. It is compared with what would be made of this header, right or not.
fn mode1_flaws(raw: &[u8; RAW]) -> Flaws {
    Flaws::EDC.when(stored(raw, MODE1_EDC) != edc(&raw[..MODE1_EDC]))
        | Flaws::ZERO_PAD.when(raw[MODE1_PAD] != [0; 8])
        | Flaws::ECC.when(!ecc::holds_mode1(raw))
}

/// All behind the user data of Form 1.
fn form1_flaws(raw: &[u8; RAW]) -> Flaws {
    Flaws::EDC.when(stored(raw, FORM1_EDC) != edc(&raw[BODY..FORM1_EDC])) | Flaws::ECC.when(!ecc::holds_form1(raw))
}

/// The end of Form 2.
fn form2_edc(raw: &[u8; RAW]) -> Form2Edc {
    match stored(raw, FORM2_EDC) {
        0 => Form2Edc::Zero,
        sum if sum == edc(&raw[BODY..FORM2_EDC]) => Form2Edc::Good,
        _ => Form2Edc::Bad,
    }
}
