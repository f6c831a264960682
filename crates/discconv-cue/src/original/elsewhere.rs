//! The very files of a disc that was put into another container since: the sheet that it remembers is laid over files of the
//! remembered lengths, which tells where on the disc each of their bytes is.

use super::{Given, Memory, Remembered, not_as_it_was};
use crate::layout::Layout;
use discconv_core::image::{Stored, StoredTrack};
use discconv_core::{
    Disc, Error, ExpectedDisc, Form, Lba, Piece, PlannedFile, Result, Role, Run, Scratch, SubCoding, Tally, Toc, Track, kept,
};
use std::ops::Range;

/// How often the layout is made anew by what the sectors say where the one before found them. Two would do for any sheet that
/// describes its files; one that does not never settles.
const ROUNDS: usize = 4;

/// Sectors of the disc that lay in a file.
#[derive(Clone, Debug, PartialEq)]
struct Stretch {
    file: usize,
    /// In the file.
    offset: u64,
    form: Form,
    /// On the disc that the sheet describes.
    at: Lba,
    /// On the disc that there is.
    lbas: Range<Lba>,
    /// Of which track.
    number: u8,
}

impl Stretch {
    fn end(&self) -> u64 {
        let sectors = u64::from(self.lbas.start.sectors_to(self.lbas.end));
        self.offset.saturating_add(sectors * u64::from(self.form.stride))
    }

    /// The sectors that end in a file of `bytes` bytes, and where the first one that does not is in the file.
    fn within(&self, bytes: u64) -> (Range<Lba>, Option<Range<u64>>) {
        let Range { start, end } = self.lbas;
        if self.end() <= bytes {
            return (start..end, None);
        }
        let stride = u64::from(self.form.stride);
        let sectors = bytes.saturating_sub(self.offset) / stride;
        let at = self.offset + sectors * stride;
        // Fewer than the range has.
        (start..start + i32::try_from(sectors).unwrap_or(0), Some(at..at.saturating_add(stride)))
    }
}

/// The files of sectors that `memory` tells of, made from the sectors of `disc`.
///
/// # Errors
/// [`Error::DoesNotFit`] naming the file that is not wholly on the disc, or in what disc and sheet differ.
pub(super) fn files(disc: &Disc, file: &str, memory: &Memory<'_>) -> Result<Given> {
    let (layout, stretches) = settle(disc, file, memory)?;
    if let Some(what) = difference(disc.toc(), &layout.toc) {
        return Err(other_disc(file, &what));
    }
    let mut files: Vec<PlannedFile> = Vec::new();
    for told in memory.files.iter().filter(|told| told.used) {
        if !files.iter().any(|planned| planned.name == told.name) {
            files.push(planned(disc, file, memory, told, &stretches)?);
        }
    }
    let run = |stretch: &Stretch| Run {
        at: stretch.at,
        disc: 0,
        from: stretch.lbas.start,
        sectors: stretch.lbas.start.sectors_to(stretch.lbas.end),
        form: stretch.form,
    };
    let expected = ExpectedDisc { runs: stretches.iter().map(run).collect(), toc: layout.toc, says_mode: true };
    let tracks = stretches.into_iter().map(|Stretch { number, lbas, form, .. }| StoredTrack { number, lbas, form });
    let (dropped, notes) = Stored { disc, tracks: tracks.collect() }.dropped();
    Ok(Given { files, expected, dropped, notes })
}

/// The layout of the files, and where on the disc it is. What the layout asks of sectors is read where the layout before has
/// them; the first one knows nothing of them.
fn settle(disc: &Disc, file: &str, memory: &Memory<'_>) -> Result<(Layout, Vec<Stretch>)> {
    let lay_out = |stretches: &[Stretch]| {
        let layout = memory.lay_out(&|file, offset, out| read(disc, stretches, file, offset, out));
        layout.map_err(|error| other_disc(file, &error.to_string()))
    };
    let mut stretches = Vec::new();
    for _ in 0..ROUNDS {
        let layout = lay_out(&stretches)?;
        let found = on_disc(disc.toc(), memory, &layout).map_err(|what| other_disc(file, &what))?;
        if found == stretches {
            return Ok((layout, found));
        }
        stretches = found;
    }
    Err(other_disc(file, "where its files begin and end cannot be told"))
}

fn other_disc(file: &str, what: &str) -> Error {
    Error::DoesNotFit {
        file: file.to_owned(),
        what: format!("the remembered sheet no longer describes this disc: {what}"),
        hint: Some("leave --original away, and a new sheet is written".to_owned()),
    }
}

/// Where on a disc with `toc` the files of `layout` are: tracks are found by their numbers and INDEX 01.
fn on_disc(toc: &Toc, memory: &Memory<'_>, layout: &Layout) -> Result<Vec<Stretch>, String> {
    let stretch = |extent: &discconv_core::Extent| {
        let place = extent.main?;
        let told = layout.toc.track_at(extent.lbas.start)?;
        let number = told.number;
        let Some(track) = toc.tracks().find(|track| track.number == number) else {
            return Some(Err(format!("there is no track {number}")));
        };
        let shift = track.start() - told.start();
        let file = usize::try_from(place.source.0).ok()?;
        let sub = place.form.sub.map(|_| if memory.files[file].packed { SubCoding::Packed } else { SubCoding::Interleaved });
        let form = Form { sub, ..place.form };
        let lbas = extent.lbas.start + shift..extent.lbas.end + shift;
        Some(Ok(Stretch { file, offset: place.offset, form, at: extent.lbas.start, lbas, number }))
    };
    layout.extents.iter().filter_map(stretch).collect()
}

/// Bytes of a file, from the sectors that it held.
fn read(disc: &Disc, stretches: &[Stretch], file: usize, offset: u64, out: &mut [u8]) -> bool {
    let holds = |stretch: &&Stretch| stretch.file == file && (stretch.offset..stretch.end()).contains(&offset);
    let Some(stretch) = stretches.iter().find(holds).filter(|stretch| offset + out.len() as u64 <= stretch.end()) else {
        return false;
    };
    let (skip, stride) = (offset - stretch.offset, u64::from(stretch.form.stride));
    let Ok(within) = usize::try_from(skip % stride) else { return false };
    let Ok(sector) = i32::try_from(skip / stride) else { return false };
    let mut sectors = vec![0; (within + out.len()).next_multiple_of(stretch.form.record())];
    let (first, form) = (stretch.lbas.start + sector, &stretch.form);
    let read = disc.read_lossy(first, form, &mut Scratch::default(), &mut Tally::default(), &mut sectors);
    out.copy_from_slice(&sectors[within..within + out.len()]);
    read.is_ok()
}

/// In what the disc differs from the one that the sheet describes, as far as sectors depend on it. Codes and texts are the
/// sheet's own, whether or not the container could carry them.
fn difference(disc: &Toc, told: &Toc) -> Option<String> {
    let tracks = |toc: &Toc| -> Vec<(usize, Track)> {
        let numbered = toc.sessions.iter().enumerate();
        numbered.flat_map(|(session, told)| told.tracks.iter().map(move |track| (session, track.clone()))).collect()
    };
    let (found, wanted) = (tracks(disc), tracks(told));
    if (disc.media, found.len()) != (told.media, wanted.len()) {
        let (media, other) = (disc.media.name(), told.media.name());
        return Some(format!("{} tracks of a {media} were {} of a {other}", found.len(), wanted.len()));
    }
    found.into_iter().zip(wanted).find_map(|((session, track), (other, wanted))| {
        let number = wanted.number;
        if track.mode.is_audio() != wanted.mode.is_audio() {
            return Some(format!("track {number} was {}, and is {}", wanted.mode.name(), track.mode.name()));
        }
        let place =
            |session: usize, track: &Track| format!("LBA {} to {} of session {}", track.start(), track.end - 1, session + 1);
        let (was, is) = (place(other, &wanted), place(session, &track));
        (was != is).then(|| format!("track {number} was at {was}, and is at {is}"))
    })
}

/// One file, every byte of which must be accounted for.
fn planned(disc: &Disc, file: &str, memory: &Memory<'_>, told: &Remembered<'_>, all: &[Stretch]) -> Result<PlannedFile> {
    let mut own: Vec<&Stretch> = all.iter().filter(|stretch| memory.files[stretch.file].name == told.name).collect();
    own.sort_by_key(|stretch| stretch.offset);
    let (mut at, mut pieces) = (0, Vec::new());
    for stretch in own {
        if stretch.offset != at {
            return Err(unknown(file, told, at, stretch.offset.saturating_sub(at)));
        }
        refuse_less(disc, file, told, stretch)?;
        let (whole, cut) = stretch.within(told.bytes);
        disc.lay_out(0, whole, &stretch.form).into_iter().for_each(|piece| piece.push_onto(&mut pieces));
        if let Some(cut) = cut {
            pieces.push(Piece::Bytes(begun(disc, file, told, all, stretch, &cut)?));
            at = told.bytes;
            break;
        }
        at = stretch.end();
    }
    if at < told.bytes {
        return Err(unknown(file, told, at, told.bytes - at));
    }
    Ok(PlannedFile::new(told.name, Role::Data, pieces))
}

/// The first bytes of the sector in which the file ended: of what is missing there, zeros have taken the place.
fn begun(
    disc: &Disc,
    file: &str,
    told: &Remembered<'_>,
    all: &[Stretch],
    stretch: &Stretch,
    place: &Range<u64>,
) -> Result<Vec<u8>> {
    let mut sector = vec![0; usize::try_from(place.end - place.start).unwrap_or(0)];
    let kept = usize::try_from(told.bytes.saturating_sub(place.start)).unwrap_or(0).min(sector.len());
    let read = read(disc, all, stretch.file, place.start, &mut sector);
    let missing = sector.split_off(kept);
    if read && place.end == stretch.end() && missing.iter().all(|byte| *byte == 0) {
        return Ok(sector);
    }
    let why = format!("it ended {} bytes before its last sector did, and that is whole now", stretch.end() - told.bytes);
    Err(not_as_it_was(file, told.name, &why))
}

fn unknown(file: &str, told: &Remembered<'_>, at: u64, bytes: u64) -> Error {
    let why = format!("its {bytes} bytes from byte {at:#X} on belonged to no track, and are not on the disc");
    not_as_it_was(file, told.name, &why)
}

/// A container that stores less of a sector than the file did would give back what it should be, not what it was.
fn refuse_less(disc: &Disc, file: &str, told: &Remembered<'_>, stretch: &Stretch) -> Result<()> {
    let mut at = stretch.lbas.start;
    for (lbas, extent) in disc.extents_in(stretch.lbas.clone()) {
        let stored = extent.main.and_then(|place| kept(place.form.main, extent.mode));
        let whole = match (stored, kept(stretch.form.main, extent.mode)) {
            (Some(stored), Some(wanted)) => stored.start <= wanted.start && wanted.end <= stored.end,
            _ => false,
        };
        if lbas.start != at || !whole || (stretch.form.sub.is_some() && !extent.stores_sub()) {
            break;
        }
        at = lbas.end;
    }
    if at == stretch.lbas.end {
        return Ok(());
    }
    let why = format!("of LBA {at} less is stored than the {} bytes that it had of it", stretch.form.stride);
    Err(not_as_it_was(file, told.name, &why))
}
