//! LibCrypt: a key of 16 bits in subchannel Q. A sector whose Q has a wrong CRC, and mostly a wrong time, is a 1.
//!
//! Each bit is in a pair of sectors around 3 minutes, and again around 9 minutes where the disc is as long. All keys have eight ones;
//! the first disc of all, a demonstration, has six. Source: psx-spx, "CDROM Protection - LibCrypt"; redumper has the same places.

use super::{Sign, Worth};
use crate::look::{Look, forgive};
use discconv_core::{Form, Lba, Result, Scratch};
use discconv_sector::SUB;
use discconv_sector::subchannel::{Q, QContent};
use std::ops::RangeInclusive;

/// LBAs of the first sector of each pair, from bit 15 down, and of its copy.
const PAIRS: [(i32, i32); 16] = [
    (13955, 41895),
    (14081, 42016),
    (14335, 42282),
    (14429, 42430),
    (14499, 42521),
    (14749, 42663),
    (14906, 42862),
    (14980, 43027),
    (15092, 43139),
    (15162, 43204),
    (15228, 43258),
    (15478, 43484),
    (15769, 43813),
    (15881, 43904),
    (15951, 44009),
    (16017, 44162),
];
const SECOND_OF_PAIR: i32 = 5;
/// Ones in a key, with room for a sector that was dumped badly. A subchannel that is wrong everywhere has more.
const ONES: RangeInclusive<usize> = 6..=10;

pub(super) fn find(look: &Look) -> Result<Option<Sign>> {
    if look.disc().stored_sub().is_none() {
        return Ok(None);
    }
    let altered = altered(look, PAIRS.map(|(first, _)| first))?;
    let (Some(first), Some(last)) = (altered.first(), altered.last()) else { return Ok(None) };
    // A bad dump is wrong between the pairs too.
    let dirty = (1..SECOND_OF_PAIR)
        .try_fold(false, |dirty, after| Ok::<_, discconv_core::Error>(dirty || is_altered(look, Lba(first + after))?))?;
    if !ONES.contains(&altered.len()) || dirty {
        return Ok(None);
    }
    let copies = PAIRS.into_iter().filter(|(first, _)| altered.contains(first)).map(|(_, copy)| copy);
    let copies = self::altered(look, copies)?.len();
    let again = if copies > 0 { format!(", and in {copies} copies of them") } else { String::new() };
    let what = format!("subchannel Q is altered in {} of 16 pairs of sectors{again}", altered.len());
    Ok(Some(Sign::new("LibCrypt", Worth::Proof, format!("LBA {first} to {last}"), what)))
}

/// Those whose pairs are altered.
fn altered(look: &Look, firsts: impl IntoIterator<Item = i32>) -> Result<Vec<i32>> {
    let mut altered = Vec::new();
    for first in firsts {
        if is_altered(look, Lba(first))? && is_altered(look, Lba(first + SECOND_OF_PAIR))? {
            altered.push(first);
        }
    }
    Ok(altered)
}

/// Is the Q that is stored for a sector wrong by its CRC, or of another place?
fn is_altered(look: &Look, lba: Lba) -> Result<bool> {
    let disc = look.disc();
    let stored = disc.extent_at(lba).is_some_and(discconv_core::Extent::stores_sub);
    let mut packed = [0; SUB];
    // The subchannel alone, as twelve bytes of P, Q, ... W.
    if !stored || forgive(disc.read_sectors(lba, &Form::SUB, &mut Scratch::default(), &mut packed))?.is_none() {
        return Ok(false);
    }
    let q = Q::of_packed(&packed);
    let place: Option<Lba> = match q.decode() {
        QContent::Position { absolute, .. } => Some(Lba::from_program_msf(absolute)),
        // MCN and ISRC stand in the place of a time.
        _ => None,
    };
    Ok(!q.crc_ok() || place.is_some_and(|place| place != lba))
}
