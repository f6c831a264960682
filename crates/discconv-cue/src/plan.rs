//! A disc to a sheet and its BINs.

use crate::layout::{self, Layout};
use crate::original;
use crate::render;
use crate::sheet::{Kept, Sheet, parse_sheet};
use crate::target::{self, Naming, PackFile, Target};
use crate::texts;
use crate::wire::quote;
use discconv_core::{
    At, Disc, Dropped, DroppedWhat, Error, ExpectedDisc, Lba, Loss, LossKind, Media, Piece, Plan, PlannedFile, Result, Role, Run,
    Toc, Track, WriteOptions, toc_difference,
};
use std::ops::Range;

/// Plan `stem.cue` and its data.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let [disc] = discs else {
        let what = format!("{} discs do not fit into one cue sheet", discs.len());
        return Err(Error::DoesNotFit {
            file: stem.to_owned(),
            what,
            hint: Some("write each disc to a sheet of its own".to_owned()),
        });
    };
    let file = disc.sources().first().map_or(stem, |source| source.name());
    if options.original {
        return original::plan(disc, file, options);
    }
    if quote(stem).is_none() {
        return Err(Error::unsupported(
            stem,
            At::Whole,
            "a sheet cannot name files with a quote or a control character in their name",
        )
        .with_hint("choose another name for the output"));
    }
    target::check_media(disc)?;
    let bytes = target::data_bytes(disc.toc(), options, file)?;
    let source = source_sheet(disc);
    let naming = Naming::new(disc.toc(), stem, options.split);
    let (packs, unsaid) = texts::to_write(disc.toc());
    let build = |keep_lead| {
        let mut target = target::build(disc, bytes, &naming, keep_lead);
        target.packs = packs.clone().map(|packs| PackFile { name: format!("{stem}.cdt"), packs });
        target
    };
    // Sectors before LBA 0 stay only where the source's own sheet has them: to most programs they would mean LBA 0.
    let with_lead = source.as_ref().filter(|_| target::has_lead(disc)).and_then(|source| {
        let target = build(true);
        let kept = kept_text(&target, source)?;
        Some((target, kept))
    });
    let (target, Text { bytes, layout, mut notes }) = match with_lead {
        Some(kept) => kept,
        None => {
            let target = build(false);
            let text = text(&target, source.as_ref())?;
            (target, text)
        }
    };
    let runs = runs(&target, &layout).ok_or_else(|| Error::DoesNotFit {
        file: file.to_owned(),
        what: "a cue sheet cannot say how this disc is laid out".to_owned(),
        hint: None,
    })?;
    let mut losses = losses(disc.toc(), &target.toc, &layout.toc);
    losses.extend(unsaid);
    notes.extend(moved(&target, &layout.toc));
    notes.extend(left_out(&target));
    notes.extend(both_areas(&target));
    let dropped = dropped(&target);
    let mut files: Vec<PlannedFile> =
        target.files.into_iter().map(|file| PlannedFile::new(file.name, Role::Data, file.pieces)).collect();
    if let Some(PackFile { name, packs }) = target.packs {
        files.push(PlannedFile::new(name, Role::Data, vec![Piece::Bytes(texts::pack_file(&packs))]));
    }
    files.push(PlannedFile::new(format!("{stem}.cue"), Role::Descriptor, vec![Piece::Bytes(bytes)]));
    Ok(Plan {
        entry: files.len() - 1,
        files,
        format: crate::INFO.id,
        forced: None,
        inner: None,
        losses,
        dropped,
        discs: vec![ExpectedDisc { toc: layout.toc, runs, says_mode: true }],
        notes,
    })
}

/// The sheet that the disc came from.
struct Source<'a> {
    sheet: Sheet,
    bytes: &'a [u8],
}

fn source_sheet(disc: &Disc) -> Option<Source<'_>> {
    original::source_sheet(disc).map(|(sheet, bytes)| Source { sheet, bytes })
}

/// The text of a sheet and what its reader will make of it.
struct Text {
    bytes: Vec<u8>,
    layout: Layout,
    notes: Vec<String>,
}

/// The source's sheet, if it still says the truth.
fn kept_text(target: &Target<'_>, source: &Source<'_>) -> Option<Text> {
    let bytes = render::edited(&source.sheet, source.bytes, target)?;
    let layout = read_back(target, &bytes).ok()?;
    let same = toc_difference(&with_text_of(&target.toc, &layout.toc), &layout.toc, true).is_none()
        && says_texts(&target.toc, &layout.toc)
        && lies_alike(target, &layout);
    same.then_some(Text { bytes, layout, notes: Vec::new() })
}

/// The source's sheet if it still says the truth, else a new one.
fn text(target: &Target<'_>, source: Option<&Source<'_>>) -> Result<Text> {
    if let Some(kept) = source.and_then(|source| kept_text(target, source)) {
        return Ok(kept);
    }
    let kept: &[Kept] = source.map_or(&[], |source| &source.sheet.kept);
    let bytes = render::sheet(target, kept).into_bytes();
    let layout = read_back(target, &bytes)?;
    let notes = (!kept.is_empty()).then(|| "the sheet is written anew; its comments and unknown lines are put back".to_owned());
    Ok(Text { bytes, layout, notes: notes.into_iter().collect() })
}

/// What the reader makes of `bytes` over the planned files.
fn read_back(target: &Target<'_>, bytes: &[u8]) -> Result<Layout> {
    let mut sheet = parse_sheet("the sheet", bytes)?;
    let named: Option<Vec<usize>> =
        sheet.files.iter().map(|told| target.files.iter().position(|file| file.name == told.name)).collect();
    let Some(named) = named else {
        return Err(Error::malformed("the sheet", At::Whole, "a file that is not written", "only files that are"));
    };
    for index in sheet.tracks.iter_mut().flat_map(|track| &mut track.indexes) {
        index.file = named[index.file];
    }
    let mut files = vec![None; target.files.len()];
    for (told, file) in sheet.files.drain(..).zip(named) {
        files[file].get_or_insert(told);
    }
    sheet.files = files.into_iter().flatten().collect();
    if sheet.files.len() != target.files.len() {
        return Err(Error::malformed("the sheet", At::Whole, "a file that is not named", "every file"));
    }
    let packs = target.packs.as_ref().filter(|_| sheet.cd_text_file.is_some()).map_or(&[][..], |file| &file.packs);
    layout::build(&sheet, target, packs)
}

/// `toc` with the CD-TEXT of `other`.
fn with_text_of(toc: &Toc, other: &Toc) -> Toc {
    Toc { cd_text: other.cd_text.clone(), ..toc.clone() }
}

/// Does `read` have every text of `toc`?
fn says_texts(toc: &Toc, read: &Toc) -> bool {
    let Some(wanted) = &toc.cd_text else { return true };
    let Some(found) = &read.cd_text else { return wanted.blocks.iter().all(|block| block.texts.is_empty()) };
    if !wanted.packs.is_empty() {
        return found.packs == wanted.packs;
    }
    let mut blocks = wanted.blocks.iter().zip(found.blocks.iter().map(Some).chain(std::iter::repeat(None)));
    blocks
        .all(|(wanted, found)| wanted.texts.iter().all(|(key, text)| found.and_then(|found| found.texts.get(key)) == Some(text)))
}

/// Where the reader will see the first stored sector of each track.
fn seen_at(target: &Target<'_>, layout: &Layout) -> Option<Vec<Lba>> {
    let see = |track: &target::TargetTrack| {
        layout.extents.iter().find_map(|extent| {
            let place = extent.main.filter(|place| usize::try_from(place.source.0) == Ok(track.file))?;
            let skip = track.offset.checked_sub(place.offset)?;
            let skip = (place.form == track.form).then(|| u32::try_from(skip / u64::from(place.form.stride)).ok())??;
            (skip < extent.sectors()).then(|| extent.lbas.start + i32::try_from(skip).unwrap_or(i32::MAX))
        })
    };
    target.tracks.iter().map(see).collect()
}

fn lies_alike(target: &Target<'_>, layout: &Layout) -> bool {
    seen_at(target, layout).is_some_and(|seen| seen.iter().zip(&target.tracks).all(|(seen, track)| *seen == track.stored.start))
}

fn runs(target: &Target<'_>, layout: &Layout) -> Option<Vec<Run>> {
    let runs = seen_at(target, layout)?.into_iter().zip(&target.tracks).map(|(at, track)| {
        let sectors = track.stored.start.sectors_to(track.stored.end);
        Run { at, disc: 0, from: track.stored.start, sectors, form: track.form }
    });
    Some(runs.collect())
}

/// In what the disc that will be read differs from the one there is. `told` is the TOC as sheets can say it.
fn losses(toc: &Toc, told: &Toc, read: &Toc) -> Vec<Loss> {
    let mut losses = Vec::new();
    let mut lose = |kind, what: String| losses.push(Loss::new(kind, 1, what));
    for (number, (session, told)) in (1..).zip(toc.sessions.iter().zip(&told.sessions)) {
        if session.lead_out != told.lead_out {
            lose(
                LossKind::Sessions,
                format!("the lead-out of session {number} moves from LBA {} to {}", session.lead_out, told.lead_out),
            );
        }
    }
    if toc.sessions.len() != read.sessions.len() {
        lose(LossKind::Sessions, format!("{} sessions become {}", toc.sessions.len(), read.sessions.len()));
    }
    let whole_disc_moves = shift(told, read).is_some();
    for (track, read) in told.tracks().zip(read.tracks()) {
        if track.start() != read.start() && !whole_disc_moves {
            let (number, from, to) = (track.number, track.start(), read.start());
            lose(LossKind::Sessions, format!("track {number} moves from LBA {from} to {to}"));
        }
        track_losses(track, read, &mut lose);
    }
    if told.mcn != read.mcn {
        lose(LossKind::Mcn, "the catalogue number".to_owned());
    }
    if !says_texts(told, read) {
        lose(LossKind::CdText, "CD-TEXT that neither commands nor packs can say".to_owned());
    }
    losses
}

/// How far all tracks move together, if the disc has one session and they do.
///
/// What begins elsewhere is a part of a disc, such as one track of a dump. Where it was, sheets do not say.
fn shift(told: &Toc, read: &Toc) -> Option<i32> {
    let mut shifts = told.tracks().zip(read.tracks()).map(|(told, read)| read.start() - told.start());
    let first = shifts.next().filter(|_| told.sessions.len() == 1 && read.sessions.len() == 1)?;
    shifts.all(|shift| shift == first).then_some(first).filter(|shift| *shift != 0)
}

fn moved(target: &Target<'_>, read: &Toc) -> Option<String> {
    shift(&target.toc, read)?;
    let (from, to) = (target.toc.tracks().next()?.start(), read.tracks().next()?.start());
    let with_headers = target.tracks.iter().any(|track| !track.kind.mode.is_audio() && track.form.is_raw());
    let headers = if with_headers { "; the headers of its sectors stay as they are" } else { "" };
    Some(format!("what began at LBA {from} begins at LBA {to}, since a sheet cannot say where on a disc it lay{headers}"))
}

fn track_losses(track: &Track, read: &Track, lose: &mut dyn FnMut(LossKind, String)) {
    let number = track.number;
    let length = |track: &Track| (track.pregap_sectors(), track.sectors());
    if length(track) != length(read) {
        lose(LossKind::Pregap, format!("the gaps of track {number} change their length"));
    }
    let further = |track: &Track| -> Vec<(u8, i32)> {
        track.indexes.iter().filter(|(index, _)| *index > 1).map(|(index, lba)| (*index, *lba - track.start())).collect()
    };
    if further(track) != further(read) {
        lose(LossKind::Index, format!("indexes of track {number}"));
    }
    if track.isrc != read.isrc {
        lose(LossKind::Isrc, format!("ISRC of track {number}"));
    }
    if track.control != read.control {
        lose(LossKind::Flags, format!("flags of track {number}"));
    }
}

/// Stored sectors and subchannel that the sheet's files do not get.
fn dropped(target: &Target<'_>) -> Vec<Dropped> {
    let mut dropped = Vec::new();
    for lbas in not_written(target) {
        dropped.push(Dropped { disc: 0, lbas, what: DroppedWhat::Gap });
    }
    let mut sub: Vec<Range<Lba>> = Vec::new();
    let with_sub = target
        .disc
        .extents()
        .iter()
        .filter(|extent| extent.sub.is_some() || extent.main.is_some_and(|place| place.form.sub.is_some()));
    for extent in with_sub {
        match sub.last_mut() {
            Some(last) if last.end == extent.lbas.start => last.end = extent.lbas.end,
            _ => sub.push(extent.lbas.clone()),
        }
    }
    dropped.extend(sub.into_iter().map(|lbas| Dropped { disc: 0, lbas, what: DroppedWhat::Subchannel }));
    dropped
}

/// Stored sectors outside what is written: before LBA 0, lead-outs, lead-ins.
fn not_written(target: &Target<'_>) -> Vec<Range<Lba>> {
    let mut outside = Vec::new();
    let stored = target.disc.extents().iter().filter(|extent| extent.main.is_some());
    for extent in stored {
        let mut at = extent.lbas.start;
        for track in &target.tracks {
            if track.stored.end <= at || track.stored.start >= extent.lbas.end {
                continue;
            }
            if at < track.stored.start {
                outside.push(at..track.stored.start);
            }
            at = track.stored.end;
        }
        if at < extent.lbas.end {
            outside.push(at..extent.lbas.end);
        }
    }
    outside
}

/// A GD-ROM in one BIN is right, and not what emulators expect.
fn both_areas(target: &Target<'_>) -> Option<String> {
    let merged = target.toc.media == Media::Gd && target.toc.sessions.len() > 1 && target.files.len() == 1;
    merged.then(|| "both areas are in one .bin, which few programs take: --split writes a file for each track".to_owned())
}

fn left_out(target: &Target<'_>) -> Vec<String> {
    let outside = not_written(target).into_iter();
    outside
        .map(|lbas| {
            format!("the stored sectors LBA {} to {} belong to no track of a sheet and are not written", lbas.start, lbas.end - 1)
        })
        .collect()
}
