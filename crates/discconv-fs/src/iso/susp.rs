//! The system use sharing protocol: fields of a signature, a length and data behind a record's identifier, going on in
//! continuation areas (SUSP 1.12, IEEE P1281).

use super::ground::Ground;
use super::wire::{Both, byte};
use discconv_core::Result;

/// Signature, length, version.
const HEAD: usize = 4;
/// Continuation areas of one record, and bytes of one: far more than any record has.
const MOST_AREAS: usize = 32;
const LONGEST_AREA: u32 = 8192;

/// What is done with each field: its signature, and its data behind the version.
pub(super) type Visit<'a> = &'a mut dyn FnMut([u8; 2], &[u8]);

/// How many bytes of continuation areas may still be read for a directory, so that many records cannot each ask for much.
pub(super) struct Budget(u64);

impl Budget {
    /// For a directory of so many bytes.
    pub(super) fn of(directory_bytes: u64) -> Budget {
        Budget(directory_bytes.saturating_mul(16).saturating_add(1 << 18))
    }

    fn take(&mut self, bytes: u64) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// Where an area goes on.
struct Continuation {
    block: u32,
    offset: u32,
    len: u32,
}

/// Shows every field of `area` and of what it goes on in. Returns what was odd: the fields behind that are not seen.
pub(super) fn fields(ground: &Ground, budget: &mut Budget, area: &[u8], visit: Visit<'_>) -> Result<Option<String>> {
    let mut next = one_area(area, visit);
    let mut areas = 0;
    while let Some(area) = next {
        areas += 1;
        if areas > MOST_AREAS {
            return Ok(Some(format!("more than {MOST_AREAS} continuation areas of one record, probably going round")));
        }
        let Continuation { block, offset, len } = area;
        if len > LONGEST_AREA || !budget.take(len.into()) {
            return Ok(Some(format!("a continuation area of {len} bytes; it is left out")));
        }
        let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
        let at = ground.byte_of(block).and_then(|at| at.checked_add(offset.into()));
        if !at.map_or(Ok(false), |at| ground.space.try_read(at, &mut bytes))? {
            return Ok(Some(format!("a continuation area at byte {offset} of block {block}, where no data is")));
        }
        next = one_area(&bytes, visit);
    }
    Ok(None)
}

/// Shows the fields of one area; returns where it goes on, which is read when this one is done (SUSP 5.1).
fn one_area(mut area: &[u8], visit: Visit<'_>) -> Option<Continuation> {
    let mut next = None;
    while let Some((head, _)) = area.split_first_chunk::<HEAD>() {
        let [first, second, len, _version] = *head;
        let Some((own, rest)) = area.split_at_checked(usize::from(len)) else { break };
        let Some(data) = own.get(HEAD..) else { break };
        match &[first, second] {
            b"ST" => break,
            b"CE" => {
                let number = |at| Both::u32(data, at).value;
                next = Some(Continuation { block: number(0), offset: number(8), len: number(16) });
            }
            signature => visit(*signature, data),
        }
        area = rest;
    }
    next
}

/// What the root directory's own record says of the protocol.
#[derive(Clone, Copy)]
pub(super) struct Use {
    /// Where in its own area the fields begin.
    pub(super) own: usize,
    /// Bytes to skip at the start of the area of every other record.
    pub(super) skip: usize,
}

impl Use {
    /// Out of that area: `SP` is its first field, behind the attributes of XA where there are such. None if there is no
    /// `SP`: the protocol is not used.
    pub(super) fn of_root(area: &[u8]) -> Option<Use> {
        [0, 14].into_iter().find_map(|own| {
            let field = area.get(own..own + 7)?;
            let says = field.starts_with(b"SP\x07") && field.get(4..6) == Some(&[0xBE, 0xEF]);
            says.then(|| Use { own, skip: usize::from(byte(field, 6)) })
        })
    }
}
