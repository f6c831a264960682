//! Where each sector of a disc goes in the image, and what the descriptor will say of it.

use crate::content::{self, HEAD};
use crate::{sub, texts};
use discconv_core::{
    At, Disc, Error, Form, Lba, Main, Media, Piece, Result, Scratch, SubCoding, Tally, Toc, Track, TrackMode, Twist, WriteOptions,
};
use discconv_sector::{MAX_CD_SECTORS, RAW, SUB};
use std::ops::Range;

/// A record of the `.sub`.
pub(crate) const SUB_FORM: Form = Form { main: Main::None, twist: Twist::None, sub: Some(SubCoding::Packed), stride: 96 };

/// Everything that the descriptor says.
pub(crate) struct Target<'a> {
    pub(crate) disc: &'a Disc,
    /// As the reader will find it.
    pub(crate) toc: Toc,
    /// In the order of the disc.
    pub(crate) tracks: Vec<TargetTrack<'a>>,
    pub(crate) packs: Vec<[u8; 18]>,
    /// Is there a `.sub`?
    pub(crate) with_sub: bool,
}

/// One track in the image.
pub(crate) struct TargetTrack<'a> {
    pub(crate) track: &'a Track,
    /// Stored from here to the end.
    pub(crate) begin: Lba,
    pub(crate) end: Lba,
    /// The address of the first sector of its session that is stored.
    pub(crate) origin: Lba,
    /// Must it be said that there is no INDEX 00, since Q would tell of one?
    pub(crate) denies_pregap: bool,
}

fn file(disc: &Disc) -> &str {
    disc.sources().first().map_or("", |source| source.name())
}

fn does_not_fit(disc: &Disc, what: String, hint: &str) -> Error {
    Error::DoesNotFit { file: file(disc).to_owned(), what, hint: Some(hint.to_owned()) }
}

/// Can the disc be in a CloneCD image at all?
fn check_media(disc: &Disc) -> Result<()> {
    let toc = disc.toc();
    let end = toc.sessions.last().map_or(0, |session| session.lead_out.0);
    let name = toc.media.name();
    match toc.media {
        Media::Cd if end > MAX_CD_SECTORS => {
            let what = format!("{end} sectors are more than a CD holds ({MAX_CD_SECTORS})");
            Err(does_not_fit(disc, what, "write .iso, which holds 2048-byte sectors of any medium"))
        }
        Media::Cd => match toc.tracks().next() {
            Some(track) if track.start() < Lba::ZERO => {
                let what = format!("track {} begins at LBA {}, before the program area", track.number, track.start());
                Err(does_not_fit(disc, what, "choose another target"))
            }
            _ => Ok(()),
        },
        Media::Gd => {
            Err(does_not_fit(disc, "a GD-ROM has two areas, of which this format knows nothing".to_owned(), "write .cue"))
        }
        _ => Err(does_not_fit(disc, format!("a {name} is no CD, and CloneCD images are of CDs"), "write .iso")),
    }
}

/// Is a `.sub` wanted?
fn with_sub(disc: &Disc, options: &WriteOptions) -> Result<bool> {
    match options.sector {
        None | Some(2448) => Ok(true),
        Some(2352) => Ok(false),
        Some(other) => {
            let what = format!("a CloneCD image has no sectors of {other} bytes");
            Err(Error::unsupported(file(disc), At::Whole, what)
                .with_hint("leave --sector away: sectors have 2352 bytes here; --sector 2352 writes no subchannel, 2448 does"))
        }
    }
}

/// Lay the disc out.
///
/// # Errors
/// [`Error::DoesNotFit`] for another medium; [`Error::Unsupported`] for a sector size that there is none of.
pub(crate) fn build<'a>(disc: &'a Disc, options: &WriteOptions) -> Result<Target<'a>> {
    check_media(disc)?;
    let with_sub = with_sub(disc, options)?;
    let has_sub = with_sub && disc.stored_sub().is_some();
    let mut tracks = Vec::new();
    for (session, told) in disc.toc().sessions.iter().enumerate() {
        let begin = |track: &Track| if session == 0 { track.first().max(Lba::ZERO) } else { track.first() };
        let origin = told.tracks.first().map_or(Lba::ZERO, begin);
        let ends = told.tracks.iter().skip(1).map(begin).chain(told.tracks.last().map(|track| track.end));
        let mut before: Option<&Track> = None;
        for (track, end) in told.tracks.iter().zip(ends) {
            let untold = has_sub && track.first() == track.start();
            let lowest = before.filter(|_| untold).map(|before| before.start() + 1);
            let denies_pregap = lowest.is_some_and(|lowest| pregap_by_q(disc, track, lowest));
            tracks.push(TargetTrack { track, begin: begin(track), end, origin, denies_pregap });
            before = Some(track);
        }
    }
    let packs = disc.toc().cd_text.as_ref().and_then(texts::packs).unwrap_or_default();
    let toc = expected(disc, &tracks, &packs);
    Ok(Target { disc, toc, tracks, packs, with_sub })
}

/// Would the reader find an INDEX 00 of `track` in the subchannel?
fn pregap_by_q(disc: &Disc, track: &Track, lowest: Lba) -> bool {
    let (mut scratch, mut tally) = (Scratch::default(), Tally::default());
    let read = |lba: Lba, block: &mut [u8; SUB]| disc.read_lossy(lba, &SUB_FORM, &mut scratch, &mut tally, block).is_ok();
    sub::pregap(track.number, track.start(), lowest, read).is_some()
}

/// The runs of `lbas` that the disc has.
pub(crate) fn covered(disc: &Disc, lbas: Range<Lba>) -> Vec<Range<Lba>> {
    let mut runs: Vec<Range<Lba>> = Vec::new();
    for (lbas, _) in disc.extents_in(lbas) {
        match runs.last_mut() {
            Some(last) if last.end == lbas.start => last.end = lbas.end,
            _ => runs.push(lbas),
        }
    }
    runs
}

/// The records of all tracks.
pub(crate) fn pieces(target: &Target<'_>, form: &Form) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for track in &target.tracks {
        let mut at = track.begin;
        for run in covered(target.disc, track.begin..track.end) {
            push(&mut pieces, hole(at..run.start, form));
            at = run.end;
            target.disc.lay_out(0, run, form).into_iter().for_each(|piece| push(&mut pieces, piece));
        }
        push(&mut pieces, hole(at..track.end, form));
    }
    pieces
}

/// Sectors between tracks that the disc does not have.
fn hole(lbas: Range<Lba>, form: &Form) -> Piece {
    Piece::Zeros(u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(form.stride))
}

/// Append, joined to the last piece where both are one.
fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), piece) {
        (_, piece) if piece.is_empty() => {}
        (Some(Piece::Copy { disc, source, range }), Piece::Copy { disc: d, source: s, range: r })
            if (*disc, *source, range.end) == (d, s, r.start) =>
        {
            range.end = r.end;
        }
        (Some(Piece::Sectors { disc, lbas, form }), Piece::Sectors { disc: d, lbas: l, form: f })
            if (*disc, lbas.end, *form) == (d, l.start, f) =>
        {
            lbas.end = l.end;
        }
        (_, piece) => pieces.push(piece),
    }
}

/// The table of contents that the reader will find.
fn expected(disc: &Disc, tracks: &[TargetTrack<'_>], packs: &[[u8; 18]]) -> Toc {
    let mut toc = disc.toc().clone();
    toc.cd_text = texts::read(packs);
    for (track, target) in toc.sessions.iter_mut().flat_map(|session| &mut session.tracks).zip(tracks) {
        track.mode = read_mode(disc, target);
        track.indexes.retain(|(number, _)| *number > 0);
        // An index of no sector says nothing.
        track.indexes.retain(|(number, lba)| *number == 1 || *lba < target.end);
        if target.begin < target.track.start() {
            track.indexes.insert(0, (0, target.begin));
        }
        track.end = target.end;
    }
    for session in &mut toc.sessions {
        session.lead_out = session.tracks.last().map_or(session.lead_out, |track| track.end);
    }
    toc
}

/// The mode that the reader will find, which looks at the sectors.
fn read_mode(disc: &Disc, target: &TargetTrack<'_>) -> TrackMode {
    let track = target.track;
    let (mut scratch, mut raw) = (Scratch::default(), [0; RAW]);
    let read = |sector: u32, head: &mut [u8; HEAD]| {
        let lba = track.start() + i32::try_from(sector).unwrap_or(i32::MAX);
        let read = disc.read_lossy(lba, &Form::RAW, &mut scratch, &mut Tally::default(), &mut raw).is_ok();
        head.copy_from_slice(&raw[..HEAD]);
        read
    };
    let seen = content::look(track.start(), track.start().sectors_to(target.end), false, read);
    let told = content::told_mode(content::mode_number(track.mode).into());
    content::settle(told, !track.mode.is_audio(), seen.map(|seen| seen.mode))
}
