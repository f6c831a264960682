//! No byte twice, none left out, and no cut within a block.

use super::*;
use crate::disc::{DiscParts, Place};
use crate::error::Result;
use crate::form::Main;
use crate::plan::{Dropped, ExpectedDisc, PlannedFile, Role};
use crate::source::ReadAt;
use crate::toc::{Media, Toc, TrackMode};
use discconv_testkit::Rng;
use std::sync::Arc;

/// Nothing but a length and a block size.
struct Blocks(u64, u32);

impl ReadAt for Blocks {
    fn len(&self) -> u64 {
        self.0
    }
    fn read_exact_at(&self, _: u64, buf: &mut [u8]) -> Result<()> {
        buf.fill(0);
        Ok(())
    }
    fn block_hint(&self) -> u32 {
        self.1
    }
    fn name(&self) -> &str {
        "blocks"
    }
}

/// One track of `sectors` records of `form` from `offset` of a source with blocks of `hint` bytes.
fn disc(sectors: i32, form: Form, offset: u64, hint: u32) -> Disc {
    let len = offset + u64::from(form.stride) * u64::from(sectors.unsigned_abs());
    let parts = DiscParts {
        toc: Toc::single_data(Media::Cd, TrackMode::Mode1, sectors),
        sources: vec![Arc::new(Blocks(len, hint))],
        extents: vec![Extent::stored(Lba(0)..Lba(sectors), TrackMode::Mode1, Place { source: SourceId(0), offset, form })],
        notes: Vec::new(),
        checks: Vec::new(),
        extras: Vec::new(),
    };
    Disc::new("blocks", parts).unwrap()
}

fn plan(pieces: Vec<Piece>) -> Plan {
    Plan {
        files: vec![PlannedFile::new("out", Role::Data, pieces)],
        entry: 0,
        format: "test",
        forced: None,
        inner: None,
        losses: Vec::new(),
        dropped: Vec::new(),
        discs: Vec::<ExpectedDisc>::new(),
        notes: Vec::new(),
    }
}

/// The steps in order, after checking that they cover the file without gap or overlap and add up.
fn steps<'p>(plan: &'p Plan, discs: &[Disc]) -> Vec<Step<'p>> {
    let steps = Steps::of(plan, discs);
    let all: Vec<Step<'p>> = (0..steps.count()).map(|number| steps.get(number)).collect();
    let mut at = 0;
    for step in all.iter().filter(|step| !matches!(step.work, Work::Dropped { .. })) {
        assert_eq!(step.offset, at, "{step:?}");
        assert!(step.bytes > 0 && (step.bytes <= MOST_BYTES || matches!(step.work, Work::Bytes(_))), "{step:?}");
        at += step.bytes;
    }
    assert_eq!(at, plan.total_bytes());
    assert_eq!(all.iter().map(|step| step.bytes).sum::<u64>(), steps.bytes());
    all
}

#[test]
fn every_byte_of_a_copy_once_and_no_cut_within_a_block() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    for _ in 0..300 {
        let hint = *rng.choose(&[0, 1, 2048, 2352, 4096, 19_584, 65_536, 300_000, 1 << 20, 5 << 20, u32::MAX]);
        let start = rng.below(3 << 20);
        let len = rng.below(6 << 20);
        let disc = [disc(4000, Form::RAW, 0, hint)];
        let range = start..(start + len).min(4000 * 2352);
        let plan = plan(vec![Piece::Copy { disc: 0, source: SourceId(0), range: range.clone() }]);
        let mut at = range.start;
        let steps = steps(&plan, &disc);
        for step in &steps {
            let Work::Copy { range: cut, .. } = &step.work else { panic!("{step:?}") };
            assert_eq!((cut.start, cut.end - cut.start), (at, step.bytes));
            if at != range.start && hint > 1 && u64::from(hint) <= MOST_BYTES {
                assert!(at.is_multiple_of(u64::from(hint)), "{hint}: {step:?}");
            }
            at = cut.end;
        }
        assert_eq!(at, range.end);
    }
}

#[test]
fn every_sector_once_and_no_cut_within_a_block() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let mut aligned = 0;
    for _ in 0..300 {
        let (stride, hint) =
            *rng.choose(&[(2048, 2048), (2352, 2352 * 8), (2448, 2448 * 8), (2048, 65_536), (2352, 65_536), (2352, 1)]);
        let form = Form { stride, ..Form::frame(0, 2048) };
        // The first record may begin anywhere: then no later one need begin on a block.
        let offset = if rng.flip() { rng.below(9) * u64::from(stride) } else { rng.below(5000) };
        let disc = [disc(9000, form, offset, hint)];
        let first = i32::try_from(rng.below(300)).unwrap();
        let lbas = Lba(first)..Lba(first + i32::try_from(rng.below(8000)).unwrap());
        let plan = plan(vec![Piece::Sectors { disc: 0, lbas: lbas.clone(), form: Form::RAW }]);
        let possible =
            (1..4096).any(|n| (offset + u64::try_from(first + n).unwrap() * u64::from(stride)).is_multiple_of(u64::from(hint)));
        let mut at = lbas.start;
        for step in steps(&plan, &disc) {
            let Work::Sectors { lbas: cut, .. } = &step.work else { panic!("{step:?}") };
            assert_eq!(cut.start, at);
            let begins = offset + u64::try_from(at.0).unwrap() * u64::from(stride);
            let long = lbas.start.sectors_to(lbas.end) > STEP_SECTORS;
            if at != lbas.start && long && possible && (stride, hint) != (2352, 65_536) {
                assert!(begins.is_multiple_of(u64::from(hint)), "{stride} {hint} {offset}: {step:?}");
                aligned += 1;
            }
            at = cut.end;
        }
        assert_eq!(at, lbas.end);
    }
    assert!(aligned > 100);
}

#[test]
fn pieces_follow_each_other_and_empty_ones_take_no_step() {
    let discs = [disc(1000, Form::RAW, 0, 1)];
    let dropped = Dropped { disc: 0, lbas: Lba(0)..Lba(600), what: DroppedWhat::Gap };
    let mut plan = plan(vec![
        Piece::Bytes(vec![1; 10]),
        Piece::Bytes(Vec::new()),
        Piece::Zeros(STEP_BYTES * 2 + 1),
        Piece::Zeros(0),
        Piece::Sectors { disc: 0, lbas: Lba(5)..Lba(5), form: Form::USER },
        Piece::Sectors { disc: 0, lbas: Lba(5)..Lba(6), form: Form::USER },
        Piece::Copy { disc: 0, source: SourceId(0), range: 7..7 },
        Piece::Copy { disc: 0, source: SourceId(0), range: 7..9 },
    ]);
    plan.dropped.push(dropped);
    let steps = steps(&plan, &discs);
    let kinds: Vec<&str> = steps
        .iter()
        .map(|step| match step.work {
            Work::Bytes(_) => "bytes",
            Work::Zeros => "zeros",
            Work::Copy { .. } => "copy",
            Work::Sectors { .. } => "sectors",
            Work::Dropped { .. } => "dropped",
        })
        .collect();
    assert_eq!(kinds, ["dropped", "dropped", "dropped", "bytes", "zeros", "zeros", "zeros", "sectors", "copy"]);
}

#[test]
fn looking_reads_only_what_may_lose() {
    let discs = [disc(1000, Form::RAW, 0, 1)];
    let plan = plan(vec![
        Piece::Bytes(vec![1; 10]),
        Piece::Sectors { disc: 0, lbas: Lba(0)..Lba(300), form: Form::RAW_SUB },
        Piece::Sectors { disc: 0, lbas: Lba(0)..Lba(300), form: Form::USER },
        Piece::Copy { disc: 0, source: SourceId(0), range: 0..2352 },
    ]);
    let steps = Steps::looking(&plan, &discs);
    assert_eq!((steps.count(), steps.bytes()), (2, 300 * 2048));
}

#[test]
fn a_hundred_thousand_extents_are_cut_at_once() {
    let mut parts = disc(100_000, Form::RAW, 0, 1).into_parts();
    parts.extents = (0..100_000_i32)
        .map(|lba| {
            // Backwards in the file, so that no two are one.
            let offset = u64::try_from(99_999 - lba).unwrap() * 2352;
            let form = Form { main: Main::Frame(0, 2352), ..Form::RAW };
            Extent::stored(Lba(lba)..Lba(lba + 1), TrackMode::Mode1, Place { source: SourceId(0), offset, form })
        })
        .collect();
    let discs = [Disc::new("many", parts).unwrap()];
    let pieces = discs[0].lay_out(0, Lba(0)..Lba(100_000), &Form::RAW);
    assert_eq!(pieces.len(), 100_000);
    assert_eq!(steps(&plan(pieces), &discs).len(), 100_000);
    assert_eq!(discs[0].lay_out(0, Lba(0)..Lba(100_000), &Form::USER).len(), 1);
}
