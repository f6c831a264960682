//! What is refused, what is damage, and that nothing hostile does harm.

use crate::by_hand::{Coding, flac, frames};
use crate::{FLAC, MONO, MP3, OGG, all_of, files, id3, open};
use discconv_audio::{Flac, Mp3, Ogg};
use discconv_core::{Error, Format, NoteKind};
use discconv_testkit::Rng;
use discconv_testkit::stored::sound;
use std::fmt::Write as _;

/// The CRC of a page, bit by bit (RFC 3533, section 6), put in its place.
fn seal(page: &mut [u8]) {
    page[22..26].fill(0);
    let step = |crc: u32| crc << 1 ^ if crc >> 31 == 1 { 0x04C1_1DB7 } else { 0 };
    let crc = page.iter().fold(0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| step(crc)));
    page[22..26].copy_from_slice(&crc.to_le_bytes());
}

/// The pages of a file.
fn pages(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let table = &bytes[at + 27..at + 27 + usize::from(bytes[at + 26])];
        let len = 27 + table.len() + table.iter().map(|len| usize::from(*len)).sum::<usize>();
        out.push(bytes[at..at + len].to_vec());
        at += len;
    }
    out
}

/// `OGG` with one thing changed in one page, whose CRC is right again.
fn ogg_with(page: usize, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut pages = pages(OGG);
    change(&mut pages[page]);
    seal(&mut pages[page]);
    pages.concat()
}

/// A first page with this packet.
fn first_packet(packet: &[u8]) -> Vec<u8> {
    let mut page = [b"OggS\0\x02".as_slice(), &[0; 20], &[1, u8::try_from(packet.len()).unwrap()], packet].concat();
    seal(&mut page);
    page
}

fn patched(bytes: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out[at..at + with.len()].copy_from_slice(with);
    out
}

/// The files that are refused.
fn refused() -> Vec<(&'static str, &'static dyn Format, Vec<u8>)> {
    let short = sound(1, 4);
    let coded = |coding: Coding| flac(&coding, &short);
    let free: Vec<u8> = [0xFF, 0xFB, 0x00, 0x64].into_iter().chain([0; 413]).collect::<Vec<_>>().repeat(6);
    let layer_two = [[0xFF, 0xFD, 0x80, 0x04].as_slice(), &[0; 413]].concat();
    let slow = [[0xFF, 0xFB, 0x94, 0x64].as_slice(), &[0; 380]].concat();
    let last = pages(OGG).len() - 1;
    let headers = pages(OGG)[..2].concat();
    vec![
        ("FLAC at 48 kHz", &Flac, coded(Coding { rate: 48_000, ..Coding::default() })),
        ("FLAC of 24 bits", &Flac, coded(Coding { bits: 24, ..Coding::default() })),
        ("FLAC of 6 channels", &Flac, coded(Coding { channels: 6, ..Coding::default() })),
        ("FLAC without frames", &Flac, coded(Coding::default())[..42].to_vec()),
        ("FLAC cut in its metadata", &Flac, FLAC[..60].to_vec()),
        ("FLAC cut in STREAMINFO", &Flac, FLAC[..20].to_vec()),
        ("FLAC that begins with padding", &Flac, patched(FLAC, 4, &[1])),
        ("FLAC whose frames are of another kind", &Flac, patched(&coded(Coding::default()), 42 + 3, &[0x1C])),
        ("FLAC with a metadata block of 16 MB", &Flac, patched(FLAC, 43, &[0xFF, 0xFF, 0xFF])),
        ("no FLAC", &Flac, MP3.to_vec()),
        ("no FLAC at all", &Flac, Vec::new()),
        ("MP3 at 48 kHz", &Mp3, slow.repeat(6)),
        ("MPEG layer II", &Mp3, layer_two.repeat(6)),
        ("MP3 of free format", &Mp3, free),
        ("a tag without sound", &Mp3, id3(100)),
        ("no MP3", &Mp3, vec![0xFF; 5000]),
        ("no MP3 at all", &Mp3, Vec::new()),
        ("Opus", &Ogg, first_packet(b"OpusHead\x01\x02")),
        ("FLAC in Ogg", &Ogg, first_packet(b"\x7FFLAC\x01\0")),
        ("Ogg with something else", &Ogg, first_packet(b"whatever")),
        ("Vorbis at 48 kHz", &Ogg, ogg_with(0, |page| page[28 + 12..28 + 14].copy_from_slice(&[0x80, 0xBB]))),
        ("Vorbis of 6 channels", &Ogg, ogg_with(0, |page| page[28 + 11] = 6)),
        ("Vorbis with odd block sizes", &Ogg, ogg_with(0, |page| page[28 + 28] = 0x11)),
        ("Ogg cut in its headers", &Ogg, OGG[..1000].to_vec()),
        ("Ogg without sound", &Ogg, headers),
        ("Ogg with a wrong CRC", &Ogg, patched(OGG, 30, b"x")),
        ("two streams in a chain", &Ogg, [OGG, OGG].concat()),
        ("granules that go back", &Ogg, ogg_with(last, |page| page[6..14].copy_from_slice(&1_u64.to_le_bytes()))),
        ("a granule beyond any disc", &Ogg, ogg_with(last, |page| page[6..14].copy_from_slice(&(1_u64 << 60).to_le_bytes()))),
        ("no Ogg", &Ogg, MP3.to_vec()),
    ]
}

#[test]
fn what_is_refused_is_named() {
    let mut said = String::new();
    for (what, format, bytes) in refused() {
        match open(format, "track", bytes) {
            Ok(content) => panic!("{what}: opened, {}", content.said()),
            Err(error) => {
                let hint = error.hint().map(|hint| format!("\n  hint: {hint}")).unwrap_or_default();
                writeln!(said, "{what} ({}): {error}{hint}", error.code()).unwrap();
            }
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn what_is_cut_is_damage() {
    let whole = sound(3, 40);
    let long = flac(&Coding::default(), &whole);
    let last = frames(&Coding::default(), &whole).pop().unwrap().len();
    let mut said = String::new();
    let cases: [(&str, &dyn Format, Vec<u8>, u64); 7] = [
        ("FLAC within a frame", &Flac, long[..long.len() - last - 100].to_vec(), whole.len() as u64),
        ("FLAC between frames", &Flac, long[..long.len() - last].to_vec(), whole.len() as u64),
        ("FLAC whose last frame is hurt", &Flac, patched(&long, long.len() - 9, b"x"), whole.len() as u64),
        ("MP3 within a frame", &Mp3, MP3[..MP3.len() - 2000].to_vec(), 160_000),
        ("MP3 that promises nothing", &Mp3, MONO[..MONO.len() - 300].to_vec(), 33 * 1152 * 4),
        ("Ogg between pages", &Ogg, pages(OGG)[..5].concat(), 0),
        ("Ogg within a page", &Ogg, OGG[..OGG.len() - 100].to_vec(), 0),
    ];
    for (what, format, bytes, len) in cases {
        let content = open(format, "cut", bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
        let damage: Vec<_> = content.notes.iter().filter(|note| note.kind == NoteKind::Damage).collect();
        assert_eq!(damage.len(), 1, "{what}");
        assert!(len == 0 || content.source.len() == len, "{what}: {} bytes", content.source.len());
        assert!(content.checks.is_empty());
        let all = all_of(content.source.as_ref());
        if what.starts_with("FLAC") {
            // What is there is exact, the rest is silence.
            let same = all.iter().zip(&whole).take_while(|(ours, theirs)| ours == theirs).count();
            assert!(same >= whole.len() - 2 * 4096 * 4 && all[same + 8..].iter().all(|byte| *byte == 0), "{what}: {same}");
        }
        writeln!(said, "{what}: {}", damage[0].text).unwrap();
    }
    insta::assert_snapshot!(said);
}

#[test]
fn lengths_that_lie_or_lack() {
    let whole = sound(4, 30);
    let mut said = String::new();
    let there = whole.len() as u64 / 4;
    for total in [0, there - 5000, there + 1, (1 << 36) - 1] {
        let content = open(&Flac, "x.flac", flac(&Coding { total: Some(total), ..Coding::default() }, &whole)).unwrap();
        let all = all_of(content.source.as_ref());
        assert!(all[..whole.len()] == whole && all.len() <= whole.len() + 4, "{total}");
        writeln!(said, "{total} of {there}\n{}", content.said()).unwrap();
    }
    // The frames that Xing's header counts (at 36 + 8 in the first one) do not change what is there.
    for frames in [0_u32, 10, 1_000_000] {
        let at = MP3.windows(4).position(|four| four == b"Info").unwrap() + 8;
        let content = open(&Mp3, "x.mp3", patched(MP3, at, &frames.to_be_bytes())).unwrap();
        assert_eq!(content.source.len(), 160_000);
        writeln!(said, "{frames} frames\n{}", content.said()).unwrap();
    }
    // The delay and padding of LAME's header, 12 bits each.
    let at = MP3.windows(4).position(|four| four == b"Info").unwrap() + 120 + 21;
    for gaps in [[0, 0, 0], [0xFF; 3]] {
        let content = open(&Mp3, "x.mp3", patched(MP3, at, &gaps)).unwrap();
        writeln!(said, "gaps {gaps:?}: {} samples\n{}", content.source.len() / 4, content.said()).unwrap();
    }
    insta::assert_snapshot!(said);
}

#[test]
fn hurt_frames_are_found_where_they_are_read() {
    let whole = sound(5, 100);
    let coding = Coding::default();
    let mut bytes = flac(&coding, &whole);
    let fifth = 42 + frames(&coding, &whole)[..4].concat().len();
    bytes[fifth + 1000] ^= 1;
    let content = open(&Flac, "hurt.flac", bytes).unwrap();
    let mut part = vec![0; 16 * 2352];
    content.source.read_exact_at(0, &mut part).unwrap();
    assert!(part == whole[..part.len()]);
    let error = content.source.read_exact_at(part.len() as u64, &mut part.clone()).unwrap_err();
    let mut said = format!("{error}\n");
    // Far enough behind it, a reader does not meet it.
    let end = whole.len() - part.len();
    content.source.read_exact_at(end as u64, &mut part).unwrap();
    assert!(part == whole[end..]);

    let content = open(&Ogg, "hurt.ogg", patched(OGG, pages(OGG)[..3].concat().len() - 50, b"xxxx"));
    writeln!(said, "{}", content.err().unwrap()).unwrap();
    let lost = [pages(OGG)[..3].concat(), pages(OGG)[4..].concat()].concat();
    let content = open(&Ogg, "lost.ogg", lost).unwrap();
    let error = content.source.read_exact_at(0, &mut vec![0; 150_000]).unwrap_err();
    writeln!(said, "{error}").unwrap();
    insta::assert_snapshot!(said);
}

/// Opens `bytes`; if they open, reads all that is there. Nothing may panic or be read beyond bounds.
fn torment(format: &dyn Format, what: &str, bytes: Vec<u8>) {
    let content = match open(format, "x", bytes) {
        Ok(content) => content,
        Err(Error::Malformed { .. } | Error::Unsupported { .. } | Error::Limit { .. }) => return,
        Err(other) => panic!("{what}: {other}"),
    };
    assert!(content.source.len() <= 449_850 * 2352, "{what}: {} bytes", content.source.len());
    let mut buf = vec![0; usize::try_from(content.source.len().min(60_000)).unwrap()];
    for at in [0, content.source.len() - buf.len() as u64] {
        match content.source.read_exact_at(at, &mut buf) {
            Ok(()) | Err(Error::Malformed { .. } | Error::Limit { .. }) => {}
            Err(other) => panic!("{what}: {other}"),
        }
    }
}

#[test]
fn every_truncation_is_an_error_or_a_note() {
    for (name, format, bytes, _) in files() {
        let places = (0..bytes.len().min(200)).chain((200..bytes.len()).step_by(499));
        for len in places {
            torment(format, &format!("{name} cut to {len}"), bytes[..len].to_vec());
        }
    }
    let small = flac(&Coding { block: 300, counted: true, ..Coding::default() }, &sound(1, 1));
    for len in 0..small.len() {
        torment(&Flac, &format!("FLAC cut to {len}"), small[..len].to_vec());
    }
}

#[test]
fn changed_bytes_do_no_harm() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    for (name, format, bytes, _) in files() {
        for round in 0..100 {
            let reach = if round % 2 == 0 { bytes.len().min(300) } else { bytes.len() };
            let mut hurt = bytes.to_vec();
            for _ in 0..=rng.index(8) {
                let at = rng.index(reach);
                hurt[at] = u8::try_from(rng.below(256)).unwrap();
            }
            torment(format, &format!("{name}: round {round}"), hurt);
        }
    }
    // Pages whose CRC is right again, so that the decoder meets what is in them.
    let clean = pages(OGG);
    for round in 0..300 {
        let page = rng.index(4);
        let mut pages = clean.clone();
        for _ in 0..=rng.index(3) {
            let at = 27 + usize::from(pages[page][26]);
            let at = at + rng.index(pages[page].len() - at);
            pages[page][at] = u8::try_from(rng.below(256)).unwrap();
        }
        seal(&mut pages[page]);
        torment(&Ogg, &format!("page {page}: round {round}"), pages.concat());
    }
}
