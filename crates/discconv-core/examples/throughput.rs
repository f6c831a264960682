//! How fast the core moves sectors on one thread, from memory to memory: `cargo run --release --example throughput`.
//!
//! Figures are GB of raw sectors (2352 bytes each) per second, the best of several rounds.

use discconv_core::*;
use std::sync::Arc;
use std::time::Instant;

/// 100 MB of raw sectors.
const SECTORS: i32 = 42_500;
const ROUNDS: u32 = 9;
/// What the engine asks for at once.
const BATCH: usize = 256;

fn disc(mode: TrackMode, form: Form, bytes: Vec<u8>) -> Result<Disc> {
    let place = Place { source: SourceId(0), offset: 0, form };
    Disc::new(
        "memory",
        DiscParts {
            toc: Toc::single_data(Media::Cd, mode, SECTORS),
            sources: vec![Arc::new(Bytes::new("memory", bytes))],
            extents: vec![Extent::stored(Lba(0)..Lba(SECTORS), mode, place)],
            notes: Vec::new(),
            checks: Vec::new(),
            extras: Vec::new(),
        },
    )
}

fn all(disc: &Disc, form: &Form) -> Result<Vec<u8>> {
    let mut out = vec![0; usize::try_from(SECTORS).unwrap_or(0) * form.record()];
    disc.read_sectors(Lba(0), form, &mut Scratch::default(), &mut out)?;
    Ok(out)
}

/// Call `read` for every batch and print the best rate.
fn measure(name: &str, stride: usize, mut read: impl FnMut(Lba, &mut [u8]) -> Result<()>) -> Result<()> {
    let mut out = vec![0; BATCH * stride];
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for first in (0..SECTORS).step_by(BATCH) {
            let count = BATCH.min(usize::try_from(SECTORS - first).unwrap_or(0));
            read(Lba(first), &mut out[..count * stride])?;
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    print(name, best);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "that is what an example is for")]
fn print(name: &str, seconds: f64) {
    println!("{name:<34} {:6.2} GB/s", f64::from(SECTORS) * 2352.0 / seconds / 1e9);
}

fn main() -> Result<()> {
    let mut state = 1_u64;
    let user: Vec<u8> = (0..usize::try_from(SECTORS).unwrap_or(0) * 256)
        .flat_map(|_| {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
            state.to_le_bytes()
        })
        .collect();
    for mode in [TrackMode::Mode1, TrackMode::Mode2] {
        let cooked = disc(mode, Form::USER, user.clone())?;
        let raw = disc(mode, Form::RAW, all(&cooked, &Form::RAW)?)?;
        let sub = disc(mode, Form::RAW_SUB, all(&cooked, &Form::RAW_SUB)?)?;
        let body = disc(mode, Form::MODE2, all(&cooked, &Form::MODE2)?)?;
        let mut scratch = Scratch::default();
        let mut tally = Tally::default();
        let name = mode.name();
        measure(&format!("{name} 2352 -> 2352"), 2352, |lba, out| raw.read_sectors(lba, &Form::RAW, &mut scratch, out))?;
        measure(&format!("{name} 2352 -> 2048, tested"), 2048, |lba, out| {
            raw.read_lossy(lba, &Form::USER, &mut scratch, &mut tally, out)
        })?;
        measure(&format!("{name} 2352 -> 2048"), 2048, |lba, out| raw.read_sectors(lba, &Form::USER, &mut scratch, out))?;
        measure(&format!("{name} 2048 -> 2352"), 2352, |lba, out| {
            cooked.read_lossy(lba, &Form::RAW, &mut scratch, &mut tally, out)
        })?;
        measure(&format!("{name} 2336 -> 2352"), 2352, |lba, out| body.read_sectors(lba, &Form::RAW, &mut scratch, out))?;
        measure(&format!("{name} 2448 -> 2352"), 2352, |lba, out| sub.read_sectors(lba, &Form::RAW, &mut scratch, out))?;
        measure(&format!("{name} 2352 -> 2448"), 2448, |lba, out| raw.read_sectors(lba, &Form::RAW_SUB, &mut scratch, out))?;
        let mut best = f64::MAX;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            if !verify_sectors(&raw, &Serial, &Quiet)?.is_ok() || !tally.kinds().is_empty() {
                return Err(Error::unsupported("memory", At::Whole, "sectors that should be right are not"));
            }
            best = best.min(start.elapsed().as_secs_f64());
        }
        print(&format!("{name} verify_sectors"), best);
    }
    Ok(())
}
