//! Descriptor tags: what says that bytes are a descriptor, and that they are whole (3/7.2, 4/7.2).

use super::wire::{self, Tag};
use discconv_sector::subchannel::crc16;

const TAG_BYTES: usize = 16;
const CHECKSUM_AT: usize = 4;

/// The tag that `bytes` begin with, if its own checksum is right.
pub(super) fn tag(bytes: &[u8]) -> Option<Tag> {
    let head = bytes.get(..TAG_BYTES)?;
    let sum = head.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    let checksum = *head.get(CHECKSUM_AT)?;
    // An empty sector has a right checksum too.
    let found: Tag = wire::read(head)?;
    (sum.wrapping_sub(checksum) == checksum && head.iter().any(|byte| *byte != 0)).then_some(found)
}

/// Is what the tag covers as it was written? A tag that covers nothing promises nothing.
pub(super) fn is_whole(tag: &Tag, bytes: &[u8]) -> bool {
    let covered = bytes.get(TAG_BYTES..).and_then(|rest| rest.get(..usize::from(tag.crc_bytes)));
    // The CRC of subchannel Q, not inverted (3/7.2.6).
    covered.is_some_and(|covered| !crc16(covered) == tag.crc || tag.crc_bytes == 0)
}

/// The identifier of the descriptor that `bytes` begin with, whole and one of `wanted`; where it says that it is, too, if
/// `location` is given. Otherwise what is there instead.
pub(super) fn check(bytes: &[u8], wanted: &[u16], location: Option<u32>) -> Result<u16, String> {
    let Some(tag) = tag(bytes) else { return Err("no descriptor tag with a right checksum".to_owned()) };
    if !wanted.contains(&tag.identifier) {
        return Err(format!("a descriptor with tag {}", tag.identifier));
    }
    if let Some(location) = location.filter(|location| *location != tag.location) {
        return Err(format!("a descriptor of block {} in block {location}", tag.location));
    }
    if !is_whole(&tag, bytes) {
        return Err(format!("a descriptor with tag {} whose CRC is not {:#06X}", tag.identifier, tag.crc));
    }
    Ok(tag.identifier)
}
