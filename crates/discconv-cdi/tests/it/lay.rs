//! Images laid by hand from the tables of the format, and opening them.

use discconv_cdi::Cdi;
use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Disc, Format, Input, Opened, Peek, ReadAt, Result, Score};
use std::sync::Arc;

pub(crate) const MARK: [u8; 10] = [0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];

/// Version ids.
pub(crate) const V2: u32 = 0x8000_0004;
pub(crate) const V3: u32 = 0x8000_0005;
pub(crate) const V35: u32 = 0x8000_0006;

/// A track as the descriptor tells it.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) mode: u32,
    pub(crate) read_mode: u32,
    pub(crate) control: u32,
    /// Frames of the first stored sector from 00:00:00.
    pub(crate) start: u32,
    pub(crate) lengths: Vec<u32>,
    pub(crate) total: u32,
    pub(crate) isrc: &'static str,
    /// 98h CD, 38h DVD.
    pub(crate) medium: u16,
    /// The title in a block of CD-TEXT.
    pub(crate) title: Option<&'static str>,
    /// Eight bytes before the marks, as DiscJuggler 3.00.780 has them.
    pub(crate) early: bool,
}

impl Told {
    pub(crate) fn new(mode: u32, read_mode: u32, start: u32, lengths: &[u32]) -> Told {
        let (control, total) = (if mode == 0 { 0 } else { 4 }, lengths.iter().sum());
        let lengths = lengths.to_vec();
        Told { mode, read_mode, control, start, lengths, total, isrc: "", medium: 0x98, title: None, early: false }
    }

    /// Its record; `place` is session and track from 0, `tracks` how many the disc has.
    pub(crate) fn record(&self, version: u32, place: (u32, u32), tracks: u8) -> Vec<u8> {
        let word = |value: u32| value.to_le_bytes().to_vec();
        let mut out = if self.early { [word(1), vec![0xEE; 8]].concat() } else { word(0) };
        out.extend(head(tracks, (version == V35).then_some(self.medium)));
        out.extend(u16::try_from(self.lengths.len()).unwrap().to_le_bytes());
        self.lengths.iter().for_each(|length| out.extend(length.to_le_bytes()));
        out.extend(word(u32::from(self.title.is_some())));
        if let Some(title) = self.title {
            out.extend([0; 10]);
            out.push(u8::try_from(title.len()).unwrap());
            out.extend(title.bytes());
            out.extend([0; 7]);
        }
        out.extend([0; 2]);
        for value in [self.mode, 0, place.0, place.1, self.start, self.total, 0, 0, 0, 0, self.read_mode, self.control] {
            out.extend(word(value));
        }
        out.push(0);
        out.extend(word(self.total));
        out.extend(word(0));
        out.extend(padded(self.isrc, 12));
        out.extend(word(u32::from(!self.isrc.is_empty())));
        if version != V2 {
            out.extend([0, 0xFF, 0xFF, 0xFF, 0xFF]);
            out.extend(if version == V35 { [word(u32::MAX), vec![0x5A; 78]].concat() } else { word(0) });
        }
        out
    }
}

/// From the marks to the medium.
fn head(tracks: u8, medium: Option<u16>) -> Vec<u8> {
    let mut out = [MARK, MARK].concat();
    out.extend([0xAB, 0, 0x10, tracks, 5]);
    out.extend(b"a.cdi");
    out.extend([0; 11]);
    out.extend([2, 0, 0, 0, 0, 0, 0, 0]);
    match medium {
        Some(medium) => {
            out.extend([0, 0, 0, 0x80, 0x40, 0x7E, 5, 0, 0, 0]);
            out.extend(medium.to_le_bytes());
        }
        None => out.extend([0; 4]),
    }
    out
}

fn padded(text: &str, len: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(len, 0);
    bytes
}

/// What is behind the last session of a descriptor of version 3.5.
pub(crate) fn info(mcn: &str, packs: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 6];
    out.extend(head(1, Some(0x98)));
    out.extend(9999_u32.to_le_bytes());
    out.extend([3, b'V', b'O', b'L']);
    out.extend([0, 1, 0, 0, 0, 1, 0, 0, 0]);
    out.extend(padded(mcn, 13));
    out.extend(u32::from(!mcn.is_empty()).to_le_bytes());
    out.extend(u32::try_from(packs.len()).unwrap().to_le_bytes());
    out.extend(packs);
    out.extend([0; 8]);
    out
}

/// Sessions, each with what its lead-in says.
pub(crate) fn sessions(version: u32, told: &[(u8, Vec<Told>)]) -> Vec<u8> {
    let all = u8::try_from(told.iter().map(|(_, tracks)| tracks.len()).sum::<usize>()).unwrap();
    let mut out = u16::try_from(told.len()).unwrap().to_le_bytes().to_vec();
    for (session, (kind, tracks)) in (0..).zip(told) {
        out.extend(u16::try_from(tracks.len()).unwrap().to_le_bytes());
        for (track, told) in (0..).zip(tracks) {
            out.extend(told.record(version, (session, track), all));
        }
        out.push(*kind);
        out.extend(vec![0; if version == V2 { 11 } else { 12 }]);
    }
    out
}

/// Sectors, descriptor, and where that is.
pub(crate) fn image(version: u32, data: &[u8], descriptor: &[u8]) -> Vec<u8> {
    let mut out = [data, descriptor].concat();
    if version == V35 {
        out.extend(version.to_le_bytes());
    }
    let place = if version == V35 { descriptor.len() + 8 } else { data.len() };
    if version != V35 {
        out.extend(version.to_le_bytes());
    }
    out.extend(u32::try_from(place).unwrap().to_le_bytes());
    out
}

/// A whole image without anything said of the disc but in version 3.5.
pub(crate) fn whole(version: u32, data: &[u8], told: &[(u8, Vec<Told>)]) -> Vec<u8> {
    let mut descriptor = sessions(version, told);
    if version == V35 {
        descriptor.extend(info("", &[]));
    }
    image(version, data, &descriptor)
}

/// One track from LBA 0 on, the blank pause stored before it.
pub(crate) fn single(version: u32, mode: u32, read_mode: u32, size: usize, sectors: &[u8]) -> Vec<u8> {
    let count = u32::try_from(sectors.len() / size).unwrap();
    let data = [vec![0; 150 * size], sectors.to_vec()].concat();
    whole(version, &data, &[(1, vec![Told::new(mode, read_mode, 0, &[150, count])])])
}

pub(crate) fn open_source(name: &str, source: Arc<dyn ReadAt>) -> Result<Disc> {
    let alone = MemoryFiles::new();
    open_input(&Input::new(name, source, &alone))
}

pub(crate) fn open_input(input: &Input<'_>) -> Result<Disc> {
    match Cdi.open(input)? {
        Opened::Discs(mut discs) => Ok(discs.remove(0)),
        Opened::Bytes { .. } => panic!("an image is no wrapper"),
    }
}

pub(crate) fn open(bytes: &[u8]) -> Result<Disc> {
    open_source("x.cdi", Arc::new(Bytes::new("x.cdi", bytes)))
}

/// The outline of what `bytes` are, or the error with its hint.
pub(crate) fn outline(bytes: &[u8]) -> String {
    match open(bytes) {
        Ok(disc) => discconv_core::outline::disc(&disc),
        Err(error) => format!("error: {error}\nhint: {}\n", error.hint().unwrap_or_default()),
    }
}

/// The lines of the outline that begin with one of `words`, without leading blanks.
pub(crate) fn lines(bytes: &[u8], words: &[&str]) -> Vec<String> {
    let text = outline(bytes);
    let wanted = |line: &&str| words.iter().any(|word| line.trim_start().starts_with(word));
    text.lines().filter(wanted).map(|line| line.trim_start().to_owned()).collect()
}

pub(crate) fn probe(name: &str, bytes: &[u8]) -> Score {
    let source = Bytes::new(name, bytes);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let tail = &bytes[bytes.len().saturating_sub(65_536)..];
    Cdi.probe(&Peek { head: &bytes[..bytes.len().min(65_536)], tail, extension, source: &source })
}
