//! `fuzz`: runs the targets of `crates/discconv-formats/fuzz`, each for a while.
//!
//! The package links libFuzzer and is built with LLVM's coverage pass, the flags that `cargo fuzz` gives; they work on a
//! stable toolchain, so neither that program nor a nightly is needed, only a C++ compiler. Sanitizers are left out:
//! there is no unsafe code of ours for them to watch. Findings are replayed by `xtask/tests/fuzz_findings.rs`.

use crate::{sh, tree};
use std::path::{Path, PathBuf};
use std::process::Command;

const DEFAULT_SECONDS: u64 = 60;
/// An input that takes longer than this is a finding: a hang.
const TIMEOUT_SECONDS: u32 = 10;
/// An input that makes the process larger than this is a finding: an allocation nobody bounded.
const MEMORY_MIB: u32 = 512;
/// Longest input tried: room for a volume descriptor at sector 16 of a raw image and some more.
const MAX_BYTES: u32 = 96 << 10;

/// What LLVM needs for libFuzzer to see which edges and comparisons an input reaches.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0 \
    -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks";

/// The manifest of the package, which is no member of the workspace.
pub(crate) fn manifest() -> PathBuf {
    folder().join("Cargo.toml")
}

fn folder() -> PathBuf {
    tree::root().join("crates/discconv-formats/fuzz")
}

struct Wishes {
    seconds: u64,
    build_only: bool,
    targets: Vec<String>,
}

fn wishes(args: &[String], known: &[String]) -> Result<Wishes, String> {
    let mut wishes = Wishes { seconds: DEFAULT_SECONDS, build_only: false, targets: Vec::new() };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--build" => wishes.build_only = true,
            "--seconds" => {
                let number = args.next().and_then(|word| word.parse().ok());
                wishes.seconds = number.ok_or("--seconds needs a whole number.")?;
            }
            name if known.iter().any(|target| target == name) => wishes.targets.push(name.to_owned()),
            name => {
                return Err(format!("there is no target `{name}`; there are {}.", known.join(", ")));
            }
        }
    }
    if wishes.targets.is_empty() {
        wishes.targets = known.to_vec();
    }
    Ok(wishes)
}

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let wishes = wishes(args, &targets()?)?;
    let binaries = build()?;
    if wishes.build_only {
        return Ok(());
    }
    let mut findings = Vec::new();
    for target in &wishes.targets {
        if !fuzz_one(target, &binaries, wishes.seconds)? {
            findings.push(target.clone());
        }
    }
    if findings.is_empty() {
        println!("fuzz: {} ran {} s each without a finding.", wishes.targets.join(", "), wishes.seconds);
        return Ok(());
    }
    Err(format!(
        "findings in {}: mend the fault, and keep the input as testdata/fuzz/TARGET/NAME, named after what was wrong.",
        findings.join(", ")
    ))
}

fn targets() -> Result<Vec<String>, String> {
    let folder = folder().join("fuzz_targets");
    let listing = std::fs::read_dir(&folder).map_err(|e| format!("cannot list {}: {e}.", folder.display()))?;
    let mut names: Vec<String> =
        listing.filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned)).collect();
    names.sort_unstable();
    Ok(names)
}

/// Builds all targets and returns the folder of the programs.
fn build() -> Result<PathBuf, String> {
    let version = sh::output(Command::new("rustc").arg("-vV").current_dir(tree::root()))?;
    let triple = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("`rustc -vV` names no host.")?;
    let target_dir = tree::target().join("fuzz");
    let mut command = sh::cargo();
    command.args(["build", "--release", "--locked", "--bins", "--manifest-path"]).arg(manifest());
    // Naming the target keeps the flags away from build scripts, which do not link libFuzzer.
    command.args(["--target", triple, "--target-dir"]).arg(&target_dir);
    command.env("RUSTFLAGS", COVERAGE);
    sh::run(&mut command)?;
    Ok(target_dir.join(triple).join("release"))
}

fn fuzz_one(target: &str, binaries: &Path, seconds: u64) -> Result<bool, String> {
    let corpus = tree::target().join("fuzz-corpus").join(target);
    let own_seeds = tree::target().join("fuzz-seeds").join(target);
    let artifacts = folder().join("artifacts").join(target);
    for folder in [&corpus, &own_seeds, &artifacts] {
        std::fs::create_dir_all(folder).map_err(|e| format!("cannot make {}: {e}.", folder.display()))?;
    }
    let mut command = Command::new(binaries.join(target));
    // The target lays its seeds there itself before it begins.
    command.env("DISCCONV_FUZZ_SEEDS", &own_seeds);
    command.arg(&corpus);
    // Inputs that are only read: the seeds, earlier findings and the small images.
    command.arg(&own_seeds);
    for seeds in [format!("testdata/fuzz/{target}"), "testdata".to_owned()] {
        let seeds = tree::root().join(seeds);
        if seeds.is_dir() {
            command.arg(seeds);
        }
    }
    let words = folder().join("words").join(format!("{target}.txt"));
    if words.is_file() {
        command.arg(format!("-dict={}", words.display()));
    }
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    command.args([
        format!("-max_total_time={seconds}"),
        format!("-timeout={TIMEOUT_SECONDS}"),
        format!("-rss_limit_mb={MEMORY_MIB}"),
        format!("-max_len={MAX_BYTES}"),
        "-print_final_stats=1".to_owned(),
        // A line per new input helps nobody here.
        "-verbosity=0".to_owned(),
    ]);
    println!("$ {}", sh::shown(&command));
    let status = command.status().map_err(|e| format!("cannot start the target {target}: {e}."))?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_verb() {
        let known = ["cue".to_owned(), "iso".to_owned()];
        let words = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            wishes(&words, &known).map(|w| (w.seconds, w.targets.join(" ")))
        };
        assert_eq!(words(&[]), Ok((60, "cue iso".to_owned())));
        assert_eq!(words(&["--seconds", "5", "iso"]), Ok((5, "iso".to_owned())));
        assert!(words(&["--seconds", "x"]).is_err());
        assert!(words(&["nrg"]).unwrap_err().contains("cue, iso"));
    }
}
