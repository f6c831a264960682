//! Files, and what is seen of them.

use discconv_archive::{Bzip2, Gzip, Xz, Zstd};
use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Format, Input, Limits, Note, NoteKind, Opened, ReadAt, Result};
use std::fmt::Write;
use std::sync::Arc;

pub(crate) const WRAPPERS: [&dyn Format; 4] = [&Gzip, &Bzip2, &Xz, &Zstd];

/// What `data/make.py` writes.
pub(crate) fn content() -> Vec<u8> {
    let line = |i: u64| format!("{i:06} {:04} disc\n", i * 2_654_435_761 % (1 << 32) % 9973);
    (0..3750).map(line).collect::<String>().into_bytes()[..60_000].to_vec()
}

pub(crate) fn data(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
}

/// The one wrapper that claims `file`, whatever it is called.
pub(crate) fn claimed(file: &[u8]) -> Option<&'static dyn Format> {
    let source = Bytes::new("x", file);
    let head = &file[..file.len().min(65_536)];
    let peek = discconv_core::Peek { head, tail: head, extension: "", source: &source };
    let claiming: Vec<_> = WRAPPERS.into_iter().filter(|format| format.probe(&peek) > discconv_core::Score::NO).collect();
    assert!(claiming.len() <= 1);
    claiming.first().copied()
}

/// What was in a file.
pub(crate) struct Content {
    pub(crate) source: Arc<dyn ReadAt>,
    pub(crate) notes: Vec<Note>,
}

impl Content {
    pub(crate) fn all(&self) -> Result<Vec<u8>> {
        let mut out = vec![0x77; usize::try_from(self.source.len()).unwrap()];
        self.source.read_exact_at(0, &mut out).map(|()| out)
    }

    pub(crate) fn damaged(&self) -> bool {
        self.notes.iter().any(|note| note.kind == NoteKind::Damage)
    }
}

pub(crate) fn open_with(format: &dyn Format, file: &[u8], limits: Limits) -> Result<Content> {
    let name = format!("x.iso.{}", format.info().extensions[0]);
    let alone = MemoryFiles::new();
    let input = Input { limits, ..Input::new(&name, Arc::new(Bytes::new(name.clone(), file)), &alone) };
    match format.open(&input)? {
        Opened::Bytes { source, notes, .. } => Ok(Content { source, notes }),
        Opened::Discs(_) => panic!("a wrapper is no disc"),
    }
}

pub(crate) fn open(format: &dyn Format, file: &[u8]) -> Result<Content> {
    open_with(format, file, Limits::default())
}

/// The members of an archive, each with what opening it says; the content of the first is held against `content`.
pub(crate) fn members(format: &dyn Format, file: &[u8]) -> String {
    let alone = MemoryFiles::new();
    let name = format!("x.{}", format.info().extensions[0]);
    let limits = Limits { unpacked_bytes: 1 << 20, ..Limits::default() };
    let input = Input { limits, ..Input::new(&name, Arc::new(Bytes::new(name.clone(), file)), &alone) };
    let mut text = String::new();
    let files = match format.archive().unwrap().files(&input) {
        Ok(files) => files,
        Err(error) => return format!("error: {error}\nhint: {}\n", error.hint().unwrap_or_default()),
    };
    for name in files.list() {
        match files.open(&name) {
            Ok(found) => {
                let found = found.unwrap();
                let mut bytes = vec![0; usize::try_from(found.source.len()).unwrap()];
                let state = match found.source.read_exact_at(0, &mut bytes) {
                    Ok(()) if bytes == content() => "the content",
                    Ok(()) => "other bytes",
                    Err(_) => "not readable",
                };
                let _ = writeln!(text, "{name:?}: {} bytes, {state}", bytes.len());
                for note in &found.notes {
                    let _ = writeln!(text, "  {:?}: {}", note.kind, note.text);
                }
            }
            Err(error) => {
                let _ = writeln!(text, "{name:?}: error: {error}");
            }
        }
    }
    let _ = writeln!(text, "{} promises", files.promises().len());
    text
}

/// A file of a zip archive to be laid: name, method, bytes stored, CRC-32, bytes of content.
pub(crate) type Member<'a> = (&'a [u8], u16, &'a [u8], u32, u32);

/// An archive by the tables in `zip/mod.rs`.
pub(crate) fn zip(members: &[Member<'_>]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut directory = Vec::new();
    for (name, method, stored, crc32, content) in members {
        let at = file.len() as u32;
        let lens = [(name.len() as u16).to_le_bytes(), [0, 0]].concat();
        let numbers = [crc32.to_le_bytes(), (stored.len() as u32).to_le_bytes(), content.to_le_bytes()].concat();
        let shared = [&[20, 0, 0, 0][..], &method.to_le_bytes(), &[0; 4], &numbers, &lens].concat();
        file.extend([&b"PK\x03\x04"[..], &shared, name, stored].concat());
        directory.extend([&b"PK\x01\x02\x14\0"[..], &shared, &[0; 10], &at.to_le_bytes(), name].concat());
    }
    let count = (members.len() as u16).to_le_bytes();
    let numbers = [(directory.len() as u32).to_le_bytes(), (file.len() as u32).to_le_bytes()].concat();
    [&file[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &numbers, &[0, 0]].concat()
}
