//! Structures that lie: no rule goes beyond them, and each tells what is still sound.

use crate::lay::Laid;
use discconv_testkit::Rng;

/// A volume with a file for every rule that reads one.
fn everything(content: &[u8]) -> Laid {
    let names = [
        "SYSTEM.CNF",
        "PSX.EXE",
        "UMD_DATA.BIN",
        "DEFAULT.XBE",
        "DEFAULT.XEX",
        "PSP_GAME/PARAM.SFO",
        "PS3_GAME/PARAM.SFO",
        "VIDEO_TS/VIDEO_TS.IFO",
        "AUDIO_TS/AUDIO_TS.IFO",
        "BDMV/INDEX.BDMV",
    ];
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, content)).collect();
    Laid::volume("PLAYSTATION", &files)
}

#[test]
fn any_content_of_the_files_is_survived() {
    let mut rng = Rng::seed_from_env("identify");
    let beginnings: [&[u8]; 8] = [b"", b"\0PSF", b"XBEH", b"XEX2", b"DVDVIDEO-VMG", b"BOOT = ", b"BOOT2=cdrom0:\\", b"INDX"];
    for beginning in beginnings {
        for len in [0, 1, 7, 64, 700] {
            let content = [beginning, &rng.bytes(len)].concat();
            let identity = everything(&content).identity();
            assert!(!identity.systems.is_empty());
        }
    }
}

#[test]
fn any_bytes_at_the_places_of_headers_are_survived() {
    let mut rng = Rng::seed_from_env("identify headers");
    let marks: [(usize, usize, &[u8]); 6] = [
        (0, 0, b"SEGADISCSYSTEM  "),
        (0, 0, b"SEGA SEGASATURN "),
        (0, 0, b"SEGA SEGAKATANA "),
        (1, 0x20, b"PC Engine CD-ROM SYSTEM"),
        (0, 0x1C, &[0xC2, 0x33, 0x9F, 0x3D]),
        (150, 0, b"VIDEO_CD"),
    ];
    for (sector, at, mark) in marks {
        for _ in 0..20 {
            let noise = rng.bytes(4096);
            let disc = Laid::blank(160).with(0, 0, &noise).with(150, 0, &noise[..64]).with(sector, at, mark);
            assert!(!disc.identity().systems.is_empty());
        }
    }
}

#[test]
fn a_disc_that_ends_anywhere_is_survived() {
    let whole = everything(b"BOOT = cdrom:\\SLUS_004.04;1").with_text(0, 0, 16, "SEGADISCSYSTEM");
    for sectors in 1..whole.0.len() / 2048 {
        let _ = Laid(whole.0[..sectors * 2048].to_vec()).identity();
    }
}

#[test]
fn texts_come_as_they_are() {
    let identity = Laid::volume("", &[("SYSTEM.CNF", b"BOOT = cdrom:\\\x1B[31m;1\nVER = \x07")]).identity();
    let fields = &identity.systems[0].fields;
    assert_eq!((fields.serial.as_str(), fields.version.as_str()), ("", "\u{7}"), "escaping is the printer's work");
}
