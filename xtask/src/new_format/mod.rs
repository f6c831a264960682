//! `new-format ID`: lays out a format crate and enrols it, so that the next format begins with its meaning.
//!
//! The template is a small format that works, compiled and tested here; its name is replaced by the new one.

use crate::tree;
use std::path::Path;

/// File of the new crate, and its template.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("template/manifest.txt")),
    ("src/lib.rs", include_str!("template/lib.rs")),
    ("src/wire.rs", include_str!("template/wire.rs")),
    ("src/open.rs", include_str!("template/open.rs")),
    ("src/plan.rs", include_str!("template/plan.rs")),
];

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let [id] = args else { return Err("name the format's id, for example `nrg`.".to_owned()) };
    check_id(id)?;
    let root = tree::root();
    let folder = root.join("crates").join(format!("discconv-{id}"));
    if folder.exists() {
        return Err(format!("{} is there already.", folder.display()));
    }
    let edits = enrolment(&root, id)?;
    std::fs::create_dir_all(folder.join("src")).map_err(|e| format!("cannot make {}: {e}.", folder.display()))?;
    for (name, template) in FILES {
        tree::write(&folder.join(name), &named(template, id))?;
    }
    for (path, text) in edits {
        tree::write(&root.join(path), &text)?;
    }
    println!("new-format: crates/discconv-{id} is laid out and enrolled.");
    println!("Next: the byte table in its lib.rs, its paragraph in crates/README.md, images in discconv-testkit, a fuzz target.");
    Ok(())
}

fn check_id(id: &str) -> Result<(), String> {
    let fine =
        id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if fine { Ok(()) } else { Err(format!("`{id}`: an id is lower-case letters and digits.")) }
}

/// The type of the format: its id with a capital.
fn type_name(id: &str) -> String {
    let mut letters = id.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// A template with the new name in place of `sample` and `Sample`.
fn named(template: &str, id: &str) -> String {
    let magic: String = format!("{:_<4.4}", id.to_ascii_uppercase());
    template.replace("sample", id).replace("Sample", &type_name(id)).replace("SMPL", &magic)
}

/// One line to add: the file, the start of the line before which it stands, and the line.
struct Line {
    file: &'static str,
    before: &'static str,
    text: String,
}

fn lines(id: &str) -> Vec<Line> {
    let name = format!("discconv-{id}");
    vec![
        Line {
            file: "Cargo.toml",
            before: "discconv-formats = ",
            text: format!("{name} = {{ path = \"crates/{name}\", version = \"0.1.0\" }}\n"),
        },
        Line {
            file: "crates/README.md",
            before: "### discconv-formats",
            text: format!("### {name}\n\nWhat it is.\nInvariants: what it never does.\n\n"),
        },
    ]
}

/// The files to change, with their new text; nothing is written before all of them are known to fit.
fn enrolment(root: &Path, id: &str) -> Result<Vec<(&'static str, String)>, String> {
    let mut edits = Vec::new();
    for line in lines(id) {
        let text = tree::read(&root.join(line.file))?;
        edits.push((line.file, insert(&text, &line)?));
    }
    Ok(edits)
}

fn insert(text: &str, line: &Line) -> Result<String, String> {
    let mut at = 0;
    for old in text.split_inclusive('\n') {
        if old.trim_start().starts_with(line.before) {
            return Ok(format!("{}{}{}", &text[..at], line.text, &text[at..]));
        }
        at += old.len();
    }
    Err(format!("{} has no line that begins with `{}`.", line.file, line.before))
}

/// The template as it stands, so that it compiles, passes the lints and does what it says.
#[cfg(test)]
#[path = "template/lib.rs"]
#[allow(unreachable_pub, dead_code, reason = "in a crate of its own it is the public interface")]
mod template;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        for good in ["nrg", "b6t"] {
            assert!(check_id(good).is_ok());
        }
        for bad in ["", "NRG", "6bt", "a-b", "../x"] {
            assert!(check_id(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn nothing_of_the_template_name_is_left() {
        for (name, template) in FILES {
            let text = named(template, "b6t");
            assert!(!text.to_lowercase().contains("sample") && !text.contains("SMPL"), "{name}");
        }
        assert!(named(FILES[1].1, "b6t").contains("pub struct B6t;"));
    }

    #[test]
    fn a_line_is_inserted_before_its_mark() {
        let line = Line { file: "x", before: "b", text: "new\n".to_owned() };
        assert_eq!(insert("a\n  b = 1\nc\n", &line).unwrap(), "a\nnew\n  b = 1\nc\n");
        assert!(insert("a\n", &line).is_err());
    }
}
