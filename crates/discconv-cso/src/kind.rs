//! What a file is by its first bytes. `CISO` begins three formats that have nothing else in common.

use crate::ciso;
use crate::wire::{CISO, CISO_FLAG, CISO_HEADER, DAX, JISO, ZISO};
use discconv_codec::lz4;
use discconv_core::{At, Error, ReadAt};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Also what begins like a CSO and is damaged.
    Cso,
    Cso2,
    Zso,
    Dax,
    Jso,
    /// The GameCube's and Wii's CISO.
    Nintendo,
    /// The Xbox's CSO.
    Xbox,
}

/// The header of Nintendo's CISO: magic, bytes of a block, then for each block whether it is there.
const NINTENDO_HEADER: usize = 0x8000;
/// The smallest block seen in one.
const NINTENDO_BLOCK: u32 = 0x8000;

/// What begins with `head`, which has 64 KiB where the file has.
pub(crate) fn of(head: &[u8], source: &dyn ReadAt) -> Option<Kind> {
    match head.first_chunk()? {
        ZISO => Some(Kind::Zso),
        DAX => Some(Kind::Dax),
        JISO => Some(Kind::Jso),
        CISO if is_nintendo(head) => Some(Kind::Nintendo),
        CISO if head.get(0x14) == Some(&2) => Some(if is_xbox(head, source) { Kind::Xbox } else { Kind::Cso2 }),
        CISO => Some(Kind::Cso),
        _ => None,
    }
}

/// No CSO has a header that is as long as a block, nor anything but its own length in these bytes.
fn is_nintendo(head: &[u8]) -> bool {
    let (Some(block), Some(map)) = (word(head, 4), head.get(8..NINTENDO_HEADER)) else { return false };
    block >= NINTENDO_BLOCK && block.is_power_of_two() && map[0] == 1 && map.iter().all(|there| *there <= 1)
}

/// The Xbox's blocks are LZ4 with the length of an LZ4 frame's block before it, up to the padding. By chance that may be so
/// in a bare block too, but then it is one that unpacks.
fn is_xbox(head: &[u8], source: &dyn ReadAt) -> bool {
    let (Some(block_bytes), Some(shift)) = (word(head, 0x10), head.get(0x15)) else { return false };
    let Ok(block_bytes) = usize::try_from(block_bytes) else { return false };
    if !(ciso::LEAST_BLOCK..=ciso::LARGEST_COMMON_BLOCK).contains(&block_bytes) || *shift > ciso::LARGEST_SHIFT {
        return false;
    }
    let entries = head.get(CISO_HEADER..).unwrap_or_default().as_chunks::<4>().0;
    let packed = entries.windows(2).map(|pair| [pair[0], pair[1]].map(u32::from_le_bytes)).find(|[a, _]| a & CISO_FLAG != 0);
    let Some([start, end]) = packed.map(|pair| pair.map(|entry| u64::from(entry & !CISO_FLAG) << shift)) else { return false };
    let Some(len) = end.checked_sub(start).and_then(|len| usize::try_from(len).ok()).filter(|len| *len < block_bytes) else {
        return false;
    };
    let mut block = vec![0; len];
    if source.read_exact_at(start, &mut block).is_err() {
        return false;
    }
    let Some(told) = word(&block, 0).and_then(|told| usize::try_from(told).ok()) else { return false };
    let padding = len.checked_sub(4).and_then(|rest| rest.checked_sub(told));
    padding.is_some_and(|padding| padding < 1 << shift) && lz4::decode(&block, &mut vec![0; block_bytes]).is_err()
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// Refusal of what shares only the first four bytes.
pub(crate) fn foreign(kind: Kind, file: &str) -> Option<Error> {
    let (what, hint) = match kind {
        Kind::Nintendo => (
            "this is the CISO of a GameCube or Wii disc, which has nothing but its first four bytes in common with a CSO",
            "make a plain ISO of it with Dolphin or nodtool",
        ),
        Kind::Xbox => (
            "this is the CSO of an Xbox disc, whose blocks are coded otherwise than those of a PSP's or PS2's CSO",
            "make a plain ISO of it with xdvdfs or Repackinator",
        ),
        _ => return None,
    };
    Some(Error::unsupported(file, At::Whole, what).with_hint(hint))
}
