//! Which of the matches found to use: the cheapest row of them, by what each costs as bytes.
//!
//! The distance costs the same wherever it points, so a match is as good as where it ends. The cheapest way to its end uses
//! all of it or, after a match that reaches into it, the rest. Only a few matches can be the one before.

use super::search::{MATCH_MARGIN, Match};
use super::write::{MIN_MATCH, Writer, length_cost, run_cost};

/// So many matches before are asked; those before them end too far away to be better.
const ASKED: usize = 3;

#[derive(Debug, Clone, Copy)]
struct Step {
    found: Match,
    /// Where the match starts when it is used.
    start: usize,
    /// All bytes up to its end.
    cost: usize,
    /// The step before, or behind once the path is turned around.
    link: Option<u32>,
}

/// Steps by rising end.
#[derive(Debug, Default)]
pub(super) struct Path {
    steps: Vec<Step>,
    /// Where the input starts and where the last match may: places as the search has them.
    first: usize,
    latest: usize,
    end: usize,
}

impl Path {
    /// Forgets all; `length` bytes at the end of `history` and they are what matches are for.
    pub(super) fn reset(&mut self, history: usize, length: usize) {
        self.steps.clear();
        self.first = history + 1;
        self.end = length + 1;
        self.latest = self.end.saturating_sub(MATCH_MARGIN);
    }

    /// Adds a match that ends behind all others.
    #[inline(always)]
    pub(super) fn add(&mut self, found: Match) {
        let mut best = Step { found, start: found.start, cost: usize::MAX / 2, link: None };
        let count = self.steps.len();
        if count < ASKED {
            best.cost = cost(self.first, found.start, found.end);
        }
        let asked = count.saturating_sub(ASKED);
        for (before, index) in self.steps[asked..].iter().zip(asked..) {
            let start = found.start.max(before.found.end);
            let fits = start + MIN_MATCH <= found.end && start <= self.latest;
            let cost = if fits { before.cost + cost(before.found.end, start, found.end) } else { usize::MAX };
            if cost < best.cost {
                best = Step { found, start, cost, link: u32::try_from(index).ok() };
            }
        }
        self.steps.push(best);
    }

    /// Writes the best row; `base` is what the writer's input has before place 1.
    pub(super) fn write(&mut self, base: usize, writer: &mut Writer<'_>) {
        let mut next = None;
        let mut link = self.last();
        while let Some(step) = link.and_then(|index| self.steps.get_mut(index as usize)) {
            let before = step.link;
            step.link = next;
            next = link;
            link = before;
        }
        while let Some(step) = next.and_then(|index| self.steps.get(index as usize)) {
            writer.sequence(base + step.start - 1, step.found.end - step.start, step.found.distance);
            next = step.link;
        }
    }

    /// The step before the last literals.
    fn last(&self) -> Option<u32> {
        let asked = self.steps.len().saturating_sub(ASKED);
        let steps = self.steps.iter().zip(0_u32..).skip(asked);
        steps.min_by_key(|(step, _)| step.cost + self.end - step.found.end + run_cost(self.end - step.found.end)).map(|(_, i)| i)
    }
}

/// What a match costs, and the literals from `anchor` to it.
#[inline(always)]
fn cost(anchor: usize, start: usize, end: usize) -> usize {
    let literals = start - anchor;
    3 + literals + run_cost(literals) + length_cost(end - start)
}
