//! A disc to a descriptor of version 3, an image and its subchannel.

use crate::render;
use crate::target::{self, SUB_FORM, Target, covered};
use crate::texts;
use discconv_core::{
    Disc, Dropped, DroppedWhat, Error, ExpectedDisc, Extent, Form, Lba, Loss, LossKind, Piece, Plan, PlannedFile, Result, Role,
    Run, WriteOptions,
};
use std::ops::Range;

/// Plan `stem.img`, `stem.sub` and `stem.ccd`.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let [disc] = discs else {
        let what = format!("{} discs do not fit into one CloneCD image", discs.len());
        let hint = Some("write each disc to an image of its own".to_owned());
        return Err(Error::DoesNotFit { file: stem.to_owned(), what, hint });
    };
    let target = target::build(disc, options)?;
    let data =
        |extension: &str, form: &Form| PlannedFile::new(format!("{stem}.{extension}"), Role::Data, target::pieces(&target, form));
    let mut files = vec![data("img", &Form::RAW)];
    let mut runs = runs(&target, Form::RAW);
    if target.with_sub {
        files.push(data("sub", &SUB_FORM));
        runs.extend(self::runs(&target, SUB_FORM));
    }
    let text = Piece::Bytes(render::descriptor(&target).into_bytes());
    files.push(PlannedFile::new(format!("{stem}.ccd"), Role::Descriptor, vec![text]));
    let (dropped, mut notes) = dropped(&target);
    notes.extend(stored_gaps(&target));
    notes.extend(subchannel(&target));
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

fn runs(target: &Target<'_>, form: Form) -> Vec<Run> {
    let runs = target.tracks.iter().flat_map(|track| covered(target.disc, track.begin..track.end));
    runs.map(|lbas| Run { at: lbas.start, disc: 0, from: lbas.start, sectors: lbas.start.sectors_to(lbas.end), form }).collect()
}

/// Is the subchannel of its sectors stored?
fn has_sub(extent: &Extent) -> bool {
    extent.sub.is_some() || extent.main.is_some_and(|place| place.form.sub.is_some())
}

/// Of which sectors the subchannel is kept, and of which it is made.
fn subchannel(target: &Target<'_>) -> Option<String> {
    let written = target.tracks.iter().flat_map(|track| target.disc.extents_in(track.begin..track.end));
    let (mut kept, mut made) = (0_u64, 0_u64);
    for (lbas, extent) in written {
        let sectors = u64::from(lbas.start.sectors_to(lbas.end));
        *if has_sub(extent) { &mut kept } else { &mut made } += sectors;
    }
    match (target.with_sub, kept, made) {
        (false, ..) => Some("no subchannel is written".to_owned()),
        (true, _, 0) => Some("the subchannel is that of the source".to_owned()),
        (true, 0, _) => Some("the source stores no subchannel: P and Q are made from the tracks".to_owned()),
        (true, kept, made) => Some(format!(
            "the subchannel of {kept} sectors is that of the source; of {made} it stores none: P and Q are made from the tracks"
        )),
    }
}

fn losses(target: &Target<'_>) -> Vec<Loss> {
    let toc = target.disc.toc();
    let mut losses = Vec::new();
    if let Some(text) = &toc.cd_text
        && !texts::say(target.toc.cd_text.as_ref(), text)
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

/// Gaps that no file holds are written.
fn stored_gaps(target: &Target<'_>) -> Vec<String> {
    let gaps = target.tracks.iter().filter_map(|track| {
        let gaps = target.disc.extents_in(track.begin..track.end).filter(|(_, extent)| extent.main.is_none());
        let sectors: u32 = gaps.map(|(lbas, _)| lbas.start.sectors_to(lbas.end)).sum();
        (sectors > 0).then(|| {
            format!("the {sectors} sectors of gap of track {:02} that no file holds are stored as blank ones", track.track.number)
        })
    });
    gaps.collect()
}

/// What the files do not get, to be looked at.
fn dropped(target: &Target<'_>) -> (Vec<Dropped>, Vec<String>) {
    let (mut dropped, mut notes) = (Vec::new(), Vec::new());
    for lbas in outside(target, |extent| extent.main.is_some()) {
        let what = if lbas.end <= Lba::ZERO { "lie before LBA 0, where the image begins," } else { "belong to no track" };
        notes.push(format!("the stored sectors LBA {} to {} {what} and are not written", lbas.start, lbas.end - 1));
        dropped.push(Dropped { disc: 0, lbas, what: DroppedWhat::Gap });
    }
    let mut sub: Vec<Range<Lba>> = if target.with_sub {
        outside(target, has_sub)
    } else {
        target.disc.extents().iter().filter(|extent| has_sub(extent)).map(|extent| extent.lbas.clone()).collect()
    };
    sub.dedup_by(|next, last| {
        let joins = last.end == next.start;
        if joins {
            last.end = next.end;
        }
        joins
    });
    dropped.extend(sub.into_iter().map(|lbas| Dropped { disc: 0, lbas, what: DroppedWhat::Subchannel }));
    (dropped, notes)
}

/// Sectors outside what is written, of extents that are `wanted`.
fn outside(target: &Target<'_>, wanted: impl Fn(&Extent) -> bool) -> Vec<Range<Lba>> {
    let mut outside = Vec::new();
    for extent in target.disc.extents().iter().filter(|extent| wanted(extent)) {
        let mut at = extent.lbas.start;
        for track in target.tracks.iter().filter(|track| track.end > extent.lbas.start) {
            let begin = track.begin.min(extent.lbas.end);
            if at < begin {
                outside.push(at..begin);
            }
            at = at.max(track.end);
        }
        if at < extent.lbas.end {
            outside.push(at..extent.lbas.end);
        }
    }
    outside
}
