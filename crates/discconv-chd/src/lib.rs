//! MAME's compressed hunks.

mod bits;
mod header;
mod huffman;
mod map;
mod meta;
mod wire;
