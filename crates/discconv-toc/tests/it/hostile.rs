//! Nothing that a text says makes the reader fall over, hang, or take memory that the file does not pay for.

use crate::folder::{Folder, disc};
use discconv_core::{Form, Lba, Scratch, Tally};
use discconv_testkit::Rng;
use discconv_testkit::stored::sound;

const SAMPLE: &str = r#"// a comment
CD_ROM_XA
CATALOG "1234567890123"
CD_TEXT { LANGUAGE_MAP { 0 : EN } LANGUAGE 0 { TITLE "a\"\351" GENRE { 0, 1 } } }
TRACK MODE1_RAW RW_RAW
NO COPY
DATAFILE "a.bin" #96 00:00:02 // length in bytes: 4896
TRACK MODE1 RW DATAFILE "a.bin" 0:0:3
TRACK MODE1_RAW RW_RAW DATAFILE "a.bin" 00:00:01
ZERO AUDIO RW_RAW 0:0:2
TRACK AUDIO
COPY PRE_EMPHASIS FOUR_CHANNEL_AUDIO ISRC "DEMUA9800001"
CD_TEXT { LANGUAGE 0 { TITLE "b" } }
PREGAP 0:0:3
FILE "a.bin" SWAP #4 100 588
SILENCE 77
AUDIOFILE "a.bin" 0:0:1 0:0:2
END 0:0:6
INDEX 0:0:1
"#;

/// Whatever came out can be read, if it is not a whole disc.
fn look(text: &[u8]) {
    let bin = sound(1, 4);
    let folder = Folder::of(&[("x.toc", text), ("a.bin", &bin)]);
    let Ok(disc) = folder.open("x.toc") else { return };
    let (mut scratch, mut out) = (Scratch::default(), vec![0; 2448]);
    for extent in disc.extents() {
        for lba in [extent.lbas.start, extent.lbas.end - 1] {
            disc.read_lossy(lba, &Form::RAW_SUB, &mut scratch, &mut Tally::default(), &mut out).unwrap();
        }
    }
    let sectors: u64 = disc.extents().iter().map(|extent| u64::from(extent.sectors())).sum();
    assert!(sectors <= 449_850 + 150);
}

#[test]
fn cut_anywhere() {
    (0..=SAMPLE.len()).for_each(|len| look(&SAMPLE.as_bytes()[..len]));
}

#[test]
fn every_token_left_out_or_doubled() {
    let words: Vec<&str> = SAMPLE.split_whitespace().collect();
    for skip in 0..words.len() {
        let without = [&words[..skip], &words[skip + 1..]].concat().join("\n");
        look(without.as_bytes());
        let doubled = [&words[..skip], &words[skip..=skip], &words[skip..]].concat().join("\n");
        look(doubled.as_bytes());
    }
}

#[test]
fn seeded_damage() {
    let mut rng = Rng::seed_from_env("DISCCONV_TOC_SEED");
    for _ in 0..20_000 {
        let mut text = SAMPLE.as_bytes().to_vec();
        for _ in 0..=rng.below(6) {
            let at = usize::try_from(rng.below(text.len() as u64)).unwrap();
            match rng.below(3) {
                0 => text[at] = u8::try_from(rng.below(256)).unwrap(),
                1 => text[at] = b"0123456789:\"#{}/ \n\\"[usize::try_from(rng.below(19)).unwrap()],
                _ => text.truncate(at + 1),
            }
        }
        look(&text);
    }
}

/// Lengths beyond all files and discs are refused, or are a length of zeros that no file holds.
#[test]
fn large_numbers() {
    for number in ["4294967295", "9223372036854775807", "18446744073709551615", "99999999999999999999", "999999:59:74"] {
        for statement in [
            format!("FILE \"a.bin\" {number}"),
            format!("FILE \"a.bin\" 0 {number}"),
            format!("FILE \"a.bin\" #{number} 0"),
            format!("DATAFILE \"a.bin\" {number}"),
            format!("SILENCE {number}"),
            format!("SILENCE 0:0:9 START {number}"),
            format!("SILENCE 0:0:9 INDEX {number}"),
        ] {
            look(format!("CD_DA TRACK AUDIO {statement}").as_bytes());
        }
    }
    let error = disc("TRACK AUDIO SILENCE 900:0:0", &[]).err().unwrap();
    assert!(error.to_string().contains("449850 sectors of a CD"), "{error}");
}

/// A kilobyte that claims a disc costs no more than the kilobyte.
#[test]
fn a_short_file_is_padded_not_filled() {
    let disc = disc("TRACK AUDIO FILE \"a.bin\" 0 79:0:0", &[("a.bin", &[1; 1024])]).unwrap();
    let mut out = vec![1; 2352];
    disc.read_sectors(Lba(300_000), &Form::RAW, &mut Scratch::default(), &mut out).unwrap();
    assert!(out.iter().all(|byte| *byte == 0));
    assert_eq!(disc.notes()[0].sectors, 79 * 60 * 75);
}

/// Many parts are no burden.
#[test]
fn a_part_for_every_sample() {
    let bin = sound(1, 40);
    let mut text = "TRACK AUDIO\n".to_owned();
    (0..20_000).for_each(|sample| text += &format!("FILE \"a.bin\" SWAP {sample} 1\n"));
    let disc = disc(&text, &[("a.bin", &bin)]).unwrap();
    assert!(crate::folder::raw(&disc, 0, 34) == bin[..34 * 2352]);
}
