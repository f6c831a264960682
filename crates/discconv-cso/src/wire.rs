//! The exact bytes. Everything is little-endian.

use binrw::meta::{ReadEndian, WriteEndian};
use binrw::{BinRead, BinWrite, io::Cursor};
use discconv_core::{At, Error, ReadAt, Result};

/// The first bytes of a CSO, and of two formats that are something else.
pub(crate) const CISO: &[u8; 4] = b"CISO";
/// The first bytes of a ZSO.
pub(crate) const ZISO: &[u8; 4] = b"ZISO";
/// The first bytes of a DAX.
pub(crate) const DAX: &[u8; 4] = b"DAX\0";
/// The first bytes of a JSO.
pub(crate) const JISO: &[u8; 4] = b"JISO";

/// The header of CISO and ZISO.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(little)]
pub(crate) struct CisoHeader {
    pub(crate) magic: [u8; 4],
    /// [`CISO_HEADER`], or anything in older files of version 0 and 1.
    pub(crate) header_bytes: u32,
    /// Length of the image.
    pub(crate) content_bytes: u64,
    /// Length of a block.
    pub(crate) block_bytes: u32,
    pub(crate) version: u8,
    /// Offsets count in units of 2^shift bytes.
    #[brw(pad_after = 2)]
    pub(crate) shift: u8,
}

/// Its length: there the index begins, whatever the header says.
pub(crate) const CISO_HEADER: usize = 0x18;
/// Bit 31 of an entry is about the coding, the others are the offset.
pub(crate) const CISO_FLAG: u32 = 1 << 31;

/// The header of DAX.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(little)]
pub(crate) struct DaxHeader {
    pub(crate) magic: [u8; 4],
    /// Length of the image.
    pub(crate) content_bytes: u32,
    pub(crate) version: u32,
    /// How many areas are stored as they are; from version 1 on.
    #[brw(pad_after = 16)]
    pub(crate) areas: u32,
}

/// Its length: there the offsets begin.
pub(crate) const DAX_HEADER: usize = 0x20;
/// Bytes of every block of a DAX.
pub(crate) const DAX_BLOCK: u32 = 8192;

/// The header of JSO.
#[derive(BinRead, Clone, Copy, Debug, PartialEq, Eq)]
#[br(little)]
pub(crate) struct JsoHeader {
    pub(crate) magic: [u8; 4],
    #[br(pad_before = 2)]
    pub(crate) block_bytes: u16,
    /// 1: four bytes precede each block.
    #[br(pad_after = 1)]
    pub(crate) block_headers: u8,
    pub(crate) method: u8,
    #[br(pad_before = 1)]
    pub(crate) content_bytes: u32,
    /// Of the image.
    pub(crate) md5: [u8; 16],
    /// [`JSO_HEADER`].
    pub(crate) header_bytes: u32,
}

/// Its length: there the index begins.
pub(crate) const JSO_HEADER: usize = 0x30;

/// The first `N` bytes as a header that begins with one of `magics`.
///
/// # Errors
/// [`Error::Malformed`] if they are fewer, or begin otherwise.
pub(crate) fn header<const N: usize, T>(source: &dyn ReadAt, magics: &[&[u8; 4]]) -> Result<T>
where
    T: for<'a> BinRead<Args<'a> = ()> + ReadEndian,
{
    let mut bytes = [0; N];
    let there = usize::try_from(source.len()).unwrap_or(N).min(N);
    source.read_exact_at(0, &mut bytes[..there])?;
    if !magics.iter().any(|magic| bytes.starts_with(*magic)) {
        let names: Vec<String> = magics.iter().map(|magic| show(*magic)).collect();
        return Err(Error::malformed(source.name(), At::Byte(0), show(&bytes[..there.min(4)]), names.join(" or "))
            .with_hint("its name says otherwise; without --from it is read as what it is"));
    }
    let cut = || {
        let expected = format!("a header of {N} bytes");
        Error::malformed(source.name(), At::Byte(source.len()), "the end of the file", expected).with_hint(AGAIN)
    };
    if there < N {
        return Err(cut());
    }
    T::read(&mut Cursor::new(bytes)).map_err(|_| cut())
}

/// What to do about a file that is damaged.
pub(crate) const AGAIN: &str = "the file is cut or damaged: get it again, or make it anew from the image";

/// The bytes of a header.
pub(crate) fn bytes_of<T>(header: &T) -> Vec<u8>
where
    T: for<'a> BinWrite<Args<'a> = ()> + WriteEndian,
{
    let mut bytes = Cursor::new(Vec::new());
    // Writing numbers to memory does not fail.
    let _ = header.write(&mut bytes);
    bytes.into_inner()
}

/// Check that the file reaches to `end`, where the tables for so many blocks do.
///
/// # Errors
/// [`Error::Malformed`] if not: before anything is allocated for them.
pub(crate) fn room_for_tables(source: &dyn ReadAt, end: u64, blocks: u64, content_bytes: u64) -> Result<()> {
    if end <= source.len() {
        return Ok(());
    }
    let expected = format!("tables to byte {end:#X}, for an image of {content_bytes} bytes in {blocks} blocks");
    Err(Error::malformed(source.name(), At::Byte(source.len()), "the end of the file", expected).with_hint(AGAIN))
}

/// Bytes read at a time of a table.
const TABLE_STEP: usize = 64 << 10;

/// `count` numbers of `N` bytes from `offset` on, of which the caller knows that the file has as many.
pub(crate) fn table<const N: usize, T>(
    source: &dyn ReadAt,
    offset: u64,
    count: u64,
    number: impl Fn([u8; N]) -> T,
) -> Result<Vec<T>> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let mut numbers = Vec::with_capacity(count);
    let mut buffer = vec![0; TABLE_STEP.min(count.saturating_mul(N))];
    let mut at = offset;
    while numbers.len() < count {
        let now = &mut buffer[..TABLE_STEP.min((count - numbers.len()) * N)];
        source.read_exact_at(at, now)?;
        numbers.extend(now.as_chunks::<N>().0.iter().map(|bytes| number(*bytes)));
        at += now.len() as u64;
    }
    Ok(numbers)
}

/// Check the offsets of a table, the last of which is the end: blocks lie one after another behind it, and none is longer
/// than `longest` bytes.
///
/// # Errors
/// [`Error::Malformed`] naming the entry.
pub(crate) fn check_offsets(
    source: &dyn ReadAt,
    table_at: usize,
    offsets: impl ExactSizeIterator<Item = u64>,
    longest: u64,
) -> Result<()> {
    let count = offsets.len();
    let mut before = (table_at + count * 4) as u64;
    for (index, now) in offsets.enumerate() {
        let (found, expected) = if now < before {
            let what = if index + 1 == count { "the end".to_owned() } else { format!("block {index}") };
            let least = if index == 0 { "the table ends".to_owned() } else { format!("block {} begins", index - 1) };
            (format!("{what} at byte {now:#X}"), format!("byte {before:#X} or later, for there {least}"))
        } else if index > 0 && now - before > longest {
            (format!("block {} of {} bytes", index - 1, now - before), format!("at most {longest}"))
        } else {
            before = now;
            continue;
        };
        let at = At::Byte((table_at + index * 4) as u64);
        return Err(Error::malformed(source.name(), at, found, expected).with_hint(AGAIN));
    }
    Ok(())
}

/// Bytes as text where they are such.
pub(crate) fn show(bytes: &[u8]) -> String {
    match bytes {
        [] => "nothing".to_owned(),
        _ => format!("'{}'", bytes.escape_ascii()),
    }
}
