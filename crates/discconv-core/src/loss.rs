//! What a target cannot carry: kinds, sets of kinds, and the counts that the engine gathers.

use discconv_sector::Lba;
use std::fmt;

/// What can be lost. The names are the ones of `--allow-loss`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LossKind {
    /// An audio track is left out.
    Audio,
    /// A data track beyond the first is left out.
    Tracks,
    /// A Form 2 (or formless Mode 2) sector's data does not fit.
    Form2,
    /// A subheader says more than "plain data".
    Subheader,
    /// Sync, header, EDC or ECC is not what rebuilding gives.
    Ecc,
    /// The subchannel says more than the tracks do.
    Subchannel,
    /// Session borders.
    Sessions,
    /// INDEX 02 and up.
    Index,
    /// The media catalogue number.
    Mcn,
    /// Recording codes of tracks.
    Isrc,
    /// CD-TEXT.
    CdText,
    /// Track flags: copy permitted, four channels, pre-emphasis, SCMS.
    Flags,
    /// A gap that is not blank, or whose length the target cannot say.
    Pregap,
    /// The input itself is cut or damaged.
    Damage,
}

const ALL: [LossKind; 14] = [
    LossKind::Audio,
    LossKind::Tracks,
    LossKind::Form2,
    LossKind::Subheader,
    LossKind::Ecc,
    LossKind::Subchannel,
    LossKind::Sessions,
    LossKind::Index,
    LossKind::Mcn,
    LossKind::Isrc,
    LossKind::CdText,
    LossKind::Flags,
    LossKind::Pregap,
    LossKind::Damage,
];

impl LossKind {
    /// Every kind, in the order in which they are listed.
    pub const ALL: [LossKind; 14] = ALL;

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LossKind::Audio => "audio",
            LossKind::Tracks => "tracks",
            LossKind::Form2 => "form2",
            LossKind::Subheader => "subheader",
            LossKind::Ecc => "ecc",
            LossKind::Subchannel => "subchannel",
            LossKind::Sessions => "sessions",
            LossKind::Index => "index",
            LossKind::Mcn => "mcn",
            LossKind::Isrc => "isrc",
            LossKind::CdText => "cd-text",
            LossKind::Flags => "flags",
            LossKind::Pregap => "pregap",
            LossKind::Damage => "damage",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<LossKind> {
        ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn index(self) -> usize {
        usize::from(self as u8)
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LossKinds(u16);

impl LossKinds {
    /// No kind.
    pub const NONE: LossKinds = LossKinds(0);
    /// Every kind.
    pub const ALL: LossKinds = LossKinds((1 << ALL.len()) - 1);

    /// The set of these kinds.
    #[must_use]
    pub const fn of(kinds: &[LossKind]) -> LossKinds {
        let mut bits = 0;
        let mut i = 0;
        while i < kinds.len() {
            bits |= 1 << (kinds[i] as u8);
            i += 1;
        }
        LossKinds(bits)
    }

    /// This set and `kind`.
    #[must_use]
    pub const fn with(self, kind: LossKind) -> LossKinds {
        LossKinds(self.0 | 1 << (kind as u8))
    }

    /// This set without `kind`.
    #[must_use]
    pub const fn without(self, kind: LossKind) -> LossKinds {
        LossKinds(self.0 & !(1 << (kind as u8)))
    }

    /// Is `kind` in it?
    #[must_use]
    pub const fn contains(self, kind: LossKind) -> bool {
        self.0 & (1 << (kind as u8)) != 0
    }

    /// Are all of `other` in it?
    #[must_use]
    pub const fn contains_all(self, other: LossKinds) -> bool {
        self.0 & other.0 == other.0
    }

    /// Is there none?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds, in listing order.
    pub fn iter(self) -> impl Iterator<Item = LossKind> {
        ALL.into_iter().filter(move |kind| self.contains(*kind))
    }
}

/// One thing that would be, or was, lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Its kind.
    pub kind: LossKind,
    /// How many: tracks, sectors or items.
    pub count: u64,
    /// What it is, e.g. `3 audio tracks (02-04)`; a clause for people.
    pub what: String,
    /// The first sector concerned, where there is one.
    pub first: Option<Lba>,
}

impl Loss {
    /// A loss that the table of contents tells.
    pub fn new(kind: LossKind, count: u64, what: impl Into<String>) -> Loss {
        Loss { kind, count, what: what.into(), first: None }
    }

    /// The same, said to be of one disc among several, which count from 0.
    #[must_use]
    pub fn of_disc(self, disc: usize) -> Loss {
        Loss { what: format!("disc {}: {}", disc + 1, self.what), ..self }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.kind.name(), self.what)?;
        match self.first {
            Some(lba) => write!(f, ", first at LBA {lba}"),
            None => Ok(()),
        }
    }
}

/// Sectors counted by kind of loss; workers keep one each and merge them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    counts: [(u64, Option<Lba>); ALL.len()],
}

impl Tally {
    /// Count one sector.
    pub fn add(&mut self, kind: LossKind, lba: Lba) {
        let (count, first) = &mut self.counts[kind.index()];
        *count += 1;
        *first = Some(first.map_or(lba, |known| known.min(lba)));
    }

    /// Take over what another worker counted.
    pub fn merge(&mut self, other: &Tally) {
        for ((count, first), (more, theirs)) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
            *first = match (*first, theirs) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
    }

    /// The kinds that were counted.
    #[must_use]
    pub fn kinds(&self) -> LossKinds {
        ALL.into_iter().filter(|kind| self.counts[kind.index()].0 > 0).fold(LossKinds::NONE, LossKinds::with)
    }

    /// How many sectors of `kind`.
    #[must_use]
    pub fn count(&self, kind: LossKind) -> u64 {
        self.counts[kind.index()].0
    }

    /// What was counted, as losses for people.
    #[must_use]
    pub fn losses(&self) -> Vec<Loss> {
        self.kinds()
            .iter()
            .map(|kind| {
                let (count, first) = self.counts[kind.index()];
                let sectors = if count == 1 { "1 sector" } else { &format!("{count} sectors") };
                Loss { kind, count, what: format!("{sectors} {}", explain(kind)), first }
            })
            .collect()
    }
}

fn explain(kind: LossKind) -> &'static str {
    match kind {
        LossKind::Form2 => "with 2324 bytes or more of Mode 2 data, of which 2048 fit",
        LossKind::Subheader => "whose subheader says more than plain data",
        LossKind::Ecc => "whose sync, header, EDC or ECC is not what rebuilding gives",
        LossKind::Subchannel => "whose subchannel says more than the tracks do",
        LossKind::Pregap => "of a gap that is not blank",
        LossKind::Damage => "that the input lacks",
        _ => "left out",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for kind in LossKind::ALL {
            assert_eq!(LossKind::from_name(kind.name()), Some(kind));
            assert!(LossKinds::ALL.contains(kind) && !LossKinds::ALL.without(kind).contains(kind));
        }
        assert_eq!(LossKind::from_name("all"), None);
        assert_eq!(LossKinds::ALL.iter().count(), LossKind::ALL.len());
    }

    #[test]
    fn merged_tallies_are_one_tally() {
        let (mut one, mut left, mut right) = (Tally::default(), Tally::default(), Tally::default());
        for (kind, lba, to_left) in
            [(LossKind::Ecc, 9, true), (LossKind::Ecc, -150, false), (LossKind::Form2, 7, false), (LossKind::Ecc, 3, true)]
        {
            if to_left {
                left.add(kind, Lba(lba))
            } else {
                right.add(kind, Lba(lba))
            }
            one.add(kind, Lba(lba));
        }
        let mut other_way = right.clone();
        other_way.merge(&left);
        left.merge(&right);
        assert_eq!((&left, &other_way), (&one, &one));
        assert_eq!(one.kinds(), LossKinds::of(&[LossKind::Ecc, LossKind::Form2]));
        assert_eq!((one.count(LossKind::Ecc), one.count(LossKind::Audio)), (3, 0));
        let told: Vec<String> = one.losses().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "form2 (1 sector with 2324 bytes or more of Mode 2 data, of which 2048 fit), first at LBA 7",
                "ecc (3 sectors whose sync, header, EDC or ECC is not what rebuilding gives), first at LBA -150",
            ]
        );
    }
}
