//! Nothing that a file says makes the reader panic, hang, or take much memory.

use crate::lay::{BLOCK, Told, blocks, data, disc, disc_of, mixed, open, pbp, raw_of, title, toc, told};
use discconv_core::{At, NoteKind};
use discconv_testkit::Rng;
use discconv_testkit::reference::RAW;

const ONE: &[Told] = &[Told(0x41, 1, 0, 150)];
/// Where a single disc begins in a laid file.
const DISC: usize = 0x1_0000;

fn small() -> Vec<u8> {
    let (raw, tracks) = mixed();
    pbp(&disc(&raw, &tracks))
}

#[test]
fn cut_at_every_border() {
    let file = small();
    let whole = told(&file);
    assert!(!whole.contains("error") && !whole.contains("damage"), "{whole}");
    let blocks_at = DISC + 0x10_0000;
    let mut seen = String::new();
    for place in
        [0, 3, 4, 0x24, 0x28, 0x60, 0xF000, DISC, DISC + 12, DISC + 16, DISC + 0x404, DISC + 0x800, DISC + 0x4000, blocks_at - 1]
            .into_iter()
            .chain([blocks_at, blocks_at + 1, blocks_at + 3000, file.len() - 1])
    {
        for cut in [place.saturating_sub(1), place, (place + 1).min(file.len() - 1)] {
            let text = told(&file[..cut]);
            assert!(text.contains("error: ") || text.contains("damage"), "cut at {cut}: {text}");
            if cut == place {
                let line = text.lines().find(|line| line.starts_with("error") || line.starts_with("damage")).unwrap();
                seen += &format!("{place:#X}: {line}\n");
            }
        }
    }
    insta::assert_snapshot!(seen);
}

/// What is left of a file that was cut is there; the rest is zeros, and is counted.
#[test]
fn what_is_left() {
    let raw = data(0, 100);
    let file = pbp(&disc(&raw, ONE));
    let entry = |block: usize| u32::from_le_bytes(*file[DISC + 0x4000 + block * 32..].first_chunk().unwrap());
    let cut = DISC + 0x10_0000 + usize::try_from(entry(5)).unwrap() - 1;
    let found = open(&file[..cut]).unwrap().remove(0);
    let damaged: u64 = found.notes().iter().filter(|note| note.kind == NoteKind::Damage).map(|note| note.sectors).sum();
    assert_eq!(damaged, 3 * 16);
    let left = raw_of(&found).unwrap();
    assert!(left[..4 * BLOCK] == raw[..4 * BLOCK] && left[4 * BLOCK..].iter().all(|byte| *byte == 0));
}

#[test]
fn a_flipped_bit_names_its_block() {
    let raw = data(0, 100);
    let mut file = pbp(&disc(&raw, ONE));
    let entry = u32::from_le_bytes(*file[DISC + 0x4000 + 3 * 32..].first_chunk().unwrap());
    let start = DISC + 0x10_0000 + usize::try_from(entry).unwrap();
    // A kind of block that there is not.
    file[start] |= 6;
    let found = open(&file).unwrap().remove(0);
    let error = raw_of(&found).unwrap_err();
    assert_eq!(error.at(), Some(&At::Byte(start as u64)));
    insta::assert_snapshot!(error.to_string());
    let mut sector = vec![0; RAW];
    let read = |lba: i32, out: &mut [u8]| {
        found.read_sectors(discconv_core::Lba(lba), &discconv_core::Form::RAW, &mut discconv_core::Scratch::default(), out)
    };
    for lba in (0..100).filter(|lba| lba / 16 != 3) {
        read(lba, &mut sector).unwrap();
        assert!(sector == raw[usize::try_from(lba).unwrap() * RAW..][..RAW]);
    }
}

#[test]
fn places_that_lie() {
    let mut text = String::new();
    let mut lie = |name: &str, file: &[u8], at: usize, bytes: &[u8]| {
        let mut file = file.to_vec();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        let told = told(&file);
        let lines: Vec<&str> = told.lines().filter(|line| !line.starts_with("extent") && !line.starts_with("media")).collect();
        text += &format!("== {name}\n{}\n", lines.join("\n"));
    };
    let one = small();
    lie("wrong magic", &one, 0, b"PBP\0");
    lie("a magic that cannot be shown", &one, 0, b"\x1B[2J");
    for at in [0_u32, 0x27, 0x1000, u32::MAX] {
        lie(&format!("DATA.PSAR at {at:#X}"), &one, 0x24, &at.to_le_bytes());
    }
    lie("PARAM.SFO behind the end", &one, 8, &[0xFF; 4]);
    lie("a picture of 4 GiB", &one, 0x10, &[0xFF; 4]);
    lie("no disc", &one, DISC, b"PSISOIMG0001");
    lie("no blocks", &one, DISC + 0x4004, &[0; 4]);
    lie("a block behind the end", &one, DISC + 0x4000, &[0xFF; 4]);
    lie("all blocks behind the end", &one, DISC + 0xBFC, &[0xFF; 4]);
    lie("blocks in the head", &one, DISC + 0xBFC, &[1, 0, 0, 0]);
    lie("a block of another length", &one, DISC + 0x4004, &[5, 0]);
    lie("a longer block than there is", &one, DISC + 0x4004, &[0xFF, 0xFF]);
    lie("a table full of nines", &one, DISC + 0x800, &[0x99; 1020]);
    lie("tracks to 99", &one, DISC + 0x811, &[0x99]);
    let raw = data(0, 16);
    let two = pbp(&title(&[disc(&raw, ONE), disc(&raw, ONE)]));
    lie("no place of a disc", &two, DISC + 0x200, &[0; 4]);
    lie("a disc behind the end", &two, DISC + 0x204, &[0xFF; 4]);
    lie("a disc in the head of another", &two, DISC + 0x204, &[0x10, 0, 0, 0]);
    insta::assert_snapshot!(text);
}

/// Blocks that unpack to less or more than a block.
#[test]
fn blocks_of_another_length() {
    let mut text = String::new();
    for len in [BLOCK - 1, BLOCK + 1] {
        let packed = crate::lay::deflated(&vec![5; len]);
        let file = pbp(&disc_of("", "", &toc(ONE, 16), &[packed]));
        text += &told(&file).lines().filter(|line| line.starts_with("error")).collect::<String>();
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}

/// Any bytes anywhere: an error or a disc, and nothing worse.
#[test]
fn random_damage() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let raw = data(0, 20);
    let files = [small(), pbp(&title(&[disc(&raw, ONE), disc_of("", "", &toc(ONE, 20), &blocks(&raw))]))];
    let places = [
        0..0x28,
        0x28..0x100,
        DISC..DISC + 0x400,
        DISC + 0x800..DISC + 0x900,
        DISC + 0xBFC..DISC + 0xC00,
        DISC + 0x4000..DISC + 0x4100,
    ];
    for file in files {
        for _ in 0..150 {
            let mut broken = file.clone();
            for _ in 0..1 + rng.index(6) {
                let range = rng.choose(&places).clone();
                let at = range.start + rng.index(range.end - range.start);
                broken[at] = rng.bytes(1)[0];
            }
            if rng.index(6) == 0 {
                broken.truncate(rng.index(broken.len()));
            }
            for disc in open(&broken).unwrap_or_default() {
                let mut sector = vec![0; RAW];
                let end = disc.toc().sessions[0].lead_out;
                for lba in [discconv_core::Lba(0), end - 1] {
                    let view = discconv_core::Form::RAW;
                    let _ = disc.read_sectors(lba, &view, &mut discconv_core::Scratch::default(), &mut sector);
                }
            }
        }
    }
}
