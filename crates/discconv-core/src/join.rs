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
