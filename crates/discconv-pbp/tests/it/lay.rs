//! Laying files from the tables of the notes, with another program's deflate.

use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Disc, Form, Format, Input, Lba, Opened, Result, Scratch};
use discconv_pbp::Pbp;
use discconv_testkit::reference::{RAW, audio, form1, form2};
use std::io::Write;
use std::sync::Arc;

/// Bytes of a block.
pub(crate) const BLOCK: usize = 0x9300;

/// A raw deflate stream.
pub(crate) fn deflated(raw: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(raw).unwrap();
    encoder.finish().unwrap()
}

/// The same with zlib's header and checksum.
pub(crate) fn zlibbed(raw: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(raw).unwrap();
    encoder.finish().unwrap()
}

fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}

fn bcd(number: u32) -> u8 {
    u8::try_from(number / 10 * 16 + number % 10).unwrap()
}

/// So many frames as minutes, seconds and frames.
pub(crate) fn msf(frames: u32) -> [u8; 3] {
    [bcd(frames / 4500), bcd(frames / 75 % 60), bcd(frames % 75)]
}

/// A track of the table: control and ADR, number, INDEX 00 and INDEX 01 in frames from 00:00:00.
#[derive(Clone, Copy)]
pub(crate) struct Told(pub(crate) u8, pub(crate) u32, pub(crate) u32, pub(crate) u32);

/// The table of contents of these tracks, with A2 in frames.
pub(crate) fn toc(tracks: &[Told], length: u32) -> Vec<u8> {
    let [m, s, f] = msf(length);
    let last = bcd(tracks.last().unwrap().1);
    let mut table = vec![0x41, 0, 0xA0, 0, 0, 0, 0, bcd(tracks[0].1), 0x20, 0];
    table.extend([0x41, 0, 0xA1, 0, 0, 0, 0, last, 0, 0]);
    table.extend([0x41, 0, 0xA2, 0, 0, 0, 0, m, s, f]);
    for Told(control, number, pregap, start) in tracks {
        table.extend([&[*control, 0, bcd(*number)][..], &msf(*pregap), &[0], &msf(*start)].concat());
    }
    table
}

/// A disc: head, index, blocks. `length` is what the entry of a coded block says.
pub(crate) fn disc_of(number: &str, title: &str, toc: &[u8], blocks: &[Vec<u8>]) -> Vec<u8> {
    let mut disc = vec![0; 0x10_0000];
    put(&mut disc, 0, b"PSISOIMG0000");
    put(&mut disc, 0x400, number.as_bytes());
    put(&mut disc, 0x800, toc);
    put(&mut disc, 0xBFC, &[0, 0, 0x10, 0]);
    put(&mut disc, 0x1228, &[0xFF, 7, 0, 0]);
    put(&mut disc, 0x122C, title.as_bytes());
    let mut offset = 0_u32;
    for (place, block) in blocks.iter().enumerate() {
        put(&mut disc, 0x4000 + place * 32, &offset.to_le_bytes());
        put(&mut disc, 0x4004 + place * 32, &u32::try_from(block.len()).unwrap().to_le_bytes());
        offset += u32::try_from(block.len()).unwrap();
    }
    [disc, blocks.concat()].concat()
}

/// Blocks of `raw`, the last filled up with zeros: every third as it is, the others deflated.
pub(crate) fn blocks(raw: &[u8]) -> Vec<Vec<u8>> {
    let whole = raw.chunks(BLOCK).enumerate().map(|(place, block)| {
        let mut block = block.to_vec();
        block.resize(BLOCK, 0);
        if place % 3 == 1 { block } else { deflated(&block) }
    });
    whole.collect()
}

/// The disc of `raw` sectors with these tracks.
pub(crate) fn disc(raw: &[u8], tracks: &[Told]) -> Vec<u8> {
    let length = u32::try_from(raw.len() / RAW).unwrap();
    disc_of("_SLXX_00001", "A game", &toc(tracks, length), &blocks(raw))
}

/// `PARAM.SFO` with a title.
pub(crate) fn sfo(title: &str) -> Vec<u8> {
    let mut sfo = b"\0PSF\x01\x01\0\0\x24\0\0\0\x2C\0\0\0\x01\0\0\0".to_vec();
    sfo.extend([0, 0, 4, 2]);
    sfo.extend(u32::try_from(title.len() + 1).unwrap().to_le_bytes());
    sfo.extend([0x80, 0, 0, 0, 0, 0, 0, 0]);
    sfo.extend(b"TITLE\0\0\0");
    sfo.extend(title.as_bytes());
    sfo.resize(0x2C + 0x80, 0);
    sfo
}

/// A PBP around `DATA.PSAR`, with a picture.
pub(crate) fn pbp(psar: &[u8]) -> Vec<u8> {
    let (sfo, icon) = (sfo("The menu's title"), b"not really a picture");
    let icon_at = 0x28 + sfo.len();
    let end = icon_at + icon.len();
    let mut file = b"\0PBP\0\0\x01\0".to_vec();
    for at in [0x28, icon_at, end, end, end, end, end, 0x1_0000] {
        file.extend(u32::try_from(at).unwrap().to_le_bytes());
    }
    file.extend(sfo);
    file.extend(icon);
    file.resize(0x1_0000, 0);
    [&file[..], psar].concat()
}

/// `DATA.PSAR` of several discs, each at a multiple of 8000h.
pub(crate) fn title(discs: &[Vec<u8>]) -> Vec<u8> {
    let mut psar = vec![0; 0x400];
    put(&mut psar, 0, b"PSTITLEIMG000000");
    for (place, disc) in discs.iter().enumerate() {
        psar.resize(psar.len().next_multiple_of(0x8000), 0);
        let at = u32::try_from(psar.len()).unwrap();
        put(&mut psar, 0x200 + place * 4, &at.to_le_bytes());
        psar.extend(disc);
    }
    psar
}

/// Mode 2 sectors from `lba` on, of both forms.
pub(crate) fn data(lba: i32, sectors: u32) -> Vec<u8> {
    let sector = |at: u32| {
        let (address, user) = (lba + i32::try_from(at).unwrap(), vec![u8::try_from(at % 251).unwrap(); 2048]);
        if at % 5 == 3 { form2(address, [1, 2, 0x64, 1], &user, true) } else { form1(address, [0, 0, 8, 0], &user) }
    };
    (0..sectors).flat_map(sector).collect()
}

/// Sectors of sound.
pub(crate) fn sound(track: u32, sectors: u32) -> Vec<u8> {
    (0..sectors).flat_map(|at| audio(track, at)).collect()
}

/// A disc of 50 sectors of data and two tracks of sound, 20 and 12 sectors with pregaps of 5 and 0; of which this is the raw data.
pub(crate) fn mixed() -> (Vec<u8>, Vec<Told>) {
    let raw = [data(0, 50), sound(0, 5), sound(2, 20), sound(3, 12)].concat();
    (raw, vec![Told(0x41, 1, 0, 150), Told(1, 2, 200, 205), Told(1, 3, 225, 225)])
}

pub(crate) fn open(bytes: &[u8]) -> Result<Vec<Disc>> {
    let alone = MemoryFiles::new();
    match Pbp.open(&Input::new("x.pbp", Arc::new(Bytes::new("x.pbp", bytes)), &alone))? {
        Opened::Discs(discs) => Ok(discs),
        Opened::Bytes { .. } => panic!("a PBP is no wrapper"),
    }
}

/// All sectors from LBA 0 on.
pub(crate) fn raw_of(disc: &Disc) -> Result<Vec<u8>> {
    let sectors = usize::try_from(disc.toc().sessions[0].lead_out.0).unwrap();
    let mut raw = vec![0x77; sectors * RAW];
    disc.read_sectors(Lba(0), &Form::RAW, &mut Scratch::default(), &mut raw)?;
    Ok(raw)
}

/// What opening and reading all of `bytes` says, for people.
pub(crate) fn told(bytes: &[u8]) -> String {
    let mut text = String::new();
    let read = open(bytes).and_then(|discs| {
        for disc in &discs {
            text += &discconv_core::outline::disc(disc);
            raw_of(disc)?;
        }
        Ok(())
    });
    match read {
        Ok(()) => text,
        Err(error) => text + &format!("error: {}: {error}\nhint: {}\n", error.code(), error.hint().unwrap_or_default()),
    }
}
