//! The names of files with sectors.

use crate::descriptor::{self, Raw, ToldFile, ToldTrack};
use crate::wire::Footer;
use discconv_core::{Input, Result};

/// The name that nearly all descriptors say: `*` is the descriptor's own stem.
pub(crate) const DEFAULT: &str = "*.mdf";
/// Letters of a name; file systems take fewer.
const MOST_LETTERS: usize = 512;

/// The name that `footer`, at `at`, points at.
///
/// # Errors
/// [`discconv_core::Error::Malformed`] if there is none.
pub(crate) fn read(raw: &Raw<'_>, at: u64, footer: &Footer) -> Result<String> {
    let from = usize::try_from(footer.name_at).ok().and_then(|start| raw.bytes.get(start..)).unwrap_or(&[]);
    let name = if footer.wide != 0 {
        let units = from.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
        let units: Vec<u16> = units.take(MOST_LETTERS).take_while(|unit| *unit != 0).collect();
        String::from_utf16_lossy(&units)
    } else {
        let bytes: Vec<u8> = from.iter().take(MOST_LETTERS).copied().take_while(|byte| *byte != 0).collect();
        // Nothing says the alphabet. What is no UTF-8 is taken for Latin-1; a name that is not found is looked for by stem.
        String::from_utf8(bytes).unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect())
    };
    if name.is_empty() {
        let found = format!("a file name at byte {:#X}, where there is none", footer.name_at);
        return Err(raw.malformed(at, found, "the place of a name in the descriptor"));
    }
    Ok(name)
}

/// The names of the files of `track` for a descriptor of that stem.
pub(crate) fn of_track<'a>(track: &'a ToldTrack, stem: &str) -> Vec<(&'a ToldFile, String)> {
    let expanded = track.files.iter().zip(0..).map(|(file, piece): (&ToldFile, u32)| {
        let repeated = piece > 0 && file.name == DEFAULT;
        let pattern = if repeated { format!("*.md{piece}") } else { file.name.clone() };
        (file, pattern.replacen('*', stem, 1))
    });
    expanded.collect()
}

/// The names that a descriptor speaks of, each once.
///
/// # Errors
/// See [`descriptor::read`].
pub(crate) fn of_descriptor(input: &Input<'_>) -> Result<Vec<String>> {
    let descriptor = descriptor::read(input)?;
    let mut names: Vec<String> = Vec::new();
    for (_, name) in descriptor.tracks().flat_map(|track| of_track(track, input.stem())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    // Further pieces that are there, though nobody names them.
    let folder: Vec<String> = input.siblings.list().iter().map(|name| name.to_lowercase()).collect();
    let mut last = names.last().cloned();
    while let Some(piece) = last.as_deref().and_then(next).filter(|piece| folder.contains(&piece.to_lowercase())) {
        if !names.contains(&piece) {
            names.push(piece.clone());
        }
        last = Some(piece);
    }
    Ok(names)
}

/// The file in which an image goes on that was split behind `name`: `.md1` behind `.mdf`, then `.md2`.
pub(crate) fn next(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    let number = match extension.get(..2).zip(extension.get(2..)) {
        Some((md, rest)) if md.eq_ignore_ascii_case("md") => {
            if rest.eq_ignore_ascii_case("f") {
                0
            } else {
                rest.parse::<u8>().ok()?
            }
        }
        _ => return None,
    };
    number.checked_add(1).map(|number| format!("{stem}.md{number}"))
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn names_of_further_pieces() {
        for (name, expected) in [
            ("x.mdf", Some("x.md1")),
            ("X.MDF", Some("X.md1")),
            ("a.b.md1", Some("a.b.md2")),
            ("x.md9", Some("x.md10")),
            ("x.md255", None),
            ("x.mds", None),
            ("x.m", None),
            ("mdf", None),
            ("x.\u{e9}\u{e9}", None),
        ] {
            assert_eq!(next(name).as_deref(), expected, "{name}");
        }
    }
}
