//! Nothing that an image says makes the reader panic, hang, or take much memory.

use crate::lay::{How, Image, content, folder, masked, open, open_in, outline};
use How::{Bzip2, Stored, Zero, Zlib};
use discconv_core::{Error, Opened, Result};
use discconv_testkit::Rng;

const KINDS: [How; 6] = [Stored, Zero(8192, 0), Zlib, Bzip2, Zlib, Stored];

fn image() -> Image {
    Image::new(content(6 * 8192 - 2048), &KINDS)
}

/// Read both ends and something in between.
fn exercise(opened: Result<Opened>) {
    let Ok(Opened::Bytes { source, checks, notes }) = opened else { return };
    assert!(notes.len() < 10 && checks.len() <= 2);
    assert!(checks.iter().all(|check| check.range.end <= check.source.len()));
    let mut out = vec![0; 2048];
    for at in [0, source.len() / 2, source.len().saturating_sub(2048)] {
        let _ = source.read_exact_at(at, &mut out);
    }
}

#[test]
fn cut_at_every_border() {
    let image = Image { footer: true, ..image() };
    let file = image.file();
    let data = 64 + 3 * 6;
    let mut borders = vec![0, 3, 4, 34, 47, 48, 63, 64, 65, data - 1, data, data + 1, data + 8191, data + 8192, data + 8193];
    let stored = data + image.stored().len();
    borders.extend([stored - 2048, stored - 1, stored, stored + 1, stored + 67]);
    let mut text = String::new();
    for border in borders {
        text += &format!("== {border}\n{}", outline(open(&file[..border])));
    }
    insta::assert_snapshot!(text);
    (0..100).chain((100..file.len()).step_by(37)).for_each(|border| exercise(open(&file[..border])));
}

fn patched(image: &Image, patches: &[(usize, &[u8])]) -> Vec<u8> {
    let mut file = image.file();
    for (at, bytes) in patches {
        file[*at..at + bytes.len()].copy_from_slice(bytes);
    }
    file
}

/// An entry of three bytes for chunk `index`, as it stands in the file.
fn entry(index: usize, value: u32) -> (usize, Vec<u8>) {
    let mut table = vec![0; 3 * index];
    table.extend(&value.to_le_bytes()[..3]);
    (64 + 3 * index, masked(table)[3 * index..].to_vec())
}

#[test]
fn lies() {
    let image = image();
    let word = |value: u32| value.to_le_bytes();
    let mut text = String::new();
    let with_entry = |index, value| {
        let (at, bytes) = entry(index, value);
        patched(&image, &[(at, &bytes)])
    };
    for (what, file) in [
        ("another magic", patched(&image, &[(0, b"IsZ?")])),
        ("a header of 49 bytes", patched(&image, &[(4, &[49])])),
        ("version 2", patched(&image, &[(5, &[2])])),
        ("no sectors", patched(&image, &[(12, &word(0))])),
        ("sectors of no bytes", patched(&image, &[(10, &[0, 0])])),
        ("8 TiB", patched(&image, &[(12, &word(u32::MAX))])),
        ("more chunks", patched(&image, &[(25, &word(7))])),
        ("fewer chunks", patched(&image, &[(25, &word(5))])),
        ("no chunks", patched(&image, &[(25, &word(0))])),
        ("as many chunks as can be", patched(&image, &[(25, &word(u32::MAX))])),
        ("chunks of no bytes", patched(&image, &[(29, &word(0))])),
        ("chunks of 4 GiB", patched(&image, &[(25, &word(1)), (29, &word(u32::MAX - 2047))])),
        ("entries of 9 bytes", patched(&image, &[(33, &[9])])),
        ("entries of no bytes", patched(&image, &[(33, &[0])])),
        ("the table in the header", patched(&image, &[(35, &word(60))])),
        ("the table in the chunks", patched(&image, &[(35, &word(8000))])),
        ("the table at the end", patched(&image, &[(35, &word(image.file().len() as u32 - 17))])),
        ("the table behind the end", patched(&image, &[(35, &word(u32::MAX))])),
        ("chunks in the header", patched(&image, &[(43, &word(20))])),
        ("chunks in the table", patched(&image, &[(43, &word(70))])),
        ("chunks behind the end", patched(&image, &[(43, &word(u32::MAX))])),
        ("a stored chunk of one byte less", with_entry(0, 1 << 22 | 8191)),
        ("a stored chunk of one byte more", with_entry(0, 1 << 22 | 8193)),
        ("a zlib chunk of all there is", with_entry(2, 2 << 22 | 0x3F_FFFF)),
        ("a zlib chunk of nothing", with_entry(2, 2 << 22)),
        ("a bzip2 chunk of two bytes", with_entry(3, 3 << 22 | 2)),
        ("a zlib chunk that is bzip2", with_entry(3, (2 << 22) | 200)),
        ("files of a length that this one has not", patched(&image, &[(17, &word(1000))])),
        ("split, without a table", patched(&image, &[(17, &word(1 << 20))])),
    ] {
        text += &format!("== {what}\n{}", outline(open(&file)));
    }
    insta::assert_snapshot!(text);
}

/// Chunks that unpack to less or more than they should.
#[test]
fn chunks_of_another_length() {
    let mut text = String::new();
    for how in [Zlib, Bzip2] {
        let image = Image::new(content(8192), &[how]);
        for sectors in [1_u8, 3, 5] {
            // So that the only chunk has another length.
            let mut file = image.file();
            file[12] = sectors;
            file[29..33].copy_from_slice(&u32::from(sectors).wrapping_mul(2048).to_le_bytes());
            text += &format!("== {how:?}, {sectors} sectors\n{}", outline(open(&file)));
        }
    }
    insta::assert_snapshot!(text);
}

/// A kibibyte that says it holds terabytes: opening is cheap, reading takes a chunk at a time, and neither much memory.
#[test]
fn small_files_that_claim_much() {
    let bomb = |chunk: u32, count: u32| {
        let mut image = Image { entry: 1, ..Image::new(vec![0; 2048], &[Zero(0, 0)]) };
        image.header = 48;
        let mut file = image.file();
        file[12..16].copy_from_slice(&(chunk / 2048).wrapping_mul(count).to_le_bytes());
        file[25..29].copy_from_slice(&count.to_le_bytes());
        file[29..33].copy_from_slice(&chunk.to_le_bytes());
        file.truncate(48);
        file.extend(masked(vec![0; 976]));
        file
    };
    let mut text = String::new();
    for (what, file) in [
        ("4 GiB in zero chunks", bomb(4 << 20, 976)),
        ("chunks of 64 MiB", bomb(64 << 20, 976)),
        ("chunks of 1 GiB", bomb(1 << 30, 976)),
        ("more chunks than there are entries", bomb(2048, 1 << 25)),
        ("8 TiB", bomb(u32::MAX - 2047, 2048)),
    ] {
        let found = match open(&file) {
            Ok(Opened::Bytes { source, notes, .. }) => {
                let mut out = [1; 4096];
                source.read_exact_at(source.len() - 4096, &mut out).unwrap();
                assert_eq!(out, [0; 4096]);
                format!(
                    "{} bytes\n{}\n",
                    source.len(),
                    notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>().join("\n")
                )
            }
            opened => outline(opened),
        };
        text += &format!("== {what}\n{found}");
    }
    // Stored without a table, and as much as can be said.
    let mut file = Image { table: false, ..Image::new(vec![0; 2048], &[Stored]) }.file();
    file[12..16].copy_from_slice(&(64_u32 << 20).to_le_bytes());
    file[25..29].copy_from_slice(&1_u32.to_le_bytes());
    text += &format!("== stored, without a table\n{}", outline(open(&file)));
    file[29..33].copy_from_slice(&2048_u32.to_le_bytes());
    file[25..29].copy_from_slice(&(64_u32 << 20).to_le_bytes());
    text += &format!("== stored, in as many chunks\n{}", outline(open(&file)));
    insta::assert_snapshot!(text);
}

/// Every byte of header and tables takes the values that hurt.
#[test]
fn headers_and_tables_of_any_bytes() {
    let image = image();
    let single = image.file();
    let split = image.files(&[8192 + 20, 9000]);
    for (files, until) in [(vec![single], 64 + 18), (split, 64 + 4 * 24 + 18)] {
        for at in 0..until {
            for value in [0, 1, 2, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xFF] {
                let mut files = files.clone();
                files[0][at] = value;
                let names = ["x.isz", "x.i01", "x.i02"];
                let folder = folder(&names.into_iter().zip(files).collect::<Vec<_>>());
                exercise(open_in(&folder, "x.isz", None));
                exercise(open_in(&folder, "x.isz", Some(b"secret")));
            }
        }
    }
}

#[test]
fn random_changes() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let image = image();
    let good = image.file();
    for _ in 0..2000 {
        let mut file = good.clone();
        for _ in 0..1 + rng.below(6) {
            let at = if rng.flip() { rng.index(82) } else { rng.index(file.len()) };
            file[at] = rng.bytes(1)[0];
        }
        exercise(open(&file));
    }
}

/// A name that ends like an ISZ image does not make one.
#[test]
fn other_things_by_that_name() {
    let mut text = String::new();
    for bytes in [&b""[..], b"I", b"IsZ!", b"IsZ", b"BZh91AY&SY and more of it, which is no ISZ image", &[0; 4096]] {
        text += &outline(open(bytes));
    }
    insta::assert_snapshot!(text);
    assert!(matches!(open(b"Rar!"), Err(Error::Malformed { .. })));
}
