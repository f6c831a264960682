//! Names of the primary tree: capitals, digits and `_` (ECMA-119 7.5, 7.6).

use super::{Name, Room, Wanted, text};
use crate::Level;

/// The form of a host's name in the primary tree.
pub(crate) fn iso(name: &[u8], directory: bool, level: Level) -> Wanted {
    let room = match (level, directory) {
        (Level::One, false) => Room { base: 8, extension: 3, total: 11 },
        (Level::One, true) => Room { base: 8, extension: 0, total: 8 },
        (_, false) => Room { base: 30, extension: 30, total: 30 },
        (_, true) => Room { base: 31, extension: 0, total: 31 },
    };
    let original = text(name);
    // A directory's identifier has no dot.
    let dot = original.rfind('.').filter(|dot| *dot > 0 && !directory);
    let (base, extension) = dot.map_or((&*original, None), |dot| (&original[..dot], original.get(dot + 1..)));
    let (base, extension) = (letters(base), extension.map(letters));
    let written = String::from_utf16_lossy(&base)
        + &extension.as_ref().map_or(String::new(), |e| ".".to_owned() + &String::from_utf16_lossy(e));
    Wanted { exact: written == original, name: Name { base, extension }, room }
}

fn letters(text: &str) -> Vec<u16> {
    let letter = |c: char| match c.to_ascii_uppercase() {
        c @ ('A'..='Z' | '0'..='9' | '_') => c as u8,
        _ => b'_',
    };
    text.chars().map(|c| u16::from(letter(c))).collect()
}

impl Name {
    /// The identifier of a file or directory (ECMA-119 7.5.1, 7.6.1): a file has a dot and a version.
    pub(crate) fn iso_bytes(&self, directory: bool) -> Vec<u8> {
        let ascii = |units: &[u16]| units.iter().map(|unit| u8::try_from(*unit).unwrap_or(b'_')).collect::<Vec<u8>>();
        let mut bytes = ascii(&self.base);
        if !directory {
            bytes.push(b'.');
            bytes.extend(self.extension.as_deref().map(ascii).unwrap_or_default());
            bytes.extend(b";1");
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::unique;

    fn made(name: &[u8], directory: bool, level: Level) -> (String, bool) {
        let (name, changed) = unique(&[iso(name, directory, level)]).remove(0);
        (String::from_utf8(name.iso_bytes(directory)).unwrap(), changed)
    }

    #[test]
    fn files() {
        let check = |name: &[u8], one: &str, three: &str, changed: bool| {
            assert_eq!(made(name, false, Level::One).0, one);
            assert_eq!(made(name, false, Level::Three), (three.to_owned(), changed));
        };
        check(b"README.TXT", "README.TXT;1", "README.TXT;1", false);
        check(b"MAKEFILE", "MAKEFILE.;1", "MAKEFILE.;1", false);
        check(b"readme.text", "README.TEX;1", "README.TEXT;1", true);
        check(b"a b.c.d", "A_B_C.D;1", "A_B_C.D;1", true);
        check(b".profile", "_PROFILE.;1", "_PROFILE.;1", true);
        check("\u{e4}\u{1F600}x".as_bytes(), "__X.;1", "__X.;1", true);
        check(b"x\xFF\xFEy", "X__Y.;1", "X__Y.;1", true);
        check(b"END.", "END.;1", "END.;1", false);
    }

    #[test]
    fn lengths() {
        let (name, changed) = made(&[b'A'; 255], false, Level::Two);
        assert_eq!((name.len(), changed), (33, true));
        let (name, _) = made(format!("{}.{}", "B".repeat(40), "C".repeat(40)).as_bytes(), false, Level::Three);
        assert_eq!(name.len(), 33);
        assert_eq!(made(b"dir.with.dots", true, Level::One), ("DIR_WITH".to_owned(), true));
        assert_eq!(
            made(b"DIR_WITH_31_CHARACTERS_IN_ITS_N", true, Level::Two),
            ("DIR_WITH_31_CHARACTERS_IN_ITS_N".to_owned(), false)
        );
    }
}
