//! EDC, ECC and headers of every data sector.

use crate::disc::{Disc, Extent};
use crate::error::Result;
use crate::form::{Form, Main};
use crate::pool::{Phase, Pool, Watch};
use crate::read::Scratch;
use crate::steps::STEP_SECTORS;
use crate::toc::TrackMode;
use discconv_sector::{Flaws, Form2Edc, Lba, RAW, SectorKind, inspect};
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

    /// One data sector.
    fn count(&mut self, raw: &[u8; RAW], lba: Lba) {
        let seen = inspect(raw, lba);
        let flawed = |flaws: &[Flaws]| flaws.iter().any(|flaw| seen.flaws.contains(*flaw));
        let damaged = seen.kind == SectorKind::Mode2Formless && is_damaged_xa(raw);
        if flawed(&[Flaws::EDC]) || damaged {
            self.bad_edc.push(lba);
        }
        if flawed(&[Flaws::ECC, Flaws::ZERO_PAD]) {
            self.bad_ecc.push(lba);
        }
        // Without sync it is no data sector at all.
        if flawed(&[Flaws::HEADER, Flaws::SUBHEADER_COPY]) || seen.kind == SectorKind::Audio || damaged {
            self.bad_header.push(lba);
        }
        self.form2_without_edc += u64::from(seen.form2_edc == Form2Edc::Zero);
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
    if !disc.toc().media.has_raw() {
        return Ok(SectorReport::default());
    }
    let chunks: Vec<Range<Lba>> =
        disc.extents().iter().filter(|extent| is_checkable(extent)).flat_map(|extent| chunks(&extent.lbas)).collect();
    let bytes = chunks.iter().map(|lbas| u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(Form::RAW.stride)).sum();
    watch.begin(Phase::Checking, bytes);
    let all: Mutex<SectorReport> = Mutex::default();
    pool.run(chunks.len() as u64, &|number, scratch| {
        watch.check()?;
        let Some(lbas) = usize::try_from(number).ok().and_then(|number| chunks.get(number)) else { return Ok(()) };
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
    let Some(Main::Frame(start, end)) = extent.main.map(|place| place.form.main) else { return false };
    // Where the EDC of Mode 1, of Form 1 ends; Form 2 without its last four bytes or its subheader has none to check.
    match extent.mode {
        TrackMode::Audio => false,
        TrackMode::Mode0 | TrackMode::Mode1 => end >= 2068,
        TrackMode::Mode2 => (start <= 16 && end >= 2076) || end == 2352,
    }
}

/// Does a sector that looks formless, since its subheaders differ and no EDC holds, become a sound one of Form 1 or 2 if
/// one of them is taken for both? Then the other one is damaged.
fn is_damaged_xa(raw: &[u8; RAW]) -> bool {
    let copies = [[raw[16], raw[17], raw[18], raw[19]], [raw[20], raw[21], raw[22], raw[23]]];
    copies[0] != copies[1]
        && copies.into_iter().any(|subheader| {
            let mut mended = *raw;
            mended[16..20].copy_from_slice(&subheader);
            mended[20..24].copy_from_slice(&subheader);
            let seen = inspect(&mended, Lba(0));
            let has_edc = seen.kind == SectorKind::Mode2Form1 || seen.form2_edc == Form2Edc::Good;
            has_edc && !seen.flaws.contains(Flaws::EDC)
        })
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
        report.count(raw, lba);
    }
    scratch.buffer = buffer;
    Ok(report)
}
