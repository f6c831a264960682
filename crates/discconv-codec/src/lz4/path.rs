//! Which of the matches found to use: the cheapest row of them, by what each costs as bytes.
//!
//! The distance costs the same wherever it points, so a match is as good as where it ends. The cheapest way to its end uses
//! all of it or, after a match that reaches into it, the rest. Only a few matches can be the one before.

use super::search::{MATCH_MARGIN, Match};
use super::write::{Writer, length_cost, run_cost};

/// So many matches before are asked; those before them end too far away to be better.
const ASKED: usize = 3;
const MIN_MATCH: u32 = 4;

/// Places and costs in 32 bits, so that a step is small.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// Where the match starts when it is used, and its end.
    start: u32,
    end: u32,
    /// All bytes up to its end.
    cost: u32,
    /// The step before, or behind once the path is turned around; the start is its own.
    link: u32,
    distance: u16,
}

/// Steps by rising end; the first is the start of the input.
#[derive(Debug, Default)]
pub(super) struct Path {
    steps: Vec<Step>,
    /// Where the last match may start, and the input ends: places as the search has them.
    latest: u32,
    end: u32,
}

impl Path {
    /// Forgets all; matches are for what is behind `history` in an input of `length` bytes.
    pub(super) fn reset(&mut self, history: usize, length: usize) {
        let first = place(history + 1);
        self.steps.clear();
        self.steps.push(Step { start: first, end: first, cost: 0, link: 0, distance: 0 });
        self.end = place(length + 1);
        self.latest = place((length + 1).saturating_sub(MATCH_MARGIN));
    }

    /// Adds a match that ends behind all others, unless nothing of it can be used.
    #[inline(always)]
    pub(super) fn add(&mut self, found: Match) {
        let (first, end) = (place(found.start), place(found.end));
        let mut best = Step { start: first, end, cost: NEVER, link: 0, distance: found.distance };
        let asked = self.steps.len().saturating_sub(ASKED);
        for (before, link) in self.steps[asked..].iter().zip(place(asked)..) {
            let start = first.max(before.end);
            let fits = start + MIN_MATCH <= end && start <= self.latest;
            let cost = if fits { before.cost + cost(before.end, start, end) } else { NEVER };
            if cost < best.cost {
                best = Step { start, cost, link, ..best };
            }
        }
        if best.cost < NEVER {
            self.steps.push(best);
        }
    }

    /// Writes the best row; `base` is what the writer's input has before place 1.
    pub(super) fn write(&mut self, base: usize, writer: &mut Writer<'_>) {
        let (mut next, mut link) = (0, self.last());
        while link > 0 {
            let step = &mut self.steps[link as usize];
            (step.link, next, link) = (next, link, step.link);
        }
        while next > 0 {
            let step = self.steps[next as usize];
            writer.sequence(base + step.start as usize - 1, (step.end - step.start) as usize, step.distance);
            next = step.link;
        }
    }

    /// The step before the last literals.
    fn last(&self) -> u32 {
        let asked = self.steps.len().saturating_sub(ASKED);
        let steps = self.steps[asked..].iter().zip(place(asked)..);
        let best = steps.min_by_key(|(step, _)| step.cost + self.end - step.end + run_cost(self.end - step.end));
        best.map_or(0, |(_, link)| link)
    }
}

/// More than any input costs, and far from overflow.
const NEVER: u32 = 1 << 30;

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the window has 65,536 places, and so many steps at most")]
fn place(value: usize) -> u32 {
    value as u32
}

/// What a match costs, and the literals from `anchor` to it.
#[inline(always)]
fn cost(anchor: u32, start: u32, end: u32) -> u32 {
    let literals = start - anchor;
    3 + literals + run_cost(literals) + length_cost(end - start)
}
