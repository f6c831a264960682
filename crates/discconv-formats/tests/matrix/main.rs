//! Every disc through every format that is written: what comes back equals what went in, minus what was declared lost.
//!
//! A new format is enrolled by standing in the list; its choices (`--sector`, `--split`) are tried where it has them.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests say what they expect by panicking")]

use discconv_core::memory::MemoryFiles;
use discconv_core::{
    Disc, Error, Execution, Form, Format, Input, Lba, Loss, LossKind, LossKinds, Outputs, Plan, Pool, Quiet, Report, Result,
    Scratch, Serial, Tally, Toc, Track, WriteOptions, compare, execute, toc_difference,
};
use discconv_formats::{FORMATS, entries, open, plan_to, reader_for};
use discconv_host::ThreadPool;
use discconv_testkit::Rng;
use discconv_testkit::fixtures::{Fixture, all_good, all_large, by_name};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

mod random;

/// The bytes must not depend on how many there are.
const WORKERS: [usize; 3] = [1, 2, 7];

/// One way through the matrix; what it is, for messages.
struct Way<'a> {
    what: String,
    format: &'a dyn Format,
    options: WriteOptions,
    /// How many workers write it; the first way of a disc is written by several numbers of them, a way on by one.
    workers: &'a [usize],
}

fn memory(fixture: &Fixture) -> MemoryFiles {
    fixture.files.0.iter().map(|(name, bytes)| (name.clone(), bytes.clone())).collect()
}

fn open_all(files: &MemoryFiles, name: &str, forced: Option<&str>) -> Result<Vec<Disc>> {
    let source = files.source(name).unwrap_or_else(|| panic!("no {name} in {:?}", files.names()));
    Ok(open(&Input { forced, ..Input::new(name, source, files) })?.discs)
}

fn run(plan: &Plan, discs: &[Disc], outputs: Option<&dyn Outputs>, pool: &dyn Pool, allow: LossKinds) -> Result<Report> {
    let reader = reader_for(plan);
    execute(plan, discs, &Execution { outputs, pool, watch: &Quiet, allow, prove: true, source_name: "source", reader: &reader })
}

/// All files of the conversion, which must be the same for any number of workers, with what was lost on the way.
fn convert(way: &Way<'_>, plan: &Plan, discs: &[Disc]) -> (MemoryFiles, Vec<Loss>) {
    let done = way.workers.iter().map(|workers| {
        let files = MemoryFiles::new();
        let report = run(plan, discs, Some(&files), &ThreadPool::new(*workers), LossKinds::ALL);
        let report = report.unwrap_or_else(|error| panic!("{}, {workers} workers: {error}", way.what));
        assert!(report.verified_tracks.unwrap() > 0, "{}", way.what);
        (files, report)
    });
    let mut done: Vec<(MemoryFiles, Report)> = done.collect();
    let bytes = |files: &MemoryFiles| {
        files.names().into_iter().map(|name| (name.clone(), files.get(&name).unwrap())).collect::<BTreeMap<_, _>>()
    };
    for (files, report) in &done[1..] {
        assert!(bytes(files) == bytes(&done[0].0), "{}: the bytes depend on the number of workers", way.what);
        assert_eq!(report, &done[0].1, "{}", way.what);
    }
    let (files, report) = done.swap_remove(0);
    (files, report.losses)
}

/// Without leave to lose anything: done if nothing is lost, else refused by name and nothing written. A dry run says the same,
/// and on a way on it is enough where nothing is lost: what would be written then was written already.
fn check_refusal(way: &Way<'_>, plan: &Plan, discs: &[Disc], lost: &[Loss]) {
    let brief = way.workers.len() == 1 && lost.is_empty();
    for dry in if brief { &[true][..] } else { &[false, true] }.iter().copied() {
        let files = MemoryFiles::new();
        let outputs: Option<&dyn Outputs> = if dry { None } else { Some(&files) };
        match run(plan, discs, outputs, &Serial, LossKinds::NONE) {
            Ok(report) => {
                assert!(lost.is_empty(), "{}, dry {dry}: {lost:?} went silently", way.what);
                assert_eq!(files.names().is_empty(), dry, "{}: {:?}", way.what, report.files);
            }
            Err(Error::WouldLose { losses, .. }) => {
                assert_eq!(losses, lost, "{}, dry {dry}", way.what);
                assert!(files.names().is_empty(), "{}", way.what);
            }
            Err(error) => panic!("{}, dry {dry}: {error}", way.what),
        }
    }
}

/// The table of contents without what may go with a note only: the 150 sectors that every disc has before track 1.
fn essential(disc: &Disc) -> Toc {
    let mut toc = disc.toc().clone();
    toc.sessions[0].tracks[0].indexes.retain(|(_, lba)| *lba >= Lba(0));
    toc
}

/// Kinds of loss that change sectors; all others leave out what is not a sector, or whole tracks.
const OF_SECTORS: [LossKind; 4] = [LossKind::Form2, LossKind::Subheader, LossKind::Ecc, LossKind::Pregap];

/// What comes back is the same disc, minus what was declared lost and no more.
fn check_same(way: &Way<'_>, before: &[Disc], after: &[Disc], lost: &[Loss]) {
    assert_eq!(before.len(), after.len(), "{}", way.what);
    let may_differ: u64 = lost.iter().filter(|loss| OF_SECTORS.contains(&loss.kind)).map(|loss| loss.count).sum();
    let tracks_lost = lost.iter().any(|loss| [LossKind::Audio, LossKind::Tracks].contains(&loss.kind));
    for (before, after) in before.iter().zip(after) {
        if tracks_lost {
            // Whatever is left may have another number: the data tracks that are there are the first ones that were.
            let differ = data_that_differs(before, after);
            assert!(differ <= may_differ, "{}: {lost:?} were declared lost, but {differ} sectors of data differ", way.what);
            continue;
        }
        let may_differ = may_differ + if lost.iter().any(|loss| loss.kind == LossKind::Pregap) { gap_sectors(before) } else { 0 };
        let comparison = compare(before, after, &Serial, &Quiet).unwrap();
        let differ: u64 = comparison.differences.iter().map(|difference| difference.sectors).sum();
        assert!(differ <= may_differ, "{}: {lost:?} were declared lost, but {comparison:?}", way.what);
        let may_speak = lost.iter().any(|loss| loss.kind == LossKind::Subchannel);
        assert!(may_speak || comparison.sub.differences.is_empty(), "{}: {comparison:?}", way.what);
        let toc = comparison.toc.as_ref().and_then(|_| toc_difference(&essential(before), &essential(after), false));
        assert!(toc.is_none() || !lost.is_empty(), "{}: nothing was declared lost, but {toc:?}", way.what);
        assert!(comparison.sectors > 0, "{}", way.what);
    }
}

/// Sectors of all gaps: a loss of them is counted by gap.
fn gap_sectors(disc: &Disc) -> u64 {
    let pregaps = disc.toc().tracks().map(Track::pregap_sectors);
    let unstored = disc.extents().iter().filter(|extent| extent.main.is_none()).map(|extent| extent.sectors());
    pregaps.chain(unstored).map(u64::from).sum()
}

/// Sectors of data tracks whose user data differ; tracks are paired in order.
fn data_that_differs(before: &Disc, after: &Disc) -> u64 {
    let data = |disc: &Disc| disc.toc().tracks().filter(|track| !track.mode.is_audio()).cloned().collect::<Vec<_>>();
    let user = |disc: &Disc, lba: Lba| {
        let mut bytes = vec![0; 2048];
        disc.read_lossy(lba, &Form::USER, &mut Scratch::default(), &mut Tally::default(), &mut bytes).unwrap();
        bytes
    };
    let pairs = data(before).into_iter().zip(data(after));
    let offsets = pairs
        .flat_map(|(a, b)| (0..a.sectors().min(b.sectors())).map(move |at| (a.start(), b.start(), i32::try_from(at).unwrap())));
    offsets.filter(|(a, b, at)| user(before, *a + *at) != user(after, *b + *at)).count() as u64
}

/// Through one format; `None` if the disc does not go into it at all.
fn through(way: &Way<'_>, discs: &[Disc]) -> Option<Vec<Disc>> {
    let plan = match plan_to(way.format, discs, "out", &way.options) {
        Ok(plan) => plan,
        Err(error @ (Error::DoesNotFit { .. } | Error::Unsupported { .. })) => {
            println!("{}: {error}", way.what);
            return None;
        }
        Err(error) => panic!("{}: {error}", way.what),
    };
    let (files, lost) = convert(way, &plan, discs);
    check_refusal(way, &plan, discs, &lost);
    if way.options.sector.is_none() {
        let broken: Vec<&Loss> = lost.iter().filter(|loss| way.format.info().carries.contains(loss.kind)).collect();
        assert!(broken.is_empty(), "{}: claims to carry what it loses: {broken:?}", way.what);
    }
    let open_entry =
        |entry: &String| open_all(&files, entry, plan.forced).unwrap_or_else(|error| panic!("{}: its output: {error}", way.what));
    let after: Vec<Disc> = entries(&plan).iter().flat_map(open_entry).collect();
    check_same(way, discs, &after, &lost);
    Some(after)
}

fn choices() -> Vec<WriteOptions> {
    let plain = WriteOptions::default;
    let sectors = [2048, 2336, 2352, 2448].map(|sector| WriteOptions { sector: Some(sector), ..plain() });
    let mut all = vec![plain(), WriteOptions { split: true, ..plain() }, WriteOptions { original: true, ..plain() }];
    all.extend(sectors);
    all
}

fn writers() -> impl Iterator<Item = &'static dyn Format> {
    FORMATS.iter().copied().filter(|format| format.info().writes)
}

fn named(options: &WriteOptions) -> String {
    let sector = options.sector.map(|sector| format!(" --sector {sector}"));
    let [split, original] =
        [(options.split, " --split"), (options.original, " --original")].map(|(on, name)| if on { name } else { "" });
    format!("{}{split}{original}", sector.unwrap_or_default())
}

/// Counts conversions; gathers what went wrong, so that one run shows all of it.
#[derive(Default)]
struct Results {
    made: usize,
    faults: Vec<String>,
}

impl Results {
    fn through(&mut self, way: &Way<'_>, discs: &[Disc]) -> Option<Vec<Disc>> {
        match catch_unwind(AssertUnwindSafe(|| through(way, discs))) {
            Ok(after) => {
                self.made += usize::from(after.is_some());
                after
            }
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| format!("{}: panicked", way.what));
                self.faults.push(text);
                None
            }
        }
    }

    fn check(&mut self, fixture: &Fixture) {
        let before = self.made;
        let discs = match open_all(&memory(fixture), &fixture.entry, None) {
            Ok(discs) => discs,
            Err(error) => return self.faults.push(format!("{}: {error}", fixture.name)),
        };
        for format in writers() {
            for options in choices() {
                let what = format!("{} -> {}{}", fixture.name, format.info().id, named(&options));
                let way = Way { what, format, options, workers: &WORKERS };
                let Some(after) = self.through(&way, &discs) else { continue };
                // What was written is as good a source as any, for every other format.
                for (number, second) in writers().enumerate() {
                    let what = format!("{} -> {}", way.what, second.info().id);
                    let workers = std::slice::from_ref(&WORKERS[(self.made + number) % WORKERS.len()]);
                    self.through(&Way { what, format: second, options: WriteOptions::default(), workers }, &after);
                }
            }
        }
        if self.made == before {
            self.faults.push(format!("{}: fits nowhere", fixture.name));
        }
    }
}

fn check(fixtures: &[Fixture]) {
    let mut results = Results::default();
    fixtures.iter().for_each(|fixture| results.check(fixture));
    println!("{} discs, {} conversions, {} faults", fixtures.len(), results.made, results.faults.len());
    assert!(results.faults.is_empty(), "{:#?}", results.faults);
}

#[test]
fn every_disc_through_every_format() {
    check(&all_good());
}

/// Into one file where the format holds several, else into files of their own.
#[test]
fn several_discs_at_once() {
    let fixtures = ["playstation", "mixed", "forms"].map(|name| by_name(name).unwrap());
    let discs: Vec<Disc> = fixtures.iter().flat_map(|one| open_all(&memory(one), &one.entry, None).unwrap()).collect();
    assert_eq!(discs.len(), 3);
    let mut results = Results::default();
    for format in writers() {
        for options in choices().into_iter().take(2) {
            let what = format!("three discs -> {}{}", format.info().id, named(&options));
            results.through(&Way { what, format, options, workers: &WORKERS }, &discs);
        }
    }
    assert!(results.faults.is_empty() && results.made > writers().count(), "{:#?}", results.faults);
}

#[test]
fn large_ones_too() {
    check(&all_large());
}

#[test]
fn random_ones_too() {
    let mut rng = Rng::seed_from_env("DISCCONV_MATRIX_SEED");
    let discs: Vec<Fixture> = (0..30).map(|_| random::disc(rng.next_u64())).collect();
    check(&discs);
}
