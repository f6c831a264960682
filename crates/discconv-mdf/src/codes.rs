//! Catalogue number and recording codes, which a descriptor has no place for: they are in Q where there is subchannel.

use discconv_core::{Disc, Form, Isrc, Lba, Main, Mcn, Scratch, SubCoding, Track, Twist};
use discconv_sector::SUB;
use discconv_sector::subchannel::{Q, QContent};

/// Either comes at least once in a hundred sectors (ECMA-130 22.3.5, 22.3.6).
const LOOK: i32 = 150;
/// The subchannel alone.
const PACKED: Form = Form { main: Main::None, twist: Twist::None, sub: Some(SubCoding::Packed), stride: 96 };
/// Sectors that are read at once.
const BATCH: i32 = 25;

/// What the stored subchannel of a disc says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Codes {
    pub(crate) mcn: Option<Mcn>,
    /// By the number of the track.
    pub(crate) isrcs: Vec<(u8, Isrc)>,
}

/// Look at the beginning of every track.
pub(crate) fn read(disc: &Disc) -> Codes {
    let mut codes = Codes::default();
    if disc.stored_sub().is_some() {
        let mut scratch = Scratch::default();
        disc.toc().tracks().for_each(|track| of_track(disc, track, &mut scratch, &mut codes));
    }
    codes
}

fn of_track(disc: &Disc, track: &Track, scratch: &mut Scratch, codes: &mut Codes) {
    let lbas = track.start()..(track.start() + LOOK).min(track.end);
    let is_stored = |extent: &discconv_core::Extent| extent.sub.or(extent.main).is_some_and(|place| place.form.sub.is_some());
    let stored = disc.extents_in(lbas).filter(|(_, extent)| is_stored(extent)).map(|(lbas, _)| lbas);
    let (mut blocks, mut isrc) = ([[0; SUB]; 25], None);
    for lbas in stored {
        let mut at = lbas.start;
        while at < lbas.end && !(codes.mcn.is_some() && (isrc.is_some() || !track.mode.is_audio())) {
            let count = usize::try_from(at.sectors_to(lbas.end).min(BATCH.unsigned_abs())).unwrap_or(0);
            let blocks = &mut blocks[..count];
            // What cannot be read says nothing; reading the sectors themselves will say why.
            if disc.read_sectors(at, &PACKED, scratch, blocks.as_flattened_mut()).is_err() {
                break;
            }
            for q in blocks.iter().map(Q::of_packed).filter(Q::crc_ok) {
                match q.decode() {
                    QContent::Mcn { number, .. } if codes.mcn.is_none() => codes.mcn = mcn(&number),
                    QContent::Isrc { code, .. } if isrc.is_none() && track.mode.is_audio() => isrc = Isrc::new(&code),
                    _ => {}
                }
            }
            at = Lba(at.0.saturating_add(BATCH));
        }
    }
    codes.isrcs.extend(isrc.map(|isrc| (track.number, isrc)));
}

/// Discs without a number may say zeros.
fn mcn(number: &str) -> Option<Mcn> {
    Mcn::new(number).filter(|_| number.bytes().any(|digit| digit != b'0'))
}
