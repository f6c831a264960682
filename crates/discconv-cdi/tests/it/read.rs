//! Whole images, laid by hand.

use crate::lay::{MARK, Told, V2, V3, V35, image, info, lines, open, outline, probe, sessions, single, whole};
use discconv_core::{CdTextKind, Form, Lba, Media, Scratch, SubCoding};
use discconv_testkit::reference::RAW;
use discconv_testkit::stored::{Sub, as_mode1, as_xa, cut, silence, sound, with_subchannel};
use discconv_testkit::{Rng, cd_text};

/// Sound with a pregap of 5, then in a second session data of Mode 2 in 2336 bytes, each with its pause stored.
fn two() -> (Vec<u8>, Vec<(u8, Vec<Told>)>) {
    let xa = discconv_testkit::iso9660::Volume { system: "", label: "XA", xa: true, boot: vec![], files: vec![], base_lba: 0 };
    let xa = as_xa(11_417, &xa.build());
    let count = u32::try_from(xa.len() / RAW).unwrap();
    let data = [silence(150), sound(1, 4), silence(5), sound(2, 8), vec![0; 150 * 2336], cut(&xa, 16..2352)].concat();
    let mut second = Told::new(0, 2, 154, &[5, 3, 5]);
    (second.isrc, second.control) = ("DEABC0000002", 2);
    let first = (0, vec![Told::new(0, 2, 0, &[150, 4]), second]);
    (data, vec![first, (2, vec![Told::new(2, 1, 11_417, &[150, count])])])
}

#[test]
fn all_versions() {
    let (data, told) = two();
    let text = outline(&whole(V35, &data, &told));
    insta::assert_snapshot!(text);
    // Those before say nothing of the sort of a session.
    for version in [V2, V3] {
        assert_eq!(outline(&whole(version, &data, &told)), text.replace("session 2 xa", "session 2"));
    }
    // With eight bytes before the marks, as some have them.
    for version in [V3, V35] {
        let early = |(kind, tracks): &(u8, Vec<Told>)| {
            (*kind, tracks.iter().map(|told| Told { early: true, ..told.clone() }).collect::<Vec<_>>())
        };
        let early: Vec<_> = told.iter().map(early).collect();
        assert_eq!(
            outline(&whole(version, &data, &early)).replace("session 2 xa", "session 2"),
            text.replace("session 2 xa", "session 2")
        );
    }
}

#[test]
fn sectors_are_where_they_should_be() {
    let (data, told) = two();
    let disc = open(&whole(V35, &data, &told)).unwrap();
    let mut out = vec![0; 8 * RAW];
    disc.read_sectors(Lba(9), &Form::RAW, &mut Scratch::default(), &mut out).unwrap();
    assert!(out == sound(2, 8));
    let mut user = vec![0; 2048];
    disc.read_sectors(Lba(11_417 + 16), &Form::USER, &mut Scratch::default(), &mut user).unwrap();
    assert_eq!(&user[1..6], b"CD001");
}

#[test]
fn every_read_mode() {
    let raw = as_mode1(0, &Rng::new(3).bytes(20 * 2048));
    let xa = discconv_testkit::iso9660::Volume { system: "", label: "XA", xa: true, boot: vec![], files: vec![], base_lba: 0 };
    let xa = as_xa(0, &xa.build());
    for (mode, read_mode, size, sectors, told) in [
        (1, 0, 2048, cut(&raw, 16..2064), "mode1 as 2048"),
        (2, 1, 2336, cut(&xa, 16..2352), "mode2 as 2336 (16..2352)"),
        (1, 2, 2352, raw.clone(), "mode1 as 2352"),
        (2, 2, 2352, xa.clone(), "mode2 as 2352"),
        (0, 2, 2352, sound(1, 20), "audio as 2352"),
        (1, 3, 2368, with_subchannel(&raw, Sub::Pq16), "mode1 as 2352+pq16"),
        (1, 4, 2448, with_subchannel(&raw, Sub::Interleaved), "mode1 as 2352+interleaved"),
        (1, 4, 2448, with_subchannel(&raw, Sub::Packed), "mode1 as 2352+packed"),
    ] {
        let bytes = single(V35, mode, read_mode, size, &sectors);
        let disc = open(&bytes).unwrap();
        let place = disc.extent_at(Lba(0)).unwrap();
        assert_eq!(format!("{} as {}", place.mode.name(), place.main.unwrap().form), told);
        assert!(lines(&bytes, &["note", "damage"]).is_empty(), "{told}: {:?}", disc.notes());
        if size >= 2352 {
            let mut out = vec![0; RAW];
            disc.read_sectors(Lba(3), &Form::RAW, &mut Scratch::default(), &mut out).unwrap();
            assert!(out == sectors[3 * size..3 * size + RAW], "{told}");
        }
    }
    assert_eq!(SubCoding::Pq16.bytes(), 16);
}

#[test]
fn what_is_said_of_the_disc() {
    let data = [silence(150), sound(1, 8)].concat();
    let told = [(0, vec![Told { title: Some("Title"), ..Told::new(0, 2, 0, &[150, 8]) }])];
    let packs = cd_text::block(&["A", "B"], &["C", "D"], 1).concat();
    let mut descriptor = sessions(V35, &told);
    // Without what is said of the disc, titles of tracks count; a note tells of it.
    let bare = image(V35, &data, &descriptor);
    assert_eq!(lines(&bare, &["Title"]), ["Title 01 \"Title\""]);
    assert!(lines(&bare, &["note"])[0].contains("no catalogue number and CD-TEXT are read"));
    descriptor.extend(info("4006408123456", &packs));
    let disc = open(&image(V35, &data, &descriptor)).unwrap();
    assert_eq!(disc.toc().mcn.as_ref().unwrap().as_str(), "4006408123456");
    let text = disc.toc().cd_text.as_ref().unwrap();
    assert_eq!((text.packs.as_flattened(), &text.blocks[0].texts[&(CdTextKind::Title, 1)][..]), (&packs[..], "B"));
    assert!(disc.notes().is_empty(), "{:?}", disc.notes());
}

#[test]
fn a_dvd() {
    let told = |medium| [(1, vec![Told { medium, ..Told::new(1, 0, 0, &[150, 6]) }])];
    let data = [vec![0; 150 * 2048], Rng::new(1).bytes(6 * 2048)].concat();
    assert_eq!(open(&whole(V35, &data, &told(0x38))).unwrap().toc().media, Media::Dvd);
    assert_eq!(open(&whole(V35, &data, &told(0x98))).unwrap().toc().media, Media::Cd);
}

#[test]
fn what_is_taken_for_an_image() {
    let good = single(V35, 0, 2, 2352, &sound(1, 4));
    for (name, bytes, score) in [
        ("x.cdi", good.clone(), 100),
        ("x.img", single(V2, 0, 2, 2352, &sound(1, 4)), 100),
        ("x.img", single(V3, 0, 2, 2352, &sound(1, 4)), 100),
        ("x.cdi", good[..good.len() - 1].to_vec(), 20),
        ("x.img", good[..good.len() - 1].to_vec(), 0),
        ("x.img", vec![], 0),
        ("x.img", [0; 7].to_vec(), 0),
        // The version alone is something by its own name only.
        ("x.cdi", [&[0; 100][..], &V35.to_le_bytes(), &[50, 0, 0, 0]].concat(), 100),
        ("x.img", [&[0; 100][..], &V35.to_le_bytes(), &[50, 0, 0, 0]].concat(), 0),
        ("x.img", [&[0; 100][..], &V35.to_le_bytes(), &[0; 4]].concat(), 0),
        ("x.img", [&[1, 0, 1, 0, 0, 0, 0, 0][..], &MARK, &V3.to_le_bytes(), &[0; 4]].concat(), 0),
    ] {
        assert_eq!(probe(name, &bytes).0, score, "{name}, {} bytes", bytes.len());
    }
}
