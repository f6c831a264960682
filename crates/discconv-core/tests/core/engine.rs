//! Plans carried out: copies, rebuilt sectors, losses found by the pass that writes, proof.

use crate::support::disc_of;
use discconv_core::memory::MemoryFiles;
use discconv_core::*;
use discconv_testkit::{Rng, reference};
use std::sync::Arc;

/// A plan that writes the first `sectors` sectors of a data disc in `form` to one file.
fn plan(disc: &Disc, sectors: i32, form: Form) -> Plan {
    let pieces = disc.lay_out(0, Lba(0)..Lba(sectors), &form);
    let run = Run { at: Lba(0), disc: 0, from: Lba(0), sectors: sectors as u32, form };
    Plan {
        files: vec![PlannedFile::new("out", Role::Data, pieces)],
        entry: 0,
        format: "test",
        forced: None,
        inner: None,
        losses: Vec::new(),
        dropped: Vec::new(),
        discs: vec![ExpectedDisc {
            toc: Toc::single_data(Media::Cd, TrackMode::Mode2, sectors),
            runs: vec![run],
            says_mode: true,
        }],
        notes: Vec::new(),
    }
}

/// Reads the file back as one track of records of `form`.
fn reader(form: Form) -> impl Fn(&Input<'_>) -> Result<Vec<Disc>> + Sync {
    move |input| {
        let mut bytes = vec![0; input.source.len() as usize];
        input.source.read_exact_at(0, &mut bytes)?;
        Ok(vec![disc_of(&[(TrackMode::Mode2, form, bytes)])])
    }
}

fn run(plan: &Plan, disc: &Disc, outputs: Option<&dyn Outputs>, allow: LossKinds, form: Form) -> Result<Report> {
    let reader = reader(form);
    let how = Execution { outputs, pool: &Serial, watch: &Quiet, allow, prove: true, source_name: "in", reader: &reader };
    execute(plan, std::slice::from_ref(disc), &how)
}

fn form1_disc(user: &[u8]) -> (Disc, Vec<u8>) {
    let raw: Vec<u8> = user.chunks(2048).zip(0..).flat_map(|(user, lba)| reference::form1(lba, [0, 0, 8, 0], user)).collect();
    (disc_of(&[(TrackMode::Mode2, Form::RAW, raw.clone())]), raw)
}

#[test]
fn stripping_and_rebuilding_give_each_other_back() {
    let user = Rng::seed_from_env("DISCCONV_SEED").bytes(600 * 2048);
    let (disc, raw) = form1_disc(&user);
    let files = MemoryFiles::new();
    let report = run(&plan(&disc, 600, Form::USER), &disc, Some(&files), LossKinds::NONE, Form::USER).unwrap();
    assert_eq!(report.verified_tracks, Some(1));
    assert!(files.get("out").unwrap()[..] == user[..]);

    let stripped = disc_of(&[(TrackMode::Mode2, Form::USER, user)]);
    let files = MemoryFiles::new();
    run(&plan(&stripped, 600, Form::RAW), &stripped, Some(&files), LossKinds::NONE, Form::RAW).unwrap();
    assert!(files.get("out").unwrap()[..] == raw[..]);
}

#[test]
fn the_same_form_is_a_copy() {
    let (disc, raw) = form1_disc(&[3; 700 * 2048]);
    let plan = plan(&disc, 700, Form::RAW);
    assert_eq!(plan.files[0].parts, [Part::Plain(Piece::Copy { disc: 0, source: SourceId(0), range: 0..700 * 2352 })]);
    let files = MemoryFiles::new();
    run(&plan, &disc, Some(&files), LossKinds::NONE, Form::RAW).unwrap();
    assert!(files.get("out").unwrap()[..] == raw[..]);
}

#[test]
fn losses_are_counted_to_the_end_and_nothing_is_left() {
    let mut raw: Vec<u8> = (0..900).flat_map(|lba| reference::form1(lba, [0, 0, 8, 0], &[1; 2048])).collect();
    for lba in [5, 800] {
        raw[lba * 2352..][..2352].copy_from_slice(&reference::form2(lba as i32, [0, 0, 0x20, 0], &[2; 2324], true));
    }
    raw[7 * 2352 + 100] ^= 1;
    raw[9 * 2352..][..2352].copy_from_slice(&reference::form1(9, [1, 2, 8, 0], &[1; 2048]));
    let disc = disc_of(&[(TrackMode::Mode2, Form::RAW, raw)]);
    let plan = plan(&disc, 900, Form::USER);
    let wanted = "in: something would be lost: form2 (2 sectors with 2324 bytes or more of Mode 2 data, of which 2048 fit), first at LBA 5; \
                  subheader (1 sector whose subheader says more than plain data), first at LBA 9; \
                  ecc (1 sector whose sync, header, EDC or ECC is not what rebuilding gives), first at LBA 7";
    for outputs in [true, false] {
        let files = MemoryFiles::new();
        let error = run(&plan, &disc, outputs.then_some(&files as &dyn Outputs), LossKinds::NONE, Form::USER).unwrap_err();
        assert_eq!(error.to_string(), wanted);
        assert_eq!(error.hint().unwrap(), "--allow-loss form2,subheader,ecc goes on without it");
        assert!(files.names().is_empty());
    }
    let files = MemoryFiles::new();
    let report = run(&plan, &disc, Some(&files), LossKinds::ALL, Form::USER).unwrap();
    assert_eq!(report.losses.len(), 3);
    assert_eq!(files.names(), ["out"]);
}

#[test]
fn a_loss_that_the_toc_tells_stops_before_writing_and_is_listed_with_the_others() {
    let mut raw: Vec<u8> = (0..20).flat_map(|lba| reference::form1(lba, [0, 0, 8, 0], &[1; 2048])).collect();
    raw[3 * 2352 + 100] ^= 1;
    let disc = disc_of(&[(TrackMode::Mode2, Form::RAW, raw)]);
    let mut plan = plan(&disc, 20, Form::USER);
    plan.losses.push(Loss::new(LossKind::Audio, 2, "2 audio tracks (02-03)"));
    let files = MemoryFiles::new();
    let error = run(&plan, &disc, Some(&files), LossKinds::NONE, Form::USER).unwrap_err().to_string();
    assert!(error.contains("audio (2 audio tracks (02-03)); ecc (1 sector"), "{error}");
    assert!(run(&plan, &disc, Some(&files), LossKinds::of(&[LossKind::Audio, LossKind::Ecc]), Form::USER).is_ok());
}

#[test]
fn a_dropped_gap_is_a_loss_only_if_something_is_in_it() {
    let raw: Vec<u8> =
        (0..20).flat_map(|lba| reference::form1(lba, [0, 0, 8, 0], &[if lba < 10 { 0 } else { 1 }; 2048])).collect();
    let disc = disc_of(&[(TrackMode::Mode2, Form::RAW, raw)]);
    let mut plan = plan(&disc, 20, Form::USER);
    plan.dropped = vec![Dropped { disc: 0, lbas: Lba(0)..Lba(10), what: DroppedWhat::Gap }];
    run(&plan, &disc, Some(&MemoryFiles::new()), LossKinds::NONE, Form::USER).unwrap();
    plan.dropped[0].lbas = Lba(0)..Lba(12);
    let error = run(&plan, &disc, Some(&MemoryFiles::new()), LossKinds::NONE, Form::USER).unwrap_err().to_string();
    assert!(error.contains("pregap (2 sectors of a gap that is not blank), first at LBA 10"), "{error}");
}

/// Outputs whose files come back with one bit changed.
struct Flipping(MemoryFiles, u64);

struct FlippingSet(Box<dyn OutputSet>, u64);

impl Outputs for Flipping {
    fn begin(&self, files: &[OutputFile]) -> Result<Box<dyn OutputSet>> {
        Ok(Box::new(FlippingSet(self.0.begin(files)?, self.1)))
    }
}

impl OutputSet for FlippingSet {
    fn write_at(&self, file: FileId, offset: u64, bytes: &[u8]) -> Result<()> {
        self.0.write_at(file, offset, bytes)
    }

    fn reopen(&self, file: FileId) -> Result<Arc<dyn ReadAt>> {
        let source = self.0.reopen(file)?;
        let mut bytes = vec![0; source.len() as usize];
        source.read_exact_at(0, &mut bytes)?;
        bytes[self.1 as usize] ^= 0x10;
        Ok(Arc::new(Bytes::new("out", bytes)))
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.0.commit()
    }
}

#[test]
fn a_bit_flipped_before_the_proof_makes_it_fail() {
    let (disc, _) = form1_disc(&Rng::new(5).bytes(300 * 2048));
    for (form, offset, message) in [
        (
            Form::USER,
            299 * 2048 + 2047,
            "out: LBA 299: the output differs from its source: byte 2047 of the sector read back differently",
        ),
        (Form::RAW, 17 * 2352 + 1, "out: LBA 17: the output differs from its source: byte 1 of the sector read back differently"),
    ] {
        let files = MemoryFiles::new();
        let plan = plan(&disc, 300, form);
        let reader = |input: &Input<'_>| {
            let mut bytes = vec![0; input.source.len() as usize];
            input.source.read_exact_at(0, &mut bytes)?;
            let named: Arc<dyn ReadAt> = Arc::new(Bytes::new("out", bytes));
            let mut parts = disc_of(&[(TrackMode::Mode2, form, vec![0; input.source.len() as usize])]).into_parts();
            parts.sources = vec![named];
            Ok(vec![Disc::new("out", parts)?])
        };
        let outputs = Flipping(files.clone(), offset);
        let how = Execution {
            outputs: Some(&outputs),
            pool: &Serial,
            watch: &Quiet,
            allow: LossKinds::NONE,
            prove: true,
            source_name: "in",
            reader: &reader,
        };
        let error = execute(&plan, std::slice::from_ref(&disc), &how).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(files.names().is_empty());
    }
}

#[test]
fn a_cancelled_run_leaves_nothing() {
    struct Stop;
    impl Watch for Stop {
        fn cancelled(&self) -> bool {
            true
        }
    }
    let (disc, _) = form1_disc(&[1; 50 * 2048]);
    let files = MemoryFiles::new();
    let reader = reader(Form::USER);
    let how = Execution {
        outputs: Some(&files),
        pool: &Serial,
        watch: &Stop,
        allow: LossKinds::NONE,
        prove: true,
        source_name: "in",
        reader: &reader,
    };
    assert!(matches!(execute(&plan(&disc, 50, Form::USER), std::slice::from_ref(&disc), &how), Err(Error::Cancelled)));
    assert!(files.names().is_empty());
}

#[test]
fn names_that_leave_the_folder_are_refused() {
    let (disc, _) = form1_disc(&[1; 2048]);
    for name in ["../out", "a/b", "", "..", "C:\\x"] {
        let mut plan = plan(&disc, 1, Form::USER);
        plan.files[0].name = name.to_owned();
        assert!(run(&plan, &disc, Some(&MemoryFiles::new()), LossKinds::NONE, Form::USER).is_err(), "{name:?}");
    }
}
