//! Discs that are known by their first sectors, and the media that follow from length and content.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod common;

use common::{open, probe};
use discconv_core::{FormatWriter, Media, Score, TrackMode, WriteOptions};
use discconv_iso::Iso;
use discconv_testkit::iso9660::Volume;

const USER: usize = 2048;

/// Bytes at (sector, byte).
type Mark<'a> = (usize, usize, &'a [u8]);

/// `sectors` sectors of zeros with marks.
fn laid(sectors: usize, marks: &[Mark<'_>]) -> Vec<u8> {
    let mut bytes = vec![0; sectors * USER];
    for (sector, at, mark) in marks {
        bytes[sector * USER + at..][..mark.len()].copy_from_slice(mark);
    }
    bytes
}

fn check(what: &str, bytes: &[u8], media: Media) {
    assert!(probe("game.iso", bytes) >= Score(65), "{what}");
    let disc = open("game.iso", bytes, None).unwrap();
    assert_eq!((disc.toc().media, disc.toc().track_count()), (media, 1), "{what}");
    assert_eq!(usize::try_from(disc.toc().sessions[0].lead_out.0).unwrap(), bytes.len().div_ceil(USER), "{what}");
    // The proof expects what the reader will say of the same bytes.
    let plan = Iso.plan(&[disc], "out", &WriteOptions::default()).unwrap();
    assert_eq!(plan.discs[0].toc.media, media, "{what}");
}

#[test]
fn boot_areas_are_enough() {
    let xbox: &[u8] = b"MICROSOFT*XBOX*MEDIA";
    let cd: &[(&str, &[Mark<'_>])] = &[
        ("Sega CD", &[(0, 0, b"SEGADISCSYSTEM  ")]),
        ("Sega CD boot", &[(0, 0, b"SEGABOOTDISC    ")]),
        ("Sega CD disc", &[(0, 0, b"SEGADISC        ")]),
        ("Sega CD data", &[(0, 0, b"SEGADATADISC    ")]),
        ("Saturn", &[(0, 0, b"SEGA SEGASATURN ")]),
        ("Dreamcast", &[(0, 0, b"SEGA SEGAKATANA ")]),
        ("PlayStation", &[(4, 0, b"          Licensed  by          Sony")]),
        ("PC Engine", &[(1, 0x20, b"PC Engine CD-ROM SYSTEM")]),
        ("PC-FX", &[(0, 0, b"PC-FX:Hu_CD-ROM")]),
        ("3DO", &[(0, 0, &[1, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 1])]),
        ("FM Towns", &[(0, 0, b"IPL4")]),
        ("FM Towns after a jump", &[(0, 3, b"IPL4")]),
        ("CD-i", &[(16, 0, b"\x01CD-I \x01")]),
        ("UDF", &[(16, 0, b"\0BEA01\x01"), (17, 0, b"\0NSR02\x01")]),
        ("High Sierra", &[(16, 0, &[16, 0, 0, 0, 0, 0, 0, 16]), (16, 8, b"\x01CDROM\x01")]),
        ("Apple partition map", &[(0, 0, b"ER\x02\x00"), (0, 512, b"PM")]),
        ("Apple partition map of 2048", &[(0, 0, b"ER\x08\x00"), (1, 0, b"PM")]),
        ("HFS", &[(0, 0x400, b"BD"), (0, 0x414, &[0, 0, 2, 0])]),
        ("HFS+", &[(0, 0x400, b"H+\0\x04"), (0, 0x428, &[0, 0, 0x10, 0])]),
    ];
    for (what, marks) in cd {
        check(what, &laid(30, marks), Media::Cd);
    }
    let dvd: &[(&str, &[Mark<'_>])] = &[
        ("GameCube", &[(0, 0x1C, &[0xC2, 0x33, 0x9F, 0x3D])]),
        ("Wii", &[(0, 0x18, &[0x5D, 0x1C, 0x9E, 0xA3])]),
        ("PlayStation 3", &[(1, 0, b"PlayStation3")]),
        ("Xbox", &[(32, 0, xbox), (32, 0x7EC, xbox)]),
    ];
    for (what, marks) in dvd {
        check(what, &laid(40, marks), Media::Dvd);
    }
}

#[test]
fn two_letters_are_not_enough() {
    for marks in [
        &[(0, 0x400, b"BD".as_slice())],
        &[(0, 0x400, b"H+\0\x04")],
        &[(0, 0, b"ER\x02\x00")],
        &[(32, 0, b"MICROSOFT*XBOX*MEDIA")],
    ] {
        let bytes = laid(40, marks);
        assert_eq!(probe("game.iso", &bytes), Score::NO);
        assert!(open("game.iso", &bytes, None).is_err());
    }
}

/// An anchor alone, at one of its places.
#[test]
fn udf_anchors_are_found() {
    for (sectors, place) in [(300, 256), (300, 299), (600, 600 - 257), (600, 512)] {
        let mut tag = [0_u8; 16];
        (tag[0], tag[2]) = (2, 2);
        tag[12..].copy_from_slice(&u32::try_from(place).unwrap().to_le_bytes());
        tag[4] = tag.iter().fold(0, |sum, byte| sum.wrapping_add(*byte));
        check("anchor", &laid(sectors, &[(place, 0, &tag)]), Media::Cd);
    }
}

#[test]
fn the_volume_tells_mode_and_medium() {
    let volume = |system, xa| Volume { system, xa, ..Volume::default() }.build().user;
    for (system, xa, media, mode) in [
        ("", false, Media::Cd, TrackMode::Mode1),
        ("", true, Media::Cd, TrackMode::Mode2),
        ("PLAYSTATION", false, Media::Cd, TrackMode::Mode2),
        ("PSP GAME", false, Media::Umd, TrackMode::Mode1),
        ("UMD VIDEO", false, Media::Umd, TrackMode::Mode1),
    ] {
        let bytes = volume(system, xa);
        check(system, &bytes, media);
        assert_eq!(open("game.iso", &bytes, None).unwrap().toc().tracks().next().unwrap().mode, mode, "{system}");
    }
}

#[test]
fn containers_with_plain_sectors_are_left_alone() {
    let volume = Volume::default().build().user;
    let nero = [volume.as_slice(), &[0; 500], b"NER5", &[0, 0, 0, 0, 0, 0, 0xD0, 0]].concat();
    let juggler = [volume.as_slice(), &[0; 500], &0x8000_0006_u32.to_le_bytes(), &[0xF4, 1, 0, 0]].concat();
    let apple = [volume.as_slice(), b"koly", &[0; 508]].concat();
    for bytes in [nero, juggler, apple] {
        assert_eq!(probe("disc.iso", &bytes), Score::NO);
    }
}

/// A cartridge has the console's name at 100h too; only the disc's own word at its start counts.
#[test]
fn a_cartridge_is_no_disc() {
    let cartridge = laid(64, &[(0, 0x100, b"SEGA MEGA DRIVE "), (0, 0x120, b"A GAME")]);
    assert_eq!(probe("game.bin", &cartridge), Score::NO);
}

/// 128 raw sectors are as long as 147 of user data: the length says nothing, the content all.
#[test]
fn a_length_that_fits_two_sizes_is_settled_by_content() {
    let volume = Volume::default().build().user;
    let mut user = volume.clone();
    user.resize(147 * USER, 0);
    let mut more = volume;
    more.resize(128 * USER, 0);
    let raw = discconv_testkit::stored::as_mode1(0, &more);
    assert_eq!(raw.len(), user.len());
    for (bytes, sectors) in [(user, 147), (raw, 128)] {
        let disc = open("game.img", &bytes, None).unwrap();
        assert_eq!(disc.toc().sessions[0].lead_out.0, sectors);
    }
}
