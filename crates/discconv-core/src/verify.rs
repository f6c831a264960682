//! EDC, ECC and headers of every data sector.

use crate::disc::{Disc, Extent};
use crate::error::Result;
use crate::form::{Form, Main};
use crate::pool::{Phase, Pool, Watch};
use crate::read::Scratch;
use crate::steps::STEP_SECTORS;
use discconv_sector::{Flaws, Form2Edc, Lba, RAW, inspect};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// What was found; the lists are complete and ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectorReport {
    /// Data sectors that store something to check.
    pub checked: u64,
    /// EDC not that of the bytes (Form 2 with an EDC of zero is legal and not here).
    pub bad_edc: Vec<Lba>,
    /// P or Q parity not that of the bytes, or Mode 1's eight zero bytes not zero.
    pub bad_ecc: Vec<Lba>,
    /// Sync, address or mode byte wrong, or subheader copies that differ.
    pub bad_header: Vec<Lba>,
    /// Form 2 sectors without EDC.
    pub form2_without_edc: u64,
}

impl SectorReport {
    /// Is every sector as it should be?
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.bad_edc.is_empty() && self.bad_ecc.is_empty() && self.bad_header.is_empty()
    }

    fn merge(&mut self, other: SectorReport) {
        self.checked += other.checked;
        self.bad_edc.extend(other.bad_edc);
        self.bad_ecc.extend(other.bad_ecc);
        self.bad_header.extend(other.bad_header);
        self.form2_without_edc += other.form2_without_edc;
    }
}

/// Check every stored data sector of `disc`. Sectors stored as 2048 bytes have nothing to check.
///
/// # Errors
/// Reading, or [`crate::Error::Cancelled`].
pub fn verify_sectors(disc: &Disc, pool: &dyn Pool, watch: &dyn Watch) -> Result<SectorReport> {
    let chunks: Vec<Range<Lba>> =
        disc.extents().iter().filter(|extent| is_checkable(extent)).flat_map(|extent| chunks(&extent.lbas)).collect();
    let bytes = chunks.iter().map(|lbas| u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(Form::RAW.stride)).sum();
    watch.begin(Phase::Checking, bytes);
    let all: Mutex<SectorReport> = Mutex::default();
    pool.run(chunks.len() as u64, &|number, scratch| {
        watch.check()?;
        let lbas = &chunks[usize::try_from(number).unwrap_or(usize::MAX)];
        let report = check_chunk(disc, lbas, scratch)?;
        watch.advance(report.checked * u64::from(Form::RAW.stride));
        all.lock().unwrap_or_else(PoisonError::into_inner).merge(report);
        Ok(())
    })?;
    let mut report = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    for list in [&mut report.bad_edc, &mut report.bad_ecc, &mut report.bad_header] {
        list.sort_unstable();
    }
    Ok(report)
}

fn is_checkable(extent: &Extent) -> bool {
    let more_than_user =
        extent.main.is_some_and(|place| matches!(place.form.main, Main::Frame(start, end) if end - start > 2048));
    more_than_user && !extent.mode.is_audio()
}

fn chunks(lbas: &Range<Lba>) -> impl Iterator<Item = Range<Lba>> + use<> {
    let (start, end) = (lbas.start.0, lbas.end.0);
    let step = i32::try_from(STEP_SECTORS).unwrap_or(256);
    (0..)
        .map(move |n: i32| start.saturating_add(n.saturating_mul(step)))
        .take_while(move |at| *at < end)
        .map(move |at| Lba(at)..Lba(at.saturating_add(step).min(end)))
}

fn check_chunk(disc: &Disc, lbas: &Range<Lba>, scratch: &mut Scratch) -> Result<SectorReport> {
    let sectors = lbas.start.sectors_to(lbas.end);
    let mut buffer = std::mem::take(&mut scratch.buffer);
    buffer.resize(usize::try_from(sectors).unwrap_or(0) * RAW, 0);
    disc.read_sectors(lbas.start, &Form::RAW, scratch, &mut buffer)?;
    let mut report = SectorReport { checked: u64::from(sectors), ..SectorReport::default() };
    let (raws, _) = buffer.as_chunks::<RAW>();
    for (raw, lba) in raws.iter().zip((lbas.start.0..).map(Lba)) {
        let seen = inspect(raw, lba);
        if seen.kind == discconv_sector::SectorKind::Audio {
            report.bad_header.push(lba);
            continue;
        }
        if seen.flaws.contains(Flaws::EDC) {
            report.bad_edc.push(lba);
        }
        if seen.flaws.contains(Flaws::ECC) || seen.flaws.contains(Flaws::ZERO_PAD) {
            report.bad_ecc.push(lba);
        }
        if [Flaws::NO_SYNC, Flaws::HEADER, Flaws::SUBHEADER_COPY].into_iter().any(|flaw| seen.flaws.contains(flaw)) {
            report.bad_header.push(lba);
        }
        report.form2_without_edc += u64::from(seen.form2_edc == Form2Edc::Zero);
    }
    scratch.buffer = buffer;
    Ok(report)
}
