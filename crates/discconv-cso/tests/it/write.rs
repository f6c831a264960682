//! What is written comes back.

use crate::lay::{FORMATS, content, open};
use discconv_core::memory::MemoryFiles;
use discconv_core::{
    Bytes, ConversionMode, Disc, DiscParts, Execution, Extent, Form, Format, Lba, LossKinds, Media, Piece, Place, Plan,
    PlannedFile, Quiet, ReadAt, Result, Role, Serial, SourceId, Toc, TrackMode, WriteOptions, execute,
};
use discconv_cso::{Cso, Cso2, Dax, Zso};
use std::sync::Arc;

/// A disc of `source`, 2048 bytes a sector.
fn disc(source: Arc<dyn ReadAt>) -> Disc {
    let sectors = i32::try_from(source.len() / 2048).unwrap();
    let place = Place { source: SourceId(0), offset: 0, form: Form::USER };
    let extents = vec![Extent::stored(Lba(0)..Lba(sectors), TrackMode::Mode1, place)];
    let toc = Toc::single_data(Media::Dvd, TrackMode::Mode1, sectors);
    let (sources, notes, checks, extras) = (vec![source], Vec::new(), Vec::new(), Vec::new());
    Disc::new("x", DiscParts { toc, sources, extents, notes, checks, extras }).unwrap()
}

/// The plan of an image of `len` bytes, as the writer of images makes it.
fn image(len: u64) -> Plan {
    let pieces = vec![Piece::Copy { disc: 0, source: SourceId(0), range: 0..len }];
    Plan {
        files: vec![PlannedFile::new("game.iso", Role::Data, pieces)],
        entry: 0,
        format: "iso",
        forced: Some("iso2048"),
        inner: None,
        losses: Vec::new(),
        dropped: Vec::new(),
        discs: Vec::new(),
        notes: Vec::new(),
    }
}

fn wrap(format: &dyn Format, len: u64, options: &WriteOptions) -> Result<Plan> {
    format.writer().unwrap().wrap(image(len), "game", options)
}

/// The bytes of the file around `raw`.
fn written(format: &dyn Format, raw: &[u8], options: &WriteOptions) -> Vec<u8> {
    let plan = wrap(format, raw.len() as u64, options).unwrap_or_else(|error| panic!("{error}"));
    let files = MemoryFiles::new();
    let reader = |_: &discconv_core::Input<'_>| Ok(Vec::new());
    let how = Execution {
        outputs: Some(&files),
        pool: &Serial,
        watch: &Quiet,
        allow: LossKinds::NONE,
        prove: true,
        source_name: "in",
        reader: &reader,
    };
    execute(&plan, &[disc(Arc::new(Bytes::new("game.iso", raw)))], &how).unwrap();
    files.get(&plan.files[0].name).unwrap().to_vec()
}

#[test]
fn all_sizes_and_levels_come_back() {
    for format in FORMATS.iter().filter(|format| format.info().writes) {
        let blocks: &[u32] = if format.info().id == "dax" { &[8192] } else { &[2048, 4096, 8192, 16384, 65536, 262_144] };
        for block in blocks {
            let per_block = (*block / 2048) as usize;
            for sectors in [1, per_block - 1, per_block, per_block + 1, 3 * per_block, 3 * per_block + 1] {
                let raw = content(sectors * 2048);
                for level in [ConversionMode::Fast, ConversionMode::Normal, ConversionMode::Max] {
                    if raw.is_empty() || (level == ConversionMode::Max && sectors > 40) {
                        continue;
                    }
                    let options = WriteOptions { block: Some(*block), level, ..WriteOptions::default() };
                    let file = written(*format, &raw, &options);
                    let opened = open(&file).unwrap();
                    assert!(opened.notes.is_empty(), "{:?}", opened.notes);
                    assert!(opened.all().unwrap() == raw, "{} {block} {sectors}", format.info().id);
                }
            }
        }
    }
}

/// Blocks that do not pack are stored, so that nothing grows by more than its table (a DAX: by eleven bytes a block).
#[test]
fn noise_is_stored() {
    let raw = discconv_testkit::Rng::new(3).bytes(64 * 2048);
    for (format, expected) in [
        (&Cso as &dyn Format, 24 + 65 * 4 + raw.len()),
        (&Cso2, 24 + 65 * 4 + raw.len()),
        (&Zso, 24 + 65 * 4 + raw.len()),
        (&Dax, 32 + 16 * 6 + 16 * (8192 + 11)),
    ] {
        let file = written(format, &raw, &WriteOptions::default());
        assert_eq!(file.len(), expected, "{}", format.info().id);
        assert!(open(&file).unwrap().all().unwrap() == raw);
    }
}

/// One sector of zeros, byte by byte: header, index, and what is left is one small block.
#[test]
fn headers() {
    for (format, head) in [
        (&Cso as &dyn Format, "4349534f 18000000 0008000000000000 00080000 01 00 0000 20000000"),
        (&Cso2, "4349534f 18000000 0008000000000000 00080000 02 00 0000 20000000"),
        (&Zso, "5a49534f 18000000 0008000000000000 00080000 01 00 0000 20000000"),
        (&Dax, "44415800 00080000 00000000 00000000 00000000000000000000000000000000 26000000"),
    ] {
        let file = written(format, &[0; 2048], &WriteOptions::default());
        let head = head.replace(' ', "");
        let found: String = file.iter().map(|byte| format!("{byte:02x}")).collect();
        let found = if format.info().id == "cso2" { found.replacen("20000080", "20000000", 1) } else { found };
        assert!(found.starts_with(&head), "{}: {found}", format.info().id);
        assert!(file.len() < 70, "{}: {}", format.info().id, file.len());
        let end = u32::from_le_bytes(*file[28..].first_chunk().unwrap());
        assert!(format.info().id == "dax" || end as usize == file.len());
    }
}

/// In version 2 a block is LZ4 where that is smaller: bytes that occur once are cheaper in it than in deflate.
#[test]
fn whichever_is_smaller() {
    let once: Vec<u8> = (0..60).map(|n| 0x90 + n).collect();
    let repeated: Vec<u8> = once.iter().copied().cycle().take(2048).collect();
    let raw = [vec![0; 2048], repeated, discconv_testkit::Rng::new(9).bytes(2048), content(2048)].concat();
    let entries = |format: &dyn Format| {
        let file = written(format, &raw, &WriteOptions::default());
        assert!(open(&file).unwrap().all().unwrap() == raw);
        (0..5).map(|n| u32::from_le_bytes(*file[24 + n * 4..].first_chunk().unwrap())).collect::<Vec<_>>()
    };
    let [one, two] = [&Cso as &dyn Format, &Cso2].map(entries);
    let flagged = |entries: &[u32]| entries.iter().map(|entry| entry >> 31).collect::<Vec<_>>();
    let lengths =
        |entries: &[u32]| entries.windows(2).map(|pair| (pair[1] & !(1 << 31)) - (pair[0] & !(1 << 31))).collect::<Vec<_>>();
    assert_eq!((flagged(&one), flagged(&two)), (vec![0, 0, 1, 0, 0], vec![0, 1, 0, 1, 0]));
    let (one, two) = (lengths(&one), lengths(&two));
    assert!(two[1] < one[1] && two[3] < one[3] && two[2] == one[2], "{one:?} {two:?}");
}

/// Blocks and shift by the length of the image, decided before anything is written.
#[test]
fn what_is_chosen() {
    const GIB: u64 = 1 << 30;
    let mut text = String::new();
    for (name, len) in [
        ("1 sector", 2048),
        ("700 MiB", 700 << 20),
        ("2 GiB - 1 sector", 2 * GIB - 2048),
        ("2 GiB", 2 * GIB),
        ("2 GiB + 1 sector", 2 * GIB + 2048),
        ("2 GiB + 4 sectors", 2 * GIB + 8192),
        ("4 GiB - 1 sector", 4 * GIB - 2048),
        ("4 GiB", 4 * GIB),
        ("DVD", 4_699_979_776),
        ("DVD of two layers", 8_511_160_320),
        ("8 GiB", 8 * GIB),
        ("32 GiB", 32 * GIB),
        ("32 GiB + 1 sector", 32 * GIB + 2048),
    ] {
        for format in [&Cso as &dyn Format, &Cso2, &Zso, &Dax] {
            let said = match wrap(format, len, &WriteOptions::default()) {
                Ok(plan) => {
                    let file = &plan.files[0];
                    let mut said = String::new();
                    for part in &file.parts {
                        said += &match part {
                            discconv_core::Part::Plain(piece) => format!("head {} ", piece.len()),
                            discconv_core::Part::Blocks { block_bytes, .. } => format!("blocks of {block_bytes} "),
                            discconv_core::Part::Align(unit) => format!("units of {unit} "),
                            _ => String::new(),
                        };
                    }
                    plan.notes.iter().for_each(|note| said += &format!("note: {note}"));
                    said.trim_end().to_owned()
                }
                Err(error) => format!("{error} | {}", error.hint().unwrap_or_default()),
            };
            text += &format!("{name}, {}: {said}\n", format.info().id);
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_refused() {
    let mut text = String::new();
    let mut tell = |format: &dyn Format, len: u64, options: WriteOptions| {
        let error = wrap(format, len, &options).unwrap_err();
        text += &format!("{}: {error}\nhint: {}\n", error.code(), error.hint().unwrap_or_default());
    };
    let block = |block| WriteOptions { block: Some(block), ..WriteOptions::default() };
    for bytes in [0, 1, 1024, 3000, 524_288, 1 << 31] {
        tell(&Cso, 1 << 20, block(bytes));
    }
    tell(&Dax, 1 << 20, block(2048));
    tell(&Dax, 1 << 32, WriteOptions::default());
    tell(&Zso, 1 << 40, WriteOptions::default());
    for sector in [2336, 2352, 2448] {
        tell(&Cso2, 1 << 20, WriteOptions { sector: Some(sector), ..WriteOptions::default() });
    }
    tell(&Cso, 0, WriteOptions::default());
    let error = Cso.writer().unwrap().plan(&[], "game", &WriteOptions::default()).unwrap_err();
    text += &format!("{error}\n");
    insta::assert_snapshot!(text);
}

#[test]
fn names_and_notes() {
    for (format, extension, name) in
        [(&Cso as &dyn Format, "", "game.cso"), (&Cso, "ciso", "game.ciso"), (&Cso2, "", "game.cso"), (&Zso, "zso", "game.zso")]
    {
        let plan = wrap(format, 1 << 20, &WriteOptions { extension: extension.to_owned(), ..WriteOptions::default() }).unwrap();
        assert_eq!((plan.files[0].name.as_str(), plan.format, plan.forced), (name, format.info().id, Some(format.info().id)));
        assert_eq!(plan.inner.map(|inner| (inner.format, inner.forced)), Some(("iso", Some("iso2048"))));
        assert!(plan.notes.is_empty());
    }
    let notes = wrap(&Cso, 5 * 2048, &WriteOptions { block: Some(4096), ..WriteOptions::default() }).unwrap().notes;
    assert_eq!(notes.len(), 1);
    assert_eq!(wrap(&Dax, 5 * 2048, &WriteOptions::default()).unwrap().notes.len(), 1);
}
