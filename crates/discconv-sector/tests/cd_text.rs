//! CD-TEXT: packs laid by hand, damage, and there and back.

use std::collections::BTreeMap;

use discconv_sector::cd_text::{Block, Charset, Kind, Pack, decode, encode};
use discconv_testkit::Rng;

fn pack(head: [u8; 4], data: &[u8; 12]) -> [u8; 18] {
    let mut pack = Pack::default();
    pack.0[..4].copy_from_slice(&head);
    pack.0[4..16].copy_from_slice(data);
    pack.seal();
    pack.0
}

fn texts(packs: &[[u8; 18]]) -> Vec<(u8, Kind, u8, String)> {
    let mut out = Vec::new();
    for block in decode(packs) {
        for ((kind, track), text) in block.entries {
            let text = String::from_utf8_lossy(&text).into_owned();
            out.push((block.number, kind, track, text));
        }
    }
    out
}

/// The disc "TestDiskTitle" with two tracks, performers, size information.
fn disc() -> Vec<[u8; 18]> {
    vec![
        pack([0x80, 0, 0, 0x00], b"TestDiskTitl"),
        pack([0x80, 0, 1, 0x0C], b"e\0One\0A very"),
        pack([0x80, 2, 2, 0x06], b" long title\0"),
        pack([0x81, 0, 3, 0x00], b"Band\0\t\0Two\0\0"),
        pack([0x8F, 0, 4, 0x00], b"\x01\x01\x02\0\x03\x01\0\0\0\0\0\0"),
        pack([0x8F, 1, 5, 0x00], b"\0\0\0\0\0\0\0\x03\x06\0\0\0"),
        pack([0x8F, 2, 6, 0x00], b"\0\0\0\0\x09\0\0\0\0\0\0\0"),
    ]
}

fn disc_texts() -> Vec<(u8, Kind, u8, String)> {
    [
        (Kind::Title, 0, "TestDiskTitle"),
        (Kind::Title, 1, "One"),
        (Kind::Title, 2, "A very long title"),
        (Kind::Performer, 0, "Band"),
        (Kind::Performer, 1, "Band"),
        (Kind::Performer, 2, "Two"),
    ]
    .map(|(kind, track, text)| (0, kind, track, text.to_owned()))
    .into()
}

#[test]
fn hand_laid_packs() {
    let packs = disc();
    assert_eq!(packs[0][16..], [0xE2, 0x22], "published CRC");
    assert_eq!(texts(&packs), disc_texts());
    let blocks = decode(&packs);
    assert_eq!(blocks[0].charset, Charset::Ascii);
    assert_eq!(blocks[0].language, 9);
}

#[test]
fn order_and_repetition_do_not_matter() {
    let mut packs = disc();
    packs.reverse();
    packs.extend(disc());
    assert_eq!(texts(&packs), disc_texts());
}

#[test]
fn crc_of_zero_is_not_recorded_and_another_is_damage() {
    let mut packs = disc();
    for pack in &mut packs {
        pack[16..].fill(0);
    }
    assert_eq!(texts(&packs), disc_texts());
    for pack in &mut packs {
        pack[16] = 1;
    }
    assert_eq!(decode(&packs), []);
}

#[test]
fn strings_across_a_lost_pack_are_left_out() {
    let without = |lost: usize| {
        let mut packs = disc();
        packs.remove(lost);
        let titles = texts(&packs).into_iter();
        titles.filter(|entry| entry.1 == Kind::Title).map(|entry| (entry.2, entry.3)).collect::<Vec<_>>()
    };
    assert_eq!(without(0), [(1, "One".into()), (2, "A very long title".into())]);
    assert_eq!(without(1), []);
    assert_eq!(without(2), [(0, "TestDiskTitle".into()), (1, "One".into())]);
}

#[test]
fn encoding_gives_the_packs_laid_by_hand() {
    // "Same as before" is not used when writing; else all bytes are alike.
    let mut want = disc();
    want[3] = pack([0x81, 0, 3, 0x00], b"Band\0Band\0Tw");
    want.insert(4, pack([0x81, 2, 4, 0x02], b"o\0\0\0\0\0\0\0\0\0\0\0"));
    want[5] = pack([0x8F, 0, 5, 0x00], b"\x01\x01\x02\0\x03\x02\0\0\0\0\0\0");
    want[6] = pack([0x8F, 1, 6, 0x00], b"\0\0\0\0\0\0\0\x03\x07\0\0\0");
    want[7] = pack([0x8F, 2, 7, 0x00], b"\0\0\0\0\x09\0\0\0\0\0\0\0");
    assert_eq!(encode(&decode(&disc())), Some(want));
}

#[test]
fn double_bytes_end_with_a_double_nul() {
    let mut block = Block { charset: Charset::MsJis, language: 0x69, ..Block::default() };
    let title = b"\x83\x5E\0\x41\x83\x43\x83\x67\x83\x8B\x82\x50\x82\x51";
    block.entries.insert((Kind::Title, 0), title.to_vec());
    block.entries.insert((Kind::Title, 1), b"\x82\x51".to_vec());
    block.entries.insert((Kind::DiscId, 0), b"ID1".to_vec());
    let packs = encode(&[block.clone()]).unwrap_or_default();
    assert_eq!(packs[0][3], 0x80);
    assert_eq!(packs[1][3], 0x80 | 6, "characters, not bytes");
    assert_eq!(packs[2][3], 0, "the identification is single-byte");
    assert_eq!(decode(&packs), [block]);
}

#[test]
fn binary_kinds_keep_their_bytes() {
    let mut block = Block::default();
    let genre = b"\0\x0DRock and a lot of roll".to_vec();
    block.entries.insert((Kind::Genre, 0), genre);
    let toc = b"\x01\x02\0\x10\x20\x30\0\0\0\0\0\0".to_vec();
    block.entries.insert((Kind::Toc, 0), toc);
    block.entries.insert((Kind::Toc, 1), vec![0; 12]);
    block.entries.insert((Kind::Title, 5), b"Five".to_vec());
    let packs = encode(&[block.clone()]).unwrap_or_default();
    assert_eq!(decode(&packs), [block]);
}

#[test]
fn what_does_not_fit() {
    let with = |number, kind, track, text: &[u8]| {
        let entries = BTreeMap::from([((kind, track), text.to_vec())]);
        Block { number, entries, ..Block::default() }
    };
    let good = with(0, Kind::Title, 1, b"x");
    assert_eq!(encode(&[]), Some(Vec::new()));
    assert!(encode(std::slice::from_ref(&good)).is_some());
    assert_eq!(encode(&[good.clone(), good]), None, "the same block twice");
    assert_eq!(encode(&[with(8, Kind::Title, 1, b"x")]), None);
    assert_eq!(encode(&[with(0, Kind::Title, 100, b"x")]), None);
    assert_eq!(encode(&[with(0, Kind::Title, 1, b"x\0y")]), None);
    assert_eq!(encode(&[with(0, Kind::SizeInfo, 1, b"x")]), None);
    let most = vec![b'x'; 252 * 12 - 1];
    let packs = encode(&[with(0, Kind::Title, 1, &most)]).unwrap_or_default();
    assert_eq!(packs.len(), 255);
    assert_eq!(encode(&[with(0, Kind::Title, 1, &[&most[..], b"x"].concat())]), None);
    assert_eq!(encode(&[with(0, Kind::Genre, 0, &vec![1; 1 << 20])]), None);
}

#[test]
fn there_and_back() {
    let mut rng = Rng::seed_from_env("DISCCONV_CD_TEXT_SEED");
    for _ in 0..300 {
        let mut blocks = Vec::new();
        for number in 0..u8::try_from(rng.below(9)).unwrap_or(0) {
            blocks.push(random_block(&mut rng, number));
        }
        let packs = encode(&blocks).unwrap_or_default();
        assert!(packs.iter().all(|pack| Pack(*pack).crc_ok()));
        assert_eq!(decode(&packs), blocks);
    }
}

fn random_block(rng: &mut Rng, number: u8) -> Block {
    let kinds = [Kind::Title, Kind::Performer, Kind::Message, Kind::Code];
    let mut block = Block {
        number,
        charset: *rng.choose(&[Charset::Latin1, Charset::MsJis, Charset::Other(7)]),
        language: rng.bytes(1)[0],
        entries: BTreeMap::new(),
    };
    let first = rng.below(4);
    let all_even = rng.flip();
    for _ in 0..rng.below(40) {
        let track = if rng.below(4) == 0 { 0 } else { u8::try_from(first + rng.below(20)).unwrap_or(0) };
        let length = 1 + rng.index(20);
        let length = if all_even { 2 * length } else { length };
        let text = rng.bytes(length).iter().map(|byte| (*byte).max(10)).collect();
        block.entries.insert((*rng.choose(&kinds), track), text);
    }
    block
}

/// Whatever comes, something is answered, and no entry is empty.
#[test]
fn chance_as_packs() {
    let mut rng = Rng::seed_from_env("DISCCONV_CD_TEXT_SEED");
    for _ in 0..2000 {
        let count = rng.index(40);
        let mut packs = Vec::new();
        for _ in 0..count {
            let mut pack = Pack::default();
            rng.fill(&mut pack.0);
            pack.0[0] = 0x80 | pack.0[0] & 15;
            pack.0[2] &= 15;
            if rng.flip() {
                let zeros = rng.index(12);
                pack.0[4 + zeros..16].fill(0);
            }
            pack.seal();
            packs.push(pack.0);
        }
        for block in decode(&packs) {
            assert!(block.number < 8);
            assert!(block.entries.values().all(|text| !text.is_empty()));
            assert!(block.entries.keys().all(|(_, track)| *track < 128));
        }
    }
}
