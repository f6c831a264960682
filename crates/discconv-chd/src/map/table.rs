//! The map as it is kept: what hunks consist of, and runs of hunks that say which of it each has.
//!
//! A map of version 5 may say of hundreds of hunks, in three bits, that they are like others. So a hunk takes no room of its
//! own here where it continues the run before it; what is left is in proportion to the bits that the file has.

use super::{Entry, Hunk, Wrong};
use crate::header::Header;

/// Every hunk, in order; no entry refers to another.
#[derive(Debug)]
pub(crate) struct Table {
    hunk_bytes: u64,
    /// How many hunks there are.
    len: u64,
    entries: Vec<Entry>,
    runs: Vec<Run>,
}

/// Hunks from `first` on, up to those of the next run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    first: u64,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// The entries from this one on, one each.
    Each(usize),
    /// All this entry.
    All(usize),
    /// One behind the other in the parent, from this byte on.
    Parent(u64),
}

impl Table {
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// What a hunk consists of; `None` behind the last.
    pub(crate) fn get(&self, hunk: u64) -> Option<Entry> {
        if hunk >= self.len {
            return None;
        }
        let run = self.runs.get(self.runs.partition_point(|run| run.first <= hunk).checked_sub(1)?)?;
        let within = hunk - run.first;
        match run.what {
            What::Each(entry) => self.entries.get(entry.checked_add(usize::try_from(within).ok()?)?).copied(),
            What::All(entry) => self.entries.get(entry).copied(),
            // Checked when the run was made.
            What::Parent(at) => Some(in_parent(at.saturating_add(within.saturating_mul(self.hunk_bytes)))),
        }
    }

    /// Bytes that it takes.
    #[cfg(test)]
    pub(super) fn weight(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.runs.capacity() * size_of::<Run>()
    }

    /// Every entry that some hunk has, and the first of the hunks; of places in the parent that follow each other the last.
    pub(crate) fn distinct(&self) -> impl Iterator<Item = (u64, Entry)> {
        let ends = self.runs.iter().skip(1).map(|run| run.first).chain([self.len]);
        self.runs.iter().zip(ends).flat_map(|(run, end)| {
            let hunks = match run.what {
                What::Each(_) => run.first..end,
                What::All(_) => run.first..run.first + 1,
                What::Parent(_) => end - 1..end,
            };
            hunks.filter_map(|hunk| Some((hunk, self.get(hunk)?)))
        })
    }
}

fn in_parent(at: u64) -> Entry {
    Entry::new(Hunk::Parent { at }, None)
}

/// The table as it grows.
pub(super) struct Builder<'a> {
    header: &'a Header,
    table: Table,
    most_runs: u64,
}

impl<'a> Builder<'a> {
    /// `most_runs`: how many runs the map may have, be it as long as it may.
    pub(super) fn new(header: &'a Header, most_runs: u64) -> Builder<'a> {
        let hunk_bytes = u64::from(header.hunk_bytes);
        Builder { header, table: Table { hunk_bytes, len: 0, entries: Vec::new(), runs: Vec::new() }, most_runs }
    }

    pub(super) fn finish(self) -> Table {
        self.table
    }

    pub(super) fn coded(&mut self, codec: u8, at: u64, len: u32, crc: Option<u32>) -> Result<(), Wrong> {
        if len > self.header.hunk_bytes {
            let expected = format!("at most {}, the length of a hunk", self.header.hunk_bytes);
            return Err(Wrong::new(format!("of {len} coded bytes"), expected));
        }
        if self.header.codecs.get(usize::from(codec)).is_none_or(|known| *known == [0; 4]) {
            return Err(Wrong::new(format!("of codec {codec}"), "one of the codecs that the header names"));
        }
        self.own(Entry::new(Hunk::Coded { codec, at, len }, crc))
    }

    pub(super) fn stored(&mut self, at: u64, crc: Option<u32>) -> Result<(), Wrong> {
        self.own(Entry::new(Hunk::Stored { at }, crc))
    }

    pub(super) fn pattern(&mut self, bytes: [u8; 8], crc: Option<u32>) -> Result<(), Wrong> {
        self.own(Entry::new(Hunk::Pattern(bytes), crc))
    }

    /// As an earlier one: so no reference is ever followed again, and none leads round in a circle.
    pub(super) fn same_as(&mut self, hunk: u64) -> Result<(), Wrong> {
        let earlier = self.table.runs.partition_point(|run| run.first <= hunk).checked_sub(1);
        let run = earlier.filter(|_| hunk < self.table.len).and_then(|run| self.table.runs.get(run));
        let Some(Run { first, what }) = run.copied() else {
            return Err(Wrong::new(format!("that is the same as hunk {hunk}"), "an earlier hunk"));
        };
        match what {
            What::Each(entry) => self.hunk_of(entry + usize::try_from(hunk - first).unwrap_or(usize::MAX)),
            What::All(entry) => self.hunk_of(entry),
            What::Parent(at) => self.hunk_in_parent(at + (hunk - first) * self.table.hunk_bytes),
        }
    }

    /// As the parent from byte `at` on, if there is such a byte at all.
    pub(super) fn parent(&mut self, at: Option<u64>) -> Result<(), Wrong> {
        match at {
            Some(at) if self.header.parent.is_some() => self.hunk_in_parent(at),
            Some(_) => Err(Wrong::new("that is in a parent", "a hunk of its own, for the header names no parent")),
            None => Err(Wrong::new("beyond the end of any parent", "a place in the parent")),
        }
    }

    fn own(&mut self, entry: Entry) -> Result<(), Wrong> {
        self.table.entries.push(entry);
        self.hunk_of(self.table.entries.len() - 1)
    }

    /// The next hunk, which has the entry of that number.
    fn hunk_of(&mut self, entry: usize) -> Result<(), Wrong> {
        let count = self.hunks_of_last();
        match self.table.runs.last_mut().map(|run| &mut run.what) {
            Some(What::Each(first)) if first.checked_add(count) == Some(entry) => {}
            Some(What::All(all)) if *all == entry => {}
            Some(what @ What::Each(_)) if count == 1 && *what == What::Each(entry) => *what = What::All(entry),
            _ => self.run(What::Each(entry))?,
        }
        self.table.len += 1;
        Ok(())
    }

    /// The next hunk, which is in the parent.
    fn hunk_in_parent(&mut self, at: u64) -> Result<(), Wrong> {
        let count = self.hunks_of_last();
        let behind = (count as u64).checked_mul(self.table.hunk_bytes);
        match self.table.runs.last_mut().map(|run| &mut run.what) {
            Some(What::Parent(first)) if behind.and_then(|behind| first.checked_add(behind)) == Some(at) => {}
            Some(What::All(all)) if self.table.entries.get(*all) == Some(&in_parent(at)) => {}
            Some(what) if count == 1 && *what == What::Parent(at) => {
                *what = What::All(self.table.entries.len());
                self.table.entries.push(in_parent(at));
            }
            _ => self.run(What::Parent(at))?,
        }
        self.table.len += 1;
        Ok(())
    }

    fn hunks_of_last(&self) -> usize {
        let hunks = self.table.runs.last().map_or(0, |run| self.table.len - run.first);
        usize::try_from(hunks).unwrap_or(usize::MAX)
    }

    /// A new run. Each begins with at least one bit of its own, unless references lead to what is scattered on purpose.
    fn run(&mut self, what: What) -> Result<(), Wrong> {
        if self.table.runs.len() as u64 >= self.most_runs {
            let expected = format!("at most {} runs of hunks, as many as the map has bits", self.most_runs);
            return Err(Wrong::new("that begins one more run", expected));
        }
        self.table.runs.push(Run { first: self.table.len, what });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
