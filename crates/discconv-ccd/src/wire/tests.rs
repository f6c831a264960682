//! Lines, numbers, sections.

use super::*;

fn said(text: &str) -> Vec<(u32, &str)> {
    lines(text).collect()
}

#[test]
fn ends_of_lines() {
    assert_eq!(said(""), []);
    assert_eq!(said("a\r\nb\rc\n\r\n  d = 1 ; why\n;all\n\u{1A}"), [(1, "a"), (2, "b"), (3, "c"), (5, "d = 1")]);
    assert_eq!(said("\n\n[x]"), [(3, "[x]")]);
}

#[test]
fn beginnings() {
    let wide: Vec<u8> = "\u{FEFF}[CloneCD]\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, is) in [
        (&b"[CloneCD]\r\nVersion=3"[..], true),
        (b"\r\n   [clonecd]", true),
        (b"\xEF\xBB\xBF[CLONECD]", true),
        (&wide, true),
        (b"; a comment\n[CloneCD]", true),
        (b"[Disc]\n[CloneCD]", false),
        (b"CloneCD", false),
        (b"", false),
        (&[0; 2048], false),
    ] {
        assert_eq!(is_descriptor(bytes), is, "{bytes:?}");
        assert_eq!(parse("x.ccd", bytes).is_ok(), is);
    }
}

#[test]
fn numbers() {
    let version = |value: &str| parse("x.ccd", format!("[CloneCD]\nVersion={value}\n").as_bytes()).ok()?.version;
    for (text, number) in [
        ("3", Some(3)),
        (" 0x1F ", Some(31)),
        ("0XFF", Some(255)),
        ("-150", Some(-150)),
        ("-0x10", Some(-16)),
        ("\"7\"", Some(7)),
        ("03", Some(3)),
        ("", None),
        ("0x", None),
        ("--1", None),
        ("1e3", None),
        ("-+1", None),
        ("2147483647", Some(i32::MAX)),
        ("2147483648", None),
        ("99999999999999999999999999", None),
    ] {
        assert_eq!(version(text), number, "{text:?}");
    }
}

#[test]
fn packs() {
    let bytes = "80 00 1 00 48 69 00 00 00 00 00 00 00 00 00 fF";
    assert_eq!(pack(bytes).map(|pack| (pack[0], pack[2], pack[15])), Some((0x80, 1, 0xFF)));
    for wrong in ["", "80", "80 00 1 00 48 69 00 00 00 00 00 00 00 00 00 fF 00", "80 00 1 00 48 69 00 00 00 00 00 00 00 00 00 +F"]
    {
        assert_eq!(pack(wrong), None, "{wrong}");
    }
}
