//! Whether a pregap is stored: only the places tell.

use crate::lay::{Told, cd, lines, track};
use discconv_testkit::stored::{silence, sound};

const AUDIO: u8 = 0xA9;

/// Two tracks of sound, 10 and 20 sectors, the second with its INDEX 01 at LBA `start` and sector `offset` of the data.
fn two(start: i32, pregap: u32, offset: u64, data: &[Vec<u8>]) -> Vec<String> {
    let tracks = vec![track(1, AUDIO, 0, 150, 10, 0), track(2, AUDIO, start, pregap, 20, offset)];
    lines(&cd(tracks).with(&data.concat()), &["track 02", "extent", "note", "damage", "error"])
}

#[test]
fn in_no_file() {
    let found = two(15, 5, 10, &[sound(1, 10), sound(2, 20)]);
    assert_eq!(
        found,
        [
            "track 02 audio 00@10 01@15 end 35",
            "extent 0..10 audio in \"x.mdf\" at 0x0 as 2352",
            "extent 10..15 audio gap in no file",
            "extent 15..35 audio in \"x.mdf\" at 0x5BE0 as 2352",
        ]
    );
}

#[test]
fn stored_before_the_offset() {
    let found = two(15, 5, 15, &[sound(1, 10), silence(5), sound(2, 20)]);
    assert_eq!(
        found,
        [
            "track 02 audio 00@10 01@15 end 35",
            "extent 0..10 audio in \"x.mdf\" at 0x0 as 2352",
            "extent 10..35 audio in \"x.mdf\" at 0x5BE0 as 2352",
        ]
    );
}

#[test]
fn stored_in_part() {
    let found = two(15, 5, 13, &[sound(1, 10), silence(3), sound(2, 20)]);
    assert_eq!(found[0], "track 02 audio 00@10 01@15 end 35");
    assert_eq!(found[2..], ["extent 10..12 audio gap in no file", "extent 12..35 audio in \"x.mdf\" at 0x5BE0 as 2352"]);
}

/// The offset is that of the pregap; only the length of the file shows it.
#[test]
fn stored_from_the_offset_on() {
    let found = two(15, 5, 10, &[sound(1, 10), silence(5), sound(2, 20)]);
    assert_eq!(
        found,
        [
            "track 02 audio 00@10 01@15 end 35",
            "extent 0..10 audio in \"x.mdf\" at 0x0 as 2352",
            "extent 10..35 audio in \"x.mdf\" at 0x5BE0 as 2352",
        ]
    );
    // One byte more, and it is something else.
    let found = two(15, 5, 10, &[sound(1, 10), silence(5), sound(2, 20), vec![0]]);
    assert_eq!(found[2], "extent 10..15 audio gap in no file");
    assert_eq!(found[4], "note: x.mdf: the 11761 bytes behind the last track belong to none");
}

/// The same with three tracks, of which only the last has none.
#[test]
fn stored_from_all_offsets_on() {
    let tracks = vec![
        track(1, AUDIO, 0, 150, 10, 0),
        track(2, AUDIO, 15, 5, 20, 10),
        track(3, AUDIO, 37, 2, 3, 35),
        track(4, AUDIO, 40, 0, 4, 40),
    ];
    let found = lines(&cd(tracks).with(&sound(1, 44)), &["track", "extent", "note"]);
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn told_otherwise_than_it_is() {
    // The track before reaches up to INDEX 01.
    let found = two(10, 150, 10, &[sound(1, 10), sound(2, 20)]);
    assert_eq!(found[0], "track 02 audio 01@10 end 30");
    assert!(found[3].ends_with("track 2 says a pregap of 150 sectors; 0 lie between the track before and its INDEX 01"));
    // None is told, and there is one.
    let found = two(15, 0, 10, &[sound(1, 10), sound(2, 20)]);
    assert_eq!((&*found[0], found.len()), ("track 02 audio 00@10 01@15 end 35", 4));
    let found = two(15, 0, 15, &[sound(1, 10), silence(5), sound(2, 20)]);
    assert_eq!((&*found[0], found.len()), ("track 02 audio 00@10 01@15 end 35", 3));
    // Another length.
    let found = two(15, 4, 10, &[sound(1, 10), sound(2, 20)]);
    assert_eq!(found[0], "track 02 audio 00@10 01@15 end 35");
    assert!(found[4].ends_with("track 2 says a pregap of 4 sectors; 5 lie between the track before and its INDEX 01"));
    // More is stored than there is room for.
    let found = two(15, 5, 17, &[sound(1, 10), silence(7), sound(2, 20)]);
    assert_eq!(found[2], "extent 10..35 audio in \"x.mdf\" at 0x7080 as 2352".replace("7080", &format!("{:X}", 12 * 2352)));
    assert!(found[3].ends_with("2 of 7 stored sectors before track 2 have no place on the disc"), "{found:?}");
}

#[test]
fn of_track_1() {
    let one = |start: i32, pregap, offset, data: &[Vec<u8>]| {
        let tracks = vec![track(1, AUDIO, start, pregap, 10, offset)];
        lines(&cd(tracks).with(&data.concat()), &["track", "extent", "note", "error"])
    };
    // Nothing before LBA 0.
    let found = one(0, 150, 0, &[sound(1, 10)]);
    assert_eq!(found, ["track 01 audio 01@0 end 10", "extent 0..10 audio in \"x.mdf\" at 0x0 as 2352"]);
    // Sound that hides before INDEX 01: stored, or nowhere.
    let found = one(40, 190, 40, &[sound(3, 40), sound(1, 10)]);
    assert_eq!(found, ["track 01 audio 00@0 01@40 end 50", "extent 0..50 audio in \"x.mdf\" at 0x0 as 2352"]);
    let found = one(40, 190, 0, &[sound(1, 10)]);
    assert_eq!(found[0], "track 01 audio 00@0 01@40 end 50");
    assert_eq!(found[1], "extent 0..40 audio gap in no file");
    // The pause itself: blank, or not.
    let found = one(0, 150, 150, &[silence(150), sound(1, 10)]);
    assert_eq!(found, ["track 01 audio 01@0 end 10", "extent -150..10 audio in \"x.mdf\" at 0x0 as 2352"]);
    let found = one(0, 150, 150, &[sound(2, 150), sound(1, 10)]);
    assert_eq!(found[0], "track 01 audio 00@-150 01@0 end 10");
    assert!(found[2].contains("the pause before LBA 0 is not blank"), "{found:?}");
}

#[test]
fn of_later_sessions() {
    let second = |pregap, offset, data: &[Vec<u8>]| {
        let mut mds = cd(vec![track(1, AUDIO, 0, 150, 10, 0)]);
        mds.sessions.push((11_260, 11_420, 0x20, vec![track(2, AUDIO, 11_410, pregap, 10, offset)]));
        lines(&mds.with(&data.concat()), &["session", "track", "extent", "note", "error"])
    };
    let found = second(150, 10, &[sound(1, 10), sound(2, 10)]);
    assert_eq!(
        found,
        [
            "session 1 lead-out 10",
            "track 01 audio 01@0 end 10",
            "session 2 xa lead-out 11420",
            "track 02 audio 01@11410 end 11420",
            "extent 0..10 audio in \"x.mdf\" at 0x0 as 2352",
            "extent 11410..11420 audio in \"x.mdf\" at 0x5BE0 as 2352",
        ]
    );
    let found = second(150, 160, &[sound(1, 10), silence(150), sound(2, 10)]);
    assert_eq!(found[3], "track 02 audio 00@11260 01@11410 end 11420");
    assert_eq!(found[5], "extent 11260..11420 audio in \"x.mdf\" at 0x5BE0 as 2352");
    // From the offset on.
    assert_eq!(second(150, 10, &[sound(1, 10), silence(150), sound(2, 10)]), found);
    // Longer than every pause.
    let found = second(200, 10, &[sound(1, 10), sound(2, 10)]);
    assert_eq!(found[3], "track 02 audio 00@11210 01@11410 end 11420");
    assert_eq!(found[5], "extent 11210..11410 audio gap in no file");
}

/// Data with its own pregap before sound, and a form of another size.
#[test]
fn of_different_sectors() {
    let data = Told { size: 2048, ..track(1, 0xAA, 0, 150, 10, 0) };
    let audio = Told { offset: 10 * 2048 + 5 * 2352, ..track(2, AUDIO, 15, 5, 4, 0) };
    let found = lines(&cd(vec![data, audio]).with(&[vec![7; 10 * 2048], sound(1, 9)].concat()), &["extent", "note"]);
    assert_eq!(found, ["extent 0..10 mode1 in \"x.mdf\" at 0x0 as 2048", "extent 10..19 audio in \"x.mdf\" at 0x5000 as 2352"]);
}
