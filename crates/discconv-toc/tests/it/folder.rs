//! A folder in memory that takes WAVE off as the registry does, or makes data up; and opening a TOC in it.

use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Disc, Form, Format, Found, Input, Lba, Opened, ReadAt, Result, Scratch, Siblings};
use discconv_toc::CdrdaoToc;
use std::sync::Arc;

#[derive(Clone, Default)]
pub(crate) struct Folder {
    pub(crate) files: MemoryFiles,
    /// Zeros of this length answer to any other name.
    pub(crate) anything: Option<u64>,
}

impl Folder {
    pub(crate) fn of(files: &[(&str, &[u8])]) -> Folder {
        Folder { files: files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect(), anything: None }
    }

    /// A TOC whose files are all zeros of `len` bytes.
    pub(crate) fn blank(text: &[u8], len: u64) -> Folder {
        Folder { anything: Some(len), ..Folder::of(&[("x.toc", text)]) }
    }

    pub(crate) fn open(&self, name: &str) -> Result<Disc> {
        open(&Input::new(name, self.files.source(name).unwrap(), self))
    }
}

/// `text` beside `files`, opened.
pub(crate) fn disc(text: &str, files: &[(&str, &[u8])]) -> Result<Disc> {
    Folder::of(&[&[("x.toc", text.as_bytes())], files].concat()).open("x.toc")
}

pub(crate) fn open(input: &Input<'_>) -> Result<Disc> {
    match CdrdaoToc.open(input)? {
        Opened::Discs(mut discs) => Ok(discs.remove(0)),
        Opened::Bytes { .. } => panic!("a TOC is no wrapper"),
    }
}

/// Raw sectors.
pub(crate) fn raw(disc: &Disc, first: i32, sectors: usize) -> Vec<u8> {
    let mut out = vec![0xEE; sectors * 2352];
    disc.read_sectors(Lba(first), &Form::RAW, &mut Scratch::default(), &mut out).unwrap();
    out
}

struct Blank(u64);

impl ReadAt for Blank {
    fn len(&self) -> u64 {
        self.0
    }

    fn read_exact_at(&self, _: u64, buf: &mut [u8]) -> Result<()> {
        buf.fill(0);
        Ok(())
    }

    fn name(&self) -> &'static str {
        "blank"
    }
}

impl Siblings for Folder {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let Some(found) = self.files.open(name)? else {
            let unwrapped = name.ends_with(".wav").then_some("wave");
            let made = |len| Found { name: name.to_owned(), source: Arc::new(Blank(len)), unwrapped, notes: Vec::new() };
            return Ok(self.anything.map(made));
        };
        let bytes = self.files.get(&found.name).unwrap();
        if !bytes.starts_with(b"RIFF") || bytes.len() < 44 {
            return Ok(Some(found));
        }
        let source = Arc::new(Bytes::new(found.name.clone(), &bytes[44..]));
        Ok(Some(Found { name: found.name, source, unwrapped: Some("wave"), notes: Vec::new() }))
    }

    fn list(&self) -> Vec<String> {
        self.files.names()
    }
}
