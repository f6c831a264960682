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
    let words = ["tree", "-p", PORTABLE, "--edges", "normal,build", "--prefix", "none", "--format", "{p}", "--locked"];
    let packages = sh::output(sh::cargo().args(words))?;
    let native = native_packages(&packages);
    if !native.is_empty() {
        return Err(format!("{PORTABLE} depends on {}, which build or link C.", native.join(", ")));
    }
    let sysroot = sh::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(tree::root()))?;
    let library = std::path::Path::new(sysroot.trim()).join("lib/rustlib").join(WASM);
    if !library.is_dir() {
        println!("wasm: {WASM} is not installed for this toolchain; nothing checked.");
        return Ok(());
    }
    let words = ["check", "-p", PORTABLE, "--target", WASM, "--locked"];
    sh::run(sh::cargo().args(words))
}

/// Packages that are called like C and are Rust: they offer the functions of the C library that they replace.
const RUST_SYS: &[&str] = &["libbz2-rs-sys"];

/// Packages of a `cargo tree` that compile C or link to what was.
fn native_packages(tree: &str) -> Vec<&str> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    let mut native: Vec<&str> = names
        .filter(|name| {
            (name.ends_with("-sys") && !RUST_SYS.contains(name)) || ["cc", "cmake", "bindgen", "pkg-config"].contains(name)
        })
        .collect();
    native.sort_unstable();
    native.dedup();
    native
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_with_c_in_them_are_named() {
        assert!(native_packages("discconv-formats v0.1.0\nnom v8.0.0\n").is_empty());
        assert!(native_packages("libbz2-rs-sys v0.2.2\n").is_empty());
        assert_eq!(native_packages("nom v8.0.0\nzstd-sys v2.0.0\ncc v1.0.0\ncc v1.0.0 (*)\n"), ["cc", "zstd-sys"]);
    }

    #[test]
    fn unknown_words_are_refused() {
        assert!(only(&["--check".to_owned()], &["--check"]).is_ok());
        assert!(only(&["--chekc".to_owned()], &["--check"]).unwrap_err().contains("--chekc"));
    }
}
