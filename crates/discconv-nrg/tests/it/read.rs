//! Whole images, laid by hand.

use crate::lay::{Told, chunk, cues, cuex, dao, lines, mtyp, nothing, open, open_source, outline, sinf, v1, v2};
use crate::sparse::Sparse;
use discconv_core::{Lba, Media};
use discconv_testkit::cd_text;
use discconv_testkit::reference::RAW;
use discconv_testkit::stored::{as_mode1, sound};
use discconv_testkit::{Rng, fixtures};
use std::sync::atomic::Ordering;

/// Data of 26 sectors, then sound with a pregap of 5 and 4 sectors: the sectors, and the tracks of the table.
fn mixed(size: u16) -> (Vec<u8>, [u64; 6]) {
    let user = fixtures::by_name("iso-2048").unwrap().entry_bytes().to_vec();
    let data = if size == 2048 { user } else { as_mode1(0, &user) };
    let bytes = usize::from(size);
    let image = [vec![0; 150 * bytes], data, nothing(5), sound(2, 4)].concat();
    let at = |data: usize, sound: usize| (data * bytes + sound * RAW) as u64;
    (image, [0, at(150, 0), at(176, 0), at(176, 0), at(176, 5), at(176, 9)])
}

const SHEET: [(u8, u8, u8, i32); 6] =
    [(0x41, 0, 0, -150), (0x41, 1, 0, -150), (0x41, 1, 1, 0), (0x21, 2, 0, 26), (0x21, 2, 1, 31), (0x21, 0xAA, 1, 35)];

/// Version, sector size, mode code of the data.
fn laid(version: u8, size: u16, code: u8) -> Vec<u8> {
    let (data, [a, b, c, d, e, f]) = mixed(size);
    let tracks = [Told("", size, code, [a, b, c]), Told("DEABC0000002", 2352, 7, [d, e, f])];
    let rest = [chunk("AFNM", b"a.wav\0"), sinf(2), mtyp(1)];
    if version == 1 {
        v1(&data, &[vec![cues(&SHEET), dao("DAOI", "4006408123456", 0, 1, &tracks)], rest.to_vec()].concat())
    } else {
        v2(&data, &[vec![cuex(&SHEET), dao("DAOX", "4006408123456", 0, 1, &tracks)], rest.to_vec()].concat())
    }
}

#[test]
fn disc_at_once() {
    let text = outline(&laid(2, 2352, 5));
    insta::assert_snapshot!(text);
    // Version 1 says the same, and so do sectors of 2048 bytes but for their places.
    assert_eq!(outline(&laid(1, 2352, 5)), text);
    let toc = |bytes: &[u8]| lines(bytes, &["media", "mcn", "session", "track"]);
    for version in [1, 2] {
        assert_eq!(toc(&laid(version, 2048, 0)), toc(&laid(2, 2352, 5)));
    }
}

/// Sound of three seconds in three tracks, the second with further indexes, with all that tables can say.
#[test]
fn everything_that_tables_say() {
    let data = [nothing(150), sound(1, 12)].concat();
    let at = |sector: u64| (150 + sector) * 2352;
    let sheet = [
        (0x01, 0, 0, -150),
        (0x01, 4, 0, -150),
        (0x31, 4, 1, 0),
        (0x81, 5, 0, 4),
        (0x81, 5, 1, 4),
        (0x81, 5, 2, 6),
        (0x81, 5, 3, 7),
        (0x01, 6, 0, 8),
        (0x01, 6, 1, 10),
        (0x01, 0xAA, 1, 12),
    ];
    let tracks = [
        Told("DEABC0000001", 2352, 7, [0, at(0), at(4)]),
        Told("", 2352, 8, [at(4), at(4), at(8)]),
        Told("DEABC0000003", 2352, 7, [at(8), at(10), at(12)]),
    ];
    let packs = cd_text::block(&["Disc", "One", "Two", "Three"], &["A", "B", "C", "D"], 3).concat();
    let chunks = [
        cuex(&sheet),
        dao("DAOX", "4006408123456", 0x20, 4, &tracks),
        chunk("CDTX", &packs),
        sinf(3),
        mtyp(1),
        chunk("RELO", &[0; 4]),
    ];
    insta::assert_snapshot!(outline(&v2(&data, &chunks)));
}

/// Two sessions at once and one of track at once behind them.
#[test]
fn many_sessions() {
    let data = [
        nothing(150),
        sound(1, 6),
        as_mode1(11_406 - 150, &[0; 150 * 2048]),
        as_mode1(11_406, &Rng::new(1).bytes(5 * 2048)),
        sound(3, 3),
    ];
    let ends: Vec<u64> = data
        .iter()
        .scan(0, |end, part| {
            *end += part.len() as u64;
            Some(*end)
        })
        .collect();
    let first = [(0x01, 0, 0, -150), (0x01, 1, 0, -150), (0x01, 1, 1, 0), (0x01, 0xAA, 1, 6)];
    let second = [(0x41, 0, 0, 11_256), (0x41, 2, 0, 11_256), (0x41, 2, 1, 11_406), (0x41, 0xAA, 1, 11_411)];
    let third = [ends[3], 3 * 2352].iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let third = [third, [7_u32, 0, 0, 3].iter().flat_map(|word| word.to_be_bytes()).collect()].concat();
    let chunks = [
        cuex(&first),
        dao("DAOX", "", 0, 1, &[Told("", 2352, 7, [0, ends[0], ends[1]])]),
        sinf(1),
        cuex(&second),
        dao("DAOX", "", 0, 2, &[Told("", 2352, 5, [ends[1], ends[2], ends[3]])]),
        sinf(1),
        chunk("ETN2", &third),
        sinf(1),
        mtyp(1),
    ];
    insta::assert_snapshot!(outline(&v2(&data.concat(), &chunks)));
}

/// Tracks at once, of `count` tracks of so many sectors, in the table `id`.
fn at_once(id: &str, size: usize, code: u32, lengths: &[usize]) -> (Vec<u8>, Vec<u8>) {
    let mut table = Vec::new();
    let mut data = Vec::new();
    for sectors in lengths {
        let (offset, length, start) = (data.len(), sectors * size, data.len() / size);
        let words: Vec<u32> = match id {
            "TINF" => vec![offset as u32, length as u32, code],
            "ETNF" => vec![offset as u32, length as u32, code, start as u32, 0],
            _ => vec![0, offset as u32, 0, length as u32, code, start as u32, 0, *sectors as u32],
        };
        table.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        data.extend(Rng::new(3).bytes(length));
    }
    (data, chunk(id, &table))
}

/// The image of five tracks of mode 3 whose start field counts no gaps: 150 sectors lie before each track.
#[test]
fn track_at_once() {
    let all = ["TINF", "ETNF", "ETN2"].map(|id| {
        let (data, table) = at_once(id, 2336, 3, &[10, 20, 5, 7, 9]);
        let chunks = [table, chunk("DINF", &[0; 4]), sinf(5)];
        if id == "ETN2" { outline(&v2(&data, &chunks)) } else { outline(&v1(&data, &chunks)) }
    });
    assert_eq!(all[0], all[1]);
    assert_eq!(all[1], all[2]);
    insta::assert_snapshot!(all[0]);
}

#[test]
fn track_at_once_in_sessions() {
    // Without SINF each table is a session.
    let (data, table) = at_once("ETNF", 2048, 0, &[4]);
    let second =
        chunk("ETNF", &[data.len() as u32, 3 * 2048, 0, 4, 0].iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>());
    let data = [data, vec![1; 3 * 2048]].concat();
    let kind = chunk("TOCT", &[0x20, 0]);
    let found = lines(&v1(&data, &[table.clone(), kind.clone(), second.clone()]), &["session", "track"]);
    assert_eq!(
        found,
        ["session 1 xa lead-out 4", "track 01 mode1 01@0 end 4", "session 2 lead-out 11407", "track 02 mode1 01@11404 end 11407"]
    );
    // With it, all tables before it are one.
    let found = lines(&v1(&data, &[table, second, sinf(2)]), &["session", "track", "extent"]);
    assert_eq!(found[..3], ["session 1 lead-out 157", "track 01 mode1 01@0 end 4", "track 02 mode1 00@4 01@154 end 157"]);
    assert_eq!(found[4], "extent 4..154 mode1 gap in no file");
}

/// The footer of a real image of 667,756,660 bytes: its sheet and its table.
#[test]
fn worked_example() {
    let end = 0x27CD_2800;
    let sheet = [(0x41, 0, 0, -150), (0x41, 1, 0, -150), (0x41, 1, 1, 0), (0x41, 0xAA, 1, 325_903)];
    let sheet = cues(&sheet);
    assert_eq!(sheet[8 + 20..8 + 24], [0, 0, 2, 0]);
    assert_eq!(sheet[8 + 28..], [0, 0x72, 0x27, 0x28]);
    let table = dao("DAOI", "", 0, 1, &[Told("", 2048, 0, [0, 0x4B000, end])]);
    assert_eq!(table[4..8], [0, 0, 0, 0x34]);
    let tail = [sheet, table, b"END!\0\0\0\0NERO".to_vec(), u32::try_from(end).unwrap().to_be_bytes().to_vec()].concat();
    let source = Sparse::new(end, tail);
    assert_eq!(discconv_core::ReadAt::len(source.as_ref()), 667_756_660);
    let disc = open_source("big.nrg", source.clone()).unwrap();
    assert_eq!((disc.toc().media, disc.toc().sessions[0].lead_out, disc.notes().len()), (Media::Cd, Lba(325_903), 0));
    let read = source.read.load(Ordering::Relaxed);
    assert!(read < 1 << 20, "{read} bytes read");
}

#[test]
fn dvds() {
    let user = fixtures::by_name("iso-2048").unwrap().entry_bytes().to_vec();
    // At once with zeros before it, and without; track at once.
    let padded = crate::lay::single(&user, 2048, 0, 0x41);
    let at = padded.windows(8).rposition(|window| window == b"MTYP\0\0\0\x04").unwrap();
    let with = |mask: u32| [&padded[..at + 8], &mask.to_be_bytes(), &padded[at + 12..]].concat();
    let sheet = [(0x41, 0, 0, 0), (0x41, 1, 0, 0), (0x41, 1, 1, 0), (0x41, 0xAA, 1, 26)];
    let table = dao("DAOX", "", 0, 1, &[Told("", 2048, 0, [0, 0, user.len() as u64])]);
    let bare = v2(&user, &[cuex(&sheet), table, sinf(1), mtyp(8)]);
    let (data, table) = at_once("ETN2", 2048, 0, &[26]);
    let track = v2(&data, &[table, sinf(1), mtyp(0x8_0000)]);
    for (bytes, media) in [
        (with(0x200), "dvd"),
        (with(4), "dvd"),
        (with(0x20_0000), "bd"),
        (with(0x80_0000), "unknown"),
        (with(0x400), "cd"),
        (with(0x40), "cd"),
        (bare, "dvd"),
        (track, "dvd"),
    ] {
        let found = lines(&bytes, &["media", "session", "track", "note"]);
        assert_eq!(found, [&format!("media {media}"), "session 1 lead-out 26", "track 01 mode1 01@0 end 26"]);
    }
    let disc = open(&with(0x200)).unwrap();
    let mut sector = [0; 2048];
    disc.read_sectors(Lba(16), &discconv_core::Form::USER, &mut Default::default(), &mut sector).unwrap();
    assert_eq!(&sector[1..6], b"CD001");
    // A medium that has no sound.
    assert_eq!(lines(&crate::lay::single(&sound(1, 4), 2352, 7, 1), &["media"]), ["media cd"]);
}
