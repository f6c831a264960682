//! Footer and chain: which chunks there are, and the payload of those that are read.

use crate::wire::Version;
use discconv_core::{At, Error, Note, ReadAt, Result};

/// A whole table is far smaller: 99 tracks of 100 indexes take 79,232 bytes.
const MAX_TABLE: u64 = 1 << 20;
/// More chunks than any image has.
const MAX_CHUNKS: usize = 4096;
/// Bytes of id and length.
const HEAD: u64 = 8;
/// Chunks whose payload is read.
const TABLES: [&[u8; 4]; 11] =
    [b"CUES", b"CUEX", b"DAOI", b"DAOX", b"TINF", b"ETNF", b"ETN2", b"SINF", b"CDTX", b"MTYP", b"TOCT"];

/// What the last bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Footer {
    pub(crate) version: Version,
    /// Where the footer itself is.
    pub(crate) at: u64,
    /// Where the chain begins, if it says the truth.
    pub(crate) chain: u64,
}

/// A chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) id: [u8; 4],
    /// Where its id is.
    pub(crate) at: u64,
    /// Empty unless it is a table.
    pub(crate) payload: Vec<u8>,
}

impl Chunk {
    /// Its id as text.
    pub(crate) fn name(&self) -> String {
        name(self.id)
    }

    /// Where byte `index` of the payload is in the file.
    pub(crate) fn byte(&self, index: usize) -> At {
        At::Byte(self.at + HEAD + index as u64)
    }

    /// Version of tables that have two.
    pub(crate) fn version(&self) -> Version {
        if matches!(&self.id, b"CUES" | b"DAOI") { Version::V1 } else { Version::V2 }
    }

    /// The first four bytes as a number.
    pub(crate) fn number(&self) -> Option<u32> {
        self.payload.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
    }
}

/// All chunks.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// Where it begins: the end of the sectors.
    pub(crate) at: u64,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) notes: Vec<Note>,
}

fn name(id: [u8; 4]) -> String {
    id.escape_ascii().to_string()
}

fn is_id(id: [u8; 4]) -> bool {
    id.iter().all(|byte| matches!(byte, 0x20..=0x7E))
}

/// The footer, if there is one. Version 2 is looked for first.
///
/// # Errors
/// Reading.
pub(crate) fn footer(source: &dyn ReadAt) -> Result<Option<Footer>> {
    let len = source.len();
    let mut tail = [0; 12];
    let Some(start) = len.checked_sub(12) else { return Ok(None) };
    source.read_exact_at(start, &mut tail)?;
    Ok(match tail {
        [b'N', b'E', b'R', b'5', offset @ ..] => {
            Some(Footer { version: Version::V2, at: start, chain: u64::from_be_bytes(offset) })
        }
        [_, _, _, _, b'N', b'E', b'R', b'O', offset @ ..] => {
            Some(Footer { version: Version::V1, at: start + 4, chain: u32::from_be_bytes(offset).into() })
        }
        _ => None,
    })
}

/// Is there something like a chunk where the footer says?
pub(crate) fn begins_well(source: &dyn ReadAt, footer: &Footer) -> bool {
    let mut id = [0; 4];
    footer.chain.checked_add(HEAD).is_some_and(|end| end <= footer.at)
        && source.read_exact_at(footer.chain, &mut id).is_ok()
        && is_id(id)
}

/// Read the chain of the image `file`.
///
/// # Errors
/// [`Error::Malformed`] without a footer, or for a chunk that does not lie between the sectors and the footer;
/// [`Error::Limit`] for a table or a chain that is too long.
pub(crate) fn read(file: &str, source: &dyn ReadAt) -> Result<Chain> {
    let footer = footer(source)?.ok_or_else(|| {
        let found = format!("neither NER5 nor NERO at the end of {} bytes", source.len());
        Error::malformed(file, At::Byte(source.len()), found, "the footer of a Nero image")
            .with_hint("the file is cut, or a plain image by another name: try --from iso2048 or --from iso2352")
    })?;
    if !begins_well(source, &footer) {
        let found = format!("a footer that puts the chunks at byte {:#X}, where none is", footer.chain);
        let expected = format!("the offset of a chunk before byte {:#X}", footer.at);
        return Err(Error::malformed(file, At::Byte(footer.at), found, expected)
            .with_hint("the image was cut or joined wrongly; compare its length with another copy's"));
    }
    let mut chain = Chain { at: footer.chain, chunks: Vec::new(), notes: Vec::new() };
    let mut at = footer.chain;
    while at < footer.at {
        let (id, len) = head(file, source, at, footer.at)?;
        if id == *b"END!" {
            return Ok(chain);
        }
        if chain.chunks.len() == MAX_CHUNKS {
            let limit = format!("{MAX_CHUNKS} chunks");
            return Err(Error::Limit { file: file.to_owned(), at: At::Byte(at), found: "one more chunk".to_owned(), limit });
        }
        let payload = if TABLES.contains(&&id) { table(file, source, id, at, len)? } else { Vec::new() };
        chain.chunks.push(Chunk { id, at, payload });
        at += HEAD + len;
    }
    chain.notes.push(Note::oddity(format!("{file}: the chunks end at byte {at:#X} without END!")));
    Ok(chain)
}

/// Id and length of the chunk at `at`, which must end before `end`.
fn head(file: &str, source: &dyn ReadAt, at: u64, end: u64) -> Result<([u8; 4], u64)> {
    let malformed = |found: String, expected: String| {
        Error::malformed(file, At::Byte(at), found, expected)
            .with_hint("the tables of the image are damaged; its sectors may still be had with --from iso2048 or --from iso2352")
    };
    let room = end - at;
    if room < HEAD {
        return Err(malformed(format!("{room} bytes before the footer"), "a chunk or END!".to_owned()));
    }
    let mut head = [0; 8];
    source.read_exact_at(at, &mut head)?;
    let [a, b, c, d, e, f, g, h] = head;
    let (id, len) = ([a, b, c, d], u64::from(u32::from_be_bytes([e, f, g, h])));
    if !is_id(id) {
        return Err(malformed(format!("the chunk id \"{}\"", name(id)), "four letters".to_owned()));
    }
    if len > room - HEAD {
        return Err(malformed(format!("the chunk {} of {len} bytes", name(id)), format!("at most {}", room - HEAD)));
    }
    Ok((id, len))
}

fn table(file: &str, source: &dyn ReadAt, id: [u8; 4], at: u64, len: u64) -> Result<Vec<u8>> {
    let bytes = usize::try_from(len).ok().filter(|_| len <= MAX_TABLE).ok_or_else(|| Error::Limit {
        file: file.to_owned(),
        at: At::Byte(at),
        found: format!("the chunk {} of {len} bytes", name(id)),
        limit: format!("{MAX_TABLE} bytes"),
    })?;
    let mut payload = vec![0; bytes];
    source.read_exact_at(at + HEAD, &mut payload)?;
    Ok(payload)
}
