//! Unpacking, by the C library or by its Rust sibling.

use super::frame;
use crate::CodecError;

/// Unpacks blocks; keeps its tables.
#[derive(Default)]
pub struct Decoder {
    engine: Engine,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}

impl Decoder {
    /// A decoder of one worker.
    #[must_use]
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// Unpacks one frame into the whole of `out`. Input behind it is ignored.
    ///
    /// # Errors
    /// The frame is truncated, damaged, wants a dictionary or a window above 8 MiB, or unpacks to another length than
    /// `out.len()`.
    pub fn decode(&mut self, coded: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
        let frame = &coded[..frame::length(coded)?];
        let (found, expected) = (self.engine.decode(frame, out)?, out.len());
        if found == expected { Ok(()) } else { Err(CodecError::TooShort { found, expected }) }
    }
}

/// Neither library says where in the frame it was.
const DAMAGED: CodecError = CodecError::Damaged { offset: 0, what: "the Zstandard frame does not unpack" };

#[cfg(feature = "libzstd")]
mod engine {
    use super::DAMAGED;
    use crate::CodecError;
    use zstd_safe::DCtx;

    /// Made when it is first needed.
    #[derive(Default)]
    pub(super) struct Engine(Option<DCtx<'static>>);

    impl Engine {
        pub(super) fn decode(&mut self, frame: &[u8], out: &mut [u8]) -> Result<usize, CodecError> {
            let context = self.0.get_or_insert_with(DCtx::create);
            let expected = out.len();
            context.decompress(out, frame).map_err(|code| too_long(code, expected))
        }
    }

    fn too_long(code: usize, expected: usize) -> CodecError {
        if zstd_safe::get_error_name(code).starts_with("Destination buffer is too small") {
            CodecError::TooLong { expected }
        } else {
            DAMAGED
        }
    }
}

#[cfg(not(feature = "libzstd"))]
mod engine {
    use super::DAMAGED;
    use crate::CodecError;
    use ruzstd::decoding::FrameDecoder;
    use ruzstd::decoding::errors::FrameDecoderError;

    pub(super) struct Engine(FrameDecoder);

    impl Default for Engine {
        fn default() -> Engine {
            Engine(FrameDecoder::new())
        }
    }

    impl Engine {
        pub(super) fn decode(&mut self, frame: &[u8], out: &mut [u8]) -> Result<usize, CodecError> {
            let expected = out.len();
            self.0.decode_all(frame, out).map_err(|error| match error {
                FrameDecoderError::TargetTooSmall => CodecError::TooLong { expected },
                _ => DAMAGED,
            })
        }
    }
}

use engine::Engine;
