//! Reading a deflate stream symbol by symbol: to recode it, and to say what is wrong with a bad one.

use super::tables::{CODE_LENGTH_ORDER, DISTANCE_BASE, DISTANCE_EXTRA, LENGTH_BASE, LENGTH_EXTRA, MAX_BITS};
use crate::CodecError;

/// What a reader of streams learns, in order.
pub(super) trait Sink {
    /// One byte as it is.
    fn literal(&mut self, byte: u8);
    /// `length` bytes (3 to 258) from `distance` bytes back (1 to 32768).
    fn copy(&mut self, length: usize, distance: usize);
    /// A block ends here.
    fn end_of_block(&mut self) {}
}

/// For those who only want to know whether the stream is good.
pub(super) struct Nobody;

impl Sink for Nobody {
    fn literal(&mut self, _: u8) {}
    fn copy(&mut self, _: usize, _: usize) {}
}

/// Reads a whole stream that should unpack to `expected` bytes and returns the bytes of input it takes.
pub(super) fn read(input: &[u8], expected: usize, sink: &mut impl Sink) -> Result<usize, CodecError> {
    let mut reader = Reader { input, at: 0, held: 0, count: 0, produced: 0, expected };
    loop {
        let last = reader.bits(1)? == 1;
        match reader.bits(2)? {
            0 => reader.stored(sink)?,
            1 => {
                let (literals, distances) = fixed();
                reader.coded(&literals, &distances, sink)?;
            }
            2 => {
                let (literals, distances) = reader.header()?;
                reader.coded(&literals, &distances, sink)?;
            }
            _ => return Err(reader.damaged("a deflate block of type 3")),
        }
        sink.end_of_block();
        if last {
            break;
        }
    }
    if reader.produced < expected {
        return Err(CodecError::TooShort { found: reader.produced, expected });
    }
    Ok(reader.at - reader.count / 8)
}

/// A canonical code: how many codes of each length there are, and the symbols in order of their codes.
struct Code {
    counts: [u16; MAX_BITS + 1],
    symbols: [u16; 288],
}

impl Code {
    /// `None` where the lengths cannot be a prefix code. An incomplete one is accepted as zlib does: one code of one bit, or
    /// (distances) none.
    fn new(lengths: &[u8], literals: bool) -> Option<Code> {
        let mut code = Code { counts: [0; MAX_BITS + 1], symbols: [0; 288] };
        for &length in lengths {
            code.counts[usize::from(length)] += 1;
        }
        let used = lengths.len() - usize::from(code.counts[0]);
        code.counts[0] = 0;
        let mut left = 1i32;
        for count in &code.counts[1..] {
            left = 2 * left - i32::from(*count);
            if left < 0 {
                return None;
            }
        }
        let single = used == 1 && code.counts[1] == 1;
        if left > 0 && !single && (used > 0 || literals) {
            return None;
        }
        let mut starts = [0usize; MAX_BITS + 2];
        for length in 1..=MAX_BITS {
            starts[length + 1] = starts[length] + usize::from(code.counts[length]);
        }
        for (symbol, &length) in (0u16..).zip(lengths) {
            if length > 0 {
                let place = &mut starts[usize::from(length)];
                code.symbols[*place] = symbol;
                *place += 1;
            }
        }
        Some(code)
    }
}

/// The code that needs no header (RFC 1951, 3.2.6).
fn fixed() -> (Code, Code) {
    let lengths = super::tables::fixed_literal_lengths();
    let none = || Code { counts: [0; MAX_BITS + 1], symbols: [0; 288] };
    (Code::new(&lengths, true).unwrap_or_else(none), Code::new(&[5; 32], false).unwrap_or_else(none))
}

struct Reader<'a> {
    input: &'a [u8],
    at: usize,
    held: u64,
    count: usize,
    produced: usize,
    expected: usize,
}

impl Reader<'_> {
    fn damaged(&self, what: &'static str) -> CodecError {
        CodecError::Damaged { offset: self.at - self.count / 8, what }
    }

    /// Up to 16 bits, least significant first.
    fn bits(&mut self, wanted: u8) -> Result<usize, CodecError> {
        let wanted = usize::from(wanted);
        while self.count < wanted {
            let byte = self.input.get(self.at).ok_or(CodecError::Truncated { length: self.input.len() })?;
            self.held |= u64::from(*byte) << self.count;
            self.count += 8;
            self.at += 1;
        }
        let value = self.held & ((1 << wanted) - 1);
        self.held >>= wanted;
        self.count -= wanted;
        Ok(usize::try_from(value).unwrap_or(0))
    }

    /// The next symbol: bit by bit, as RFC 1951, 3.2.2 builds the codes.
    fn symbol(&mut self, code: &Code) -> Result<usize, CodecError> {
        let (mut value, mut first, mut index) = (0usize, 0usize, 0usize);
        for count in &code.counts[1..] {
            value |= self.bits(1)?;
            let count = usize::from(*count);
            if value < first + count {
                return Ok(usize::from(code.symbols[index + value - first]));
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        Err(self.damaged("a code that the block's header does not define"))
    }

    /// Room for `count` more bytes of output.
    fn produce(&mut self, count: usize) -> Result<(), CodecError> {
        if count > self.expected - self.produced {
            return Err(CodecError::TooLong { expected: self.expected });
        }
        self.produced += count;
        Ok(())
    }

    fn stored(&mut self, sink: &mut impl Sink) -> Result<(), CodecError> {
        self.at -= self.count / 8;
        (self.held, self.count) = (0, 0);
        let (length, complement) = (self.bits(16)?, self.bits(16)?);
        if length ^ complement != 0xFFFF {
            return Err(self.damaged("the length of a stored block and its complement disagree"));
        }
        let bytes = self.input.get(self.at..self.at + length).ok_or(CodecError::Truncated { length: self.input.len() })?;
        self.produce(length)?;
        bytes.iter().for_each(|byte| sink.literal(*byte));
        self.at += length;
        Ok(())
    }

    /// The two codes of a block that brings its own (RFC 1951, 3.2.7).
    fn header(&mut self) -> Result<(Code, Code), CodecError> {
        let (literals, distances, lengths) = (self.bits(5)? + 257, self.bits(5)? + 1, self.bits(4)? + 4);
        if literals > 286 {
            return Err(self.damaged("more than 286 literal and length codes"));
        }
        let mut code_lengths = [0; 19];
        for place in &CODE_LENGTH_ORDER[..lengths] {
            code_lengths[*place] = u8::try_from(self.bits(3)?).unwrap_or(0);
        }
        let code = Code::new(&code_lengths, true).ok_or_else(|| self.damaged("the code of the code lengths is no code"))?;
        let mut all = [0; 286 + 32];
        let total = literals + distances;
        let mut filled = 0;
        while filled < total {
            let (value, times) = match self.symbol(&code)? {
                16 if filled == 0 => return Err(self.damaged("a repeated code length with none before it")),
                16 => (all[filled - 1], 3 + self.bits(2)?),
                17 => (0, 3 + self.bits(3)?),
                18 => (0, 11 + self.bits(7)?),
                length => (u8::try_from(length).unwrap_or(0), 1),
            };
            let run = all[..total].get_mut(filled..filled + times);
            run.ok_or_else(|| self.damaged("more code lengths than codes"))?.fill(value);
            filled += times;
        }
        if all[256] == 0 {
            return Err(self.damaged("no code for the end of the block"));
        }
        let literal_code = Code::new(&all[..literals], true).ok_or_else(|| self.damaged("the literal code is no code"))?;
        let distance_code =
            Code::new(&all[literals..total], false).ok_or_else(|| self.damaged("the distance code is no code"))?;
        Ok((literal_code, distance_code))
    }

    fn coded(&mut self, literals: &Code, distances: &Code, sink: &mut impl Sink) -> Result<(), CodecError> {
        loop {
            let symbol = self.symbol(literals)?;
            if let Ok(byte) = u8::try_from(symbol) {
                self.produce(1)?;
                sink.literal(byte);
                continue;
            }
            if symbol == 256 {
                return Ok(());
            }
            let slot = symbol - 257;
            let Some(extra) = LENGTH_EXTRA.get(slot) else { return Err(self.damaged("a length code above 285")) };
            let length = LENGTH_BASE[slot] + self.bits(*extra)?;
            let slot = self.symbol(distances)?;
            let Some(extra) = DISTANCE_EXTRA.get(slot) else { return Err(self.damaged("a distance code above 29")) };
            let distance = DISTANCE_BASE[slot] + self.bits(*extra)?;
            if distance > self.produced {
                return Err(self.damaged("a match points before the start of the block"));
            }
            self.produce(length)?;
            sink.copy(length, distance);
        }
    }
}
