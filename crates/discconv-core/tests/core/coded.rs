//! Files of coded blocks: the same bytes on any pool, read back through [`Blocks`].

use crate::support::disc_of;
use discconv_core::memory::MemoryFiles;
use discconv_core::*;
use discconv_testkit::{Rng, reference};
use std::ops::Range;
use std::sync::{Arc, Mutex, mpsc};

const HEADER: usize = 4096;

/// Runs of equal bytes as (count, byte); longer than the block, it is stored.
struct RunLength;

impl BlockEncode for RunLength {
    fn worker(&self) -> Box<dyn BlockWorker> {
        Box::new(RunLength)
    }
}

impl BlockWorker for RunLength {
    fn encode(&mut self, _: u64, raw: &[u8], out: &mut Vec<u8>) -> Result<Coded> {
        let coded: Vec<u8> =
            raw.chunk_by(|a, b| a == b).flat_map(|run| run.chunks(255)).flat_map(|run| [run.len() as u8, run[0]]).collect();
        let stored = coded.len() >= raw.len();
        out.extend(if stored { raw } else { &coded });
        Ok(Coded { tag: u32::from(stored), check: 0 })
    }
}

/// The entries, which go into the header; and all that was coded, which goes behind the end.
#[derive(Default)]
struct Table(Vec<u8>, Vec<u8>);

impl IndexMaker for Table {
    fn begin(&self) -> Box<dyn FileIndex> {
        Box::new(Table::default())
    }

    fn wants_raw(&self) -> bool {
        true
    }
}

impl FileIndex for Table {
    fn place(&mut self, block: &Block<'_>) -> Result<Placed> {
        let skip = (8 - block.at % 8) % 8;
        for value in [block.at + skip, block.coded.len() as u64, u64::from(block.says.tag), u64::from(block.raw_len)] {
            self.0.extend((value as u32).to_le_bytes());
        }
        self.1.extend(block.raw);
        Ok(Placed::Stored { skip: skip as u32 })
    }

    fn finish(self: Box<Self>, parts: &[Range<u64>]) -> Result<Patches> {
        assert_eq!(parts[0], 0..HEADER as u64);
        Ok(vec![(0, self.0), (parts[2].end, self.1)])
    }
}

struct Decoder(Arc<dyn ReadAt>, u32, u64);

impl BlockDecode for Decoder {
    type Scratch = Vec<u8>;

    fn geometry(&self) -> BlockGeometry {
        BlockGeometry { len: self.2, block_bytes: self.1 }
    }

    fn decode(&self, index: u64, scratch: &mut Vec<u8>, out: &mut [u8]) -> Result<()> {
        let mut entry = [0; 16];
        self.0.read_exact_at(index * 16, &mut entry)?;
        let field = |n: usize| u32::from_le_bytes(entry[n * 4..n * 4 + 4].try_into().unwrap());
        scratch.resize(field(1) as usize, 0);
        self.0.read_exact_at(u64::from(field(0)), scratch)?;
        if field(2) == 0 {
            *scratch = scratch.chunks(2).flat_map(|run| vec![run[1]; run[0].into()]).collect();
        }
        out.copy_from_slice(scratch);
        Ok(())
    }

    fn name(&self) -> &str {
        "coded"
    }
}

/// Threads that take numbers in turn and hand results over through bounded channels.
struct Threads(usize);

impl Pool for Threads {
    fn run(&self, count: u64, task: &(dyn Fn(u64, &mut Scratch) -> Result<()> + Sync)) -> Result<()> {
        Serial.run(count, task)
    }

    fn run_ordered(
        &self,
        count: u64,
        make: &(dyn Fn(u64, &mut Scratch) -> Result<Batch> + Sync),
        take: &mut dyn FnMut(Batch) -> Result<()>,
    ) -> Result<()> {
        let failed = Mutex::new(None);
        std::thread::scope(|scope| {
            let channels: Vec<_> = (0..self.0 as u64)
                .map(|first| {
                    let (send, receive) = mpsc::sync_channel(2);
                    scope.spawn(move || {
                        let mut scratch = Scratch::default();
                        (first..count).step_by(self.0).try_for_each(|number| send.send(make(number, &mut scratch)))
                    });
                    receive
                })
                .collect();
            for number in 0..count {
                let batch = channels[number as usize % self.0].recv().unwrap();
                if let Err(error) = batch.and_then(&mut *take) {
                    *failed.lock().unwrap() = Some(error);
                    return;
                }
            }
        });
        failed.into_inner().unwrap().map_or(Ok(()), Err)
    }
}

fn plan(disc: &Disc, sectors: i32, block_bytes: u32) -> Plan {
    let input = vec![
        Piece::Bytes(vec![7; 1000]),
        Piece::Sectors { disc: 0, lbas: Lba(0)..Lba(sectors), form: Form::USER },
        Piece::Zeros(500),
    ];
    let parts = vec![
        Part::Plain(Piece::Zeros(HEADER as u64)),
        Part::Blocks { input, block_bytes, codec: Codec(Arc::new(RunLength)) },
        Part::Plain(Piece::Bytes(b"end".to_vec())),
    ];
    let _ = disc;
    Plan {
        files: vec![PlannedFile {
            name: "coded".to_owned(),
            role: Role::Data,
            parts,
            index: Some(Index(Arc::new(Table::default()))),
        }],
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
fn blocks_come_back_and_are_the_same_on_any_pool() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let sectors = 300;
    let user: Vec<u8> = (0..sectors).flat_map(|n| if n % 3 == 0 { rng.bytes(2048) } else { vec![n as u8; 2048] }).collect();
    let raw: Vec<u8> = user.chunks(2048).zip(0..).flat_map(|(user, lba)| reference::mode1(lba, user)).collect();
    let disc = disc_of(&[(TrackMode::Mode1, Form::RAW, raw)]);
    let whole = [vec![7; 1000], user, vec![0; 500]].concat();
    for block_bytes in [4096, 5000] {
        let plan = plan(&disc, sectors, block_bytes);
        let mut made: Vec<Arc<[u8]>> = Vec::new();
        let pools: [&dyn Pool; 4] = [&Serial, &Threads(1), &Threads(2), &Threads(7)];
        for pool in pools {
            let files = MemoryFiles::new();
            let reader = |_: &Input<'_>| Ok(Vec::new());
            let how = Execution {
                outputs: Some(&files),
                pool,
                watch: &Quiet,
                allow: LossKinds::NONE,
                prove: true,
                source_name: "in",
                reader: &reader,
            };
            let report = execute(&plan, std::slice::from_ref(&disc), &how).unwrap();
            let bytes = files.get("coded").unwrap();
            assert_eq!(report.files, [("coded".to_owned(), Some(bytes.len() as u64))]);
            assert!(bytes.ends_with(&[&b"end"[..], &whole].concat()));
            made.push(bytes);
        }
        assert!(made.windows(2).all(|pair| pair[0] == pair[1]));

        let source: Arc<dyn ReadAt> = Arc::new(Bytes::new("coded", made[0].clone()));
        let blocks = Blocks::new(Decoder(source, block_bytes, whole.len() as u64)).unwrap();
        for _ in 0..300 {
            let start = rng.index(whole.len());
            let len = 1 + rng.index((whole.len() - start).min(40_000));
            let mut out = vec![0; len];
            blocks.read_exact_at(start as u64, &mut out).unwrap();
            assert!(out == whole[start..start + len], "{len} bytes from {start}");
        }
        assert!(blocks.read_exact_at(whole.len() as u64 - 3, &mut [0; 4]).is_err());
    }
}

/// Blocks of 10 bytes, each full of its number; notes down how it is asked.
#[derive(Default)]
struct Numbers(Mutex<Vec<(u64, usize)>>);

impl BlockDecode for Numbers {
    type Scratch = ();

    fn geometry(&self) -> BlockGeometry {
        BlockGeometry { len: 95, block_bytes: 10 }
    }

    fn decode(&self, index: u64, (): &mut (), out: &mut [u8]) -> Result<()> {
        self.0.lock().unwrap().push((index, out.len()));
        out.fill(index as u8);
        Ok(())
    }

    fn decode_run(&self, first: u64, (): &mut (), out: &mut [u8]) -> Result<()> {
        self.0.lock().unwrap().push((first, out.len()));
        out.iter_mut().zip(0..).for_each(|(byte, at)| *byte = (first + at / 10) as u8);
        Ok(())
    }

    fn name(&self) -> &str {
        "numbers"
    }
}

/// Remembers what it was shown.
#[derive(Default)]
struct Shown(Mutex<Vec<(u64, Vec<u8>)>>);

impl Tap for Shown {
    fn saw(&self, offset: u64, bytes: &[u8]) {
        self.0.lock().unwrap().push((offset, bytes.to_vec()));
    }
}

/// A tap sees whole blocks, once for each time they are decoded.
#[test]
fn what_is_decoded_is_shown() {
    let blocks = Blocks::new(Numbers::default()).unwrap();
    let shown = Arc::new(Shown::default());
    blocks.read_exact_at(0, &mut [0; 10]).unwrap();
    assert!(blocks.tap(&(shown.clone() as Arc<dyn Tap>)));
    for range in [15..95, 18..20, 3..4] {
        blocks.read_exact_at(range.start as u64, &mut vec![0; range.end - range.start]).unwrap();
    }
    let seen = shown.0.lock().unwrap();
    let places: Vec<(u64, usize)> = seen.iter().map(|(offset, bytes)| (*offset, bytes.len())).collect();
    assert_eq!(places, [(10, 10), (20, 75), (0, 10)]);
    assert!(seen.iter().all(|(offset, bytes)| bytes.iter().zip(*offset..).all(|(byte, at)| u64::from(*byte) == at / 10)));
    assert!(!Bytes::new("x", [0; 4]).tap(&(shown.clone() as Arc<dyn Tap>)));
}

/// Whole blocks are asked for at once, into the caller's own buffer; single ones are kept.
#[test]
fn neighbouring_blocks_are_one_call() {
    for (range, asked) in [
        (0..95, &[(0, 95)][..]),
        (0..90, &[(0, 90)]),
        (20..50, &[(2, 30)]),
        (90..95, &[(9, 5)]),
        (15..95, &[(1, 10), (2, 75)]),
        (20..57, &[(2, 30), (5, 10)]),
        (3..7, &[(0, 10)]),
        (8..12, &[(0, 10), (1, 10)]),
        (90..94, &[(9, 5)]),
        (40..40, &[]),
    ] {
        let blocks = Blocks::new(Numbers::default()).unwrap();
        let mut out = vec![0xFF; range.end - range.start];
        blocks.read_exact_at(range.start as u64, &mut out).unwrap();
        assert!(out.iter().zip(range.clone()).all(|(byte, at)| usize::from(*byte) == at / 10), "{range:?}: {out:?}");
        assert_eq!(*blocks.decoder().0.lock().unwrap(), asked, "{range:?}");
    }
    let blocks = Blocks::new(Numbers::default()).unwrap();
    for _ in 0..3 {
        blocks.read_exact_at(3, &mut [0; 4]).unwrap();
    }
    assert_eq!(*blocks.decoder().0.lock().unwrap(), [(0, 10)]);
}
