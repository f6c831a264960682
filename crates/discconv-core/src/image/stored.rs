//! What a writer stores of a disc, and what it thereby leaves out.

use crate::disc::{Disc, Extent};
use crate::form::Form;
use crate::image::PAUSE;
use crate::plan::{Dropped, DroppedWhat, Run};
use discconv_sector::Lba;
use std::ops::Range;

/// One track in the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTrack {
    /// Its number.
    pub number: u8,
    /// The sectors that are stored of it, a pregap included.
    pub lbas: Range<Lba>,
    /// Its records; `sub` also where the subchannel has a file of its own.
    pub form: Form,
}

/// The tracks of a disc as an image stores them, in the order of the disc.
pub struct Stored<'a> {
    /// The disc, which the plan knows as its first.
    pub disc: &'a Disc,
    /// The tracks.
    pub tracks: Vec<StoredTrack>,
}

impl Stored<'_> {
    /// What must come back: every stored sector that the disc has, in the form of its track.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        let runs = self.tracks.iter().flat_map(|track| {
            let run = |lbas: Range<Lba>| Run {
                at: lbas.start,
                disc: 0,
                from: lbas.start,
                sectors: lbas.start.sectors_to(lbas.end),
                form: track.form,
            };
            self.disc.covered(track.lbas.clone()).into_iter().map(run)
        });
        runs.collect()
    }

    /// What the image does not get, to be looked at: stored sectors outside of its tracks, and subchannel that no record of
    /// it takes. Of the sectors, notes for people too.
    #[must_use]
    pub fn dropped(&self) -> (Vec<Dropped>, Vec<String>) {
        let (mut dropped, mut notes) = (Vec::new(), Vec::new());
        let begin = self.tracks.first().map_or(Lba::ZERO, |track| track.lbas.start);
        for lbas in self.outside(|_| true, |extent| extent.main.is_some()) {
            let what = if lbas.end <= begin {
                format!("lie before LBA {begin}, where the image begins,")
            } else {
                "belong to no track".to_owned()
            };
            notes.push(format!("the stored sectors LBA {} to {} {what} and are not written", lbas.start, lbas.end - 1));
            dropped.push(Dropped { disc: 0, lbas, what: DroppedWhat::Gap });
        }
        let mut sub = self.outside(|track| track.form.sub.is_some(), Extent::stores_sub);
        sub.dedup_by(|next, last| {
            let joins = last.end == next.start;
            if joins {
                last.end = next.end;
            }
            joins
        });
        dropped.extend(sub.into_iter().map(|lbas| Dropped { disc: 0, lbas, what: DroppedWhat::Subchannel }));
        (dropped, notes)
    }

    /// The sectors of extents that are `wanted`, outside of tracks that are `taken`.
    fn outside(&self, taken: impl Fn(&StoredTrack) -> bool, wanted: impl Fn(&Extent) -> bool) -> Vec<Range<Lba>> {
        let mut outside = Vec::new();
        for extent in self.disc.extents().iter().filter(|extent| wanted(extent)) {
            let mut at = extent.lbas.start;
            for track in self.tracks.iter().filter(|track| taken(track) && track.lbas.end > extent.lbas.start) {
                let begin = track.lbas.start.min(extent.lbas.end);
                if at < begin {
                    outside.push(at..begin);
                }
                at = at.max(track.lbas.end);
            }
            if at < extent.lbas.end {
                outside.push(at..extent.lbas.end);
            }
        }
        outside
    }

    /// Notes of gaps that no file holds, and that are written here. Those before LBA 0 every disc has.
    #[must_use]
    pub fn gap_notes(&self) -> Vec<String> {
        let notes = self.tracks.iter().filter_map(|track| {
            let own = track.lbas.start.max(PAUSE.end)..track.lbas.end;
            let gaps = self.disc.extents_in(own).filter(|(_, extent)| extent.main.is_none());
            let sectors: u32 = gaps.map(|(lbas, _)| lbas.start.sectors_to(lbas.end)).sum();
            (sectors > 0).then(|| {
                format!("the {sectors} sectors of gap of track {:02} that no file holds are stored as blank ones", track.number)
            })
        });
        notes.collect()
    }

    /// A note of subchannel that is written and that the source does not store.
    #[must_use]
    pub fn sub_note(&self) -> Option<String> {
        let with_sub = self.tracks.iter().filter(|track| track.form.sub.is_some());
        let (mut kept, mut made) = (0_u64, 0_u64);
        for (lbas, extent) in with_sub.flat_map(|track| self.disc.extents_in(track.lbas.clone())) {
            *if extent.stores_sub() { &mut kept } else { &mut made } += u64::from(lbas.start.sectors_to(lbas.end));
        }
        match (kept, made) {
            (_, 0) => None,
            (0, _) => Some("the source stores no subchannel: P and Q are made from the tracks".to_owned()),
            _ => Some(format!(
                "the subchannel of {kept} sectors is that of the source; of {made} it stores none: P and Q are made from the tracks"
            )),
        }
    }
}
