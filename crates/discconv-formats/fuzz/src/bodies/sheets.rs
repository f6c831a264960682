//! Sheets, and sound behind them.

use super::folder::{Folder, Others, open, split};
use super::images::read_and_write;
use super::proof::read_edges;

/// Any bytes as a sheet, all of whose files are there.
pub fn cue(data: &[u8]) {
    read_and_write("cue", "x.cue", data, &Folder::of_zeros());
}

/// Any bytes as a TOC of cdrdao, all of whose files are there: the same one under every name.
pub fn toc(data: &[u8]) {
    let files = split(data);
    let others = files.get(1).map_or(Others::Zeros, |bytes| Others::Bytes(bytes));
    read_and_write("toc", "x.toc", files[0], &Folder::new(&["x.toc"], &files, others));
}

/// Any bytes as a GDI, all of whose files are there: the same one under every name.
pub fn gdi(data: &[u8]) {
    let files = split(data);
    let others = files.get(1).map_or(Others::Zeros, |bytes| Others::Bytes(bytes));
    read_and_write("gdi", "x.gdi", files[0], &Folder::new(&["x.gdi"], &files, others));
}

/// Any bytes as a sound file behind a sheet. MP3 is known by its name, the others by their content.
pub fn audio(data: &[u8]) {
    for (name, sheet) in [
        ("x.wav", "FILE \"x.wav\" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n"),
        ("x.mp3", "FILE \"x.mp3\" MP3\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n"),
    ] {
        let folder = Folder::new(&[name], &[data], Others::Zeros);
        if let Ok(discs) = open("x.cue", sheet.as_bytes(), &folder, None) {
            discs.iter().for_each(read_edges);
        }
        let _ = open(name, data, &Folder::of_zeros(), None);
    }
}
