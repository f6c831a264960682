//! What a GDI and its files are.

use crate::folder::{TEXT, data, disc, folder, lines, open, probe, raw, told, tracks};
use discconv_core::image::record_form;
use discconv_core::{Format, Input, Media, SubCoding};
use discconv_gdi::Gdi;
use discconv_testkit::stored::{Sub, as_xa, cut, sound, with_subchannel};

#[test]
fn a_disc_of_two_areas() {
    insta::assert_snapshot!(told(disc(TEXT)));
    let disc = disc(TEXT).unwrap();
    assert_eq!(disc.toc().media, Media::Gd);
    for (first, (name, bytes)) in [0, 310, 45_000, 45_180, 45_425].into_iter().zip(tracks()) {
        assert!(raw(&disc, first, bytes.len() / 2352) == bytes, "{name}");
    }
    // A gap is silence before sound, and blank sectors before data.
    assert!(raw(&disc, 45_030, 150).iter().all(|byte| *byte == 0));
    assert_eq!(&raw(&disc, 45_200, 1)[..16], b"\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x10\x04\x50\x01");
}

/// Blanks, ends of lines, quotes and marks that texts have, all of which say the same.
#[test]
fn any_spelling() {
    let wanted = told(disc(TEXT));
    let quoted = TEXT.replace("track02.raw", "\"track02.raw\"");
    for text in [
        TEXT.replace("\r\n", "\n"),
        TEXT.replace("\r\n", "\r"),
        format!("\u{FEFF}{TEXT}"),
        TEXT.replace(' ', "\t"),
        TEXT.replace(' ', "   "),
        TEXT.replace("\r\n", " \r\n  "),
        format!("\n\n{}\n\n\u{1A}\0", TEXT.replace("\r\n", "\n\n")),
        TEXT.trim_end().to_owned(),
        TEXT.replace("track03.bin", "TRACK03.BIN"),
        TEXT.replace("track03.bin", ".\\track03.bin"),
        TEXT.replace("track03.bin", "C:\\games\\track03.bin"),
        quoted.clone(),
        quoted.replace("track02.raw\"", "track02.raw"),
    ] {
        assert_eq!(told(disc(&text)).replace("a.gdi", "x.gdi"), wanted, "{text:?}");
    }
}

#[test]
fn names_of_any_kind() {
    for (told, real) in [
        ("\"cs (0,1).bin\"", "cs (0,1).bin"),
        ("cs [0,1].bin", "cs [0,1].bin"),
        ("a  b.bin", "a  b.bin"),
        ("\"a b.bin", "a b.bin"),
        ("tracks\\a.bin", "tracks/a.bin"),
        ("tracks/a.bin", "a.bin"),
        ("\"\u{30B2}\u{30FC}\u{30E0}.bin\"", "\u{30B2}\u{30FC}\u{30E0}.bin"),
    ] {
        let text = TEXT.replace("track01.bin", told);
        let mut files = tracks();
        files[0].0 = real;
        assert!(open(&folder(text.as_bytes(), &files), "x.gdi").is_ok(), "{told}");
        let source = folder(text.as_bytes(), &files);
        let names = Gdi.names(&Input::new("x.gdi", source.source("x.gdi").unwrap(), &source)).unwrap().unwrap();
        assert_eq!((names.len(), &names[1]), (5, &"track02.raw".to_owned()));
    }
    // Shift-JIS, then Windows-1252: only the folder tells.
    for (bytes, real) in [(&b"\x83\x51\x81\x5B\x83\x80"[..], "\u{30B2}\u{30FC}\u{30E0}"), (b"\xE9t\xE9", "\u{E9}t\u{E9}")] {
        let text = TEXT.split("track01").map(str::as_bytes).collect::<Vec<_>>().join(bytes);
        let mut files = tracks();
        let real = format!("{real}.bin");
        files[0].0 = &real;
        assert!(open(&folder(&text, &files), "x.gdi").is_ok(), "{real}");
    }
}

#[test]
fn every_size_of_sector() {
    let image = discconv_testkit::iso9660::Volume { system: "", label: "XA", xa: true, boot: vec![], files: vec![], base_lba: 0 };
    let mode1 = data(0, 160);
    let mode2 = as_xa(0, &image.build());
    let expect = |bytes: Vec<u8>, size: u16, extent: &str| {
        let text = TEXT.replace("4 2352 track01.bin", &format!("4 {size} track01.bin"));
        let mut files = tracks();
        files[0].1 = bytes;
        let disc = open(&folder(text.as_bytes(), &files), "x.gdi").unwrap();
        let found = lines(&disc, &["extent 0.."]);
        assert!(found[0].ends_with(extent), "{found:?}");
        disc
    };
    expect(cut(&mode1, 16..2064), 2048, "mode1 in \"track01.bin\" at 0x0 as 2048");
    expect(mode2.clone(), 2352, "mode2 in \"track01.bin\" at 0x0 as 2352");
    let short = expect(cut(&mode2, 16..2352), 2336, "mode2 in \"track01.bin\" at 0x0 as 2336 (16..2352)");
    assert!(raw(&short, 0, 20) == mode2[..20 * 2352]);
    for (sub, name) in [(Sub::Interleaved, SubCoding::Interleaved), (Sub::Packed, SubCoding::Packed)] {
        let what = format!("mode1 in \"track01.bin\" at 0x0 as 2352+{}", name.name());
        expect(with_subchannel(&mode1, sub), 2448, &what);
    }
    assert!(record_form(2448).unwrap().is_raw());
}

/// Tracks in one file, at their offsets.
#[test]
fn one_file_for_all() {
    let lens: Vec<usize> = tracks().iter().map(|(_, bytes)| bytes.len()).collect();
    let all: Vec<u8> = tracks().into_iter().flat_map(|(_, bytes)| bytes).collect();
    let mut text = TEXT.to_owned();
    let mut at = 0;
    for (index, len) in lens.iter().enumerate() {
        let extension = if [1, 3].contains(&index) { "raw" } else { "bin" };
        text = text.replace(&format!("track{:02}.{extension} 0", index + 1), &format!("all.bin {at}"));
        at += len;
    }
    let joined = open(&folder(text.as_bytes(), &[("all.bin", all)]), "x.gdi").unwrap();
    assert_eq!(lines(&joined, &["track", "session", "note"]), lines(&disc(TEXT).unwrap(), &["track", "session", "note"]));
    assert!(raw(&joined, 45_425, 25) == tracks()[4].1);
    assert_eq!(joined.sources().len(), 1);
}

#[test]
fn what_is_taken_for_a_gdi() {
    for (name, bytes, score) in [
        ("x.gdi", TEXT.as_bytes(), 100),
        ("x.txt", TEXT.as_bytes(), 60),
        ("x.gdi", b"\xEF\xBB\xBF3\n1 0 4 2352 a b.bin 0\n", 100),
        ("x.gdi", b"3\n2 0 4 2352 a.bin 0\n", 20),
        ("x.gdi", b"", 20),
        ("x.txt", b"3\n1 0 4 2352\n", 0),
        ("x.txt", b"3\n4\n5\n", 0),
        ("x.bin", &sound(1, 20), 0),
        ("x.cue", b"FILE \"a.bin\" BINARY\n", 0),
    ] {
        assert_eq!(probe(name, bytes), score, "{name} {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
    }
}
