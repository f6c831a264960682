//! Discs laid by hand: bytes at places, files in a small volume, and what is found on them as text.

use discconv_core::{Bytes, Disc, DiscParts, Extent, Form, Lba, Limits, Media, Place, SourceId, Toc, TrackMode};
use discconv_identify::{Evidence, Identity, identify};
use std::fmt::Write as _;
use std::sync::Arc;

pub(crate) const SECTOR: usize = 2048;
/// Sectors of a directory each, the root's first; files follow.
const ROOT: usize = 20;
const DIRECTORIES: usize = 8;

/// User data of a disc.
#[derive(Clone)]
pub(crate) struct Laid(pub(crate) Vec<u8>);

impl Laid {
    /// So many sectors of zeros.
    pub(crate) fn blank(sectors: usize) -> Laid {
        Laid(vec![0; sectors * SECTOR])
    }

    /// A volume of ISO 9660 for `system` with these files, each in the root or one directory below it.
    pub(crate) fn volume(system: &str, files: &[(&str, &[u8])]) -> Laid {
        let mut folders: Vec<&str> = files.iter().filter_map(|(path, _)| Some(path.split_once('/')?.0)).collect();
        folders.sort_unstable();
        folders.dedup();
        let mut laid = Laid::blank(ROOT + DIRECTORIES);
        let mut records = vec![Vec::new(); folders.len() + 1];
        for (number, folder) in folders.iter().enumerate() {
            records[0].extend(record(folder.as_bytes(), ROOT + 1 + number, SECTOR, 2));
        }
        for (path, content) in files {
            let (folder, name) = path.split_once('/').unwrap_or(("", path));
            let place = folders.iter().position(|known| *known == folder).map_or(0, |place| place + 1);
            let at = laid.0.len() / SECTOR;
            records[place].extend(record(format!("{name};1").as_bytes(), at, content.len(), 0));
            laid.0.extend(*content);
            laid.0.resize(laid.0.len().next_multiple_of(SECTOR), 0);
        }
        for (place, records) in records.iter().enumerate() {
            let own = [record(b"\0", ROOT + place, SECTOR, 2), record(b"\x01", ROOT, SECTOR, 2)].concat();
            laid.put(ROOT + place, 0, &own);
            laid.put(ROOT + place, own.len(), records);
        }
        // ECMA-119 8.4.
        laid.put(16, 0, b"\x01CD001\x01");
        laid.text(16, 8, 32, system);
        laid.text(16, 40, 32, "LABEL");
        let sectors = u32::try_from(laid.0.len() / SECTOR).unwrap();
        laid.put(16, 80, &both32(sectors));
        laid.put(16, 120, &[1, 0, 0, 1, 1, 0, 0, 1, 0, 8, 8, 0]);
        laid.put(16, 156, &record(b"\0", ROOT, SECTOR, 2));
        laid.put(16, 881, &[1]);
        laid.put(17, 0, b"\xFFCD001\x01");
        laid
    }

    pub(crate) fn put(&mut self, sector: usize, at: usize, bytes: &[u8]) {
        let start = sector * SECTOR + at;
        self.0.resize(self.0.len().max((start + bytes.len()).next_multiple_of(SECTOR)), 0);
        self.0[start..start + bytes.len()].copy_from_slice(bytes);
    }

    pub(crate) fn with(mut self, sector: usize, at: usize, bytes: &[u8]) -> Laid {
        self.put(sector, at, bytes);
        self
    }

    /// Text padded with blanks.
    pub(crate) fn text(&mut self, sector: usize, at: usize, len: usize, text: &str) {
        self.put(sector, at, format!("{text:len$}").as_bytes());
    }

    pub(crate) fn with_text(mut self, sector: usize, at: usize, len: usize, text: &str) -> Laid {
        self.text(sector, at, len, text);
        self
    }

    pub(crate) fn disc(self) -> Arc<Disc> {
        stored(self.0, Form::USER)
    }

    /// As raw sectors, in those of which one byte behind the header is wrong.
    pub(crate) fn raw_with_flaws(self, flaws: impl Iterator<Item = usize>) -> Arc<Disc> {
        let mut raw = discconv_testkit::stored::as_mode1(0, &self.0);
        flaws.for_each(|sector| raw[sector * 2352 + 100] ^= 1);
        stored(raw, Form::RAW)
    }

    pub(crate) fn identity(self) -> Identity {
        identify(&self.disc(), &Limits::default()).unwrap()
    }

    /// What is found, a line each.
    pub(crate) fn shown(self) -> String {
        show(&self.identity())
    }
}

/// A disc of one track in that form.
fn stored(bytes: Vec<u8>, form: Form) -> Arc<Disc> {
    let end = i32::try_from(bytes.len() / form.stride as usize).unwrap();
    let toc = Toc::single_data(Media::Cd, TrackMode::Mode1, end);
    let place = Place { source: SourceId(0), offset: 0, form };
    let extent = Extent::stored(Lba(0)..Lba(end), TrackMode::Mode1, place);
    let source: Arc<dyn discconv_core::ReadAt> = Arc::new(Bytes::new("laid.iso", bytes));
    let parts = DiscParts {
        toc,
        sources: vec![source],
        extents: vec![extent],
        notes: Vec::new(),
        checks: Vec::new(),
        extras: Vec::new(),
    };
    Arc::new(Disc::new("laid.iso", parts).unwrap())
}

fn both32(number: u32) -> Vec<u8> {
    [number.to_le_bytes(), number.to_be_bytes()].concat()
}

/// A directory record (9.1).
fn record(name: &[u8], sector: usize, len: usize, flags: u8) -> Vec<u8> {
    let mut out = vec![0, 0];
    out.extend(both32(u32::try_from(sector).unwrap()));
    out.extend(both32(u32::try_from(len).unwrap()));
    out.extend([100, 1, 1, 0, 0, 0, 0, flags, 0, 0, 1, 0, 0, 1, u8::try_from(name.len()).unwrap()]);
    out.extend(name);
    out.resize(out.len().next_multiple_of(2), 0);
    out[0] = u8::try_from(out.len()).unwrap();
    out
}

pub(crate) fn show(identity: &Identity) -> String {
    let mut out = String::new();
    let signs =
        |evidence: &[Evidence]| evidence.iter().map(|sign| format!("\n  {}: {}", sign.place, sign.what)).collect::<String>();
    for found in &identity.systems {
        writeln!(out, "{}{}", found.system.name, signs(&found.evidence)).unwrap();
        let fields = &found.fields;
        let (disc, regions) = (fields.disc.map(|(disc, discs)| format!("{disc}/{discs}")), fields.regions.join(", "));
        let texts = [
            ("serial", &fields.serial),
            ("title", &fields.title),
            ("regions", &regions),
            ("version", &fields.version),
            ("maker", &fields.maker),
            ("date", &fields.date),
            ("disc", &disc.unwrap_or_default()),
        ];
        for (word, text) in texts.into_iter().chain(fields.more.iter().map(|(word, text)| (*word, text))) {
            if !text.is_empty() {
                writeln!(out, "  {word} = {text}").unwrap();
            }
        }
    }
    if !identity.boot.stick.is_empty() {
        writeln!(out, "stick{}", signs(&identity.boot.stick)).unwrap();
    }
    for trace in &identity.protection {
        let probably = if trace.proven { "" } else { "probably " };
        writeln!(out, "{probably}{}{}", trace.name, signs(&trace.evidence)).unwrap();
    }
    if out.is_empty() { "unknown\n".to_owned() } else { out }
}
