//! Where each byte that comes out is stored: runs of equal elements, few enough to be kept.
//!
//! A raw Mode 2 track is two records for each of its sectors, hundreds of thousands. But they lie at equal distances, so that
//! a run of them is one entry: 16 bytes and a sector, again and again. So are sectors that a writer put into records of one.

use crate::wire::Kind;
use discconv_sector::{Protection, RAW};

/// Literal bytes before a sector that count as part of it, at most: sync and header are 16.
const LONGEST_LEAD: u64 = 64;

/// Elements of one shape, at equal distances in the file: some literal bytes, or none, and a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Where it comes out.
    pub(crate) out: u64,
    /// Where the first element is stored, behind its head.
    pub(crate) at: u64,
    /// How many elements.
    pub(crate) count: u64,
    pub(crate) kind: Kind,
    /// Literal bytes before each sector.
    pub(crate) lead: u16,
    /// From the beginning of an element to its sector, with the head between.
    pub(crate) skip: u16,
    /// From one element to the next.
    pub(crate) stride: u16,
}

impl Run {
    /// Bytes that come out of one element.
    pub(crate) fn decoded(&self) -> u64 {
        u64::from(self.lead) + u64::from(self.kind.decoded())
    }

    /// Bytes from the beginning of an element to its end.
    pub(crate) fn stored(&self) -> u64 {
        u64::from(self.skip) + u64::from(self.kind.stored())
    }

    /// Where it ends coming out.
    pub(crate) fn end(&self) -> u64 {
        self.out + self.count * self.decoded()
    }

    /// One element of `self` with literal bytes before it, if they fit into an entry.
    fn led_by(self, literal: &Run) -> Option<Run> {
        let lead = u16::try_from(literal.count).ok().filter(|lead| u64::from(*lead) <= LONGEST_LEAD)?;
        let skip = u16::try_from(self.at.checked_sub(literal.at)?).ok()?;
        let stride = skip.checked_add(self.kind.stored())?;
        Some(Run { out: literal.out, at: literal.at, lead, skip, stride, ..self })
    }

    /// The distance at which `next` goes on with this run, if it is of the same shape.
    fn distance(&self, next: &Run) -> Option<u16> {
        let alike = self.kind == next.kind && self.lead == next.lead && self.skip == next.skip;
        let first = self.count == 1;
        let last = self.at + (self.count - 1) * u64::from(self.stride);
        let distance = u16::try_from(next.at.checked_sub(last)?).ok()?;
        (alike && self.kind != Kind::Literal && (first || distance == self.stride)).then_some(distance)
    }
}

/// The runs of a file, in the order in which they come out.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    runs: Vec<Run>,
}

impl Runs {
    /// How many entries there are.
    pub(crate) fn entries(&self) -> usize {
        self.runs.len()
    }

    /// Bytes that come out of all.
    pub(crate) fn decoded(&self) -> u64 {
        self.runs.last().map_or(0, Run::end)
    }

    /// The runs from the one on that holds byte `offset`.
    pub(crate) fn from(&self, offset: u64) -> &[Run] {
        let first = self.runs.partition_point(|run| run.end() <= offset);
        self.runs.get(first..).unwrap_or_default()
    }

    /// `count` units more, the first of them stored at `at`.
    pub(crate) fn push(&mut self, kind: Kind, count: u64, at: u64) {
        let run = Run { out: self.decoded(), at, count, kind, lead: 0, skip: 0, stride: kind.stored() };
        if count == 1 && kind != Kind::Literal { self.push_element(run) } else { self.runs.push(run) }
    }

    /// A single sector: it may go on with what came before.
    fn push_element(&mut self, sector: Run) {
        let led = self.runs.last().filter(|last| last.kind == Kind::Literal).and_then(|literal| sector.led_by(literal));
        if led.is_some() {
            self.runs.pop();
        }
        let element = led.unwrap_or(sector);
        if let Some(last) = self.runs.last_mut()
            && let Some(distance) = last.distance(&element)
        {
            last.stride = distance;
            last.count += 1;
        } else {
            self.runs.push(element);
        }
    }
}

/// A sector made again from what is stored of it: `frame` is filled, except sync and header of Mode 2. Where in `frame` the
/// unit lies: all of it, or from byte 16 on.
pub(crate) fn restore(protection: Protection, stored: &[u8], frame: &mut [u8; RAW]) -> usize {
    match protection {
        Protection::Mode1 => {
            let (address, user) = stored.split_at(3);
            frame[..12].copy_from_slice(&discconv_sector::SYNC);
            frame[12..15].copy_from_slice(address);
            frame[15] = 1;
            frame[16..2064].copy_from_slice(user);
        }
        Protection::Form1 | Protection::Form2 => {
            frame[16..20].copy_from_slice(&stored[..4]);
            frame[20..16 + stored.len() + 4].copy_from_slice(stored);
        }
    }
    protection.write(frame);
    if protection == Protection::Mode1 { 0 } else { 16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM1: Kind = Kind::Sector(Protection::Form1);
    const FORM2: Kind = Kind::Sector(Protection::Form2);

    /// Records of these units one behind another, each behind a head of one byte.
    fn runs(records: &[(Kind, u64)]) -> Runs {
        let mut runs = Runs::default();
        let mut at = 4;
        for (kind, count) in records {
            at += 1;
            runs.push(*kind, *count, at);
            at += count * u64::from(kind.stored());
        }
        runs
    }

    #[test]
    fn headers_and_sectors_are_one_run() {
        let records: Vec<(Kind, u64)> = (0..1000).flat_map(|_| [(Kind::Literal, 16), (FORM1, 1)]).collect();
        let runs = runs(&records);
        let expected = Run { out: 0, at: 5, count: 1000, kind: FORM1, lead: 16, skip: 17, stride: 1 + 16 + 1 + 2052 };
        assert_eq!(runs.runs, [expected]);
        assert_eq!(runs.decoded(), 2_352_000);
    }

    #[test]
    fn another_form_is_another_run() {
        let runs = runs(&[
            (Kind::Literal, 16),
            (FORM1, 1),
            (Kind::Literal, 16),
            (FORM2, 1),
            (Kind::Literal, 16),
            (FORM2, 1),
            (Kind::Literal, 500),
            (FORM2, 1),
            (FORM2, 1),
            (FORM2, 3),
            (Kind::Literal, 2),
            (Kind::Literal, 2),
        ]);
        let seen: Vec<_> = runs.runs.iter().map(|run| (run.kind, run.count, run.lead)).collect();
        let expected = [
            (FORM1, 1, 16),
            (FORM2, 2, 16),
            (Kind::Literal, 500, 0),
            (FORM2, 2, 0),
            (FORM2, 3, 0),
            (Kind::Literal, 2, 0),
            (Kind::Literal, 2, 0),
        ];
        assert_eq!(seen, expected);
        assert!(runs.runs.windows(2).all(|pair| pair[0].end() == pair[1].out));
        for (offset, first) in [(0, 0), (2351, 0), (2352, 1), (3 * 2352, 2), (runs.decoded() - 1, 6), (runs.decoded(), 7)] {
            assert_eq!(runs.from(offset).len(), expected.len() - first, "{offset}");
        }
    }

    /// Heads of another length in between make another distance.
    #[test]
    fn unequal_distances_are_not_taken_for_equal_ones() {
        let mut runs = Runs::default();
        for at in [100, 3000, 5900, 8801] {
            runs.push(FORM1, 1, at);
        }
        let seen: Vec<_> = runs.runs.iter().map(|run| (run.at, run.count, run.stride)).collect();
        assert_eq!(seen, [(100, 3, 2900), (8801, 1, 2052)]);
    }
}
