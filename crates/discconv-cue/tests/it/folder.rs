//! A folder in memory that takes WAVE and AIFF off as the registry does, and opening a sheet in it.

use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Disc, Format, Found, Input, Opened, Result, Siblings};
use discconv_cue::Cue;
use discconv_testkit::fixtures::Fixture;
use std::sync::Arc;

#[derive(Clone, Default)]
pub(crate) struct Folder(pub(crate) MemoryFiles);

impl Folder {
    pub(crate) fn of(files: &[(&str, &[u8])]) -> Folder {
        Folder(files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect())
    }

    pub(crate) fn open(&self, name: &str) -> Result<Disc> {
        let input = Input::new(name, self.0.source(name).unwrap(), self);
        open(&input)
    }
}

pub(crate) fn open(input: &Input<'_>) -> Result<Disc> {
    match Cue.open(input)? {
        Opened::Discs(mut discs) => Ok(discs.remove(0)),
        Opened::Bytes { .. } => panic!("a sheet is no wrapper"),
    }
}

impl From<&Fixture> for Folder {
    fn from(fixture: &Fixture) -> Folder {
        Folder(fixture.files.0.iter().map(|(name, bytes)| (name.clone(), bytes.clone())).collect())
    }
}

impl Siblings for Folder {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let Some(found) = self.0.open(name)? else { return Ok(None) };
        let bytes = self.0.get(&found.name).unwrap();
        let (samples, id) = match bytes.get(..4) {
            Some(b"RIFF") => (riff(&bytes), "wave"),
            Some(b"FORM") => (aiff(&bytes), "aiff"),
            _ => return Ok(Some(found)),
        };
        let source = Arc::new(Bytes::new(found.name.clone(), samples));
        Ok(Some(Found { name: found.name, source, unwrapped: Some(id), notes: Vec::new() }))
    }

    fn list(&self) -> Vec<String> {
        self.0.names()
    }
}

fn riff(bytes: &[u8]) -> Vec<u8> {
    let mut at = 12;
    loop {
        let len = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        if &bytes[at..at + 4] == b"data" {
            return bytes[at + 8..at + 8 + len].to_vec();
        }
        at += 8 + len + len % 2;
    }
}

fn aiff(bytes: &[u8]) -> Vec<u8> {
    let (mut at, mut little) = (12, false);
    loop {
        let len = u32::from_be_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        little |= &bytes[at..at + 4] == b"COMM" && bytes[at + 8..at + 8 + len].windows(4).any(|word| word == b"sowt");
        if &bytes[at..at + 4] == b"SSND" {
            let skip = u32::from_be_bytes(bytes[at + 8..at + 12].try_into().unwrap()) as usize;
            let samples = &bytes[at + 16 + skip..at + 8 + len];
            return if little { samples.to_vec() } else { samples.as_chunks().0.iter().flat_map(|[a, b]| [*b, *a]).collect() };
        }
        at += 8 + len + len % 2;
    }
}
