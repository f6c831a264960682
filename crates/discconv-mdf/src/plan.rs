//! A disc to a descriptor and its data.

use crate::tables;
use crate::target::{self, Target, TargetTrack};
use discconv_core::image::{Stored, only_disc};
use discconv_core::{Disc, ExpectedDisc, Loss, LossKind, Media, Piece, Plan, PlannedFile, Result, Role, WriteOptions};

/// Plan `stem.mds` and `stem.mdf`.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let disc = only_disc(discs, stem, "image")?;
    let mut target = target::build(disc, options)?;
    let mut pieces: Vec<Piece> = Vec::new();
    target.tracks.iter_mut().flat_map(|track| track.pieces.drain(..)).for_each(|piece| piece.push_onto(&mut pieces));
    let files = vec![
        PlannedFile::new(format!("{stem}.mdf"), Role::Data, pieces),
        PlannedFile::new(format!("{stem}.mds"), Role::Descriptor, vec![Piece::Bytes(tables::descriptor(&target))]),
    ];
    let stored = Stored { disc, tracks: target.tracks.iter().map(TargetTrack::stored).collect() };
    let (dropped, mut notes) = stored.dropped();
    notes.extend(stored.gap_notes());
    if disc.toc().media == Media::Unknown {
        notes.push("the medium is not known; the descriptor says DVD-ROM".to_owned());
    }
    notes.extend(stored.sub_note());
    Ok(Plan {
        files,
        entry: 1,
        format: crate::INFO.id,
        forced: None,
        inner: None,
        losses: losses(&target),
        dropped,
        discs: vec![ExpectedDisc { toc: target.toc, runs: stored.runs(), says_mode: true }],
        notes,
    })
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
