//! Files as popstation and its heirs make them.

use crate::lay::{Told, data, disc, disc_of, mixed, open, pbp, raw_of, title, toc, told};
use discconv_core::{ExtraKind, Form, Format, Lba, Peek, Score, Scratch};
use discconv_pbp::Pbp;
use discconv_testkit::reference::{RAW, mode1};

#[test]
fn one_disc() {
    let raw = data(0, 70);
    let file = pbp(&disc(&raw, &[Told(0x41, 1, 151, 150)]));
    let discs = open(&file).unwrap();
    assert!(discs.len() == 1 && raw_of(&discs[0]).unwrap() == raw);
    insta::assert_snapshot!(told(&file));
}

#[test]
fn sound_after_data() {
    let (raw, tracks) = mixed();
    let file = pbp(&disc(&raw, &tracks));
    assert!(raw_of(&open(&file).unwrap()[0]).unwrap() == raw);
    insta::assert_snapshot!(told(&file));
}

#[test]
fn several_discs() {
    let (raw, tracks) = mixed();
    let all = [data(0, 16), raw, data(0, 33), data(0, 1), data(0, 47)];
    let discs = all
        .iter()
        .enumerate()
        .map(|(place, raw)| if place == 1 { disc(raw, &tracks) } else { disc(raw, &[Told(0x41, 1, 0, 150)]) });
    let file = pbp(&title(&discs.collect::<Vec<_>>()));
    let found = open(&file).unwrap();
    assert_eq!(found.len(), 5);
    assert!(found.iter().zip(&all).all(|(disc, raw)| raw_of(disc).unwrap() == *raw));
    insta::assert_snapshot!(told(&file));
}

/// Single sectors, runs within a block, runs over blocks.
#[test]
fn any_batch_is_the_same_sectors() {
    let raw = data(0, 150);
    let disc = open(&pbp(&disc(&raw, &[Told(0x41, 1, 0, 150)]))).unwrap().remove(0);
    for (first, count) in [(0, 1), (15, 1), (16, 1), (15, 2), (3, 90), (31, 33), (149, 1), (0, 150)] {
        let mut out = vec![0; count * RAW];
        disc.read_sectors(Lba(first), &Form::RAW, &mut Scratch::default(), &mut out).unwrap();
        assert!(out == raw[usize::try_from(first).unwrap() * RAW..][..count * RAW], "{first} {count}");
    }
}

/// The table says data; the sectors say which.
#[test]
fn the_mode_is_asked_of_the_sectors() {
    let raw: Vec<u8> = (0..20).flat_map(|lba| mode1(lba, &[7; 2048])).collect();
    let disc = &open(&pbp(&disc(&raw, &[Told(0x41, 1, 0, 150)]))).unwrap()[0];
    assert_eq!(disc.toc().tracks().next().unwrap().mode.name(), "mode1");
}

/// For a PBP that is made of it.
#[test]
fn names_and_picture_are_kept() {
    let kept = |file: &[u8], kind| {
        let disc = open(file).unwrap().remove(0);
        let found = disc.extras().iter().find(|extra| extra.kind == ExtraKind::other(kind)).map(|extra| extra.bytes.clone());
        found.map(|bytes| String::from_utf8(bytes).unwrap())
    };
    let own = pbp(&disc(&data(0, 16), &[Told(0x41, 1, 0, 150)]));
    assert_eq!(kept(&own, "pbp-title").as_deref(), Some("A game"));
    assert_eq!(kept(&own, "pbp-number").as_deref(), Some("SLXX00001"));
    assert_eq!(kept(&own, "pbp-icon").as_deref(), Some("not really a picture"));
    let table = toc(&[Told(0x41, 1, 0, 150)], 16);
    let bare = pbp(&disc_of("", "", &table, &crate::lay::blocks(&data(0, 16))));
    assert_eq!((kept(&bare, "pbp-title").as_deref(), kept(&bare, "pbp-number")), (Some("The menu's title"), None));
}

#[test]
fn probes() {
    let probe = |head: &[u8], extension: &str| {
        let source = discconv_core::Bytes::new("x", head);
        Pbp.probe(&Peek { head, tail: head, extension, source: &source })
    };
    assert_eq!(probe(b"\0PBP\0\0\x01\0", "bin"), Score::CERTAIN);
    assert_eq!(probe(b"PBP", "pbp"), Score::MAYBE);
    assert_eq!(probe(b"PBP", "bin"), Score::NO);
}
