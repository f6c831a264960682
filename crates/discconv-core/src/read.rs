//! Reading sectors of a disc in any form: copied where stored alike, else cut or rebuilt.

use crate::disc::{Disc, Extent, Place};
use crate::error::{At, Error, Result};
use crate::form::{Form, Main, Twist};
use crate::frame::{self, kept};
use crate::loss::{LossKind, Tally};
use crate::subview;
use crate::toc::TrackMode;
use discconv_sector::{Lba, RAW, SYNC, SectorKind, USER, classify, has_sync, inspect, rebuild, scramble};
use std::ops::Range;

/// Most sectors that are loaded at once: bounds the buffers, whatever is asked for.
const BATCH_SECTORS: usize = 256;

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

/// What to do with a sector that says more than the view holds.
enum Excess<'a> {
    /// Form 2 data is an error; the rest is nobody's business.
    Refuse,
    /// Cut, and count what is lost.
    Count(&'a mut Tally),
    /// Cut: both sides of a comparison are cut alike.
    Cut,
}

struct Job<'a> {
    disc: &'a Disc,
    view: &'a Form,
    excess: Excess<'a>,
}

impl Disc {
    /// Read `out.len() / view.stride` sectors from `first` on, each as `view` stores it.
    ///
    /// # Errors
    /// A sector that the view cannot hold (Form 2 or audio as 2048 bytes) is an error naming its LBA; so is a sector
    /// that no extent holds, and any frame of a medium without raw sectors.
    pub fn read_sectors(&self, first: Lba, view: &Form, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        Job { disc: self, view, excess: Excess::Refuse }.run(first, scratch, out)
    }

    /// As [`Disc::read_sectors`], but sectors that do not fit are cut, and what the view loses is counted in `tally`:
    /// Form 2 data, subheaders, and whatever rebuilding would not give back.
    ///
    /// # Errors
    /// Reading only, or audio asked for as 2048 bytes.
    pub fn read_lossy(&self, first: Lba, view: &Form, scratch: &mut Scratch, tally: &mut Tally, out: &mut [u8]) -> Result<()> {
        Job { disc: self, view, excess: Excess::Count(tally) }.run(first, scratch, out)
    }

    /// The bytes that [`Disc::read_lossy`] gives, without the cost of testing what is lost.
    pub(crate) fn read_cut(&self, first: Lba, view: &Form, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        Job { disc: self, view, excess: Excess::Cut }.run(first, scratch, out)
    }

    /// Are the sectors `lbas`, in that form, zeros that take no room in their file?
    pub(crate) fn is_hole(&self, lbas: &Range<Lba>, view: &Form) -> bool {
        let mut at = lbas.start;
        for (lbas, extent) in self.extents_in(lbas.clone()) {
            let Some(place) = same_place(extent, view).filter(|_| lbas.start == at) else { return false };
            let start = record_offset(place, extent.lbas.start.sectors_to(lbas.start));
            let len = u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(place.form.stride);
            if !self.source(place.source).is_hole(start..start + len) {
                return false;
            }
            at = lbas.end;
        }
        at == lbas.end
    }

    /// The file that holds `lba`, for messages; the first one if none does.
    pub(crate) fn name_at(&self, lba: Lba) -> &str {
        let place = self.extent_at(lba).and_then(|extent| extent.main.or(extent.sub));
        let source = place.map(|place| self.source(place.source));
        source.or(self.sources().first().map(AsRef::as_ref)).map_or("the disc", |source| source.name())
    }
}

impl Job<'_> {
    fn run(mut self, first: Lba, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        self.check_view(first)?;
        let record = self.view.record();
        let end = i32::try_from(out.len() / record).ok().and_then(|count| first.checked_add(count));
        let mut at = first;
        for (lbas, extent) in self.disc.extents_in(first..end.unwrap_or(Lba(i32::MAX))) {
            if lbas.start != at {
                break;
            }
            let start = sectors(&(first..lbas.start)) * record;
            let out = &mut out[start..start + sectors(&lbas) * record];
            at = lbas.end;
            self.extent(extent, lbas, scratch, out)?;
        }
        if Some(at) == end {
            return Ok(());
        }
        let expected = end.map_or_else(|| "an address that exists".to_owned(), |end| format!("sectors up to LBA {end}"));
        Err(Error::malformed(self.disc.name_at(at), At::Lba(at), "no sector that any file holds", expected))
    }

    fn check_view(&self, first: Lba) -> Result<()> {
        let media = self.disc.toc().media;
        let what = if !self.view.is_sound() {
            format!("there are no sectors of the form {}", self.view)
        } else if matches!(self.view.main, Main::Frame(..)) && !media.has_raw() {
            format!("a {} has no raw sectors", media.name())
        } else {
            return Ok(());
        };
        Err(Error::unsupported(self.disc.name_at(first), At::Lba(first), what))
    }

    /// Sectors of one extent: copied, or in batches.
    fn extent(&mut self, extent: &Extent, lbas: Range<Lba>, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        if let Some(place) = same_place(extent, self.view) {
            let skip = extent.lbas.start.sectors_to(lbas.start);
            return self.disc.source(place.source).read_exact_at(record_offset(place, skip), out);
        }
        let record = self.view.record();
        batches(&lbas)
            .zip(out.chunks_mut(BATCH_SECTORS * record))
            .try_for_each(|(lbas, out)| self.batch(extent, &lbas, scratch, out))
    }

    fn batch(&mut self, extent: &Extent, lbas: &Range<Lba>, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        let skip = extent.lbas.start.sectors_to(lbas.start);
        let count = sectors(lbas);
        let wants_sub = self.view.sub.is_some();
        let main_sub = wants_sub && extent.sub.is_none() && extent.main.is_some_and(|place| place.form.sub.is_some());
        let main = extent.main.as_ref().filter(|_| self.view.main != Main::None || main_sub);
        let own_sub = extent.sub.as_ref().filter(|_| wants_sub);
        load(self.disc, main, skip, count, &mut scratch.stored)?;
        load(self.disc, own_sub, skip, count, &mut scratch.sub)?;
        let (record, main_len) = (self.view.record(), self.view.main.len());
        for (index, (out, lba)) in out.chunks_exact_mut(record).zip(lbas.start.0..).enumerate() {
            let lba = Lba(lba);
            let stored = main.map(|place| nth_record(&scratch.stored, place, index));
            let (main_out, rest) = out.split_at_mut(main_len);
            self.main(extent, lba, stored, main_out)?;
            let Some(coding) = self.view.sub else {
                rest.fill(0);
                continue;
            };
            let (sub_out, padding) = rest.split_at_mut(coding.bytes());
            padding.fill(0);
            let own = own_sub.map(|place| (place.form, nth_record(&scratch.sub, place, index)));
            let beside = own.or_else(|| main.map(|place| place.form).zip(stored));
            subview::put(self.disc.toc(), lba, beside, coding, sub_out);
        }
        Ok(())
    }

    /// The main bytes of one sector.
    fn main(&mut self, extent: &Extent, lba: Lba, stored: Option<&[u8]>, out: &mut [u8]) -> Result<()> {
        match self.view.main {
            Main::None => Ok(()),
            Main::User => self.user(extent, lba, stored, out),
            Main::Frame(start, end) => self.frame(extent, lba, stored, usize::from(start)..usize::from(end), out),
        }
    }

    /// The 2048 user bytes.
    fn user(&mut self, extent: &Extent, lba: Lba, stored: Option<&[u8]>, out: &mut [u8]) -> Result<()> {
        if extent.mode.is_audio() {
            return Err(self.misfit(lba, "an audio sector"));
        }
        let form = extent.main.as_ref().map(|place| &place.form);
        let (Some(form), Some(stored)) = (form.filter(|form| form.main != Main::None), stored) else {
            out.fill(0);
            return Ok(());
        };
        if kept(form.main, extent.mode) == kept(Main::User, extent.mode) {
            out.copy_from_slice(&stored[..USER]);
            return Ok(());
        }
        if let (Some(raw), false) = (stored.first_chunk::<RAW>(), !form.is_raw() || frame::is_twisted(form, extent.mode)) {
            return self.user_of_raw(raw, extent.mode, lba, out);
        }
        let mut raw = [0; RAW];
        frame::complete(extent, lba, Some(stored), &mut raw);
        self.user_of_raw(&raw, extent.mode, lba, out)
    }

    /// The user bytes of a raw sector, with what is lost counted.
    fn user_of_raw(&mut self, raw: &[u8; RAW], mode: TrackMode, lba: Lba, out: &mut [u8]) -> Result<()> {
        let kind = match &mut self.excess {
            Excess::Count(tally) => count_user(raw, mode, lba, tally),
            Excess::Cut => classify(raw),
            Excess::Refuse => classify(raw),
        };
        if matches!(kind, SectorKind::Mode2Form2 | SectorKind::Mode2Formless) && matches!(self.excess, Excess::Refuse) {
            return Err(self.misfit(lba, "a Mode 2 sector of 2324 bytes or more"));
        }
        let start = match kind {
            SectorKind::Mode2Form1 | SectorKind::Mode2Form2 => 24,
            // No sync in a data track: the track's mode says where its data would be.
            SectorKind::Audio | SectorKind::Mode0 if mode == TrackMode::Mode2 => 24,
            _ => 16,
        };
        out.copy_from_slice(&raw[start..start + USER]);
        Ok(())
    }

    /// The bytes `wanted` of the frame.
    fn frame(&mut self, extent: &Extent, lba: Lba, stored: Option<&[u8]>, wanted: Range<usize>, out: &mut [u8]) -> Result<()> {
        let form = extent.main.as_ref().map(|place| &place.form);
        if let Ok(raw) = <&mut [u8; RAW]>::try_from(&mut *out) {
            frame::complete(extent, lba, stored, raw);
            twist(self.view.twist, extent.mode, raw);
            return Ok(());
        }
        let mut made;
        let raw = match (form, stored.and_then(<[u8]>::first_chunk::<RAW>)) {
            (Some(form), Some(raw)) if form.is_raw() && !frame::is_twisted(form, extent.mode) => raw,
            _ => {
                made = [0; RAW];
                frame::complete(extent, lba, stored, &mut made);
                &made
            }
        };
        if let Excess::Count(tally) = &mut self.excess
            && let Some(kept) = form.and_then(|form| kept(form.main, extent.mode))
            && (kept.start < wanted.start || kept.end > wanted.end)
        {
            count_frame(raw, wanted.clone(), extent, lba, tally);
        }
        if self.view.twist == Twist::SwapAudio && extent.mode.is_audio() {
            let mut swapped = *raw;
            frame::swap_pairs(&mut swapped);
            out.copy_from_slice(&swapped[wanted]);
        } else {
            out.copy_from_slice(&raw[wanted]);
        }
        Ok(())
    }

    fn misfit(&self, lba: Lba, what: &str) -> Error {
        Error::malformed(self.disc.name_at(lba), At::Lba(lba), what, "a sector with 2048 bytes of user data")
            .with_hint("choose a target that keeps 2352 bytes a sector, such as .cue")
    }
}

/// Count what is lost where only the user bytes of a raw sector are kept; gives what the sector is.
fn count_user(raw: &[u8; RAW], mode: TrackMode, lba: Lba, tally: &mut Tally) -> SectorKind {
    let seen = inspect(raw, lba);
    match seen.kind {
        SectorKind::Audio | SectorKind::Mode0 => tally.add(LossKind::Ecc, lba),
        SectorKind::Mode2Form2 | SectorKind::Mode2Formless => tally.add(LossKind::Form2, lba),
        SectorKind::Mode1 | SectorKind::Mode2Form1 => {
            let other_mode = (seen.kind == SectorKind::Mode1) != (mode == TrackMode::Mode1);
            if !seen.flaws.is_empty() || other_mode {
                tally.add(LossKind::Ecc, lba);
            }
            if seen.subheader.is_some_and(|subheader| !subheader.is_plain()) {
                tally.add(LossKind::Subheader, lba);
            }
        }
    }
    seen.kind
}

/// Count a sector that would not come back alike from the bytes `wanted` of it.
fn count_frame(raw: &[u8; RAW], wanted: Range<usize>, extent: &Extent, lba: Lba, tally: &mut Tally) {
    let mode_byte = match extent.mode {
        TrackMode::Audio => return tally.add(LossKind::Audio, lba),
        TrackMode::Mode0 => 0,
        TrackMode::Mode1 => 1,
        TrackMode::Mode2 => 2,
    };
    let alike = if wanted == (16..RAW) {
        let [m, s, f] = lba.to_msf().to_bcd();
        raw[..12] == SYNC && raw[12..16] == [m, s, f, mode_byte]
    } else {
        let mut again = [0; RAW];
        again[wanted.clone()].copy_from_slice(&raw[wanted.clone()]);
        rebuild(lba, wanted, &frame::how(extent, lba), &mut again);
        again == *raw
    };
    if !alike {
        tally.add(LossKind::Ecc, lba);
    }
}

/// Apply what the view wants done to a whole frame.
fn twist(twist: Twist, mode: TrackMode, raw: &mut [u8; RAW]) {
    match twist {
        Twist::SwapAudio if mode.is_audio() => frame::swap_pairs(raw),
        Twist::Scrambled if !mode.is_audio() && has_sync(raw) => scramble::apply(raw),
        _ => {}
    }
}

fn sectors(lbas: &Range<Lba>) -> usize {
    usize::try_from(lbas.start.sectors_to(lbas.end)).unwrap_or(usize::MAX)
}

/// `lbas` in pieces of at most [`BATCH_SECTORS`].
fn batches(lbas: &Range<Lba>) -> impl Iterator<Item = Range<Lba>> + use<> {
    let end = lbas.end;
    let mut at = lbas.start;
    std::iter::from_fn(move || {
        let start = at;
        at = (start + i32::try_from(BATCH_SECTORS).unwrap_or(i32::MAX)).min(end);
        (start < end).then_some(start..at)
    })
}

fn record_offset(place: &Place, skip: u32) -> u64 {
    place.offset + u64::from(skip) * u64::from(place.form.stride)
}

/// What [`load`] loaded, record by record.
fn nth_record<'a>(loaded: &'a [u8], place: &Place, index: usize) -> &'a [u8] {
    &loaded[index * place.form.record()..][..place.form.used()]
}

/// Read `count` records, the first `skip` left out, into `into`; the last one without its padding.
fn load(disc: &Disc, place: Option<&Place>, skip: u32, count: usize, into: &mut Vec<u8>) -> Result<()> {
    let Some(place) = place else { return Ok(()) };
    let len = count.saturating_sub(1) * place.form.record() + place.form.used();
    into.resize(len, 0);
    disc.source(place.source).read_exact_at(record_offset(place, skip), into)
}

/// Where an extent stores byte for byte what the view wants, if anywhere.
pub(crate) fn same_place<'a>(extent: &'a Extent, view: &Form) -> Option<&'a Place> {
    match (&extent.main, &extent.sub) {
        // A file of its own is what counts where there are two subchannels.
        (_, Some(sub)) if view.main == Main::None => Some(sub).filter(|place| is_same(place, extent.mode, view)),
        (_, Some(_)) if view.sub.is_some() => None,
        (main, _) => main.as_ref().filter(|place| is_same(place, extent.mode, view)),
    }
}

/// Does the place store byte for byte what the view wants?
fn is_same(place: &Place, mode: TrackMode, view: &Form) -> bool {
    let stored = &place.form;
    let main_alike =
        stored.main == view.main || kept(stored.main, mode).is_some_and(|kept_| Some(kept_) == kept(view.main, mode));
    let twist_alike = stored.twist == view.twist || (!frame::is_twisted(stored, mode) && !frame::is_twisted(view, mode));
    main_alike && stored.sub == view.sub && stored.stride == view.stride && stored.used() == stored.record() && twist_alike
}
