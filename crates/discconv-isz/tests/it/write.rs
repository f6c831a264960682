//! What the writer plans, and what it writes, as its own reader and the rules of other readers have it.

use crate::lay::{all, crc32, masked, open, see};
use discconv_core::memory::MemoryFiles;
use discconv_core::{
    ConversionMode, Error, Execution, FormatWriter, LossKinds, Piece, Plan, PlannedFile, Quiet, Result, Role, Serial,
    WriteOptions, execute,
};
use discconv_isz::Isz;
use discconv_testkit::Rng;

/// A plan of one plain file.
fn plain(pieces: Vec<Piece>) -> Plan {
    Plan {
        files: vec![PlannedFile::new("out.iso", Role::Data, pieces)],
        entry: 0,
        format: "iso",
        forced: Some("iso2048"),
        inner: None,
        losses: vec![],
        dropped: vec![],
        discs: vec![],
        notes: vec![],
    }
}

fn write(content: &[u8], options: &WriteOptions) -> Result<Vec<u8>> {
    // In two pieces, so that chunks lie across them.
    let (a, b) = content.split_at(content.len() / 4096 * 2048);
    let plan = Isz.wrap(plain(vec![Piece::Bytes(a.to_vec()), Piece::Bytes(b.to_vec())]), "out", options)?;
    let files = MemoryFiles::new();
    let reader = |_: &discconv_core::Input<'_>| Ok(vec![]);
    let how = Execution {
        outputs: Some(&files),
        pool: &Serial,
        watch: &Quiet,
        allow: LossKinds::NONE,
        prove: true,
        source_name: "in",
        reader: &reader,
    };
    execute(&plan, &[], &how)?;
    assert_eq!(files.names(), ["out.isz"]);
    Ok(files.get("out.isz").unwrap().to_vec())
}

fn options(level: ConversionMode, block: Option<u32>) -> WriteOptions {
    WriteOptions { level, block, ..WriteOptions::default() }
}

/// Some of it packs well, some badly, some not at all.
fn mixed(sectors: usize) -> Vec<u8> {
    let mut rng = Rng::new(11);
    (0..sectors)
        .flat_map(|sector| match sector / 7 % 4 {
            0 => rng.bytes(2048),
            1 => vec![0; 2048],
            2 => rng.bytes(32).repeat(64),
            _ => (0..2048_u32).map(|n| (n * n / 97) as u8).collect(),
        })
        .collect()
}

/// Header and tables are what readers of other making want: see the layout in the crate's documentation.
fn check_layout(file: &[u8], content: &[u8], chunk: u32) {
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let chunks = content.len().div_ceil(chunk as usize);
    assert_eq!(&file[..6], b"IsZ!\x40\x01");
    assert_eq!(&file[10..12], [0, 8]);
    assert_eq!(word(12) as usize * 2048, content.len());
    assert_eq!(&file[16..25], [0; 9]);
    assert_eq!((word(25) as usize, word(29)), (chunks, chunk));
    assert_eq!(&file[33..35], [3, 0]);
    assert_eq!((word(35), word(39), word(43) as usize, file[47]), (64, 0, 64 + 3 * chunks, 0));
    let stored = &file[64 + 3 * chunks..];
    assert_eq!((word(48), word(52), word(56), word(60)), (!crc32(content), content.len() as u32, 0, !crc32(stored)));
    let table = masked(file[64..64 + 3 * chunks].to_vec());
    let mut at = 0;
    for (index, entry) in table.chunks(3).enumerate() {
        let value = u32::from_le_bytes([entry[0], entry[1], entry[2], 0]);
        let (kind, len) = (value >> 22, (value & 0x3F_FFFF) as usize);
        let raw = &content[index * chunk as usize..content.len().min((index + 1) * chunk as usize)];
        assert!(kind != 0, "chunk {index} is a zero chunk");
        assert!(if kind == 1 { len == raw.len() } else { len < raw.len() }, "chunk {index}: kind {kind}, {len} bytes");
        at += len;
    }
    assert_eq!(at, stored.len());
}

#[test]
fn round_trips_around_the_borders_of_chunks() {
    for level in [ConversionMode::Fast, ConversionMode::Normal, ConversionMode::Max] {
        for (block, sectors) in [(2048, 9), (4096, 9), (8192, 16), (8192, 15), (8192, 17), (131_072, 130), (262_144, 300)] {
            let content = mixed(sectors);
            let file = write(&content, &options(level, Some(block))).unwrap();
            check_layout(&file, &content, block);
            let seen = see(open(&file)).unwrap();
            assert!(seen.content == content, "{level:?} {block} {sectors}");
            assert_eq!((seen.promises, seen.notes.len()), (2, 0));
        }
    }
}

#[test]
fn without_a_block_the_usual_one() {
    for sectors in [1, 127, 128, 129, 256, 257] {
        let content = mixed(sectors);
        check_layout(&write(&content, &WriteOptions::default()).unwrap(), &content, 262_144);
    }
}

#[test]
fn kinds_of_chunks_by_level() {
    let kinds = |level: ConversionMode, content: &[u8]| {
        let file = write(content, &options(level, Some(65_536))).unwrap();
        let chunks = content.len().div_ceil(65_536);
        masked(file[64..64 + 3 * chunks].to_vec()).chunks(3).map(|entry| entry[2] >> 6).collect::<Vec<u8>>()
    };
    let noise = Rng::new(3).bytes(65_536);
    let text: Vec<u8> =
        (0..40_000).flat_map(|n: u32| format!("{} ", n.wrapping_mul(2_654_435_761) % 1000).into_bytes()).take(65_536).collect();
    let content = [noise, vec![0; 65_536], text].concat();
    assert_eq!(kinds(ConversionMode::Fast, &content), [1, 2, 2]);
    assert_eq!(kinds(ConversionMode::Normal, &content), [1, 2, 2]);
    let max = kinds(ConversionMode::Max, &content);
    assert_eq!((max[0], max[2]), (1, 3));
    assert_ne!(max[1], 0);
}

#[test]
fn levels_are_ordered_and_the_same_input_gives_the_same_bytes() {
    let content = mixed(1000);
    let sizes = [ConversionMode::Fast, ConversionMode::Normal, ConversionMode::Max].map(|level| {
        let file = write(&content, &options(level, None)).unwrap();
        assert_eq!(file, write(&content, &options(level, None)).unwrap());
        file.len()
    });
    assert!(sizes[0] >= sizes[1] && sizes[1] >= sizes[2], "{sizes:?}");
    let other = [&content[..content.len() - 1], &[1]].concat();
    assert_ne!(
        write(&content, &WriteOptions::default()).unwrap()[6..10],
        write(&other, &WriteOptions::default()).unwrap()[6..10]
    );
}

#[test]
fn refusals() {
    let of = |pieces: Vec<Piece>, options: &WriteOptions| Isz.wrap(plain(pieces), "out", options);
    let some = || vec![Piece::Zeros(8192)];
    let sector = |sector| WriteOptions { sector: Some(sector), ..WriteOptions::default() };
    let block = |block| options(ConversionMode::Normal, Some(block));
    let mut several = plain(some());
    several.files.push(several.files[0].clone());
    let rows = [
        ("2352", of(some(), &sector(2352))),
        ("2448", of(some(), &sector(2448))),
        ("chunks of nothing", of(some(), &block(0))),
        ("chunks of 3000 bytes", of(some(), &block(3000))),
        ("chunks of 4 MiB", of(some(), &block(4 << 20))),
        ("no sectors", of(vec![], &WriteOptions::default())),
        ("half a sector", of(vec![Piece::Zeros(3000)], &WriteOptions::default())),
        ("more than can be read", of(vec![Piece::Zeros((128 << 30) + 2048)], &WriteOptions::default())),
        ("too many chunks", of(vec![Piece::Zeros(100 << 30)], &block(2048))),
        ("several files", Isz.wrap(several, "out", &WriteOptions::default())),
        ("a disc", Isz.plan(&[], "out", &WriteOptions::default())),
    ];
    let text: Vec<String> = rows
        .into_iter()
        .map(|(what, outcome)| {
            let error = outcome.unwrap_err();
            assert!(matches!(error, Error::Unsupported { .. } | Error::DoesNotFit { .. }));
            format!("== {what}\n{error}\nhint: {}", error.hint().unwrap_or_default())
        })
        .collect();
    insta::assert_snapshot!(text.join("\n"));
    assert!(of(vec![Piece::Zeros(128 << 30)], &WriteOptions::default()).is_ok());
    assert!(of(some(), &sector(2048)).is_ok());
    assert!(of(some(), &block((4 << 20) - 2048)).is_ok());
}

#[test]
fn the_plan_says_how_it_is_read_again() {
    let options = WriteOptions { extension: "ISZ".to_owned(), ..WriteOptions::default() };
    let plan = Isz.wrap(plain(vec![Piece::Zeros(2048)]), "out", &options).unwrap();
    assert_eq!((plan.files[0].name.as_str(), plan.format, plan.forced), ("out.ISZ", "isz", Some("isz")));
    assert_eq!(plan.inner.unwrap().forced, Some("iso2048"));
}

/// What the writer made is read in any part, by the same rules as anything else.
#[test]
fn content_is_a_source_like_any_other() {
    let content = mixed(300);
    let discconv_core::Opened::Bytes { source, .. } = open(&write(&content, &WriteOptions::default()).unwrap()).unwrap() else {
        panic!()
    };
    assert_eq!(source.block_hint(), 262_144);
    assert!(all(source.as_ref()).unwrap() == content);
}
