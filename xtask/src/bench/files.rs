//! Files in images: listed, taken out, put in, beside the programs that do the same.

use super::inputs::Inputs;
use super::measure;
use super::packed::inputs as packed;
use super::rows::{Claim, Goal, PEAK_KIB, Row, row};
use super::timed::{LONG, LONG_ROUNDS, Table};
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("ls", "`ls` of an image of 4 GB", "discconv ls IN/inside.iso", "ls", Goal::Millis(50.0)),
    row("ls-long", "`ls --long`", "discconv ls --long IN/inside.iso", "ls", Goal::None),
    row("ls-json", "`ls --json`", "discconv ls --json IN/inside.iso", "ls", Goal::None),
    row("ls-isoinfo", "isoinfo -l -R", "isoinfo -l -R -i IN/inside.iso", "ls", Goal::None),
    row("ls-bsdtar", "bsdtar -tv", "bsdtar -tvf IN/inside.iso", "ls", Goal::None),
    row("ls-7z", "7z l", "7z l IN/inside.iso", "ls", Goal::None),
    row("ls-xorriso", "xorriso -find -exec lsdl", "xorriso -indev IN/inside.iso -find / -exec lsdl --", "ls", Goal::None),

    row("cp-file", "`cp` of a file of 2 GB, then sync", "cp IN/pack2g.iso OUT/x.bin", "cp-file", Goal::None),
    row("extract-file", "`extract` of it", "discconv extract IN/inside.iso big.bin -o OUT/x", "cp-file", Goal::Ratio(1.25)),
    row("extract-7z", "7z x", "7z x -y IN/inside.iso big.bin -oOUT/x", "cp-file", Goal::None),
    row("extract-xorriso", "xorriso -extract", "xorriso -osirrox on -indev IN/inside.iso -extract /big.bin OUT/x.bin", "cp-file", Goal::None),

    row("cp-tree", "`cp -r` of a folder of 700 MB, then sync", "cp -r IN/tree OUT/x", "cp-tree", Goal::None),
    row("extract-tree", "`extract` of it", "discconv extract IN/inside.iso tree -o OUT/x", "cp-tree", Goal::None),
    row("tree-7z", "7z x", "7z x -y IN/inside.iso tree -oOUT/x", "cp-tree", Goal::None),
    row("tree-xorriso", "xorriso -extract", "xorriso -osirrox on -indev IN/inside.iso -extract /tree OUT/x", "cp-tree", Goal::None),

    row("make-xorriso", "an image of that folder by xorriso", "xorriso -as mkisofs -quiet -iso-level 3 -J -joliet-long -R -o OUT/x.iso IN/tree", "make-xorriso", Goal::None),
    row("make-genisoimage", "by genisoimage", "genisoimage -quiet -iso-level 3 -J -joliet-long -R -o OUT/x.iso IN/tree", "make-xorriso", Goal::None),
    row("create", "by `create`, `--no-verify`", "discconv create --no-verify IN/tree OUT/x.iso", "make-xorriso", Goal::Ratio(1.0)).peak(CREATE_KIB),
    row("create-proof", "by `create`, proven", "discconv create IN/tree OUT/x.iso", "make-xorriso", Goal::Ratio(1.0)).peak(CREATE_KIB),
    row("create-udf", "with UDF too, `--no-verify`", "discconv create --udf --no-verify IN/tree OUT/x.iso", "make-xorriso", Goal::Ratio(1.0)).peak(UDF_KIB),
];

/// A new disc is laid out before its first byte is written, so each of its files costs memory: some 2 kB, with UDF twice that and more.
const CREATE_KIB: u64 = 128 << 10;
const UDF_KIB: u64 = 256 << 10;

const CLAIMS: &[Claim] = &[];

pub(super) const TABLE: Table = Table { rows: ROWS, claims: CLAIMS, warm: &["inside.iso", "pack2g.iso"], heading: "ratio" };

/// Bytes of the folder; a tenth of it when in haste.
const TREE: u64 = 700_000_000;

/// The table, and the names of what misses its goal.
pub(super) fn run(chosen: &[String], inputs: &Inputs, quick: bool, rounds: usize) -> Result<(String, Vec<String>), String> {
    prepare(inputs, quick)?;
    let files = count(&inputs.path("tree"));
    let (mut text, claims, misses) = TABLE.run(chosen, inputs, rounds)?;
    let _ = writeln!(
        text,
        "\n{claims}Minimum of {rounds} rounds in random order ({LONG_ROUNDS} of what takes over {LONG} s), outputs created anew and synced, inputs in the page cache. The folder holds {files} files of programs and \
         documents; it is in the image (Joliet and Rock Ridge, made by xorriso) beside two long files. Ratios are to the first row of each part. Memory may reach {} MiB, with `create` {} MiB and with UDF {} MiB: it grows with the number of files.\nMachine: {}.",
        PEAK_KIB >> 10,
        CREATE_KIB >> 10,
        UDF_KIB >> 10,
        measure::machine(&inputs.folder)
    );
    Ok((text, misses))
}

/// Makes what is not there yet.
fn prepare(inputs: &Inputs, quick: bool) -> Result<(), String> {
    packed::images(inputs, quick)?;
    inputs.once("tree", |path| packed::folder(path, if quick { TREE / 10 } else { TREE }))?;
    // By another program than ours: what is read was written by nobody here.
    inputs.once("inside.iso", |path| {
        let words = ["-as", "mkisofs", "-quiet", "-iso-level", "3", "-J", "-joliet-long", "-R", "-graft-points", "-o"];
        let mut command = Command::new("xorriso");
        command.args(words).arg(path).args(["tree=tree", "big.bin=pack2g.iso", "more.bin=packdax.iso"]);
        let ran = command.current_dir(&inputs.folder).stderr(Stdio::null()).status()?;
        if ran.success() { Ok(()) } else { Err(std::io::Error::other("xorriso could not make it")) }
    })
}

fn count(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
}
