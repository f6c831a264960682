//! Pages of Ogg and the packets in them. RFC 3533 section 6.

use crate::decoded::HINT;
use crc_fast::CrcParams;
use discconv_core::{At, Error, ReadAt, Result};

pub(super) const MAGIC: &[u8; 4] = b"OggS";
/// Bytes of a page header without its table of segments.
const HEAD: usize = 27;
/// The most bytes of a page: header, 255 segments, 255 bytes in each.
pub(super) const MOST: usize = HEAD + 255 + 255 * 255;
/// The most bytes of a packet. Sound takes some thousand, and so do code books.
const MOST_PACKET: usize = 256 << 10;
/// Where the CRC is.
const CRC: std::ops::Range<usize> = 22..26;

/// The header of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) offset: u64,
    /// Does it begin with the rest of a packet?
    pub(super) continued: bool,
    /// Does a stream begin?
    pub(super) first: bool,
    /// Does the stream end?
    pub(super) last: bool,
    /// Samples up to the end of the last packet that ends in it; negative if none does.
    pub(super) granule: i64,
    pub(super) serial: u32,
    pub(super) number: u32,
    /// Bytes of it all.
    pub(super) len: u64,
    /// Does a packet begin in it?
    pub(super) begins: bool,
}

impl Page {
    /// The page at the start of `bytes`, which has at least its table of segments.
    pub(super) fn parse(bytes: &[u8], offset: u64) -> Option<Page> {
        let head: &[u8; HEAD] = bytes.first_chunk()?;
        if !head.starts_with(MAGIC) || head[4] != 0 {
            return None;
        }
        let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let table = bytes.get(HEAD..HEAD + usize::from(head[26]))?;
        let body: u64 = table.iter().map(|len| u64::from(*len)).sum();
        let continued = head[5] & 1 != 0;
        // Behind the end of a packet (a segment below 255) another one begins, unless it was the last segment.
        let ends = table.iter().position(|len| *len < 255);
        let begins = if continued { ends.is_some_and(|end| end + 1 < table.len()) } else { !table.is_empty() };
        Some(Page {
            offset,
            continued,
            first: head[5] & 2 != 0,
            last: head[5] & 4 != 0,
            granule: i64::from(word(6)) | i64::from(word(10).cast_signed()) << 32,
            serial: word(14),
            number: word(18),
            len: (HEAD + table.len()) as u64 + body,
            begins,
        })
    }
}

/// The packets of a stream, in order, from the page at `next` on.
pub(super) struct Packets {
    /// Where the next page is.
    next: u64,
    /// Where the pages end.
    end: u64,
    page: Option<Page>,
    bytes: Vec<u8>,
    /// The next segment, and its bytes.
    segment: usize,
    at: usize,
    /// The packet that was read last.
    pub(super) packet: Vec<u8>,
    /// Drop what is left of a packet whose beginning is on a page before.
    orphan: bool,
    /// Packets may be longer than they are kept: for comments with pictures.
    pub(super) cut: bool,
}

/// A packet that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// The page on which it ended.
    pub(super) page: Page,
    /// Is it the last that ends there?
    pub(super) last_of_page: bool,
}

impl Packets {
    pub(super) fn new(start: u64, end: u64) -> Packets {
        Packets {
            next: start,
            end,
            page: None,
            bytes: Vec::new(),
            segment: 0,
            at: 0,
            packet: Vec::new(),
            orphan: false,
            cut: false,
        }
    }

    fn segments(&self) -> usize {
        self.bytes.get(HEAD - 1).map_or(0, |count| usize::from(*count))
    }

    /// Load the next page; `None` behind the last.
    fn turn(&mut self, source: &dyn ReadAt, crc: &CrcParams) -> Result<Option<Page>> {
        if self.next >= self.end {
            return Ok(None);
        }
        let offset = self.next;
        let bad = |found: String| Error::malformed(source.name(), At::Byte(offset), found, "a whole page of Ogg").with_hint(HINT);
        let most = usize::try_from(self.end - offset).unwrap_or(MOST).min(MOST);
        self.bytes.resize(most.min(HEAD + 255), 0);
        source.read_exact_at(offset, &mut self.bytes)?;
        let page = Page::parse(&self.bytes, offset).ok_or_else(|| bad("something else".to_owned()))?;
        let len = usize::try_from(page.len)
            .ok()
            .filter(|len| *len <= most)
            .ok_or_else(|| bad("the end of the file within a page".to_owned()))?;
        self.bytes.resize(len, 0);
        source.read_exact_at(offset, &mut self.bytes)?;
        let stored = u32::from_le_bytes([self.bytes[22], self.bytes[23], self.bytes[24], self.bytes[25]]);
        self.bytes[CRC].fill(0);
        let computed = crc_fast::checksum_with_params(*crc, &self.bytes);
        if computed != u64::from(stored) {
            return Err(bad(format!("a page with the CRC {computed:08X}, which says {stored:08X}")));
        }
        if self.page.is_some_and(|before| before.number.wrapping_add(1) != page.number || before.serial != page.serial) {
            return Err(bad(format!("page {} of stream {:08X}, out of order", page.number, page.serial)));
        }
        let open = self.page.is_some() && !self.packet.is_empty();
        if self.page.is_some() && open != page.continued {
            return Err(bad(if open {
                "a page that does not go on with the packet before"
            } else {
                "a page that goes on with no packet"
            }
            .to_owned()));
        }
        if self.page.is_none() {
            self.orphan = page.continued;
        }
        (self.page, self.segment, self.at) = (Some(page), 0, HEAD + self.segments());
        self.next = offset + page.len;
        Ok(Some(page))
    }

    /// Read the next packet.
    pub(super) fn read(&mut self, source: &dyn ReadAt, crc: &CrcParams) -> Result<Option<Ended>> {
        self.packet.clear();
        loop {
            while self.page.is_none() || self.segment == self.segments() {
                if self.turn(source, crc)?.is_none() {
                    return Ok(None);
                }
            }
            let Some(page) = self.page else { return Ok(None) };
            let len = usize::from(self.bytes[HEAD + self.segment]);
            if self.packet.len() + len <= MOST_PACKET {
                self.packet.extend_from_slice(&self.bytes[self.at..self.at + len]);
            } else if !self.cut {
                let found = format!("a packet of more than {MOST_PACKET} bytes");
                let limit = format!("{MOST_PACKET} bytes of a packet");
                return Err(Error::Limit { file: source.name().to_owned(), at: At::Byte(page.offset), found, limit });
            }
            (self.segment, self.at) = (self.segment + 1, self.at + len);
            if len == 255 {
                continue;
            }
            if std::mem::take(&mut self.orphan) {
                self.packet.clear();
                continue;
            }
            let rest = &self.bytes[HEAD + self.segment..HEAD + self.segments()];
            return Ok(Some(Ended { page, last_of_page: rest.iter().all(|len| *len == 255) }));
        }
    }
}
