//! `new-format ID`: lays out a format crate and enrols it, so that the next format begins with its meaning.
//!
//! The template is a small format that works, compiled and tested here; its name is replaced by the new one.

use crate::tree;
use std::collections::BTreeMap;
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

/// Text to put in front of the first place where `mark` stands.
struct Edit {
    file: &'static str,
    mark: &'static str,
    text: String,
}

fn edits(id: &str) -> Vec<Edit> {
    let name = format!("discconv-{id}");
    let (module, format) = (name.replace('-', "_"), type_name(id));
    let edit = |file, mark, text| Edit { file, mark, text };
    vec![
        edit("Cargo.toml", "discconv-formats = ", format!("{name} = {{ path = \"crates/{name}\", version = \"0.1.0\" }}\n")),
        edit(
            "crates/README.md",
            "### discconv-formats\n",
            format!("### {name}\n\nWhat it is.\nInvariants: what it never does.\n\n"),
        ),
        edit("crates/discconv-formats/Cargo.toml", "\"audio\", ", format!("\"{id}\", ")),
        edit("crates/discconv-formats/Cargo.toml", "audio = [", format!("{id} = [\"dep:{name}\"]\n")),
        edit(
            "crates/discconv-formats/Cargo.toml",
            "discconv-audio = {",
            format!("{name} = {{ workspace = true, optional = true }}\n"),
        ),
        edit(
            "crates/discconv-formats/src/lib.rs",
            "#[cfg(feature = \"audio\")]",
            format!("#[cfg(feature = \"{id}\")]\n    &{module}::{format},\n    "),
        ),
    ]
}

/// The files to change, with their new text; nothing is written before all of them are known to fit.
fn enrolment(root: &Path, id: &str) -> Result<BTreeMap<&'static str, String>, String> {
    let mut texts = BTreeMap::new();
    for edit in edits(id) {
        let text = match texts.remove(edit.file) {
            Some(text) => text,
            None => tree::read(&root.join(edit.file))?,
        };
        texts.insert(edit.file, insert(&text, &edit)?);
    }
    Ok(texts)
}

fn insert(text: &str, edit: &Edit) -> Result<String, String> {
    let at = text.find(edit.mark).ok_or_else(|| format!("{} does not contain `{}`.", edit.file, edit.mark.trim()))?;
    Ok(format!("{}{}{}", &text[..at], edit.text, &text[at..]))
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
    fn text_goes_in_front_of_its_mark() {
        let edit = Edit { file: "x", mark: "b", text: "new\n".to_owned() };
        assert_eq!(insert("a\nb = 1\nb\n", &edit).unwrap(), "a\nnew\nb = 1\nb\n");
        assert!(insert("a\n", &edit).is_err());
    }

    #[test]
    fn the_project_has_every_mark() {
        let texts = enrolment(&tree::root(), "b6t").unwrap();
        assert!(texts["crates/discconv-formats/src/lib.rs"].contains("&discconv_b6t::B6t,"));
        assert_eq!(texts["crates/discconv-formats/Cargo.toml"].matches("b6t").count(), 4);
    }
}
