//! Reading sectors of a disc in any form: copied where stored alike, else cut or rebuilt.

use crate::disc::{Disc, Extent, Place};
use crate::error::{At, Error, Result};
use crate::form::{Form, Main, SubCoding, Twist};
use crate::loss::{LossKind, Tally};
use crate::subgen;
use crate::toc::TrackMode;
use discconv_sector::{
    Flaws, Lba, RAW, Rebuild, SUB, SectorKind, StoredMode, Subheader, USER, build_form2, build_mode0, build_mode1, classify,
    has_sync, inspect, rebuild, scramble, subchannel,
};
use std::ops::Range;

/// Buffers of one worker; every call may use them anew.
#[derive(Default)]
pub struct Scratch {
    stored: Vec<u8>,
    sub: Vec<u8>,
    /// For callers: a buffer that lives as long as the worker.
    pub buffer: Vec<u8>,
    /// A second one, to compare with.
    pub other: Vec<u8>,
    /// The state of a coder, for as long as the worker works on one file.
    pub(crate) worker: Option<Box<dyn crate::encode::BlockWorker>>,
}

/// What to do with a sector that the view cannot hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Misfit {
    Error,
    Cut,
}

struct Job<'a> {
    disc: &'a Disc,
    view: &'a Form,
    misfit: Misfit,
    tally: &'a mut Tally,
}

impl Disc {
    /// Read `out.len() / view.stride` sectors from `first` on, each as `view` stores it.
    ///
    /// # Errors
    /// A sector that the view cannot hold (Form 2 or audio as 2048 bytes) is an error naming its LBA; so is a sector
    /// that no extent holds, and any frame of a medium without raw sectors.
    pub fn read_sectors(&self, first: Lba, view: &Form, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        let mut tally = Tally::default();
        Job { disc: self, view, misfit: Misfit::Error, tally: &mut tally }.run(first, scratch, out)
    }

    /// As [`Disc::read_sectors`], but sectors that do not fit are cut, and what the view loses is counted in `tally`:
    /// Form 2 data, subheaders, and whatever rebuilding would not give back.
    ///
    /// # Errors
    /// Reading only, or audio asked for as 2048 bytes.
    pub fn read_lossy(&self, first: Lba, view: &Form, scratch: &mut Scratch, tally: &mut Tally, out: &mut [u8]) -> Result<()> {
        Job { disc: self, view, misfit: Misfit::Cut, tally }.run(first, scratch, out)
    }

    fn file_name(&self) -> &str {
        self.sources().first().map_or("the disc", |source| source.name())
    }
}

impl Job<'_> {
    fn run(mut self, first: Lba, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        let record = self.view.record();
        let count = i32::try_from(out.len() / record.max(1)).unwrap_or(i32::MAX);
        let end = first + count;
        if matches!(self.view.main, Main::Frame(..)) && !self.disc.toc().media.has_raw() {
            let what = format!("a {} has no raw sectors", self.disc.toc().media.name());
            return Err(Error::unsupported(self.disc.file_name(), At::Lba(first), what));
        }
        let mut at = first;
        for (lbas, extent) in self.disc.extents_in(first..end) {
            if lbas.start != at {
                break;
            }
            let start = usize::try_from(lbas.start - first).unwrap_or(0) * record;
            let len = sectors(&lbas) * record;
            at = lbas.end;
            self.extent(extent, lbas, scratch, &mut out[start..start + len])?;
        }
        if at == end {
            return Ok(());
        }
        Err(Error::malformed(
            self.disc.file_name(),
            At::Lba(at),
            "no sector that any file holds",
            format!("sectors up to LBA {end}"),
        ))
    }

    fn extent(&mut self, extent: &Extent, lbas: Range<Lba>, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        let skip = extent.lbas.start.sectors_to(lbas.start);
        if let Some(place) = &extent.main
            && is_same(place, extent.mode, self.view)
        {
            return self.disc.source(place.source).read_exact_at(record_offset(place, skip), out);
        }
        let count = sectors(&lbas);
        load(self.disc, extent.main.as_ref(), skip, count, &mut scratch.stored)?;
        if self.view.sub.is_some() {
            load(self.disc, extent.sub.as_ref(), skip, count, &mut scratch.sub)?;
        }
        let record = self.view.record();
        let main_len = self.view.main.len();
        for (index, out) in out.chunks_exact_mut(record).enumerate() {
            let lba = lbas.start + i32::try_from(index).unwrap_or(i32::MAX);
            let stored = extent.main.as_ref().map(|place| &scratch.stored[index * place.form.record()..][..place.form.used()]);
            let (main, rest) = out.split_at_mut(main_len);
            self.main(extent, lba, stored, main)?;
            rest.fill(0);
            if let Some(coding) = self.view.sub {
                let own = extent.sub.as_ref().map(|place| &scratch.sub[index * place.form.record()..][..place.form.used()]);
                put_sub(&stored_sub(self.disc, extent, lba, stored, own), coding, rest);
            }
        }
        Ok(())
    }

    /// The main bytes of one sector.
    fn main(&mut self, extent: &Extent, lba: Lba, stored: Option<&[u8]>, out: &mut [u8]) -> Result<()> {
        let form = extent.main.as_ref().map(|place| &place.form);
        match (self.view.main, form, stored) {
            (Main::None, ..) => Ok(()),
            (Main::User, Some(form), Some(stored)) if form.main == Main::User => {
                out.copy_from_slice(&stored[..USER]);
                Ok(())
            }
            (Main::User, ..) if extent.mode.is_audio() => Err(self.misfit(lba, "an audio sector")),
            (Main::User, None, _) => {
                out.fill(0);
                Ok(())
            }
            (Main::User, Some(form), Some(stored)) if form.is_raw() && !is_twisted(form, extent.mode) => {
                match stored.first_chunk::<RAW>() {
                    Some(raw) => self.user(raw, extent.mode, lba, out),
                    None => Ok(()),
                }
            }
            (Main::User, ..) => {
                let raw = complete(extent, lba, stored);
                self.user(&raw, extent.mode, lba, out)
            }
            (Main::Frame(start, end), ..) => {
                let raw = complete(extent, lba, stored);
                if (start, end) != (0, 2352) && form.is_some_and(|form| form.is_raw()) {
                    self.count_frame(&raw, usize::from(start)..usize::from(end), extent, lba);
                }
                out.copy_from_slice(&raw[usize::from(start)..usize::from(end)]);
                twist(self.view.twist, extent.mode, start, out);
                Ok(())
            }
        }
    }

    /// The 2048 user bytes of a raw sector, with what is lost counted.
    fn user(&mut self, raw: &[u8; RAW], mode: TrackMode, lba: Lba, out: &mut [u8]) -> Result<()> {
        let seen = inspect(raw, lba);
        let kind = match seen.kind {
            // No sync in a data track: the track's mode says where its data would be.
            SectorKind::Audio | SectorKind::Mode0 => {
                self.tally.add(LossKind::Ecc, lba);
                if mode == TrackMode::Mode2 { SectorKind::Mode2Form1 } else { SectorKind::Mode1 }
            }
            SectorKind::Mode2Form2 | SectorKind::Mode2Formless => {
                if self.misfit == Misfit::Error {
                    return Err(self.misfit(lba, "a Mode 2 sector of 2324 bytes or more"));
                }
                self.tally.add(LossKind::Form2, lba);
                seen.kind
            }
            kind => {
                let other_mode = (kind == SectorKind::Mode1) != (mode == TrackMode::Mode1);
                if !seen.flaws.is_empty() || other_mode {
                    self.tally.add(LossKind::Ecc, lba);
                }
                if seen.subheader.is_some_and(|subheader| !subheader.is_plain()) {
                    self.tally.add(LossKind::Subheader, lba);
                }
                kind
            }
        };
        let start = if matches!(kind, SectorKind::Mode2Form1 | SectorKind::Mode2Form2) { 24 } else { 16 };
        out.copy_from_slice(&raw[start..start + USER]);
        Ok(())
    }

    /// Count a sector that would not come back alike from the bytes `kept` of it.
    fn count_frame(&mut self, raw: &[u8; RAW], kept: Range<usize>, extent: &Extent, lba: Lba) {
        if extent.mode.is_audio() {
            return;
        }
        let alike = if kept == (16..RAW) && extent.mode == TrackMode::Mode2 {
            let seen = inspect(raw, lba);
            let framed = !seen.flaws.contains(Flaws::NO_SYNC) && !seen.flaws.contains(Flaws::HEADER);
            framed && matches!(seen.kind, SectorKind::Mode2Form1 | SectorKind::Mode2Form2 | SectorKind::Mode2Formless)
        } else {
            let mut again = [0; RAW];
            again[kept.clone()].copy_from_slice(&raw[kept.clone()]);
            rebuild(lba, kept, &how(extent, lba), &mut again);
            again == *raw
        };
        if !alike {
            self.tally.add(LossKind::Ecc, lba);
        }
    }

    fn misfit(&self, lba: Lba, what: &str) -> Error {
        Error::malformed(self.disc.file_name(), At::Lba(lba), what, "a sector with 2048 bytes of user data")
            .with_hint("choose a target that keeps 2352 bytes a sector, such as .cue")
    }
}

fn sectors(lbas: &Range<Lba>) -> usize {
    usize::try_from(lbas.start.sectors_to(lbas.end)).unwrap_or(usize::MAX)
}

fn record_offset(place: &Place, skip: u32) -> u64 {
    place.offset + u64::from(skip) * u64::from(place.form.stride)
}

/// Does swapping or scrambling apply to sectors of this mode?
fn is_twisted(form: &Form, mode: TrackMode) -> bool {
    match form.twist {
        Twist::None => false,
        Twist::SwapAudio => mode.is_audio(),
        Twist::Scrambled => !mode.is_audio(),
    }
}

/// Does the place store byte for byte what the view wants?
pub(crate) fn is_same(place: &Place, mode: TrackMode, view: &Form) -> bool {
    let stored = &place.form;
    let twist_alike = stored.twist == view.twist || (!is_twisted(stored, mode) && !is_twisted(view, mode));
    stored.main == view.main
        && stored.sub == view.sub
        && stored.stride == view.stride
        && stored.used() == stored.record()
        && twist_alike
}

/// Read `count` records, the first `skip` left out, into `into`; the last one without its padding.
fn load(disc: &Disc, place: Option<&Place>, skip: u32, count: usize, into: &mut Vec<u8>) -> Result<()> {
    let Some(place) = place else { return Ok(()) };
    let len = count.saturating_sub(1) * place.form.record() + place.form.used();
    into.resize(len, 0);
    disc.source(place.source).read_exact_at(record_offset(place, skip), into)
}

/// How sectors of the extent are rebuilt.
fn how(extent: &Extent, lba: Lba) -> Rebuild {
    let mode = match extent.mode {
        TrackMode::Mode2 => StoredMode::Mode2,
        TrackMode::Mode0 => StoredMode::Mode0,
        TrackMode::Mode1 | TrackMode::Audio => StoredMode::Mode1,
    };
    let subheader = if mode == StoredMode::Mode2 { extent.fill.subheaders.subheader(lba) } else { Subheader::DATA };
    Rebuild { mode, subheader, form2_edc: extent.fill.form2_edc }
}

/// The whole raw sector: stored, completed, or blank.
fn complete(extent: &Extent, lba: Lba, stored: Option<&[u8]>) -> [u8; RAW] {
    let mut raw = [0; RAW];
    let form = extent.main.as_ref().map(|place| place.form);
    let (Some(form), Some(stored)) = (form, stored) else {
        blank(extent, lba, &mut raw);
        return raw;
    };
    let kept = match form.main {
        Main::None => {
            blank(extent, lba, &mut raw);
            return raw;
        }
        Main::User if extent.mode == TrackMode::Mode2 => 24..24 + USER,
        Main::User => 16..16 + USER,
        Main::Frame(start, end) => usize::from(start)..usize::from(end),
    };
    raw[kept.clone()].copy_from_slice(&stored[..kept.len()]);
    if form.twist == Twist::SwapAudio && extent.mode.is_audio() {
        swap_pairs(&mut raw);
    }
    if kept == (0..RAW) {
        if form.twist == Twist::Scrambled && !extent.mode.is_audio() && has_sync(&raw) {
            scramble::apply(&mut raw);
        }
    } else {
        rebuild(lba, kept, &how(extent, lba), &mut raw);
    }
    raw
}

/// A sector of a gap that no file holds.
fn blank(extent: &Extent, lba: Lba, raw: &mut [u8; RAW]) {
    match extent.mode {
        TrackMode::Audio => {}
        TrackMode::Mode0 => build_mode0(lba, raw),
        TrackMode::Mode1 => build_mode1(lba, raw),
        TrackMode::Mode2 => build_form2(lba, raw, Subheader::FORM2_BLANK, extent.fill.form2_edc),
    }
}

fn swap_pairs(bytes: &mut [u8]) {
    for pair in bytes.chunks_exact_mut(2) {
        pair.swap(0, 1);
    }
}

/// Apply what the view wants done to main bytes that begin at `start` of the frame.
fn twist(twist: Twist, mode: TrackMode, start: u16, out: &mut [u8]) {
    match twist {
        Twist::SwapAudio if mode.is_audio() => swap_pairs(out),
        Twist::Scrambled if !mode.is_audio() && start == 0 => {
            if let Ok(raw) = <&mut [u8; RAW]>::try_from(out)
                && classify(raw) != SectorKind::Audio
            {
                scramble::apply(raw);
            }
        }
        _ => {}
    }
}

/// The subchannel of one sector, packed: from its own file, from behind the main bytes, or made from the tracks.
fn stored_sub(disc: &Disc, extent: &Extent, lba: Lba, stored: Option<&[u8]>, own: Option<&[u8]>) -> [u8; SUB] {
    if let (Some(place), Some(own)) = (&extent.sub, own)
        && let Some(coding) = place.form.sub
    {
        return unpack_sub(coding, &own[place.form.main.len()..]);
    }
    if let (Some(place), Some(stored)) = (&extent.main, stored)
        && let Some(coding) = place.form.sub
    {
        return unpack_sub(coding, &stored[place.form.main.len()..]);
    }
    subgen::packed(disc.toc(), lba)
}

fn unpack_sub(coding: SubCoding, stored: &[u8]) -> [u8; SUB] {
    let mut packed = [0; SUB];
    match coding {
        SubCoding::Packed => packed.copy_from_slice(&stored[..SUB]),
        SubCoding::Interleaved => {
            if let Some(symbols) = stored.first_chunk::<SUB>() {
                subchannel::deinterleave(symbols, &mut packed);
            }
        }
        SubCoding::Pq16 => {
            if let Some(pq) = stored.first_chunk::<16>() {
                packed = subchannel::packed_from_pq16(pq);
            }
        }
    }
    packed
}

fn put_sub(packed: &[u8; SUB], coding: SubCoding, out: &mut [u8]) {
    match coding {
        SubCoding::Packed => out[..SUB].copy_from_slice(packed),
        SubCoding::Interleaved => {
            let mut symbols = [0; SUB];
            subchannel::interleave(packed, &mut symbols);
            out[..SUB].copy_from_slice(&symbols);
        }
        SubCoding::Pq16 => out[..16].copy_from_slice(&subchannel::pq16_from_packed(packed)),
    }
}
