//! Rock Ridge (RRIP 1.10 over SUSP 1.10): what POSIX knows of a file, behind its ISO 9660 name.
//!
//! Entries that do not fit into a record go to a continuation area, of which each lies within one block, and each but the
//! last ends in a `CE` entry that leads on.

use crate::bytes::{BLOCK, both32, record_date, word};

/// Bytes of a `CE` entry.
const CE_BYTES: usize = 28;
/// Bytes of an entry, at most.
const MOST: usize = 255;
/// A name or link goes on in another entry.
const CONTINUE: u8 = 0x01;

/// Kinds of files in `PX` (POSIX 1003.1).
pub(crate) const S_IFDIR: u32 = 0o040_000;
pub(crate) const S_IFREG: u32 = 0o100_000;
pub(crate) const S_IFLNK: u32 = 0o120_000;

/// Where continuation areas lie.
#[derive(Debug, Default)]
pub(crate) struct Areas {
    /// The first block.
    pub(crate) first: u32,
    pub(crate) bytes: Vec<u8>,
}

fn entry(signature: [u8; 2], data: &[u8]) -> Vec<u8> {
    let len = u8::try_from(data.len() + 4).unwrap_or(u8::MAX);
    [&signature[..], &[len, 1], data].concat()
}

/// `SP`: first of all in the root's own record.
pub(crate) fn sp() -> Vec<u8> {
    entry(*b"SP", &[0xBE, 0xEF, 0])
}

/// `ER`: which extension this is.
pub(crate) fn er() -> Vec<u8> {
    let (id, text) =
        (&b"RRIP_1991A"[..], &b"THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS"[..]);
    let source = &b"PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION."[..];
    let len = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap_or(0);
    entry(*b"ER", &[&[len(id), len(text), len(source), 1], id, text, source].concat())
}

/// `PX`: mode and links; everything belongs to user and group 0.
pub(crate) fn px(mode: u32, links: u32) -> Vec<u8> {
    entry(*b"PX", &[both32(mode), both32(links), both32(0), both32(0)].concat())
}

/// `TF`: modified, accessed and changed at that time.
pub(crate) fn tf(seconds: i64) -> Vec<u8> {
    let date = record_date(seconds);
    entry(*b"TF", &[&[0x0E][..], &date, &date, &date].concat())
}

/// `NM`, as many as the name takes.
pub(crate) fn nm(name: &[u8]) -> Vec<Vec<u8>> {
    let parts: Vec<&[u8]> = name.chunks(MOST - 5).collect();
    let last = parts.len().saturating_sub(1);
    let one = |(at, part): (usize, &&[u8])| entry(*b"NM", &[&[if at < last { CONTINUE } else { 0 }][..], part].concat());
    parts.iter().enumerate().map(one).collect()
}

/// `SL`, as many as the path takes.
pub(crate) fn sl(target: &[u8]) -> Vec<Vec<u8>> {
    let (mut entries, mut components) = (Vec::new(), Vec::new());
    let mut add = |flags: u8, text: &[u8]| {
        if 5 + components.len() + 2 + text.len() > MOST {
            entries.push(std::mem::take(&mut components));
        }
        components.extend([flags, u8::try_from(text.len()).unwrap_or(0)]);
        components.extend(text);
    };
    for (flags, text) in pieces(target) {
        add(flags, text);
    }
    entries.push(components);
    let last = entries.len() - 1;
    let one = |(at, part): (usize, &Vec<u8>)| entry(*b"SL", &[&[if at < last { CONTINUE } else { 0 }][..], part].concat());
    entries.iter().enumerate().map(one).collect()
}

/// Component records of a path, in pieces that fit into one entry (RRIP 4.1.3.1): flags and text.
fn pieces(target: &[u8]) -> Vec<(u8, &[u8])> {
    const CURRENT: u8 = 0x02;
    const PARENT: u8 = 0x04;
    const ROOT: u8 = 0x08;
    let mut pieces: Vec<(u8, &[u8])> = Vec::new();
    if target.starts_with(b"/") {
        pieces.push((ROOT, b""));
    }
    for name in target.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
        match name {
            b"." => pieces.push((CURRENT, b"")),
            b".." => pieces.push((PARENT, b"")),
            name => {
                let parts: Vec<&[u8]> = name.chunks(MOST - 7).collect();
                let last = parts.len() - 1;
                pieces.extend(parts.iter().enumerate().map(|(at, part)| (if at < last { CONTINUE } else { 0 }, *part)));
            }
        }
    }
    pieces
}

/// `CL` and `PL`: where a moved directory is, and where its parent.
pub(crate) fn cl(block: u32) -> Vec<u8> {
    entry(*b"CL", &both32(block))
}

/// See [`cl`].
pub(crate) fn pl(block: u32) -> Vec<u8> {
    entry(*b"PL", &both32(block))
}

/// `RE`: this directory was moved here.
pub(crate) fn re() -> Vec<u8> {
    entry(*b"RE", &[])
}

impl Areas {
    /// The system use field of a record with so much room; what does not fit is put here.
    pub(crate) fn place(&mut self, entries: &[Vec<u8>], room: usize) -> Vec<u8> {
        let chunks = chunks(entries, room);
        let mut field: Vec<u8> = chunks.first().map(|entries| entries.concat()).unwrap_or_default();
        // From the last to the first, since each says where the next one is.
        let mut next: Option<Vec<u8>> = None;
        for chunk in chunks.iter().skip(1).rev() {
            let mut bytes = chunk.concat();
            bytes.extend(next.take().unwrap_or_default());
            next = Some(self.store(&bytes));
        }
        field.extend(next.unwrap_or_default());
        field
    }

    /// Keep an area within one block; the `CE` entry that leads to it.
    fn store(&mut self, bytes: &[u8]) -> Vec<u8> {
        if self.bytes.len() % BLOCK + bytes.len() > BLOCK {
            self.bytes.resize(self.bytes.len().next_multiple_of(BLOCK), 0);
        }
        let at = self.bytes.len();
        self.bytes.extend(bytes);
        let (block, offset) = (self.first.saturating_add(word(at / BLOCK)), word(at % BLOCK));
        entry(*b"CE", &[both32(block), both32(offset), both32(word(bytes.len()))].concat())
    }
}

/// Entries for the record and for each area; each leaves room for a `CE` entry unless it is the last.
fn chunks(entries: &[Vec<u8>], room: usize) -> Vec<&[Vec<u8>]> {
    let (mut chunks, mut rest, mut room) = (Vec::new(), entries, room);
    loop {
        if rest.iter().map(Vec::len).sum::<usize>() <= room {
            chunks.push(rest);
            return chunks;
        }
        let mut used = CE_BYTES;
        let fits = |entry: &&Vec<u8>| {
            used += entry.len();
            used <= room
        };
        let count = rest.iter().take_while(fits).count();
        let (now, later) = rest.split_at(count);
        chunks.push(now);
        (rest, room) = (later, BLOCK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_in_the_record() {
        let mut areas = Areas { first: 100, bytes: Vec::new() };
        let entries = vec![px(0o100_644, 1), tf(0)];
        assert_eq!(areas.place(&entries, 62), entries.concat());
        assert!(areas.bytes.is_empty());
        let field = areas.place(&entries, 61 + 3);
        assert_eq!(field, entries.concat());
        let field = areas.place(&entries, 61);
        assert_eq!(field.len(), CE_BYTES, "neither fits beside a CE entry");
        assert_eq!(areas.bytes, entries.concat());
        let _ = field;
    }

    #[test]
    fn links_longer_than_a_block_go_on_and_on() {
        let target = [b'x'; 4095];
        let entries = sl(&target);
        assert!(entries.iter().all(|entry| entry.len() <= MOST && entry[..2] == *b"SL"));
        let mut areas = Areas { first: 7, bytes: Vec::new() };
        let field = areas.place(&entries, 100);
        assert_eq!(&field[..2], b"CE");
        assert_eq!(areas.bytes.len().div_ceil(BLOCK), 3);
        assert_eq!(field[4..8], [9, 0, 0, 0], "the first area is stored last");
    }

    #[test]
    fn paths_of_links() {
        assert_eq!(pieces(b"/a/../b"), [(8, &b""[..]), (0, b"a"), (4, b""), (0, b"b")]);
        assert_eq!(pieces(b"./x//"), [(2, &b""[..]), (0, b"x")]);
        assert_eq!(sl(b""), [entry(*b"SL", &[0])]);
        let long = [b'y'; 255];
        assert_eq!(pieces(&long), [(1, &long[..248]), (0, &long[..7])]);
        assert_eq!(nm(&long).iter().map(Vec::len).collect::<Vec<_>>(), [255, 10]);
    }
}
