//! EDC, ECC and headers of every data sector.

use crate::disc::{Disc, Extent};
use crate::error::Result;
use crate::form::{Form, Main};
use crate::pool::{Phase, Pool, Watch};
use crate::read::Scratch;
use crate::steps::STEP_SECTORS;

use crate::toc::TrackMode;
use discconv_sector::subchannel::Q;
use discconv_sector::{Flaws, Form2Edc, Lba, RAW, SUB, SectorKind, inspect};
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
    /// Sectors whose subchannel is stored and has a Q frame with a CRC.
    pub q_checked: u64,
    /// Those whose CRC does not hold. Copy protections write such, so they are no damage by themselves.
    pub bad_q: Vec<Lba>,
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

    /// The subchannel of one sector. A Q of zeros says nothing, and a CRC of zero was not recorded.
    fn count_q(&mut self, packed: &[u8; SUB], lba: Lba) {
        let q = Q::of_packed(packed);
        if q.0[10..] != [0; 2] {
            self.q_checked += 1;
            if !q.crc_ok() {
                self.bad_q.push(lba);
            }
        }
    }

    fn merge(&mut self, other: SectorReport) {
        self.q_checked += other.q_checked;
        self.bad_q.extend(other.bad_q);
        self.checked += other.checked;
        self.bad_edc.extend(other.bad_edc);
        self.bad_ecc.extend(other.bad_ecc);
        self.bad_header.extend(other.bad_header);
        self.form2_without_edc += other.form2_without_edc;
    }
}

/// What is looked at in a chunk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Main,
    Sub,
}

/// Check every stored data sector of `disc`, and the Q frames of stored subchannel. Sectors stored as 2048 bytes have
/// nothing to check.
///
/// # Errors
/// Reading, or [`crate::Error::Cancelled`].
pub fn verify_sectors(disc: &Disc, pool: &dyn Pool, watch: &dyn Watch) -> Result<SectorReport> {
    if !disc.toc().media.has_raw() {
        return Ok(SectorReport::default());
    }
    let of = |part: Part, wanted: fn(&Extent) -> bool| {
        let extents = disc.extents().iter().filter(move |extent| wanted(extent));
        extents.flat_map(|extent| chunks(&extent.lbas)).map(move |lbas| (part, lbas))
    };
    let chunks: Vec<(Part, Range<Lba>)> = of(Part::Main, is_checkable).chain(of(Part::Sub, Extent::stores_sub)).collect();
    let bytes =
        chunks.iter().map(|(part, lbas)| u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(part.form().stride)).sum();
    watch.begin(Phase::Checking, bytes);
    let all: Mutex<SectorReport> = Mutex::default();
    pool.run(chunks.len() as u64, &|number, scratch| {
        watch.check()?;
        let Some((part, lbas)) = usize::try_from(number).ok().and_then(|number| chunks.get(number)) else { return Ok(()) };
        let report = check_chunk(disc, *part, lbas, scratch)?;
        watch.advance(u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(part.form().stride));
        all.lock().unwrap_or_else(PoisonError::into_inner).merge(report);
        Ok(())
    })?;
    let mut report = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    for list in [&mut report.bad_edc, &mut report.bad_ecc, &mut report.bad_header, &mut report.bad_q] {
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

impl Part {
    fn form(self) -> Form {
        match self {
            Part::Main => Form::RAW,
            Part::Sub => Form::SUB,
        }
    }
}

fn check_chunk(disc: &Disc, part: Part, lbas: &Range<Lba>, scratch: &mut Scratch) -> Result<SectorReport> {
    let sectors = lbas.start.sectors_to(lbas.end);
    let mut buffer = std::mem::take(&mut scratch.buffer);
    buffer.resize(usize::try_from(sectors).unwrap_or(0) * part.form().record(), 0);
    disc.read_sectors(lbas.start, &part.form(), scratch, &mut buffer)?;
    let mut report = SectorReport::default();
    let lbas = (lbas.start.0..).map(Lba);
    match part {
        Part::Main => {
            report.checked = u64::from(sectors);
            buffer.as_chunks::<RAW>().0.iter().zip(lbas).for_each(|(raw, lba)| report.count(raw, lba));
        }
        Part::Sub => buffer.as_chunks::<SUB>().0.iter().zip(lbas).for_each(|(packed, lba)| report.count_q(packed, lba)),
    }
    scratch.buffer = buffer;
    Ok(report)
}
