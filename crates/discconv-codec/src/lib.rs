//! Codecs of whole blocks: the compressed pieces of which CSO, ZSO, DAX, JSO, ISZ and CHD files are made.
//!
//! A block is small (2 KiB to a few MiB), in memory, and its unpacked length is known beforehand. So there are no
//! streams here: an encoder appends one finished block to a `Vec`, a decoder fills a slice to its end or says why not.
//! Encoders and decoders are one per worker and reused, since their tables cost more than a small block.
//!
//! | Module | Format of a block | Encoder | Decoder |
//! |---|---|---|---|
//! | [`deflate`] | RFC 1951 and RFC 1950 | [`deflate::Deflater`] | [`deflate::Inflater`] |
//! | [`lz4`] | LZ4 block format, without a frame | [`lz4::Lz4Encoder`] | [`lz4::decode`] |
//! | [`lzo`] | LZO1X | none | [`lzo::decode`] |
//! | [`lzma`] | LZMA1, lc 3 lp 0 pb 2, without a header | [`lzma::Encoder`] | [`lzma::Decoder`] |
//! | [`zstd`] | one Zstandard frame | [`zstd::Encoder`] | [`zstd::Decoder`] |
//! | [`flac`] | FLAC frames of CD sound, without a stream around them | [`flac::Encoder`] | [`flac::Decoder`] |
//! | [`bzip2`] | bzip2 | [`bzip2::encode`] | [`bzip2::decode`] |
//!
//! All decoders ignore input behind the end of the block: containers pad to their own granularity. All of them take any
//! bytes without a panic and write nowhere but into the slice they are given. What an encoder makes depends on the input, the
//! level and the chosen features, never on the blocks before it.
//!
//! # Features
//!
//! `libdeflate`, `liblz4`, `libzstd` and `lzma-sdk` (all on) bring C libraries that are faster or pack better. Without them all is pure Rust, for
//! browsers; the levels then mean the same effort, not the same bytes.
//!
//! ```
//! use discconv_codec::{Level, deflate::{Deflater, Inflater}};
//!
//! let sector = [7; 2048];
//! let mut packed = Vec::new();
//! Deflater::new(Level::Normal).raw(&sector, &mut packed);
//! assert!(packed.len() < 32);
//! let mut again = [0; 2048];
//! Inflater::new().raw(&packed, &mut again)?;
//! assert_eq!(again, sector);
//! # Ok::<(), discconv_codec::CodecError>(())
//! ```

pub mod bzip2;
pub mod deflate;
mod error;
pub mod flac;
pub mod lz4;
pub mod lzma;
pub mod lzo;
pub mod zstd;

pub use error::CodecError;

/// How much work an encoder puts into a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// As fast as the format allows.
    Fast,
    /// Smaller than the common tools at a multiple of their speed.
    #[default]
    Normal,
    /// As small as known how; deflate takes about half a millisecond for 2048 bytes.
    Max,
}
