//! FLAC frames, made by the port of libFLAC, whose frames are libFLAC's.

use discconv_codec::flac::{Decoder, Encoder as Ours};
use discconv_codec::{CodecError, Level};
use discconv_testkit::Rng;
use libflac_rs::{Encoder, EncoderConfig};

/// Samples of many kinds, left and right by turns.
pub fn sounds(pairs: usize) -> Vec<(String, Vec<i16>)> {
    let mut sounds: Vec<(String, Vec<i16>)> = vec![
        ("silence".to_owned(), vec![0; pairs * 2]),
        ("the loudest square".to_owned(), (0..pairs * 2).map(|n| if n / 50 % 2 == 0 { i16::MAX } else { i16::MIN }).collect()),
        ("opposite channels".to_owned(), (0..pairs * 2).map(|n| if n % 2 == 0 { i16::MAX } else { i16::MIN }).collect()),
        ("a ramp".to_owned(), (0..pairs * 2).map(|n| ((n / 2) as u16).cast_signed()).collect()),
        ("even numbers".to_owned(), (0..pairs * 2).map(|n| ((n * n) as u16).cast_signed() & !7).collect()),
    ];
    for seed in 0..6 {
        let mut chance = Rng::new(seed);
        let noise = (0..pairs * 2).map(|_| chance.next_u64() as i16 >> (seed * 2)).collect();
        sounds.push((format!("noise, seed {seed}"), noise));
        let (mut phase, mut level) = ([0.0_f64; 2], 0.0);
        let tones = (0..pairs * 2).map(|n| {
            let channel = n % 2;
            phase[channel] += 0.01 * (seed + 1) as f64 + 0.002 * channel as f64;
            level += (chance.index(5) as f64 - 2.0) * 4.0;
            level *= 0.999;
            (phase[channel].sin() * 9000.0 + (phase[0] * 3.0).sin() * 3000.0 + level) as i16
        });
        sounds.push((format!("tones, seed {seed}"), tones.collect()));
    }
    sounds
}

pub fn pcm(samples: &[i16], big_endian: bool) -> Vec<u8> {
    samples.iter().flat_map(|sample| if big_endian { sample.to_be_bytes() } else { sample.to_le_bytes() }).collect()
}

/// Frames of libFLAC at a level.
pub fn packed(samples: &[i16], block: u32, level: u32) -> Vec<u8> {
    let wide: Vec<i32> = samples.iter().map(|sample| i32::from(*sample)).collect();
    Encoder::new(EncoderConfig::chd(block).with_compression_level(level)).encode_frames(&wide)
}

#[test]
fn everything_comes_back_and_ends_where_it_ends() {
    let mut decoder = Decoder::new();
    for (pairs, block) in [(1024, 1024), (4704, 2352), (1000, 192), (4096, 4096), (40, 2048)] {
        for (name, samples) in sounds(pairs) {
            for level in [0, 2, 5, 8] {
                for big_endian in [false, true] {
                    let mut coded = packed(&samples, block, level);
                    let length = coded.len();
                    coded.extend([0xFF, 0xF8, 3]);
                    let mut out = vec![0x55; samples.len() * 2];
                    let what = format!("{name}, {pairs} by {block}, level {level}");
                    assert_eq!(decoder.decode(&coded, big_endian, &mut out), Ok(length), "{what}");
                    assert!(out == pcm(&samples, big_endian), "{what}");
                }
            }
        }
    }
}

#[test]
fn bad_frames_are_told_apart() {
    let (_, samples) = sounds(1152).pop().unwrap();
    let coded = packed(&samples, 576, 8);
    let decode = |coded: &[u8], length: usize| Decoder::new().decode(coded, false, &mut vec![0; length]);
    assert_eq!(decode(&coded, 1152 * 4), Ok(coded.len()));
    for end in 0..coded.len() {
        assert_eq!(decode(&coded[..end], 1152 * 4), Err(CodecError::Truncated { length: end }), "cut at {end}");
    }
    assert_eq!(decode(&coded, 1153 * 4), Err(CodecError::Truncated { length: coded.len() }));
    assert_eq!(decode(&coded, 1151 * 4), Err(CodecError::TooLong { expected: 1151 * 4 }));
    assert_eq!(decode(&coded, 1152 * 4 - 1), Err(CodecError::TooLong { expected: 1152 * 4 - 1 }));
    assert_eq!(decode(&[], 0), Ok(0));
    let with = |at: usize, byte: u8| {
        let mut coded = coded.clone();
        coded[at] = byte;
        match decode(&coded, 1152 * 4) {
            Err(CodecError::Damaged { offset, what }) => format!("{offset}: {what}"),
            other => format!("{other:?}"),
        }
    };
    assert_eq!(with(0, 0), "0: no sync of a FLAC frame");
    assert_eq!(with(2, 0x02), "2: a FLAC frame of a reserved size");
    assert_eq!(with(2, 0x2F), "2: a FLAC frame of a forbidden sample rate");
    assert_eq!(with(3, 0x08), "3: a FLAC frame that has not two channels");
    assert_eq!(with(3, 0x1C), "3: a FLAC frame of samples that have not 16 bits");
    assert_eq!(with(4, 0x80), "4: the number of a FLAC frame is none");
    assert_eq!(with(4, 0x01), "5: the checksum of a FLAC frame's header is wrong");
    let middle = coded.len() / 3;
    let text = with(middle, coded[middle] ^ 0x10);
    assert!(text.contains("FLAC"), "{text}");
}

/// Whatever the bytes: an answer, and no wrong sound.
#[test]
fn hostile_frames() {
    for seed in 0..4000 {
        let mut chance = Rng::new(seed);
        let kinds = sounds(300);
        let (name, samples) = &kinds[chance.index(kinds.len())];
        let mut coded = packed(samples, 300, [0, 8][chance.index(2)]);
        for _ in 0..=chance.index(3) {
            let place = chance.index(coded.len());
            coded[place] ^= 1 << chance.index(8);
        }
        let mut out = vec![0; samples.len() * 2];
        // The number of the frame means nothing; all other bits are under a checksum.
        if Decoder::new().decode(&coded, false, &mut out).is_ok() {
            assert!(out == pcm(samples, false), "{name}, seed {seed}");
        }
    }
}

/// Sound of every level and byte order comes back; silence costs next to nothing; blocks before do not matter.
#[test]
fn what_is_packed_comes_back() {
    for level in [Level::Fast, Level::Normal, Level::Max] {
        let mut used = Ours::new(level);
        for pairs in [1, 3, 5, 64, 1024, 4704] {
            for (name, samples) in sounds(pairs) {
                for big_endian in [false, true] {
                    let input = pcm(&samples, big_endian);
                    let mut coded = b"before".to_vec();
                    used.encode(&input, big_endian, 2352, &mut coded);
                    let mut fresh = Vec::new();
                    Ours::new(level).encode(&input, big_endian, 2352, &mut fresh);
                    assert!(coded.strip_prefix(b"before") == Some(&fresh), "{name}, {level:?}");
                    let mut out = vec![0; input.len()];
                    assert_eq!(Decoder::new().decode(&fresh, big_endian, &mut out), Ok(fresh.len()), "{name}, {level:?}");
                    assert!(out == input, "{name}, {pairs}, {level:?}");
                    let bound = input.len() + 2 * 24;
                    assert!(fresh.len() <= bound && (name != "silence" || fresh.len() < 40), "{name}: {}", fresh.len());
                }
            }
        }
    }
}
