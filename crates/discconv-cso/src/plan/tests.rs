//! Shifts that only images of gigabytes would get.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use discconv_core::memory::MemoryFiles;
use discconv_core::{
    Bytes, Disc, DiscParts, Execution, Extent, Form, Input, Lba, LossKinds, Media, Opened, Place, Quiet, Serial, SourceId, Toc,
    TrackMode, execute,
};
use discconv_testkit::Rng;

/// Sectors that pack to every length there is, from nothing to themselves.
fn content(sectors: usize) -> Vec<u8> {
    let mut rng = Rng::new(21);
    let sector = |at: usize| {
        let noise = at * 37 % 2049;
        [rng.bytes(noise), vec![0; 2048 - noise]].concat()
    };
    (0..sectors).flat_map(sector).collect()
}

/// `raw` in a file of that layout.
fn written(target: &Target, layout: Layout, raw: &[u8]) -> Vec<u8> {
    let sectors = i32::try_from(raw.len() / 2048).unwrap();
    let place = Place { source: SourceId(0), offset: 0, form: Form::USER };
    let extents = vec![Extent::stored(Lba(0)..Lba(sectors), TrackMode::Mode1, place)];
    let (sources, notes, checks, extras) = (vec![Arc::new(Bytes::new("x.iso", raw)) as _], Vec::new(), Vec::new(), Vec::new());
    let toc = Toc::single_data(Media::Dvd, TrackMode::Mode1, sectors);
    let disc = Disc::new("x", DiscParts { toc, sources, extents, notes, checks, extras }).unwrap();
    let pieces = vec![Piece::Copy { disc: 0, source: SourceId(0), range: 0..raw.len() as u64 }];
    let file = layout.file(target, "x.cso".to_owned(), pieces, &WriteOptions::default());
    let (losses, dropped, discs, notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let plan = Plan { files: vec![file], entry: 0, format: target.id, forced: None, inner: None, losses, dropped, discs, notes };
    let files = MemoryFiles::new();
    let reader = |_: &Input<'_>| Ok(Vec::new());
    let (allow, source_name) = (LossKinds::NONE, "in");
    let how = Execution { outputs: Some(&files), pool: &Serial, watch: &Quiet, allow, prove: true, source_name, reader: &reader };
    execute(&plan, std::slice::from_ref(&disc), &how).unwrap();
    files.get("x.cso").unwrap().to_vec()
}

#[test]
fn every_shift_comes_back() {
    for target in [&CSO, &CSO2, &ZSO] {
        for (block_bytes, sectors) in [(2048, 120), (4096, 51), (16384, 40), (16384, 41), (262_144, 130)] {
            let raw = content(sectors);
            for shift in 0..=11 {
                let layout = Layout { content_bytes: raw.len() as u64, block_bytes, shift };
                let file = written(target, layout, &raw);
                assert!(file.len().is_multiple_of(1 << shift));
                assert!(file.len() as u64 <= layout.data_at() + layout.blocks() * u64::from(block_bytes));
                let alone = MemoryFiles::new();
                let input = Input::new("x.cso", Arc::new(Bytes::new("x.cso", file.as_slice())), &alone);
                let Opened::Bytes { source, notes, .. } = crate::ciso::open(&input).unwrap() else { panic!("bytes") };
                assert!(notes.is_empty(), "{notes:?}");
                let mut again = vec![0; raw.len()];
                source.read_exact_at(0, &mut again).unwrap();
                assert!(again == raw, "{} {block_bytes} {shift}", target.id);
            }
        }
    }
}

/// Whatever the blocks are packed to, the last byte can be addressed.
#[test]
fn the_worst_case_fits() {
    for block in [2048_u32, 16384, 262_144] {
        for content_bytes in (11..42).flat_map(|bits| [(1_u64 << bits) - 2048, 1 << bits, (1 << bits) + 2048]) {
            let layout = Layout::new(content_bytes.max(2048), block);
            let end = layout.data_at() + layout.blocks() * u64::from(block);
            assert!(end < 1 << (31 + layout.shift) || layout.shift == 11, "{layout:?}");
            assert!(layout.shift == 0 || end >= 1 << (30 + layout.shift), "{layout:?}: a smaller one would do");
        }
    }
}
