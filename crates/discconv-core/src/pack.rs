//! Files of coded blocks: made by workers, placed in order by the thread that owns the index.

use crate::encode::{Batch, Block, FileIndex, Placed};
use crate::engine::Engine;
use crate::error::Result;
use crate::loss::Tally;
use crate::output::{FileId, OutputSet};
use crate::plan::{Part, Piece, PlannedFile, aligned};
use crate::read::Scratch;
use crate::steps::Steps;
use std::ops::Range;

/// Raw bytes that a worker codes at a time.
const BATCH_BYTES: u64 = 256 << 10;

impl Engine<'_> {
    /// Write a file that has coded blocks; its length.
    pub(crate) fn pack(&self, id: FileId, file: &PlannedFile, set: &dyn OutputSet) -> Result<u64> {
        let mut index = file.index.as_ref().map(|index| index.0.begin());
        let mut at = 0;
        let mut places = Vec::new();
        for part in &file.parts {
            let start = at;
            at = match part {
                Part::Plain(piece) => {
                    let pieces = [(id, at, piece.clone())];
                    self.run(&Steps::of_pieces(&pieces, self.discs), Some(set))?;
                    at + piece.len()
                }
                Part::Align(unit) => aligned(at, *unit),
                Part::Blocks { input, block_bytes, codec } => {
                    let stream = Stream::new(input);
                    let keep_raw = file.index.as_ref().is_some_and(|index| index.0.wants_raw());
                    let blocks = BlockRun { id, stream, block_bytes: u64::from((*block_bytes).max(1)), codec, keep_raw };
                    self.blocks(&blocks, at, index.as_deref_mut(), set)?
                }
            };
            places.push(start..at);
        }
        // After a refusal blocks are missing, and nothing of it will be kept.
        let index = index.filter(|_| !self.is_refused());
        for (offset, bytes) in index.map_or(Ok(Vec::new()), |index| index.finish(&places))? {
            set.write_at(id, offset, &bytes)?;
            // A table whose length is known only now stands at the end.
            at = at.max(offset.saturating_add(bytes.len() as u64));
        }
        Ok(at)
    }

    /// Code one part from `at` on; where it ends.
    fn blocks(
        &self,
        run: &BlockRun<'_>,
        mut at: u64,
        mut index: Option<&mut (dyn FileIndex + 'static)>,
        set: &dyn OutputSet,
    ) -> Result<u64> {
        let per_batch = (BATCH_BYTES / run.block_bytes).max(1) * run.block_bytes;
        let batches = run.stream.len.div_ceil(per_batch);
        let make = |number: u64, scratch: &mut Scratch| {
            let start = number * per_batch;
            self.code(run, start..run.stream.len.min(start + per_batch), scratch)
        };
        let mut out = Vec::new();
        let mut number = 0;
        self.how.pool.run_ordered(batches, &make, &mut |batch: Batch| {
            out.clear();
            let from = at;
            let (mut coded, mut raw) = (batch.bytes.as_slice(), batch.raw.as_slice());
            for (len, raw_len, says) in &batch.blocks {
                let now = take(&mut coded, *len);
                let block =
                    Block { index: number, at, raw_len: *raw_len, coded: now, raw: take(&mut raw, *raw_len), says: *says };
                number += 1;
                let placed = index.as_mut().map_or(Ok(Placed::Stored { skip: 0 }), |index| index.place(&block))?;
                if let Placed::Stored { skip } = placed {
                    out.resize(out.len() + usize::try_from(skip).unwrap_or(0), 0);
                    out.extend_from_slice(now);
                    at = from + out.len() as u64;
                }
            }
            if self.is_refused() { Ok(()) } else { set.write_at(run.id, from, &out) }
        })?;
        Ok(at)
    }

    /// Read and code the bytes `range` of the stream, which begins on a block.
    fn code(&self, run: &BlockRun<'_>, range: Range<u64>, scratch: &mut Scratch) -> Result<Batch> {
        self.how.watch.check()?;
        let mut raw = std::mem::take(&mut scratch.buffer);
        raw.resize(usize::try_from(range.end - range.start).unwrap_or(usize::MAX), 0);
        self.read_stream(&run.stream, range.start, scratch, &mut raw)?;
        let mut batch = Batch::default();
        if !self.is_refused() {
            let block = usize::try_from(run.block_bytes).unwrap_or(usize::MAX);
            let first = range.start / run.block_bytes;
            let worker = scratch.worker.get_or_insert_with(|| run.codec.0.worker());
            for (index, raw) in (first..).zip(raw.chunks(block)) {
                let before = batch.bytes.len();
                let says = worker.encode(index, raw, &mut batch.bytes)?;
                let len = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
                batch.blocks.push((len(batch.bytes.len() - before), len(raw.len()), says));
            }
        }
        self.how.watch.advance(raw.len() as u64);
        if run.keep_raw {
            batch.raw = raw;
        } else {
            scratch.buffer = raw;
        }
        Ok(batch)
    }

    fn read_stream(&self, stream: &Stream<'_>, offset: u64, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        let mut at = offset;
        let mut rest = out;
        let mut index = stream.pieces.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        while !rest.is_empty() {
            let (start, piece) = stream.pieces[index];
            let take = usize::try_from(piece.len() - (at - start)).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at_mut(take);
            self.read_piece(piece, at - start, scratch, now)?;
            at += take as u64;
            rest = later;
            index += 1;
        }
        Ok(())
    }

    fn read_piece(&self, piece: &Piece, offset: u64, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        match piece {
            Piece::Bytes(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                out.copy_from_slice(&bytes[start..start + out.len()]);
            }
            Piece::Zeros(_) => out.fill(0),
            Piece::Copy { disc, source, range } => self.discs[*disc].source(*source).read_exact_at(range.start + offset, out)?,
            Piece::Sectors { disc, lbas, form } => {
                let stride = u64::from(form.stride);
                let (first, last) = (offset / stride, (offset + out.len() as u64).div_ceil(stride));
                let skip = usize::try_from(offset % stride).unwrap_or(0);
                let mut tally = Tally::default();
                let lba = lbas.start + i32::try_from(first).unwrap_or(i32::MAX);
                let whole = usize::try_from((last - first) * stride).unwrap_or(usize::MAX);
                if skip == 0 && whole == out.len() {
                    self.discs[*disc].read_lossy(lba, form, scratch, &mut tally, out)?;
                } else {
                    // A block that does not end with a sector.
                    let mut sectors = std::mem::take(&mut scratch.other);
                    sectors.resize(whole, 0);
                    self.discs[*disc].read_lossy(lba, form, scratch, &mut tally, &mut sectors)?;
                    out.copy_from_slice(&sectors[skip..skip + out.len()]);
                    scratch.other = sectors;
                }
                self.count(*disc, &tally);
            }
        }
        Ok(())
    }
}

struct BlockRun<'p> {
    id: FileId,
    stream: Stream<'p>,
    block_bytes: u64,
    codec: &'p crate::encode::Codec,
    keep_raw: bool,
}

/// The first `len` of `bytes`, which go on behind them.
fn take<'b>(bytes: &mut &'b [u8], len: u32) -> &'b [u8] {
    let (now, rest) = bytes.split_at(usize::try_from(len).unwrap_or(usize::MAX).min(bytes.len()));
    *bytes = rest;
    now
}

/// Pieces as one run of bytes.
struct Stream<'p> {
    pieces: Vec<(u64, &'p Piece)>,
    len: u64,
}

impl<'p> Stream<'p> {
    fn new(input: &'p [Piece]) -> Stream<'p> {
        let mut len = 0;
        let mut pieces = Vec::with_capacity(input.len());
        for piece in input.iter().filter(|piece| !piece.is_empty()) {
            pieces.push((len, piece));
            len += piece.len();
        }
        Stream { pieces, len }
    }
}
