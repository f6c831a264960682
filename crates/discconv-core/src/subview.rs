//! The subchannel of one sector in the order that a view wants.

use crate::form::{Form, SubCoding};
use crate::subgen;
use crate::toc::Toc;
use discconv_sector::subchannel::{deinterleave, interleave, packed_from_pq16, pq16_from_packed};
use discconv_sector::{Lba, SUB};

/// Fill `out` with the subchannel of `lba` as `coding`: from the record `stored` if its form has any, else as the tracks
/// say. `out` is exactly as long as `coding` needs.
pub(crate) fn put(toc: &Toc, lba: Lba, stored: Option<(Form, &[u8])>, coding: SubCoding, out: &mut [u8]) {
    let stored = stored.and_then(|(form, record)| Some((form.sub?, record.get(form.main.len()..)?)));
    let packed = match stored {
        // Also keeps what one order has and the other has not: 16 bytes may hold a bit or two more than Q and P.
        Some((same, bytes)) if same == coding => return out.copy_from_slice(&bytes[..out.len()]),
        Some((other, bytes)) => packed(other, bytes),
        None => subgen::packed(toc, lba),
    };
    match coding {
        SubCoding::Packed => out.copy_from_slice(&packed),
        SubCoding::Interleaved => {
            if let Ok(symbols) = out.try_into() {
                interleave(&packed, symbols);
            }
        }
        SubCoding::Pq16 => out.copy_from_slice(&pq16_from_packed(&packed)),
    }
}

/// P to W, 12 bytes each, from bytes of at least the length of `coding`.
fn packed(coding: SubCoding, stored: &[u8]) -> [u8; SUB] {
    let mut packed = [0; SUB];
    match coding {
        SubCoding::Packed => packed.copy_from_slice(&stored[..SUB]),
        SubCoding::Interleaved => {
            if let Some(symbols) = stored.first_chunk() {
                deinterleave(symbols, &mut packed);
            }
        }
        SubCoding::Pq16 => {
            if let Some(pq) = stored.first_chunk() {
                packed = packed_from_pq16(pq);
            }
        }
    }
    packed
}
