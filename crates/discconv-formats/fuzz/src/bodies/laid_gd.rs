//! Seeds of images that a Dreamcast starts, laid by hand: writers of ours make them too large.

use super::folder::MARK;
use super::seeds::Seed;
use discconv_testkit::reference::{audio, mode1};

/// Two areas over one file, in both sizes of sectors, at addresses that count the pause or do not.
pub(super) fn gdi() -> Vec<Seed> {
    let raw: Vec<u8> = (0..4).flat_map(|lba| mode1(45_000 + lba, &[7; 2048])).collect();
    let texts = [
        ("plain", "3\n1 0 4 2352 x.bin 0\n2 450 0 2352 x.bin 2352\n3 45000 4 2352 x.bin 4704\n"),
        ("late", "3\r\n1 150 4 2048 \"x 1.bin\" 0\r\n2 600 0 2352 x.raw 0\r\n3 45150 4 2336 x.bin 16\r\n"),
        ("four", "4\n1 0 4 2448 a\\x.bin 0\n2 450 0 2352 x.bin 0\n3 45000 4 2352 x.bin 0\n4 45300 0 2352 x.bin 4704\n"),
    ];
    texts.into_iter().map(|(name, text)| (name.to_owned(), [text.as_bytes(), MARK, &raw].concat())).collect()
}

/// Data and sound in every version, in one session and in two, without the 150 sectors before the first track.
pub(super) fn cdi() -> Vec<Seed> {
    let raw: Vec<u8> = (0..4).flat_map(|lba| mode1(lba, &[7; 2048])).collect();
    let sound: Vec<u8> = (0..4).flat_map(|sector| audio(1, sector)).collect();
    let data = [raw, sound].concat();
    let rows = [("2", 0x8000_0004_u32), ("3", 0x8000_0005), ("35", 0x8000_0006)].into_iter().flat_map(|(name, version)| {
        let data = &data;
        [false, true].map(move |two| (format!("version-{name}{}", if two { "-two" } else { "" }), cdi_image(version, two, data)))
    });
    rows.collect()
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Four sectors of Mode 1 and four of sound.
fn cdi_image(version: u32, two: bool, data: &[u8]) -> Vec<u8> {
    let newest = version == 0x8000_0006;
    let tail = vec![0; if version == 0x8000_0004 { 12 } else { 13 }];
    let (first, second) = (cdi_track(version, 1, 150, 0), cdi_track(version, 0, if two { 11_554 } else { 154 }, u32::from(two)));
    let sessions = if two {
        [&[2, 0, 1, 0][..], &first, &tail, &[1, 0], &second, &tail].concat()
    } else {
        [&[1, 0, 2, 0][..], &first, &second, &tail].concat()
    };
    let mut descriptor = sessions;
    if newest {
        descriptor.extend([0; 6]);
        descriptor.extend(cdi_head(version));
        descriptor.extend([158, 0, 0, 0, 0]);
        descriptor.extend([0; 9 + 13 + 4 + 4 + 8]);
    }
    let place = if newest { descriptor.len() + 8 } else { data.len() };
    [data, &descriptor, &words(&[version, u32::try_from(place).unwrap_or(0)])].concat()
}

/// From the marks to the medium.
fn cdi_head(version: u32) -> Vec<u8> {
    let mark = [0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
    let mut head = [mark, mark].concat();
    head.extend([0xAB, 0, 0x10, 2, 1, b'x']);
    head.extend([0; 19]);
    head.extend(if version == 0x8000_0006 { words(&[0x8000_0000, 0x5_7E40, 0x98_0000]) } else { words(&[0]) });
    head
}

fn cdi_track(version: u32, mode: u32, start: u32, session: u32) -> Vec<u8> {
    let mut track = words(&[0]);
    track.extend(cdi_head(version));
    track.extend([2, 0]);
    // Lengths, no CD-TEXT; then, two bytes later, mode, place, start, sectors, read mode, control.
    track.extend(words(&[0, 4, 0]));
    track.extend([0; 2]);
    track.extend(words(&[mode, 0, session, 0, start, 4, 0, 0, 0, 0, 2, mode * 4]));
    track.extend([0; 25]);
    if version > 0x8000_0004 {
        track.extend([0; 5]);
        track.extend(words(&[0]));
    }
    track
}
