//! Unpacking, straight into the slice that also is the dictionary.

use super::model::{Lengths, MIN_MATCH, Model, State};
use super::range::Range;
use crate::CodecError;

/// Unpacks blocks; keeps its tables.
#[derive(Debug, Default)]
pub struct Decoder {
    model: Box<Model>,
}

/// What a distance of all ones says.
const END_MARKER: u32 = u32::MAX;

impl Decoder {
    /// A decoder of one worker.
    #[must_use]
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// Unpacks one block into the whole of `out`. An end marker may follow; input behind the block is ignored.
    ///
    /// # Errors
    /// The block is truncated, damaged, or unpacks to another length than `out.len()`.
    pub fn decode(&mut self, coded: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
        self.model.reset();
        let mut range = Range::new(coded)?;
        let result = unpack(&mut self.model, &mut range, out);
        // What was decoded from bytes that are not there says nothing.
        if range.overran() { Err(CodecError::Truncated { length: coded.len() }) } else { result }
    }
}

fn unpack(model: &mut Model, range: &mut Range<'_>, out: &mut [u8]) -> Result<(), CodecError> {
    let (mut at, expected) = (0, out.len());
    let mut state = State::START;
    let mut distances = [0_u32; 4];
    while at < expected {
        let pos = at & 3;
        if !range.bit(&mut model.is_match[state.index()][pos]) {
            out[at] = literal(model, range, state, distances[0], &out[..at]);
            at += 1;
            state = state.after_literal();
            continue;
        }
        let length = if range.bit(&mut model.is_rep[state.index()]) {
            let length = repeated(model, range, state, pos, &mut distances);
            state = if length == 1 { state.after_short_repeat() } else { state.after_repeat() };
            length
        } else {
            let length = length(&mut model.match_lengths, range, pos);
            let distance = distance(model, range, length);
            if distance == END_MARKER {
                return Err(CodecError::TooShort { found: at, expected });
            }
            distances = [distance, distances[0], distances[1], distances[2]];
            state = state.after_match();
            length
        };
        copy(out, at, distances[0], length).map_err(|error| error.at(range.offset(), expected))?;
        at += length;
    }
    finish(model, range, state, expected)
}

/// There is nothing more, or the end marker.
fn finish(model: &mut Model, range: &mut Range<'_>, state: State, expected: usize) -> Result<(), CodecError> {
    let pos = expected & 3;
    if range.is_finished() {
        return Ok(());
    }
    if range.bit(&mut model.is_match[state.index()][pos]) && !range.bit(&mut model.is_rep[state.index()]) {
        let length = length(&mut model.match_lengths, range, pos);
        if distance(model, range, length) == END_MARKER {
            // The encoder's last byte is a part of the block.
            range.is_finished();
            return Ok(());
        }
    }
    Err(CodecError::TooLong { expected })
}

#[inline(always)]
fn literal(model: &mut Model, range: &mut Range<'_>, state: State, distance: u32, before: &[u8]) -> u8 {
    let last = before.last().copied().unwrap_or(0);
    let probs = &mut model.literal[usize::from(last >> 5)];
    if state.is_after_literal() {
        return range.literal(&mut probs[0]);
    }
    let other = before.len().checked_sub(usize::try_from(distance).unwrap_or(usize::MAX).saturating_add(1));
    range.matched(probs, other.map_or(0, |other| before[other]))
}

/// A distance of the last four once more; the length, 1 for a single byte.
fn repeated(model: &mut Model, range: &mut Range<'_>, state: State, pos: usize, distances: &mut [u32; 4]) -> usize {
    let index = state.index();
    if !range.bit(&mut model.is_rep0[index]) {
        if !range.bit(&mut model.is_rep0_long[index][pos]) {
            return 1;
        }
    } else if !range.bit(&mut model.is_rep1[index]) {
        distances.swap(0, 1);
    } else if !range.bit(&mut model.is_rep2[index]) {
        distances[..3].rotate_right(1);
    } else {
        distances.rotate_right(1);
    }
    length(&mut model.repeat_lengths, range, pos)
}

fn length(lengths: &mut Lengths, range: &mut Range<'_>, pos: usize) -> usize {
    MIN_MATCH
        + if !range.bit(&mut lengths.choice) {
            range.tree(&mut lengths.low[pos])
        } else if !range.bit(&mut lengths.choice2) {
            8 + range.tree(&mut lengths.mid[pos])
        } else {
            16 + range.tree(&mut lengths.high)
        }
}

/// A new distance, less one.
fn distance(model: &mut Model, range: &mut Range<'_>, length: usize) -> u32 {
    let slot = range.tree(&mut model.slot[(length - MIN_MATCH).min(3)]);
    let Some(bits) = (slot >> 1).checked_sub(1).filter(|bits| *bits > 0) else {
        return u32::try_from(slot).unwrap_or(0);
    };
    let bits = u32::try_from(bits).unwrap_or(0);
    let high = (2 | u32::from(slot & 1 != 0)) << bits;
    match model.special.get_mut(slot - 4) {
        Some(probs) => high | range.reverse(probs, bits),
        None => high | range.direct(bits - 4) << 4 | range.reverse(&mut model.align, 4),
    }
}

enum Misfit {
    BeforeStart,
    BehindEnd,
}

impl Misfit {
    fn at(self, offset: usize, expected: usize) -> CodecError {
        match self {
            Misfit::BeforeStart => CodecError::Damaged { offset, what: "a match points before the start of the block" },
            Misfit::BehindEnd => CodecError::TooLong { expected },
        }
    }
}

/// The bytes from `distance` and one before `at` once more.
#[inline(always)]
fn copy(out: &mut [u8], at: usize, distance: u32, length: usize) -> Result<(), Misfit> {
    let distance = usize::try_from(distance).unwrap_or(usize::MAX).saturating_add(1);
    let from = at.checked_sub(distance).ok_or(Misfit::BeforeStart)?;
    if length > out.len() - at {
        return Err(Misfit::BehindEnd);
    }
    if distance >= length {
        out.copy_within(from..from + length, at);
    } else if distance == 1 {
        let byte = out[from];
        out[at..at + length].fill(byte);
    } else {
        // The match reaches into itself.
        for place in at..at + length {
            out[place] = out[place - distance];
        }
    }
    Ok(())
}
