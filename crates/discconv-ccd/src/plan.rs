//! A disc to a descriptor of version 3, an image and its subchannel.

use crate::render;
use crate::target::{self, Target};
use discconv_core::image::{Stored, only_disc};
use discconv_core::{Disc, ExpectedDisc, Form, Loss, LossKind, Piece, Plan, PlannedFile, Result, Role, Run, WriteOptions};

/// Plan `stem.img`, `stem.sub` and `stem.ccd`.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let disc = only_disc(discs, stem, "CloneCD image")?;
    let target = target::build(disc, options)?;
    let stored = Stored { disc, tracks: target.tracks.iter().map(|track| track.stored(target.with_sub)).collect() };
    let mut names = vec![("img", Form::RAW)];
    names.extend(target.with_sub.then_some(("sub", Form::SUB)));
    let (mut files, mut runs) = (Vec::new(), Vec::new());
    for (extension, form) in names {
        files.push(PlannedFile::new(format!("{stem}.{extension}"), Role::Data, target::pieces(&target, &form)));
        runs.extend(stored.runs().into_iter().map(|run| Run { form, ..run }));
    }
    let text = Piece::Bytes(render::descriptor(&target).into_bytes());
    files.push(PlannedFile::new(format!("{stem}.ccd"), Role::Descriptor, vec![text]));
    let (dropped, mut notes) = stored.dropped();
    notes.extend(stored.gap_notes());
    notes.push(match (target.with_sub, stored.sub_note()) {
        (false, _) => "no subchannel is written".to_owned(),
        (true, None) => "the subchannel is that of the source".to_owned(),
        (true, Some(made)) => made,
    });
    Ok(Plan {
        entry: files.len() - 1,
        files,
        format: crate::INFO.id,
        forced: None,
        inner: None,
        losses: losses(&target),
        dropped,
        discs: vec![ExpectedDisc { toc: target.toc, runs, says_mode: true }],
        notes,
    })
}

fn losses(target: &Target<'_>) -> Vec<Loss> {
    let toc = target.disc.toc();
    let mut losses = Vec::new();
    if let Some(text) = &toc.cd_text
        && !text.is_kept(target.toc.cd_text.as_ref())
    {
        losses.push(Loss::new(LossKind::CdText, 1, "CD-TEXT with letters or lengths that packs cannot hold"));
    }
    for (number, (session, read)) in (1..).zip(toc.sessions.iter().zip(&target.toc.sessions)) {
        if session.lead_out != read.lead_out {
            let what = format!("the lead-out of session {number} moves from LBA {} to {}", session.lead_out, read.lead_out);
            losses.push(Loss::new(LossKind::Sessions, 1, what));
        }
    }
    for track in &target.tracks {
        let (number, more) = (track.track.number, track.track.end.sectors_to(track.end));
        if more > 0 {
            let what = format!("the {more} sectors between track {number} and the next become a part of it");
            losses.push(Loss::new(LossKind::Pregap, more.into(), what));
        }
        let unsaid = track.track.indexes.iter().filter(|(index, lba)| *index > 1 && *lba >= track.end).count();
        if unsaid > 0 {
            losses.push(Loss::new(LossKind::Index, unsaid as u64, format!("indexes of track {number} at its very end")));
        }
    }
    losses
}
