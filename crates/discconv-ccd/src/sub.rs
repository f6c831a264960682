//! What subchannel says that the text does not: pregaps; and whether a file of it belongs to the image.

use discconv_core::{Lba, SubCoding};
use discconv_sector::SUB;
use discconv_sector::subchannel::{Coding, Q, QContent, deinterleave, detect_coding};

/// Frames in a row without a position (catalogue number, ISRC, a wrong CRC) that may lie within a pregap.
const MOST_SILENT: u32 = 8;
/// Sectors of a pregap that are looked for: ten minutes.
const LONGEST: u32 = 45_000;
/// Records that are looked at: so many at the start, and as many spread over the rest.
const SAMPLE: u64 = 16;

/// Where INDEX 00 of `track` begins by its Q: the first of the sectors before `start` that say so, not before `lowest`.
/// `read` fills the packed block of a sector, or says that it cannot.
pub(crate) fn pregap(track: u8, start: Lba, lowest: Lba, mut read: impl FnMut(Lba, &mut [u8; SUB]) -> bool) -> Option<Lba> {
    let (mut first, mut silent) = (None, 0);
    let mut block = [0; SUB];
    let mut lba = start;
    while lba > lowest && lba.sectors_to(start) < LONGEST && silent <= MOST_SILENT {
        lba = lba - 1;
        if !read(lba, &mut block) {
            break;
        }
        let q = Q::of_packed(&block);
        match q.decode() {
            QContent::Position { track: told, index: 0, .. } if q.crc_ok() && told == track => {
                first = Some(lba);
                silent = 0;
            }
            QContent::Position { .. } if q.crc_ok() => break,
            _ => silent += 1,
        }
    }
    first
}

/// What some records of a file of subchannel say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sampled {
    pub(crate) coding: SubCoding,
    /// Is there any Q that is not zero?
    pub(crate) speaks: bool,
    /// Frames with a right CRC, and with a wrong one.
    pub(crate) good: usize,
    pub(crate) bad: usize,
    /// The first frame that says it is elsewhere, if most do: its record, and where it says it is.
    pub(crate) astray: Option<(u64, Lba)>,
}

/// Look at some of `records`. `read` fills one, `lba` says where the sector with that number is.
pub(crate) fn sample(
    records: u64,
    mut read: impl FnMut(u64, &mut [u8; SUB]) -> bool,
    lba: impl Fn(u64) -> Option<Lba>,
) -> Sampled {
    let spread = (1..=SAMPLE).map(|part| records / (SAMPLE + 1) * part);
    let numbers = (0..SAMPLE.min(records)).chain(spread.filter(|number| *number >= SAMPLE && *number < records));
    let mut block = [0; SUB];
    let blocks: Vec<(u64, [u8; SUB])> =
        numbers.filter_map(|number| read(number, &mut block).then_some((number, block))).collect();
    let interleaved = detect_coding(&blocks.iter().map(|(_, block)| *block).collect::<Vec<_>>()) == Some(Coding::Interleaved);
    let packed = blocks.iter().map(|(number, block)| {
        let mut packed = *block;
        if interleaved {
            deinterleave(block, &mut packed);
        }
        (*number, Q::of_packed(&packed))
    });
    let frames: Vec<(u64, Q)> = packed.filter(|(_, q)| q.0 != [0; 12]).collect();
    let good: Vec<&(u64, Q)> = frames.iter().filter(|(_, q)| q.crc_ok()).collect();
    let positions = good.iter().filter_map(|(number, q)| match q.decode() {
        QContent::Position { absolute, .. } => Some((*number, Lba::from_program_msf(absolute))),
        _ => None,
    });
    let (right, wrong): (Vec<_>, Vec<_>) = positions.partition(|(number, told)| lba(*number).is_none_or(|lba| lba == *told));
    Sampled {
        coding: if interleaved { SubCoding::Interleaved } else { SubCoding::Packed },
        speaks: !frames.is_empty(),
        good: good.len(),
        bad: frames.len() - good.len(),
        astray: wrong.first().copied().filter(|_| wrong.len() > right.len()),
    }
}
