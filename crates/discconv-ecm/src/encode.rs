//! Blocks of a file into records: sectors that would come back alike without what can be made again, the rest as it is.

use crate::wire::{END, Kind, write_head};
use discconv_core::{Block, BlockEncode, BlockWorker, Coded, FileIndex, IndexMaker, Patches, Placed, Result};
use discconv_sector::{Protection, RAW, SYNC, edc, edc_of_both, has_sync, subheaders_agree};
use std::ops::Range;

/// Bytes of a Mode 2 sector without sync and header.
pub(crate) const BODY: usize = 2336;
/// Sync and header.
const FRONT: usize = RAW - BODY;

/// Where sectors may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grid {
    /// Wherever a sync is.
    Syncs,
    /// At every multiple of 2336 bytes of a block, without sync.
    Bodies,
}

impl BlockEncode for Grid {
    fn worker(&self) -> Box<dyn BlockWorker> {
        Box::new(Worker(*self))
    }
}

struct Worker(Grid);

impl BlockWorker for Worker {
    fn encode(&mut self, _: u64, raw: &[u8], out: &mut Vec<u8>) -> Result<Coded> {
        let mut records = Records { raw, out, pending: None };
        match self.0 {
            Grid::Syncs => with_syncs(raw, &mut records),
            Grid::Bodies => bodies(raw, &mut records),
        }
        records.flush();
        Ok(Coded { tag: 0, check: u64::from(edc(raw)) })
    }
}

/// Every sector behind a sync; what is between them, and what would not come back alike, is literal.
fn with_syncs(raw: &[u8], records: &mut Records<'_>) {
    let mut at = next_sync(raw, 0);
    records.push(Kind::Literal, 0..at);
    while let Some(frame) = raw.get(at..).and_then(|rest| rest.first_chunk::<RAW>()).filter(|frame| has_sync(&frame[..])) {
        let Some(protection) = kind_of(frame) else {
            // Another sync may follow soon, where this one was none.
            let next = next_sync(raw, at + SYNC.len());
            records.push(Kind::Literal, at..next);
            at = next;
            continue;
        };
        let (end, front) = (at + RAW, if protection == Protection::Mode1 { 0 } else { FRONT });
        records.push(Kind::Literal, at..at + front);
        records.push(Kind::Sector(protection), at + front..end);
        at = next_sync(raw, end);
        records.push(Kind::Literal, end..at);
    }
    records.push(Kind::Literal, at..raw.len());
}

/// What protects a raw sector that comes back alike from what ECM stores of it.
fn kind_of(frame: &[u8; RAW]) -> Option<Protection> {
    if frame[15] == 1 {
        return Some(Protection::Mode1).filter(|protection| protection.holds(frame));
    }
    kind_of_body(frame)
}

/// The same of bytes 16 to 2351 alone.
fn kind_of_body(frame: &[u8; RAW]) -> Option<Protection> {
    let forms = [Protection::Form1, Protection::Form2];
    if subheaders_agree(frame) { forms.into_iter().find(|form| form.holds(frame)) } else { None }
}

/// Sectors of 2336 bytes one behind another.
fn bodies(raw: &[u8], records: &mut Records<'_>) {
    let mut frame = [0; RAW];
    let mut at = 0;
    for body in raw.chunks(BODY) {
        let end = at + body.len();
        let mut kind = Kind::Literal;
        if body.len() == BODY {
            frame[FRONT..].copy_from_slice(body);
            kind = kind_of_body(&frame).map_or(Kind::Literal, Kind::Sector);
        }
        records.push(kind, at..end);
        at = end;
    }
}

/// The next sync from `from` on, or the end. Of ten bytes FFh one is at a multiple of ten, so few others are looked at.
fn next_sync(raw: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(near) = raw.get(at..).filter(|rest| rest.len() >= SYNC.len()) {
        if has_sync(near) {
            return at;
        }
        let Some(hit) = near.iter().skip(1).step_by(10).position(|byte| *byte == 0xFF) else { break };
        let hit = at + 1 + hit * 10;
        // The sync that has this byte begins before it, behind the place already looked at.
        let begin = raw[at..hit].iter().rposition(|byte| *byte != 0xFF).map_or(hit, |before| at + before);
        if begin > at && begin < hit && raw.get(begin..).is_some_and(has_sync) {
            return begin;
        }
        at = hit.max(at + 1);
    }
    raw.len()
}

/// Records of a block on their way out; neighbours of one kind are one.
struct Records<'o> {
    raw: &'o [u8],
    out: &'o mut Vec<u8>,
    pending: Option<(Kind, Range<usize>)>,
}

impl Records<'_> {
    /// The bytes `range`, which follow those before, as units of `kind`.
    fn push(&mut self, kind: Kind, range: Range<usize>) {
        match &mut self.pending {
            _ if range.is_empty() => {}
            Some((last, bytes)) if *last == kind => bytes.end = range.end,
            _ => {
                self.flush();
                self.pending = Some((kind, range));
            }
        }
    }

    fn flush(&mut self) {
        let Some((kind, range)) = self.pending.take() else { return };
        let bytes = self.raw.get(range).unwrap_or_default();
        let unit = usize::from(kind.decoded());
        write_head(kind, (bytes.len() / unit) as u64, self.out);
        for unit in bytes.chunks(unit) {
            match kind {
                Kind::Literal => {
                    self.out.extend_from_slice(bytes);
                    return;
                }
                Kind::Sector(Protection::Mode1) => {
                    self.out.extend_from_slice(&unit[12..15]);
                    self.out.extend_from_slice(&unit[16..2064]);
                }
                Kind::Sector(_) => self.out.extend_from_slice(&unit[4..4 + usize::from(kind.stored())]),
            }
        }
    }
}

/// Sums up the EDC of all blocks, in their order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sum;

impl IndexMaker for Sum {
    fn begin(&self) -> Box<dyn FileIndex> {
        Box::new(Tail(0))
    }
}

/// The EDC of all blocks so far.
struct Tail(u32);

impl FileIndex for Tail {
    fn place(&mut self, block: &Block<'_>) -> Result<Placed> {
        let own = u32::try_from(block.says.check).unwrap_or(0);
        self.0 = edc_of_both(self.0, own, u64::from(block.raw_len));
        Ok(Placed::Stored { skip: 0 })
    }

    fn finish(self: Box<Self>, parts: &[Range<u64>]) -> Result<Patches> {
        let end = parts.last().map_or(0, |part| part.end);
        Ok(vec![(end, [&END[..], &self.0.to_le_bytes()].concat())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slow_next_sync(raw: &[u8], from: usize) -> usize {
        (from..raw.len()).find(|at| has_sync(&raw[*at..])).unwrap_or(raw.len())
    }

    #[test]
    fn syncs_are_found_wherever_they_are() {
        let mut rng = discconv_testkit::Rng::new(11);
        for _ in 0..2000 {
            // Few different bytes, so that there are many beginnings of a sync.
            let mut raw: Vec<u8> = (0..rng.below(90)).map(|_| [0, 0xFF, 0xFF, 0xFF, 0xFF, 7][rng.index(6)]).collect();
            for _ in 0..rng.below(3) {
                let place = rng.index(raw.len() + 1);
                raw.splice(place..place, SYNC);
            }
            for from in 0..=raw.len() {
                assert_eq!(next_sync(&raw, from), slow_next_sync(&raw, from), "{raw:02X?} from {from}");
            }
        }
    }
}
