//! Names of UDF: OSTA compressed Unicode (UDF 2.1.1), 8 or 16 bits a character.

use super::{Name, Room, Wanted, text};

/// Bytes of a file identifier, the compression ID among them.
const MOST: usize = 255;

/// The form of a host's name in UDF.
pub(crate) fn udf(name: &[u8]) -> Wanted {
    let original = text(name);
    let written: String = original.chars().map(|c| if matches!(c, '\0' | '/' | '\u{FFFD}') { '_' } else { c }).collect();
    let units: Vec<u16> = written.encode_utf16().collect();
    let most = (MOST - 1) / if narrow(&units) { 1 } else { 2 };
    let name = Name::parted(&units);
    let total = most - usize::from(name.extension.is_some());
    Wanted { exact: written == original, name, room: Room { base: total, extension: total, total } }
}

fn narrow(units: &[u16]) -> bool {
    units.iter().all(|unit| *unit <= 0xFF)
}

/// `units` with their compression ID in front.
fn compressed(units: &[u16]) -> Vec<u8> {
    if narrow(units) {
        std::iter::once(8).chain(units.iter().map(|unit| unit.to_le_bytes()[0])).collect()
    } else {
        std::iter::once(16).chain(units.iter().flat_map(|unit| unit.to_be_bytes())).collect()
    }
}

/// The bytes of a file identifier.
pub(crate) fn udf_bytes(name: &Name) -> Vec<u8> {
    let dot = name.extension.is_some().then_some(u16::from(b'.'));
    let units: Vec<u16> = name.base.iter().copied().chain(dot).chain(name.extension.iter().flatten().copied()).collect();
    compressed(&units)
}

/// `text` in a field of `N` bytes, whose last says how many are used (ECMA-167 1/7.2.12); cut where it does not fit.
pub(crate) fn dstring<const N: usize>(text: &str) -> [u8; N] {
    let mut field = [0; N];
    let mut units: Vec<u16> = text.encode_utf16().collect();
    while compressed(&units).len() >= N {
        let shorter = super::cut(&units, units.len().saturating_sub(1)).len();
        units.truncate(shorter);
    }
    if !units.is_empty() {
        let bytes = compressed(&units);
        field[..bytes.len()].copy_from_slice(&bytes);
        field[N - 1] = u8::try_from(bytes.len()).unwrap_or(0);
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::unique;

    #[test]
    fn both_widths_and_their_limits() {
        let made = |name: &str| udf_bytes(&unique(&[udf(name.as_bytes())]).remove(0).0);
        assert_eq!(made("a.b"), [8, b'a', b'.', b'b']);
        assert_eq!(made("\u{3b1}"), [16, 3, 0xB1]);
        assert_eq!(made(&"x".repeat(255)).len(), 255);
        assert_eq!(made(&"\u{3b1}".repeat(200)).len(), 255);
    }

    #[test]
    fn fields_say_their_length() {
        assert_eq!(dstring::<8>("AB"), [8, b'A', b'B', 0, 0, 0, 0, 3]);
        assert_eq!(dstring::<4>("ABCDEF"), [8, b'A', b'B', 3]);
        assert_eq!(dstring::<8>(""), [0; 8]);
        assert_eq!(dstring::<6>("\u{3b1}\u{3b2}\u{3b3}"), [16, 3, 0xB1, 3, 0xB2, 5]);
    }
}
