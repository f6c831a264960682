//! `docs`: the parts of README that the program itself can tell, and links that lead somewhere.

use crate::{chores, markdown, sh, tree};
use std::path::Path;

const README: &str = "README.md";
/// Markdown files whose relative links are followed.
const LINKED: &[&str] = &[README, "crates/README.md", "CHANGELOG.md"];

/// A block of README and the words after `discconv` that print it.
const BLOCKS: &[(&str, &[&str])] = &[("formats", &["formats", "--markdown"])];

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    chores::only(args, &["--check"])?;
    let check = !args.is_empty();
    let root = tree::root();
    let path = root.join(README);
    let old = tree::read(&path)?;
    let mut new = old.clone();
    for (name, words) in BLOCKS {
        let mut command = sh::cargo();
        command.args(["run", "-q", "-p", "discconv", "--"]).args(*words);
        let body = sh::output(&mut command)?;
        new = markdown::with_block(&new, name, &body).map_err(|e| format!("{README}: {e}"))?;
    }
    if new != old && check {
        return Err(format!("{README} is not what `cargo xtask docs` would write; run it and commit the result."));
    }
    if new != old {
        tree::write(&path, &new)?;
        println!("docs: {README} written.");
    }
    let dead = dead_links(&root)?;
    if dead.is_empty() {
        println!("docs: up to date, all relative links lead somewhere.");
        Ok(())
    } else {
        Err(format!("links that lead nowhere: {}.", dead.join(", ")))
    }
}

fn dead_links(root: &Path) -> Result<Vec<String>, String> {
    let mut dead = Vec::new();
    for file in LINKED {
        let path = root.join(file);
        let text = tree::read(&path)?;
        let folder = path.parent().unwrap_or(root);
        let links = markdown::relative_links(&text);
        dead.extend(links.iter().filter(|link| !folder.join(link).exists()).map(|link| format!("{file}: {link}")));
    }
    Ok(dead)
}

/// Replaces one block of README by what another verb made.
pub(crate) fn write_block(name: &str, body: &str) -> Result<(), String> {
    let path = tree::root().join(README);
    let old = tree::read(&path)?;
    let new = markdown::with_block(&old, name, body).map_err(|e| format!("{README}: {e}"))?;
    tree::write(&path, &new)
}
