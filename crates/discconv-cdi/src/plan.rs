//! A disc to a file of version 3.5.

use crate::render;
use crate::target::{self, Target, TargetTrack};
use discconv_core::image::{Stored, only_disc};
use discconv_core::{Disc, ExpectedDisc, Lba, Loss, LossKind, Piece, Plan, PlannedFile, Result, Role, SessionKind, WriteOptions};

/// Plan `stem.cdi`.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let disc = only_disc(discs, stem, "DiscJuggler image")?;
    let mut target = target::build(disc, options)?;
    let name = format!("{stem}.cdi");
    let mut pieces: Vec<Piece> = Vec::new();
    target.tracks.iter_mut().flat_map(|track| track.pieces.drain(..)).for_each(|piece| piece.push_onto(&mut pieces));
    pieces.push(Piece::Bytes(render::descriptor(&target, &name)));
    let stored = Stored { disc, tracks: target.tracks.iter().map(TargetTrack::stored).collect() };
    let (dropped, mut notes) = stored.dropped();
    notes.extend(stored.gap_notes());
    notes.extend(stored.sub_note());
    notes.push(render::NOTE.to_owned());
    Ok(Plan {
        files: vec![PlannedFile::new(name, Role::Data, pieces)],
        entry: 0,
        format: crate::INFO.id,
        forced: None,
        inner: None,
        losses: losses(&target),
        dropped,
        discs: vec![ExpectedDisc { runs: stored.runs(), toc: target.toc, says_mode: true }],
        notes,
    })
}

/// In what the disc that will be read differs from the one there is.
fn losses(target: &Target<'_>) -> Vec<Loss> {
    let (toc, told) = (target.disc.toc(), &target.toc);
    let mut losses = Vec::new();
    let mut lose = |kind, what: String| losses.push(Loss::new(kind, 1, what));
    for (number, (session, told)) in (1..).zip(toc.sessions.iter().zip(&told.sessions)) {
        if session.lead_out != told.lead_out {
            let (from, to) = (session.lead_out, told.lead_out);
            lose(LossKind::Sessions, format!("the lead-out of session {number} moves from LBA {from} to {to}"));
        }
        if session.kind == SessionKind::CdI {
            lose(LossKind::Sessions, format!("session {number} is one of a CD-i, and becomes one of a CD-ROM XA"));
        }
    }
    for (track, told) in toc.tracks().zip(told.tracks()) {
        let number = track.number;
        if track.control.scms {
            lose(LossKind::Flags, format!("SCMS of track {number:02}"));
        }
        if track.first().max(Lba::ZERO) != told.first().max(Lba::ZERO) {
            lose(LossKind::Pregap, format!("the gap of track {number} changes its length"));
        }
        let further = |track: &discconv_core::Track| -> Vec<(u8, Lba)> {
            track.indexes.iter().filter(|(index, _)| *index > 1).copied().collect()
        };
        if further(track) != further(told) {
            lose(LossKind::Index, format!("indexes of track {number} that have no sector of their own"));
        }
    }
    if let Some(text) = &toc.cd_text
        && !text.is_kept(told.cd_text.as_ref())
    {
        lose(LossKind::CdText, "CD-TEXT with letters or lengths that packs cannot hold".to_owned());
    }
    losses
}
