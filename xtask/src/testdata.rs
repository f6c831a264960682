//! `testdata`: writes the hand-laid images of `discconv-testkit`, or compares them with what is there.

use crate::tree;
use discconv_testkit::{Fixture, all_bad, all_good};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Inputs that fuzzing found: kept by hand, never made here.
const FINDINGS: &str = "fuzz";

/// Files by path below `testdata`, separated by `/`.
type Tree = BTreeMap<String, Vec<u8>>;

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let check = match args {
        [] => false,
        [word] if word == "--check" => true,
        _ => return Err("it takes --check or nothing.".to_owned()),
    };
    let folder = tree::root().join("testdata");
    let wanted = wanted();
    let found = found(&folder)?;
    let differences = differences(&wanted, &found);
    if check {
        if differences.is_empty() {
            return Ok(());
        }
        return Err(format!("run `cargo xtask testdata`:\n{}", differences.join("\n")));
    }
    bring_about(&folder, &wanted, &found)?;
    let bytes: usize = wanted.values().map(Vec::len).sum();
    println!("testdata: {} files, {} KiB, {} changes", wanted.len(), bytes / 1024, differences.len());
    Ok(())
}

/// Everything that must be in the folder.
fn wanted() -> Tree {
    let (good, bad) = (all_good(), all_bad());
    let mut tree = Tree::new();
    for (side, fixtures) in [("good", &good), ("bad", &bad)] {
        for fixture in fixtures {
            for (name, bytes) in &fixture.files.0 {
                tree.insert(format!("{side}/{}/{name}", fixture.name), bytes.clone());
            }
        }
    }
    tree.insert("README.md".to_owned(), readme(&good, &bad).into_bytes());
    // Line ends are part of the data.
    tree.insert(".gitattributes".to_owned(), b"* -text\nREADME.md text eol=lf\n".to_vec());
    tree
}

/// Everything that is in the folder, the findings apart.
fn found(folder: &Path) -> Result<Tree, String> {
    let mut tree = Tree::new();
    let mut waiting = vec![String::new()];
    while let Some(place) = waiting.pop() {
        let at = |e| format!("cannot read {}: {e}.", folder.join(&place).display());
        for entry in std::fs::read_dir(folder.join(&place)).map_err(at)? {
            let entry = entry.map_err(at)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if place.is_empty() { name } else { format!("{place}/{name}") };
            if path == FINDINGS {
                continue;
            }
            if entry.file_type().map_err(at)?.is_dir() {
                waiting.push(path);
            } else {
                let bytes = std::fs::read(entry.path()).map_err(at)?;
                tree.insert(path, bytes);
            }
        }
    }
    Ok(tree)
}

/// One line for each file that is missing, differs or should not be there.
fn differences(wanted: &Tree, found: &Tree) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, bytes) in wanted {
        match found.get(path) {
            None => lines.push(format!("testdata/{path}: missing")),
            Some(other) if other != bytes => {
                let same = bytes.iter().zip(other).take_while(|(a, b)| a == b).count();
                let (want, have) = (bytes.len(), other.len());
                lines.push(format!("testdata/{path}: differs from byte {same} on; {want} bytes expected, {have} found"));
            }
            Some(_) => {}
        }
    }
    let extra = found.keys().filter(|path| !wanted.contains_key(*path));
    lines.extend(extra.map(|path| format!("testdata/{path}: nothing makes this file")));
    lines
}

/// Writes what is missing or differs, removes what nothing makes any more (only where fixtures lie).
fn bring_about(folder: &Path, wanted: &Tree, found: &Tree) -> Result<(), String> {
    for (path, bytes) in wanted.iter().filter(|(path, bytes)| found.get(*path) != Some(*bytes)) {
        let target = folder.join(path);
        let parent = target.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&target, bytes))
            .map_err(|e| format!("cannot write {}: {e}.", target.display()))?;
    }
    for path in found.keys().filter(|path| !wanted.contains_key(*path)) {
        if !path.starts_with("good/") && !path.starts_with("bad/") {
            return Err(format!("testdata/{path} is not ours: move it away, or to testdata/{FINDINGS}."));
        }
        let target = folder.join(path);
        std::fs::remove_file(&target).map_err(|e| format!("cannot remove {}: {e}.", target.display()))?;
        if let Some(parent) = target.parent() {
            // Fails, as it should, while other files lie there.
            let _ = std::fs::remove_dir(parent);
        }
    }
    Ok(())
}

fn readme(good: &[Fixture], bad: &[Fixture]) -> String {
    let mut text = String::from(
        "# Test images\n\n\
        Made by `cargo xtask testdata` from the hand-laid bytes of `crates/discconv-testkit`, never by discconv's own\n\
        writers; `cargo xtask testdata --check` compares. Sound, names and contents are synthetic. What each image must\n\
        open as stands beside it in the testkit (`facts`). `fuzz/` holds inputs that fuzzing found; nothing makes those.\n",
    );
    for (title, side, fixtures) in [("Good", "good", good), ("Bad", "bad", bad)] {
        let _ = write!(text, "\n## {title}\n\n| File | Bytes | What | Clause |\n|---|---:|---|---|\n");
        for fixture in fixtures {
            for line in rows(side, fixture) {
                text.push_str(&line);
            }
        }
    }
    text
}

/// A line for each file: the one to open first, the others refer to it.
fn rows(side: &str, fixture: &Fixture) -> Vec<String> {
    let row = |name: &str, bytes: &[u8], what: &str, spec: &str| {
        format!("| `{side}/{}/{name}` | {} | {what} | {spec} |\n", fixture.name, bytes.len())
    };
    let mut rows = vec![row(&fixture.entry, fixture.entry_bytes(), fixture.what, fixture.spec)];
    let others = fixture.files.0.iter().filter(|(name, _)| **name != fixture.entry);
    rows.extend(others.map(|(name, bytes)| row(name, bytes, &format!("belongs to `{}`", fixture.entry), "")));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let wanted = tree(&[("good/a", "same"), ("good/b", "abcd"), ("good/c", "x")]);
        let found = tree(&[("good/a", "same"), ("good/b", "abXd"), ("bad/d", "y")]);
        assert_eq!(
            differences(&wanted, &found),
            [
                "testdata/good/b: differs from byte 2 on; 4 bytes expected, 4 found",
                "testdata/good/c: missing",
                "testdata/bad/d: nothing makes this file",
            ]
        );
    }

    #[test]
    fn every_file_has_a_line() {
        let wanted = wanted();
        let readme = String::from_utf8_lossy(&wanted["README.md"]).into_owned();
        for path in wanted.keys().filter(|path| path.contains('/')) {
            assert!(readme.contains(&format!("`{path}`")), "{path}");
        }
    }
}
