//! A handful of files in memory, as a folder would hold them.

use std::collections::BTreeMap;
use std::path::Path;

/// Files by bare name. The names are what the file system would show (UTF-8), whatever a sheet calls them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, Vec<u8>>);

impl Files {
    /// No files yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One file.
    #[must_use]
    pub fn one(name: &str, bytes: Vec<u8>) -> Self {
        Self::new().with(name, bytes)
    }

    /// The same with one file more, or with `name` replaced.
    #[must_use]
    pub fn with(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.0.insert(name.to_owned(), bytes);
        self
    }

    /// The bytes of `name`; empty where there is no such file.
    #[must_use]
    pub fn get(&self, name: &str) -> &[u8] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Bytes in all files together.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.0.values().map(|bytes| bytes.len() as u64).sum()
    }

    /// Writes every file into the existing folder `folder`.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write_to(&self, folder: &Path) -> std::io::Result<()> {
        self.0.iter().try_for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes))
    }
}

/// A sheet's text: each line with CR LF, as Windows programs and Redump write it.
#[must_use]
pub fn sheet(lines: &[&str]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.as_bytes(), b"\r\n"].concat()).collect()
}

/// `MM:SS:FF` of a number of sectors, as sheets write positions within a file.
#[must_use]
pub fn time(sectors: u32) -> String {
    format!("{:02}:{:02}:{:02}", sectors / 75 / 60, sectors / 75 % 60, sectors % 75)
}
