//! Catalogue number and recording codes where only Q has them.

use crate::disc::{Disc, Extent};
use crate::error::Result;
use crate::form::Form;
use crate::read::Scratch;
use crate::toc::{Isrc, Mcn, Toc, Track};
use discconv_sector::subchannel::{Q, QContent};
use discconv_sector::{Lba, SUB};

/// Either comes at least once in a hundred sectors (ECMA-130 22.3.5, 22.3.6).
const LOOK: i32 = 150;
/// Sectors that are read at once.
const BATCH: u32 = 25;

/// What the stored subchannel of a disc says of its codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubCodes {
    /// The media catalogue number; one of zeros is none.
    pub mcn: Option<Mcn>,
    /// Of audio tracks, by their numbers.
    pub isrcs: Vec<(u8, Isrc)>,
}

impl SubCodes {
    /// Look at the beginning of every track of `toc`, where `disc` has stored subchannel. A reader passes the disc's own
    /// table, a writer the one that will come back.
    #[must_use]
    pub fn read(disc: &Disc, toc: &Toc) -> SubCodes {
        let mut codes = SubCodes::default();
        if disc.stored_sub().is_some() {
            let mut scratch = Scratch::default();
            toc.tracks().for_each(|track| codes.of_track(disc, track, &mut scratch));
        }
        codes
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mcn.is_none() && self.isrcs.is_empty()
    }

    /// Put in what `toc` does not say.
    pub fn complete(&self, toc: &mut Toc) {
        toc.mcn = toc.mcn.take().or_else(|| self.mcn.clone());
        for track in toc.sessions.iter_mut().flat_map(|session| &mut session.tracks).filter(|track| track.isrc.is_none()) {
            track.isrc = self.isrcs.iter().find(|(number, _)| *number == track.number).map(|(_, isrc)| isrc.clone());
        }
    }

    fn of_track(&mut self, disc: &Disc, track: &Track, scratch: &mut Scratch) {
        let lbas = track.start()..(track.start() + LOOK).min(track.end);
        let (mut blocks, mut isrc) = ([[0; SUB]; BATCH as usize], None);
        for (lbas, _) in disc.extents_in(lbas).filter(|(_, extent)| Extent::stores_sub(extent)) {
            let mut at = lbas.start;
            while at < lbas.end && !(self.mcn.is_some() && (isrc.is_some() || !track.mode.is_audio())) {
                let count = at.sectors_to(lbas.end).min(BATCH);
                let blocks = &mut blocks[..usize::try_from(count).unwrap_or(0)];
                // What cannot be read says nothing; reading the sectors themselves will say why.
                if disc.read_sectors(at, &Form::SUB, scratch, blocks.as_flattened_mut()).is_err() {
                    break;
                }
                for q in blocks.iter().map(Q::of_packed).filter(Q::crc_ok) {
                    match q.decode() {
                        QContent::Mcn { number, .. } if self.mcn.is_none() => self.mcn = mcn(&number),
                        QContent::Isrc { code, .. } if isrc.is_none() && track.mode.is_audio() => isrc = Isrc::new(&code),
                        _ => {}
                    }
                }
                at = Lba(at.0.saturating_add_unsigned(count));
            }
        }
        self.isrcs.extend(isrc.map(|isrc| (track.number, isrc)));
    }
}

/// The disc as a reader found it, with the codes that only its subchannel says.
///
/// # Errors
/// None that `disc` did not have: it is proved again. `file` names the image.
pub fn with_sub_codes(file: &str, disc: Disc) -> Result<Disc> {
    let found = SubCodes::read(&disc, disc.toc());
    if found.is_empty() {
        return Ok(disc);
    }
    let mut parts = disc.into_parts();
    found.complete(&mut parts.toc);
    Disc::new(file, parts)
}

/// Discs without a number may say zeros.
fn mcn(number: &str) -> Option<Mcn> {
    Mcn::new(number).filter(|_| number.bytes().any(|digit| digit != b'0'))
}
