//! What descriptors get wrong, and what looks wrong in them and is right: a test for each.

use crate::lay::{at, ccd, entry, open, outline, picked, probe, q, track};
use crate::read::data;
use discconv_core::{Form, Lba, Score, Scratch, SubCoding};
use discconv_testkit::Rng;
use discconv_testkit::reference::{interleave, mode0, packed_block, q_isrc};
use discconv_testkit::stored::{silence, sound};

fn one(img: &[u8], control: u8, tracks: &str) -> Vec<String> {
    let sectors = i32::try_from(img.len() / 2352).unwrap();
    picked(&outline(&ccd("", &[(&[(1, control, 0)], sectors)], tracks), img, None), &["track", "note", "damage", "error"])
}

/// Points are numbers, not BCD: 0x10 is track 16.
#[test]
fn points_are_binary() {
    let text = ccd("", &[(&[(15, 0, 0), (16, 0, 5)], 10)], "");
    assert!(text.contains("Point=0x10"));
    let found = picked(&outline(&text, &sound(1, 10), None), &["track", "note", "error"]);
    assert_eq!(found, ["track 15 audio 01@0 end 5", "track 16 audio 01@5 end 10"]);
}

/// And so is the sort of disc: 32 in decimal is 20h.
#[test]
fn sorts_of_disc() {
    let text = ccd("", &[(&[(1, 4, 0)], 20)], &track(1, 1, "INDEX 1=0\r\n"));
    for (second, name) in [("0", ""), ("16", " cd-i"), ("0x10", " cd-i"), ("32", " xa"), ("7", "")] {
        let text = text.replacen("PSec=0", &format!("PSec={second}"), 1);
        assert_eq!(picked(&outline(&text, &data(0, 20), None), &["session"]), [format!("session 1{name} lead-out 20")]);
    }
}

/// `MODE` can be wrong: sectors have the last word, but for sound that may be data on purpose.
#[test]
fn wrong_modes() {
    let mode2: Vec<u8> = (0..20).flat_map(|lba| discconv_testkit::reference::form1(lba, [0, 0, 8, 0], b"x")).collect();
    let rows: [(&str, u8, Vec<u8>, &str, usize); 12] = [
        ("MODE=1", 4, data(0, 20), "mode1", 0),
        ("MODE=2", 4, mode2.clone(), "mode2", 0),
        ("MODE=0", 0, sound(1, 20), "audio", 0),
        ("MODE=1", 4, mode2.clone(), "mode2", 1),
        ("MODE=2", 4, data(0, 20), "mode1", 1),
        ("MODE=0", 4, data(0, 20), "mode1", 1),
        ("MODE=1", 0, data(0, 20), "mode1", 0),
        ("MODE=1", 0, sound(1, 20), "audio", 1),
        ("MODE=0", 0, data(0, 20), "audio", 0),
        ("MODE=9", 4, mode2, "mode2", 1),
        ("", 4, data(0, 20), "mode1", 0),
        ("MODE=1", 4, (0..20).flat_map(mode0).collect(), "mode0", 0),
    ];
    for (mode, control, img, expected, notes) in rows {
        let found = one(&img, control, &format!("[TRACK 1]\r\n{mode}\r\nINDEX 1=0\r\n"));
        assert_eq!((found[0].split(' ').nth(2), found.len() - 1), (Some(expected), notes), "{mode} {control}: {found:?}");
    }
    // Nothing but the entry says anything.
    assert_eq!(one(&sound(1, 20), 4, ""), ["track 01 mode1 01@0 end 20"]);
    assert_eq!(one(&silence(20), 0, ""), ["track 01 audio 01@0 end 20"]);
}

/// Tracks that begin with something else than what they are.
#[test]
fn modes_are_sampled_further_in() {
    let blank: Vec<u8> = (0..225).flat_map(mode0).collect();
    let img = [blank, data(225, 75)].concat();
    assert_eq!(one(&img, 4, &track(1, 1, "INDEX 1=0\r\n")), ["track 01 mode1 01@0 end 300"]);
    let img = [silence(200), data(200, 100)].concat();
    assert_eq!(one(&img, 4, &track(1, 2, "INDEX 1=0\r\n"))[0], "track 01 mode1 01@0 end 300");
}

/// Of two addresses PLBA counts; beyond 90 minutes it may be a negative one.
#[test]
fn addresses_at_odds() {
    let text = ccd("", &[(&[(1, 0, 0), (2, 0, 10)], 20)], "");
    let good = at(4, 1, 2, 0, 10);
    for (change, start, notes) in [
        (good.clone(), 10, 0),
        (good.replace("PLBA=10", "PLBA=12"), 12, 1),
        (good.replace("PLBA=10\r\n", ""), 10, 0),
        (good.replace("PMin=0\r\nPSec=2\r\nPFrame=10\r\n", ""), 10, 0),
    ] {
        let found = picked(&outline(&text.replace(&good, &change), &sound(1, 20), None), &["track 02", "note", "error"]);
        assert_eq!(
            (found[0].as_str(), found.len()),
            (format!("track 02 audio 01@{start} end 20").as_str(), 1 + notes),
            "{found:?}"
        );
    }
    // 91:00:00 is LBA 409350, for some -4950 and for others -40650.
    let text = ccd("", &[(&[(1, 0, 0)], 409_350)], "");
    for plba in ["409350", "-4950", "-40650"] {
        let text = text.replace("PLBA=409350", &format!("PLBA={plba}"));
        let found = picked(&outline(&text, &sound(1, 2), None), &["session", "note"]);
        assert_eq!(found, ["session 1 lead-out 409350"]);
    }
}

/// Lead-ins have minus signs everywhere, numbers of a byte, and points that are no tracks.
#[test]
fn points_of_other_sorts() {
    let odd = [
        entry(4, 1, 0xB0, 4, [79, 59, 74], 359_849)
            .replace("ADR=0x01", "ADR=0x05")
            .replace("AMin=0", "AMin=255")
            .replace("ALBA=-150", "ALBA=716730"),
        entry(5, 1, 0xC0, 4, [97, 26, 66], -11_634).replace("ADR=0x01", "ADR=0x05"),
        entry(6, 1, 0xC1, 0, [0, 0, 0], -150).replace("ADR=0x01", "ADR=0x05"),
        // A pointer of mode 5, which is no track 2.
        entry(7, 1, 0x02, 4, [255, 255, 255], 716_730).replace("ADR=0x01", "ADR=0x05"),
    ];
    let text =
        ccd("", &[(&[(1, 4, 0)], 20)], &(odd.concat() + &track(1, 1, "INDEX 1=0\r\n"))).replace("TocEntries=4", "TocEntries=8");
    assert_eq!(picked(&outline(&text, &data(0, 20), None), &["track", "note", "error"]), ["track 01 mode1 01@0 end 20"]);
}

/// Only differences of indexes mean something: in later sessions they count from the session, or from LBA 0.
#[test]
fn indexes_of_later_sessions() {
    let img = [sound(1, 10), sound(2, 40)].concat();
    for origin in [0, 11_410] {
        let index = |number: u8, at: i32| format!("INDEX {number}={}\r\n", at + origin);
        let tracks = [
            track(1, 0, "INDEX 1=0\r\n"),
            track(2, 0, &index(1, 0)),
            track(3, 0, &[index(0, 15), index(1, 20), index(2, 25)].concat()),
        ];
        let text = ccd("", &[(&[(1, 0, 0)], 10), (&[(2, 0, 11_410), (3, 0, 11_430)], 11_450)], &tracks.concat());
        let found = picked(&outline(&text, &img, None), &["track", "note", "error"]);
        assert_eq!(found[1..], ["track 02 audio 01@11410 end 11425", "track 03 audio 00@11425 01@11430 02@11435 end 11450"]);
    }
}

/// Indexes that cannot be are told of and passed over.
#[test]
fn indexes_astray() {
    let rows = [
        "INDEX 0=60\r\nINDEX 1=20\r\n",
        "INDEX 0=-5\r\nINDEX 1=20\r\n",
        "INDEX 0=0\r\nINDEX 1=20\r\n",
        "INDEX 1=20\r\nINDEX 2=19\r\nINDEX 3=25\r\nINDEX 4=24\r\nINDEX 5=40\r\n",
        "INDEX 1=20\r\nINDEX 2=2147483647\r\nINDEX 100=1\r\nINDEX -1=1\r\n",
        "INDEX 0=15\r\n",
        "INDEX 0=-2147483648\r\n",
    ];
    let mut text = String::new();
    for indexes in rows {
        let tracks = track(1, 0, "INDEX 1=0\r\n") + &track(2, 0, indexes);
        let found = outline(&ccd("", &[(&[(1, 0, 0), (2, 0, 20)], 40)], &tracks), &sound(1, 40), None);
        text += &format!("== {}\n{}\n", indexes.replace("\r\n", " "), picked(&found, &["track", "note", "error"]).join("\n"));
    }
    insta::assert_snapshot!(text);
}

/// The pause that every disc has, told and not stored.
#[test]
fn the_pause_before_lba_0() {
    let found = outline(&ccd("", &[(&[(1, 4, 0)], 20)], &track(1, 1, "INDEX 0=-150\r\nINDEX 1=0\r\n")), &data(0, 20), None);
    let found = picked(&found, &["track", "extent", "note"]);
    assert_eq!(found[..2], ["track 01 mode1 00@-150 01@0 end 20", "extent -150..0 mode1 gap in no file"]);
}

/// The subchannel of two tracks of 20 sectors, the second with a pause of 5 by Q.
fn with_pause(first_of_pause: i32, relative: impl Fn(i32) -> u32) -> Vec<u8> {
    let record = |lba: i32| match lba {
        _ if lba < first_of_pause => q(0, 1, 1, lba.unsigned_abs(), lba),
        15..20 => q(0, 2, 0, relative(lba), lba),
        _ => q(0, 2, 1, lba.unsigned_abs() - 20, lba),
    };
    (0..40).flat_map(record).collect()
}

/// INDEX 0 is often lacking; Q has it, but where the text has it too, that counts.
#[test]
fn pregaps_by_q() {
    let down = |lba: i32| (19 - lba).unsigned_abs();
    let text = |index: &str| {
        let tracks = track(1, 0, "INDEX 1=0\r\n") + &track(2, 0, &format!("{index}INDEX 1=20\r\n"));
        ccd("", &[(&[(1, 0, 0), (2, 0, 20)], 40)], &tracks)
    };
    let found = |index: &str, sub: &[u8]| picked(&outline(&text(index), &sound(1, 40), Some(sub)), &["track 02", "note"]);
    assert_eq!(found("", &with_pause(15, down)), ["track 02 audio 00@15 01@20 end 40"]);
    // cue2ccd's Q still has the old track in the first sector of the pause, and ends with one frame left.
    let late = with_pause(16, |lba| (20 - lba).unsigned_abs());
    assert_eq!(found("INDEX 0=15\r\n", &late), ["track 02 audio 00@15 01@20 end 40"]);
    assert_eq!(found("", &late), ["track 02 audio 00@16 01@20 end 40"]);
    // Told to be none.
    assert_eq!(found("INDEX 0=20\r\n", &with_pause(15, down)), ["track 02 audio 01@20 end 40"]);
    // An ISRC among them, and a frame that is broken.
    let mut odd = with_pause(15, down);
    odd[17 * 96..18 * 96].copy_from_slice(&packed_block(true, &q_isrc(0, "DEABC0000002", 17)));
    odd[18 * 96 + 20] ^= 1;
    assert_eq!(found("", &odd)[0], "track 02 audio 00@15 01@20 end 40");
    // All of Q zero, or all of it broken: nothing to rely on.
    assert_eq!(found("", &[0; 40 * 96]), ["track 02 audio 01@20 end 40"]);
    let broken: Vec<u8> =
        with_pause(15, down).chunks(96).flat_map(|block| [&block[..12], &[7; 12], &block[24..]].concat()).collect();
    let told = found("", &broken);
    assert_eq!(told[0], "track 02 audio 01@20 end 40");
    assert!(told[1].contains("have a wrong CRC"), "{told:?}");
}

/// `.sub` is packed; one that is not is read all the same. One of film subtitles is none.
#[test]
fn other_files_called_sub() {
    let text = ccd("", &[(&[(1, 4, 0)], 20)], &track(1, 1, "INDEX 1=0\r\n"));
    let packed: Vec<[u8; 96]> = (0..20).map(|lba: i32| q(4, 1, 1, lba.unsigned_abs(), lba)).collect();
    let interleaved: Vec<u8> = packed.iter().flat_map(interleave).collect();
    let disc = open(&text, &data(0, 20), Some(&interleaved)).unwrap();
    assert_eq!(disc.stored_sub(), Some(SubCoding::Interleaved));
    let view = Form { main: discconv_core::Main::None, sub: Some(SubCoding::Packed), stride: 96, ..Form::RAW };
    let mut record = [0; 96];
    disc.read_sectors(Lba(7), &view, &mut Scratch::default(), &mut record).unwrap();
    assert_eq!(record, packed[7]);
    let subtitles = "{0}{25}Hello.\r\n".repeat(300);
    let found = picked(&outline(&text, &data(0, 20), Some(subtitles.as_bytes())), &["extent", "note", "damage"]);
    assert_eq!(found[0], "extent 0..20 mode1 in \"x.img\" at 0x0 as 2352");
    assert!(found[1].contains("x.sub: 4500 bytes, of which none looked at are subchannel of these 20 sectors"), "{found:?}");
    // As long as it must be it is kept, whatever it says: some discs are protected that way.
    let noise = Rng::new(1).bytes(20 * 96);
    assert!(outline(&text, &data(0, 20), Some(&noise)).contains("sub in \"x.sub\" at 0x0 as sub only+packed"));
    // Of another disc; too short; too long.
    let other: Vec<u8> = (0..20).flat_map(|lba: i32| q(4, 1, 1, lba.unsigned_abs() + 500, lba + 500)).collect();
    let all = packed.concat();
    let mut text_found = String::new();
    for (name, sub) in [("another", &other), ("short", &all[..15 * 96 + 7].to_vec()), ("long", &[&all[..], &all[..960]].concat())]
    {
        let found = picked(&outline(&text, &data(0, 20), Some(sub)), &["extent", "note", "damage"]);
        text_found += &format!("== {name}\n{}\n", found.join("\n"));
    }
    insta::assert_snapshot!(text_found);
}

/// Any case, blanks, comments, quotes, other line ends, marks of an editor.
#[test]
fn dialects_of_the_text() {
    let plain = ccd("CATALOG=4006408123456\r\n", &[(&[(1, 4, 0)], 20)], &track(1, 1, "ISRC=DEABC0000001\r\nINDEX 1=0\r\n"));
    let expected = outline(&plain, &data(0, 20), None);
    assert!(expected.contains("mcn 4006408123456") && expected.contains("isrc DEABC0000001"), "{expected}");
    let spaced = plain.lines().map(|line| format!("  {} \n", line.replace('=', " = "))).collect::<String>();
    let quoted = plain.replace("4006408123456", "\"4006408123456\"").replace("PLBA=0", "PLBA=\"0\"");
    for (name, text) in [
        ("small letters", plain.to_lowercase()),
        ("capitals", plain.to_uppercase().replace("0X", "0x")),
        ("blanks", spaced),
        ("old line ends", plain.replace("\r\n", "\r")),
        ("a mark", format!("\u{FEFF}{plain}")),
        ("comments", plain.replace("[Disc]", "; a comment\r\n[Disc] ; another")),
        ("quotes", quoted),
        ("an empty beginning", format!("\r\n\r\n  {plain}\u{1A}")),
    ] {
        assert_eq!(outline(&text, &data(0, 20), None), expected, "{name}");
    }
}

#[test]
fn what_is_passed_over() {
    let tracks = format!("[Extra]\r\nA=1\r\nB=2\r\n{}", track(1, 1, "ISRC=nonsense\r\nINDEX 1=0\r\nWhat=ever\r\n"));
    let text =
        ccd("CATALOG=123\r\nNews=1\r\n", &[(&[(1, 4, 0)], 20)], &tracks).replace("Version=3", "Version=9\r\nno equals sign");
    let more = "[CDText]\r\nEntries=4\r\nEntry 0=80 00\r\nEntry 99999=00\r\nEntry 1=80 00 00 00 41 42 43 00 00 00 00 00 00 00 00 00\r\nX=1\r\nY=1\r\n";
    let found = outline(&(text + more + &at(3, 1, 1, 4, 5)), &data(0, 20), None);
    insta::assert_snapshot!(picked(&found, &["cd-text", "Title", "track", "note", "error"]).join("\n"));
}

#[test]
fn probing() {
    let text = ccd("", &[(&[(1, 4, 0)], 20)], "");
    assert_eq!([probe("x.ccd", text.as_bytes()), probe("x.txt", text.as_bytes())], [Score::CERTAIN; 2]);
    assert_eq!([probe("x.ccd", b"something"), probe("x.ccd", b"")], [Score::MAYBE; 2]);
    assert_eq!([probe("x.img", &data(0, 20)), probe("x", b"[Disc]\r\n")], [Score::NO; 2]);
}
