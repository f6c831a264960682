//! bzip2: blocks of 900 kB at most, which begin at any bit, with CRC-32s that its decoder checks. Streams may follow one
//! another.

use crate::feed::Reader;
use crate::spooled::{Decoder, unpack};
use bzip2::read::MultiBzDecoder;
use discconv_core::{Error, Format, FormatInfo, Input, Opened, Peek, Result, Score};

/// bzip2 files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bzip2;

static INFO: FormatInfo = FormatInfo {
    id: "bzip2",
    name: "bzip2 file",
    extensions: &["bz2"],
    checks: "the CRC-32 of each block",
    spec: "bzip2 1.0.8 as it behaves",
    ..crate::WRAPPER
};

/// Behind `BZh` and a digit: a block, or the end of a stream.
const BLOCKS: [[u8; 6]; 2] = [[0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]];

impl Format for Bzip2 {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        let head = peek.head.strip_prefix(b"BZh").and_then(|rest| rest.split_first());
        let right =
            head.is_some_and(|(level, rest)| (b'1'..=b'9').contains(level) && BLOCKS.iter().any(|id| rest.starts_with(id)));
        crate::score(peek, &INFO, right)
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        let mut decoder = Bunzip(MultiBzDecoder::new(Reader::new(&input.source, 0..input.source.len())));
        crate::opened(input, &INFO, unpack(input, None, &mut decoder, &mut |_| ())?)
    }
}

/// A decoder of bzip2.
pub(crate) struct Bunzip(pub(crate) MultiBzDecoder<Reader>);

impl std::io::Read for Bunzip {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(out)
    }
}

impl Decoder for Bunzip {
    fn at(&mut self) -> u64 {
        self.0.get_mut().at()
    }

    fn failure(&mut self) -> Option<Error> {
        self.0.get_mut().failure()
    }
}
