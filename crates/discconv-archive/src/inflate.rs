//! Deflate in steps, from a state that can be kept.

use crate::feed::Feed;
use discconv_core::Error;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress_with_limit, inflate_flags::TINFL_FLAG_HAS_MORE_INPUT};
use std::ops::Range;

/// How far back a match reaches, and what comes out of one step at most.
const WINDOW: usize = 32 << 10;

/// Why nothing more comes out.
#[derive(Debug)]
pub(crate) enum Flaw {
    /// The source could not be read.
    Source(Error),
    /// The file ends too early.
    Cut,
    /// What is there at that byte of the file cannot be, for a reason in words.
    Broken(u64, String),
}

impl From<Error> for Flaw {
    fn from(error: Error) -> Flaw {
        Flaw::Source(error)
    }
}

/// One deflate stream, somewhere in it: some 43 KB.
#[derive(Clone)]
pub(crate) struct Inflate {
    decoder: Box<DecompressorOxide>,
    /// The last bytes that came out, in a ring.
    window: Box<[u8]>,
    next: usize,
    /// The next byte of the source.
    pub(crate) at: u64,
    pub(crate) done: bool,
}

impl Inflate {
    /// The stream that begins at byte `at` of the source.
    pub(crate) fn new(at: u64) -> Inflate {
        let window = vec![0; WINDOW].into_boxed_slice();
        Inflate { decoder: Box::default(), window, next: 0, at, done: false }
    }

    /// Forget all, for the stream that begins at `at`.
    pub(crate) fn begin(&mut self, at: u64) {
        self.decoder.init();
        (self.next, self.at, self.done) = (0, at, false);
    }

    /// Unpack at least one byte and at most `most`, unless the stream ends; where they are in the window.
    pub(crate) fn step(&mut self, feed: &mut Feed, most: usize) -> Result<Range<usize>, Flaw> {
        while !self.done {
            let end = feed.end();
            let input = feed.bytes(self.at)?;
            let more = self.at + (input.len() as u64) < end;
            let flags = if more { TINFL_FLAG_HAS_MORE_INPUT } else { 0 };
            let (status, used, made) = decompress_with_limit(&mut self.decoder, input, &mut self.window, self.next, most, flags);
            self.at += used as u64;
            let range = self.next..self.next + made;
            self.next = range.end % WINDOW;
            match status {
                TINFLStatus::Done => self.done = true,
                TINFLStatus::HasMoreOutput | TINFLStatus::NeedsMoreInput if made > 0 || used > 0 => {}
                TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput if made == 0 => return Err(Flaw::Cut),
                TINFLStatus::FailedCannotMakeProgress => {}
                _ if made == 0 => return Err(Flaw::Broken(self.at, "deflate data that cannot be".to_owned())),
                _ => {}
            }
            if made > 0 {
                return Ok(range);
            }
        }
        Ok(0..0)
    }

    /// The bytes of the window, of which the last step told where it put them.
    pub(crate) fn window(&self) -> &[u8] {
        &self.window
    }
}
