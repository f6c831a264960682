//! Several files in one.

use crate::lay::{content, data, members, zip};
use discconv_archive::{SevenZip, Zip};

#[test]
fn what_other_programs_put_together() {
    let mut seen = String::new();
    for name in ["deflate.zip", "stored.zip", "bzip2.zip", "xz.zip", "deflate64.zip", "encrypted.zip"] {
        seen += &format!("== {name}\n{}", members(&Zip, &data(name)));
    }
    insta::assert_snapshot!(seen);
}

#[test]
fn what_7_zip_put_together() {
    let mut seen = String::new();
    for name in ["lzma2.7z", "lzma.7z", "copy.7z", "bzip2.7z", "delta.7z", "bcj.7z", "deflate.7z", "ppmd.7z", "hidden.7z"] {
        seen += &format!("== {name}\n{}", members(&SevenZip, &data(name)));
    }
    insta::assert_snapshot!(seen);
}

/// Whatever stands before and behind.
#[test]
fn something_before_it_and_a_comment() {
    let mut file = [&b"MZ a program that unpacks itself"[..], &data("deflate.zip")].concat();
    let end = file.len() - 2;
    file[end] = 30;
    file.extend(b"PK\x05\x06 is where a directory ends");
    assert!(members(&Zip, &file).starts_with("\"content.iso\": 60000 bytes, the content\n"));
}

#[test]
fn names_that_lead_elsewhere() {
    let raw = content();
    let sum = crc32fast::hash(&raw);
    let member = |name: &'static [u8]| (name, 0, &raw[..], sum, 60_000);
    let names: [&[u8]; 8] =
        [b"a/b.iso", b"../c.iso", b"/d.iso", b"folder/", b"C:\\e.iso", b"..\\f.iso", b"g\x81.iso", b"\x1B[2J.iso"];
    insta::assert_snapshot!(members(&Zip, &zip(&names.map(member))));
}
