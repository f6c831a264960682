//! Letters, dates and paths.

use crate::Stamp;

/// OSTA Compressed Unicode (UDF 2.1.1): the first byte tells the bits of a character. Deleted names have their own numbers
/// for the same. Other bytes are no text and stand as Latin-1.
pub(super) fn osta(bytes: &[u8]) -> String {
    match bytes.split_first() {
        Some((16 | 255, letters)) => {
            let units = letters.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        Some((8 | 254, letters)) => letters.iter().map(|letter| char::from(*letter)).collect(),
        _ => bytes.iter().map(|letter| char::from(*letter)).collect(),
    }
}

/// A dstring (1/7.2.12): the same in a field whose last byte is the used length.
pub(super) fn dstring(field: &[u8]) -> String {
    let Some((used, letters)) = field.split_last() else { return String::new() };
    let used = letters.get(..usize::from(*used)).unwrap_or(letters);
    osta(used).trim_matches(['\0', ' ']).to_owned()
}

/// The name in an entity identifier (1/7.4): 23 letters behind a byte of flags.
pub(super) fn entity(field: &[u8]) -> String {
    let letters = field.get(1..24).unwrap_or_default();
    letters.iter().map(|letter| char::from(*letter)).collect::<String>().trim_matches(['\0', ' ']).to_owned()
}

/// An offset that is not known (1/7.3.1).
const NO_ZONE: i16 = -2047;

/// A timestamp (1/7.3); `None` if it is no date.
pub(super) fn stamp(field: &[u8; 12]) -> Option<Stamp> {
    let [zone_low, zone_high, year_low, year_high, month, day, hour, minute, second, centi, hundred_micro, micro] = *field;
    let year = i16::from_le_bytes([year_low, year_high]);
    // Twelve bits with a sign, below four of the type.
    let offset = (i16::from_le_bytes([zone_low, zone_high]) << 4) >> 4;
    let local = zone_high >> 4 == 1;
    let offset = (local && offset != NO_ZONE && offset.abs() <= 24 * 60).then_some(offset);
    let mut stamp = Stamp::new((i32::from(year), month, day), (hour, minute, second), offset)?;
    let micros = u32::from(centi) * 10_000 + u32::from(hundred_micro) * 100 + u32::from(micro);
    stamp.nanos = if micros < 1_000_000 { micros * 1000 } else { 0 };
    Some(stamp)
}

/// The path of a symbolic link: components (4/14.16) of a kind, a length, and a name. `None` if they are none.
pub(super) fn path(mut bytes: &[u8]) -> Option<String> {
    let mut path = String::new();
    while let Some(([kind, len, _, _], rest)) = bytes.split_first_chunk() {
        let (name, after) = rest.split_at_checked(usize::from(*len))?;
        if matches!(kind, 1 | 2) {
            // A root, of the system or of the volume: what came before does not matter.
            path = "/".to_owned();
        } else {
            if !path.is_empty() && !path.ends_with('/') {
                path.push('/');
            }
            match kind {
                3 => path.push_str(".."),
                4 => path.push('.'),
                5 => path.push_str(&osta(name)),
                _ => return None,
            }
        }
        bytes = after;
    }
    (bytes.is_empty() && !path.is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters() {
        assert_eq!(osta(b"\x08A\xE4"), "Aä");
        assert_eq!(osta(b"\x10\x26\x3A\xD8\x3D\xDE\x00"), "☺😀");
        assert_eq!(osta(b"\x10\xD8\x3D\x00A"), "\u{FFFD}A");
        assert_eq!(osta(b""), "");
        assert_eq!(dstring(b"\x08ab\0\0\0\x03"), "ab");
        assert_eq!(dstring(b"\x08ab\xFF"), "ab");
        assert_eq!(dstring(&[0; 32]), "");
    }

    #[test]
    fn dates() {
        let stamp = |zone: u16, rest: [u8; 3]| {
            let [low, high] = zone.to_le_bytes();
            stamp(&[low, high, 0xE8, 7, 2, 29, 13, 14, 15, rest[0], rest[1], rest[2]])
        };
        let text = |zone| stamp(zone, [0; 3]).unwrap().to_string();
        assert_eq!(text(0x1000), "2024-02-29T13:14:15Z");
        assert_eq!(text(0x1000 | 120), "2024-02-29T13:14:15+02:00");
        assert_eq!(text(0x1FC4), "2024-02-29T13:14:15-01:00");
        assert_eq!(text(0x1801), "2024-02-29T13:14:15", "a zone that is not known");
        assert_eq!(text(0x0078), "2024-02-29T13:14:15", "of another type");
        assert_eq!(stamp(0x1000, [12, 34, 56]).unwrap().nanos, 123_456_000);
        assert_eq!(super::stamp(&[0; 12]), None);
    }

    #[test]
    fn paths() {
        assert_eq!(path(b"\x03\0\0\0\x05\x03\0\0\x08ab\x05\x02\0\0\x08c").as_deref(), Some("../ab/c"));
        assert_eq!(path(b"\x02\0\0\0\x05\x02\0\0\x08x").as_deref(), Some("/x"));
        assert_eq!(path(b"\x04\0\0\0").as_deref(), Some("."));
        for bad in [&b""[..], b"\x05\xFF\0\0\x08", b"\x05\x01\0", b"\x09\0\0\0"] {
            assert_eq!(path(bad), None, "{bad:?}");
        }
    }
}
