//! Metadata: a chain of tagged pieces, in which the tracks are lines of text.

mod old;
mod private;
mod track;

use crate::header::{Header, bad};
use crate::wire::{self, FourCc, META_HASHED, META_HEADER, MetaHeader, Sha1};
use discconv_core::{At, Error, ReadAt, Result};
use sha1::{Digest, Sha1 as Hasher};
use std::collections::BTreeSet;

pub(crate) use old::read_table;
pub(crate) use private::{Private, SessionFact, TrackFacts};
pub(crate) use track::{Stored, Sub, TrackLine, TrackType};

/// Tracks of a CD.
pub(crate) const CD: FourCc = *b"CHT2";
/// The same without gaps.
pub(crate) const CD_OLD: FourCc = *b"CHTR";
/// All tracks of a CD in binary.
pub(crate) const CD_TABLE: FourCc = *b"CHCD";
/// Tracks of a GD-ROM.
pub(crate) const GD: FourCc = *b"CHGD";
/// The same, with sound in the other byte order.
pub(crate) const GD_OLD: FourCc = *b"CHGT";
/// A DVD, or anything in sectors of 2048 bytes.
pub(crate) const DVD: FourCc = *b"DVD ";
/// What discconv keeps and nobody else reads; see [`Private`].
pub(crate) const PRIVATE: FourCc = *b"DCNV";

/// Something that is no disc.
struct Foreign {
    tag: FourCc,
    what: &'static str,
    hint: &'static str,
}

const fn foreign(tag: &FourCc, what: &'static str, hint: &'static str) -> Foreign {
    Foreign { tag: *tag, what, hint }
}

const HARD_DISK: &str = "`chdman extracthd` gives its bytes";
const LASERDISC: &str = "`chdman extractld` makes a film of it";

/// By the tags that say so.
const FOREIGN: &[Foreign] = &[
    foreign(b"GDDD", "a hard disk", HARD_DISK),
    foreign(b"IDNT", "a hard disk", HARD_DISK),
    foreign(b"CIS ", "a memory card", HARD_DISK),
    foreign(b"AVAV", "a laserdisc", LASERDISC),
    foreign(b"AVLD", "a laserdisc", LASERDISC),
];

/// Pieces, at most: 99 tracks, and what others may add.
const MAX_PIECES: usize = 4096;
/// Bytes of all pieces together, at most.
const MAX_BYTES: u64 = 64 << 20;

/// A piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it is in the file.
    pub(crate) at: u64,
    pub(crate) tag: FourCc,
    /// [`META_HASHED`].
    pub(crate) flags: u8,
    pub(crate) data: Vec<u8>,
}

impl Piece {
    /// The data as text, without the zero that ends it.
    pub(crate) fn text(&self) -> std::borrow::Cow<'_, str> {
        let end = self.data.iter().position(|byte| *byte == 0).unwrap_or(self.data.len());
        String::from_utf8_lossy(&self.data[..end])
    }
}

/// The chain of `header`, in its own order.
///
/// # Errors
/// [`Error::Malformed`] for a piece outside of the file or a chain that leads back into itself; [`Error::Limit`].
pub(crate) fn read(source: &dyn ReadAt, header: &Header) -> Result<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut seen, mut total, mut at) = (BTreeSet::new(), 0, header.meta_at);
    while at != 0 {
        if !seen.insert(at) {
            let found = format!("metadata that goes on at byte {at:#X}, where it has been");
            return Err(bad(source.name(), pieces.last().map_or(at, |piece| piece.at), found, "a chain with an end"));
        }
        let (told, length) = piece_header(source, at)?;
        total += u64::from(length);
        let limit = |found, limit| Error::Limit { file: source.name().to_owned(), at: At::Byte(at), found, limit };
        if total > MAX_BYTES {
            return Err(limit(format!("{total} bytes of metadata"), format!("{MAX_BYTES} bytes")));
        }
        if pieces.len() >= MAX_PIECES {
            return Err(limit(format!("more than {MAX_PIECES} pieces of metadata"), MAX_PIECES.to_string()));
        }
        let mut data = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        source.read_exact_at(at + META_HEADER as u64, &mut data)?;
        let [flags, ..] = told.flags_and_length.to_be_bytes();
        pieces.push(Piece { at, tag: told.tag, flags, data });
        at = told.next;
    }
    Ok(pieces)
}

/// The header of a piece that lies in the file, and the length of its data.
fn piece_header(source: &dyn ReadAt, at: u64) -> Result<(MetaHeader, u32)> {
    let cut = |wanted: String| {
        let found = format!("the end of the file at byte {:#X}", source.len());
        bad(source.name(), at, found, wanted)
    };
    let room = source.len().saturating_sub(at).checked_sub(META_HEADER as u64);
    let room = room.ok_or_else(|| cut(format!("a piece of metadata, {META_HEADER} bytes or more")))?;
    let mut bytes = [0; META_HEADER];
    source.read_exact_at(at, &mut bytes)?;
    let told: MetaHeader = wire::parse(&bytes).ok_or_else(|| cut("a piece of metadata".to_owned()))?;
    let length = told.flags_and_length & 0xFF_FFFF;
    if u64::from(length) > room {
        return Err(cut(format!("{length} bytes of metadata {}", tag_name(told.tag))));
    }
    Ok((told, length))
}

/// A tag for people.
pub(crate) fn tag_name(tag: FourCc) -> String {
    format!("'{}'", tag.escape_ascii())
}

/// Refuse what is no disc.
///
/// # Errors
/// [`Error::Unsupported`] saying what it is.
pub(crate) fn refuse_foreign(file: &str, pieces: &[Piece]) -> Result<()> {
    let foreign =
        pieces.iter().find_map(|piece| FOREIGN.iter().find(|foreign| foreign.tag == piece.tag).map(|kind| (piece, kind)));
    match foreign {
        Some((piece, foreign)) => {
            let what = format!("holds {}, not a disc", foreign.what);
            Err(Error::unsupported(file, At::Byte(piece.at), what).with_hint(foreign.hint))
        }
        None => Ok(()),
    }
}

/// The SHA-1 of content and metadata: of that of the content, then of tag and SHA-1 of each hashed piece, in ascending order.
pub(crate) fn combined_sha1<'a>(raw_sha1: &Sha1, pieces: impl Iterator<Item = &'a Piece>) -> Sha1 {
    let hashed = pieces.filter(|piece| piece.flags & META_HASHED != 0);
    let mut parts: Vec<[u8; 24]> = hashed
        .map(|piece| {
            let mut part = [0; 24];
            part[..4].copy_from_slice(&piece.tag);
            part[4..].copy_from_slice(&Hasher::digest(&piece.data));
            part
        })
        .collect();
    parts.sort_unstable();
    let mut hasher = Hasher::new();
    hasher.update(raw_sha1);
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}
