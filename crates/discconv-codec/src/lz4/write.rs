//! Sequences as bytes.

/// Shortest match the format has.
pub(super) const MIN_MATCH: usize = 4;
/// Most literals are fewer than this; so many are copied at once, wanted or not.
const SHORT: usize = 16;

/// Bytes that tell of a run of literals beyond what its token says.
#[inline(always)]
pub(super) fn run_cost(literals: u32) -> u32 {
    (literals + 240) / 255
}

/// Bytes that tell of a match's length beyond what its token says.
#[inline(always)]
pub(super) fn length_cost(length: u32) -> u32 {
    (length + 236) / 255
}

/// The bytes an input of so many can take: one run of literals.
pub(super) fn bound(length: usize) -> usize {
    1 + (length + 240) / 255 + length
}

/// Writes sequences one after another; `out` has room for all of them and [`SHORT`] bytes more.
pub(super) struct Writer<'a> {
    pub(super) input: &'a [u8],
    /// What precedes is written.
    pub(super) anchor: usize,
    pub(super) out: &'a mut Vec<u8>,
}

impl Writer<'_> {
    /// The literals up to `start`, then a match of `length` bytes at `distance`.
    #[inline(always)]
    pub(super) fn sequence(&mut self, start: usize, length: usize, distance: u16) {
        let literals = &self.input[self.anchor..start];
        let more = length - MIN_MATCH;
        self.token(literals.len(), more);
        match self.input[self.anchor..].first_chunk::<SHORT>() {
            Some(chunk) if literals.len() < SHORT => {
                self.out.extend_from_slice(chunk);
                self.out.truncate(self.out.len() - SHORT + literals.len());
            }
            _ => self.out.extend_from_slice(literals),
        }
        self.out.extend_from_slice(&distance.to_le_bytes());
        if more >= 15 {
            self.extend(more - 15);
        }
        self.anchor = start + length;
    }

    /// The literals that end a block: valid for any input, and what an empty one becomes.
    pub(super) fn last(&mut self) {
        let literals = &self.input[self.anchor..];
        self.token(literals.len(), 0);
        self.out.extend_from_slice(literals);
        self.anchor = self.input.len();
    }

    #[inline(always)]
    fn token(&mut self, literals: usize, more: usize) {
        self.out.push(byte(literals.min(15) << 4 | more.min(15)));
        if literals >= 15 {
            self.extend(literals - 15);
        }
    }

    fn extend(&mut self, mut rest: usize) {
        while rest >= 255 {
            self.out.push(255);
            rest -= 255;
        }
        self.out.push(byte(rest));
    }
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "below 256 at every call")]
fn byte(value: usize) -> u8 {
    value as u8
}
