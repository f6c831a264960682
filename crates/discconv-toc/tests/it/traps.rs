//! What is wrong with a TOC is said with its line, and what to do.

use crate::folder::{Folder, disc};
use discconv_core::{Error, Input, Limits, Siblings};
use discconv_testkit::stored::sound;

#[test]
fn errors() {
    let bin = sound(1, 10);
    let mut many = "CD_DA\n".to_owned();
    (0..100).for_each(|_| many += "TRACK AUDIO SILENCE 0:0:1\n");
    let mut indexes = "TRACK AUDIO SILENCE 1:0:0\n".to_owned();
    (1..=99).for_each(|frame| indexes += &format!("INDEX 0:{}:{}\n", frame / 75, frame % 75));
    let mut out = String::new();
    for text in [
        "",
        "CD_DA\n",
        "// nothing\n\nHELLO",
        "CD_DA\nTRACK",
        "CD_DA\nTRACK MODE3\nZERO 0:0:1",
        "CD_DA\nTRACK 01 AUDIO",
        "cd_da\ntrack audio",
        "CATALOG 1234567890123\nTRACK AUDIO SILENCE 0:0:1",
        "CATALOG \"123\"\nTRACK AUDIO SILENCE 0:0:1",
        "FIRST_TRACK_NO 100 TRACK AUDIO SILENCE 0:0:1",
        &many,
        "TRACK AUDIO\nNO TWO_CHANNEL_AUDIO",
        "TRACK AUDIO\nISRC \"nonsense\"\nSILENCE 0:0:1",
        "TRACK AUDIO\nCOPY",
        "TRACK AUDIO\nSILENCE 0:0:0",
        "TRACK AUDIO\nSILENCE 0:60:0",
        "TRACK AUDIO\nSILENCE 0:0",
        "TRACK AUDIO\nSILENCE 99999999999999999999:0:0",
        "TRACK AUDIO\nSILENCE 99999999999999999999",
        "TRACK MODE1\nZERO 999999999:0:0",
        "TRACK MODE1\nZERO 101:0:0",
        "TRACK AUDIO\nSILENCE 0:0:5\nPREGAP 0:0:1",
        "TRACK AUDIO\nPREGAP 0:0:0\nSILENCE 0:0:5",
        "TRACK AUDIO\nPREGAP 0:0:1\nSILENCE 0:0:5\nSTART",
        "TRACK AUDIO\nSILENCE 0:0:5\nSTART 0:0:5",
        "TRACK AUDIO\nSTART\nSTART 0:0:2\nSILENCE 0:0:5",
        "TRACK AUDIO\nSILENCE 0:0:5\nEND 0:0:6",
        "TRACK AUDIO\nSILENCE 0:0:5\nSTART 0:0:3\nEND 0:0:2",
        "TRACK AUDIO\nSILENCE 0:0:5\nINDEX 0:0:5",
        "TRACK AUDIO\nSILENCE 0:0:5\nINDEX 0:0:0",
        "TRACK AUDIO\nSILENCE 0:0:5\nINDEX 0:0:2\nINDEX 0:0:2",
        &indexes,
        "TRACK AUDIO\nSILENCE 0:0:5\nINDEX 0:0:2\nSILENCE 0:0:5",
        "TRACK AUDIO\nFILE \"a.bin\"",
        "TRACK AUDIO\nFILE a.bin 0",
        "TRACK AUDIO\nFILE \"a.bin 0\nSILENCE 0:0:1",
        "TRACK AUDIO\nFILE \"\" 0",
        "TRACK AUDIO\nFILE \"-\" 0",
        "TRACK AUDIO\nFILE \"../a.bin\" 0",
        "TRACK AUDIO\nFILE \"none.bin\" 0",
        "TRACK AUDIO\nFILE \"x.toc\" 0",
        "TRACK AUDIO\nFILE \"a.bin\" # 0",
        "TRACK AUDIO\nFILE \"a.bin\" 0:0:10",
        "TRACK AUDIO\nFILE \"a.bin\" #23520 0 0:0:1",
        "TRACK AUDIO\nFILE \"a.bin\" #18446744073709551615 1 0:0:1",
        "TRACK AUDIO\nFILE \"song.flac\" 0",
        "TRACK AUDIO\nFIFO \"pipe\" 0:0:5",
        "TRACK AUDIO\nSILENCE 0:0:5\n;",
        "CD_TEXT\nTRACK AUDIO SILENCE 0:0:1",
        "CD_TEXT {\nLANGUAGE_MAP { 8 : 9 } }",
        "CD_TEXT {\nLANGUAGE_MAP { 0 : 256 } }",
        "CD_TEXT {\nLANGUAGE 0 { TITLE } }",
        "CD_TEXT {\nLANGUAGE 0 { TITEL \"x\" } }",
        "CD_TEXT {\nLANGUAGE 0 {\nSIZE_INFO { 1, 256 } } }",
        "CD_TEXT {\nLANGUAGE 0 {\nSIZE_INFO { 1 2 } } }",
        "CD_TEXT {\nLANGUAGE 0 { TITLE \"x\"",
        "\0\x0D\x01\x01\x01\x04\0\x01\0\0\0\0\x01\0\0\0\0",
        "cdtitle = \"x\"\ntrack = 1\n",
    ] {
        let files = [("a.bin", &bin[..]), ("song.flac", b"fLaC\0\0\0\x22")];
        let error = disc(text, &files).err().unwrap_or_else(|| panic!("{text:?} was read"));
        let start: String = text.chars().take(60).collect();
        out += &format!("{start:?}\n  {error}\n  hint: {}\n", error.hint().unwrap_or_default());
    }
    insta::assert_snapshot!(out);
}

#[test]
fn notes() {
    let bin = sound(1, 10);
    let mut out = String::new();
    for text in [
        "TRACK MODE1 SILENCE 0:0:2 FILE \"a.bin\" 0:0:2 0:0:3",
        "TRACK AUDIO FILE \"a.bin\" 0 100",
        "TRACK AUDIO FILE \"a.bin\" 0:0:4 0:0:9",
        "TRACK AUDIO FILE \"short.wav\" 0",
        "CD_TEXT { LANGUAGE 0 { RESERVED1 \"x\" TITLE \"a\" TITLE \"b\" } } TRACK AUDIO CD_TEXT { LANGUAGE 0 { SIZE_INFO { 1 } } } SILENCE 0:0:1",
    ] {
        let disc = disc(text, &[("a.bin", &bin), ("short.wav", &bin[..9])]).unwrap();
        out += &format!("{text}\n");
        for note in disc.notes() {
            out += &format!("  {:?}, {} sectors: {}\n", note.kind, note.sectors, note.text);
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn sectors_larger_than_declared() {
    let data: Vec<u8> = (0..3).flat_map(|lba| discconv_testkit::reference::mode1(lba, &[3; 2048])).collect();
    for statement in ["DATAFILE \"a.bin\"", "FILE \"a.bin\" 0:0:0 0:0:0", "DATAFILE \"a.bin\" 0:0:3"] {
        let disc = disc(&format!("CD_ROM TRACK MODE1 {statement}"), &[("a.bin", &data)]).unwrap();
        assert!(crate::folder::raw(&disc, 0, 3) == data);
        assert!(disc.notes().iter().any(|note| note.text.contains("2352 bytes")));
    }
    let disc = disc("CD_ROM TRACK MODE2_RAW DATAFILE \"a.bin\"", &[("a.bin", &data)]).unwrap();
    assert!(disc.notes().iter().any(|note| note.text.contains("declared MODE2_RAW, its sectors are mode1")));
}

#[test]
fn folders_in_names() {
    let bin = sound(1, 2);
    for (name, there) in
        [("sub/a.bin", "sub/a.bin"), ("C:\\\\x\\\\a.bin", "a.bin"), ("/images/a.bin", "a.bin"), ("A.BIN", "a.bin")]
    {
        let disc = disc(&format!("TRACK AUDIO FILE \"{name}\" 0"), &[(there, &bin)]);
        assert!(disc.is_ok(), "{name}: {:?}", disc.err());
    }
}

#[test]
fn too_much_text() {
    let folder = Folder::of(&[("x.toc", &[b' '; 100])]);
    let input = Input {
        limits: Limits { text_bytes: 99, ..Limits::default() },
        ..Input::new("x.toc", folder.files.source("x.toc").unwrap(), &folder)
    };
    let error = crate::folder::open(&input).err().unwrap();
    assert!(matches!(error, Error::Limit { .. }) && folder.list().len() == 1, "{error}");
}
