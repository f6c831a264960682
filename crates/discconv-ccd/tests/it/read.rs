//! Whole images, laid by hand.

use crate::lay::{Told, at, ccd, files, open, open_in, outline, outline_in, picked, q, track};
use discconv_ccd::Ccd;
use discconv_core::memory::MemoryFiles;
use discconv_core::{Form, Format, Input, Lba, Scratch};
use discconv_testkit::reference::{RAW, form1, form2};
use discconv_testkit::stored::{as_mode1, silence, sound};
use discconv_testkit::{Rng, cd_text};

pub(crate) fn data(first: i32, sectors: usize) -> Vec<u8> {
    as_mode1(first, &Rng::new(first.unsigned_abs().into()).bytes(sectors * 2048))
}

/// Data of 30 sectors, then sound with a pregap of 5: control, text and flags of every kind.
#[test]
fn everything_that_a_descriptor_says() {
    let img = [data(0, 30), silence(5), sound(2, 10), sound(3, 10)].concat();
    let sub: Vec<u8> = (0..55).flat_map(|lba: i32| q(4, 1, 1, lba.unsigned_abs(), lba)).collect();
    let packs = cd_text::block(&["Disc", "One", "Two", "Three"], &["A", "B", "C", "D"], 3);
    let hex = |pack: &[u8; 18]| pack[..16].iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = packs.iter().enumerate().map(|(number, pack)| format!("Entry {number}={}\r\n", hex(pack))).collect();
    let texts = format!("[CDText]\r\nEntries={}\r\n{}", lines.len(), lines.concat());
    let tracks = [
        track(1, 1, "INDEX 1=0\r\n"),
        track(2, 0, "ISRC=DEABC0000002\r\nINDEX 0=30\r\nINDEX 1=35\r\nINDEX 2=40\r\nINDEX 3=44\r\n"),
        track(3, 0, "FLAGS= DCP SCMS\r\nINDEX 1=45\r\n"),
    ];
    let text = ccd("CATALOG=4006408123456\r\n", &[(&[(1, 4, 0), (2, 1, 35), (3, 8, 45)], 55)], &(texts + &tracks.concat()));
    insta::assert_snapshot!(outline(&text, &img, Some(&sub)));
    let disc = open(&text, &img, Some(&sub)).unwrap();
    assert_eq!(disc.toc().cd_text.as_ref().unwrap().packs, packs, "each CRC is made again");
    let mut sectors = vec![0; 55 * RAW];
    disc.read_sectors(Lba(0), &Form::RAW, &mut Scratch::default(), &mut sectors).unwrap();
    assert!(sectors == img);
}

/// Version 2 has no `[TRACK]` sections: what the sectors are, they say.
#[test]
fn version_2() {
    let mode2: Vec<u8> = (40..60)
        .flat_map(|lba| if lba % 2 == 0 { form1(lba, [0, 0, 8, 0], b"x") } else { form2(lba, [0, 0, 0x28, 0], b"y", true) })
        .collect();
    let img = [data(0, 20), sound(1, 20), mode2].concat();
    let text = ccd("", &[(&[(1, 4, 0), (2, 0, 20), (3, 4, 40)], 60)], "").replace("Version=3", "Version=2");
    let found = picked(&outline(&text, &img, None), &["session", "track", "note", "damage", "error"]);
    assert_eq!(
        found,
        ["session 1 lead-out 60", "track 01 mode1 01@0 end 20", "track 02 audio 01@20 end 40", "track 03 mode2 01@40 end 60"]
    );
}

/// The lead-in may be in any order, and with the points of several sessions mixed.
#[test]
fn entries_in_any_order() {
    let (tracks, img) =
        ([track(1, 0, "INDEX 1=0\r\n"), track(2, 1, "INDEX 1=0\r\n")].concat(), [sound(1, 10), data(11_410, 20)].concat());
    let text = ccd("", &[(&[(1, 0, 0)], 10), (&[(2, 4, 11_410)], 11_430)], &tracks);
    let (head, rest) = text.split_once("[Entry 0]").unwrap();
    let (entries, tail) = rest.split_at(rest.find("[TRACK 1]").unwrap());
    let mut entries: Vec<String> =
        format!("[Entry 0]{entries}").split("[Entry").skip(1).map(|entry| format!("[Entry{entry}")).collect();
    let sorted = outline(&text, &img, None);
    assert!(sorted.contains("session 2 lead-out 11430\n  track 02 mode1 01@11410 end 11430\n"), "{sorted}");
    let mut rng = discconv_testkit::Rng::new(0xCCD);
    for _ in 0..20 {
        let other = rng.index(entries.len());
        entries.swap(0, other);
        let text = format!("{head}{tail}{}", entries.concat());
        assert_eq!(
            picked(&outline(&text, &img, None), &["media", "session", "track", "extent"]),
            picked(&sorted, &["media", "session", "track", "extent"])
        );
    }
}

const FIRST: Told<'static> = (&[(1, 0, 0), (2, 0, 6)], 12);
const SECOND: Told<'static> = (&[(3, 4, 11_412)], 11_432);
const THIRD: Told<'static> = (&[(4, 4, 18_332)], 18_352);

/// What of the areas between sessions is stored: the number of sectors tells.
#[test]
fn sessions_are_stored_in_many_ways() {
    let rows: [(&str, &str, Vec<u8>); 6] = [
        ("nothing between them", "INDEX 1=0\r\n", [sound(1, 12), data(11_412, 20), data(18_332, 20)].concat()),
        ("the pregaps, untold", "INDEX 1=0\r\n", [sound(1, 12), data(11_262, 170), data(18_182, 170)].concat()),
        ("the pregaps, told", "INDEX 1=150\r\n", [sound(1, 12), data(11_262, 170), data(18_182, 170)].concat()),
        (
            "pregaps of their own length",
            "INDEX 0=0\r\nINDEX 1=40\r\n",
            [sound(1, 12), data(11_372, 60), data(18_292, 60)].concat(),
        ),
        (
            "pregaps that are told and not stored",
            "INDEX 0=0\r\nINDEX 1=150\r\n",
            [sound(1, 12), data(11_412, 20), data(18_332, 20)].concat(),
        ),
        (
            "all of it",
            "INDEX 1=0\r\n",
            [sound(1, 12), silence(11_400), data(11_412, 20), silence(6900), data(18_332, 20)].concat(),
        ),
    ];
    let mut text = String::new();
    for (name, indexes, img) in rows {
        let tracks =
            [track(1, 0, "INDEX 1=0\r\n"), track(2, 0, "INDEX 1=6\r\n"), track(3, 1, indexes), track(4, 1, indexes)].concat();
        let found = outline(&ccd("", &[FIRST, SECOND, THIRD], &tracks), &img, None);
        text +=
            &format!("== {name}\n{}\n", picked(&found, &["session", "track", "extent", "note", "damage", "error"]).join("\n"));
    }
    insta::assert_snapshot!(text);
}

/// Where the number does not tell, since the file is cut or has more: the headers of the sectors do.
#[test]
fn sessions_in_a_file_of_another_length() {
    let tracks = [track(1, 0, "INDEX 1=0\r\n"), track(2, 0, "INDEX 1=6\r\n"), track(3, 1, "INDEX 1=0\r\n")].concat();
    let text = ccd("", &[FIRST, SECOND], &tracks);
    let mut found = String::new();
    for (name, img) in [
        ("cut, nothing between them", [sound(1, 12), data(11_412, 19)].concat()),
        ("cut, with the pregap", [sound(1, 12), data(11_262, 160)].concat()),
        ("cut, with all", [sound(1, 12), silence(11_400), data(11_412, 7)].concat()),
        ("longer", [sound(1, 12), data(11_412, 20), silence(9)].concat()),
    ] {
        let outline = outline(&text, &img, None);
        found += &format!("== {name}\n{}\n", picked(&outline, &["track 03", "extent", "note", "damage", "error"]).join("\n"));
    }
    insta::assert_snapshot!(found);
}

/// `DataTracksScrambled`: the sectors are as on the disc, the sound is not touched.
#[test]
fn scrambled() {
    let plain = [data(0, 30), sound(1, 10)].concat();
    let mut img = plain.clone();
    for sector in img.chunks_exact_mut(RAW).take(30) {
        discconv_testkit::reference::scramble(sector.try_into().unwrap());
    }
    let tracks = [track(1, 1, "INDEX 1=0\r\n"), track(2, 0, "INDEX 1=30\r\n")].concat();
    let text = ccd("DataTracksScrambled=1\r\n", &[(&[(1, 4, 0), (2, 0, 30)], 40)], &tracks);
    let found = outline(&text, &img, None);
    assert!(found.contains("extent 0..30 mode1 in \"x.img\" at 0x0 as 2352 scrambled\n"), "{found}");
    let mut sectors = vec![0; 40 * RAW];
    open(&text, &img, None).unwrap().read_sectors(Lba(0), &Form::RAW, &mut Scratch::default(), &mut sectors).unwrap();
    assert!(sectors == plain);
    // Told, and not so.
    let found = picked(&outline(&text, &plain, None), &["extent", "note"]);
    assert_eq!(found[0], "extent 0..30 mode1 in \"x.img\" at 0x0 as 2352");
    assert!(found[2].contains("track 1 is told to be scrambled, and is not"), "{found:?}");
    // So, and not told: nobody else would descramble it either.
    let found = picked(&outline(&text.replace("Scrambled=1", "Scrambled=0"), &img, None), &["extent"]);
    assert_eq!(found[0], "extent 0..30 mode1 in \"x.img\" at 0x0 as 2352");
}

/// The files have the stem of the descriptor, in any case; a renamed image is taken and told.
#[test]
fn companions() {
    let text = ccd("", &[(&[(1, 4, 0)], 20)], &track(1, 1, "INDEX 1=0\r\n"));
    let sub: Vec<u8> = (0..20).flat_map(|lba: i32| q(4, 1, 1, lba.unsigned_abs(), lba)).collect();
    for (img, sub_name, told) in [("x.img", "x.sub", 0), ("X.IMG", "X.Sub", 0), ("x.bin", "x.sub", 1), ("X.Raw", "x.SUB", 1)] {
        let files: MemoryFiles =
            [("x.ccd", text.as_bytes().to_vec()), (img, data(0, 20)), (sub_name, sub.clone())].into_iter().collect();
        let disc = open_in(&files).unwrap();
        assert_eq!((disc.sources().len(), disc.notes().len()), (2, told), "{img}: {:?}", disc.notes());
        let input = Input::new("x.ccd", files.source("x.ccd").unwrap(), &files);
        let names: Vec<String> = Ccd.names(&input).unwrap().unwrap().iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(names, [img.to_lowercase(), "x.sub".to_owned()]);
    }
    // What is no descriptor speaks of nothing.
    let files: MemoryFiles = [("x.ccd", &b"not one"[..]), ("x.img", b"")].into_iter().collect();
    assert!(Ccd.names(&Input::new("x.ccd", files.source("x.ccd").unwrap(), &files)).is_err());
    // None at all; another one; none but something else of that stem.
    let mut found = String::new();
    for names in [&[][..], &["y.img"], &["y.img", "z.img"], &["x.iso"]] {
        let files: MemoryFiles =
            names.iter().map(|name| (*name, vec![0; 1000])).chain([("x.ccd", text.as_bytes().to_vec())]).collect();
        found += &outline_in(&files);
    }
    insta::assert_snapshot!(found);
}

/// No `.sub`, and one of no bytes, are the same: a note.
#[test]
fn without_subchannel() {
    let text = ccd("", &[(&[(1, 4, 0)], 20)], &track(1, 1, "INDEX 1=0\r\n"));
    let none = outline(&text, &data(0, 20), None);
    assert_eq!(outline(&text, &data(0, 20), Some(&[])), none);
    assert!(none.ends_with("note: x.ccd: there is no subchannel beside it (.sub)\n"), "{none}");
}

/// A lone later session, as some programs cut them out: it stays where it was.
#[test]
fn a_disc_that_begins_late() {
    let text = ccd("", &[(&[(1, 4, 11_412)], 11_432)], &track(1, 1, "INDEX 1=11412\r\n"));
    let found = picked(&outline(&text, &data(11_412, 20), None), &["track", "extent", "note"]);
    assert_eq!(found, ["track 01 mode1 01@11412 end 11432", "extent 11412..11432 mode1 in \"x.img\" at 0x0 as 2352"]);
    // All of it stored: then what lies before is the pregap.
    let img = [silence(40), sound(1, 20)].concat();
    let text = ccd("", &[(&[(1, 0, 40)], 60)], &track(1, 0, "INDEX 1=40\r\n"));
    assert_eq!(picked(&outline(&text, &img, None), &["track"]), ["track 01 audio 00@0 01@40 end 60"]);
}

#[test]
fn a_lead_out_that_is_lacking() {
    let whole = ccd("", &[(&[(1, 4, 0)], 20)], &track(1, 1, "INDEX 1=0\r\n"));
    let text = whole.replace(&at(2, 1, 0xA2, 4, 20), "");
    let found = picked(&outline(&text, &data(0, 20), None), &["session", "note", "error"]);
    assert_eq!(found[0], "session 1 lead-out 20");
    assert!(
        found.iter().any(|line| line.contains("session 1 has no entry of its lead-out; it ends with \"x.img\"")),
        "{found:?}"
    );
    assert!(found.iter().any(|line| line.contains("TocEntries is 4; the number of entries is 3")), "{found:?}");
    let files = files(&text, &[], None);
    assert!(outline_in(&files).contains("found session 1 without an entry of its lead-out"));
}
