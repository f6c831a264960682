//! Nothing that a text says makes the reader panic, hang, or take much memory.

use crate::folder::{TEXT, disc, folder, open, open_input, told, tracks};
use discconv_core::{Bytes, Form, FormatWriter, Found, Input, ReadAt, Result, Scratch, Siblings, Tally, WriteOptions};
use discconv_gdi::Gdi;
use discconv_testkit::Rng;
use std::sync::Arc;

#[test]
fn lies() {
    let change = |from: &str, to: &str| TEXT.replace(from, to);
    let mut out = String::new();
    for (name, text) in [
        ("empty", String::new()),
        ("no count", change("5\r\n1", "1")),
        ("none", change("5\r\n1", "0\r\n1")),
        ("a hundred", change("5\r\n1", "100\r\n1")),
        ("more than there are", change("5\r\n1", "6\r\n1")),
        ("descending numbers", change("2 310", "1 310")),
        ("track 100", change("5 45425", "100 45425")),
        ("track 0", change("1 0 4", "0 0 4")),
        ("before LBA 0", change("1 0 4", "1 -1 4")),
        ("no address", change("45425", "99999999999999999999")),
        ("far out", change("45425", "16777216")),
        ("behind the lead-out", change("45425", "549126")),
        ("descending addresses", change("45180", "45500")),
        ("the same address", change("45180", "45000")),
        ("control", change("0 2352 track02", "16 2352 track02")),
        ("sectors of 2353", change("4 2352 track01", "4 2353 track01")),
        ("sectors of 0", change("4 2352 track01", "4 0 track01")),
        ("sound in 2048", change("0 2352 track02", "0 2048 track02")),
        ("a negative offset", change("track05.bin 0", "track05.bin -2352")),
        ("an offset behind the end", change("track05.bin 0", "track05.bin 58800")),
        ("the largest offset", change("track05.bin 0", "track05.bin 9223372036854775807")),
        ("no name", change("track05.bin 0", "")),
        ("an empty name", change("track05.bin 0", "\"\" 0")),
        ("words", change("4 2352 track01", "four 2352 track01")),
        ("another folder", change("track05.bin", "../track05.bin")),
        ("itself", change("track05.bin", "x.gdi")),
        ("a name that is not there", change("track05.bin", "track06.bin")),
    ] {
        out +=
            &format!("== {name}\n{}", told(disc(&text)).lines().filter(|line| line.contains(':')).collect::<Vec<_>>().join("\n"));
        out += "\n";
    }
    insta::assert_snapshot!(out);
}

#[test]
fn cut_anywhere() {
    for end in 0..TEXT.len() {
        let _ = disc(&TEXT[..end]);
    }
}

/// Read the ends of every extent, and plan it anew.
fn exercise(text: &[u8]) {
    let Ok(disc) = open(&folder(text, &tracks()), "x.gdi") else { return };
    for extent in disc.extents() {
        for lba in [extent.lbas.start, extent.lbas.end - 1] {
            let mut out = vec![0; 2448];
            disc.read_lossy(lba, &Form::RAW_SUB, &mut Scratch::default(), &mut Tally::default(), &mut out).unwrap();
        }
    }
    let _ = Gdi.plan(std::slice::from_ref(&disc), "y", &WriteOptions::default());
}

#[test]
fn texts_of_any_bytes() {
    let seed = 0x4744_4931;
    eprintln!("seed {seed:#X}");
    let mut rng = Rng::new(seed);
    for _ in 0..1000 {
        let mut text = TEXT.as_bytes().to_vec();
        for _ in 0..1 + rng.below(4) {
            let at = rng.index(text.len());
            let byte = *rng.choose(b"0123456789 \"\r\n\t-.x\xE9\0");
            if rng.flip() { text[at] = byte } else { text.insert(at, byte) }
        }
        exercise(&text);
    }
}

/// Files of eight exbibytes behind every name.
struct Endless(Arc<dyn ReadAt>);

struct Zeros;

impl ReadAt for Zeros {
    fn len(&self) -> u64 {
        u64::MAX
    }

    fn read_exact_at(&self, _: u64, buf: &mut [u8]) -> Result<()> {
        buf.fill(0);
        Ok(())
    }

    fn name(&self) -> &'static str {
        "endless"
    }
}

impl Siblings for Endless {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        Ok(Some(Found { name: name.to_owned(), source: self.0.clone(), unwrapped: None, notes: Vec::new() }))
    }

    fn list(&self) -> Vec<String> {
        Vec::new()
    }
}

#[test]
fn files_without_end() {
    for text in [TEXT, "1\n1 0 4 2352 a.bin 9223372036854775807\n"] {
        let source = Arc::new(Bytes::new("x.gdi", text.as_bytes()));
        let result = open_input(&Input::new("x.gdi", source, &Endless(Arc::new(Zeros))));
        assert!(matches!(result, Err(discconv_core::Error::Limit { .. })), "{}", told(result));
    }
}

#[test]
fn long_texts() {
    let long = format!("{}{}", TEXT, "x".repeat(5 << 20));
    assert!(matches!(disc(&long), Err(discconv_core::Error::Limit { .. })));
    let lines = format!("99\n{}", "1 0 4 2352 track01.bin 0\n".repeat(100_000));
    assert!(matches!(disc(&lines), Err(discconv_core::Error::Malformed { .. })));
}
