//! Texts and names in their encodings.

/// How identifiers and texts are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// One byte a character; what is UTF-8 is taken as that, all else as Latin-1.
    Bytes,
    /// UTF-16, big-endian (Joliet).
    Wide,
}

impl Coding {
    /// The text of those bytes.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Coding::Bytes => match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => bytes.iter().copied().map(char::from).collect(),
            },
            Coding::Wide => {
                let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
        }
    }

    /// A text of a descriptor, whose rest is blanks or zeros.
    pub(super) fn text(self, bytes: &[u8]) -> String {
        self.decode(bytes).trim_matches(['\0', ' ']).to_owned()
    }

    /// The name of a file as people know it: without the version, and without the dot that had to stand before it.
    /// Other versions than the first keep their number: both may be there.
    pub(super) fn file_name(self, identifier: &[u8]) -> String {
        let mut name = self.decode(identifier);
        if name.len() > 2 && name.ends_with(";1") {
            name.truncate(name.len() - 2);
        }
        if name.ends_with('.') && !name.trim_end_matches('.').is_empty() {
            name.pop();
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_dots() {
        for (written, known) in [
            ("README.TXT;1", "README.TXT"),
            ("COPYING.;1", "COPYING"),
            ("A.B;2", "A.B;2"),
            ("NODOT;1", "NODOT"),
            (";1", ";1"),
            (".", "."),
            ("..", ".."),
            ("X", "X"),
        ] {
            assert_eq!(Coding::Bytes.file_name(written.as_bytes()), known);
        }
        assert_eq!(Coding::Bytes.decode(b"\xC4.TXT"), "Ä.TXT");
        assert_eq!(Coding::Bytes.decode("Ä".as_bytes()), "Ä");
        assert_eq!(Coding::Wide.file_name(b"\x30\x42\0;\x001"), "あ");
        assert_eq!(Coding::Wide.decode(b"\xD8\x00\0A"), "\u{FFFD}A");
        assert_eq!(Coding::Wide.decode(b"\xD8\x3D\xDC\xBF!"), "💿");
    }
}
