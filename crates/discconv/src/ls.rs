//! `ls`: what is in an image.

use crate::args::LsArgs;
use crate::console::Console;
use crate::errors::{self, Failure};
use crate::shown;
use crate::volume::{self, Inside};
use discconv_core::{Error, Limits};
use discconv_fs::{About, Entry, FileSystem, Run, Stamp, What, walk};
use serde_json::{Map, Value, json};
use std::ops::ControlFlow;

/// Bytes of a sector.
const SECTOR: u64 = 2048;

/// One line to be: an entry with the names above it.
struct Line {
    path: Vec<String>,
    entry: Entry,
    trouble: Option<String>,
}

/// All that is below the path that was asked for.
struct Listing {
    lines: Vec<Line>,
    /// Were there no more than the limit?
    whole: bool,
}

pub(crate) fn run(args: &LsArgs, console: &Console) -> Result<u8, Failure> {
    let inside = volume::open(&args.image, &args.choice)?;
    let system = inside.system()?;
    let listing = list(&inside, system, args.path.as_deref())?;
    if console.json {
        console.data_json(&as_json(&inside, system, &listing));
    } else {
        let head = format!("{}: {}", inside.image.shown, inside.words()?);
        let body = if args.long { long(system, &listing) } else { tree(&listing) };
        console.data(&[head, body, sum(&listing)].join("\n").replace("\n\n", "\n"));
        system.notes().iter().for_each(|note| console.note(&note.text));
    }
    let troubles = listing.lines.iter().filter_map(|line| line.trouble.as_ref().map(|why| (line, why)));
    let mut code = errors::DONE;
    for (line, why) in troubles {
        console.warn(&format!("{}: {why}", line.path.join("/")));
        code = errors::DAMAGED;
    }
    if !listing.whole {
        console.warn("there are more entries than are listed");
        code = errors::DAMAGED;
    }
    Ok(code)
}

fn list(inside: &Inside, system: &dyn FileSystem, path: Option<&str>) -> Result<Listing, Failure> {
    let from = match path {
        Some(path) => inside.entry(path)?,
        None => system.root(),
    };
    let above: Vec<String> = path.unwrap_or_default().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let mut lines = Vec::new();
    if !from.is_directory() {
        lines.push(Line { path: above, entry: from, trouble: None });
        return Ok(Listing { lines, whole: true });
    }
    let whole = walk(system, &from, &Limits::default(), |walked| {
        let path = above.iter().chain(walked.path).cloned().collect();
        lines.push(Line { path, entry: walked.entry.clone(), trouble: walked.trouble.clone() });
        Ok(if crate::interrupt::asked() { return Err(Error::Cancelled) } else { ControlFlow::Continue(()) })
    })?;
    Ok(Listing { lines, whole })
}

/// Names below each other, folders with what is in them.
fn tree(listing: &Listing) -> String {
    let depths: Vec<usize> = listing.lines.iter().map(|line| line.path.len()).collect();
    let top = depths.iter().copied().min().unwrap_or(0);
    let mut text = Vec::new();
    // From the end: at each depth, is there a later one of the same folder?
    let mut later = vec![false; depths.iter().copied().max().unwrap_or(0) + 1];
    for line in listing.lines.iter().rev() {
        let depth = line.path.len();
        let mut stem: String = (top..depth).map(|depth| if later[depth] { "│   " } else { "    " }).collect();
        stem.push_str(if later[depth] { "├── " } else { "└── " });
        later[depth] = true;
        later[depth + 1..].fill(false);
        text.push(format!("{stem}{}", shown_entry(line)));
    }
    text.reverse();
    text.join("\n")
}

fn shown_entry(line: &Line) -> String {
    let name = shown::name(line.path.last().map_or("", String::as_str));
    match &line.entry.what {
        What::Directory => format!("{name}/"),
        What::File => format!("{name}  {}", shown::size(line.entry.len)),
        What::Link(to) => format!("{name} -> {}", shown::name(to)),
        What::Device { .. } => format!("{name}  (device)"),
        What::Special => format!("{name}  (no file)"),
        What::Audio => format!("{name}  {} (audio track)", shown::size(line.entry.len)),
    }
}

/// A line each: mode, bytes, date, sectors, path.
fn long(system: &dyn FileSystem, listing: &Listing) -> String {
    let rows: Vec<[String; 5]> = listing.lines.iter().map(|line| row(system, line)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let (bytes, date, sectors) = (width(1), width(2), width(3));
    let lines = rows
        .iter()
        .map(|[mode, len, when, lbas, path]| format!("{mode}  {len:>bytes$}  {when:<date$}  {lbas:>sectors$}  {path}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn row(system: &dyn FileSystem, line: &Line) -> [String; 5] {
    let entry = &line.entry;
    let mut path = shown::name(&line.path.join("/"));
    if let What::Link(to) = &entry.what {
        path = format!("{path} -> {}", shown::name(to));
    }
    let lbas = match system.runs(entry) {
        Ok(runs) => sectors(&runs),
        Err(_) => "?".to_owned(),
    };
    let when = entry.modified.map_or_else(String::new, |stamp| minutes(&stamp));
    [mode(entry), shown::grouped(entry.len), when, lbas, path]
}

/// `2001-02-03 04:05`, as the disc's clock had it.
fn minutes(stamp: &Stamp) -> String {
    let Stamp { year, month, day, hour, minute, .. } = stamp;
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}

/// First and last sector; where there are several runs, of them all, with a sign of it.
fn sectors(runs: &[Run]) -> String {
    let stored =
        || runs.iter().filter(|run| run.len > 0).filter_map(|run| run.at.map(|at| (at / SECTOR, (at + run.len - 1) / SECTOR)));
    let (Some(first), Some(last)) = (stored().map(|run| run.0).min(), stored().map(|run| run.1).max()) else {
        return "-".to_owned();
    };
    let more = if stored().count() > 1 { "+" } else { "" };
    if first == last { format!("{first}{more}") } else { format!("{first}-{last}{more}") }
}

/// `drwxr-xr-x`; dashes where nothing is said of it.
fn mode(entry: &Entry) -> String {
    let kind = match &entry.what {
        What::Directory => 'd',
        What::Link(_) => 'l',
        What::Device { block: true, .. } => 'b',
        What::Device { .. } => 'c',
        What::Special => '?',
        What::Audio => 'a',
        What::File if entry.xa.is_some_and(discconv_fs::Xa::has_form2) => 'x',
        What::File => '-',
    };
    let bits = entry.mode.unwrap_or(0);
    let letters = "rwxrwxrwx".chars().enumerate();
    std::iter::once(kind).chain(letters.map(|(place, letter)| if bits >> (8 - place) & 1 == 1 { letter } else { '-' })).collect()
}

fn sum(listing: &Listing) -> String {
    let count = |wanted: fn(&Entry) -> bool| listing.lines.iter().filter(|line| wanted(&line.entry)).count() as u64;
    let files = count(|entry| !entry.is_directory());
    let bytes: u64 = listing.lines.iter().map(|line| if line.entry.is_directory() { 0 } else { line.entry.len }).sum();
    format!("{}, {}, {}", shown::count(files, "file"), shown::count(count(Entry::is_directory), "folder"), shown::size(bytes))
}

fn as_json(inside: &Inside, system: &dyn FileSystem, listing: &Listing) -> Value {
    let entries: Vec<Value> = listing.lines.iter().map(|line| entry_json(system, line)).collect();
    json!({
        "path": inside.image.path.to_string_lossy(),
        "file_systems": inside.systems.iter().map(|system| about_json(system.about())).collect::<Vec<_>>(),
        "fs": system.about().kind.id(),
        "entries": entries,
        "complete": listing.whole,
    })
}

fn about_json(about: &About) -> Value {
    let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    json!({
        "kind": about.kind.id(), "version": text(&about.version), "label": text(&about.label), "system": text(&about.system),
        "set": text(&about.set), "publisher": text(&about.publisher), "preparer": text(&about.preparer),
        "application": text(&about.application), "created": about.created.map(|stamp| stamp.to_string()),
        "modified": about.modified.map(|stamp| stamp.to_string()), "block_bytes": about.block_bytes, "blocks": about.blocks,
        "notes": about.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(),
    })
}

fn entry_json(system: &dyn FileSystem, line: &Line) -> Value {
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
    body.insert("path".to_owned(), line.path.join("/").into());
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
    if let Some(why) = &line.trouble {
        body.insert("trouble".to_owned(), why.as_str().into());
    }
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str, what: What, len: u64) -> Line {
        let parts: Vec<String> = path.split('/').map(str::to_owned).collect();
        let entry = Entry { len, ..Entry::new(parts.last().cloned().unwrap_or_default(), what, 0) };
        Line { path: parts, entry, trouble: None }
    }

    #[test]
    fn a_tree_has_its_branches() {
        let lines = vec![
            line("a", What::Directory, 0),
            line("a/b", What::Directory, 0),
            line("a/b/c.txt", What::File, 12),
            line("a/d", What::Link("b/c.txt".to_owned()), 0),
            line("e.bin", What::File, 2_000_000),
        ];
        let listing = Listing { lines, whole: true };
        let shown = "├── a/\n│   ├── b/\n│   │   └── c.txt  12 B\n│   └── d -> b/c.txt\n└── e.bin  2.0 MB";
        assert_eq!(tree(&listing), shown);
        assert_eq!(sum(&listing), "3 files, 2 folders, 2.0 MB");
    }

    #[test]
    fn sectors_are_told_from_first_to_last() {
        let run = |at: u64, len| Run { at: Some(at * SECTOR), len };
        assert_eq!(sectors(&[]), "-");
        assert_eq!(sectors(&[run(20, 0)]), "-");
        assert_eq!(sectors(&[run(20, 1)]), "20");
        assert_eq!(sectors(&[run(20, 2049)]), "20-21");
        assert_eq!(sectors(&[run(40, 2048), run(20, 2048)]), "20-40+");
    }

    #[test]
    fn modes_are_told_as_people_know_them() {
        let entry = Entry { mode: Some(0o755), ..Entry::new("x", What::Directory, 0) };
        assert_eq!(mode(&entry), "drwxr-xr-x");
        assert_eq!(mode(&Entry::new("x", What::File, 0)), "----------");
    }
}
