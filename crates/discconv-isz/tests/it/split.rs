//! Images in several files.

use crate::lay::{How, Image, content, folder, open_in, outline};
use How::{Bzip2, Stored, Zero, Zlib};
use discconv_testkit::Rng;

/// The second chunk of three is zeros.
const KINDS: [How; 6] = [Stored, Zero(8192, 0), Zlib, Bzip2, Zlib, Stored];

fn image() -> Image {
    Image::new(content(12 * 8192 - 2048), &KINDS)
}

/// Names of as many files as wanted.
fn names(style: &str, count: usize) -> Vec<String> {
    let later = |number: usize| match style {
        "i" if number == 0 => "Some Game.isz".to_owned(),
        "i" => format!("Some Game.i{number:02}"),
        "part2" => format!("Some Game.part{:02}.isz", number + 1),
        _ => format!("Some Game.PART{:03}.ISZ", number + 1),
    };
    (0..count).map(later).collect()
}

fn open_all(style: &str, files: Vec<Vec<u8>>) -> String {
    let names = names(style, files.len());
    let folder = folder(&names.iter().map(String::as_str).zip(files).collect::<Vec<_>>());
    outline(open_in(&folder, &names[0], None))
}

#[test]
fn cut_anywhere() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let image = image();
    let len = image.stored().len();
    let whole = open_all("i", vec![image.file()]);
    assert!(whole.ends_with("2 promises\n"), "{whole}");
    let mut cuts: Vec<Vec<usize>> = [1, 8191, 8192, 8193, len - 1].iter().map(|cut| vec![*cut]).collect();
    // Three files for a chunk, and four: of some, no chunk begins in the file.
    cuts.extend([vec![100, 200], vec![8192, 8192 + 10, 8192 + 20], vec![8000, 8100, 8300], vec![len - 2, len - 1]]);
    cuts.extend((0..60).map(|_| {
        let mut cuts: Vec<usize> = (0..1 + rng.index(5)).map(|_| 1 + rng.index(len - 1)).collect();
        cuts.sort_unstable();
        cuts.dedup();
        cuts
    }));
    for (style, cuts) in ["i", "part2", "part3"].into_iter().cycle().zip(cuts) {
        assert_eq!(open_all(style, image.files(&cuts)), whole, "{style}, cut at {cuts:?}");
    }
    // As many as there can be.
    let cuts: Vec<usize> = (1..100).map(|cut| cut * 300).collect();
    for style in ["i", "part3"] {
        assert_eq!(open_all(style, image.files(&cuts)), whole);
    }
}

#[test]
fn short_headers_and_no_table() {
    for (header, table) in [(48, true), (64, false), (48, false)] {
        let image = Image { header, table, ..if table { image() } else { Image::new(content(12 * 8192), &[Stored]) } };
        let whole = open_all("i", vec![image.file()]);
        for cuts in [vec![10_000], vec![8192, 9000], vec![100, 200]] {
            assert_eq!(open_all("i", image.files(&cuts)), whole, "{header} {table} {cuts:?}");
        }
    }
}

/// The offset of a later file's first chunk may be that of the bytes before it, which are left over.
#[test]
fn first_chunk_or_first_byte() {
    let image = image();
    let mut files = image.files(&[8192 + 20]);
    // Where the second entry has its offset; the mask begins anew every four bytes.
    let at = 64 + 24 + 16;
    let left = |file: &[u8]| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) ^ 0xDEA5_8CB6;
    assert!(left(&files[0]) > 64);
    files[0][at..at + 4].copy_from_slice(&(64 ^ 0xDEA5_8CB6_u32).to_le_bytes());
    assert_eq!(open_all("i", files), open_all("i", vec![image.file()]));
}

fn masked_word(value: u32) -> [u8; 4] {
    (value ^ 0xDEA5_8CB6).to_le_bytes()
}

#[test]
fn what_is_wrong_is_named() {
    let image = image();
    let good = image.files(&[8192 + 20, 9000]);
    let other = Image { serial: 0xAABB_CCDD, ..image.clone() }.files(&[8192 + 20, 9000]);
    let patched = |file: usize, at: usize, bytes: &[u8]| {
        let mut files = good.clone();
        files[file][at..at + bytes.len()].copy_from_slice(bytes);
        files
    };
    // Of the second entry: length, chunks, first chunk, offset, bytes left.
    let second = 64 + 24;
    let mut text = String::new();
    for (what, files) in [
        ("a missing file", good[..2].to_vec()),
        ("no other file at all", good[..1].to_vec()),
        ("a file of another image", vec![good[0].clone(), other[1].clone(), good[2].clone()]),
        ("files in the wrong order", vec![good[0].clone(), good[2].clone(), good[1].clone()]),
        ("the first file again", vec![good[0].clone(), good[0].clone(), good[0].clone()]),
        ("something else by that name", vec![good[0].clone(), b"nothing of the kind".repeat(9), good[2].clone()]),
        ("an empty file", vec![good[0].clone(), vec![], good[2].clone()]),
        ("a file cut in its header", vec![good[0].clone(), good[1][..50].to_vec(), good[2].clone()]),
        ("a file cut in its chunks", vec![good[0].clone(), good[1].clone(), good[2][..good[2].len() - 3000].to_vec()]),
        ("a file in between cut", vec![good[0].clone(), good[1][..500].to_vec(), good[2].clone()]),
        ("too many chunks", patched(0, second + 8, &masked_word(9000))),
        ("other chunks", patched(0, second + 12, &masked_word(1))),
        ("chunks in the header", patched(0, second + 24 + 16, &masked_word(3))),
        ("more left than there was", patched(0, second + 20, &masked_word(u32::MAX))),
        ("something left at last", patched(0, second + 24 + 20, &masked_word(5))),
        ("no end of the table", patched(0, 64 + 3 * 24, &[0; 8])),
        ("no table", patched(0, 39, &[0; 4])),
        ("a table at the end", patched(0, 39, &(good[0].len() as u32 - 30).to_le_bytes())),
        ("a table behind the end", patched(0, 39, &[0xFF; 4])),
    ] {
        text += &format!("== {what}\n{}", open_all("i", files));
    }
    insta::assert_snapshot!(text);
}

/// Whoever opens a later file learns which one to open.
#[test]
fn later_files_by_themselves() {
    let files = image().files(&[9000]);
    let mut text = String::new();
    for name in ["x.i01", "x.part02.isz", "x.part002.ISZ", "x.isz"] {
        text += &outline(open_in(&folder(&[(name, files[1].clone())]), name, None));
    }
    // A first file whose name tells no others.
    text += &outline(open_in(&folder(&[("x.img", files[0].clone())]), "x.img", None));
    insta::assert_snapshot!(text);
}

/// A hundred entries and no end: a limit, not a hundred files.
#[test]
fn tables_without_end() {
    let mut file = image().file();
    let at = file.len() as u32;
    file[39..43].copy_from_slice(&at.to_le_bytes());
    let entry = [[1, 0, 0, 0, 0, 0, 0, 0].as_slice(), &[0; 16]].concat();
    file.extend(crate::lay::masked(entry.repeat(300)));
    insta::assert_snapshot!(open_all("i", vec![file]), @r"
    error: Some Game.isz: byte 0x7B9F: found a segment table without end; the limit is 100 files
    hint: the file is probably damaged, or is not what its name says
    ");
}
