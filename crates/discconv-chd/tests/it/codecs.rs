//! Every codec and every kind of hunk.

use crate::coded::{Pack, crc8, crc16_flac, deflated, flac_framed, flaced, framed, huffed, lzmaed, zstded};
use crate::lay::{FRAME, File, HUNK, Lay, NONE, content, open};
use discconv_testkit::{Rng, reference};

/// Frames of these sectors, subchannel as given.
pub(crate) fn frames(sectors: &[[u8; 2352]], sub: &[u8; 96]) -> Vec<u8> {
    sectors.iter().flat_map(|sector| [&sector[..], sub].concat()).collect()
}

pub(crate) fn line(number: u8, kind: &str, count: usize) -> String {
    format!("TRACK:{number} TYPE:{kind} SUBTYPE:NONE FRAMES:{count} PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0")
}

/// A hunk of Mode 1, one of Form 1, one of noise, with and without subchannel.
fn hunks(rng: &mut Rng) -> Vec<Vec<u8>> {
    let user = rng.bytes(2048);
    let mode1 = [reference::mode1(0, &user), reference::mode1(1, &user)];
    let form1 = [reference::form1(2, [0, 0, 8, 0], &user), reference::form1(3, [0, 0, 0x89, 0], &user)];
    let noise = frames(&[[0; 2352]; 2], &[0; 96]).iter().map(|_| rng.bytes(1)[0]).collect();
    vec![frames(&mode1, &[0; 96]), frames(&form1, &[0; 96]), noise, frames(&mode1, &[0xA5; 96]), frames(&form1, &[0; 96])]
}

#[test]
fn every_codec_of_frames() {
    let plain = hunks(&mut Rng::new(1));
    let coders: [Pack; 4] = [deflated, |raw| lzmaed(raw, false), |raw| lzmaed(raw, true), zstded];
    let subs: [Pack; 4] = [deflated, deflated, deflated, zstded];
    for (slot, (pack, pack_sub)) in [0, 1, 1, 3].into_iter().zip(coders.into_iter().zip(subs)) {
        for stripped in [&[][..], &[0], &[1], &[0, 1]] {
            let laid = plain.iter().enumerate().map(|(number, hunk)| match number {
                // Noise does not pack.
                2 => Lay::Stored(hunk.clone()),
                _ => Lay::Coded(slot, framed(hunk, stripped, pack, pack_sub), hunk.clone()),
            });
            let content_told = plain.concat();
            let file = File::cd(laid.collect(), &[&line(1, "MODE1_RAW", 10)], &content_told);
            let disc = open(&file.bytes()).unwrap();
            assert!(content(&disc).unwrap() == content_told, "codec {slot}, stripped {stripped:?}");
            assert_eq!(disc.notes(), []);
        }
    }
    // Samples that are not packed leave room only where subchannel is packed.
    let laid = [0, 3].map(|number: usize| Lay::Coded(2, flac_framed(&plain[number]), plain[number].clone()));
    let told = [&plain[0][..], &plain[3]].concat();
    let file = File::cd(laid.to_vec(), &[&line(1, "MODE1_RAW", 4)], &told);
    assert!(content(&open(&file.bytes()).unwrap()).unwrap() == told);
}

/// From 65536 bytes on, the length of the packed sectors has three bytes.
#[test]
fn large_hunks_of_frames() {
    let mut rng = Rng::new(2);
    let sectors: Vec<[u8; 2352]> = (0..32).map(|lba| reference::mode1(lba, &rng.bytes(2048))).collect();
    let hunk = frames(&sectors, &[0; 96]);
    let all: Vec<usize> = (0..32).collect();
    let laid = vec![Lay::Coded(0, framed(&hunk, &all, deflated, deflated), hunk.clone())];
    let file = File { hunk: hunk.len() as u32, widths: [24, 8, 8], ..File::cd(laid, &[&line(1, "MODE1_RAW", 32)], &hunk) };
    assert!(content(&open(&file.bytes()).unwrap()).unwrap() == hunk);
}

#[test]
fn every_codec_of_sectors() {
    let mut rng = Rng::new(3);
    let hunk = [rng.bytes(1024), vec![7; 3072]].concat();
    let swapped = discconv_testkit::stored::swap_words(&hunk);
    let big = [b"B".to_vec(), flaced(&hunk, 512)].concat();
    let little = [b"L".to_vec(), flaced(&swapped, 256)].concat();
    for (name, coded) in [
        (b"zlib", deflated(&hunk)),
        (b"lzma", lzmaed(&hunk, false)),
        (b"zstd", zstded(&hunk)),
        (b"huff", huffed(&hunk)),
        (b"flac", big),
        (b"flac", little),
    ] {
        let laid = vec![Lay::Coded(0, coded, hunk.clone()), Lay::Stored(swapped.clone())];
        let whole = [&hunk[..], &swapped].concat();
        let file = File::dvd([name, NONE, NONE, NONE], laid, &whole);
        match open(&file.bytes()) {
            Ok(disc) => assert!(content(&disc).unwrap() == whole, "{}", name.escape_ascii()),
            // Without packing they are longer than the hunk, which no writer stores.
            Err(error) => assert!((name == b"flac" || name == b"huff") && error.to_string().contains("coded bytes"), "{error}"),
        }
    }
}

#[test]
fn huffman_codes_and_flac_that_pack() {
    let hunk = vec![0x5A; 4096];
    // A tree of one symbol of one bit: lengths 0 for 5Ah symbols, 1, then 0 for the rest.
    let mut bits = crate::lay::BitWriter::default();
    // The helper: 0 has two bits, 1 (no code) two, 2 (one bit) one.
    for (value, count) in [(2, 3), (0, 3), (2, 3), (1, 3), (7, 3)] {
        bits.put(value, count);
    }
    // Codes: 2 is 1; 0 is 00 and 1 is 01. No code, and again for 2 to 8 or 9 to 264 symbols more.
    for (value, count) in [(1, 2), (0, 2), (7, 3), (80, 8), (1, 1), (1, 2), (0, 2), (7, 3), (155, 8)] {
        bits.put(value, count);
    }
    (0..4096).for_each(|_| bits.put(0, 1));
    // A frame of 1024 pairs; both channels are constant, 5A5Ah.
    let mut flac = b"B\xFF\xF8\x79\x18\0\x03\xFF".to_vec();
    flac.push(crc8(&flac[1..]));
    flac.extend([0, 0x5A, 0x5A, 0, 0x5A, 0x5A]);
    flac.extend(crc16_flac(&flac[1..]).to_be_bytes());
    for (name, coded) in [(b"huff", bits.bytes()), (b"flac", flac)] {
        let file = File::dvd([name, NONE, NONE, NONE], vec![Lay::Coded(0, coded, hunk.clone())], &hunk);
        assert!(content(&open(&file.bytes()).unwrap()).unwrap() == hunk, "{}", name.escape_ascii());
    }
}

/// Repeated kinds, the same hunk again, in every way that the map has for it.
#[test]
fn every_kind_of_hunk() {
    let mut rng = Rng::new(4);
    let (a, b) = (rng.bytes(HUNK), rng.bytes(HUNK));
    let stored = |hunk: &[u8]| Lay::Stored(hunk.to_vec());
    let hunks =
        vec![stored(&a), stored(&b), Lay::Same(0), Lay::Bare(9), Lay::Bare(10), Lay::Bare(9), Lay::Same(2), Lay::Bare(10)];
    let told = [&a, &b, &a, &a, &b, &b, &a, &a].map(Vec::as_slice).concat();
    let file = File::cd(hunks, &[&line(1, "AUDIO", 16)], &told);
    assert!(content(&open(&file.bytes()).unwrap()).unwrap() == told);

    // Runs: once and 3 more, and once and 19 + 1 * 16 + 2 more, of which not all are wanted.
    for (symbols, count) in [(vec![4, 7, 0], 4), (vec![4, 7, 15], 19), (vec![4, 8, 1, 2], 38), (vec![4, 8, 15, 15], 100)] {
        let hunks: Vec<Vec<u8>> = (0..count).map(|_| rng.bytes(HUNK)).collect();
        let laid = hunks.iter().map(|hunk| stored(hunk)).collect();
        let file = File { symbols: Some(symbols), ..File::cd(laid, &[&line(1, "AUDIO", 2 * count)], &hunks.concat()) };
        assert!(content(&open(&file.bytes()).unwrap()).unwrap() == hunks.concat());
    }
}

/// The last hunk is padded, and the content ends before that.
#[test]
fn the_last_hunk_is_cut() {
    let mut rng = Rng::new(5);
    let told = rng.bytes(3 * FRAME);
    let disc = open(&File::stored(&told, &[&line(1, "AUDIO", 3)]).bytes()).unwrap();
    assert!(content(&disc).unwrap() == told);
    assert_eq!((disc.sources()[0].len(), disc.checks()[0].range.end), (3 * FRAME as u64, 3 * FRAME as u64));
}

/// Without codecs: stored hunks, and nothing where there is no parent. There are no digests.
#[test]
fn without_codecs() {
    let mut rng = Rng::new(6);
    let hunk = rng.bytes(HUNK);
    let told = [&hunk[..], &vec![0; HUNK], &hunk[..FRAME]].concat();
    let file = File { hunks: vec![Lay::Stored(hunk.clone())], ..File::stored(&told, &[&line(1, "AUDIO", 5)]) };
    let disc = open(&file.plain(&[1, 0, 1])).unwrap();
    assert!(content(&disc).unwrap() == told);
    assert_eq!((disc.checks().len(), disc.notes()), (0, &[][..]));
}
