//! How long a sector takes, against the usual tables of one byte at a time.
//!
//! `cargo run --release -p discconv-sector --example speed`

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::hint::black_box;
use std::time::Instant;

use discconv_sector::{Lba, RAW, Subheader, build_form1, build_mode1, ecc, edc, inspect, scramble, subchannel};
use discconv_testkit::Rng;

/// Nanoseconds per call: the best of many rounds, for others use the machine too. Rounds are equally short for slow and
/// fast calls: a long one would always be interrupted, a short one not, and the ratio would flatter the fast.
fn nanoseconds(mut call: impl FnMut()) -> f64 {
    const ROUND_NANOSECONDS: u128 = 150_000;
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed().as_nanos() < ROUND_NANOSECONDS {
        call();
        calls += 1;
    }
    (0..2000)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..calls {
                call();
            }
            start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
        })
        .fold(f64::MAX, f64::min)
}

fn main() {
    let mut raw = [0; RAW];
    Rng::new(1).fill(&mut raw);
    build_mode1(Lba(0), &mut raw);
    let tables = Tables::new();
    let mut again = raw;
    again[2064..2068].fill(0);
    again[2076..].fill(0);
    tables.mode1(&mut again);
    assert!(again == raw, "the tables agree");

    let slow = nanoseconds(|| tables.mode1(black_box(&mut again)));
    let report = |name: &str, time: f64| {
        println!("{name:<34}{time:>8.0} ns {:>6.1} x {:>6.2} GB/s", slow / time, 2352.0 / time);
    };
    report("tables, byte by byte: EDC + ECC", slow);
    report(
        "EDC + ECC",
        nanoseconds(|| {
            let raw = black_box(&mut again);
            let sum = edc(&raw[..2064]);
            raw[2064..2068].copy_from_slice(&sum.to_le_bytes());
            ecc::write_mode1(raw);
        }),
    );
    report("EDC", nanoseconds(|| _ = black_box(edc(&black_box(&raw)[..2064]))));
    report("ECC", nanoseconds(|| ecc::write_mode1(black_box(&mut again))));
    report("build_mode1", nanoseconds(|| build_mode1(Lba(7), black_box(&mut again))));
    report("build_form1", nanoseconds(|| build_form1(Lba(7), black_box(&mut again), Subheader::DATA)));
    report("inspect, Mode 1", nanoseconds(|| _ = black_box(inspect(black_box(&raw), Lba(0)))));
    report("inspect, Form 1", nanoseconds(|| _ = black_box(inspect(black_box(&again), Lba(7)))));
    report("scramble", nanoseconds(|| scramble::apply(black_box(&mut again))));
    let packed = [0x5A; 96];
    let mut symbols = [0; 96];
    report("interleave", nanoseconds(|| subchannel::interleave(black_box(&packed), black_box(&mut symbols))));
}

/// The usual way: a table for alpha times a byte, one for division by 3, one for the CRC.
struct Tables {
    double: [u8; 256],
    third: [u8; 256],
    edc: [u32; 256],
}

impl Tables {
    fn new() -> Self {
        let mut tables = Self { double: [0; 256], third: [0; 256], edc: [0; 256] };
        for byte in 0..=255_u8 {
            let double = byte << 1 ^ if byte & 0x80 == 0 { 0 } else { 0x1D };
            tables.double[usize::from(byte)] = double;
            tables.third[usize::from(byte ^ double)] = byte;
            tables.edc[usize::from(byte)] =
                (0..8).fold(u32::from(byte), |crc, _| crc >> 1 ^ if crc & 1 == 0 { 0 } else { 0xD801_8001 });
        }
        tables
    }

    fn mode1(&self, raw: &mut [u8; RAW]) {
        let sum = raw[..2064].iter().fold(0_u32, |crc, byte| crc >> 8 ^ self.edc[usize::from(crc.to_le_bytes()[0] ^ byte)]);
        raw[2064..2068].copy_from_slice(&sum.to_le_bytes());
        raw[2068..2076].fill(0);
        self.parity(raw, (86, 24), (2, 86), 2076);
        self.parity(raw, (52, 43), (86, 88), 2248);
    }

    /// `count` codewords of `length` bytes, `next` apart, their bytes `step` apart.
    fn parity(&self, raw: &mut [u8; RAW], (count, length): (usize, usize), (next, step): (usize, usize), to: usize) {
        let size = count * length;
        for word in 0..count {
            let mut at = word / 2 * next + word % 2;
            let (mut weighted, mut plain) = (0_u8, 0_u8);
            for _ in 0..length {
                let byte = raw[12 + at];
                at += step;
                if at >= size {
                    at -= size;
                }
                weighted = self.double[usize::from(weighted ^ byte)];
                plain ^= byte;
            }
            weighted = self.double[usize::from(weighted)];
            let first = self.third[usize::from(weighted ^ plain)];
            raw[to + word] = first;
            raw[to + count + word] = first ^ plain;
        }
    }
}
