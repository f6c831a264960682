//! A folder in memory, and a small GD-ROM in it.

use discconv_core::memory::MemoryFiles;
use discconv_core::{Disc, Form, Format, Input, Lba, Opened, Peek, Result, Scratch, outline};
use discconv_gdi::Gdi;
use discconv_testkit::Rng;
use discconv_testkit::stored::{as_mode1, sound};
use std::sync::LazyLock;

/// Data, sound, data at LBA 45000, sound behind a gap, data behind a longer one.
pub(crate) const TEXT: &str = "5\r\n1 0 4 2352 track01.bin 0\r\n2 310 0 2352 track02.raw 0\r\n3 45000 4 2352 track03.bin 0\r\n\
     4 45180 0 2352 track04.raw 0\r\n5 45425 4 2352 track05.bin 0\r\n";

/// Mode 1 sectors of anything.
pub(crate) fn data(first: i32, sectors: usize) -> Vec<u8> {
    as_mode1(first, &Rng::new(u64::from(first.unsigned_abs()) + 1).bytes(sectors * 2048))
}

/// The files of [`TEXT`].
pub(crate) fn tracks() -> Vec<(&'static str, Vec<u8>)> {
    TRACKS.clone()
}

static TRACKS: LazyLock<Vec<(&'static str, Vec<u8>)>> = LazyLock::new(|| {
    vec![
        ("track01.bin", data(0, 160)),
        ("track02.raw", sound(2, 12)),
        ("track03.bin", data(45_000, 30)),
        ("track04.raw", sound(4, 20)),
        ("track05.bin", data(45_425, 25)),
    ]
});

/// `text` as `x.gdi`, with those files beside it.
pub(crate) fn folder(text: &[u8], files: &[(&str, Vec<u8>)]) -> MemoryFiles {
    let folder: MemoryFiles = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect();
    folder.insert("x.gdi", text.to_vec());
    folder
}

pub(crate) fn open(folder: &MemoryFiles, name: &str) -> Result<Disc> {
    open_input(&Input::new(name, folder.source(name).unwrap(), folder))
}

pub(crate) fn open_input(input: &Input<'_>) -> Result<Disc> {
    match Gdi.open(input)? {
        Opened::Discs(mut discs) => Ok(discs.remove(0)),
        Opened::Bytes { .. } => panic!("a GDI is no wrapper"),
    }
}

/// `text` over the files of [`TEXT`].
pub(crate) fn disc(text: &str) -> Result<Disc> {
    open(&folder(text.as_bytes(), &tracks()), "x.gdi")
}

/// The outline of what a text is, or the error with its hint.
pub(crate) fn told(result: Result<Disc>) -> String {
    match result {
        Ok(disc) => outline::disc(&disc),
        Err(error) => format!("error: {error}\nhint: {}\n", error.hint().unwrap_or_default()),
    }
}

/// The lines of the outline that say where tracks are, and the notes.
pub(crate) fn lines(disc: &Disc, words: &[&str]) -> Vec<String> {
    let text = outline::disc(disc);
    let wanted = |line: &&str| words.iter().any(|word| line.trim_start().starts_with(word));
    text.lines().filter(wanted).map(|line| line.trim_start().to_owned()).collect()
}

pub(crate) fn raw(disc: &Disc, first: i32, sectors: usize) -> Vec<u8> {
    let mut out = vec![0xEE; sectors * 2352];
    disc.read_sectors(Lba(first), &Form::RAW, &mut Scratch::default(), &mut out).unwrap();
    out
}

pub(crate) fn probe(name: &str, bytes: &[u8]) -> u8 {
    let source = discconv_core::Bytes::new(name, bytes);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Gdi.probe(&Peek { head: bytes, tail: bytes, extension, source: &source }).0
}
