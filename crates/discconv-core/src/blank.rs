//! Is there anything in a sector?

use discconv_sector::{RAW, SectorKind, classify, user_range};

/// Is this a sector of silence, or a data sector whose user bytes are all zero?
#[must_use]
pub fn is_blank(raw: &[u8; RAW]) -> bool {
    let kind = classify(raw);
    let range = match kind {
        SectorKind::Audio => 0..RAW,
        SectorKind::Mode0 | SectorKind::Mode2Formless => 16..RAW,
        kind => user_range(kind).unwrap_or(0..RAW),
    };
    is_zero(&raw[range])
}

/// Are all bytes zero?
pub(crate) fn is_zero(bytes: &[u8]) -> bool {
    let (chunks, rest) = bytes.as_chunks::<32>();
    chunks.iter().all(|chunk| *chunk == [0; 32]) && rest.iter().all(|byte| *byte == 0)
}
