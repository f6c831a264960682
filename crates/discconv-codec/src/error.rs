/// Why a block does not unpack to the bytes it should. Offsets count from the start of the compressed block.
///
/// The texts begin in the middle of a sentence: the caller knows the file and the block and puts them in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// The input ends before the block does.
    #[error("the compressed data ends after {length} bytes, in the middle of the block")]
    Truncated {
        /// Bytes of input there were.
        length: usize,
    },
    /// The block ends before the output is full.
    #[error("it unpacks to {found} bytes; expected {expected}")]
    TooShort {
        /// Bytes the block unpacks to.
        found: usize,
        /// Bytes asked for.
        expected: usize,
    },
    /// The block goes on after the output is full.
    #[error("it unpacks to more than the expected {expected} bytes")]
    TooLong {
        /// Bytes asked for.
        expected: usize,
    },
    /// Bytes that no encoder writes.
    #[error("the compressed data is damaged at byte {offset}: {what}")]
    Damaged {
        /// Where the decoder stood, at most a few bytes behind the fault.
        offset: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// All bytes are there but they are not the ones that were packed.
    #[error("its checksum is {found:08X}; expected {expected:08X}")]
    Checksum {
        /// Of the unpacked bytes.
        found: u32,
        /// As the block says.
        expected: u32,
    },
}
