//! Exact bytes: the marks at both ends, and the heads of records.

use discconv_sector::Protection;

/// The first bytes; the fourth tells variants apart.
pub(crate) const MAGIC: [u8; 4] = *b"ECM\0";
/// The end mark as it is written; others spell the same number with another type.
pub(crate) const END: [u8; 5] = [0xFC, 0xFF, 0xFF, 0xFF, 0x3F];
/// Bytes of the EDC behind the end mark.
pub(crate) const EDC_BYTES: usize = 4;
/// Bytes of the longest head.
pub(crate) const LONGEST_HEAD: usize = 5;
/// The largest count of one record; one more is the end mark.
pub(crate) const MOST_UNITS: u64 = 0xFFFF_FFFF;
/// Fourth bytes below it are versions; from there on it is text that begins like that.
const VERSIONS_BELOW: u8 = 0x20;

/// The fourth byte of what begins like an ECM file: 0 for Corlett's.
pub(crate) fn variant(head: &[u8]) -> Option<u8> {
    head.strip_prefix(b"ECM")?.first().copied().filter(|version| *version < VERSIONS_BELOW)
}

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Literal,
    Sector(Protection),
}

impl Kind {
    const MODE1: Kind = Kind::Sector(Protection::Mode1);
    const FORM1: Kind = Kind::Sector(Protection::Form1);
    const FORM2: Kind = Kind::Sector(Protection::Form2);

    fn of_bits(byte: u8) -> Kind {
        match byte & 3 {
            0 => Kind::Literal,
            1 => Kind::MODE1,
            2 => Kind::FORM1,
            _ => Kind::FORM2,
        }
    }

    fn bits(self) -> u8 {
        match self {
            Kind::Literal => 0,
            Kind::Sector(Protection::Mode1) => 1,
            Kind::Sector(Protection::Form1) => 2,
            Kind::Sector(Protection::Form2) => 3,
        }
    }

    /// Bytes stored of each unit.
    pub(crate) fn stored(self) -> u16 {
        match self {
            Kind::Literal => 1,
            Kind::Sector(Protection::Mode1) => 3 + 2048,
            Kind::Sector(Protection::Form1) => 4 + 2048,
            Kind::Sector(Protection::Form2) => 4 + 2324,
        }
    }

    /// Bytes that come out of each unit.
    pub(crate) fn decoded(self) -> u16 {
        match self {
            Kind::Literal => 1,
            Kind::Sector(Protection::Mode1) => 2352,
            Kind::Sector(Protection::Form1 | Protection::Form2) => 2336,
        }
    }
}

/// The head of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// So many units follow, 1 to [`MOST_UNITS`].
    Units(Kind, u64),
    End,
}

/// Why there is no head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoHead {
    /// It goes on behind the bytes that there are.
    Short,
    /// Its fifth byte has bits that a count has not.
    Beyond(u8),
}

/// The head at the beginning of `bytes`, and how many of them it takes.
pub(crate) fn head(bytes: &[u8]) -> Result<(Head, usize), NoHead> {
    let mut rest = bytes.iter().copied();
    let first = rest.next().ok_or(NoHead::Short)?;
    let mut count = u32::from(first >> 2 & 0x1F);
    let mut more = first & 0x80 != 0;
    let mut len = 1;
    for shift in [5, 12, 19] {
        if !more {
            break;
        }
        let byte = rest.next().ok_or(NoHead::Short)?;
        count |= u32::from(byte & 0x7F) << shift;
        more = byte & 0x80 != 0;
        len += 1;
    }
    if more {
        let byte = rest.next().ok_or(NoHead::Short)?;
        if byte > 0x3F {
            return Err(NoHead::Beyond(byte));
        }
        count |= u32::from(byte) << 26;
        len += 1;
    }
    let head = if count == u32::MAX { Head::End } else { Head::Units(Kind::of_bits(first), u64::from(count) + 1) };
    Ok((head, len))
}

/// Append the head of `count` units, 1 to [`MOST_UNITS`], in as few bytes as it takes.
pub(crate) fn write_head(kind: Kind, count: u64, out: &mut Vec<u8>) {
    let bits = |value: u64, mask: u64| u8::try_from(value & mask).unwrap_or(0);
    let mut rest = count.clamp(1, MOST_UNITS) - 1;
    let mut byte = bits(rest, 0x1F) << 2 | kind.bits();
    rest >>= 5;
    while rest > 0 {
        out.push(byte | 0x80);
        byte = bits(rest, 0x7F);
        rest >>= 7;
    }
    out.push(byte);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_by_the_table() {
        for (bytes, expected) in [
            (&[0x00][..], Ok((Head::Units(Kind::Literal, 1), 1))),
            (&[0x3C], Ok((Head::Units(Kind::Literal, 16), 1))),
            (&[0x7D], Ok((Head::Units(Kind::MODE1, 32), 1))),
            (&[0x81, 0x01, 9], Ok((Head::Units(Kind::MODE1, 33), 2))),
            (&[0x82, 0x80, 0x80, 0x80, 0x01], Ok((Head::Units(Kind::FORM1, (1 << 26) + 1), 5))),
            (&[0x83, 0x80, 0x80, 0x01], Ok((Head::Units(Kind::FORM2, (1 << 19) + 1), 4))),
            // A longer spelling than it needs.
            (&[0x82, 0x80, 0x00], Ok((Head::Units(Kind::FORM1, 1), 3))),
            (&[0xF8, 0xFF, 0xFF, 0xFF, 0x3F], Ok((Head::Units(Kind::Literal, 0xFFFF_FFFF), 5))),
            (&END, Ok((Head::End, 5))),
            (&[0xFF, 0xFF, 0xFF, 0xFF, 0x3F], Ok((Head::End, 5))),
            (&[0xFC, 0xFF, 0xFF, 0xFF, 0x40], Err(NoHead::Beyond(0x40))),
            (&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], Err(NoHead::Beyond(0x80))),
            (&[], Err(NoHead::Short)),
            (&[0x80], Err(NoHead::Short)),
            (&END[..4], Err(NoHead::Short)),
        ] {
            assert_eq!(head(bytes), expected, "{bytes:02X?}");
        }
    }

    #[test]
    fn what_is_written_is_read_and_short() {
        for kind in [Kind::Literal, Kind::MODE1, Kind::FORM1, Kind::FORM2] {
            for (count, len) in [
                (1, 1),
                (32, 1),
                (33, 2),
                (1 << 12, 2),
                ((1 << 12) + 1, 3),
                (1 << 19, 3),
                ((1 << 19) + 1, 4),
                (1 << 26, 4),
                ((1 << 26) + 1, 5),
                (MOST_UNITS, 5),
            ] {
                let mut bytes = Vec::new();
                write_head(kind, count, &mut bytes);
                assert_eq!(bytes.len(), len, "{kind:?} {count}");
                assert_eq!(head(&bytes), Ok((Head::Units(kind, count), len)));
            }
        }
    }

    #[test]
    fn variants_are_told_from_text() {
        for (head, expected) in
            [(&b"ECM\0"[..], Some(0)), (b"ECM\x02...", Some(2)), (b"ECMA-119", None), (b"ECM", None), (b"EC", None), (b"", None)]
        {
            assert_eq!(variant(head), expected);
        }
    }
}
