//! A plain image put into an ISZ file.

use crate::encode::{Encoder, Frame};
use crate::table::MAX_CONTENT;
use discconv_codec::Level;
use discconv_core::{At, Codec, ConversionMode, Error, Index, Part, Piece, Plan, PlannedFile, Result, Role, WriteOptions};
use std::sync::Arc;

/// Bytes of a sector of the content, and of the grid of chunks.
const SECTOR: u64 = 2048;
/// Bytes of a chunk unless asked for otherwise.
const CHUNK: u32 = 256 << 10;
/// Entries of three bytes tell lengths below that.
const CHUNK_BELOW: u32 = 4 << 20;
/// Chunks that our own reader takes, with its usual limits.
const MAX_CHUNKS: u64 = 1 << 24;

/// The file of `inner` as an ISZ image called `stem`.
///
/// # Errors
/// [`Error::Unsupported`] for sectors of other than 2048 bytes and for chunks that cannot be; [`Error::DoesNotFit`] for
/// content that is too long or not of such sectors.
pub(crate) fn wrap(inner: Plan, stem: &str, options: &WriteOptions) -> Result<Plan> {
    if let Some(other) = options.sector.filter(|sector| u64::from(*sector) != SECTOR) {
        return Err(Error::unsupported(stem, At::Whole, format!("an ISZ image holds sectors of 2048 bytes, not of {other}"))
            .with_hint("leave --sector away, or convert to .iso, which takes any"));
    }
    let chunk_bytes = options.block.unwrap_or(CHUNK);
    if chunk_bytes == 0 || u64::from(chunk_bytes) % SECTOR != 0 || chunk_bytes >= CHUNK_BELOW {
        let what = format!("chunks of {chunk_bytes} bytes cannot be written");
        let hint = format!("--block takes a multiple of 2048 below {CHUNK_BELOW}; without it, chunks have {CHUNK} bytes");
        return Err(Error::unsupported(stem, At::Whole, what).with_hint(hint));
    }
    let level = match options.level {
        ConversionMode::Fast => Level::Fast,
        ConversionMode::Normal => Level::Normal,
        ConversionMode::Max => Level::Max,
    };
    let extension = if options.extension.is_empty() { "isz" } else { &options.extension };
    inner.wrapped("isz", |stem, pieces| {
        let frame = frame(stem, &pieces, chunk_bytes)?;
        let codec = Codec(Arc::new(Encoder(level)));
        let head = Part::Plain(Piece::Zeros(frame.data_at()));
        Ok(PlannedFile {
            name: format!("{stem}.{extension}"),
            role: Role::Data,
            parts: vec![head, Part::Blocks { input: pieces, block_bytes: chunk_bytes, codec }],
            index: Some(Index(Arc::new(frame))),
        })
    })
}

fn frame(stem: &str, pieces: &[Piece], chunk_bytes: u32) -> Result<Frame> {
    let does_not_fit =
        |what: String, hint: &str| Err(Error::DoesNotFit { file: stem.to_owned(), what, hint: Some(hint.to_owned()) });
    let total = pieces.iter().map(Piece::len).fold(0, u64::saturating_add);
    let chunks = total.div_ceil(chunk_bytes.into());
    let whole = u32::try_from(total / SECTOR).ok().filter(|sectors| *sectors > 0 && total.is_multiple_of(SECTOR));
    match (whole, u32::try_from(chunks).ok().filter(|_| chunks <= MAX_CHUNKS)) {
        _ if total > MAX_CONTENT => {
            let what = format!("{total} bytes are more than an ISZ image is read with ({MAX_CONTENT})");
            does_not_fit(what, "convert it to .iso")
        }
        (None, _) => does_not_fit(format!("{total} bytes are no sectors of 2048 bytes"), "convert it to .iso"),
        (_, None) => {
            let what = format!("{chunks} chunks are more than an ISZ image is read with ({MAX_CHUNKS})");
            does_not_fit(what, "leave --block away, or choose a larger one")
        }
        (Some(sectors), Some(chunks)) => Ok(Frame { sectors, chunks, chunk_bytes }),
    }
}
