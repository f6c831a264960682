//! `tidy`: rules of the project that no compiler checks.
//!
//! Each rule is a plain function from data to a list of faults, so that the tests can hand it made-up input; this file
//! gathers the data and prints.

mod edges;
mod layout;
mod licences;
mod map;
mod sources;
mod text;

use crate::{sh, tree};
use serde_json::Value;

/// Everything the rules look at, read once.
struct Tree {
    /// Paths relative to the top, with `/`.
    files: Vec<String>,
    /// Text files among them with their text.
    texts: Vec<(String, String)>,
    packages: Vec<edges::Package>,
}

struct Check {
    name: &'static str,
    what: &'static str,
    faults: fn(&Tree) -> Result<Vec<String>, String>,
}

#[rustfmt::skip]
const CHECKS: &[Check] = &[
    Check { name: "edges", what: "crates know only what the architecture allows", faults: |t| Ok(edges::faults(&t.packages)) },
    Check { name: "layout", what: "the top level holds the fixed set of entries", faults: |t| Ok(layout::top_level(&t.files)) },
    Check { name: "lints", what: "every crate takes the workspace's lints", faults: |t| Ok(layout::manifests(&t.texts)) },
    Check { name: "sources", what: "what libraries must not use; stubs; file length", faults: |t| Ok(sources::faults(&t.texts)) },
    Check { name: "text", what: "no path of one machine, no registry's host name", faults: |t| Ok(text::faults(&t.texts)) },
    Check { name: "map", what: "each crate and dependency has its line in crates/README.md", faults: map_faults },
    Check { name: "unused", what: "no dependency is left over in the top manifest", faults: |t| Ok(layout::unused(&t.texts, &t.packages)) },
    Check { name: "licences", what: "every package in the lock file has an allowed licence", faults: |_| licences::check() },
];

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
    crate::chores::only(args, &names)?;
    let tree = read_tree()?;
    let mut failed = 0;
    for check in CHECKS.iter().filter(|c| args.is_empty() || args.iter().any(|arg| arg == c.name)) {
        let faults = (check.faults)(&tree)?;
        println!("tidy {:<9} {} ({})", check.name, if faults.is_empty() { "ok" } else { "FAULTS" }, check.what);
        for fault in &faults {
            println!("  {fault}");
        }
        failed += faults.len();
    }
    match failed {
        0 => Ok(()),
        1 => Err("one fault, listed above.".to_owned()),
        n => Err(format!("{n} faults, listed above.")),
    }
}

fn map_faults(tree: &Tree) -> Result<Vec<String>, String> {
    let path = tree::root().join(map::PATH);
    Ok(map::faults(&tree.packages, &tree::read(&path)?))
}

fn read_tree() -> Result<Tree, String> {
    let root = tree::root();
    let files = tree::files()?;
    let mut texts = Vec::new();
    for name in &files {
        let bytes = std::fs::read(root.join(name)).map_err(|e| format!("cannot read {name}: {e}."))?;
        if let Ok(text) = String::from_utf8(bytes) {
            texts.push((name.clone(), text));
        }
    }
    let mut packages = edges::packages(&metadata(None)?)?;
    let fuzz = crate::fuzz::manifest();
    if fuzz.is_file() {
        packages.extend(edges::packages(&metadata(Some(&fuzz))?)?);
    }
    Ok(Tree { files, texts, packages })
}

fn metadata(manifest: Option<&std::path::Path>) -> Result<Value, String> {
    let mut command = sh::cargo();
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    if let Some(path) = manifest {
        command.arg("--manifest-path").arg(path);
    }
    parse(&sh::output(&mut command)?)
}

fn parse(json: &str) -> Result<Value, String> {
    serde_json::from_str(json).map_err(|e| format!("`cargo metadata` wrote what is not JSON: {e}."))
}
