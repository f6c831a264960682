//! Descriptors laid by hand from the tables of the format, and opening them.

use discconv_ccd::Ccd;
use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Disc, Format, Input, Opened, Peek, Result, Score};
use discconv_testkit::reference::{packed_block, q_position};
use std::sync::Arc;

/// `[Entry n]` of a point that has three numbers and the address they would be.
pub(crate) fn entry(number: usize, session: u8, point: u8, control: u8, msf: [i32; 3], plba: i32) -> String {
    let [minute, second, frame] = msf;
    format!(
        "[Entry {number}]\r\nSession={session}\r\nPoint=0x{point:02x}\r\nADR=0x01\r\nControl=0x{control:02x}\r\nTrackNo=0\r\nAMin=0\r\n\
         ASec=0\r\nAFrame=0\r\nALBA=-150\r\nZero=0\r\nPMin={minute}\r\nPSec={second}\r\nPFrame={frame}\r\nPLBA={plba}\r\n"
    )
}

/// `[Entry n]` of an address.
pub(crate) fn at(number: usize, session: u8, point: u8, control: u8, lba: i32) -> String {
    let frames = lba + 150;
    entry(number, session, point, control, [frames / 4500, frames / 75 % 60, frames % 75], lba)
}

/// Tracks (number, control, LBA) and the lead-out of a session.
pub(crate) type Told<'a> = (&'a [(u8, u8, i32)], i32);

/// A whole descriptor; `disc` are further lines of its `[Disc]`, `tracks` what comes behind the entries.
pub(crate) fn ccd(disc: &str, sessions: &[Told<'_>], tracks: &str) -> String {
    let mut entries: Vec<String> = Vec::new();
    for (session, (tracks, lead_out)) in (1..).zip(sessions) {
        let (first, last) = (tracks[0], tracks[tracks.len() - 1]);
        for (point, track) in [(0xA0, first), (0xA1, last)] {
            let minute = i32::from(track.0);
            entries.push(entry(entries.len(), session, point, track.1, [minute, 0, 0], minute * 4500 - 150));
        }
        entries.push(at(entries.len(), session, 0xA2, last.1, *lead_out));
        for (number, control, lba) in *tracks {
            entries.push(at(entries.len(), session, *number, *control, *lba));
        }
    }
    let counts = format!("TocEntries={}\r\nSessions={}\r\n", entries.len(), sessions.len());
    let disc = if disc.contains("Scrambled") { disc.to_owned() } else { format!("DataTracksScrambled=0\r\n{disc}") };
    format!("[CloneCD]\r\nVersion=3\r\n[Disc]\r\n{counts}{disc}CDTextLength=0\r\n{}{tracks}", entries.concat())
}

/// `[TRACK n]`.
pub(crate) fn track(number: u8, mode: u8, rest: &str) -> String {
    format!("[TRACK {number}]\r\nMODE={mode}\r\n{rest}")
}

pub(crate) fn files(text: &str, img: &[u8], sub: Option<&[u8]>) -> MemoryFiles {
    let files = MemoryFiles::new();
    files.insert("x.ccd", text.as_bytes());
    files.insert("x.img", img);
    if let Some(sub) = sub {
        files.insert("x.sub", sub);
    }
    files
}

pub(crate) fn open_in(files: &MemoryFiles) -> Result<Disc> {
    let input = Input::new("x.ccd", files.source("x.ccd").unwrap(), files);
    match Ccd.open(&input)? {
        Opened::Discs(mut discs) => Ok(discs.remove(0)),
        Opened::Bytes { .. } => panic!("an image is no wrapper"),
    }
}

pub(crate) fn open(text: &str, img: &[u8], sub: Option<&[u8]>) -> Result<Disc> {
    open_in(&files(text, img, sub))
}

/// The outline of the disc, or the error with its hint.
pub(crate) fn outline_in(files: &MemoryFiles) -> String {
    match open_in(files) {
        Ok(disc) => discconv_core::outline::disc(&disc),
        Err(error) => format!("error: {error}\nhint: {}\n", error.hint().unwrap_or_default()),
    }
}

pub(crate) fn outline(text: &str, img: &[u8], sub: Option<&[u8]>) -> String {
    outline_in(&files(text, img, sub))
}

/// Lines of `text` that begin with one of `words`, without leading blanks, and without the note of a lacking `.sub`.
pub(crate) fn picked(text: &str, words: &[&str]) -> Vec<String> {
    let wanted =
        |line: &&str| words.iter().any(|word| line.trim_start().starts_with(word)) && !line.contains("no subchannel beside");
    text.lines().filter(wanted).map(|line| line.trim_start().to_owned()).collect()
}

pub(crate) fn probe(name: &str, bytes: &[u8]) -> Score {
    let source = Bytes::new(name, bytes);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let (head, tail) = (&bytes[..bytes.len().min(65536)], &bytes[bytes.len().saturating_sub(65536)..]);
    Ccd.probe(&Peek { head, tail, extension, source: &source })
}

/// A source of one file.
pub(crate) fn bytes(name: &str, bytes: Vec<u8>) -> Arc<Bytes> {
    Arc::new(Bytes::new(name, bytes))
}

/// A record of Q: control, track, index, frames since or until INDEX 01, LBA.
pub(crate) fn q(control: u8, track: u8, index: u8, relative: u32, lba: i32) -> [u8; 96] {
    packed_block(index == 0, &q_position(control, track, index, relative, lba))
}
