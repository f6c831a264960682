//! What the probabilities of LZMA depend on, for lc 3, lp 0 and pb 2.

use super::range::{EVEN, Prob};

/// The shortest match.
pub(super) const MIN_MATCH: usize = 2;
const STATES: usize = 12;
/// Places modulo 4: pb 2.
const POS: usize = 4;
/// Slots 4 to 13, whose lower bits have probabilities of their own.
const SPECIAL: usize = 10;

/// All probabilities.
#[derive(Debug, Clone)]
pub(super) struct Model {
    /// By the three highest bits of the byte before; then after a difference, or by the bit of the byte that was expected.
    pub(super) literal: [[[Prob; 256]; 3]; 8],
    pub(super) is_match: [[Prob; POS]; STATES],
    pub(super) is_rep: [Prob; STATES],
    pub(super) is_rep0: [Prob; STATES],
    pub(super) is_rep0_long: [[Prob; POS]; STATES],
    pub(super) is_rep1: [Prob; STATES],
    pub(super) is_rep2: [Prob; STATES],
    /// By length 2, 3, 4, more.
    pub(super) slot: [[Prob; 64]; 4],
    pub(super) special: [[Prob; 32]; SPECIAL],
    pub(super) align: [Prob; 16],
    pub(super) match_lengths: Lengths,
    pub(super) repeat_lengths: Lengths,
}

/// Probabilities of lengths.
#[derive(Debug, Clone)]
pub(super) struct Lengths {
    pub(super) choice: Prob,
    pub(super) choice2: Prob,
    pub(super) low: [[Prob; 8]; POS],
    pub(super) mid: [[Prob; 8]; POS],
    pub(super) high: [Prob; 256],
}

const LENGTHS: Lengths = Lengths { choice: EVEN, choice2: EVEN, low: [[EVEN; 8]; POS], mid: [[EVEN; 8]; POS], high: [EVEN; 256] };

static FRESH: Model = Model {
    literal: [[[EVEN; 256]; 3]; 8],
    is_match: [[EVEN; POS]; STATES],
    is_rep: [EVEN; STATES],
    is_rep0: [EVEN; STATES],
    is_rep0_long: [[EVEN; POS]; STATES],
    is_rep1: [EVEN; STATES],
    is_rep2: [EVEN; STATES],
    slot: [[EVEN; 64]; 4],
    special: [[EVEN; 32]; SPECIAL],
    align: [EVEN; 16],
    match_lengths: LENGTHS,
    repeat_lengths: LENGTHS,
};

impl Default for Model {
    fn default() -> Model {
        FRESH.clone()
    }
}

impl Model {
    pub(super) fn reset(&mut self) {
        self.clone_from(&FRESH);
    }
}

/// What the last few symbols were: below 7 the last was a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State(usize);

impl State {
    pub(super) const START: State = State(0);

    /// Below [`STATES`], also for the compiler to see.
    #[inline(always)]
    pub(super) fn index(self) -> usize {
        self.0.min(STATES - 1)
    }

    #[inline(always)]
    pub(super) fn is_after_literal(self) -> bool {
        self.0 < 7
    }

    #[inline(always)]
    pub(super) fn after_literal(self) -> State {
        State(match self.0 {
            0..=3 => 0,
            4..=9 => self.0 - 3,
            _ => self.0 - 6,
        })
    }

    #[inline(always)]
    pub(super) fn after_match(self) -> State {
        State(if self.is_after_literal() { 7 } else { 10 })
    }

    #[inline(always)]
    pub(super) fn after_repeat(self) -> State {
        State(if self.is_after_literal() { 8 } else { 11 })
    }

    #[inline(always)]
    pub(super) fn after_short_repeat(self) -> State {
        State(if self.is_after_literal() { 9 } else { 11 })
    }
}
