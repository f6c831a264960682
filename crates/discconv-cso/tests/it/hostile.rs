//! Nothing that a file says makes the reader panic, hang, or take much memory.

use crate::lay::{CSO, CSO2, Ciso, ZSO, ciso, ciso_head, content, dax, deflated, jso, lz4ed, open_as, told};
use discconv_core::{Error, Format};
use discconv_cso::{Cso, Cso2, Dax, Jso, Zso};
use discconv_testkit::Rng;

/// Two blocks' worth of each kind, with the places where something ends in it.
fn small() -> Vec<(&'static dyn Format, Vec<u8>, Vec<usize>)> {
    let raw = content(4 * 2048);
    let places = |borders: &[usize], file: &[u8]| [&[0], borders, &[file.len() - 1]].concat();
    let mut all: Vec<(&'static dyn Format, Vec<u8>, Vec<usize>)> = Vec::new();
    for (format, how) in [(&Cso as &'static dyn Format, CSO), (&Cso2, CSO2), (&Zso, ZSO)] {
        let file = ciso(&how, &raw);
        let offsets = file[24..44].as_chunks().0.iter().map(|entry| (u32::from_le_bytes(*entry) & !(1 << 31)) as usize);
        let borders = [4, 8, 16, 20, 21, 24, 28, 40].into_iter().chain(offsets).filter(|at| *at < file.len());
        let places = places(&borders.collect::<Vec<_>>(), &file);
        all.push((format, file, places));
    }
    let file = dax(1, &content(3 * 8192), &[(1, 1)], true);
    let places_of_dax = places(&[4, 8, 12, 16, 32, 44, 50, 58, 58 + 8192], &file);
    all.push((&Dax, file, places_of_dax));
    let file = jso(2048, true, 1, [1; 16], &raw);
    let places_of_jso = places(&[4, 6, 8, 12, 16, 32, 48, 52, 68, 72], &file);
    all.push((&Jso, file, places_of_jso));
    all
}

#[test]
fn cut_at_every_border() {
    let mut seen = String::new();
    for (format, file, places) in small() {
        assert!(told(format, &file).ends_with(" bytes\n") && !told(format, &file).contains("note"));
        for place in places.into_iter().collect::<std::collections::BTreeSet<_>>() {
            for cut in [place.saturating_sub(1), place, (place + 1).min(file.len() - 1)] {
                let text = told(format, &file[..cut]);
                assert!(text.contains("error: ") || text.contains("Damage"), "{} cut at {cut}: {text}", format.info().id);
                if cut == place {
                    let line = text.lines().next().unwrap();
                    seen += &format!("{} of {place} bytes: {line}\n", format.info().id);
                }
            }
        }
    }
    insta::assert_snapshot!(seen);
}

/// What is left of a file that was cut is there; the rest is zeros, and is counted.
#[test]
fn what_is_left() {
    let raw = content(40 * 2048);
    for (format, how) in [(&Cso as &dyn Format, CSO), (&Cso2, CSO2), (&Zso, ZSO)] {
        let how = Ciso { block: 4096, ..how };
        let file = ciso(&how, &raw);
        // Within block 12.
        let entry = |index: usize| (u32::from_le_bytes(*file[24 + index * 4..].first_chunk().unwrap()) & !(1 << 31)) as usize;
        let opened = open_as(format, &file[..entry(13) - 1]).unwrap();
        assert_eq!(opened.damaged(), 8 * 2);
        let left = opened.all().unwrap();
        assert!(left[..12 * 4096] == raw[..12 * 4096] && left[12 * 4096..].iter().all(|byte| *byte == 0));
    }
    let file = dax(0, &raw, &[], true);
    let opened = open_as(&Dax, &file[..file.len() - 1]).unwrap();
    assert_eq!(opened.damaged(), 4);
    let left = opened.all().unwrap();
    assert!(left[..9 * 8192] == raw[..9 * 8192] && left[9 * 8192..] == [0; 8192]);
}

#[test]
fn headers_that_lie() {
    let raw = content(4 * 2048);
    let mut text = String::new();
    let mut lie = |name: &str, format: &dyn Format, file: &[u8], at: usize, bytes: &[u8]| {
        let mut file = file.to_vec();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        text += &format!("== {name}\n{}", told(format, &file));
    };
    let cso = ciso(&CSO, &raw);
    lie("wrong magic", &Cso, &cso, 0, b"PK\x03\x04");
    lie("a wrong magic that cannot be shown", &Zso, &cso, 0, b"\x1B[2J");
    lie("version 3", &Cso, &cso, 0x14, &[3]);
    lie("ZSO of version 2", &Zso, &ciso(&ZSO, &raw), 0x14, &[2]);
    lie("another header in version 2", &Cso2, &ciso(&CSO2, &raw), 4, &[0x20]);
    for block in [0_u32, 3, 1024, 3000, 32 << 20, 1 << 31] {
        lie(&format!("blocks of {block}"), &Cso, &cso, 0x10, &block.to_le_bytes());
    }
    lie("larger blocks than there are", &Cso, &cso, 0x10, &4096_u32.to_le_bytes());
    for shift in [1, 20, 21, 63, 255] {
        lie(&format!("shift {shift}"), &Cso, &cso, 0x15, &[shift]);
    }
    lie("no image", &Cso, &cso, 8, &0_u64.to_le_bytes());
    lie("more blocks than the index has", &Cso, &cso, 8, &(6 * 2048_u64).to_le_bytes());
    lie("an image that ends within a sector", &Cso, &cso, 8, &(4 * 2048 - 100_u64).to_le_bytes());
    lie("as long as numbers go", &Cso, &cso, 8, &u64::MAX.to_le_bytes());
    let dax = dax(1, &content(3 * 8192), &[(1, 1)], true);
    lie("DAX of version 2", &Dax, &dax, 8, &[2]);
    lie("DAX without an image", &Dax, &dax, 4, &[0; 4]);
    lie("DAX of 4 GiB", &Dax, &dax, 4, &[0xFF; 4]);
    lie("an area behind the end", &Dax, &dax, 50, &[2, 0, 0, 0, 2, 0, 0, 0]);
    lie("an area at the end of numbers", &Dax, &dax, 50, &[0xFF; 8]);
    lie("more areas than blocks", &Dax, &dax, 12, &[4]);
    lie("areas without end", &Dax, &dax, 12, &[0xFF; 4]);
    lie("a block among the tables", &Dax, &dax, 36, &[10, 0, 0, 0]);
    lie("a block behind the end", &Dax, &dax, 36, &[0xFF; 4]);
    lie("a block of nothing", &Dax, &dax, 44, &[0, 0]);
    let jso = jso(2048, true, 1, [1; 16], &raw);
    lie("JSO in blocks of 0", &Jso, &jso, 6, &[0, 0]);
    lie("JSO in blocks of 1024", &Jso, &jso, 6, &1024_u16.to_le_bytes());
    lie("neither with headers nor without", &Jso, &jso, 8, &[2]);
    lie("an unknown method", &Jso, &jso, 10, &[2]);
    lie("another method", &Jso, &jso, 10, &[0]);
    lie("another header of a JSO", &Jso, &jso, 32, &[0x40]);
    lie("JSO without an image", &Jso, &jso, 12, &[0; 4]);
    lie("JSO of 4 GiB", &Jso, &jso, 12, &[0xFF; 4]);
    lie("offsets of a JSO that descend", &Jso, &jso, 56, &[0; 4]);
    insta::assert_snapshot!(text);
}

#[test]
fn an_index_that_lies() {
    let mut text = String::new();
    let data = content(20_000);
    for (name, how, entries) in [
        ("descending", CSO, &[36, 2000, 1000, 2400, 4000][..]),
        ("into the header", CSO, &[0, 2000, 3000, 4000, 5000]),
        ("into the index", CSO, &[43, 2000, 3000, 4000, 5000]),
        ("the end before the last block", CSO, &[44, 1000, 2000, 3000, 2999]),
        ("a block that is too long", CSO, &[44, 1000, 10_000, 11_000, 12_000]),
        ("behind the end", CSO, &[44, 1000, 2000, 0x7FFF_F000, 0x7FFF_F800]),
        ("all behind the end", CSO, &[0x7FFF_0000, 0x7FFF_0001, 0x7FFF_0002, 0x7FFF_0003, 0x7FFF_0004]),
        (
            "behind the end of numbers",
            Ciso { shift: 20, ..CSO },
            &[0x7FFF_FFFB, 0x7FFF_FFFC, 0x7FFF_FFFD, 0x7FFF_FFFE, 0x7FFF_FFFF],
        ),
        ("blocks of nothing", CSO, &[44, 44, 44, 44, 44]),
        ("stored blocks of nothing", CSO, &[44 | 1 << 31, 44, 44, 44, 44]),
        ("a stored block that is short", CSO, &[44 | 1 << 31, 1000, 2000, 3000, 4000]),
        ("version 2, of nothing", CSO2, &[44, 44, 44, 44, 44]),
        ("LZ4 of nothing", ZSO, &[44, 44, 44, 44, 44]),
    ] {
        let file = [ciso_head(&how, 4 * 2048, entries), data.clone()].concat();
        let format: &dyn Format = if how.version == 2 {
            &Cso2
        } else if how.magic == b"ZISO" {
            &Zso
        } else {
            &Cso
        };
        text += &format!("== {name}\n{}", told(format, &file));
    }
    insta::assert_snapshot!(text);
}

/// A kibibyte that says it holds eight tebibytes, in blocks of every size.
#[test]
fn small_files_that_claim_much() {
    let mut worst = 0;
    for block in (11..=24).map(|bits| 1_u32 << bits) {
        for len in [8 << 40, u64::MAX, 1 << 32, u64::from(block) * 240] {
            for (format, how) in [(&Cso as &dyn Format, CSO), (&Cso2, CSO2), (&Zso, ZSO)] {
                let mut file = ciso_head(&Ciso { block, ..how }, len, &[]);
                let n = len.div_ceil(u64::from(block));
                file.extend((0..=n.min(249)).flat_map(|_| 1020_u32.to_le_bytes()));
                file.resize(1024, 0);
                match open_as(format, &file) {
                    Err(Error::Malformed { .. }) => {}
                    Err(error) => panic!("{error}"),
                    Ok(opened) => {
                        let mut out = [0; 100];
                        assert!(opened.source.read_exact_at(0, &mut out).is_err());
                        worst += 1;
                    }
                }
            }
        }
    }
    // Larger blocks than 1 MiB are not believed of such a file.
    assert_eq!(worst, 10 * 3);
}

#[test]
fn a_flipped_bit_names_its_block() {
    let raw = content(30 * 2048);
    let mut text = String::new();
    for (format, how) in [(&Cso as &dyn Format, CSO), (&Zso, ZSO)] {
        let file = ciso(&Ciso { shift: 2, ..how }, &raw);
        let entry =
            |index: usize| u64::from(u32::from_le_bytes(*file[24 + index * 4..].first_chunk().unwrap()) & !(1 << 31)) << 2;
        let start = usize::try_from(entry(17)).unwrap();
        let mut broken = file.clone();
        // The kind of the first deflate block; a match that points before all.
        if how.magic == b"CISO" {
            broken[start] |= 6
        } else {
            broken[start..start + 3].fill(0)
        }
        let opened = open_as(format, &broken).unwrap();
        let error = opened.all().unwrap_err();
        assert_eq!(error.at(), Some(&discconv_core::At::Byte(start as u64)));
        text += &format!("{error}\n");
        // All others are there.
        for index in (0..30).filter(|index| *index != 17) {
            let mut block = vec![0; 2048];
            opened.source.read_exact_at(index * 2048, &mut block).unwrap();
            assert!(block == raw[index as usize * 2048..][..2048]);
        }
    }
    let mut broken = dax(0, &raw, &[], true);
    let end = broken.len();
    broken[end - 1] ^= 1;
    text += &format!("{}\n", open_as(&Dax, &broken).unwrap().all().unwrap_err());
    insta::assert_snapshot!(text);
}

/// Any bytes anywhere: an error or bytes, and nothing worse.
#[test]
fn random_damage() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    for (format, file, _) in small() {
        for _ in 0..400 {
            let mut broken = file.clone();
            for _ in 0..1 + rng.index(4) {
                let at = if rng.index(2) == 0 { rng.index(72) } else { rng.index(broken.len()) };
                broken[at] = rng.bytes(1)[0];
            }
            broken.truncate(if rng.index(4) == 0 { rng.index(broken.len()) } else { broken.len() });
            let Ok(opened) = open_as(format, &broken) else { continue };
            let mut out = vec![0; usize::try_from(opened.source.len().min(1 << 20)).unwrap()];
            let _ = opened.source.read_exact_at(0, &mut out);
            let _ = opened.source.read_exact_at(opened.source.len() - 1, &mut [0]);
        }
    }
    // And blocks of noise.
    for _ in 0..300 {
        let noise: Vec<(Vec<u8>, bool)> = (0..3).map(|n| (rng.bytes(1 + n * 37), rng.index(2) == 0)).collect();
        for (format, how) in [(&Cso as &dyn Format, CSO), (&Cso2, CSO2), (&Zso, ZSO)] {
            let opened = open_as(format, &crate::lay::ciso_of(&how, 3 * 2048, &noise)).unwrap();
            let _ = opened.all();
        }
    }
}

/// A stream that unpacks to less or more than a block.
#[test]
fn blocks_of_another_length() {
    let mut text = String::new();
    for len in [2047, 2049] {
        let raw = vec![5; len];
        for (format, how, packed) in [(&Cso as &dyn Format, CSO, deflated(&raw)), (&Zso, ZSO, lz4ed(&raw))] {
            text += &told(format, &crate::lay::ciso_of(&how, 2048, &[(packed, false)]));
        }
    }
    insta::assert_snapshot!(text);
}
