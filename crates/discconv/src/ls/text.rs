//! A listing for people.

use super::{Line, Listing, SECTOR};
use crate::shown;
use discconv_fs::{Entry, FileSystem, Run, Stamp, What};
use std::io::{Result, Write};

/// A head, the entries, what they are together.
pub(super) fn print(out: &mut dyn Write, head: &str, system: &dyn FileSystem, listing: &Listing, is_long: bool) -> Result<()> {
    writeln!(out, "{head}")?;
    if is_long { long(out, system, &listing.lines) } else { tree(out, &listing.lines) }?;
    writeln!(out, "{}", sum(&listing.lines))
}

/// Names below each other, folders with what is in them.
fn tree(out: &mut dyn Write, lines: &[Line]) -> Result<()> {
    let top = lines.iter().map(|line| line.above.len()).min().unwrap_or(0);
    let mut open: Vec<bool> = Vec::new();
    for (line, goes_on) in lines.iter().zip(later(lines)) {
        open.resize(line.above.len() + 1, false);
        let own = line.above.len();
        open[own] = goes_on;
        for more in &open[top..own] {
            out.write_all(if *more { "│   " } else { "    " }.as_bytes())?;
        }
        writeln!(out, "{}{}", if goes_on { "├── " } else { "└── " }, shown_entry(&line.entry))?;
    }
    Ok(())
}

/// Of each line: is there a later one of the same folder?
fn later(lines: &[Line]) -> Vec<bool> {
    let deepest = lines.iter().map(|line| line.above.len()).max().unwrap_or(0);
    let mut later = vec![false; deepest + 1];
    let mut all = vec![false; lines.len()];
    for (goes_on, line) in all.iter_mut().zip(lines).rev() {
        let depth = line.above.len();
        *goes_on = later[depth];
        later[depth] = true;
        later[depth + 1..].fill(false);
    }
    all
}

fn shown_entry(entry: &Entry) -> String {
    let name = shown::name(&entry.name);
    match &entry.what {
        What::Directory => format!("{name}/"),
        What::File => format!("{name}  {}", shown::size(entry.len)),
        What::Link(to) => format!("{name} -> {}", shown::name(to)),
        What::Device { .. } => format!("{name}  (device)"),
        What::Special => format!("{name}  (no file)"),
        What::Audio => format!("{name}  {} (audio track)", shown::size(entry.len)),
    }
}

/// Where an entry lies.
#[derive(Clone, Copy)]
enum Lies {
    Nowhere,
    /// That cannot be read.
    Unknown,
    /// First and last sector, and whether there are several runs.
    At(u64, u64, bool),
}

/// A line each: mode, bytes, date, sectors, path.
fn long(out: &mut dyn Write, system: &dyn FileSystem, lines: &[Line]) -> Result<()> {
    let places: Vec<Lies> = lines.iter().map(|line| system.runs(&line.entry).map_or(Lies::Unknown, |runs| lies(&runs))).collect();
    let widest = |of: &dyn Fn(&Line) -> usize| lines.iter().map(of).max().unwrap_or(0);
    let bytes = widest(&|line| shown::grouped(line.entry.len).len());
    let date = widest(&|line| when(&line.entry).len());
    let sectors = places.iter().map(|lies| sectors(*lies).len()).max().unwrap_or(0);
    for (line, lies) in lines.iter().zip(&places) {
        let entry = &line.entry;
        let (mode, len, when, lbas) = (mode(entry), shown::grouped(entry.len), when(entry), self::sectors(*lies));
        let mut path = shown::name(&line.path());
        if let What::Link(to) = &entry.what {
            path = format!("{path} -> {}", shown::name(to));
        }
        writeln!(out, "{mode}  {len:>bytes$}  {when:<date$}  {lbas:>sectors$}  {path}")?;
    }
    Ok(())
}

/// `2001-02-03 04:05`, as the disc's clock had it; empty if nothing is said.
fn when(entry: &Entry) -> String {
    let minutes = |Stamp { year, month, day, hour, minute, .. }| format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}");
    entry.modified.map_or_else(String::new, minutes)
}

fn lies(runs: &[Run]) -> Lies {
    let stored =
        || runs.iter().filter(|run| run.len > 0).filter_map(|run| run.at.map(|at| (at / SECTOR, (at + run.len - 1) / SECTOR)));
    match (stored().map(|run| run.0).min(), stored().map(|run| run.1).max()) {
        (Some(first), Some(last)) => Lies::At(first, last, stored().count() > 1),
        _ => Lies::Nowhere,
    }
}

/// First and last sector; where there are several runs, of them all, with a sign of it.
fn sectors(lies: Lies) -> String {
    match lies {
        Lies::Nowhere => "-".to_owned(),
        Lies::Unknown => "?".to_owned(),
        Lies::At(first, last, several) => {
            let more = if several { "+" } else { "" };
            if first == last { format!("{first}{more}") } else { format!("{first}-{last}{more}") }
        }
    }
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

fn sum(lines: &[Line]) -> String {
    let count = |wanted: fn(&Entry) -> bool| lines.iter().filter(|line| wanted(&line.entry)).count() as u64;
    let files = count(|entry| !entry.is_directory());
    let lens = lines.iter().filter(|line| !line.entry.is_directory()).map(|line| line.entry.len);
    // What a disc says of lengths may be anything.
    let bytes = lens.fold(0, u64::saturating_add);
    format!("{}, {}, {}", shown::count(files, "file"), shown::count(count(Entry::is_directory), "folder"), shown::size(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str, what: What, len: u64) -> Line {
        let mut above: Vec<String> = path.split('/').map(str::to_owned).collect();
        let name = above.pop().unwrap_or_default();
        Line { above: above.into(), entry: Entry { len, ..Entry::new(name, what, 0) }, trouble: None, again: false }
    }

    #[test]
    fn a_tree_has_its_branches() {
        let lines = [
            line("a", What::Directory, 0),
            line("a/b", What::Directory, 0),
            line("a/b/c.txt", What::File, 12),
            line("a/d", What::Link("b/c.txt".to_owned()), 0),
            line("e.bin", What::File, 2_000_000),
        ];
        let mut out = Vec::new();
        tree(&mut out, &lines).unwrap();
        let shown = "├── a/\n│   ├── b/\n│   │   └── c.txt  12 B\n│   └── d -> b/c.txt\n└── e.bin  2.0 MB\n";
        assert_eq!(String::from_utf8(out).unwrap(), shown);
        assert_eq!(sum(&lines), "3 files, 2 folders, 2.0 MB");
        let long = [line("a", What::File, u64::MAX), line("b", What::File, 1)];
        assert!(sum(&long).starts_with("2 files, 0 folders, 18446744.0 TB"), "{}", sum(&long));
    }

    #[test]
    fn sectors_are_told_from_first_to_last() {
        let run = |at: u64, len| Run { at: Some(at * SECTOR), len };
        let sectors = |runs: &[Run]| sectors(lies(runs));
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
