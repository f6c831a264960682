//! `ls`: what is in an image.
//!
//! A disc may have millions of names. So a line keeps little, and what is printed is made line by line.

mod json;
mod text;

use crate::args::LsArgs;
use crate::console::Console;
use crate::errors::{self, Failure};
use crate::shown;
use crate::volume::{self, Inside};
use discconv_core::{Error, Limits};
use discconv_fs::{Entry, FileSystem, walk};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Bytes of a sector.
const SECTOR: u64 = 2048;

/// One line to be: an entry with the names above it.
struct Line {
    /// The same for all that is in one folder.
    above: Arc<[String]>,
    entry: Entry,
    trouble: Option<String>,
    /// A folder that is listed already, under another name.
    again: bool,
}

impl Line {
    /// The names that lead to it.
    fn path(&self) -> String {
        let names: Vec<&str> = self.above.iter().map(String::as_str).chain([self.entry.name.as_str()]).collect();
        names.join("/")
    }
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
        console.stream(|out| json::print(out, &inside, system, &listing));
    } else {
        let head = [Some(format!("{}: {}", inside.image.shown, inside.words()?)), inside.others()];
        let head = head.into_iter().flatten().collect::<Vec<_>>().join("\n");
        console.stream(|out| text::print(out, &head, system, &listing, args.long));
        system.notes().iter().for_each(|note| console.note(&note.text));
        let again: Vec<&Line> = listing.lines.iter().filter(|line| line.again).collect();
        if let Some(first) = again.first() {
            console.note(&again_words(again.len(), &first.path()));
        }
    }
    let troubles = listing.lines.iter().filter_map(|line| line.trouble.as_ref().map(|why| (line, why)));
    let mut code = errors::DONE;
    for (line, why) in troubles {
        console.warn(&format!("{}: {why}", line.path()));
        code = errors::DAMAGED;
    }
    if !listing.whole {
        console.warn("there are more entries than are listed");
        code = errors::DAMAGED;
    }
    Ok(code)
}

/// What is said of folders that have several names.
pub(crate) fn again_words(count: usize, example: &str) -> String {
    let folders = shown::count(count as u64, "folder");
    format!("{folders} with a second name: what is in them is under the first alone ({})", shown::name(example))
}

fn list(inside: &Inside, system: &dyn FileSystem, path: Option<&str>) -> Result<Listing, Failure> {
    let from = match path {
        Some(path) => inside.entry(path)?,
        None => system.root(),
    };
    let mut top: Vec<String> = path.unwrap_or_default().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let mut lines = Vec::new();
    if !from.is_directory() {
        top.pop();
        lines.push(Line { above: top.into(), entry: from, trouble: None, again: false });
        return Ok(Listing { lines, whole: true });
    }
    let mut above: Arc<[String]> = top.as_slice().into();
    let whole = walk(system, &from, &Limits::default(), |walked| {
        let folders = walked.path.split_last().map_or(&[][..], |(_, folders)| folders);
        if above.get(top.len()..) != Some(folders) {
            above = top.iter().chain(folders).cloned().collect();
        }
        let (entry, trouble) = (walked.entry.clone(), walked.trouble.clone());
        lines.push(Line { above: Arc::clone(&above), entry, trouble, again: walked.again });
        Ok(if crate::interrupt::asked() { return Err(Error::Cancelled) } else { ControlFlow::Continue(()) })
    })?;
    Ok(Listing { lines, whole })
}
