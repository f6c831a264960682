//! What is written, looked at with other eyes, and read back.

use crate::lay::{BLOCK, Told, data, disc, mixed, open, pbp, raw_of, sound};
use discconv_core::memory::MemoryFiles;
use discconv_core::{
    ConversionMode, Disc, DiscParts, Execution, Extent, Extra, ExtraKind, Form, Format, FormatWriter, Input, Isrc, Lba,
    LossKinds, Mcn, Media, Opened, Place, Plan, Quiet, Result, Serial, Session, SessionKind, SourceId, SubCoding, Toc, Track,
    TrackMode, WriteOptions, execute, outline,
};
use discconv_pbp::Pbp;
use discconv_testkit::fixtures::by_name;
use discconv_testkit::reference::RAW;
use std::io::Read;
use std::sync::Arc;

fn plan(discs: &[Disc], options: &WriteOptions) -> Result<Plan> {
    FormatWriter::plan(&Pbp, discs, "game", options)
}

/// The file, proven by the engine.
fn written(discs: &[Disc], options: &WriteOptions) -> Vec<u8> {
    let plan = plan(discs, options).unwrap();
    let files = MemoryFiles::new();
    let reader = |input: &Input<'_>| match Pbp.open(input)? {
        Opened::Discs(discs) => Ok(discs),
        Opened::Bytes { .. } => panic!("a PBP is no wrapper"),
    };
    let how = Execution {
        outputs: Some(&files),
        pool: &Serial,
        watch: &Quiet,
        allow: LossKinds::ALL,
        prove: true,
        source_name: "in",
        reader: &reader,
    };
    execute(&plan, discs, &how).unwrap();
    files.get(&plan.files[0].name).unwrap().to_vec()
}

fn word(file: &[u8], at: usize) -> usize {
    u32::from_le_bytes(*file[at..].first_chunk().unwrap()) as usize
}

/// The sectors of the disc at `at`, as PCSX-ReARMed and Beetle PSX find them: each block ends where the next begins, and all of
/// them are deflate streams.
fn unpacked(file: &[u8], at: usize) -> Vec<u8> {
    let entries: Vec<(usize, usize)> = (0..)
        .map(|n| at + 0x4000 + n * 32)
        .map(|at| (word(file, at), word(file, at + 4)))
        .take_while(|(_, len)| *len != 0)
        .collect();
    let ends = entries.iter().skip(1).map(|(offset, _)| *offset).chain([entries.last().map_or(0, |(offset, len)| offset + len)]);
    let mut all = Vec::new();
    for ((offset, len), end) in entries.iter().zip(ends) {
        assert!(offset + len == end && *len != BLOCK && *len <= BLOCK + 100, "{offset} {len} {end}");
        let coded = &file[at + 0x10_0000 + offset..][..*len];
        let before = all.len();
        flate2::read::DeflateDecoder::new(coded).read_to_end(&mut all).unwrap();
        assert_eq!(all.len() - before, BLOCK);
    }
    all
}

fn fixture(name: &str) -> Disc {
    let fixture = by_name(name).unwrap();
    let bytes = fixture.entry_bytes().to_vec();
    raw_disc(&bytes, TrackMode::Mode2)
}

/// One data track of these raw sectors.
fn raw_disc(raw: &[u8], mode: TrackMode) -> Disc {
    let toc = Toc::single_data(Media::Cd, mode, i32::try_from(raw.len() / RAW).unwrap());
    made(toc, raw, Form::RAW, Vec::new())
}

fn made(toc: Toc, raw: &[u8], form: Form, extras: Vec<Extra>) -> Disc {
    let place =
        |first: Lba| Place { source: SourceId(0), offset: u64::try_from(first.0).unwrap() * u64::from(form.stride), form };
    let extents = toc.tracks().map(|track| Extent::stored(track.first()..track.end, track.mode, place(track.first()))).collect();
    let sources: Vec<Arc<dyn discconv_core::ReadAt>> = vec![Arc::new(discconv_core::Bytes::new("game.bin", raw))];
    Disc::new("game", DiscParts { toc, sources, extents, notes: Vec::new(), checks: Vec::new(), extras }).unwrap()
}

fn from_pbp(raw: &[u8], tracks: &[Told]) -> Disc {
    open(&pbp(&disc(raw, tracks))).unwrap().remove(0)
}

const ONE: &[Told] = &[Told(0x41, 1, 0, 150)];

/// The numbers of the notes, byte by byte.
#[test]
fn one_disc_byte_by_byte() {
    let file = written(&[fixture("playstation")], &WriteOptions { title: Some("A title".to_owned()), ..WriteOptions::default() });
    assert_eq!(&file[..8], b"\0PBP\0\0\x01\0");
    let offsets: Vec<usize> = (0..8).map(|place| word(&file, 8 + place * 4)).collect();
    let sfo = offsets[1];
    assert_eq!(offsets, [0x28, sfo, sfo, sfo, sfo, sfo, sfo, 0x1_0000]);
    for key in ["BOOTABLE", "CATEGORY", "DISC_ID", "TITLE", "SLXX00000", "A title", "ME"] {
        assert!(file[0x28..sfo].windows(key.len()).any(|text| text == key.as_bytes()), "{key}");
    }
    let disc = &file[0x1_0000..];
    assert_eq!((&disc[..12], &disc[0x400..0x40C]), (&b"PSISOIMG0000"[..], &b"_SLXX_00000\0"[..]));
    // 29 sectors are two blocks.
    let table =
        "41 00 a0 00 00 00 00 01 20 00 41 00 a1 00 00 00 00 01 00 00 41 00 a2 00 00 00 00 00 00 29 41 00 01 00 00 00 00 00 02 00";
    let hex: Vec<String> = disc[0x800..0x828].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex.join(" "), table);
    assert!(disc[0x828..0xBFC].iter().all(|byte| *byte == 0));
    assert_eq!((word(disc, 0xBFC), word(disc, 0x1228)), (0x10_0000, 0x7FF));
    assert_eq!(&disc[0x122C..0x1234], b"A title\0");
    assert_eq!((word(disc, 0x0C), word(disc, 0x1220)), (disc.len(), disc.len() + 0x2D31));
    assert!(disc.len().is_multiple_of(16) && word(disc, 0x4004) > 0 && word(disc, 0x4044) == 0);
    let raw = unpacked(disc, 0);
    let (data, filler) = raw.split_at(29 * RAW);
    assert!(data == by_name("playstation").unwrap().entry_bytes() && filler.iter().all(|byte| *byte == 0));
}

/// Points, addresses and kinds of several tracks.
#[test]
fn the_table_of_several_tracks() {
    let (raw, tracks) = mixed();
    let file = written(&[from_pbp(&raw, &tracks)], &WriteOptions::default());
    let rows: Vec<String> = file[0x1_0800..0x1_0800 + 60]
        .chunks(10)
        .map(|row| row.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        rows,
        [
            "41 00 a0 00 00 00 00 01 20 00",
            "01 00 a1 00 00 00 00 03 00 00",
            // 87 sectors, not the address of the lead-out.
            "01 00 a2 00 00 00 00 00 01 12",
            "41 00 01 00 00 00 00 00 02 00",
            "01 00 02 00 02 50 00 00 02 55",
            "01 00 03 00 03 00 00 00 03 00",
        ]
    );
    assert!(unpacked(&file, 0x1_0000).starts_with(&raw));
    assert!(raw_of(&open(&file).unwrap()[0]).unwrap() == raw);
}

#[test]
fn several_discs() {
    let (raw, tracks) = mixed();
    let all = [data(0, 100), raw, data(0, 1)];
    let discs = [from_pbp(&all[0], ONE), from_pbp(&all[1], &tracks), from_pbp(&all[2], ONE)];
    for level in [ConversionMode::Fast, ConversionMode::Normal, ConversionMode::Max] {
        let file = written(&discs, &WriteOptions { level, ..WriteOptions::default() });
        let psar = &file[0x1_0000..];
        assert_eq!(&psar[..16], b"PSTITLEIMG000000");
        assert_eq!(&psar[0x264..0x270], b"_SLXX_00001\0");
        assert_eq!(&psar[0x30C..0x313], b"A game\0");
        assert_eq!(word(psar, 0x10), psar.len());
        let places: Vec<usize> = (0..5).map(|place| word(psar, 0x200 + place * 4)).collect();
        assert!(places[..3].iter().all(|place| *place > 0 && place % 0x8000 == 0) && places[3..] == [0, 0], "{places:?}");
        for (place, raw) in places.iter().zip(&all) {
            assert!(unpacked(psar, *place).starts_with(raw));
        }
        let found = open(&file).unwrap();
        assert!(found.len() == 3 && found.iter().zip(&all).all(|(disc, raw)| raw_of(disc).unwrap() == *raw));
    }
}

/// What does not pack is stored within a stream, and one of exactly a block's length is avoided.
#[test]
fn noise_grows_by_five_bytes_a_block() {
    let raw = [data(0, 16), discconv_testkit::Rng::new(3).bytes(64 * RAW)].concat();
    let file = written(&[raw_disc(&raw, TrackMode::Mode2)], &WriteOptions::default());
    assert!(unpacked(&file, 0x1_0000).starts_with(&raw));
    assert!((1..5).all(|block| word(&file, 0x1_4004 + block * 32) == BLOCK + 5));
}

#[test]
fn plans() {
    let (raw, tracks) = mixed();
    let discs = [from_pbp(&raw, &tracks), from_pbp(&data(0, 33), ONE)];
    insta::assert_snapshot!("plan_of_one", outline::plan(&plan(&discs[..1], &WriteOptions::default()).unwrap()));
    insta::assert_snapshot!("plan_of_two", outline::plan(&plan(&discs, &WriteOptions::default()).unwrap()));
}

/// A disc that says all that a PBP cannot.
fn rich() -> Disc {
    let mut toc = Toc::single_data(Media::Cd, TrackMode::Mode2, 30);
    let mut second = toc.sessions[0].tracks[0].clone();
    second.number = 2;
    second.mode = TrackMode::Audio;
    second.indexes = vec![(0, Lba(30)), (1, Lba(34)), (2, Lba(40)), (3, Lba(45))];
    (second.control.dcp, second.control.pre_emphasis) = (true, true);
    (second.end, second.isrc) = (Lba(50), Isrc::new("DEABC0000001"));
    toc.mcn = Mcn::new("4006408123456");
    toc.cd_text = Some(discconv_core::CdText::default());
    toc.sessions[0].lead_out = Lba(60);
    let mut late: Track = toc.sessions[0].tracks[0].clone();
    (late.number, late.indexes, late.end) = (3, vec![(1, Lba(100))], Lba(110));
    toc.sessions[0].tracks.push(second);
    toc.sessions.push(Session { kind: SessionKind::Xa, tracks: vec![late], lead_out: Lba(110) });
    let raw = [data(0, 30), sound(2, 20), vec![0; 50 * RAW], data(100, 10)].concat();
    let with_sub: Vec<u8> = raw.chunks(RAW).flat_map(|sector| [sector, &[0x55; 96]].concat()).collect();
    made(toc, &with_sub, Form { sub: Some(SubCoding::Interleaved), stride: 2448, ..Form::RAW }, Vec::new())
}

#[test]
fn losses_by_name() {
    let discs = [raw_disc(&data(0, 16), TrackMode::Mode2), rich()];
    let plan = plan(&discs, &WriteOptions::default()).unwrap();
    let lines: Vec<String> = outline::plan(&plan)
        .lines()
        .filter(|line| line.starts_with("loses") || line.starts_with("drops"))
        .map(str::to_owned)
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert!(plan.notes.iter().any(|note| note.contains("game_2.sbi")), "{:?}", plan.notes);
    let found = open(&written(&discs, &WriteOptions::default())).unwrap();
    assert_eq!(found[1].toc().tracks().map(|track| track.start().0).collect::<Vec<_>>(), [0, 34, 100]);
}

#[test]
fn what_is_refused() {
    let mut text = String::new();
    let mut tell = |discs: &[Disc], options: &WriteOptions| {
        let error = plan(discs, options).unwrap_err();
        text += &format!("{}: {error}\nhint: {}\n", error.code(), error.hint().unwrap_or_default());
    };
    let one = raw_disc(&data(0, 16), TrackMode::Mode2);
    tell(&[], &WriteOptions::default());
    tell(&vec![one.clone(); 6], &WriteOptions::default());
    tell(std::slice::from_ref(&one), &WriteOptions { sector: Some(2048), ..WriteOptions::default() });
    tell(std::slice::from_ref(&one), &WriteOptions { icon: Some(b"GIF89a".as_slice().into()), ..WriteOptions::default() });
    for media in [Media::Dvd, Media::Unknown, Media::Gd] {
        let toc = Toc::single_data(media, TrackMode::Mode1, 16);
        tell(&[made(toc, &[0; 16 * 2048], Form::USER, Vec::new())], &WriteOptions::default());
    }
    let dvd = made(Toc::single_data(Media::Dvd, TrackMode::Mode1, 16), &[0; 16 * 2048], Form::USER, Vec::new());
    tell(&[one, dvd], &WriteOptions::default());
    insta::assert_snapshot!(text);
}

/// Number and title: what was asked for, what the PBP had, what the volume says, what the file is called.
#[test]
fn names() {
    let head = |disc: &Disc, title: Option<&str>| {
        let file =
            written(std::slice::from_ref(disc), &WriteOptions { title: title.map(str::to_owned), ..WriteOptions::default() });
        let text = |at: usize, len: usize| {
            let bytes = &file[0x1_0000 + at..][..len];
            String::from_utf8(bytes.split(|byte| *byte == 0).next().unwrap().to_vec()).unwrap()
        };
        (text(0x400, 16), text(0x122C, 128))
    };
    let pair = |number: &str, title: &str| (number.to_owned(), title.to_owned());
    // The label is no more than the number, so the file's name is the title.
    assert_eq!(head(&fixture("playstation"), None), pair("_SLXX_00000", "game"));
    assert_eq!(head(&fixture("playstation"), Some("Räuber")), pair("_SLXX_00000", "Räuber"));
    let plain = raw_disc(&data(0, 30), TrackMode::Mode2);
    assert_eq!(head(&plain, None), pair("_SLUS_00000", "game"));
    assert_eq!(head(&from_pbp(&data(0, 30), ONE), None), pair("_SLXX_00001", "A game"));
    let (_, cut) = head(&plain, Some(&"ü".repeat(70)));
    assert_eq!(cut, "ü".repeat(63));
    let kept = |kind, bytes: &[u8]| Extra { kind: ExtraKind::other(kind), name: String::new(), bytes: bytes.to_vec() };
    let toc = Toc::single_data(Media::Cd, TrackMode::Mode2, 16);
    let odd = made(toc, &data(0, 16), Form::RAW, vec![kept("pbp-number", b"no number"), kept("pbp-title", b"\xFF\n\0x")]);
    assert_eq!(head(&odd, None), pair("_SLUS_00000", "\u{FFFD}x"));
}

/// A picture is in its place, and comes along from PBP to PBP.
#[test]
fn pictures() {
    let png = [&b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x50\0\0\0\x50"[..], &[7; 100]].concat();
    let options = WriteOptions { icon: Some(png.clone().into()), ..WriteOptions::default() };
    let file = written(&[raw_disc(&data(0, 16), TrackMode::Mode2)], &options);
    let icon = |file: &[u8]| file[word(file, 0x0C)..word(file, 0x10)].to_vec();
    assert_eq!(icon(&file), png);
    assert_eq!(icon(&written(&open(&file).unwrap(), &WriteOptions::default())), png);
    // A large one moves all that follows it.
    let large = [&png[..], &vec![1; 200_000]].concat();
    let options = WriteOptions { icon: Some(large.clone().into()), ..options };
    let file = written(&[raw_disc(&data(0, 16), TrackMode::Mode2)], &options);
    assert_eq!((icon(&file), word(&file, 0x24)), (large, 0x4_0000));
}
