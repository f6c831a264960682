//! The engine when something goes wrong: nothing is left, and the proof sees every byte.

use crate::pool::Shuffled;
use crate::support::disc_of;
use discconv_core::memory::MemoryFiles;
use discconv_core::*;
use discconv_testkit::{Rng, reference};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

/// Fails where it is damaged.
struct Damaged(Bytes, u64);

impl ReadAt for Damaged {
    fn len(&self) -> u64 {
        self.0.len()
    }
    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        if (offset..offset + buf.len() as u64).contains(&self.1) {
            return Err(Error::io(self.name(), At::Byte(self.1), "cannot read", std::io::Error::other("a scratch")));
        }
        self.0.read_exact_at(offset, buf)
    }
    fn name(&self) -> &str {
        self.0.name()
    }
}

/// Outputs that fail at a byte, or give it back changed.
#[derive(Clone)]
struct Faulty {
    files: MemoryFiles,
    fails_at: Option<u64>,
    flips_at: Option<u64>,
    /// Which file is meant.
    file: u32,
}

struct FaultySet(Box<dyn OutputSet>, Faulty);

impl Outputs for Faulty {
    fn begin(&self, files: &[OutputFile]) -> Result<Box<dyn OutputSet>> {
        Ok(Box::new(FaultySet(self.files.begin(files)?, self.clone())))
    }
}

impl OutputSet for FaultySet {
    fn write_at(&self, file: FileId, offset: u64, bytes: &[u8]) -> Result<()> {
        let range = offset..offset + bytes.len() as u64;
        if file.0 == self.1.file && self.1.fails_at.is_some_and(|at| range.contains(&at)) {
            return Err(Error::io("out", At::Byte(offset), "cannot write", std::io::ErrorKind::StorageFull.into()));
        }
        self.0.write_at(file, offset, bytes)
    }

    fn reopen(&self, file: FileId) -> Result<Arc<dyn ReadAt>> {
        let source = self.0.reopen(file)?;
        let mut bytes = vec![0; source.len() as usize];
        source.read_exact_at(0, &mut bytes)?;
        if let (Some(at), true) = (self.1.flips_at, file.0 == self.1.file) {
            bytes[at as usize] ^= 1;
        }
        Ok(Arc::new(Bytes::new("out", bytes)))
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.0.commit()
    }
}

const SECTORS: i32 = 1200;

fn source() -> Disc {
    static RAW: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let user = Rng::new(7).bytes(SECTORS as usize * 2048);
        user.chunks(2048).zip(0..).flat_map(|(user, lba)| reference::mode1(lba, user)).collect()
    });
    disc_of(&[(TrackMode::Mode1, Form::RAW, RAW.clone())])
}

/// Two files: a header, zeros, a copy and stripped sectors; a copy again. The runs vouch for some of it.
fn plan(runs: Vec<Run>) -> Plan {
    let copy = |range| Piece::Copy { disc: 0, source: SourceId(0), range };
    let stripped = Piece::Sectors { disc: 0, lbas: Lba(0)..Lba(SECTORS), form: Form::USER };
    let first = vec![Piece::Bytes(vec![1; 100]), Piece::Zeros(600_000), copy(5..700_000), stripped];
    Plan {
        files: vec![PlannedFile::new("a", Role::Data, first), PlannedFile::new("b", Role::Data, vec![copy(0..2352 * 900)])],
        entry: 1,
        format: "test",
        forced: None,
        inner: None,
        losses: Vec::new(),
        dropped: Vec::new(),
        discs: vec![ExpectedDisc { toc: Toc::single_data(Media::Cd, TrackMode::Mode1, 900), runs, says_mode: true }],
        notes: Vec::new(),
    }
}

/// Reads file `b` as 900 raw sectors, in the very bytes that were written.
fn reader(input: &Input<'_>) -> Result<Vec<Disc>> {
    let mut parts = disc_of(&[(TrackMode::Mode1, Form::RAW, vec![0; 900 * 2352])]).into_parts();
    parts.sources = vec![Arc::new(Slice::new(input.source.clone(), 0..input.source.len())?)];
    Ok(vec![Disc::new("out", parts)?])
}

fn run(plan: &Plan, disc: &Disc, outputs: &dyn Outputs, pool: &dyn Pool, watch: &dyn Watch) -> Result<Report> {
    let allow = LossKinds::NONE;
    let how = Execution { outputs: Some(outputs), pool, watch, allow, prove: true, source_name: "in", reader: &reader };
    execute(plan, std::slice::from_ref(disc), &how)
}

#[test]
fn a_bit_flipped_anywhere_is_found_whether_or_not_a_run_names_it() {
    let disc = source();
    let run_of = |sectors, form| Run { at: Lba(0), disc: 0, from: Lba(0), sectors, form };
    let ends = [0, 99, 100, 600_099, 600_100, 1_300_094, 1_300_095, 1_300_095 + 2048 * 1200 - 1];
    // Nothing, half of it, all of it; and sectors compared in another form than the one that was written.
    for runs in [vec![], vec![run_of(450, Form::RAW)], vec![run_of(900, Form::RAW)], vec![run_of(900, Form::USER)]] {
        let plan = plan(runs);
        let all = Faulty { files: MemoryFiles::new(), fails_at: None, flips_at: None, file: 0 };
        assert_eq!(run(&plan, &disc, &all, &Serial, &Quiet).unwrap().verified_tracks, Some(1));
        assert_eq!(all.files.names(), ["a", "b"]);
        for (file, at) in ends.map(|at| (0, at)).into_iter().chain([(1, 0), (1, 2352 * 450 + 3), (1, 2352 * 900 - 1)]) {
            let outputs = Faulty { files: MemoryFiles::new(), fails_at: None, flips_at: Some(at), file };
            let error = run(&plan, &disc, &outputs, &Shuffled::new(2, at), &Quiet).unwrap_err();
            assert!(matches!(error, Error::ProofFailed { .. }), "{file} {at}: {error}");
            assert!(outputs.files.names().is_empty());
        }
    }
}

#[test]
fn an_error_of_any_worker_ends_it_and_leaves_nothing() {
    let plan = plan(Vec::new());
    for (workers, seed) in [(1, 1), (2, 2), (7, 3)] {
        let pool = Shuffled::new(workers, seed);
        for at in [0, 2352 * 600, 2352 * 1200 - 1] {
            let mut parts = source().into_parts();
            let mut bytes = vec![0; SECTORS as usize * 2352];
            parts.sources[0].read_exact_at(0, &mut bytes).unwrap();
            parts.sources[0] = Arc::new(Damaged(Bytes::new("in.bin", bytes), at));
            let files = MemoryFiles::new();
            let error = run(&plan, &Disc::new("in", parts).unwrap(), &files, &pool, &Quiet).unwrap_err();
            assert_eq!(error.to_string(), format!("in.bin: byte {at:#X}: cannot read: a scratch"));
            assert!(files.names().is_empty());
        }
        for (file, at) in [(0, 0), (0, 1_000_000), (0, 1_300_095), (1, 2352 * 900 - 1)] {
            let outputs = Faulty { files: MemoryFiles::new(), fails_at: Some(at), flips_at: None, file };
            let error = run(&plan, &source(), &outputs, &pool, &Quiet).unwrap_err();
            assert!(matches!(error, Error::Io { .. }) && error.hint().is_some(), "{error}");
            assert!(outputs.files.names().is_empty());
        }
    }
}

/// Stops after so many questions.
struct StopAfter(AtomicU64);

impl Watch for StopAfter {
    fn cancelled(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err()
    }
}

#[test]
fn stopping_at_any_moment_leaves_nothing() {
    let (plan, disc) = (plan(Vec::new()), source());
    for patience in 0.. {
        let files = MemoryFiles::new();
        match run(&plan, &disc, &files, &Serial, &StopAfter(AtomicU64::new(patience))) {
            Ok(_) => {
                assert!(patience > 20);
                break;
            }
            Err(error) => assert!(matches!(error, Error::Cancelled), "{error}"),
        }
        assert!(files.names().is_empty(), "after {patience} steps");
    }
}

#[test]
fn plans_that_point_astray_are_refused() {
    let disc = source();
    let sectors = |disc, form| Piece::Sectors { disc, lbas: Lba(0)..Lba(5), form };
    let copy = |disc, source, range| Piece::Copy { disc, source: SourceId(source), range };
    #[expect(clippy::reversed_empty_ranges, reason = "that is what is refused")]
    let wrong = [
        sectors(1, Form::RAW),
        sectors(0, Form { stride: 7, ..Form::RAW }),
        sectors(0, Form::frame(20, 10)),
        copy(1, 0, 0..5),
        copy(0, 1, 0..5),
        copy(0, u32::MAX, 0..5),
        copy(0, 0, 0..u64::MAX),
        copy(0, 0, 9..5),
    ];
    for piece in wrong {
        let mut plan = plan(Vec::new());
        plan.files[0].parts = vec![Part::Plain(piece)];
        assert!(matches!(run(&plan, &disc, &MemoryFiles::new(), &Serial, &Quiet), Err(Error::Malformed { .. })), "{plan:?}");
    }
    let mut plans = [plan(Vec::new()), plan(Vec::new()), plan(Vec::new())];
    plans[0].entry = 2;
    plans[1].dropped = vec![Dropped { disc: 1, lbas: Lba(0)..Lba(5), what: DroppedWhat::Gap }];
    plans[2].discs[0].runs = vec![Run { at: Lba(0), disc: 1, from: Lba(0), sectors: 5, form: Form::RAW }];
    for plan in plans {
        assert!(matches!(run(&plan, &disc, &MemoryFiles::new(), &Serial, &Quiet), Err(Error::Malformed { .. })), "{plan:?}");
    }
}

#[test]
fn a_dropped_subchannel_is_a_loss_only_if_it_says_more_than_the_tracks() {
    let mut rng = Rng::new(3);
    let raw: Vec<Vec<u8>> = (0..300).map(|lba| reference::mode1(lba, &rng.bytes(2048)).to_vec()).collect();
    let sub = |lba: i32| reference::packed_block(lba == 0, &reference::q_position(4, 1, 1, lba as u32, lba));
    let stored = |odd: &[i32]| {
        let records = raw.iter().zip(0..).map(|(raw, lba)| {
            let shift = i32::from(odd.contains(&lba));
            [&raw[..], &reference::interleave(&sub(lba + shift))].concat()
        });
        disc_of(&[(TrackMode::Mode1, Form::RAW_SUB, records.collect::<Vec<_>>().concat())])
    };
    let mut plan = plan(Vec::new());
    plan.files.remove(1);
    plan.files[0].parts = vec![Part::Plain(Piece::Bytes(vec![1]))];
    plan.entry = 0;
    plan.discs.clear();
    plan.dropped = vec![Dropped { disc: 0, lbas: Lba(0)..Lba(300), what: DroppedWhat::Subchannel }];
    let reader = |_: &Input<'_>| Ok(Vec::new());
    let convert = |disc: &Disc, files: &MemoryFiles| {
        let how = Execution {
            outputs: Some(files),
            pool: &Serial,
            watch: &Quiet,
            allow: LossKinds::NONE,
            prove: true,
            source_name: "in",
            reader: &reader,
        };
        execute(&plan, std::slice::from_ref(disc), &how)
    };
    assert!(convert(&stored(&[]), &MemoryFiles::new()).unwrap().losses.is_empty());
    let files = MemoryFiles::new();
    let error = convert(&stored(&[17, 299]), &files).unwrap_err().to_string();
    assert!(error.ends_with("subchannel (2 sectors whose subchannel says more than the tracks do), first at LBA 17"), "{error}");
    assert!(files.names().is_empty());
}

/// A hole that must not be read.
struct Hole(u64);

impl ReadAt for Hole {
    fn len(&self) -> u64 {
        self.0
    }
    fn read_exact_at(&self, _: u64, _: &mut [u8]) -> Result<()> {
        panic!("there is nothing to be read");
    }
    fn name(&self) -> &str {
        "hole"
    }
    fn is_hole(&self, range: std::ops::Range<u64>) -> bool {
        range.end <= self.0
    }
}

/// Outputs that take any length and nothing else.
struct Holes;

impl Outputs for Holes {
    fn begin(&self, files: &[OutputFile]) -> Result<Box<dyn OutputSet>> {
        Ok(Box::new(HoleSet(files[0].len.unwrap())))
    }
}

struct HoleSet(u64);

impl OutputSet for HoleSet {
    fn write_at(&self, _: FileId, _: u64, _: &[u8]) -> Result<()> {
        panic!("a hole stays one by not being written");
    }
    fn reopen(&self, _: FileId) -> Result<Arc<dyn ReadAt>> {
        Ok(Arc::new(Hole(self.0)))
    }
    fn commit(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

#[test]
fn fifty_gigabytes_of_hole_are_neither_read_nor_written() {
    const LONG: i32 = 25_000_000;
    let disc = |source: Arc<dyn ReadAt>| {
        let place = Place { source: SourceId(0), offset: 0, form: Form::USER };
        Disc::new(
            "hole",
            DiscParts {
                toc: Toc::single_data(Media::Bd, TrackMode::Mode1, LONG),
                sources: vec![source],
                extents: vec![Extent::stored(Lba(0)..Lba(LONG), TrackMode::Mode1, place)],
                notes: Vec::new(),
                checks: Vec::new(),
                extras: Vec::new(),
            },
        )
    };
    let source = disc(Arc::new(Hole(LONG as u64 * 2048))).unwrap();
    let mut plan = plan(vec![Run { at: Lba(0), disc: 0, from: Lba(0), sectors: LONG as u32, form: Form::USER }]);
    plan.files = vec![PlannedFile::new("out", Role::Data, source.lay_out(0, Lba(0)..Lba(LONG), &Form::USER))];
    plan.entry = 0;
    plan.discs[0].toc = source.toc().clone();
    let reader = |input: &Input<'_>| Ok(vec![disc(input.source.clone())?]);
    let how = Execution {
        outputs: Some(&Holes),
        pool: &Serial,
        watch: &Quiet,
        allow: LossKinds::NONE,
        prove: true,
        source_name: "in",
        reader: &reader,
    };
    assert_eq!(execute(&plan, &[source], &how).unwrap().verified_tracks, Some(1));
}
