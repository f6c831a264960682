//! Tags around sound: ID3v2 before it, ID3v1 and APE behind it. None of them is sound.

use discconv_core::{ReadAt, Result};

/// Bytes of the header of ID3v2, and of its footer.
pub(crate) const ID3: usize = 10;
/// Bytes of ID3v1.
const ID3V1: u64 = 128;
/// Bytes of the footer of APEv2, and of its header.
const APE: usize = 32;
/// Tags one behind another.
const MOST_TAGS: u32 = 8;

/// The `N` bytes at `offset`; `None` where the file ends before.
pub(crate) fn bytes_at<const N: usize>(source: &dyn ReadAt, offset: u64) -> Result<Option<[u8; N]>> {
    if offset.checked_add(N as u64).is_none_or(|end| end > source.len()) {
        return Ok(None);
    }
    let mut bytes = [0; N];
    source.read_exact_at(offset, &mut bytes)?;
    Ok(Some(bytes))
}

/// Bytes of the ID3v2 tag with this header. ID3v2.4 structure, section 3.1: the length has 7 bits a byte.
pub(crate) fn id3_len(header: &[u8]) -> Option<u64> {
    let header: &[u8; ID3] = header.first_chunk()?;
    let size = &header[6..];
    if !header.starts_with(b"ID3") || header[3] == 0xFF || size.iter().any(|byte| *byte > 0x7F) {
        return None;
    }
    let footer = if header[5] & 0x10 == 0 { 0 } else { ID3 as u64 };
    Some(size.iter().fold(0, |len: u64, byte| len << 7 | u64::from(*byte)) + ID3 as u64 + footer)
}

/// Where the first byte is that belongs to no ID3v2 tag.
pub(crate) fn behind_id3(source: &dyn ReadAt) -> Result<u64> {
    let mut at = 0;
    for _ in 0..MOST_TAGS {
        let Some(len) = bytes_at::<ID3>(source, at)?.and_then(|header| id3_len(&header)) else { break };
        at += len;
    }
    Ok(at)
}

/// Where the tags at the end begin.
pub(crate) fn before_trailers(source: &dyn ReadAt) -> Result<u64> {
    let mut end = source.len();
    for _ in 0..MOST_TAGS {
        match trailer(source, end)? {
            0 => break,
            len => end -= len,
        }
    }
    Ok(end)
}

/// Bytes of the tag that ends at `end`; 0 if there is none.
fn trailer(source: &dyn ReadAt, end: u64) -> Result<u64> {
    if let Some(start) = end.checked_sub(ID3V1)
        && bytes_at::<3>(source, start)? == Some(*b"TAG")
    {
        return Ok(ID3V1);
    }
    let Some(start) = end.checked_sub(APE as u64) else { return Ok(0) };
    let Some(footer) = bytes_at::<APE>(source, start)?.filter(|footer| footer.starts_with(b"APETAGEX")) else {
        return Ok(0);
    };
    // APEv2: the size has the items and the footer; bit 31 of the flags says that there is a header as well.
    let word = |at: usize| u64::from(u32::from_le_bytes([footer[at], footer[at + 1], footer[at + 2], footer[at + 3]]));
    let len = word(12) + if word(20) & 1 << 31 == 0 { 0 } else { APE as u64 };
    Ok(if (APE as u64..=end).contains(&len) { len } else { 0 })
}
