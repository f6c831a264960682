//! Tracks of raw images without a sheet, and where such images begin.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod common;

use common::open;
use discconv_core::{Disc, outline};
use discconv_testkit::fixtures;
use discconv_testkit::iso9660::Volume;
use discconv_testkit::stored::{as_mode1, as_xa, cut};

/// What a run of sectors is made of.
#[derive(Clone, Copy)]
enum Run {
    Mode1,
    Mode2,
    /// Blank Mode 1.
    Blank,
    Sound,
    Silence,
}
use Run::{Blank, Mode1, Mode2, Silence, Sound};

/// Raw sectors with right headers from `first` on; nothing else in them is right.
fn raw(first: i32, runs: &[(Run, usize)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (run, sectors) in runs {
        for _ in 0..*sectors {
            let lba = first + i32::try_from(out.len() / 2352).unwrap();
            let mut sector = match run {
                Mode1 | Mode2 => vec![0xA5; 2352],
                Blank | Silence => vec![0; 2352],
                Sound => vec![0x33; 2352],
            };
            if let Mode1 | Mode2 | Blank = run {
                let msf = discconv_sector::Lba(lba).to_msf().to_bcd();
                sector[..12].copy_from_slice(&[0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0]);
                sector[12..15].copy_from_slice(&msf);
                sector[15] = if let Mode2 = run { 2 } else { 1 };
                // Subheader: data.
                if let Mode2 = run {
                    sector[16..24].copy_from_slice(&[0, 0, 8, 0, 0, 0, 8, 0]);
                }
            }
            out.extend(sector);
        }
    }
    out
}

fn check(first: i32, runs: &[(Run, usize)], expected: &str) {
    let disc = open("disc.bin", &raw(first, runs), None).unwrap();
    assert_eq!(text(&disc), expected);
}

/// `mode1 01@0; audio 00@5 01@155; end`.
fn text(disc: &Disc) -> String {
    let mut text = String::new();
    for track in disc.toc().tracks() {
        text += track.mode.name();
        for (index, lba) in &track.indexes {
            text += &format!(" {index:02}@{lba}");
        }
        text += "; ";
    }
    text + &disc.toc().sessions[0].lead_out.to_string()
}

#[test]
fn borders_are_found() {
    check(0, &[(Mode1, 700), (Sound, 300)], "mode1 01@0; audio 01@700; 1000");
    check(0, &[(Sound, 1234), (Mode1, 1111), (Sound, 987)], "audio 01@0; mode1 01@1234; audio 01@2345; 3332");
    check(0, &[(Mode1, 3001), (Mode2, 2002), (Sound, 999)], "mode1 01@0; mode2 01@3001; audio 01@5003; 6002");
    // A short data track is still one: sync is no accident.
    check(0, &[(Mode2, 20), (Sound, 5000)], "mode2 01@0; audio 01@20; 5020");
}

#[test]
fn gaps_behind_a_border_are_pregaps() {
    check(0, &[(Mode1, 2500), (Silence, 150), (Sound, 400)], "mode1 01@0; audio 00@2500 01@2650; 3050");
    check(0, &[(Mode1, 2500), (Silence, 149), (Sound, 400)], "mode1 01@0; audio 01@2500; 3049");
    check(0, &[(Mode1, 2500), (Silence, 600), (Sound, 400)], "mode1 01@0; audio 00@2500 01@2650; 3500");
    check(0, &[(Sound, 400), (Blank, 150), (Mode1, 2000)], "audio 01@0; mode1 00@400 01@550; 2550");
}

#[test]
fn damage_makes_no_track() {
    check(
        0,
        &[(Mode1, 600), (Sound, 1), (Mode1, 600), (Silence, 30), (Mode1, 3000), (Sound, 299), (Mode1, 900)],
        "mode1 01@0; 5430",
    );
    check(0, &[(Sound, 3), (Mode1, 2000)], "mode1 01@0; 2003");
    check(0, &[(Mode1, 2000), (Sound, 200)], "mode1 01@0; 2200");
    check(0, &[(Mode2, 2000), (Mode1, 20), (Mode2, 2000)], "mode2 01@0; 4020");
    // Every third sector is damaged over a long way, as a scratch does.
    let scratch: Vec<(Run, usize)> = (0..300).flat_map(|_| [(Mode1, 2), (Sound, 1)]).collect();
    check(0, &[vec![(Mode1, 3000)], scratch, vec![(Mode1, 3000)]].concat(), "mode1 01@0; 6900");
}

#[test]
fn headers_say_where_an_image_begins() {
    let volume = Volume { label: "PREGAP", files: vec![("A.TXT", b"text".to_vec())], ..Volume::default() }.build();
    let mut user = vec![0; 150 * 2048];
    user.extend(&volume.user);
    let sectors = volume.user.len() / 2048;
    let expected = format!("mode1 00@-150 01@0; {sectors}");
    let pregap = as_mode1(-150, &user);
    assert_eq!(text(&open("disc.bin", &pregap, None).unwrap()), expected);
    // Without headers the place of the volume tells.
    assert_eq!(text(&open("disc.iso", &user, None).unwrap()), expected);
    assert_eq!(text(&open("disc.iso", &cut(&pregap, 12..2352), None).unwrap()), expected);
    // A track of its own keeps its place.
    let track = open("track.bin", &as_mode1(45_000, &volume.user), None).unwrap();
    insta::assert_snapshot!(outline::disc(&track));
}

#[test]
fn every_stored_size_is_known() {
    let volume = Volume { label: "SIZES", xa: true, files: vec![("A.TXT", vec![7; 30_000])], ..Volume::default() }.build();
    let (mode1, xa) = (as_mode1(0, &volume.user), as_xa(0, &volume));
    let rows = [
        ("2048", volume.user.clone()),
        ("2056", cut(&xa, 16..2072)),
        ("2324", cut(&xa, 24..2348)),
        ("2328", cut(&xa, 24..2352)),
        ("2332", cut(&xa, 16..2348)),
        ("2336", cut(&xa, 16..2352)),
        ("2340 mode 1", cut(&mode1, 12..2352)),
        ("2340 mode 2", cut(&xa, 12..2352)),
        ("2352 mode 1", mode1.clone()),
        ("2352 mode 2", xa.clone()),
        ("2646 with C2", padded(&mode1, 294)),
        ("2744 with C2 and subchannel", padded(&mode1, 296 + 96)),
    ];
    let mut all = String::new();
    for (name, bytes) in rows {
        let disc = open("disc.img", &bytes, None).unwrap();
        all += &format!("== {name}\n{}", outline::disc(&disc));
        if name == "2324" {
            continue; // Form 2 sectors: they have no 2048-byte view.
        }
        let mut user = vec![0; volume.user.len()];
        disc.read_sectors(discconv_sector::Lba(0), &discconv_core::Form::USER, &mut discconv_core::Scratch::default(), &mut user)
            .unwrap();
        assert!(user == volume.user, "{name}");
        if ["2056", "2328", "2332", "2336"].contains(&name) || name.contains("mode 2") {
            let mut raw = vec![0; xa.len()];
            disc.read_sectors(
                discconv_sector::Lba(0),
                &discconv_core::Form::RAW,
                &mut discconv_core::Scratch::default(),
                &mut raw,
            )
            .unwrap();
            assert!(raw == xa, "{name}");
        }
    }
    insta::assert_snapshot!(all);
}

fn padded(raw: &[u8], more: usize) -> Vec<u8> {
    raw.chunks(2352).flat_map(|sector| [sector, &vec![0; more]].concat()).collect()
}

/// Where the volume counts from the start of the disc, its subheaders are found all the same.
#[test]
fn a_later_sessions_volume_has_its_base() {
    let volume =
        Volume { label: "LATER", xa: true, files: vec![("A.TXT", vec![7; 5000])], base_lba: 11_702, ..Volume::default() }.build();
    let disc = open("data.iso", &volume.user, None).unwrap();
    insta::assert_snapshot!(outline::disc(&disc));
    let mut raw = vec![0; volume.user.len() / 2048 * 2352];
    disc.read_sectors(discconv_sector::Lba(0), &discconv_core::Form::RAW, &mut discconv_core::Scratch::default(), &mut raw)
        .unwrap();
    assert!(raw == as_xa(0, &volume));
}

#[test]
fn forced_readings_are_taken_at_their_word() {
    let mode1 = fixtures::by_name("raw-mode1").unwrap();
    let mut all = String::new();
    for forced in ["iso2048", "iso2336", "iso2352", "iso2448", "cdda", "iso"] {
        let disc = open("small.bin", mode1.entry_bytes(), Some(forced)).unwrap();
        all += &format!("== {forced}\n{}", outline::disc(&disc));
    }
    all += &open("small.bin", mode1.entry_bytes(), Some("nrg")).map_or_else(|error| error.to_string(), |_| String::new());
    insta::assert_snapshot!(all);
}
