//! A disc to a GDI and its files.

use crate::wire::{self, Told};
use discconv_core::image::{Signs, Stored, StoredTrack, check_medium, does_not_fit, mode_of_track, only_disc};
use discconv_core::{
    At, Control, Disc, Dropped, DroppedWhat, Error, ExpectedDisc, Form, Lba, Loss, LossKind, Media, Piece, Plan, PlannedFile,
    Result, Role, Toc, Track, TrackMode, WriteOptions, gd,
};

/// Plan `stem.gdi` and a file for each track.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let disc = only_disc(discs, stem, "GDI")?;
    check_areas(disc)?;
    let data = data_form(disc, stem, options)?;
    let toc = expected(disc, &data);
    let tracks: Vec<StoredTrack> = toc.tracks().map(|track| stored(track, &data)).collect();
    let names = names(&toc, stem);
    let stored = Stored { disc, tracks };
    let mut files: Vec<PlannedFile> = Vec::new();
    for (track, name) in stored.tracks.iter().zip(&names) {
        files.push(PlannedFile::new(name, Role::Data, disc.lay_out(0, track.lbas.clone(), &track.form)));
    }
    let text = text(&toc, &stored.tracks, &names);
    files.push(PlannedFile::new(format!("{stem}.gdi"), Role::Descriptor, vec![Piece::Bytes(text.into_bytes())]));
    let (dropped, _) = stored.dropped();
    let mut notes: Vec<String> = dropped.iter().filter_map(|dropped| gap_note(disc.toc(), dropped)).collect();
    notes.extend(stored.gap_notes());
    notes.extend(unusual(&toc));
    Ok(Plan {
        entry: files.len() - 1,
        files,
        format: crate::INFO.id,
        forced: None,
        inner: None,
        losses: losses(disc.toc(), &toc),
        dropped,
        discs: vec![ExpectedDisc { runs: stored.runs(), toc, says_mode: true }],
        notes,
    })
}

/// Only a GD-ROM with both its areas is what a GDI describes.
fn check_areas(disc: &Disc) -> Result<()> {
    let (toc, hint) = (disc.toc(), "write .cue, which holds discs of any shape");
    if !matches!(toc.media, Media::Gd) {
        let what = format!("a GDI describes GD-ROMs, and this {} has no high-density area", toc.media.name().to_uppercase());
        return Err(does_not_fit(disc, what, if toc.media.has_raw() { hint } else { "write .iso" }));
    }
    check_medium(disc, &[Media::Gd])?;
    let begins: Vec<Lba> = toc.sessions.iter().filter_map(|session| Some(session.tracks.first()?.start())).collect();
    let [single, high] = begins[..] else {
        let what = format!("a GDI describes two areas, and this disc has {}", begins.len());
        return Err(does_not_fit(disc, what, hint));
    };
    let ends = toc.sessions.first().map_or(Lba::ZERO, |session| session.lead_out);
    if high < gd::HIGH_DENSITY || ends > gd::HIGH_DENSITY {
        let what = format!("its areas begin at LBA {single} and {high}, and the second one is at LBA {}", gd::HIGH_DENSITY);
        return Err(does_not_fit(disc, what, hint));
    }
    // The reader would take either for an address that counts the pause before LBA 0.
    let odd = [(single, Lba::ZERO), (high, gd::HIGH_DENSITY)].into_iter().find(|(begins, usual)| begins != usual);
    if let Some((begins, usual)) = odd {
        return Err(does_not_fit(disc, format!("an area begins at LBA {begins}, where a GDI has LBA {usual}"), hint));
    }
    let end = toc.sessions.last().map_or(Lba::ZERO, |session| session.lead_out);
    if end > gd::LEAD_OUT {
        let what = format!("it ends at LBA {end}, behind the lead-out of every GD-ROM (LBA {})", gd::LEAD_OUT);
        return Err(does_not_fit(disc, what, hint));
    }
    Ok(())
}

/// The records of data tracks.
fn data_form(disc: &Disc, stem: &str, options: &WriteOptions) -> Result<Form> {
    let file = disc.sources().first().map_or(stem, |source| source.name());
    let unsupported = |what: &str, hint: &str| Err(Error::unsupported(file, At::Whole, what).with_hint(hint));
    if options.original {
        let what = "the very files of a source are given back by its own format, not by a GDI";
        return unsupported(what, "leave --original away, and a GDI is written");
    }
    if !wire::is_sayable(stem) {
        let what = "a GDI cannot name files with a quote or a control character, or with blanks at an end of their name";
        return unsupported(what, "choose another name for the output");
    }
    match options.sector {
        None | Some(2352) => Ok(Form::RAW),
        Some(2048) if disc.toc().tracks().any(|track| track.mode == TrackMode::Mode0) => {
            unsupported("a track is mode0, which has no stored form of 2048 bytes", "--sector 2352 stores every track")
        }
        Some(2048) => Ok(Form::USER),
        Some(other) => {
            let what = format!("sectors of {other} bytes are in no GDI that programs read");
            unsupported(&what, "--sector takes 2048 or 2352 here")
        }
    }
}

fn stored(track: &Track, data: &Form) -> StoredTrack {
    let form = if track.mode.is_audio() { Form::RAW } else { *data };
    StoredTrack { number: track.number, lbas: track.start()..track.end, form }
}

/// The table of contents as the reader will find it.
fn expected(disc: &Disc, data: &Form) -> Toc {
    let mut toc = Toc { mcn: None, cd_text: None, ..disc.toc().clone() };
    for session in &mut toc.sessions {
        session.kind = discconv_core::SessionKind::CdRom;
        let mut before: Option<Lba> = None;
        for track in &mut session.tracks {
            track.control = Control::default();
            track.isrc = None;
            track.mode = read_mode(disc, track, data);
            track.indexes.retain(|(number, _)| *number == 1);
            track.set_first(before.unwrap_or(track.start()));
            before = Some(track.end);
        }
        session.lead_out = before.unwrap_or(session.lead_out);
    }
    toc
}

/// The mode that the reader will find, which looks at the sectors.
fn read_mode(disc: &Disc, track: &Track, data: &Form) -> TrackMode {
    if track.mode.is_audio() {
        return TrackMode::Audio;
    }
    let seen = data.is_raw().then(|| mode_of_track(disc, track.start()..track.end)).flatten();
    Signs { told: Some(TrackMode::Mode1), data_bit: true, seen }.settle(data.main).unwrap_or(track.mode)
}

/// `disc.gdi` is what devices in a console look for, and beside it they want `track01.bin`; in a folder of many discs each
/// track has the name of its disc.
fn names(toc: &Toc, stem: &str) -> Vec<String> {
    let width = if toc.tracks().any(|track| track.number > 9) { 2 } else { 1 };
    let name = |track: &Track| {
        let (number, extension) = (track.number, if track.mode.is_audio() { "raw" } else { "bin" });
        match stem {
            "disc" => format!("track{number:02}.{extension}"),
            _ => format!("{stem} (Track {number:0width$}).{extension}"),
        }
    };
    toc.tracks().map(name).collect()
}

fn text(toc: &Toc, stored: &[StoredTrack], names: &[String]) -> String {
    let told = toc.tracks().zip(stored).zip(names).map(|((track, stored), name)| {
        let control = if track.mode.is_audio() { 0 } else { 4 };
        Told(track.number, track.start(), control, stored.form.stride, name)
    });
    wire::render(&told.collect::<Vec<_>>())
}

/// Stored sectors that no file gets.
fn gap_note(toc: &Toc, dropped: &Dropped) -> Option<String> {
    if dropped.what != DroppedWhat::Gap {
        return None;
    }
    let (first, last) = (dropped.lbas.start, dropped.lbas.end - 1);
    let sectors = dropped.lbas.start.sectors_to(dropped.lbas.end);
    Some(match toc.track_at(first) {
        Some(track) => {
            let number = track.number;
            format!("the {sectors} stored sectors before INDEX 01 of track {number} are not written: a GDI has no place for them")
        }
        None => format!("the stored sectors LBA {first} to {last} belong to no track and are not written"),
    })
}

/// Emulators want data, sound, data.
fn unusual(toc: &Toc) -> Option<String> {
    let kinds: Vec<bool> = toc.tracks().take(3).map(|track| track.mode.is_audio()).collect();
    let usual = kinds == [false, true, false] && toc.sessions.first().is_some_and(|session| session.tracks.len() == 2);
    (!usual).then(|| "emulators want two tracks before the high-density area, data and sound, and data first in it".to_owned())
}

fn losses(toc: &Toc, told: &Toc) -> Vec<Loss> {
    let mut losses = Vec::new();
    let mut lose = |kind, what: String| losses.push(Loss::new(kind, 1, what));
    for (number, (session, told)) in (1..).zip(toc.sessions.iter().zip(&told.sessions)) {
        if session.lead_out != told.lead_out {
            let (from, to) = (session.lead_out, told.lead_out);
            lose(LossKind::Sessions, format!("the lead-out of area {number} moves from LBA {from} to {to}"));
        }
    }
    if toc.mcn.is_some() {
        lose(LossKind::Mcn, "the catalogue number".to_owned());
    }
    if toc.cd_text.is_some() {
        lose(LossKind::CdText, "all CD-TEXT".to_owned());
    }
    for (track, told) in toc.tracks().zip(told.tracks()) {
        let number = track.number;
        if track.first().max(Lba::ZERO) != told.first() {
            lose(LossKind::Pregap, format!("the gap of track {number} changes its length"));
        }
        if track.indexes.iter().any(|(index, _)| *index > 1) {
            lose(LossKind::Index, format!("indexes of track {number}"));
        }
        if track.isrc.is_some() {
            lose(LossKind::Isrc, format!("ISRC of track {number}"));
        }
        if track.control != told.control {
            lose(LossKind::Flags, format!("flags of track {number}"));
        }
    }
    losses
}
