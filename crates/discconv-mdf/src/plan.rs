//! A disc to a descriptor and its data.

use crate::content::PAUSE;
use crate::tables;
use crate::target::{self, Target, covered};
use discconv_core::{
    Disc, Dropped, DroppedWhat, Error, ExpectedDisc, Lba, Loss, LossKind, Media, Piece, Plan, PlannedFile, Result, Role, Run,
    WriteOptions,
};
use std::ops::Range;

/// Plan `stem.mds` and `stem.mdf`.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let [disc] = discs else {
        let what = format!("{} discs do not fit into one image", discs.len());
        let hint = Some("write each disc to an image of its own".to_owned());
        return Err(Error::DoesNotFit { file: stem.to_owned(), what, hint });
    };
    let mut target = target::build(disc, options)?;
    let mut pieces: Vec<Piece> = Vec::new();
    target.tracks.iter_mut().flat_map(|track| track.pieces.drain(..)).for_each(|piece| push(&mut pieces, piece));
    let files = vec![
        PlannedFile::new(format!("{stem}.mdf"), Role::Data, pieces),
        PlannedFile::new(format!("{stem}.mds"), Role::Descriptor, vec![Piece::Bytes(tables::descriptor(&target))]),
    ];
    let (dropped, mut notes) = dropped(&target);
    notes.extend(stored_gaps(&target));
    if disc.toc().media == Media::Unknown {
        notes.push("the medium is not known; the descriptor says DVD-ROM".to_owned());
    }
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
        covered(disc, track.stored..track.track.end).into_iter().map(run)
    });
    let runs = runs.collect();
    Ok(Plan {
        files,
        entry: 1,
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

fn losses(target: &Target<'_>) -> Vec<Loss> {
    let (toc, kept) = (target.disc.toc(), &target.toc);
    let mut losses = Vec::new();
    for track in toc.tracks() {
        let beyond = track.indexes.iter().filter(|(number, _)| *number > 1).count() as u64;
        if beyond > 0 {
            losses.push(Loss::new(LossKind::Index, beyond, format!("INDEX 02 and up of track {:02}", track.number)));
        }
    }
    if let Some(mcn) = toc.mcn.as_ref().filter(|mcn| kept.mcn.as_ref() != Some(mcn)) {
        losses.push(Loss::new(LossKind::Mcn, 1, format!("the catalogue number {mcn}: only stored subchannel could hold it")));
    }
    for (track, kept) in toc.tracks().zip(kept.tracks()) {
        if let Some(isrc) = track.isrc.as_ref().filter(|isrc| kept.isrc.as_ref() != Some(isrc)) {
            let what = format!("the ISRC {isrc} of track {:02}: only stored subchannel could hold it", track.number);
            losses.push(Loss::new(LossKind::Isrc, 1, what));
        }
    }
    if toc.cd_text.is_some() {
        losses.push(Loss::new(LossKind::CdText, 1, "CD-TEXT"));
    }
    for track in toc.tracks().filter(|track| track.control.scms) {
        losses.push(Loss::new(LossKind::Flags, 1, format!("SCMS of track {:02}", track.number)));
    }
    losses
}

/// Gaps that no file holds, and that can only be said by writing them.
fn stored_gaps(target: &Target<'_>) -> Vec<String> {
    let gaps = target.tracks.iter().filter_map(|track| {
        let own = track.stored.max(PAUSE.end)..track.track.end;
        let gaps = target.disc.extents_in(own).filter(|(_, extent)| extent.main.is_none());
        let sectors: u32 = gaps.map(|(lbas, _)| lbas.start.sectors_to(lbas.end)).sum();
        (sectors > 0).then(|| {
            format!("{sectors} sectors of gap of track {:02} that no file holds are stored as blank ones", track.track.number)
        })
    });
    gaps.collect()
}

/// What the files do not get, to be looked at.
fn dropped(target: &Target<'_>) -> (Vec<Dropped>, Vec<String>) {
    let (mut dropped, mut notes) = (Vec::new(), Vec::new());
    for lbas in in_no_track(target) {
        notes.push(format!("the stored sectors LBA {} to {} belong to no track and are not written", lbas.start, lbas.end - 1));
        dropped.push(Dropped { disc: 0, lbas, what: DroppedWhat::Gap });
    }
    let mut sub: Vec<Range<Lba>> = Vec::new();
    for track in target.tracks.iter().filter(|track| track.form.sub.is_none()) {
        let own = target.disc.extents_in(track.stored..track.track.end);
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

/// Stored sectors outside what is written: a blank pause, lead-ins, lead-outs.
fn in_no_track(target: &Target<'_>) -> Vec<Range<Lba>> {
    let mut outside = Vec::new();
    for extent in target.disc.extents().iter().filter(|extent| extent.main.is_some()) {
        let mut at = extent.lbas.start;
        for track in target.tracks.iter().filter(|track| track.track.end > extent.lbas.start) {
            let begin = track.stored.min(extent.lbas.end);
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
