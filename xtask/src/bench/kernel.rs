//! The arithmetic of a sector alone, on one core: ours against the tables.

use super::tables::{Framing, RAW, Tables};
use discconv_sector::{Lba, build_mode1};
use discconv_testkit::Rng;
use std::hint::black_box;
use std::time::Instant;

/// At least this many times faster than the tables.
pub(super) const GOAL: f64 = 15.0;
/// Sectors per round: enough to outlast the clock, few enough to stay in the cache.
const SECTORS: usize = 256;

pub(super) struct Kernel {
    pub(super) tables_ns: f64,
    pub(super) ours_ns: f64,
}

impl Kernel {
    pub(super) fn ratio(&self) -> f64 {
        self.tables_ns / self.ours_ns
    }
}

/// The least time of that many rounds each, in turn.
pub(super) fn run(rounds: usize) -> Result<Kernel, String> {
    let tables = Tables::new();
    let mut rng = Rng::new(11);
    let mut sectors = vec![[0u8; RAW]; SECTORS];
    sectors.iter_mut().for_each(|raw| rng.fill(raw));
    let mut ours = sectors.clone();
    let mut kernel = Kernel { tables_ns: f64::MAX, ours_ns: f64::MAX };
    for _ in 0..rounds {
        kernel.tables_ns = kernel.tables_ns.min(time(&mut sectors, |lba, raw| tables.frame(raw, lba, Framing::Mode1)));
        // Short runs are easily disturbed, so more of them.
        for _ in 0..20 {
            let ns = time(&mut ours, |lba, raw| build_mode1(Lba(i32::try_from(lba).unwrap_or(0)), raw));
            kernel.ours_ns = kernel.ours_ns.min(ns);
        }
    }
    if sectors == ours { Ok(kernel) } else { Err("the tables and discconv-sector make different sectors.".to_owned()) }
}

fn time(sectors: &mut [[u8; RAW]], mut build: impl FnMut(u32, &mut [u8; RAW])) -> f64 {
    let start = Instant::now();
    for (lba, raw) in (0..).zip(sectors.iter_mut()) {
        build(lba, black_box(raw));
    }
    start.elapsed().as_secs_f64() * 1e9 / SECTORS as f64
}
