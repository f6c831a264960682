//! Several plans of one disc each as one plan: all of their files appear together, or none of them.

use crate::plan::{Part, Piece, Plan};

impl Plan {
    /// All of `plans` at once, each of which is of one disc: its own first, which becomes the one at the plan's place here.
    /// `None` if there is no plan. The first entry stays the entry; whoever opens the result must know the others by their names.
    #[must_use]
    pub fn join(plans: Vec<Plan>) -> Option<Plan> {
        let several = plans.len() > 1;
        let mut plans = plans.into_iter().enumerate().map(|(disc, plan)| if several { plan.of_disc(disc) } else { plan });
        let first = plans.next()?;
        Some(plans.fold(first, |mut all, plan| {
            all.files.extend(plan.files);
            all.losses.extend(plan.losses);
            all.dropped.extend(plan.dropped);
            all.discs.extend(plan.discs);
            all.notes.extend(plan.notes);
            all
        }))
    }

    /// The same, of the disc at that place among several.
    fn of_disc(mut self, place: usize) -> Plan {
        for piece in self.files.iter_mut().flat_map(|file| &mut file.parts).flat_map(pieces_mut) {
            if let Piece::Copy { disc, .. } | Piece::Sectors { disc, .. } = piece {
                *disc += place;
            }
        }
        self.dropped.iter_mut().for_each(|dropped| dropped.disc += place);
        self.discs.iter_mut().flat_map(|expected| &mut expected.runs).for_each(|run| run.disc += place);
        self.losses = self.losses.into_iter().map(|loss| loss.of_disc(place)).collect();
        self.notes = self.notes.into_iter().map(|note| format!("disc {}: {note}", place + 1)).collect();
        self
    }
}

fn pieces_mut(part: &mut Part) -> &mut [Piece] {
    match part {
        Part::Plain(piece) => std::slice::from_mut(piece),
        Part::Align(_) => &mut [],
        Part::Blocks { input, .. } => input,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disc::SourceId;
    use crate::form::Form;
    use crate::loss::{Loss, LossKind};
    use crate::plan::{Dropped, DroppedWhat, ExpectedDisc, PlannedFile, Role, Run};
    use crate::toc::{Media, Toc, TrackMode};
    use discconv_sector::Lba;

    /// A plan of one disc that points at it from everywhere.
    fn plan(name: &str) -> Plan {
        let copy = Piece::Copy { disc: 0, source: SourceId(0), range: 0..9 };
        let sectors = Piece::Sectors { disc: 0, lbas: Lba(0)..Lba(9), form: Form::USER };
        let run = Run { at: Lba(0), disc: 0, from: Lba(0), sectors: 9, form: Form::USER };
        let toc = Toc::single_data(Media::Cd, TrackMode::Mode1, 9);
        Plan {
            files: vec![PlannedFile::new(name, Role::Data, vec![Piece::Zeros(1), copy, sectors])],
            entry: 0,
            format: "x",
            forced: None,
            inner: None,
            losses: vec![Loss::new(LossKind::Mcn, 1, "the number")],
            dropped: vec![Dropped { disc: 0, lbas: Lba(0)..Lba(9), what: DroppedWhat::Gap }],
            discs: vec![ExpectedDisc { toc, runs: vec![run], says_mode: true }],
            notes: vec!["odd".to_owned()],
        }
    }

    #[test]
    fn every_plan_keeps_its_disc() {
        assert_eq!(Plan::join(Vec::new()), None);
        assert_eq!(Plan::join(vec![plan("a")]), Some(plan("a")));
        let Some(all) = Plan::join(vec![plan("a"), plan("b"), plan("c")]) else { panic!("three plans are some") };
        let names: Vec<&str> = all.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((names, all.entry, all.discs.len()), (vec!["a", "b", "c"], 0, 3));
        for (place, file) in all.files.iter().enumerate() {
            let pieces: Vec<&Piece> = file.parts.iter().flat_map(Part::pieces).collect();
            assert!(matches!(pieces[..], [Piece::Zeros(1), Piece::Copy { disc: a, .. }, Piece::Sectors { disc: b, .. }]
                if *a == place && *b == place));
            assert_eq!((all.dropped[place].disc, all.discs[place].runs[0].disc), (place, place));
            assert_eq!(all.losses[place].what, format!("disc {}: the number", place + 1));
            assert_eq!(all.notes[place], format!("disc {}: odd", place + 1));
        }
    }
}
