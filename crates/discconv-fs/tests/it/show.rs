//! A disc and its trees as text.

use discconv_core::error::printable;
use discconv_core::{Disc, Limits, ReadAt};
use discconv_formats::OpenedImage;
use discconv_fs::{About, Content, Entry, FileSystem, Space, What, find, walk};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// The disc that a file holds.
pub(crate) fn disc_of(path: &Path) -> Result<Disc, String> {
    let siblings = discconv_host::FolderSiblings::beside(path);
    let source = discconv_host::FileSource::open(path).map_err(|error| error.to_string())?;
    let name = path.file_name().unwrap().to_str().unwrap();
    let input = discconv_core::Input::new(name, Arc::new(source), &siblings);
    let OpenedImage { discs, .. } = discconv_formats::open(&input).map_err(|error| error.to_string())?;
    discs.into_iter().next().ok_or_else(|| "no disc".to_owned())
}

/// Its user data.
pub(crate) fn space_of(path: &Path) -> Result<Arc<Space>, String> {
    disc_of(path).map(|disc| Arc::new(Space::new(Arc::new(disc))))
}

/// All trees of a disc.
pub(crate) fn trees(space: &Arc<Space>) -> String {
    let systems = match find(space, &Limits::default()) {
        Ok(systems) => systems,
        Err(error) => return format!("error: {error}\n"),
    };
    systems.iter().map(|system| tree(space, system.as_ref())).collect::<Vec<_>>().join("\n")
}

/// One tree: what it says of itself, every entry, what was odd.
pub(crate) fn tree(space: &Arc<Space>, system: &dyn FileSystem) -> String {
    let mut text = about(system.about());
    let done = walk(system, &system.root(), &Limits::default(), |walked| {
        let depth = "  ".repeat(walked.path.len());
        let mut trouble = walked.trouble.as_ref().map_or_else(String::new, |trouble| format!(" !! {trouble}"));
        if walked.again {
            trouble.push_str(" (above, under another name)");
        }
        writeln!(text, "{depth}{}{trouble}", entry(space, system, walked.entry)).unwrap();
        Ok(ControlFlow::Continue(()))
    });
    match done {
        Ok(true) => {}
        Ok(false) => text.push_str("  (limit)\n"),
        Err(error) => writeln!(text, "  error: {error}").unwrap(),
    }
    for note in system.notes() {
        writeln!(text, "  note: {}", printable(&note.text)).unwrap();
    }
    text
}

fn about(about: &About) -> String {
    let About { kind, version, label, system, set, publisher, preparer, application, .. } = about;
    let mut text = format!("{} {version}", kind.name()).trim_end().to_owned();
    let texts = [
        ("label", label),
        ("system", system),
        ("set", set),
        ("publisher", publisher),
        ("preparer", preparer),
        ("application", application),
    ];
    for (name, said) in texts.into_iter().filter(|(_, said)| !said.is_empty()) {
        write!(text, "; {name} {:?}", printable(said)).unwrap();
    }
    for (name, stamp) in [("created", about.created), ("modified", about.modified)] {
        if let Some(stamp) = stamp {
            write!(text, "; {name} {stamp}").unwrap();
        }
    }
    writeln!(text, "; {} blocks of {} from byte {}", about.blocks, about.block_bytes, about.start).unwrap();
    text
}

fn entry(space: &Arc<Space>, system: &dyn FileSystem, entry: &Entry) -> String {
    let mut text = format!("{:?}", printable(&entry.name));
    match &entry.what {
        What::File => write!(text, " {}{}", entry.len, content(space, system, entry)).unwrap(),
        What::Directory => text.push('/'),
        What::Link(target) => write!(text, " -> {:?}", printable(target)).unwrap(),
        What::Device { block, major, minor } => {
            write!(text, " {} {major}:{minor}", if *block { "block" } else { "char" }).unwrap()
        }
        What::Special => text.push_str(" special"),
        What::Audio => write!(text, " audio {}", entry.len).unwrap(),
    }
    if let Some(mode) = entry.mode {
        write!(text, " {mode:04o}").unwrap();
    }
    if let Some((user, group)) = entry.owner {
        write!(text, " {user}:{group}").unwrap();
    }
    if let Some(stamp) = entry.modified {
        write!(text, " {stamp}").unwrap();
    }
    if let Some(xa) = entry.xa {
        write!(text, " xa {:04X} file {}", xa.attributes, xa.file).unwrap();
    }
    if let Some(packing) = system.packing(entry) {
        write!(text, " packed: {packing}").unwrap();
    }
    if entry.hidden {
        text.push_str(" hidden");
    }
    text
}

/// Where it lies, and the start of its SHA-256.
fn content(space: &Arc<Space>, system: &dyn FileSystem, entry: &Entry) -> String {
    if entry.len == 0 {
        return String::new();
    }
    let place = match system.runs(entry) {
        Ok(runs) => runs.iter().map(|run| run.at.map_or("zeros".to_owned(), |at| format!("@{}", at / 2048))).collect::<Vec<_>>(),
        Err(error) => return format!(" ({error})"),
    };
    let shown = if place.len() > 4 { format!("{}+{}", place[..2].join("+"), place.len() - 2) } else { place.join("+") };
    match Content::new(space.clone(), system, entry).and_then(|content| digest(&content)) {
        Ok(digest) => format!(" {shown} {}", &digest[..12]),
        Err(error) => format!(" {shown} ({error})"),
    }
}

/// SHA-256 of a source.
pub(crate) fn digest(source: &dyn ReadAt) -> discconv_core::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut at = 0;
    while at < source.len() {
        let len = usize::try_from((source.len() - at).min(buffer.len() as u64)).unwrap();
        source.read_exact_at(at, &mut buffer[..len])?;
        hash.update(&buffer[..len]);
        at += len as u64;
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
