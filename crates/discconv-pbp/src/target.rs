//! A disc as its table of contents and its blocks will have it.

use crate::toc::DATA_BIT;
use crate::wire::{FIRST_TRACK, LAST_TRACK, LENGTH, TocEntry, to_bcd};
use discconv_core::image::{PAUSE, Signs, Stored, StoredTrack, check_medium, does_not_fit, mode_of_track};
use discconv_core::{
    Control, Disc, Dropped, ExpectedDisc, Form, Lba, Loss, LossKind, Media, Piece, Result, SessionKind, Toc, Track, TrackMode,
};
use discconv_sector::{PREGAP_SECTORS, RAW};

/// What is written of a disc, and what is not.
pub(crate) struct Target {
    pub(crate) entries: Vec<TocEntry>,
    /// All sectors from LBA 0 on.
    pub(crate) pieces: Vec<Piece>,
    pub(crate) expected: ExpectedDisc,
    pub(crate) losses: Vec<Loss>,
    pub(crate) dropped: Vec<Dropped>,
    pub(crate) notes: Vec<String>,
}

/// Lay out `disc`, which the plan knows by the number `place`.
///
/// # Errors
/// [`discconv_core::Error::DoesNotFit`] for what is no CD.
pub(crate) fn build(disc: &Disc, place: usize) -> Result<Target> {
    if disc.toc().media == Media::Unknown {
        return Err(does_not_fit(disc, "more sectors than a CD has do not fit into a PBP", "write .iso or .cso"));
    }
    check_medium(disc, &[Media::Cd])?;
    let toc = sayable(disc);
    let tracks: Vec<StoredTrack> =
        toc.tracks().map(|track| StoredTrack { number: track.number, lbas: track.first()..track.end, form: Form::RAW }).collect();
    let stored = Stored { disc, tracks };
    let (mut dropped, mut notes) = stored.dropped();
    dropped.iter_mut().for_each(|dropped| dropped.disc = place);
    notes.extend(stored.gap_notes());
    notes.extend(odd_pregaps(&toc));
    let mut runs = stored.runs();
    runs.iter_mut().for_each(|run| run.disc = place);
    Ok(Target {
        entries: entries(&toc),
        pieces: pieces(disc, place, &toc),
        losses: losses(disc.toc(), &toc),
        expected: ExpectedDisc { toc, runs, says_mode: true },
        dropped,
        notes,
    })
}

/// The table of contents that the reader will find: one session from LBA 0 on without a hole, INDEX 00 and 01 of each track,
/// sound or data.
fn sayable(disc: &Disc) -> Toc {
    let mut toc = disc.toc().clone();
    (toc.mcn, toc.cd_text) = (None, None);
    let kinds: Vec<SessionKind> = toc.sessions.iter().map(|session| session.kind).collect();
    let mut rest: Vec<Track> = toc.sessions.split_off(1).into_iter().flat_map(|session| session.tracks).collect();
    let Some(session) = toc.sessions.first_mut() else { return toc };
    session.tracks.append(&mut rest);
    let mut end = Lba::ZERO;
    for track in &mut session.tracks {
        track.indexes.retain(|(number, _)| *number < 2);
        // What lies in front of LBA 0 is not stored, and what lies between tracks is nobody else's.
        track.set_first(end);
        (track.control, track.isrc) = (Control::default(), None);
        track.mode = read_mode(disc, track);
        end = track.end;
    }
    session.lead_out = end;
    let mode2 = session.tracks.iter().any(|track| track.mode == TrackMode::Mode2);
    session.kind = kinds.into_iter().find(|kind| *kind != SessionKind::CdRom).unwrap_or_default();
    if mode2 && session.kind == SessionKind::CdRom {
        session.kind = SessionKind::Xa;
    }
    toc
}

/// The mode that the reader will find, which looks at the sectors.
fn read_mode(disc: &Disc, track: &Track) -> TrackMode {
    let audio = track.mode.is_audio();
    let told = if audio { TrackMode::Audio } else { TrackMode::Mode2 };
    let signs = Signs { told: Some(told), data_bit: !audio, seen: mode_of_track(disc, track.start()..track.end) };
    signs.settle(Form::RAW.main).unwrap_or(told)
}

/// The sectors of all tracks. Those that the disc has not are zeros.
fn pieces(disc: &Disc, place: usize, toc: &Toc) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = Lba::ZERO;
    let zeros = |from: Lba, to: Lba| Piece::Zeros(u64::from(from.sectors_to(to)) * RAW as u64);
    let end = toc.tracks().next_back().map_or(Lba::ZERO, |track| track.end);
    for run in disc.covered(Lba::ZERO..end) {
        zeros(at, run.start).push_onto(&mut pieces);
        at = run.end;
        disc.lay_out(place, run, &Form::RAW).into_iter().for_each(|piece| piece.push_onto(&mut pieces));
    }
    zeros(at, end).push_onto(&mut pieces);
    pieces
}

/// The table of contents. Flags of a track are left out: readers know 01h and 41h only.
fn entries(toc: &Toc) -> Vec<TocEntry> {
    let control = |track: Option<&Track>| if track.is_some_and(|track| track.mode.is_audio()) { 0 } else { DATA_BIT };
    let (first, last) = (toc.tracks().next(), toc.tracks().next_back());
    let number = |track: Option<&Track>| to_bcd(track.map_or(1, |track| track.number));
    let kind = toc.sessions.first().map_or(SessionKind::Xa, |session| session.kind).disc_type();
    // So many sectors, not an address: the pause in front of them does not count.
    let length = (last.map_or(Lba::ZERO, |track| track.end) - PREGAP_SECTORS).to_msf().to_bcd();
    let mut entries = vec![
        TocEntry::of_point(control(first), FIRST_TRACK, [number(first), kind, 0]),
        TocEntry::of_point(control(last), LAST_TRACK, [number(last), 0, 0]),
        TocEntry::of_point(control(last), LENGTH, length),
    ];
    entries.extend(toc.tracks().enumerate().map(|(place, track)| {
        // Of the first track the pause counts, which is not stored.
        let pregap = if place == 0 && track.start() == Lba::ZERO { PAUSE.start } else { track.first() };
        TocEntry::of_track(control(Some(track)), track.number, pregap, track.start())
    }));
    entries
}

/// Pregaps of another length than two seconds: PCSX-ReARMed takes two seconds for granted where it looks for sound.
fn odd_pregaps(toc: &Toc) -> Option<String> {
    let usual = PREGAP_SECTORS.unsigned_abs();
    let odd = |track: &&Track| track.mode.is_audio() && track.start() > Lba::ZERO && track.pregap_sectors() != usual;
    let numbers: Vec<String> = toc.tracks().filter(odd).map(|track| format!("{:02}", track.number)).collect();
    (!numbers.is_empty()).then(|| {
        format!(
            "the pregaps of tracks {} are not two seconds long: PCSX-ReARMed plays these tracks from another place, DuckStation and \
             Beetle PSX do not",
            numbers.join(", ")
        )
    })
}

/// What the table cannot say.
fn losses(toc: &Toc, told: &Toc) -> Vec<Loss> {
    let mut losses = Vec::new();
    let mut lose = |kind, count: usize, what: String| losses.push(Loss::new(kind, count as u64, what));
    if toc.sessions.len() > 1 {
        lose(LossKind::Sessions, toc.sessions.len(), format!("{} sessions become one", toc.sessions.len()));
    }
    let lead_out = |toc: &Toc| toc.sessions.last().map_or(Lba::ZERO, |session| session.lead_out);
    if lead_out(toc) != lead_out(told) {
        lose(LossKind::Sessions, 1, format!("the lead-out moves from LBA {} to {}", lead_out(toc), lead_out(told)));
    }
    if toc.mcn.is_some() {
        lose(LossKind::Mcn, 1, "the catalogue number".to_owned());
    }
    if toc.cd_text.is_some() {
        lose(LossKind::CdText, 1, "CD-TEXT".to_owned());
    }
    for (track, told) in toc.tracks().zip(told.tracks()) {
        track_losses(track, told, &mut lose);
    }
    losses
}

fn track_losses(track: &Track, told: &Track, lose: &mut dyn FnMut(LossKind, usize, String)) {
    let number = track.number;
    let further = track.indexes.iter().filter(|(index, _)| *index > 1).count();
    if further > 0 {
        lose(LossKind::Index, further, format!("INDEX 02 and up of track {number:02}"));
    }
    if track.isrc.is_some() {
        lose(LossKind::Isrc, 1, format!("the ISRC of track {number:02}"));
    }
    let flags = track.control.names();
    if !flags.is_empty() {
        lose(LossKind::Flags, flags.len(), format!("flags of track {number:02}: {}", flags.join(" ")));
    }
    let more = told.first().sectors_to(track.first());
    if more > 0 {
        let what = format!("the pregap of track {number:02} gets {more} blank sectors, which the disc has not");
        lose(LossKind::Pregap, usize::try_from(more).unwrap_or(usize::MAX), what);
    }
}
