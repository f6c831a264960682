//! A disc to a file of version 2, all sessions disc-at-once.

use crate::content;
use crate::target::{self, Target, TargetTrack, covered};
use crate::texts;
use crate::wire::{self, CueEntry, DaoHeader, DaoTrack, LEAD_OUT};
use discconv_core::{
    Disc, Dropped, DroppedWhat, Error, ExpectedDisc, Lba, Loss, LossKind, Piece, Plan, PlannedFile, Result, Role, Run,
    WriteOptions,
};
use std::ops::Range;

/// Plan `stem.nrg`.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let [disc] = discs else {
        let what = format!("{} discs do not fit into one Nero image", discs.len());
        return Err(Error::DoesNotFit {
            file: stem.to_owned(),
            what,
            hint: Some("write each disc to an image of its own".to_owned()),
        });
    };
    let mut target = target::build(disc, options)?;
    let mut pieces: Vec<Piece> = Vec::new();
    target.tracks.iter_mut().flat_map(|track| track.pieces.drain(..)).for_each(|piece| push(&mut pieces, piece));
    pieces.push(Piece::Bytes(tables(&target)));
    let (dropped, mut notes) = dropped(&target);
    notes.extend(stored_gaps(&target));
    if target.tracks.iter().any(|track| track.form.sub.is_some()) && disc.stored_sub().is_none() {
        notes.push("the source stores no subchannel: P and Q are made from the tracks".to_owned());
    }
    let runs = target.tracks.iter().flat_map(|track| {
        let run = |lbas: Range<Lba>| Run {
            at: lbas.start,
            disc: 0,
            from: lbas.start,
            sectors: lbas.start.sectors_to(lbas.end),
            form: track.form,
        };
        covered(disc, track.begin..track.track.end).into_iter().map(run)
    });
    let runs = runs.collect();
    Ok(Plan {
        files: vec![PlannedFile::new(format!("{stem}.nrg"), Role::Data, pieces)],
        entry: 0,
        format: crate::INFO.id,
        forced: None,
        inner: None,
        losses: losses(&target),
        dropped,
        discs: vec![ExpectedDisc { toc: target.toc, runs, says_mode: true }],
        notes,
    })
}

/// Append, joined to the last piece where both are one copy.
fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), piece) {
        (Some(Piece::Copy { disc, source, range }), Piece::Copy { disc: d, source: s, range: r })
            if (*disc, *source, range.end) == (d, s, r.start) =>
        {
            range.end = r.end;
        }
        (_, piece) => pieces.push(piece),
    }
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
        disc_type: wire::disc_type(kind),
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
        && !texts::say(target.toc.cd_text.as_ref(), text)
    {
        losses.push(Loss::new(LossKind::CdText, 1, "CD-TEXT with letters or lengths that packs cannot hold"));
    }
    losses
}

/// Gaps that no file holds are written.
fn stored_gaps(target: &Target<'_>) -> Vec<String> {
    let gaps = target.tracks.iter().filter_map(|track| {
        let own = track.begin.max(content::PAUSE.end)..track.track.end;
        let gaps = target.disc.extents_in(own).filter(|(_, extent)| extent.main.is_none());
        let sectors: u32 = gaps.map(|(lbas, _)| lbas.start.sectors_to(lbas.end)).sum();
        (sectors > 0).then(|| {
            format!("the {sectors} sectors of gap of track {:02} that no file holds are stored as blank ones", track.track.number)
        })
    });
    gaps.collect()
}

/// What the file does not get, to be looked at.
fn dropped(target: &Target<'_>) -> (Vec<Dropped>, Vec<String>) {
    let (mut dropped, mut notes) = (Vec::new(), Vec::new());
    for lbas in in_no_track(target) {
        notes.push(format!("the stored sectors LBA {} to {} belong to no track and are not written", lbas.start, lbas.end - 1));
        dropped.push(Dropped { disc: 0, lbas, what: DroppedWhat::Gap });
    }
    let mut sub: Vec<Range<Lba>> = Vec::new();
    for track in target.tracks.iter().filter(|track| track.form.sub.is_none()) {
        let own = target.disc.extents_in(track.begin..track.track.end);
        for (lbas, _) in
            own.filter(|(_, extent)| extent.sub.is_some() || extent.main.is_some_and(|place| place.form.sub.is_some()))
        {
            match sub.last_mut() {
                Some(last) if last.end == lbas.start => last.end = lbas.end,
                _ => sub.push(lbas),
            }
        }
    }
    dropped.extend(sub.into_iter().map(|lbas| Dropped { disc: 0, lbas, what: DroppedWhat::Subchannel }));
    (dropped, notes)
}

/// Stored sectors outside what is written: lead-ins, lead-outs.
fn in_no_track(target: &Target<'_>) -> Vec<Range<Lba>> {
    let mut outside = Vec::new();
    for extent in target.disc.extents().iter().filter(|extent| extent.main.is_some()) {
        let mut at = extent.lbas.start;
        for track in target.tracks.iter().filter(|track| track.track.end > extent.lbas.start) {
            let begin = track.begin.min(extent.lbas.end);
            if at < begin {
                outside.push(at..begin);
            }
            at = at.max(track.track.end);
        }
        if at < extent.lbas.end {
            outside.push(at..extent.lbas.end);
        }
    }
    outside
}
