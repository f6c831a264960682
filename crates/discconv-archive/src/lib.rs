//! Files around files: gzip, bzip2, xz and zstd around one, zip and 7z around several. All are read, none is written.
//!
//! | | where a byte of the content is | checked |
//! |---|---|---|
//! | gzip, deflate in zip | unpacked once when it is opened, with the state of the decoder kept every MiB or more | CRC-32, then |
//! | zstd of several frames, all of one length | each frame by itself | its checksum, when it is read |
//! | xz of several blocks, all of one length | each block by itself | its check, when it is read |
//! | stored in zip or 7z | where it is stored | CRC-32, with all other promises of a disc |
//! | all else | unpacked once into the room that [`discconv_core::Spool`] gives | the format's checks, then |
//!
//! What comes out is bounded by [`discconv_core::Limits::unpacked_bytes`], by lengths that are promised, and by that room.
//! Layouts are in the modules.
//!
//! Sources: RFC 1952, RFC 8878, the .xz file format 1.2, APPNOTE 6.3.10, 7-Zip's 7zFormat.txt; hex dumps.
//!
//! Known gaps: encryption, dictionaries of zstd, Deflate64 and LZMA in zip, Deflate, PPMd, BCJ2 and volumes of 7z, RAR.

mod bzip2;
mod feed;
mod gzip;
mod inflate;
mod members;
mod restart;
mod sevenz;
mod spooled;
mod xz;
mod zip;
mod zstd;

pub use bzip2::Bzip2;
pub use gzip::Gzip;
pub use sevenz::SevenZip;
pub use xz::Xz;
pub use zip::Zip;
pub use zstd::Zstd;

use discconv_core::{At, Error, FormatInfo, Input, Note, Opened, Peek, ReadAt, Result, Score};
use inflate::Flaw;
use spooled::Unpacked;

/// What holds of all that hold one file.
const WRAPPER: FormatInfo = FormatInfo { wrapper: true, appends: true, ..FormatInfo::BASE };

/// What to do about a file that is not what it was.
const AGAIN: &str = "the file is damaged; get it again";
/// Bytes of a sector, in which damage is counted.
const SECTOR: u64 = 2352;

/// Files of an archive that is opened, at most: an archive of a disc holds a few.
const MOST_MEMBERS: u64 = 100_000;

/// An archive is asked for its files, never for its content.
fn is_archive(input: &Input<'_>, info: &FormatInfo) -> Error {
    Error::unsupported(input.name, At::Whole, format!("is a {}, which holds files, not one content", info.name))
}

fn score(peek: &Peek<'_>, info: &FormatInfo, marked: bool) -> Score {
    match marked {
        true => Score::CERTAIN,
        // What nobody recognises under that name is explained by its reader.
        false if info.extensions.contains(&peek.extension) => Score::MAYBE,
        false => Score::NO,
    }
}

/// Nothing came out of it at all.
fn nothing(source: &dyn ReadAt, info: &FormatInfo, flaw: Option<&Flaw>) -> Error {
    let (at, found) = match flaw {
        Some(Flaw::Broken(at, found)) => (At::Byte(*at), found.clone()),
        Some(Flaw::Cut) => (At::Byte(source.len()), "the end of the file".to_owned()),
        _ => (At::Whole, "no byte of content".to_owned()),
    };
    Error::malformed(source.name(), at, found, format!("the content of a {}", info.name)).with_hint(AGAIN)
}

/// Part of it came out.
fn cut_short(source: &dyn ReadAt, len: u64, flaw: Option<&Flaw>) -> Option<Note> {
    let name = source.name();
    let (at, what) = match flaw? {
        Flaw::Broken(at, what) => (*at, what.clone()),
        _ => (source.len(), "the file ends too early".to_owned()),
    };
    Some(Note::damage(0, format!("{name}: byte {at:#X}: {what}; only {len} bytes come out of it ({} sectors)", len / SECTOR)))
}

/// What was unpacked in order, for good.
fn opened(input: &Input<'_>, info: &FormatInfo, unpacked: Unpacked) -> Result<Opened> {
    let Unpacked { source, flaw } = unpacked;
    if source.is_empty() {
        return Err(nothing(input.source.as_ref(), info, flaw.as_ref()));
    }
    let notes = cut_short(input.source.as_ref(), source.len(), flaw.as_ref()).into_iter().collect();
    Ok(Opened::Bytes { source, checks: Vec::new(), notes })
}
