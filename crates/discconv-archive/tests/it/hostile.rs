//! Nothing that a file says makes a reader panic, hang, or take much memory.

use crate::lay::{Member, WRAPPERS, claimed, content, data, members, open_with, zip};
use discconv_archive::{SevenZip, Zip};
use discconv_core::Limits;
use discconv_testkit::Rng;

const PACKED: [&str; 8] =
    ["plain.gz", "members.gz", "plain.bz2", "plain.xz", "blocks.xz", "plain.zst", "nosize.zst", "frames.zst"];

fn limits() -> Limits {
    Limits { unpacked_bytes: 1 << 20, ..Limits::default() }
}

/// What comes out of a file that was cut is its beginning, and is flagged.
#[test]
fn cut_anywhere() {
    let whole = content();
    for name in PACKED {
        let file = data(name);
        let format = claimed(&file).unwrap();
        for cut in (0..60).chain((60..file.len()).step_by(501)).chain(file.len() - 20..file.len()) {
            let Ok(opened) = open_with(format, &file[..cut], limits()) else { continue };
            assert!(opened.damaged(), "{name} cut at {cut}");
            assert!(opened.all().is_ok_and(|all| whole.starts_with(&all)), "{name} cut at {cut}");
        }
    }
}

#[test]
fn noise_does_no_harm() {
    let mut rng = Rng::new(2);
    for name in PACKED {
        let file = data(name);
        for _ in 0..120 {
            let mut bent = file.clone();
            for _ in 0..1 + rng.index(3) {
                let at = if rng.flip() { rng.index(bent.len()) } else { rng.index(40) };
                bent[at] = rng.next_u64() as u8;
            }
            for format in WRAPPERS {
                if let Ok(opened) = open_with(format, &bent, limits()) {
                    let _ = opened.all();
                }
            }
        }
    }
    for name in ["deflate.zip", "stored.zip", "xz.zip"] {
        let file = data(name);
        for _ in 0..150 {
            let mut bent = file.clone();
            for _ in 0..1 + rng.index(3) {
                let at = if rng.flip() { rng.index(bent.len()) } else { bent.len() - 1 - rng.index(250) };
                bent[at] = rng.next_u64() as u8;
            }
            members(&Zip, &bent);
            members(&Zip, &bent[..rng.index(bent.len())]);
        }
    }
}

/// Checksums would stop noise in a header at once, so they are made right again.
#[test]
fn noise_in_headers_of_7z() {
    let mut rng = Rng::new(4);
    for name in ["lzma.7z", "lzma2.7z", "copy.7z", "bcj.7z", "delta.7z"] {
        let file = data(name);
        let header = 32 + u64::from_le_bytes(file[12..20].try_into().unwrap()) as usize;
        for _ in 0..200 {
            let mut bent = file.clone();
            for _ in 0..1 + rng.index(3) {
                let at = if rng.index(4) > 0 { header + rng.index(bent.len() - header) } else { 32 + rng.index(bent.len() - 32) };
                bent[at] = rng.next_u64() as u8;
            }
            let sum = crc32fast::hash(&bent[header..]);
            bent[28..32].copy_from_slice(&sum.to_le_bytes());
            let sum = crc32fast::hash(&bent[12..32]);
            bent[8..12].copy_from_slice(&sum.to_le_bytes());
            members(&SevenZip, &bent);
            members(&SevenZip, &bent[..rng.index(bent.len())]);
        }
    }
}

#[test]
fn directories_that_lie() {
    let raw = content();
    let sum = crc32fast::hash(&raw);
    let good: Member<'_> = (b"a.iso", 0, &raw, sum, 60_000);
    let mut seen = String::new();
    let mut tell = |what: &str, file: &[u8]| seen += &format!("== {what}\n{}", members(&Zip, file));
    tell("as it should be", &zip(&[good]));
    tell("another CRC", &zip(&[(b"a.iso", 8, &[0x03, 0x00], sum, 0)]));
    tell("more content than it has", &zip(&[(b"a.iso", 0, &raw, sum, 60_001)]));
    tell("an unknown method", &zip(&[(b"a.iso", 77, &raw, sum, 60_000)]));
    tell("no deflate", &zip(&[(b"a.iso", 8, &[0xFF; 50], sum, 60_000)]));
    let file = zip(&[good]);
    let directory = 30 + 5 + 60_000;
    let mut bend = |what: &str, at: usize, bytes: &[u8]| {
        let mut file = file.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        tell(what, &file);
    };
    bend("no local header", 0, b"XX");
    bend("a local name that is too long", 26, &[0xFF; 2]);
    bend("a header behind the end", directory + 42, &[0xF0; 4]);
    bend("a long header that is not there", directory + 42, &[0xFF; 4]);
    bend("more bytes stored than there are", directory + 20, &[0xF0; 4]);
    bend("encrypted", directory + 8, &[1]);
    bend("no entry", directory, b"XX");
    bend("a name behind the end", directory + 28, &[0xFF; 2]);
    let end = file.len() - 22;
    bend("another number of entries", end + 10, &[9, 0]);
    bend("65535 entries", end + 10, &[0xFF; 2]);
    bend("a directory before the file", end + 12, &[0xFE; 4]);
    bend("no end", end, b"XX");
    insta::assert_snapshot!(seen);
}
