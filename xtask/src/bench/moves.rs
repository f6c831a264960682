//! Bytes moved from one form to another, beside `cp` and the programs that do the same.

use super::inputs::Inputs;
use super::rows::{CLAIMS, PEAK_KIB, ROWS};
use super::timed::Table;
use super::{kernel, measure, mix};
use std::fmt::Write;

pub(super) const TABLE: Table =
    Table { rows: ROWS, claims: CLAIMS, warm: &["data.iso", "mode1.bin", "xa.bin", "mixed.bin"], heading: "x `cp` + sync" };

/// The table, and the names of what misses its goal.
pub(super) fn run(chosen: &[String], inputs: &Inputs, rounds: usize) -> Result<(String, Vec<String>), String> {
    let (mut text, claims, mut misses) = TABLE.run(chosen, inputs, rounds)?;
    let kernel = kernel::run(rounds)?;
    let ratio = kernel.ratio();
    if ratio < kernel::GOAL {
        misses.push("EDC and ECC".to_owned());
    }
    let _ = writeln!(
        text,
        "\nEDC and ECC of a Mode 1 sector on one core: {:.0} ns, {ratio:.1} times as fast as byte-wise tables ({:.0} ns; goal: {:.0} times).",
        kernel.ours_ns,
        kernel.tables_ns,
        kernel::GOAL
    );
    text.push_str(&claims);
    let mib = inputs.bytes("mode1.bin") >> 20;
    let deflated = mix::deflated_percent(&inputs.path("data.iso")).map_or_else(|e| e.to_string(), |left| format!("{left} %"));
    let _ = writeln!(
        text,
        "\nMinimum of {rounds} rounds in random order, outputs created anew and synced, a BIN of {mib} MiB in the page cache, whose data deflates to {deflated}. Memory may reach {} MiB.\nMachine: {}.",
        PEAK_KIB >> 10,
        measure::machine(&inputs.folder)
    );
    Ok((text, misses))
}
