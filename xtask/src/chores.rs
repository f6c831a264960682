//! Verbs that only call cargo with the right words.

use crate::{ci, sh, tree};
use std::process::Command;

/// Crates that must stay free of threads, files and C, and so build for a browser.
const PORTABLE: &str = "discconv-formats";
const WASM: &str = "wasm32-unknown-unknown";

/// Fails on any word that the verb does not know.
pub(crate) fn only(args: &[String], known: &[&str]) -> Result<(), String> {
    match args.iter().find(|arg| !known.contains(&arg.as_str())) {
        None => Ok(()),
        Some(arg) => Err(format!("`{arg}` is not known here; known: {}.", known.join(" "))),
    }
}

pub(crate) fn fmt(args: &[String]) -> Result<(), String> {
    only(args, &["--check"])?;
    let mut command = sh::cargo();
    command.args(["fmt", "--all"]);
    if !args.is_empty() {
        command.arg("--check");
    }
    sh::run(&mut command)?;
    let fuzz = crate::fuzz::manifest();
    if !fuzz.is_file() {
        return Ok(());
    }
    // The fuzz package is no member of the workspace, so that its C++ is not built by everyone.
    let mut command = sh::cargo();
    command.args(["fmt", "--manifest-path"]).arg(fuzz);
    if !args.is_empty() {
        command.arg("--check");
    }
    sh::run(&mut command)
}

pub(crate) fn lint(args: &[String]) -> Result<(), String> {
    only(args, &[])?;
    let words = ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"];
    sh::run(sh::cargo().args(words))
}

pub(crate) fn test(args: &[String]) -> Result<(), String> {
    let command = ci::test_command()?;
    let mut words = command.split_whitespace().skip(1);
    sh::run(sh::cargo().args(&mut words).args(args))
}

pub(crate) fn wasm(args: &[String]) -> Result<(), String> {
    only(args, &[])?;
    let sysroot = sh::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(tree::root()))?;
    let library = std::path::Path::new(sysroot.trim()).join("lib/rustlib").join(WASM);
    if !library.is_dir() {
        println!("wasm: {WASM} is not installed for this toolchain; nothing checked.");
        return Ok(());
    }
    let words = ["check", "-p", PORTABLE, "--target", WASM, "--locked"];
    sh::run(sh::cargo().args(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words_are_refused() {
        assert!(only(&["--check".to_owned()], &["--check"]).is_ok());
        assert!(only(&["--chekc".to_owned()], &["--check"]).unwrap_err().contains("--chekc"));
    }
}
