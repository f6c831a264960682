//! Volumes that mean harm or are damaged: listed as far as they go, with the reason, in bounded time and memory.

use crate::lay::{Laid, ROOT, Record, directory, folder, record};
use crate::show;
use discconv_core::Limits;
use discconv_fs::{find, walk};
use discconv_testkit::Rng;
use std::ops::ControlFlow;

#[test]
fn names_are_given_as_they_are() {
    let names = ["../../etc/passwd", "/abs", "C:\\x", "NUL", "a\0b", "\x1b[2J", "..", "CON.TXT;1", " ", "."];
    let mut laid = Laid::new(&names.map(|name| record(name, 30, 1)));
    laid.number(30..31);
    insta::assert_snapshot!(laid.shown());
}

#[test]
fn directories_that_contain_themselves() {
    let mut laid = Laid::new(&[folder("LOOP", ROOT), folder("SUB", 21), folder("TWIN", 21)]);
    laid.put(21, &directory(21, ROOT, &[folder("UP", ROOT), folder("SELF", 21)]));
    insta::assert_snapshot!(laid.shown());
}

/// Each has its own bytes, whoever else has them too.
#[test]
fn files_that_overlap_are_read_each_by_itself() {
    let twice = Record { flags: 0x80, ..record("TWICE.;1", 30, 2048) };
    let mut laid = Laid::new(&[
        record("A.;1", 30, 4096),
        record("B.;1", 31, 4096),
        twice,
        record("TWICE.;1", 30, 10),
        record("DIR.;1", ROOT, 34),
    ]);
    laid.number(30..33);
    let found = laid.found();
    assert_eq!([found.bytes("A"), found.bytes("B")].map(|bytes| (bytes[0], bytes[4095])), [(30, 31), (31, 32)]);
    assert_eq!((found.bytes("TWICE"), found.bytes("DIR")[0]), (vec![30; 2058], 34));
}

#[test]
fn records_that_are_damaged() {
    let good = |name| record(name, 30, 1).bytes();
    let short = [33_u8, 0].to_vec();
    let long_name = {
        let mut bytes = good("LONG.;1");
        bytes[32] = 200;
        bytes
    };
    let unnamed = {
        let mut bytes = good("X");
        bytes[32] = 0;
        bytes
    };
    let mut laid = Laid::new(&[]);
    laid.put_at(16, 156, &Record { len: 4 * 2048, ..folder("\0", ROOT) }.bytes());
    laid.put(ROOT, &[directory(ROOT, ROOT, &[]), long_name, unnamed, good("A.;1"), short, good("LOST.;1")].concat());
    // One that goes on in the next sector; then an empty sector; then more.
    laid.put_at(ROOT + 1, 0, &good("B.;1"));
    laid.put_at(ROOT + 1, 2048 - 20, &good("CROSSING.;1"));
    let mut fill = good("FILL.;1");
    fill[0] = 255;
    fill.resize(255, 0);
    let first = good("B.;1").len();
    (0..7).for_each(|number| laid.put_at(ROOT + 1, first + number * 255, &fill));
    let mut last = fill.clone();
    last[0] = (2048 - 20 - first - 7 * 255) as u8;
    laid.put_at(ROOT + 1, first + 7 * 255, &last[..usize::from(last[0])]);
    laid.put(ROOT + 3, &good("D.;1"));
    laid.number(30..31);
    insta::assert_snapshot!(laid.shown());
}

#[test]
fn what_lies_outside_the_disc() {
    let huge = Record { len: u32::MAX, ..folder("HUGE", 21) };
    let records = [
        record("A.;1", 63, 2048),
        record("B.;1", 63, 2049),
        record("C.;1", u32::MAX, 1),
        record("D.;1", 30, u32::MAX),
        Record { blocks: [255, 255, 255], ..record("E.;1", 30, u32::MAX) },
        Record { blocks: [0, 1, 255], ..record("F.;1", 30, 4096) },
        folder("GONE", 70),
        huge,
    ];
    let mut laid = Laid::new(&records);
    laid.put(21, &directory(21, ROOT, &[record("IN.;1", 30, 1)]));
    insta::assert_snapshot!(laid.shown());
}

/// A directory that goes on for long without a record is not read on; nor is one that is all damage.
#[test]
fn empty_directories_end() {
    let mut laid = Laid::new(&[Record { len: 200 * 2048, ..folder("EMPTY", 64) }]);
    laid.0.resize(300 * 2048, 0);
    laid.put(64, &directory(64, ROOT, &[]));
    laid.put(290, &record("FAR.;1", 30, 1).bytes());
    let shown = laid.shown();
    assert!(shown.contains("a directory without records from here on") && !shown.contains("FAR"), "{shown}");
}

#[test]
fn limits_hold() {
    let records: Vec<Record> = (0..30).map(|number| record(&format!("F{number}.;1"), 30, 1)).collect();
    let space = Laid::new(&records).space();
    let limits = Limits { entries: 10, ..Limits::default() };
    let systems = find(&space, &limits).unwrap();
    let error = systems[0].list(&systems[0].root()).unwrap_err();
    assert_eq!(error.to_string(), "laid.iso: LBA 20: found one more entry of a directory; the limit is 10 entries");
}

/// Cut anywhere, it is listed or refused.
#[test]
fn cut_at_every_sector() {
    let mut laid = Laid::new(&[folder("SUB", 21), record("A.;1", 30, 5000)]);
    laid.put(21, &directory(21, ROOT, &[record("B.;1", 40, 10)]));
    for sectors in 1..64 {
        let cut = Laid(laid.0[..sectors * 2048].to_vec());
        let shown = show::trees(&cut.space());
        assert_eq!(shown.is_empty(), sectors <= 16, "{sectors}: {shown}");
        assert_eq!(shown.contains("\"B\" 10"), sectors > 21, "{sectors}: {shown}");
    }
}

/// Bytes changed at random: never a panic, never without end.
#[test]
fn any_lie() {
    let mut laid = Laid::new(&[folder("SUB", 21), record("A.;1", 30, 5000), Record { flags: 0x80, ..record("B.;1", 30, 9) }]);
    laid.put(21, &directory(21, ROOT, &[folder("C", 22), Record { blocks: [1, 1, 1], ..record("D.;1", 40, 9000) }]));
    laid.put(22, &directory(22, 21, &[record("E.;1", 41, 1)]));
    let mut rng = Rng::new(9660);
    for _ in 0..3000 {
        let mut bent = laid.clone();
        for _ in 0..1 + rng.below(6) {
            let sector = [16, 16, ROOT, 21, 22][rng.below(5) as usize];
            let at = if sector == 16 { rng.below(200) } else { rng.below(240) };
            bent.put_at(sector, at as usize, &[rng.below(256) as u8]);
        }
        let space = bent.space();
        for system in find(&space, &Limits::default()).unwrap() {
            let limits = Limits { entries: 1000, ..Limits::default() };
            let _ = walk(system.as_ref(), &system.root(), &limits, |walked| {
                if let Ok(runs) = system.runs(walked.entry) {
                    let end = space.end();
                    assert!(runs.iter().all(|run| run.at.is_none_or(|at| at + run.len <= end)), "{:?}", walked.entry);
                }
                Ok(ControlFlow::Continue(()))
            });
        }
    }
}

/// A byte is the same whatever was read before it.
#[test]
fn any_order_gives_the_same_bytes() {
    let part = |block, flags| Record { flags, blocks: [0, 1, 2], ..record("A.;1", block, 4000) };
    let mut laid = Laid::new(&[part(30, 0x80), part(31, 0x80), part(50, 0)]);
    let mut rng = Rng::new(1);
    for sector in 30..60 {
        laid.put(sector, &(0..2048).map(|_| rng.below(256) as u8).collect::<Vec<u8>>());
    }
    let found = laid.found();
    let content = found.content("A").unwrap();
    let whole = crate::lay::read(&content);
    for _ in 0..500 {
        let from = rng.below(whole.len() as u64) as usize;
        let to = from + rng.below((whole.len() - from) as u64 + 1) as usize;
        let mut out = vec![0; to - from];
        discconv_core::ReadAt::read_exact_at(&content, from as u64, &mut out).unwrap();
        assert!(out == whole[from..to], "{from}..{to}");
    }
}
