//! FLAC, MP3 and Ogg Vorbis as wrappers: the same samples in whatever order they are asked for, and what is said.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by panicking")]

mod by_hand;
mod hostile;
mod order;

use discconv_audio::{Aiff, Flac, Mp3, Ogg, Wave};
use discconv_core::{
    Bytes, CheckAlgorithm, Format, Found, Input, Note, NoteKind, Opened, Peek, Promise, ReadAt, Result, Score, Siblings,
};
use std::fmt::Write as _;
use std::sync::Arc;

const FLAC: &[u8] = include_bytes!("../data/sound.flac");
const MP3: &[u8] = include_bytes!("../data/sound.mp3");
const VBR: &[u8] = include_bytes!("../data/vbr.mp3");
const MONO: &[u8] = include_bytes!("../data/mono.mp3");
const OGG: &[u8] = include_bytes!("../data/sound.ogg");
const MONO_OGG: &[u8] = include_bytes!("../data/mono.ogg");

/// The files that encoders made, with their formats and samples.
fn files() -> [(&'static str, &'static dyn Format, &'static [u8], u64); 6] {
    [
        ("sound.flac", &Flac, FLAC, 40_000),
        ("sound.mp3", &Mp3, MP3, 40_000),
        ("vbr.mp3", &Mp3, VBR, 40_000),
        // 36 frames, with all that the encoder added.
        ("mono.mp3", &Mp3, MONO, 36 * 1152),
        ("sound.ogg", &Ogg, OGG, 40_000),
        ("mono.ogg", &Ogg, MONO_OGG, 40_000),
    ]
}

struct Alone;

impl Siblings for Alone {
    fn open(&self, _: &str) -> Result<Option<Found>> {
        Ok(None)
    }

    fn list(&self) -> Vec<String> {
        Vec::new()
    }
}

struct Content {
    source: Arc<dyn ReadAt>,
    checks: Vec<Promise>,
    notes: Vec<Note>,
}

impl Content {
    fn said(&self) -> String {
        let kind =
            |note: &Note| if note.kind == NoteKind::Damage { format!("damage to {}", note.sectors) } else { "note".to_owned() };
        self.notes.iter().fold(String::new(), |mut said, note| {
            writeln!(said, "  {}: {}", kind(note), note.text).unwrap();
            said
        })
    }
}

fn open(format: &dyn Format, name: &str, bytes: impl Into<Arc<[u8]>>) -> Result<Content> {
    let source: Arc<dyn ReadAt> = Arc::new(Bytes::new(name, bytes));
    match format.open(&Input::new(name, source, &Alone))? {
        Opened::Bytes { source, checks, notes } => Ok(Content { source, checks, notes }),
        Opened::Discs(_) => panic!("a sound file is no disc"),
    }
}

fn all_of(source: &dyn ReadAt) -> Vec<u8> {
    let mut bytes = vec![0xEE; usize::try_from(source.len()).unwrap()];
    source.read_exact_at(0, &mut bytes).unwrap();
    bytes
}

fn samples(bytes: &[u8]) -> Vec<i32> {
    bytes.chunks_exact(2).map(|pair| i32::from(i16::from_le_bytes([pair[0], pair[1]]))).collect()
}

/// `(2 * up - half) * height / half`, rounded down, of a triangle with that period.
fn triangle(n: i32, period: i32, height: i32) -> i32 {
    let (at, half) = (n % period, period / 2);
    let up = if at < half { at } else { period - at };
    ((2 * up - half) * height).div_euclid(half)
}

/// The sound of `data/make.py`.
fn sound(count: i32) -> Vec<u8> {
    let mut state = 0x2545_F491_u32;
    let mut out = Vec::new();
    for n in 0..count {
        for period in [200, 150] {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let loud = if n % 9000 < 150 { 4000 } else { 2 };
            let noise = i32::try_from(state % (2 * loud + 1)).unwrap() - i32::try_from(loud).unwrap();
            let value = triangle(n, period, 9000) + triangle(n, 40 * period, 6000) + noise;
            out.extend(i16::try_from(value).unwrap().to_le_bytes());
        }
    }
    out
}

#[test]
fn flac_gives_the_samples_it_was_made_from_and_promises_them() {
    let content = open(&Flac, "sound.flac", FLAC).unwrap();
    let all = all_of(content.source.as_ref());
    assert!(all == sound(40_000));
    let [promise] = &content.checks[..] else { panic!("one promise") };
    assert_eq!((promise.algorithm, promise.range.clone()), (CheckAlgorithm::Md5, 0..160_000));
    assert_eq!(promise.value, FLAC[26..42]);
    assert!(all_of(promise.source.as_ref()) == all);
}

#[test]
fn lossy_sound_is_what_other_decoders_make_of_it() {
    let mp3: &[u8] = include_bytes!("../data/sound.mp3.flac");
    let ogg: &[u8] = include_bytes!("../data/sound.ogg.flac");
    for (format, name, bytes, reference) in [(&Mp3 as &dyn Format, "sound.mp3", MP3, mp3), (&Ogg, "sound.ogg", OGG, ogg)] {
        let ours = samples(&all_of(open(format, name, bytes).unwrap().source.as_ref()));
        let theirs = samples(&all_of(open(&Flac, "reference", reference).unwrap().source.as_ref()));
        assert_eq!(ours.len(), theirs.len(), "{name}");
        let most = ours.iter().zip(&theirs).map(|(ours, theirs)| (ours - theirs).abs()).max();
        assert!(most <= Some(2), "{name}: {most:?}");
    }
}

#[test]
fn lossy_sound_resembles_what_it_was_made_from() {
    let original = samples(&sound(40_000));
    for (name, format, bytes, frames) in files() {
        let content = open(format, name, bytes).unwrap();
        assert_eq!(content.source.len(), frames * 4, "{name}");
        assert_eq!(content.source.block_hint() % 2352, 0);
        let ours = samples(&all_of(content.source.as_ref()));
        // Mono is the left channel; without the encoder's header its delay of 576 + 529 samples stays.
        let late = if name == "mono.mp3" { 2 * 1105 } else { 0 };
        let mono = name.starts_with("mono");
        let wrong: f64 = original
            .iter()
            .enumerate()
            .map(|(n, sample)| f64::from(ours[n + late] - if mono { original[n & !1] } else { *sample }).powi(2))
            .sum();
        let loud: f64 = original.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        assert!(wrong < loud / 10.0, "{name}: {wrong} of {loud}");
        if mono {
            assert!(ours.chunks_exact(2).all(|pair| pair[0] == pair[1]), "{name}");
        }
    }
}

#[test]
fn what_is_said_of_each() {
    let said: Vec<String> = files()
        .iter()
        .map(|(name, format, bytes, _)| {
            let content = open(*format, name, *bytes).unwrap();
            format!("{name}: {} bytes, {} promises\n{}", content.source.len(), content.checks.len(), content.said())
        })
        .collect();
    insta::assert_snapshot!(said.concat());
}

fn score(format: &dyn Format, extension: &str, bytes: &[u8]) -> Score {
    let source = Bytes::new("x", bytes);
    format.probe(&Peek { head: &bytes[..bytes.len().min(65536)], tail: &[], extension, source: &source })
}

/// A tag of ID3v2.3 with `len` bytes.
fn id3(len: u8) -> Vec<u8> {
    [b"ID3\x03\0\0\0\0\0".as_slice(), &[len], &vec![0xFF; usize::from(len)]].concat()
}

#[test]
fn each_is_known_by_its_content() {
    let formats: [&dyn Format; 5] = [&Wave, &Aiff, &Flac, &Mp3, &Ogg];
    let tagged = |bytes: &[u8]| [id3(100), bytes.to_vec()].concat();
    let raw_sync = [[0xFF, 0xFB, 0x90, 0x64].as_slice(), &[0x11; 60_000]].concat();
    for (what, extension, bytes, expected) in [
        ("FLAC", "", FLAC.to_vec(), [0, 0, 100, 0, 0]),
        ("FLAC called MP3", "mp3", FLAC.to_vec(), [0, 0, 100, 0, 0]),
        ("FLAC behind a tag", "flac", tagged(FLAC), [0, 0, 100, 0, 0]),
        ("MP3", "mp3", MP3.to_vec(), [0, 0, 0, 60, 0]),
        ("MP3 called BIN", "bin", MP3.to_vec(), [0; 5]),
        ("MP3 behind a tag", "", tagged(MP3), [0, 0, 0, 100, 0]),
        ("MP3 behind two tags", "", tagged(&tagged(MP3)), [0, 0, 0, 100, 0]),
        ("a tag alone", "mp3", id3(100), [0, 0, 0, 60, 0]),
        ("three frames called MP3", "mp3", MP3[..3 * 417].to_vec(), [0; 5]),
        ("one sync in raw sound called MP3", "mp3", raw_sync, [0; 5]),
        ("sync all over, called MP3", "mp3", vec![0xFF; 60_000], [0; 5]),
        ("Ogg", "bin", OGG.to_vec(), [0, 0, 0, 0, 100]),
        ("nothing", "mp3", Vec::new(), [0; 5]),
    ] {
        let scores = formats.map(|format| score(format, extension, &bytes).0);
        assert_eq!(scores, expected, "{what}");
    }
}

#[test]
fn tags_around_the_sound_are_no_sound() {
    let v1 = [b"TAG".as_slice(), &[b'x'; 125]].concat();
    let mut ape = b"APETAGEX\xD0\x07\0\0".to_vec();
    ape.extend([60, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let ape = [vec![0xFF; 28], ape].concat();
    for (name, format, bytes, frames) in files().into_iter().filter(|(name, ..)| !name.ends_with("ogg")) {
        let plain = all_of(open(format, name, bytes).unwrap().source.as_ref());
        let around = [&id3(127), bytes, &ape, &v1].concat();
        let content = open(format, name, around).unwrap();
        assert_eq!(content.source.len(), frames * 4, "{name}");
        assert!(all_of(content.source.as_ref()) == plain, "{name}");
        let odd = content.notes.iter().filter(|note| note.text.contains("no sound") || note.kind == NoteKind::Damage);
        assert_eq!(odd.count(), 0, "{name}: {}", content.said());
    }
}
