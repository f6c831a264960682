//! How far the subchannel of two discs can be compared.

use crate::disc::Extent;
use crate::form::{Form, SubCoding};

/// Of sectors that both discs have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sub {
    /// Neither stores it.
    Neither,
    /// It cannot be compared: one side stores none, or the times in it are others.
    Skipped,
    /// P to W.
    All,
    /// Q without its CRC, which is all that 16 bytes are sure to hold.
    Q,
}

/// Q without its CRC, in packed subchannel.
const Q: std::ops::Range<usize> = 12..22;

impl Sub {
    /// For two extents whose sectors are `shift` apart.
    pub(super) fn of(extents: [&Extent; 2], shift: i32) -> Sub {
        match extents.map(coding) {
            [None, None] => Sub::Neither,
            [Some(_), Some(_)] if shift != 0 => Sub::Skipped,
            [Some(a), Some(b)] if a == SubCoding::Pq16 || b == SubCoding::Pq16 => Sub::Q,
            [Some(_), Some(_)] => Sub::All,
            _ => Sub::Skipped,
        }
    }

    pub(super) fn is_compared(self) -> bool {
        matches!(self, Sub::All | Sub::Q)
    }

    /// The view of sectors in `form`, with the subchannel behind them if that is compared.
    pub(super) fn beside(self, form: &Form) -> Form {
        let coding = SubCoding::Packed;
        match u32::try_from(coding.bytes()) {
            Ok(bytes) if self.is_compared() => Form { sub: Some(coding), stride: form.stride + bytes, ..*form },
            _ => *form,
        }
    }

    /// Do the packed bytes of one sector differ?
    pub(super) fn differs(self, ours: &[u8], theirs: &[u8]) -> bool {
        match self {
            Sub::Neither | Sub::Skipped => false,
            Sub::All => ours != theirs,
            Sub::Q => ours.get(Q) != theirs.get(Q),
        }
    }
}

fn coding(extent: &Extent) -> Option<SubCoding> {
    extent.sub.or(extent.main).and_then(|place| place.form.sub)
}
