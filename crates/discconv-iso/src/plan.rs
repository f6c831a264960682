//! From a disc to one file: the sectors of its first data track.

use crate::{ISO2048, ISO2336, ISO2352, ISO2448};
use discconv_core::image::SubCodes;
use discconv_core::volume;
use discconv_core::{
    At, Disc, Dropped, DroppedWhat, Error, ExpectedDisc, Form, Loss, LossKind, Mcn, Media, Plan, PlannedFile, Result, Role, Run,
    Toc, Track, TrackMode, WriteOptions,
};
use discconv_sector::{Lba, MAX_CD_SECTORS, PREGAP_SECTORS};
use std::ops::Range;

/// What to write for the only disc of `discs`.
///
/// # Errors
/// [`Error::DoesNotFit`] without a data track, or if raw sectors are asked for that do not exist; [`Error::Unsupported`]
/// for a sector size that is none.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let [disc] = discs else {
        return Err(does_not_fit(stem, format!("{} discs do not fit into one headerless image", discs.len()))
            .with_hint("write each disc to a file of its own"));
    };
    let file = disc.sources().first().map_or(stem, |source| source.name());
    if options.original {
        return Err(Error::unsupported(file, At::Whole, "a headerless image remembers no files that could be given back")
            .with_hint("--original is for --to cue, of a disc that was read through a sheet; leave it away"));
    }
    let (form, forced) = stored_form(file, options)?;
    let track = kept_track(disc, file)?;
    let lbas = kept_sectors(disc, track);
    let sectors = lbas.start.sectors_to(lbas.end);
    check_fit(disc, track, sectors, &form, file)?;

    let extension = if options.extension.is_empty() { "iso" } else { &options.extension };
    let pieces = disc.lay_out(0, lbas.clone(), &form);
    let media = if form == Form::USER { volume::medium_of(disc, lbas.clone())? } else { Media::Cd };
    let mut toc = Toc::single_data(media, track.mode, i32::try_from(sectors).unwrap_or(i32::MAX));
    toc.mcn = if form.sub.is_some() { stored_mcn(disc, track) } else { None };
    let mut losses = losses(disc.toc(), track, &lbas);
    losses.retain(|loss| loss.kind != LossKind::Mcn || toc.mcn != disc.toc().mcn);
    let run = Run { at: Lba::ZERO, disc: 0, from: lbas.start, sectors, form };
    Ok(Plan {
        files: vec![PlannedFile::new(format!("{stem}.{extension}"), Role::Data, pieces)],
        entry: 0,
        format: crate::INFO.id,
        forced: Some(forced),
        inner: None,
        losses,
        dropped: dropped(disc, track, &lbas, &form),
        // Which mode raw sectors are in is in the sectors, which are compared.
        discs: vec![ExpectedDisc { toc, runs: vec![run], says_mode: false }],
        notes: notes(disc, track, &lbas, &form),
    })
}

/// The catalogue number that the track's own subchannel says, where it is stored.
fn stored_mcn(disc: &Disc, track: &Track) -> Option<Mcn> {
    let mut alone = disc.toc().clone();
    alone.sessions.iter_mut().for_each(|session| session.tracks.retain(|other| other.number == track.number));
    SubCodes::read(disc, &alone).mcn
}

fn does_not_fit(file: &str, what: impl Into<String>) -> Error {
    Error::DoesNotFit { file: file.to_owned(), what: what.into(), hint: None }
}

/// The form of the records, and the name that forces a reader to it.
fn stored_form(file: &str, options: &WriteOptions) -> Result<(Form, &'static str)> {
    match options.sector {
        None | Some(2048) => Ok((Form::USER, ISO2048)),
        Some(2336) => Ok((Form::MODE2, ISO2336)),
        Some(2352) => Ok((Form::RAW, ISO2352)),
        Some(2448) => Ok((Form::RAW_SUB, ISO2448)),
        Some(other) => Err(Error::unsupported(file, At::Whole, format!("sectors of {other} bytes cannot be written"))
            .with_hint("--sector takes 2048, 2336, 2352 or 2448")),
    }
}

fn kept_track<'a>(disc: &'a Disc, file: &str) -> Result<&'a Track> {
    let data = disc.toc().tracks().find(|track| matches!(track.mode, TrackMode::Mode1 | TrackMode::Mode2));
    data.ok_or_else(|| {
        does_not_fit(file, "the disc has no data track, and a headerless image holds nothing else")
            .with_hint("convert it to .cue, which keeps audio")
    })
}

/// From INDEX 01 to the end, without a gap at the end that no file holds.
fn kept_sectors(disc: &Disc, track: &Track) -> Range<Lba> {
    let all = track.start()..track.end;
    let stored = disc.extents_in(all.clone()).filter(|(_, extent)| extent.main.is_some()).last();
    let end = stored.map_or(all.end, |(lbas, _)| lbas.end);
    all.start..end
}

fn check_fit(disc: &Disc, track: &Track, sectors: u32, form: &Form, file: &str) -> Result<()> {
    if *form == Form::USER {
        return Ok(());
    }
    let hint = "leave --sector away: an image of this medium has 2048 bytes a sector";
    let media = disc.toc().media;
    if !media.has_raw() {
        return Err(does_not_fit(file, format!("a {} has no sectors of {} bytes", media.name(), form.stride)).with_hint(hint));
    }
    if sectors > MAX_CD_SECTORS.unsigned_abs() {
        let what =
            format!("{sectors} sectors are more than a CD has ({MAX_CD_SECTORS}), so there are none of {} bytes", form.stride);
        return Err(does_not_fit(file, what).with_hint(hint));
    }
    if *form == Form::MODE2 && track.mode != TrackMode::Mode2 {
        let what = format!("track {:02} is {}; only Mode 2 sectors are stored as 2336 bytes", track.number, track.mode.name());
        return Err(does_not_fit(file, what).with_hint("use --sector 2352, or --mode 2 if the source stores 2048 bytes a sector"));
    }
    Ok(())
}

/// What the table of contents says would be lost.
fn losses(toc: &Toc, kept: &Track, lbas: &Range<Lba>) -> Vec<Loss> {
    let others = || toc.tracks().filter(|track| track.number != kept.number);
    let numbers =
        |audio: bool| others().filter(|track| track.mode.is_audio() == audio).map(|track| track.number).collect::<Vec<u8>>();
    let (audio, data) = (numbers(true), numbers(false));
    let further = kept.indexes.iter().filter(|(index, _)| *index > 1).count();
    let number = kept.number;
    let flags = kept.control.names();
    let rows = [
        (LossKind::Audio, audio.len(), tracks_text(&audio, "audio")),
        (LossKind::Tracks, data.len(), tracks_text(&data, "data")),
        (LossKind::Sessions, toc.sessions.len().saturating_sub(1), format!("{} sessions become one", toc.sessions.len())),
        (LossKind::Index, further, format!("INDEX 02 and up of track {number:02}: {further}")),
        (
            LossKind::Mcn,
            usize::from(toc.mcn.is_some()),
            format!("catalogue number {}", toc.mcn.as_ref().map_or("", |mcn| mcn.as_str())),
        ),
        (LossKind::Isrc, usize::from(kept.isrc.is_some()), format!("ISRC of track {number:02}")),
        (LossKind::CdText, usize::from(toc.cd_text.is_some()), "CD-TEXT".to_owned()),
        (LossKind::Flags, flags.len(), format!("flags of track {number:02}: {}", flags.join(", "))),
        (LossKind::Pregap, unsaid_gaps(kept, lbas), format!("gaps of track {number:02}, whose lengths an image cannot say")),
    ];
    rows.into_iter().filter(|(_, count, _)| *count > 0).map(|(kind, count, what)| Loss::new(kind, count as u64, what)).collect()
}

/// Gaps of the kept track that nothing in the file tells of. The pause that every disc has before LBA 0 goes without saying.
fn unsaid_gaps(kept: &Track, lbas: &Range<Lba>) -> usize {
    let mandatory = kept.start() == Lba::ZERO && kept.first() >= Lba(-PREGAP_SECTORS);
    usize::from(kept.pregap_sectors() > 0 && !mandatory) + usize::from(lbas.end < kept.end)
}

/// `3 audio tracks (02-04)`.
fn tracks_text(numbers: &[u8], kind: &str) -> String {
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let runs: Vec<String> =
        runs.into_iter().map(|(a, b)| if a == b { format!("{a:02}") } else { format!("{a:02}-{b:02}") }).collect();
    let tracks = if numbers.len() == 1 { "track" } else { "tracks" };
    format!("{} {kind} {tracks} ({})", numbers.len(), runs.join(", "))
}

/// What is left out and has to be looked at: stored gaps of the kept track, sectors of no track, subchannel.
fn dropped(disc: &Disc, kept: &Track, lbas: &Range<Lba>, form: &Form) -> Vec<Dropped> {
    let gap = |lbas| Dropped { disc: 0, lbas, what: DroppedWhat::Gap };
    let mut dropped: Vec<Dropped> =
        [kept.first()..kept.start(), lbas.end..kept.end].into_iter().flat_map(|gap| stored(disc, gap)).map(gap).collect();
    dropped.extend(in_no_track(disc).into_iter().map(gap));
    if form.sub.is_none() {
        let with_sub = disc
            .extents_in(lbas.clone())
            .filter(|(_, extent)| extent.sub.is_some() || extent.main.is_some_and(|place| place.form.sub.is_some()));
        for (lbas, _) in with_sub {
            match dropped.last_mut() {
                Some(Dropped { lbas: last, what: DroppedWhat::Subchannel, .. }) if last.end == lbas.start => last.end = lbas.end,
                _ => dropped.push(Dropped { disc: 0, lbas, what: DroppedWhat::Subchannel }),
            }
        }
    }
    dropped
}

/// The parts of `lbas` that files hold.
fn stored(disc: &Disc, lbas: Range<Lba>) -> Vec<Range<Lba>> {
    disc.extents_in(lbas)
        .filter(|(_, extent)| extent.main.is_some())
        .map(|(lbas, _)| lbas)
        .filter(|lbas| lbas.start < lbas.end)
        .collect()
}

/// Stored sectors that belong to no track: a lead-out, or a pregap without an index.
fn in_no_track(disc: &Disc) -> Vec<Range<Lba>> {
    let (Some(first), Some(last)) = (disc.extents().first(), disc.extents().last()) else { return Vec::new() };
    let mut at = first.lbas.start;
    let mut holes = Vec::new();
    for track in disc.toc().tracks() {
        holes.push(at..track.first());
        at = at.max(track.end);
    }
    holes.push(at..last.lbas.end);
    holes.into_iter().filter(|hole| hole.start < hole.end).flat_map(|hole| stored(disc, hole)).collect()
}

fn notes(disc: &Disc, kept: &Track, lbas: &Range<Lba>, form: &Form) -> Vec<String> {
    let number = kept.number;
    let mut notes = Vec::new();
    if kept.pregap_sectors() > 0 {
        notes.push(format!("the {} sectors of pregap before INDEX 01 of track {number:02} are left out", kept.pregap_sectors()));
    }
    if lbas.start != Lba::ZERO {
        let headers = if form.is_raw() { "; their headers stay as they are" } else { "" };
        notes.push(format!("the sectors of track {number:02}, from LBA {} on, begin the file{headers}", lbas.start));
    }
    if form.sub.is_some() && disc.stored_sub().is_none() {
        notes.push("the source stores no subchannel: P and Q are made from the tracks".to_owned());
    }
    notes
}
