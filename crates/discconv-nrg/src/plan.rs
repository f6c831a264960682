//! A disc to a file of version 2, all sessions disc-at-once.

use crate::content;
use crate::target::{self, Target, TargetTrack};
use crate::wire::{self, CueEntry, DaoHeader, DaoTrack, LEAD_OUT};
use discconv_core::image::{Stored, only_disc};
use discconv_core::{Disc, ExpectedDisc, Lba, Loss, LossKind, Piece, Plan, PlannedFile, Result, Role, WriteOptions};

/// Plan `stem.nrg`.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let disc = only_disc(discs, stem, "Nero image")?;
    let mut target = target::build(disc, options)?;
    let mut pieces: Vec<Piece> = Vec::new();
    target.tracks.iter_mut().flat_map(|track| track.pieces.drain(..)).for_each(|piece| piece.push_onto(&mut pieces));
    pieces.push(Piece::Bytes(tables(&target)));
    let stored = Stored { disc, tracks: target.tracks.iter().map(TargetTrack::stored).collect() };
    let (dropped, mut notes) = stored.dropped();
    notes.extend(stored.gap_notes());
    notes.extend(stored.sub_note());
    Ok(Plan {
        files: vec![PlannedFile::new(format!("{stem}.nrg"), Role::Data, pieces)],
        entry: 0,
        format: crate::INFO.id,
        forced: None,
        inner: None,
        losses: losses(&target),
        dropped,
        discs: vec![ExpectedDisc { toc: target.toc, runs: stored.runs(), says_mode: true }],
        notes,
    })
}

/// The chain and the footer.
fn tables(target: &Target<'_>) -> Vec<u8> {
    let mut chain = Vec::new();
    for (number, session) in target.disc.toc().sessions.iter().enumerate() {
        let tracks: Vec<&TargetTrack<'_>> = target.tracks.iter().filter(|track| track.session == number).collect();
        chain.extend(wire::cuex(&sheet(&tracks, session.lead_out)));
        chain.extend(dao(target, session.kind, &tracks));
        if number == 0 && !target.packs.is_empty() {
            chain.extend(wire::chunk(b"CDTX", target.packs.as_flattened()));
        }
        let count = u32::try_from(tracks.len()).unwrap_or(u32::MAX);
        chain.extend(wire::chunk(b"SINF", &count.to_be_bytes()));
    }
    // A medium that is too large for a CD, and unknown, is said to be nothing.
    let mask = content::mtyp(target.disc.toc().media);
    if let Some(mask) = mask {
        chain.extend(wire::chunk(b"MTYP", &mask.to_be_bytes()));
    }
    chain.extend(wire::chunk(b"END!", &[]));
    let at = target.tracks.last().map_or(0, |track| track.offsets[2]);
    chain.extend(b"NER5");
    chain.extend(at.to_be_bytes());
    chain
}

/// Lead-in, indexes of every track, lead-out.
fn sheet(tracks: &[&TargetTrack<'_>], lead_out: Lba) -> Vec<CueEntry> {
    let control = |track: &TargetTrack<'_>| track.track.control.nibble(track.track.mode);
    let (Some(first), Some(last)) = (tracks.first(), tracks.last()) else { return Vec::new() };
    let mut entries = vec![CueEntry::new(control(first), 0, 0, first.begin)];
    for track in tracks {
        let number = wire::to_bcd(track.track.number);
        entries.push(CueEntry::new(control(track), number, 0, track.begin));
        let further = track.track.indexes.iter().filter(|(index, _)| *index > 0);
        entries.extend(further.map(|(index, lba)| CueEntry::new(control(track), number, wire::to_bcd(*index), *lba)));
    }
    entries.push(CueEntry::new(control(last), LEAD_OUT, 1, lead_out));
    entries
}

fn dao(target: &Target<'_>, kind: discconv_core::SessionKind, tracks: &[&TargetTrack<'_>]) -> Vec<u8> {
    let number = |track: Option<&&TargetTrack<'_>>| track.map_or(0, |track| track.track.number);
    let header = DaoHeader {
        length: 0,
        mcn: fixed(target.disc.toc().mcn.as_ref().map_or("", |mcn| mcn.as_str())),
        disc_type: kind.disc_type(),
        one: 1,
        first: number(tracks.first()),
        last: number(tracks.last()),
    };
    let tracks: Vec<DaoTrack> = tracks
        .iter()
        .map(|track| DaoTrack {
            isrc: fixed(track.track.isrc.as_ref().map_or("", |isrc| isrc.as_str())),
            sector_bytes: u16::try_from(track.form.stride).unwrap_or(0),
            code: track.code,
            fixed: [0, 0, 1],
            offsets: track.offsets,
        })
        .collect();
    wire::daox(header, &tracks)
}

/// ASCII with zeros behind.
fn fixed<const N: usize>(text: &str) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    out
}

fn losses(target: &Target<'_>) -> Vec<Loss> {
    let toc = target.disc.toc();
    let mut losses = Vec::new();
    for track in toc.tracks().filter(|track| track.control.scms) {
        losses.push(Loss::new(LossKind::Flags, 1, format!("SCMS of track {:02}", track.number)));
    }
    if let Some(text) = &toc.cd_text
        && !text.is_kept(target.toc.cd_text.as_ref())
    {
        losses.push(Loss::new(LossKind::CdText, 1, "CD-TEXT with letters or lengths that packs cannot hold"));
    }
    losses
}
