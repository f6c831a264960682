//! The model that every format shares: bytes in, a proved [`Disc`], a [`Plan`], bytes out.
//!
//! Readers turn bytes into a [`Disc`], which is data: a table of contents and a table of *extents* that say which
//! LBAs lie in which source, at which offset and stride, keeping which bytes of each sector. Writers turn a disc into
//! a [`Plan`], which is data too. One engine ([`execute`]) moves the bytes, finds what would be lost, and proves the
//! result by opening it again. Format crates therefore need no files, no threads and no buffers of their own.
//!
//! This crate knows neither `std::fs` nor threads: the host supplies sources ([`ReadAt`]), outputs ([`Outputs`]) and
//! a [`Pool`]. In memory, [`memory`] supplies all three.
//!
//! | stage | type | made by |
//! |---|---|---|
//! | bytes | [`ReadAt`] | host, wrappers |
//! | what it is | [`Disc`] | [`Format::open`] |
//! | what to write | [`Plan`] | [`FormatWriter::plan`] |
//! | what was done | [`Report`] | [`execute`] |

mod blank;
mod blocks;
mod cd_text;
mod check;
mod compare;
mod coverage;
mod disc;
mod encode;
mod engine;
pub mod error;
mod forgiving;
mod form;
mod format;
mod frame;
pub mod gd;
pub mod image;
mod join;
mod layout;
mod loss;
pub mod memory;
mod mend;
pub mod outline;
mod output;
mod pack;
mod plan;
mod pool;
mod proof;
mod read;
mod source;
mod spool;
mod steps;
mod subgen;
mod subview;
mod survey;
mod toc;
mod tocdiff;
mod verify;
pub mod volume;

pub use blank::is_blank;
pub use blocks::{BlockDecode, BlockGeometry, Blocks};
pub use compare::{Comparison, Difference, SubComparison, compare};
pub use disc::{
    Check, CheckAlgorithm, Disc, DiscParts, Extent, Extra, ExtraKind, Fill, Note, NoteKind, Place, PlainSubheaders, Promise,
    SourceId, SubheaderPolicy,
};
pub use encode::{Batch, Block, BlockEncode, BlockWorker, Codec, Coded, FileIndex, Index, IndexMaker, Patches, Placed};
pub use engine::{Execution, Report, execute};
pub use error::{At, Error, Result};
pub use forgiving::{Forgiving, Missing};
pub use form::{Form, Main, SubCoding, Twist};
pub use format::{
    Archive, ConversionMode, Format, FormatInfo, FormatWriter, Found, Input, Limits, Opened, Peek, Score, Siblings, WriteOptions,
    safe_relative_name,
};
pub use frame::kept;
pub use loss::{Loss, LossKind, LossKinds, Tally};
pub use mend::{Mended, mend_sectors};
pub use output::{FileId, OutputFile, OutputSet, Outputs};
pub use plan::{Dropped, DroppedWhat, ExpectedDisc, Inner, Part, Piece, Plan, PlannedFile, Role, Run};
pub use pool::{Phase, Pool, Quiet, Serial, Watch};
pub use read::Scratch;
pub use source::{Bytes, Concat, Padded, ReadAt, Slice, Tap};
pub use spool::{MemorySpool, Spool, Spooled};
pub use survey::{TrackSurvey, survey_track};
pub use toc::{CdText, CdTextBlock, CdTextKind, Control, Isrc, Mcn, Media, Session, SessionKind, Toc, Track, TrackMode};
pub use tocdiff::toc_difference;
pub use verify::{SectorReport, verify_sectors};

pub use discconv_sector::{Lba, Msf};
