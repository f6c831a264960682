//! Names of the Joliet tree: UCS-2, big-endian, without `* / : ; ? \` and control characters.

use super::{Name, Room, Wanted, text};

/// Characters of a name (Joliet specification, 128 bytes), and what other programs write on request.
const SHORT: usize = 64;
const LONG: usize = 103;

/// The form of a host's name in the Joliet tree. Characters beyond UCS-2 are written as pairs, as every reader takes them.
pub(crate) fn joliet(name: &[u8], long: bool) -> Wanted {
    let original = text(name);
    let allowed = |c: char| if c.is_control() || "*/:;?\\\u{FFFD}".contains(c) { '_' } else { c };
    let written: String = original.chars().map(allowed).collect();
    let units: Vec<u16> = written.encode_utf16().collect();
    let name = Name::parted(&units);
    // The dot counts here.
    let total = if long { LONG } else { SHORT } - usize::from(name.extension.is_some());
    Wanted { exact: written == original, name, room: Room { base: total, extension: total, total } }
}

impl Name {
    /// The identifier of a file or directory; a file has a version.
    pub(crate) fn joliet_bytes(&self, directory: bool) -> Vec<u8> {
        let dot = self.extension.is_some().then_some(u16::from(b'.'));
        let version = if directory { &[][..] } else { &[b';' as u16, b'1' as u16] };
        let units = self.base.iter().chain(&dot).chain(self.extension.iter().flatten()).chain(version);
        units.flat_map(|unit| unit.to_be_bytes()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::unique;

    fn made(name: &[u8], long: bool) -> (String, bool) {
        let (name, changed) = unique(&[joliet(name, long)]).remove(0);
        let bytes = name.joliet_bytes(false);
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        (String::from_utf16(&units).unwrap(), changed)
    }

    #[test]
    fn names_stay_what_they_are() {
        let plain = |name: &str| assert_eq!(made(name.as_bytes(), false), (format!("{name};1"), false), "{name}");
        ["a.txt", ".hidden", "two.dots.here", "\u{e4}\u{1F600}", "UPPER lower", "end."].into_iter().for_each(plain);
        assert_eq!(made(b"a:b?c;d\\e*f\n", false), ("a_b_c_d_e_f_;1".to_owned(), true));
        assert_eq!(made(b"x\xFFy", false), ("x_y;1".to_owned(), true));
    }

    #[test]
    fn long_names_keep_their_extensions() {
        let name = format!("{}.tar", "n".repeat(200));
        assert_eq!(made(name.as_bytes(), false).0.encode_utf16().count(), 64 + 2);
        assert_eq!(made(name.as_bytes(), true).0.encode_utf16().count(), 103 + 2);
        assert!(made(name.as_bytes(), false).0.ends_with("n.tar;1"));
    }
}
