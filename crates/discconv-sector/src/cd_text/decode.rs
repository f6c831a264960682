//! From packs to texts.

use super::Block;

/// The texts of all blocks, in the order of their numbers.
#[must_use]
pub fn decode(packs: &[[u8; 18]]) -> Vec<Block> {
    let _ = packs;
    Vec::new()
}
