//! What well-formed images of one file hold.

use crate::lay::{How, Image, all, content, crc32, folder, open, open_in, outline, see};
use How::{Bzip2, Stored, Zero, Zlib};
use discconv_core::{Format, Opened, Peek, Score};
use discconv_isz::Isz;
use discconv_testkit::Rng;

/// Every third chunk of the content is zeros, from the second on.
const ALL_KINDS: [How; 9] = [Stored, Zero(8192, 0), Zlib, Bzip2, Zero(0, 0), Zlib, Zlib, Zlib, Bzip2];

#[test]
fn every_kind_of_chunk() {
    for (len, chunks) in [(9 * 8192, 9), (9 * 8192 - 2048, 9), (8192, 1), (2048, 1), (8192 + 2048, 2)] {
        for header in [48, 64] {
            for footer in [false, true] {
                let image = Image { header, footer, ..Image::new(content(len), &ALL_KINDS) };
                let file = image.file();
                assert_eq!(file[25], chunks);
                let seen = see(open(&file)).unwrap();
                assert!(seen.content == image.content, "{len} bytes, header {header}, footer {footer}");
                assert_eq!((seen.promises, seen.notes.len()), (if header == 64 { 2 } else { 0 }, 0));
            }
        }
    }
}

#[test]
fn entries_of_every_length() {
    for entry in 1..=8 {
        // Six bits tell no more than 63 bytes.
        let how = if entry == 1 { [Zero(0, 0), Zlib] } else { [Stored, Zlib] };
        let mut image = Image { entry, ..Image::new(vec![0; 5 * 2048], &how) };
        image.chunk = 2048;
        let seen = see(open(&image.file())).unwrap();
        assert!(seen.content == image.content, "{entry}");
    }
}

/// Without a table everything is stored; the number of chunks may be left away.
#[test]
fn without_a_chunk_table() {
    for (len, chunks) in [(8 * 8192, 8), (8 * 8192 - 2048, 8), (2048, 1), (8 * 8192, 1), (8 * 8192, 0)] {
        let image = Image { table: false, ..Image::new(content(len), &[Stored]) };
        let mut file = image.file();
        file[25] = chunks;
        let seen = see(open(&file)).unwrap();
        assert!(seen.content == image.content, "{len} {chunks}");
        assert_eq!(seen.promises, 2);
    }
}

/// A zero chunk is as long as a chunk, whatever its entry says; it has nothing in the file, unless that cannot be.
#[test]
fn zero_chunks_of_both_rules() {
    for (what, how, oddities) in [
        ("no length", [Zlib, Zero(0, 0), Bzip2], 0),
        ("the length of the content", [Zlib, Zero(8192, 0), Bzip2], 0),
        ("another length", [Zlib, Zero(77, 0), Bzip2], 0),
        ("with room", [Zlib, Zero(8192, 8192), Bzip2], 1),
        ("with some room", [Stored, Zero(100, 100), Stored], 1),
    ] {
        for footer in [false, true] {
            let image = Image { footer, ..Image::new(content(9 * 8192), &how) };
            let seen = see(open(&image.file())).unwrap();
            assert!(seen.content == image.content, "{what}");
            assert_eq!(seen.notes.len(), oddities, "{what}: {:?}", seen.notes);
            assert_eq!(seen.promises, 2 - oddities, "{what}");
        }
    }
    // Bytes behind the end, which neither rule explains: then the chunks themselves decide.
    for (how, oddities) in [([Zlib, Zero(8192, 0), Bzip2], 0), ([Zlib, Zero(8192, 8192), Bzip2], 1)] {
        let image = Image::new(content(9 * 8192), &how);
        let seen = see(open(&[image.file(), vec![9; 40_000]].concat())).unwrap();
        assert!(seen.content == image.content && seen.notes.len() == oddities);
    }
}

#[test]
fn other_sectors_are_bytes_too() {
    let image = Image { sector: 2352, chunk: 2352 * 4, ..Image::new(Rng::new(1).bytes(2352 * 9), &[Zlib, Stored]) };
    assert!(see(open(&image.file())).unwrap().content == image.content);
}

/// Blocks are read by position and in any order.
#[test]
fn any_part_of_it() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let image = Image::new(content(40 * 8192 - 4096), &ALL_KINDS);
    let Opened::Bytes { source, .. } = open(&image.file()).unwrap() else { panic!() };
    for _ in 0..500 {
        let start = rng.index(image.content.len());
        let len = 1 + rng.index((image.content.len() - start).min(30_000));
        let mut out = vec![0; len];
        source.read_exact_at(start as u64, &mut out).unwrap();
        assert!(out == image.content[start..start + len], "{len} bytes from {start}");
    }
}

/// The promises are of the content, and of the chunks as they are stored.
#[test]
fn checksums_are_promised() {
    let image = Image::new(content(9 * 8192), &ALL_KINDS);
    let mut file = image.file();
    let promised = |file: &[u8]| {
        let Opened::Bytes { source, checks, .. } = open(file).unwrap() else { panic!() };
        let values: Vec<u32> = checks.iter().map(|check| u32::from_be_bytes(check.value[..].try_into().unwrap())).collect();
        let stored: Vec<u32> = checks.iter().map(|check| crc32(&all(check.source.as_ref()).unwrap())).collect();
        (values, stored, source.len())
    };
    let (values, found, _) = promised(&file);
    assert_eq!(values, [crc32(&image.content), crc32(&image.stored())]);
    assert_eq!(values, found);
    // A stored byte changes, which only they can tell.
    let at = file.len() - image.stored().len() + 5;
    file[at] ^= 1;
    let (values, found, _) = promised(&file);
    assert!(values[0] != found[0] && values[1] != found[1]);
    // Nobody filled them in.
    file[48..64].fill(0);
    assert_eq!(promised(&file).0, []);
}

#[test]
fn probes() {
    let file = Image::new(content(8192), &[Stored]).file();
    let score = |head: &[u8], extension: &str| {
        let files = folder(&[("x", head.to_vec())]);
        Isz.probe(&Peek { head, tail: head, extension, source: files.source("x").unwrap().as_ref() })
    };
    let mut later = file.clone();
    later[34] = 1;
    assert_eq!(score(&file, "bin"), Score::CERTAIN);
    assert_eq!(score(&file[..6], ""), Score::CERTAIN);
    assert_eq!(score(&later, "i01"), Score::MAYBE);
    assert_eq!(score(b"nothing of the kind", "isz"), Score::MAYBE);
    assert_eq!(score(b"nothing of the kind", "iso"), Score::NO);
    assert_eq!(score(b"", "iso"), Score::NO);
}

/// Chunks of zeros only need nothing in the file but the table.
#[test]
fn nothing_but_zeros() {
    let mut image = Image { entry: 1, ..Image::new(vec![0; 400 * 8192], &[Zero(0, 0)]) };
    image.header = 48;
    let file = image.file();
    assert_eq!(file.len(), 448);
    insta::assert_snapshot!(outline(open(&file)), @r"
    3276800 bytes (A8F99B47), 0 promises
    oddity: x.isz: 448 bytes hold 3276800 bytes of content, which must be nearly all zeros
    ");
}

#[test]
fn damaged_chunks_are_named() {
    let image = Image::new(content(9 * 8192), &ALL_KINDS);
    let file = image.file();
    let stored = image.stored().len();
    let data = file.len() - stored;
    let mut text = String::new();
    for (what, at) in [("zlib", data + 8192 + 3), ("bzip2", data + 8192 + 200)] {
        let mut file = file.clone();
        file[at..at + 8].fill(0x55);
        text += &format!("== {what}\n{}", outline(open_in(&folder(&[("x.isz", file)]), "x.isz", None)));
    }
    insta::assert_snapshot!(text);
}
