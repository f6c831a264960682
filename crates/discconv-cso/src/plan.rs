//! From the plan of an image to the plan of the file around it.

use crate::encode::{CisoMaker, Codecs, DaxMaker, Encoder, dax_tables, level};
use crate::wire::{CISO, CISO_HEADER, CisoHeader, DAX_BLOCK, ZISO};
use discconv_core::{At, Codec, Error, Index, Part, Piece, Plan, PlannedFile, Result, Role, WriteOptions};
use std::sync::Arc;

/// The smallest block, and the one that all programs read.
const COMMON_BLOCK: u32 = 2048;
/// From this length on small blocks make for a long index and slow seeking.
const LARGE: u64 = 2 << 30;
/// Bytes of a block from there on, where programs take that.
const LARGE_BLOCK: u32 = 16 << 10;
/// The largest block that maxcso reads.
const LARGEST_BLOCK: u32 = 256 << 10;
/// As many blocks as any reader here takes.
const MOST_BLOCKS: u64 = 1 << 24;

/// A kind of CISO or ZISO to write.
pub(crate) struct Target {
    id: &'static str,
    extensions: &'static [&'static str],
    magic: &'static [u8; 4],
    version: u8,
    codecs: Codecs,
    /// Bytes of a block of a large image.
    large_block: u32,
}

pub(crate) const CSO: Target = Target {
    id: crate::CSO.id,
    extensions: crate::CSO.extensions,
    magic: CISO,
    version: 1,
    codecs: Codecs::Deflate,
    large_block: LARGE_BLOCK,
};

pub(crate) const CSO2: Target =
    Target { id: crate::CSO2.id, extensions: crate::CSO2.extensions, version: 2, codecs: Codecs::Both, ..CSO };

pub(crate) const ZSO: Target = Target {
    id: crate::ZSO.id,
    extensions: crate::ZSO.extensions,
    magic: ZISO,
    version: 1,
    codecs: Codecs::Lz4,
    // OPL knows no other.
    large_block: COMMON_BLOCK,
};

/// How an image is cut and addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) content_bytes: u64,
    pub(crate) block_bytes: u32,
    pub(crate) shift: u8,
}

impl Layout {
    /// With the smallest shift that is enough whatever the blocks are packed to. It must be known before the first is.
    pub(crate) fn new(content_bytes: u64, block_bytes: u32) -> Layout {
        let fits = |shift: &u8| {
            let layout = Layout { content_bytes, block_bytes, shift: *shift };
            layout.data_at() + layout.blocks() * u64::from(block_bytes) < 1 << (31 + shift)
        };
        // 2048 bytes and more are a multiple of every such unit.
        let shift = (0..=11).find(fits).unwrap_or(11);
        Layout { content_bytes, block_bytes, shift }
    }

    pub(crate) fn blocks(&self) -> u64 {
        self.content_bytes.div_ceil(u64::from(self.block_bytes))
    }

    /// Where the first block begins.
    pub(crate) fn data_at(&self) -> u64 {
        (CISO_HEADER as u64 + (self.blocks() + 1) * 4).next_multiple_of(1 << self.shift)
    }

    /// The file that holds `pieces` so.
    pub(crate) fn file(self, target: &Target, name: String, pieces: Vec<Piece>, mode: &WriteOptions) -> PlannedFile {
        let Layout { content_bytes, block_bytes, shift } = self;
        let header_bytes = u32::try_from(CISO_HEADER).unwrap_or(0);
        let header =
            CisoHeader { magic: *target.magic, header_bytes, content_bytes, block_bytes, version: target.version, shift };
        let encoder = Encoder { codecs: target.codecs, level: level(mode.level), block_bytes, shift };
        let parts = vec![
            Part::Plain(Piece::Zeros(self.data_at())),
            Part::Blocks { input: pieces, block_bytes, codec: Codec(Arc::new(encoder)) },
            Part::Align(1 << shift),
        ];
        let index = Index(Arc::new(CisoMaker { header, file: name.clone() }));
        PlannedFile { name, role: Role::Data, parts, index: Some(index) }
    }
}

/// Put the image into a CSO or ZSO.
pub(crate) fn ciso(inner: Plan, options: &WriteOptions, target: &Target) -> Result<Plan> {
    let (file, content_bytes) = image(&inner, options)?;
    let block_bytes = block_bytes(&file, content_bytes, options, target)?;
    let layout = Layout::new(content_bytes, block_bytes);
    if layout.blocks() > MOST_BLOCKS {
        let what = format!(
            "{content_bytes} bytes are {} blocks of {block_bytes} bytes; at most {MOST_BLOCKS} are read",
            layout.blocks()
        );
        return Err(does_not_fit(&file, what, "choose larger blocks with --block"));
    }
    let mut plan = inner
        .wrapped(target.id, |stem, pieces| Ok(layout.file(target, named(stem, options, target.extensions), pieces, options)))?;
    if !content_bytes.is_multiple_of(u64::from(block_bytes)) {
        let text =
            format!("the image is no multiple of {block_bytes} bytes: some programs refuse such files (--block 2048 suits all)");
        plan.notes.push(text);
    }
    Ok(plan)
}

/// Put the image into a DAX.
pub(crate) fn dax(inner: Plan, options: &WriteOptions) -> Result<Plan> {
    let (file, content_bytes) = image(&inner, options)?;
    if let Some(other) = options.block.filter(|block| *block != DAX_BLOCK) {
        return Err(Error::unsupported(&file, At::Whole, format!("DAX has no blocks of {other} bytes"))
            .with_hint(format!("leave --block away: all blocks of a DAX have {DAX_BLOCK} bytes")));
    }
    let Ok(content_bytes) = u32::try_from(content_bytes) else {
        let what = format!("{content_bytes} bytes are more than a DAX can say, which ends below 4 GiB");
        return Err(does_not_fit(&file, what, "convert it to .cso, which has no such limit"));
    };
    let mut plan = inner.wrapped(crate::DAX.id, |stem, pieces| {
        let name = named(stem, options, crate::DAX.extensions);
        let encoder = Encoder { codecs: Codecs::Zlib, level: level(options.level), block_bytes: DAX_BLOCK, shift: 0 };
        let parts = vec![
            Part::Plain(Piece::Zeros(dax_tables(content_bytes))),
            Part::Blocks { input: pieces, block_bytes: DAX_BLOCK, codec: Codec(Arc::new(encoder)) },
        ];
        let index = Index(Arc::new(DaxMaker { content_bytes, file: name.clone() }));
        Ok(PlannedFile { name, role: Role::Data, parts, index: Some(index) })
    })?;
    if !content_bytes.is_multiple_of(DAX_BLOCK) {
        let left = content_bytes % DAX_BLOCK;
        plan.notes
            .push(format!("the image is no multiple of {DAX_BLOCK} bytes: the PSP (ARK) does not reach its last {left} bytes"));
    }
    Ok(plan)
}

/// What the image would have been called, and its length.
fn image(inner: &Plan, options: &WriteOptions) -> Result<(String, u64)> {
    let file = inner.files.first().map_or("", |file| file.name.as_str()).to_owned();
    if let Some(other) = options.sector.filter(|sector| *sector != 2048) {
        return Err(Error::unsupported(&file, At::Whole, format!("no image of {other} bytes a sector is put into such a file"))
            .with_hint("leave --sector away: programs expect 2048 bytes a sector inside"));
    }
    let content_bytes = inner.total_bytes();
    if content_bytes == 0 {
        return Err(does_not_fit(&file, "there is no sector to store".to_owned(), "convert it to .cue"));
    }
    Ok((file, content_bytes))
}

fn block_bytes(file: &str, content_bytes: u64, options: &WriteOptions, target: &Target) -> Result<u32> {
    match options.block {
        Some(block) if block.is_power_of_two() && (COMMON_BLOCK..=LARGEST_BLOCK).contains(&block) => Ok(block),
        Some(block) => Err(Error::unsupported(file, At::Whole, format!("blocks of {block} bytes cannot be written"))
            .with_hint(format!("--block takes a power of two from {COMMON_BLOCK} to {LARGEST_BLOCK}"))),
        None if content_bytes < LARGE => Ok(COMMON_BLOCK),
        None => {
            // Some programs refuse a last block that is not whole.
            let mut block = target.large_block;
            while block > COMMON_BLOCK && !content_bytes.is_multiple_of(u64::from(block)) {
                block /= 2;
            }
            Ok(block)
        }
    }
}

fn named(stem: &str, options: &WriteOptions, extensions: &[&str]) -> String {
    let usual = extensions.first().copied().unwrap_or_default();
    let extension = if options.extension.is_empty() { usual } else { &options.extension };
    format!("{stem}.{extension}")
}

fn does_not_fit(file: &str, what: String, hint: &str) -> Error {
    Error::DoesNotFit { file: file.to_owned(), what, hint: Some(hint.to_owned()) }
}

#[cfg(test)]
mod tests;
