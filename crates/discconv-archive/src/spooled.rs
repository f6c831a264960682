//! What cannot be unpacked at random is unpacked once, in order, into the room that the host gives.

use crate::inflate::Flaw;
use crate::restart::too_much;
use discconv_core::{Error, Input, ReadAt, Result};
use std::io::{ErrorKind, Read};
use std::sync::Arc;

/// Bytes that are unpacked at a time.
const PIECE: usize = 256 << 10;

/// A decoder around a [`crate::feed::Reader`].
pub(crate) trait Decoder: Read {
    /// How far it has read.
    fn at(&mut self) -> u64;

    /// Why reading failed, if it was the source.
    fn failure(&mut self) -> Option<Error>;
}

/// What came out.
pub(crate) struct Unpacked {
    pub(crate) source: Arc<dyn ReadAt>,
    /// Why it ended early.
    pub(crate) flaw: Option<Flaw>,
}

/// All that `decoder` gives, of which `expected` bytes are promised if that is known; `see` is shown all of it.
///
/// # Errors
/// What the source or the room says; [`discconv_core::Error::Limit`] if more comes out than is accepted or was promised.
pub(crate) fn unpack(
    input: &Input<'_>,
    expected: Option<u64>,
    decoder: &mut dyn Decoder,
    see: &mut dyn FnMut(&[u8]),
) -> Result<Unpacked> {
    too_much(input, expected.unwrap_or(0))?;
    let mut room = input.spool.begin(input.source.name(), expected)?;
    let mut piece = vec![0; PIECE];
    let mut len = 0;
    let flaw = loop {
        match decoder.read(&mut piece) {
            Ok(0) => break None,
            Ok(read) => {
                len += read as u64;
                too_much(input, len)?;
                // One byte too many is enough to know.
                if let Some(expected) = expected.filter(|expected| len > *expected) {
                    let at = decoder.at();
                    break Some(Flaw::Broken(at, format!("more content than the {expected} bytes that are promised")));
                }
                let bytes = piece.get(..read).unwrap_or_default();
                see(bytes);
                room.append(bytes)?;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => match decoder.failure() {
                Some(failure) => return Err(failure),
                None if error.kind() == ErrorKind::UnexpectedEof => break Some(Flaw::Cut),
                None => break Some(Flaw::Broken(decoder.at(), printable(&error.to_string()))),
            },
        }
    };
    Ok(Unpacked { source: room.finish()?, flaw })
}

/// What a decoder says, as a part of a sentence.
fn printable(text: &str) -> String {
    format!("data that cannot be unpacked ({})", discconv_core::error::printable(text))
}
