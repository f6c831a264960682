//! A disc to a TOC and its BIN.

use crate::layout::{self, Layout};
use crate::open::TEXT;
use crate::parse::parse_sheet;
use crate::render;
use crate::sheet::{Sheet, SheetFile};
use crate::target::{self, Target, TargetPart, TargetWhat};
use crate::texts::{self, ToWrite};
use crate::wire::quote_name;
use discconv_core::{
    At, Disc, Dropped, DroppedWhat, Error, ExpectedDisc, Lba, Loss, LossKind, Piece, Plan, PlannedFile, Result, Role, Run, Toc,
    Track, WriteOptions, toc_difference,
};
use std::collections::BTreeMap;
use std::ops::Range;

/// Plan `stem.toc` and its data.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let [disc] = discs else {
        let what = format!("{} discs do not fit into one TOC", discs.len());
        let hint = Some("write each disc to a TOC of its own".to_owned());
        return Err(Error::DoesNotFit { file: stem.to_owned(), what, hint });
    };
    check_options(disc, stem, options)?;
    let target = target::build(disc, stem, options)?;
    let texts = texts::to_write(disc.toc());
    let Text { bytes, layout, notes } = text(&target, &texts)?;
    let runs = runs(&target, &layout).ok_or_else(|| Error::DoesNotFit {
        file: stem.to_owned(),
        what: "a TOC cannot say how this disc is laid out".to_owned(),
        hint: Some("write .cue".to_owned()),
    })?;
    let mut losses = losses(disc.toc(), &target.toc, &layout.toc);
    losses.extend(texts.loss);
    let (dropped, left_out) = dropped(&target);
    let notes = notes.into_iter().chain(moved(&target, &layout.toc)).chain(left_out).chain(made_subchannel(&target)).collect();
    let mut files: Vec<PlannedFile> = Vec::new();
    for file in target.files.into_iter().filter(|file| file.len > 0) {
        files.push(PlannedFile::new(file.name, Role::Data, file.pieces));
    }
    files.push(PlannedFile::new(format!("{stem}.toc"), Role::Descriptor, vec![Piece::Bytes(bytes)]));
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

fn check_options(disc: &Disc, stem: &str, options: &WriteOptions) -> Result<()> {
    let file = disc.sources().first().map_or(stem, |source| source.name());
    if options.original {
        let what = "the very files of a source are given back by its own format, not by a TOC";
        return Err(Error::unsupported(file, At::Whole, what).with_hint("leave --original away, and a TOC is written"));
    }
    if quote_name(stem).is_none() {
        let what = "a TOC cannot name files with a backslash or a control character in their name";
        return Err(Error::unsupported(stem, At::Whole, what).with_hint("choose another name for the output"));
    }
    Ok(())
}

/// The text of a TOC and what its reader will make of it.
struct Text {
    bytes: Vec<u8>,
    layout: Layout,
    notes: Vec<String>,
}

/// The source's text if it still says the truth, else a new one.
fn text(target: &Target<'_>, texts: &ToWrite) -> Result<Text> {
    let original = target.disc.extras().iter().find(|extra| extra.kind == TEXT);
    let original = original.and_then(|extra| Some((parse_sheet(&extra.name, &extra.bytes).ok()?, extra.bytes.as_slice())));
    if let Some(kept) = original.as_ref().and_then(|(sheet, bytes)| kept_text(target, sheet, bytes)) {
        return Ok(kept);
    }
    let original = original.map_or(&[][..], |(_, bytes)| bytes);
    let bytes = render::sheet(target, texts, original);
    let layout = read_back(target, &bytes)?;
    let lost = render::has_own_comments(original);
    let notes = if lost { vec!["the TOC is written anew; only the comments at its top are kept".to_owned()] } else { Vec::new() };
    Ok(Text { bytes, layout, notes })
}

fn kept_text(target: &Target<'_>, sheet: &Sheet, original: &[u8]) -> Option<Text> {
    let bytes = render::edited(sheet, original, target)?;
    let layout = read_back(target, &bytes).ok()?;
    let wanted = Toc { cd_text: layout.toc.cd_text.clone(), ..target.toc.clone() };
    let same = toc_difference(&wanted, &layout.toc, true).is_none()
        && target.toc.cd_text == layout.toc.cd_text
        && lies_alike(target, &layout);
    same.then_some(Text { bytes, layout, notes: Vec::new() })
}

/// What the reader makes of `bytes` over the planned files.
fn read_back(target: &Target<'_>, bytes: &[u8]) -> Result<Layout> {
    let mut sheet = parse_sheet("the TOC", bytes)?;
    let place = |file: &SheetFile| target.files.iter().position(|other| other.name == file.name);
    let named: Option<Vec<usize>> = sheet.files.iter().map(place).collect();
    let Some(named) = named else {
        return Err(Error::malformed("the TOC", At::Whole, "a file that is not written", "only files that are"));
    };
    for part in sheet.tracks.iter_mut().flat_map(|track| &mut track.parts) {
        if let crate::sheet::What::Stored { file, .. } = &mut part.what {
            *file = named[*file];
        }
    }
    sheet.files = target.files.iter().map(|file| SheetFile { line: 0, name: file.name.clone() }).collect();
    layout::build(&sheet, target)
}

fn stored<'a>(target: &'a Target<'_>) -> impl Iterator<Item = (&'a TargetPart, usize, u64, discconv_core::Form)> {
    let parts = target.tracks.iter().flat_map(|track| &track.parts);
    parts.filter_map(|part| match part.what {
        TargetWhat::Stored { file, offset, form } => Some((part, file, offset, form)),
        TargetWhat::Gap(_) => None,
    })
}

/// Each stored part as it will be read, if it will.
fn runs(target: &Target<'_>, layout: &Layout) -> Option<Vec<Run>> {
    // The extents by file and place in it.
    let extents: BTreeMap<(u32, u64), &discconv_core::Extent> =
        layout.extents.iter().filter_map(|extent| Some(((extent.main?.source.0, extent.main?.offset), extent))).collect();
    let run = |(part, file, offset, form): (&TargetPart, usize, u64, discconv_core::Form)| {
        let file = u32::try_from(file).ok()?;
        let ((_, start), extent) = extents.range((file, 0)..=(file, offset)).next_back()?;
        let place = extent.main.filter(|place| place.form == form)?;
        let skip = u32::try_from((offset - start) / u64::from(place.form.stride)).ok()?;
        let at = extent.lbas.start + i32::try_from(skip).ok()?;
        let alike = (offset - start).is_multiple_of(place.form.stride.into());
        let covered = skip.checked_add(part.sectors()).is_some_and(|end| end <= extent.sectors());
        (alike && covered).then_some(Run { at, disc: 0, from: part.lbas.start, sectors: part.sectors(), form })
    };
    stored(target).map(run).collect()
}

/// Does every stored sector, and none besides, lie where it lay?
fn lies_alike(target: &Target<'_>, layout: &Layout) -> bool {
    let read: u64 = layout.extents.iter().filter(|extent| extent.main.is_some()).map(|extent| u64::from(extent.sectors())).sum();
    let meant: u64 = stored(target).map(|(part, ..)| u64::from(part.sectors())).sum();
    read == meant && runs(target, layout).is_some_and(|runs| runs.iter().all(|run| run.at == run.from))
}

/// In what the disc that will be read differs from the one there is. `told` is the TOC as it can be said.
fn losses(toc: &Toc, told: &Toc, read: &Toc) -> Vec<Loss> {
    let mut losses = Vec::new();
    let mut lose = |kind, what: String| losses.push(Loss::new(kind, 1, what));
    if toc.sessions.len() > 1 {
        lose(LossKind::Sessions, format!("{} sessions become one", toc.sessions.len()));
    }
    if let (Some(session), Some(told)) = (toc.sessions.last(), told.sessions.first())
        && session.lead_out != told.lead_out
    {
        lose(LossKind::Sessions, format!("the lead-out moves from LBA {} to {}", session.lead_out, told.lead_out));
    }
    let moves = shift(told, read).unwrap_or(0);
    let first_of_later: Vec<u8> =
        toc.sessions.iter().skip(1).filter_map(|session| Some(session.tracks.first()?.number)).collect();
    for (track, read) in told.tracks().zip(read.tracks()) {
        if track.start() + moves != read.start() {
            let (number, from, to) = (track.number, track.start(), read.start());
            lose(LossKind::Sessions, format!("track {number} moves from LBA {from} to {to}"));
        }
        track_losses(track, read, !first_of_later.contains(&track.number), &mut lose);
    }
    if told.mcn != read.mcn {
        lose(LossKind::Mcn, "the catalogue number".to_owned());
    }
    losses.extend(longer_gaps(toc));
    if let Some(text) = told.cd_text.as_ref().filter(|text| text.to_packs().is_some()) {
        if texts::say(read.cd_text.as_ref(), text) {
            losses.extend(texts::binary_loss(read.cd_text.as_ref(), text));
        } else {
            losses.push(Loss::new(LossKind::CdText, 1, "CD-TEXT that a TOC cannot say"));
        }
    }
    losses
}

/// Lead-out and lead-in between sessions become a gap, so that every track stays at its address: the files of a later
/// session are found by it.
fn longer_gaps(toc: &Toc) -> impl Iterator<Item = Loss> {
    let pairs = toc.sessions.iter().zip(toc.sessions.iter().skip(1));
    pairs.filter_map(|(before, after)| {
        let (last, first) = (before.tracks.last()?, after.tracks.first()?);
        let more = last.end.sectors_to(first.first());
        let what = format!("the gap of track {} gets {more} sectors in the place of lead-out and lead-in", first.number);
        (more > 0).then(|| Loss::new(LossKind::Pregap, more.into(), what))
    })
}

fn track_losses(track: &Track, read: &Track, with_gap: bool, lose: &mut dyn FnMut(LossKind, String)) {
    let number = track.number;
    if (with_gap && track.pregap_sectors() != read.pregap_sectors()) || track.sectors() != read.sectors() {
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
        let scms = if track.control.scms { " (SCMS)" } else { "" };
        lose(LossKind::Flags, format!("flags of track {number}{scms}"));
    }
}

/// How far all tracks move together, if they do.
///
/// What begins elsewhere is a part of a disc, such as one track of a dump. Where it was, a TOC does not say.
fn shift(told: &Toc, read: &Toc) -> Option<i32> {
    let mut shifts = told.tracks().zip(read.tracks()).map(|(told, read)| read.start() - told.start());
    let first = shifts.next()?;
    shifts.all(|shift| shift == first).then_some(first).filter(|shift| *shift != 0)
}

fn moved(target: &Target<'_>, read: &Toc) -> Option<String> {
    shift(&target.toc, read)?;
    let (from, to) = (target.toc.tracks().next()?.start(), read.tracks().next()?.start());
    let with_headers = stored(target).any(|(.., form)| form.is_raw() && form.twist == discconv_core::Twist::None);
    let headers = if with_headers { "; the headers of its sectors stay as they are" } else { "" };
    Some(format!("what began at LBA {from} begins at LBA {to}, since a TOC cannot say where on a disc it lay{headers}"))
}

fn made_subchannel(target: &Target<'_>) -> Option<String> {
    let made = target.has_sub() && target.disc.stored_sub().is_none();
    made.then(|| "the source stores no subchannel: P and Q are made from the tracks".to_owned())
}

/// Stored sectors and subchannel that the files do not get.
fn dropped(target: &Target<'_>) -> (Vec<Dropped>, Vec<String>) {
    let (mut dropped, mut notes) = (Vec::new(), Vec::new());
    for lbas in not_written(target) {
        notes.push(format!("the stored sectors LBA {} to {} belong to no track and are not written", lbas.start, lbas.end - 1));
        dropped.push(Dropped { disc: 0, lbas, what: DroppedWhat::Gap });
    }
    if target.has_sub() {
        return (dropped, notes);
    }
    let mut sub: Vec<Range<Lba>> = Vec::new();
    for extent in target.disc.extents() {
        if extent.sub.is_none() && extent.main.is_none_or(|place| place.form.sub.is_none()) {
            continue;
        }
        match sub.last_mut() {
            Some(last) if last.end == extent.lbas.start => last.end = extent.lbas.end,
            _ => sub.push(extent.lbas.clone()),
        }
    }
    dropped.extend(sub.into_iter().map(|lbas| Dropped { disc: 0, lbas, what: DroppedWhat::Subchannel }));
    (dropped, notes)
}

/// Stored sectors outside the tracks: before LBA 0, lead-outs, lead-ins.
fn not_written(target: &Target<'_>) -> Vec<Range<Lba>> {
    let mut outside = Vec::new();
    for extent in target.disc.extents().iter().filter(|extent| extent.main.is_some() || extent.sub.is_some()) {
        let mut at = extent.lbas.start;
        for track in target.toc.tracks().filter(|track| track.end > extent.lbas.start) {
            let begin = track.first().min(extent.lbas.end);
            if at < begin {
                outside.push(at..begin);
            }
            at = at.max(track.end);
        }
        if at < extent.lbas.end {
            outside.push(at..extent.lbas.end);
        }
    }
    outside
}
