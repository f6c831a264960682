//! The outside of a frame: where it ends, and whether it may be what a block is coded as.

use crate::CodecError;

const MAGIC: u32 = 0xFD2F_B528;
/// Windows beyond this are for long distances, and memory.
const MAX_WINDOW: u64 = 8 << 20;

/// Bytes of the frame that `coded` begins with.
///
/// # Errors
/// There is no whole frame, or one that wants a dictionary or more memory than a block takes.
pub(super) fn length(coded: &[u8]) -> Result<usize, CodecError> {
    let truncated = CodecError::Truncated { length: coded.len() };
    let (magic, _) = coded.split_first_chunk().ok_or(truncated)?;
    if u32::from_le_bytes(*magic) != MAGIC {
        return Err(CodecError::Damaged { offset: 0, what: "no Zstandard frame" });
    }
    let descriptor = *coded.get(4).ok_or(truncated)?;
    let single = descriptor & 0x20 != 0;
    let size_bytes = match descriptor >> 6 {
        0 => usize::from(single),
        code => 1 << code,
    };
    let dictionary_bytes = [0, 1, 2, 4][usize::from(descriptor & 3)];
    if dictionary_bytes > 0 {
        return Err(CodecError::Damaged { offset: 4, what: "the frame needs a dictionary" });
    }
    if !single && window(*coded.get(5).ok_or(truncated)?) > MAX_WINDOW {
        return Err(CodecError::Damaged { offset: 5, what: "the frame wants a larger window than any block needs" });
    }
    let blocks = 5 + usize::from(!single) + size_bytes;
    let checksum = if descriptor & 4 != 0 { 4 } else { 0 };
    let end = skip_blocks(coded, blocks)? + checksum;
    if end > coded.len() { Err(truncated) } else { Ok(end) }
}

/// 10 bits at least, and eighths of it.
fn window(byte: u8) -> u64 {
    let base = 1 << (10 + u32::from(byte >> 3));
    base + base / 8 * u64::from(byte & 7)
}

/// Where the blocks that begin at `at` end.
fn skip_blocks(coded: &[u8], mut at: usize) -> Result<usize, CodecError> {
    loop {
        let head = coded.get(at..).and_then(<[u8]>::first_chunk::<3>);
        let [low, mid, high] = *head.ok_or(CodecError::Truncated { length: coded.len() })?;
        let head = u32::from_le_bytes([low, mid, high, 0]);
        let size = usize::try_from(head >> 3).unwrap_or(usize::MAX);
        at += 3 + match head >> 1 & 3 {
            // One byte that is repeated.
            1 => 1,
            0 | 2 => size,
            _ => return Err(CodecError::Damaged { offset: at, what: "a reserved kind of Zstandard block" }),
        };
        if head & 1 != 0 {
            return Ok(at);
        }
    }
}

/// Appends a frame of blocks that are stored: always possible.
pub(super) fn stored(input: &[u8], out: &mut Vec<u8>) {
    /// A window that large; as many bytes a block has at most.
    const BLOCK: usize = 128 << 10;
    out.extend(MAGIC.to_le_bytes());
    // No content size, no checksum; a window of 2^17.
    out.extend([0, 7 << 3]);
    let mut rest = input;
    loop {
        let (now, later) = rest.split_at(rest.len().min(BLOCK));
        let head = u32::try_from(now.len()).unwrap_or(0) << 3 | u32::from(later.is_empty());
        out.extend(&head.to_le_bytes()[..3]);
        out.extend_from_slice(now);
        rest = later;
        if rest.is_empty() {
            return;
        }
    }
}
