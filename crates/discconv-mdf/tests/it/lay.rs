//! Descriptors laid by hand from the tables of the format, and opening them.

use discconv_core::memory::MemoryFiles;
use discconv_core::{Disc, Format, Input, Opened, Peek, ReadAt, Result, Score};
use discconv_mdf::Mdf;

/// Put `bytes` at `at`, with zeros before them where there is nothing yet.
pub(crate) fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    file.resize(file.len().max(at + bytes.len()), 0);
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

/// A track as the descriptor tells it.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) mode: u8,
    pub(crate) sub: u8,
    pub(crate) control: u8,
    pub(crate) number: u8,
    pub(crate) size: u16,
    pub(crate) start: i32,
    pub(crate) offset: u64,
    pub(crate) pregap: u32,
    pub(crate) sectors: u32,
    /// Its footers: which of [`Mds::names`].
    pub(crate) files: Vec<usize>,
}

/// A descriptor.
#[derive(Clone, Debug)]
pub(crate) struct Mds {
    pub(crate) medium: u16,
    /// Start, lead-out, disc type, tracks.
    pub(crate) sessions: Vec<(i32, i32, u8, Vec<Told>)>,
    pub(crate) names: Vec<&'static str>,
    pub(crate) wide: bool,
    pub(crate) structures: Vec<u8>,
    pub(crate) bca: Vec<u8>,
    /// Blocks of measurements.
    pub(crate) dpm: Vec<Vec<u32>>,
}

/// Track `number` of raw sectors from LBA `start` on.
pub(crate) fn track(number: u8, mode: u8, start: i32, pregap: u32, sectors: u32, offset_sectors: u64) -> Told {
    let control = if mode & 7 == 1 { 0x10 } else { 0x14 };
    let offset = offset_sectors * 2352;
    Told { mode, sub: 0, control, number, size: 2352, start, offset, pregap, sectors, files: vec![0] }
}

/// A CD of one session.
pub(crate) fn cd(tracks: Vec<Told>) -> Mds {
    let end = tracks.last().map_or(0, |track| track.start + track.sectors as i32);
    Mds {
        medium: 0,
        sessions: vec![(-150, end, 0, tracks)],
        names: vec!["*.mdf"],
        wide: false,
        structures: vec![],
        bca: vec![],
        dpm: vec![],
    }
}

/// A DVD of one track.
pub(crate) fn dvd(sectors: u32) -> Mds {
    let told = Told { mode: 2, size: 2048, ..track(1, 2, 0, 0, sectors, 0) };
    Mds { medium: 0x10, sessions: vec![(0, sectors as i32, 0, vec![told])], ..cd(vec![]) }
}

impl Mds {
    /// Its bytes: header, sessions, track blocks, extra blocks, structures, footers, names, measurements.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let dvd = self.medium >= 0x10;
        let points = if dvd { 0 } else { 3 };
        let mut out = Vec::new();
        put(&mut out, 0, b"MEDIA DESCRIPTOR\x01\x03");
        put(&mut out, 0x12, &self.medium.to_le_bytes());
        put(&mut out, 0x14, &(self.sessions.len() as u16).to_le_bytes());
        put(&mut out, 0x16, &[2]);
        put(&mut out, 0x50, &0x58_u32.to_le_bytes());
        let blocks: usize = self.sessions.iter().map(|session| session.3.len() + points).sum();
        let tracks_at = 0x58 + 0x18 * self.sessions.len();
        let extras_at = tracks_at + 0x50 * blocks;
        let structures_at = extras_at + if dvd { 0 } else { 8 * blocks };
        let bca_at = structures_at + self.structures.len();
        let footers_at = bca_at + self.bca.len();
        let footers: usize = self.sessions.iter().flat_map(|session| &session.3).map(|track| track.files.len()).sum();
        let names_at = footers_at + 0x10 * footers;
        let mut name_places = Vec::new();
        let mut end = names_at;
        for name in &self.names {
            name_places.push(end);
            let bytes: Vec<u8> = match self.wide {
                true => name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect(),
                false => name.bytes().chain([0]).collect(),
            };
            put(&mut out, end, &bytes);
            end += bytes.len();
        }
        if !self.structures.is_empty() {
            put(&mut out, 0x40, &(structures_at as u32).to_le_bytes());
            put(&mut out, structures_at, &self.structures);
        }
        if !self.bca.is_empty() {
            put(&mut out, 0x1A, &(self.bca.len() as u16).to_le_bytes());
            put(&mut out, 0x24, &(bca_at as u32).to_le_bytes());
            put(&mut out, bca_at, &self.bca);
        }
        if !self.dpm.is_empty() {
            put(&mut out, 0x54, &(end as u32).to_le_bytes());
            put(&mut out, end, &(self.dpm.len() as u32).to_le_bytes());
            let mut place = end + 4 + 4 * self.dpm.len();
            for (index, block) in self.dpm.iter().enumerate() {
                put(&mut out, end + 4 + 4 * index, &(place as u32).to_le_bytes());
                let bytes: Vec<u8> = block.iter().flat_map(|word| word.to_le_bytes()).collect();
                put(&mut out, place, &bytes);
                place += bytes.len();
            }
        }
        let (mut block, mut footer) = (0, footers_at);
        for (index, (start, lead_out, kind, tracks)) in self.sessions.iter().enumerate() {
            let at = 0x58 + 0x18 * index;
            put(&mut out, at, &start.to_le_bytes());
            put(&mut out, at + 4, &lead_out.to_le_bytes());
            put(&mut out, at + 8, &(index as u16 + 1).to_le_bytes());
            put(&mut out, at + 10, &[(tracks.len() + points) as u8, points as u8]);
            put(&mut out, at + 12, &u16::from(tracks.first().map_or(0, |track| track.number)).to_le_bytes());
            put(&mut out, at + 14, &u16::from(tracks.last().map_or(0, |track| track.number)).to_le_bytes());
            put(&mut out, at + 20, &((tracks_at + 0x50 * block) as u32).to_le_bytes());
            if !dvd {
                let end = (lead_out + 150) as u32;
                let lead_out = [(end / 4500) as u8, (end / 75 % 60) as u8, (end % 75) as u8];
                let first = tracks.first().map_or(0, |track| track.number);
                let last = tracks.last().map_or(0, |track| track.number);
                for (point, pointed) in [(0xA0, [first, *kind, 0]), (0xA1, [last, 0, 0]), (0xA2, lead_out)] {
                    let at = tracks_at + 0x50 * block;
                    put(&mut out, at, &[0, 0, 0x14, 0, point, 0, 0, 0, 0, pointed[0], pointed[1], pointed[2]]);
                    block += 1;
                }
            }
            for track in tracks {
                let at = tracks_at + 0x50 * block;
                let frames = (track.start + 150) as u32;
                let msf = if dvd { [0; 3] } else { [(frames / 4500) as u8, (frames / 75 % 60) as u8, (frames % 75) as u8] };
                put(&mut out, at, &[track.mode, track.sub, track.control, 0, track.number, 0, 0, 0, 0, msf[0], msf[1], msf[2]]);
                let extra = extras_at + 8 * block;
                put(&mut out, at + 0x0C, &if dvd { track.sectors } else { extra as u32 }.to_le_bytes());
                put(&mut out, at + 0x10, &track.size.to_le_bytes());
                put(&mut out, at + 0x12, &[2]);
                put(&mut out, at + 0x24, &track.start.to_le_bytes());
                put(&mut out, at + 0x28, &track.offset.to_le_bytes());
                put(&mut out, at + 0x30, &(track.files.len() as u32).to_le_bytes());
                put(&mut out, at + 0x34, &(footer as u32).to_le_bytes());
                if !dvd {
                    put(&mut out, extra, &track.pregap.to_le_bytes());
                    put(&mut out, extra + 4, &track.sectors.to_le_bytes());
                }
                for file in &track.files {
                    put(&mut out, footer, &(name_places[*file] as u32).to_le_bytes());
                    put(&mut out, footer + 4, &u32::from(self.wide).to_le_bytes());
                    footer += 0x10;
                }
                block += 1;
            }
        }
        out
    }

    /// With its data in `x.mdf`.
    pub(crate) fn with(&self, data: &[u8]) -> MemoryFiles {
        folder(&[("x.mds", &self.bytes()), ("x.mdf", data)])
    }
}

pub(crate) fn folder(files: &[(&str, &[u8])]) -> MemoryFiles {
    files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
}

pub(crate) fn open_named(files: &MemoryFiles, name: &str) -> Result<Disc> {
    match Mdf.open(&Input::new(name, files.source(name).unwrap(), files))? {
        Opened::Discs(mut discs) => Ok(discs.remove(0)),
        Opened::Bytes { .. } => panic!("an image is no wrapper"),
    }
}

/// Open `x.mds`.
pub(crate) fn open(files: &MemoryFiles) -> Result<Disc> {
    open_named(files, "x.mds")
}

/// The outline of what `x.mds` is, or the error with its hint.
pub(crate) fn outline(files: &MemoryFiles) -> String {
    match open(files) {
        Ok(disc) => discconv_core::outline::disc(&disc),
        Err(error) => format!("error: {error}\nhint: {}\n", error.hint().unwrap_or_default()),
    }
}

/// The lines of the outline that begin with one of `words`, without leading blanks.
pub(crate) fn lines(files: &MemoryFiles, words: &[&str]) -> Vec<String> {
    let text = outline(files);
    let wanted = |line: &&str| words.iter().any(|word| line.trim_start().starts_with(word));
    text.lines().filter(wanted).map(|line| line.trim_start().to_owned()).collect()
}

pub(crate) fn probe(name: &str, bytes: &[u8]) -> Score {
    let files = folder(&[(name, bytes)]);
    let source = files.source(name).unwrap();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Mdf.probe(&Peek { head: &bytes[..bytes.len().min(65536)], tail: &[], extension, source: source.as_ref() as &dyn ReadAt })
}
