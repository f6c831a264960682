//! A listing as one JSON object.

use super::{Line, Listing, SECTOR};
use crate::volume::Inside;
use discconv_fs::{About, FileSystem, Run, What};
use serde_json::{Map, Value, json};
use std::io::{Result, Write};

/// What stands in the place of the entries until they are printed. No text of the disc can hold it: line ends are escaped.
const PLACE: &str = "\n  \"entries\": []";

/// The object, whose entries are made one after another: all of them together would be many times larger than the disc's own.
pub(super) fn print(out: &mut dyn Write, inside: &Inside, system: &dyn FileSystem, listing: &Listing) -> Result<()> {
    let entries = || listing.lines.iter().map(|line| entry(system, line));
    let whole = format!("{:#}", frame(inside, system, listing));
    match whole.split_once(PLACE).filter(|_| !listing.lines.is_empty()) {
        Some((before, after)) => {
            write!(out, "{before}\n  \"entries\": [")?;
            for (number, entry) in entries().enumerate() {
                let comma = if number == 0 { "" } else { "," };
                write!(out, "{comma}\n    {}", format!("{entry:#}").replace('\n', "\n    "))?;
            }
            // Once more: where files lie was found out just now, and may have told something.
            let whole = format!("{:#}", frame(inside, system, listing));
            let after = whole.split_once(PLACE).map_or(after, |(_, after)| after);
            writeln!(out, "\n  ]{after}")
        }
        None => writeln!(out, "{whole}"),
    }
}

/// Everything but the entries.
fn frame(inside: &Inside, system: &dyn FileSystem, listing: &Listing) -> Value {
    json!({
        "path": inside.image.path.to_string_lossy(),
        "file_systems": inside.systems.iter().map(|system| about(system.about())).collect::<Vec<_>>(),
        "fs": inside.id(),
        "entries": [],
        "complete": listing.whole,
        "notes": system.notes().iter().map(|note| note.text.as_str()).collect::<Vec<_>>(),
    })
}

fn about(about: &About) -> Value {
    let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    json!({
        "kind": about.kind.id(), "version": text(&about.version), "label": text(&about.label), "system": text(&about.system),
        "set": text(&about.set), "publisher": text(&about.publisher), "preparer": text(&about.preparer),
        "application": text(&about.application), "created": about.created.map(|stamp| stamp.to_string()),
        "modified": about.modified.map(|stamp| stamp.to_string()), "block_bytes": about.block_bytes, "blocks": about.blocks,
        "notes": about.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(),
    })
}

fn entry(system: &dyn FileSystem, line: &Line) -> Value {
    let entry = &line.entry;
    let (kind, link) = match &entry.what {
        What::File => ("file", None),
        What::Directory => ("directory", None),
        What::Link(to) => ("link", Some(to.as_str())),
        What::Device { .. } => ("device", None),
        What::Special => ("special", None),
        What::Audio => ("audio", None),
    };
    let extent = |run: &Run| json!({ "lba": run.at.map(|at| at / SECTOR), "bytes": run.len });
    let mut body = Map::new();
    body.insert("path".to_owned(), line.path().into());
    body.insert("type".to_owned(), kind.into());
    body.insert("bytes".to_owned(), entry.len.into());
    body.insert("modified".to_owned(), entry.modified.map(|stamp| stamp.to_string()).into());
    body.insert("mode".to_owned(), entry.mode.map(|mode| format!("{mode:04o}")).into());
    body.insert("link".to_owned(), link.into());
    body.insert("hidden".to_owned(), entry.hidden.into());
    body.insert("form2".to_owned(), entry.xa.is_some_and(discconv_fs::Xa::has_form2).into());
    match system.runs(entry) {
        Ok(runs) => body.insert("extents".to_owned(), runs.iter().map(extent).collect()),
        Err(error) => body.insert("trouble".to_owned(), error.to_string().into()),
    };
    if line.again {
        body.insert("again".to_owned(), true.into());
    }
    if let Some(why) = &line.trouble {
        body.insert("trouble".to_owned(), why.as_str().into());
    }
    Value::Object(body)
}
