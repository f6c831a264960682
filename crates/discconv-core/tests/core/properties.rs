//! What holds for every disc and every view. The seed is printed; `DISCCONV_SEED` repeats a run.

use crate::pool::Shuffled;
use crate::random::{self, Truth};
use crate::support::{disc_of, read_all};
use discconv_core::memory::MemoryFiles;
use discconv_core::*;
use discconv_testkit::Rng;
use std::ops::Range;

const MODES: [TrackMode; 4] = [TrackMode::Audio, TrackMode::Mode0, TrackMode::Mode1, TrackMode::Mode2];

fn rng() -> Rng {
    Rng::seed_from_env("DISCCONV_SEED")
}

/// A run of sectors that all exist, chosen by chance.
fn some_sectors(rng: &mut Rng, disc: &Disc) -> Range<Lba> {
    let session = rng.choose(&disc.toc().sessions);
    let (first, end) = (session.tracks[0].first(), session.tracks.last().unwrap().end);
    let len = first.sectors_to(end);
    let start = rng.below(u64::from(len)) as i32;
    let count = 1 + rng.below(u64::from(len) - start as u64) as i32;
    first + start..first + start + count
}

fn read(disc: &Disc, lbas: &Range<Lba>, view: &Form, lossy: bool, scratch: &mut Scratch) -> (Result<Vec<u8>>, Tally) {
    let mut out = vec![0xEE; lbas.start.sectors_to(lbas.end) as usize * view.record()];
    let mut tally = Tally::default();
    let done = if lossy {
        disc.read_lossy(lbas.start, view, scratch, &mut tally, &mut out)
    } else {
        disc.read_sectors(lbas.start, view, scratch, &mut out)
    };
    (done.map(|()| out), tally)
}

#[test]
fn any_batch_equals_sector_by_sector() {
    let mut rng = rng();
    let mut scratch = Scratch::default();
    for _ in 0..150 {
        let Truth { disc, .. } = random::disc(&mut rng, &MODES);
        for _ in 0..8 {
            let (lbas, view, lossy) = (some_sectors(&mut rng, &disc), random::view(&mut rng), rng.flip());
            let (batch, tally) = read(&disc, &lbas, &view, lossy, &mut scratch);
            let mut single = Ok(Vec::new());
            let mut singly = Tally::default();
            for lba in (lbas.start.0..lbas.end.0).map(Lba) {
                let (one, counted) = read(&disc, &(lba..lba + 1), &view, lossy, &mut scratch);
                singly.merge(&counted);
                match (&mut single, one) {
                    (Ok(all), Ok(one)) => all.extend(one),
                    (Ok(_), Err(error)) => single = Err(error),
                    (Err(_), _) => {}
                }
            }
            match (batch, single) {
                (Ok(batch), Ok(single)) => {
                    assert!(batch == single, "{lbas:?} as {view}");
                    assert_eq!(tally, singly, "{lbas:?} as {view}");
                }
                (Err(batch), Err(single)) => assert_eq!(batch.to_string(), single.to_string()),
                (batch, single) => panic!("{lbas:?} as {view}: {:?} {:?}", batch.err(), single.err()),
            }
        }
    }
}

#[test]
fn every_stored_form_gives_the_true_sector() {
    let mut rng = rng();
    let mut scratch = Scratch::default();
    for _ in 0..200 {
        let truth = random::disc(&mut rng, &MODES);
        for (lba, raw) in &truth.raw {
            let lbas = Lba(*lba)..Lba(lba + 1);
            let extent = truth.disc.extent_at(Lba(*lba)).unwrap();
            let (got, lost) = read(&truth.disc, &lbas, &Form::RAW, true, &mut scratch);
            assert!(got.unwrap() == raw[..], "LBA {lba} of {extent:?}");
            assert!(lost.kinds().is_empty());
            let (start, end) = (rng.below(2352) as u16, 2352);
            let (got, _) = read(&truth.disc, &lbas, &Form::frame(start, end), true, &mut scratch);
            assert!(got.unwrap() == raw[usize::from(start)..], "LBA {lba} from byte {start} of {extent:?}");
        }
        for (lba, packed) in &truth.sub {
            let view = Form { main: Main::None, twist: Twist::None, sub: Some(SubCoding::Packed), stride: 96 };
            let (got, _) = read(&truth.disc, &(Lba(*lba)..Lba(lba + 1)), &view, false, &mut scratch);
            assert_eq!(got.unwrap(), packed, "LBA {lba}");
        }
    }
}

#[test]
fn what_a_2048_view_does_not_count_as_lost_comes_back() {
    let mut rng = rng();
    let mut scratch = Scratch::default();
    for _ in 0..100 {
        let mode = *rng.choose(&[TrackMode::Mode1, TrackMode::Mode2]);
        let truth = random::disc(&mut rng, &[mode]);
        for (lba, raw) in &truth.raw {
            let lbas = Lba(*lba)..Lba(lba + 1);
            let (user, lost) = read(&truth.disc, &lbas, &Form::USER, true, &mut scratch);
            if lost.kinds().is_empty() && *lba >= 0 {
                let mut parts = disc_of(&[(mode, Form::USER, user.unwrap())]).into_parts();
                parts.extents[0].lbas = lbas.clone();
                parts.extents.insert(0, Extent::gap(Lba(-1)..lbas.start, mode));
                let track = &mut parts.toc.sessions[0].tracks[0];
                (track.indexes[0].1, track.end) = (lbas.start, lbas.end);
                parts.toc.sessions[0].lead_out = lbas.end;
                let back = Disc::new("back", parts).unwrap();
                assert!(read(&back, &lbas, &Form::RAW, false, &mut scratch).0.unwrap() == raw[..], "LBA {lba}");
            }
            // The only thing lost may be what a plain subheader cannot say.
            assert!(lost.count(LossKind::Ecc) == 0 && lost.count(LossKind::Form2) + lost.count(LossKind::Subheader) <= 1);
        }
    }
}

#[test]
fn raw_to_user_to_raw_is_the_same_mode_1_disc() {
    let mut rng = rng();
    let user = rng.bytes(700 * 2048);
    let raw = read_all(&disc_of(&[(TrackMode::Mode1, Form::USER, user.clone())]), &Form::RAW).unwrap();
    let disc = disc_of(&[(TrackMode::Mode1, Form::RAW, raw.clone())]);
    let (stripped, lost) = read(&disc, &(Lba(0)..Lba(700)), &Form::USER, true, &mut Scratch::default());
    assert!(stripped.unwrap() == user && lost.kinds().is_empty());
    for _ in 0..50 {
        // Whatever is changed outside the user data is noticed.
        let (lba, byte) = (rng.index(700), *rng.choose(&[rng.clone().index(16), 2064 + rng.clone().index(288)]));
        let _ = rng.next_u64();
        let mut damaged = raw.clone();
        damaged[lba * 2352 + byte] ^= 1 << rng.below(8);
        let disc = disc_of(&[(TrackMode::Mode1, Form::RAW, damaged)]);
        let lbas = Lba(lba as i32)..Lba(lba as i32 + 1);
        let (_, lost) = read(&disc, &lbas, &Form::USER, true, &mut Scratch::default());
        assert!(!lost.kinds().is_empty(), "byte {byte} of LBA {lba}");
    }
}

/// A plan for one file of `lbas` as `form`, with a header and zeros.
fn plan(disc: &Disc, lbas: Range<Lba>, form: &Form) -> Plan {
    let mut pieces = vec![Piece::Bytes(b"header".to_vec()), Piece::Zeros(700_000)];
    pieces.extend(disc.lay_out(0, lbas, form));
    Plan {
        files: vec![PlannedFile::new("out", Role::Data, pieces)],
        entry: 0,
        format: "test",
        forced: None,
        inner: None,
        losses: Vec::new(),
        dropped: Vec::new(),
        discs: Vec::new(),
        notes: Vec::new(),
    }
}

#[test]
fn pieces_carried_out_are_what_reading_gives_whoever_does_the_work() {
    let mut rng = rng();
    for _ in 0..40 {
        let data_only = rng.flip();
        let truth = random::disc(&mut rng, if data_only { &MODES[1..] } else { &MODES });
        let lbas = some_sectors(&mut rng, &truth.disc);
        let view = loop {
            let view = random::view(&mut rng);
            if data_only || view.main != Main::User {
                break view;
            }
        };
        let (wanted, lost) = read(&truth.disc, &lbas, &view, true, &mut Scratch::default());
        let wanted = [&b"header"[..], &[0; 700_000], &wanted.unwrap()].concat();
        let plan = plan(&truth.disc, lbas.clone(), &view);
        for workers in [1, 2, 7] {
            let files = MemoryFiles::new();
            let pool = Shuffled::new(workers, rng.next_u64());
            // Opened again as nothing at all: the pieces alone are compared.
            let reader = |_: &Input<'_>| Ok(Vec::new());
            let how = Execution {
                outputs: Some(&files),
                pool: &pool,
                watch: &Quiet,
                allow: LossKinds::ALL,
                prove: true,
                source_name: "in",
                reader: &reader,
            };
            let report = execute(&plan, std::slice::from_ref(&truth.disc), &how).unwrap();
            assert!(files.get("out").unwrap()[..] == wanted[..], "{lbas:?} as {view}, {workers} workers");
            let reported: Vec<_> = report.losses.iter().map(|loss| (loss.kind, loss.count, loss.first)).collect();
            let counted: Vec<_> = lost.losses().iter().map(|loss| (loss.kind, loss.count, loss.first)).collect();
            assert_eq!(reported, counted, "{lbas:?} as {view}, {workers} workers");
        }
    }
}

#[test]
fn the_same_disc_in_two_sets_of_forms_is_the_same_disc() {
    let mut rng = rng();
    for _ in 0..30 {
        let truth = random::disc(&mut rng, &MODES);
        let end = truth.disc.toc().sessions.last().unwrap().lead_out;
        let first = truth.disc.extents()[0].lbas.start;
        // Everything stored raw, in one file per extent.
        let mut parts = truth.disc.clone().into_parts();
        parts.sources.clear();
        for extent in &mut parts.extents {
            let (raw, _) = read(&truth.disc, &extent.lbas, &Form::RAW, false, &mut Scratch::default());
            let source = SourceId(parts.sources.len() as u32);
            parts.sources.push(std::sync::Arc::new(Bytes::new("raw", raw.unwrap())));
            extent.main = Some(Place { source, offset: 0, form: Form::RAW });
            extent.sub = None;
        }
        let raw = Disc::new("raw", parts).unwrap();
        let pool = Shuffled::new(3, rng.next_u64());
        let found = compare(&truth.disc, &raw, &pool, &Quiet).unwrap();
        assert_eq!((found.toc, found.differences), (None, Vec::new()));
        assert!(found.sectors <= u64::from(first.sectors_to(end)) && found.sectors > 0);
    }
}
