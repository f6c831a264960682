//! Raw sectors: sync, header, and which stride and start they agree on.

use crate::layout::RAW_STRIDES;
use discconv_core::volume::read_at;
use discconv_core::{ReadAt, Result, TrackMode};
use discconv_sector::{Lba, Msf, PREGAP_SECTORS, SYNC};

/// Sync and header.
const HEAD: usize = 16;
/// Neighbours that are asked whether they agree with a record.
const NEIGHBOURS: u64 = 16;

/// What the first 16 bytes of a raw record say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No sync: audio, or a damaged sector.
    NoSync,
    /// A data sector of this mode at this address; `None` if the address is no number.
    Data(TrackMode, Option<Lba>),
}

impl Kind {
    /// The mode that it counts as.
    pub(crate) fn mode(self) -> TrackMode {
        match self {
            Kind::NoSync => TrackMode::Audio,
            Kind::Data(mode, _) => mode,
        }
    }
}

/// The raw records of a file.
#[derive(Clone, Copy)]
pub(crate) struct Records<'a> {
    pub(crate) source: &'a dyn ReadAt,
    pub(crate) stride: u32,
}

impl Records<'_> {
    /// Records that have at least sync and header.
    pub(crate) fn count(&self) -> u64 {
        self.source.len() / u64::from(self.stride)
    }

    /// What the record is; `None` behind the end of the file.
    ///
    /// # Errors
    /// Reading.
    pub(crate) fn kind(&self, record: u64) -> Result<Option<Kind>> {
        let mut head = [0; HEAD];
        let Some(start) = record.checked_mul(u64::from(self.stride)) else { return Ok(None) };
        Ok(if read_at(self.source, start, &mut head)? { Some(kind(&head)) } else { None })
    }

    /// How well the records from `from` on agree with it: (headers that count up from it, syncs).
    fn agreement(&self, from: u64, lba: Option<Lba>) -> Result<(u64, u64)> {
        let (mut counting, mut syncs) = (0, 0);
        for (step, record) in (1_i32..).zip(from + 1..=from + NEIGHBOURS) {
            let Some(Kind::Data(_, found)) = self.kind(record)? else { continue };
            syncs += 1;
            counting += u64::from(found.is_some() && found == lba.and_then(|lba| lba.checked_add(step)));
        }
        Ok((counting, syncs))
    }

    /// The LBA of record 0 that record `from` and the ones after it agree on.
    ///
    /// # Errors
    /// Reading.
    pub(crate) fn base(&self, from: u64) -> Result<Option<Lba>> {
        let Some(Kind::Data(_, Some(lba))) = self.kind(from)? else { return Ok(None) };
        let (counting, syncs) = self.agreement(from, Some(lba))?;
        let agreed = counting * 2 > syncs || syncs == 0;
        Ok(i32::try_from(from).ok().filter(|_| agreed).and_then(|from| lba.checked_add(-from)))
    }
}

fn kind(head: &[u8; HEAD]) -> Kind {
    if head[..12] != SYNC {
        return Kind::NoSync;
    }
    let mode = match head[15] & 3 {
        1 => TrackMode::Mode1,
        2 => TrackMode::Mode2,
        _ => TrackMode::Mode0,
    };
    Kind::Data(mode, Msf::from_bcd([head[12], head[13], head[14]]).map(Lba::from_msf))
}

/// Raw sectors found in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) stride: u32,
    /// A record that has sync.
    pub(crate) record: u64,
    /// Do headers count up from it?
    pub(crate) counting: bool,
}

/// Which raw stride the file has, if its first sectors, or those of the volume's start, have sync.
///
/// # Errors
/// Reading.
pub(crate) fn find(source: &dyn ReadAt) -> Result<Option<Found>> {
    if let Some(found) = at_start(source)? {
        return Ok(Some(found));
    }
    // Audio or damage first: where the volume would be, with and without a stored pregap.
    for record in [16, 16 + u64::from(PREGAP_SECTORS.unsigned_abs())] {
        for stride in [2352, 2448, 2368] {
            if let Some(found) = at_record(source, stride, record)? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// Sync at byte 0: the stride with which most of the following records agree.
fn at_start(source: &dyn ReadAt) -> Result<Option<Found>> {
    let first = Records { source, stride: RAW_STRIDES[0] }.kind(0)?;
    let Some(Kind::Data(_, lba)) = first else { return Ok(None) };
    let mut best = None;
    for stride in RAW_STRIDES {
        let agreement = Records { source, stride }.agreement(0, lba)?;
        if agreement.1 > 0 && best.is_none_or(|(most, _)| agreement > most) {
            best = Some((agreement, stride));
        }
    }
    if let Some((agreement, stride)) = best {
        return Ok(Some(Found { stride, record: 0, counting: agreement.0 > 0 }));
    }
    // No second data sector: the length has to do.
    let whole = RAW_STRIDES.into_iter().find(|stride| source.len().is_multiple_of(u64::from(*stride)));
    Ok(whole.map(|stride| Found { stride, record: 0, counting: source.len() == u64::from(stride) }))
}

/// Sync at a record, and headers that count up from it.
fn at_record(source: &dyn ReadAt, stride: u32, record: u64) -> Result<Option<Found>> {
    let records = Records { source, stride };
    let Some(Kind::Data(_, lba)) = records.kind(record)? else { return Ok(None) };
    let (counting, _) = records.agreement(record, lba)?;
    Ok((counting > 0).then_some(Found { stride, record, counting: true }))
}

/// Points at which a file that begins with audio is asked for data.
const LATER_POINTS: u64 = 128;
/// Longer files than 100 minutes of the largest stride are no raw CD.
const LONGEST_CD: u64 = 460_000 * 2744;

/// Data somewhere in a file that begins with audio, if its length is a whole number of raw sectors.
///
/// To be asked when nothing else is found: a volume may hold a raw image as one of its files.
///
/// # Errors
/// Reading.
pub(crate) fn later(source: &dyn ReadAt) -> Result<Option<Found>> {
    if source.len() > LONGEST_CD {
        return Ok(None);
    }
    for stride in [2352, 2448, 2368] {
        let records = Records { source, stride };
        if !source.len().is_multiple_of(u64::from(stride)) {
            continue;
        }
        let count = records.count();
        let points = LATER_POINTS.min(count);
        for point in 0..points {
            if let Some(found) = at_record(source, stride, point * count / points)? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}
