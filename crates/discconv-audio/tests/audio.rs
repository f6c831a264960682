//! WAVE and AIFF as wrappers: what comes out, what is said, and that nothing hostile does harm.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by panicking")]

use discconv_audio::{Aiff, Wave};
use discconv_core::{Bytes, Error, Form, Format, Found, Input, Note, NoteKind, Opened, Peek, ReadAt, Result, Score, Siblings};
use discconv_testkit::Rng;
use discconv_testkit::stored::sound;
use discconv_testkit::wave::{aiff, aiff_sowt, iff_chunk, riff_chunk, wave, wave_format, wave_of};
use std::fmt::Write as _;
use std::sync::Arc;

struct Alone;

impl Siblings for Alone {
    fn open(&self, _: &str) -> Result<Option<Found>> {
        Ok(None)
    }

    fn list(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Open `bytes`, which its probe must know, as the content and the notes.
fn open(format: &dyn Format, name: &str, bytes: Vec<u8>) -> Result<(Arc<dyn ReadAt>, Vec<Note>)> {
    let source: Arc<dyn ReadAt> = Arc::new(Bytes::new(name, bytes));
    let input = Input::new(name, source, &Alone);
    match format.open(&input)? {
        Opened::Bytes { source, notes, .. } => Ok((source, notes)),
        Opened::Discs(_) => panic!("a sound file is no disc"),
    }
}

fn all_of(source: &dyn ReadAt) -> Vec<u8> {
    let mut bytes = vec![0xEE; usize::try_from(source.len()).unwrap()];
    source.read_exact_at(0, &mut bytes).unwrap();
    bytes
}

fn score(format: &dyn Format, bytes: &[u8]) -> Score {
    let source = Bytes::new("x", bytes);
    format.probe(&Peek { head: bytes, tail: bytes, extension: "wav", source: &source })
}

/// Every row must give `samples`, and no note of damage.
fn check(format: &dyn Format, rows: &[(&str, Vec<u8>)], samples: &[u8]) -> String {
    let mut said = String::new();
    for (what, bytes) in rows {
        assert_eq!(score(format, bytes), Score::CERTAIN, "{what}");
        let (source, notes) = open(format, "x.wav", bytes.clone()).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(all_of(source.as_ref()) == samples, "{what}: other samples");
        assert!(notes.iter().all(|note| note.kind == NoteKind::Oddity), "{what}: {notes:?}");
        for note in &notes {
            writeln!(said, "{what}: {}", note.text).unwrap();
        }
    }
    said
}

fn fmt() -> Vec<u8> {
    riff_chunk(*b"fmt ", &wave_format(2, 44_100, 16))
}

/// `WAVEFORMATEXTENSIBLE` with the subformat `tag`.
fn extensible(tag: u8) -> Vec<u8> {
    let mut content = wave_format(2, 44_100, 16);
    content[..2].copy_from_slice(&[0xFE, 0xFF]);
    content.extend([22, 0, 16, 0, 3, 0, 0, 0]);
    content.extend([tag, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
    riff_chunk(*b"fmt ", &content)
}

/// RF64: both 32-bit lengths all ones, `ds64` first.
fn rf64(magic: [u8; 4], data_bytes: u64, samples: &[u8]) -> Vec<u8> {
    let mut ds64 = 0_u64.to_le_bytes().to_vec();
    ds64.extend(data_bytes.to_le_bytes());
    ds64.extend([0; 12]);
    let mut data = riff_chunk(*b"data", samples);
    data[4..8].fill(0xFF);
    let mut out = wave_of(&[riff_chunk(*b"ds64", &ds64), fmt(), data, riff_chunk(*b"LIST", b"INFO")]);
    out[..4].copy_from_slice(&magic);
    out[4..8].fill(0xFF);
    out
}

/// A WAVE file whose `data` says `len`, and whose RIFF says nothing true.
fn unfinished(len: u32, samples: &[u8]) -> Vec<u8> {
    let mut out = wave(samples);
    out[4..8].copy_from_slice(&len.to_le_bytes());
    out[40..44].copy_from_slice(&len.to_le_bytes());
    out
}

#[test]
fn wave_files_of_every_build_give_their_samples() {
    let samples = sound(1, 3);
    let list = riff_chunk(*b"LIST", b"INFOISFT\x05\0\0\0hand\0");
    let data = riff_chunk(*b"data", &samples);
    let rows = [
        ("plain", wave(&samples)),
        ("odd chunk before", wave_of(&[riff_chunk(*b"junk", b"odd"), fmt(), list.clone(), data.clone()])),
        ("chunks behind", wave_of(&[fmt(), data.clone(), list, riff_chunk(*b"id3 ", b"odd")])),
        ("format behind", wave_of(&[data.clone(), fmt()])),
        ("extensible", wave_of(&[extensible(1), data])),
        ("RF64", rf64(*b"RF64", samples.len() as u64, &samples)),
        ("BW64", rf64(*b"BW64", samples.len() as u64, &samples)),
        ("length 0", unfinished(0, &samples)),
        ("length FFFFFFFF", unfinished(u32::MAX, &samples)),
        ("length 7FFFF000", unfinished(0x7FFF_F000, &samples)),
    ];
    insta::assert_snapshot!(check(&Wave, &rows, &samples));
}

#[test]
fn aiff_files_give_their_samples_low_byte_first() {
    let samples = sound(2, 3);
    let mut twos = aiff_sowt(&samples.chunks_exact(2).flat_map(|pair| [pair[1], pair[0]]).collect::<Vec<_>>());
    let at = twos.windows(4).position(|four| four == b"sowt").unwrap();
    twos[at..at + 4].copy_from_slice(b"twos");
    let mut none = twos.clone();
    none[at..at + 4].copy_from_slice(b"NONE");
    let plain = aiff(&samples, 0);
    let comm: Vec<u8> = plain[12..38].to_vec();
    let ssnd: Vec<u8> = plain[38..].to_vec();
    let turned = iff_chunk(*b"FORM", &[b"AIFF".to_vec(), iff_chunk(*b"NAME", b"odd"), ssnd, comm].concat());
    let mut fewer = plain.clone();
    fewer[22..26].copy_from_slice(&0_u32.to_be_bytes());
    let rows = [
        ("plain", plain),
        ("offset 6", aiff(&samples, 6)),
        ("sowt", aiff_sowt(&samples)),
        ("twos", twos),
        ("NONE", none),
        ("samples first", turned),
        ("no count", fewer),
    ];
    insta::assert_snapshot!(check(&Aiff, &rows, &samples), @"");
}

#[test]
fn every_part_of_a_big_endian_file_reads_as_in_the_whole() {
    let samples = sound(3, 1);
    let (source, _) = open(&Aiff, "x.aiff", aiff(&samples, 2)).unwrap();
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    for _ in 0..2000 {
        let start = rng.index(samples.len() + 1);
        let len = rng.index((samples.len() - start).min(40) + 1);
        let mut part = vec![0; len];
        source.read_exact_at(start as u64, &mut part).unwrap();
        assert_eq!(part, samples[start..start + len], "{start} + {len}");
    }
    let mut two = [0; 2];
    assert!(source.read_exact_at(source.len() - 1, &mut two).is_err());
    assert!(source.read_exact_at(u64::MAX, &mut two).is_err());
}

#[test]
fn little_endian_samples_are_a_slice_of_the_file() {
    for (format, bytes, start) in [(&Wave as &dyn Format, wave(&sound(1, 2)), 44), (&Aiff, aiff_sowt(&sound(1, 2)), 72)] {
        let (source, _) = open(format, "x", bytes).unwrap();
        let slice = source
            .as_any()
            .and_then(|any| any.downcast_ref::<discconv_core::Slice>())
            .expect("a slice, so that the host may copy");
        assert_eq!(slice.parent().1, start);
    }
}

/// The files that are refused, with what is said.
fn refused() -> Vec<(&'static str, &'static dyn Format, Vec<u8>)> {
    let samples = sound(1, 1);
    let shaped = |channels, rate, bits| {
        wave_of(&[riff_chunk(*b"fmt ", &wave_format(channels, rate, bits)), riff_chunk(*b"data", &samples)])
    };
    let tagged = |tag: u8| {
        let mut bytes = wave(&samples);
        bytes[20] = tag;
        bytes
    };
    let mut private = wave_of(&[extensible(1), riff_chunk(*b"data", &samples)]);
    private[20 + 39] ^= 1;
    let mut coded = aiff_sowt(&samples);
    let at = coded.windows(4).position(|four| four == b"sowt").unwrap();
    coded[at..at + 4].copy_from_slice(b"ulaw");
    let mut slow = aiff(&samples, 0);
    slow[28..38].copy_from_slice(&[0x40, 0x0E, 0xBB, 0x80, 0, 0, 0, 0, 0, 0]); // 48000
    let mut negative = aiff(&samples, 0);
    negative[28] = 0xC0;
    let chunks: Vec<Vec<u8>> = vec![riff_chunk(*b"junk", b""); 5000];
    vec![
        ("48 kHz", &Wave, shaped(2, 48_000, 16)),
        ("mono", &Wave, shaped(1, 44_100, 16)),
        ("24 bit", &Wave, shaped(2, 44_100, 24)),
        ("six channels", &Wave, shaped(6, 44_100, 16)),
        ("ADPCM", &Wave, tagged(2)),
        ("MP3", &Wave, tagged(0x55)),
        ("unknown tag", &Wave, tagged(0x77)),
        ("extensible float", &Wave, wave_of(&[extensible(3), riff_chunk(*b"data", &samples)])),
        ("private GUID", &Wave, private),
        ("no data", &Wave, wave_of(&[fmt()])),
        ("no format", &Wave, wave_of(&[riff_chunk(*b"data", &samples)])),
        ("short format", &Wave, wave_of(&[riff_chunk(*b"fmt ", &[1, 0, 2, 0])])),
        ("no samples", &Wave, wave(&[])),
        ("many chunks", &Wave, wave_of(&chunks)),
        ("RIFF of another kind", &Wave, riff_chunk(*b"RIFF", b"AVI LIST")),
        ("empty", &Wave, Vec::new()),
        ("AIFF at 48 kHz", &Aiff, slow),
        ("AIFF at a negative rate", &Aiff, negative),
        ("AIFF-C coded", &Aiff, coded),
        ("AIFF without chunks", &Aiff, iff_chunk(*b"FORM", b"AIFF")),
        ("AIFF that is none", &Aiff, wave(&samples)),
        ("empty AIFF", &Aiff, Vec::new()),
    ]
}

#[test]
fn what_is_refused_is_named() {
    let mut said = String::new();
    for (what, format, bytes) in refused() {
        match open(format, "track.wav", bytes) {
            Ok(_) => panic!("{what}: opened"),
            Err(error) => {
                let hint = error.hint().map(|hint| format!("\n  hint: {hint}")).unwrap_or_default();
                writeln!(said, "{what} ({}): {error}{hint}", error.code()).unwrap();
            }
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_file_that_ends_before_its_samples_is_damage_and_goes_on_with_zeros() {
    let samples = sound(4, 3);
    for (format, bytes) in [(&Wave as &dyn Format, wave(&samples)), (&Aiff, aiff(&samples, 0)), (&Aiff, aiff_sowt(&samples))] {
        let (source, notes) = open(format, "cut.wav", bytes[..bytes.len() - 3000].to_vec()).unwrap();
        let mut expected = samples.clone();
        expected[samples.len() - 3000..].fill(0);
        assert!(all_of(source.as_ref()) == expected);
        assert_eq!(notes.len(), 1);
        assert_eq!((notes[0].kind, notes[0].sectors), (NoteKind::Damage, 2));
        assert!(notes[0].text.contains("3000 bytes"), "{}", notes[0].text);
    }
}

#[test]
fn samples_that_end_within_a_sector_or_a_sample_are_noted() {
    let mut said = String::new();
    let samples = sound(5, 2);
    for len in [4704, 4700, 4702, 4703] {
        let (source, notes) = open(&Wave, "x.wav", wave(&samples[..len])).unwrap();
        assert_eq!(all_of(source.as_ref()), samples[..len]);
        let texts: Vec<&str> = notes.iter().map(|note| note.text.as_str()).collect();
        writeln!(said, "{len}: {}", texts.join(" / ")).unwrap();
    }
    let mut miscounted = aiff(&samples, 0);
    miscounted[22..26].copy_from_slice(&100_u32.to_be_bytes());
    let (source, notes) = open(&Aiff, "x.aiff", miscounted).unwrap();
    assert_eq!(source.len(), 400);
    writeln!(said, "{}", notes[0].text).unwrap();
    insta::assert_snapshot!(said);
}

#[test]
fn an_rf64_length_beyond_any_disc_is_not_believed() {
    let samples = sound(6, 2);
    for len in [u64::MAX, u64::MAX / 2, 1 << 40] {
        let (source, notes) = open(&Wave, "x.wav", rf64(*b"RF64", len, &samples)).unwrap();
        assert!(source.len() < 6000, "{}", source.len());
        assert_eq!(notes[0].kind, NoteKind::Oddity);
    }
}

/// Opens `bytes`; if they open, reads all that is there. Neither may panic, and what opens must read.
fn torment(format: &dyn Format, what: &str, bytes: Vec<u8>) {
    let len = bytes.len() as u64;
    match open(format, "x", bytes) {
        Ok((source, _)) => {
            assert!(source.len() <= 449_850 * 2352 || source.len() <= len, "{what}: {} bytes", source.len());
            let mut buf = vec![0; usize::try_from(source.len().min(10_000)).unwrap()];
            source.read_exact_at(0, &mut buf).unwrap_or_else(|error| panic!("{what}: {error}"));
            source.read_exact_at(source.len() - buf.len() as u64, &mut buf).unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        Err(Error::Malformed { .. } | Error::Unsupported { .. } | Error::Limit { .. }) => {}
        Err(other) => panic!("{what}: {other}"),
    }
}

fn victims() -> Vec<(&'static dyn Format, Vec<u8>)> {
    let samples = sound(7, 1);
    vec![
        (&Wave, wave(&samples)),
        (
            &Wave,
            wave_of(&[riff_chunk(*b"junk", b"odd"), extensible(1), riff_chunk(*b"data", &samples), riff_chunk(*b"LIST", b"x")]),
        ),
        (&Wave, rf64(*b"RF64", samples.len() as u64, &samples)),
        (&Aiff, aiff(&samples, 6)),
        (&Aiff, aiff_sowt(&samples)),
    ]
}

#[test]
fn every_truncation_is_an_error_or_a_note() {
    for (format, bytes) in victims() {
        for len in 0..bytes.len() {
            torment(format, &format!("{} cut to {len}", format.info().id), bytes[..len].to_vec());
        }
    }
}

#[test]
fn flipped_and_extreme_header_bytes_do_no_harm() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    for (format, bytes) in victims() {
        for at in 0..bytes.len().min(140) {
            for value in [0, 1, 0x7F, 0x80, 0xFF] {
                let mut hurt = bytes.clone();
                hurt[at] = value;
                torment(format, &format!("{}: byte {at} = {value}", format.info().id), hurt);
            }
            let mut hurt = bytes.clone();
            let end = (at + 4).min(hurt.len());
            hurt[at..end].fill(0xFF);
            torment(format, &format!("{}: bytes {at}..{end} = FF", format.info().id), hurt);
        }
        for round in 0..2000 {
            let mut hurt = bytes.clone();
            for _ in 0..=rng.index(6) {
                let at = rng.index(hurt.len().min(140));
                hurt[at] = u8::try_from(rng.below(256)).unwrap();
            }
            torment(format, &format!("{}: round {round}", format.info().id), hurt);
        }
    }
}

#[test]
fn a_sector_is_588_samples() {
    assert_eq!(u64::from(Form::RAW.stride), 588 * 4);
}
