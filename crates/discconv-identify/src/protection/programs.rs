//! Signatures in the headers of programs for Windows: what wraps a program leaves them there.
//!
//! | mark | where | whose |
//! |---|---|---|
//! | `BoG_ *90.0&!!  Yy>` | between headers and first section; the version 20 or 32 bytes on, three numbers of 32 bits | SafeDisc |
//! | sections `stxt371`, `stxt774` | table of sections | SafeDisc and its kin |
//! | `AddD` | in the first 32 bytes behind the last section | SecuROM |
//! | sections `.securom`, `.dsstext`, `.cms_t` | table of sections | SecuROM |
//!
//! Source: BinaryObjectScanner; the first two are also what Windows itself looks for (`LdrpCheckForSafeDiscImage`).

use super::{SAFEDISC, SECUROM, Sign, Worth};
use crate::look::Look;
use crate::text::{le, part};
use discconv_core::Result;
use discconv_fs::Entry;

/// Programs of the root that are looked at, and bytes of each.
const PROGRAMS: usize = 8;
const HEADER: usize = 4096;
/// `.ICD`: the program itself, which an `.EXE` of SafeDisc 1 starts.
const EXTENSIONS: [&str; 2] = ["exe", "icd"];
/// Sections that are looked at; no program has as many.
const MOST_SECTIONS: u64 = 96;

const SAFEDISC_MARK: &[u8] = b"BoG_ *90.0&!!  Yy>";
/// Where the version is from the mark on: of the first releases, and of the later ones.
const SAFEDISC_VERSIONS: [usize; 2] = [20, 32];
const SECUROM_MARK: &[u8] = b"AddD";
/// Bytes behind the last section in which it is.
const SECUROM_WITHIN: usize = 32;

const SECTIONS: &[(&[u8], &str, Worth)] = &[
    // SafeCast and others of the maker have them as well.
    (b"stxt371\0", SAFEDISC, Worth::OneOf(2)),
    (b"stxt774\0", SAFEDISC, Worth::OneOf(2)),
    (b".securom", SECUROM, Worth::Proof),
    (b".dsstext", SECUROM, Worth::Proof),
    (b".cms_t\0\0", SECUROM, Worth::Proof),
];

pub(super) fn find(look: &Look) -> Result<Vec<Sign>> {
    let mut signs = Vec::new();
    for entry in look.all_in_root(is_program).take(PROGRAMS) {
        let header = look.file(&entry.name, HEADER)?.unwrap_or_default();
        signs.extend(in_header(&entry.name, &header));
        if let Some(end) = end_of_sections(&header) {
            let behind = look.file_at(&entry.name, end, SECUROM_WITHIN + SECUROM_MARK.len())?.unwrap_or_default();
            if contains(&behind, SECUROM_MARK).is_some() {
                signs.push(Sign::new(SECUROM, Worth::Proof, &entry.name, "SecuROM's data behind the program"));
            }
        }
    }
    // However many sections of however many programs: it is one sign.
    let mut weak: Vec<&str> = Vec::new();
    signs.retain(|sign: &Sign| match sign.worth {
        Worth::OneOf(_) if weak.contains(&sign.name) => false,
        Worth::OneOf(_) => {
            weak.push(sign.name);
            true
        }
        Worth::Telling | Worth::Proof => true,
    });
    Ok(signs)
}

fn is_program(entry: &Entry) -> bool {
    let extension = entry.name.rsplit_once('.').map_or("", |(_, extension)| extension);
    EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension)) && !entry.is_directory()
}

fn in_header(file: &str, header: &[u8]) -> Vec<Sign> {
    let mut signs = Vec::new();
    if let (true, Some(at)) = (header.starts_with(b"MZ"), contains(header, SAFEDISC_MARK)) {
        let what = format!("the signature of SafeDisc{}", version(header, at));
        signs.push(Sign::new(SAFEDISC, Worth::Proof, file, what));
    }
    for section in sections(header) {
        for (name, protection, worth) in SECTIONS.iter().filter(|(name, ..)| section.starts_with(name)) {
            let name = String::from_utf8_lossy(name);
            let what = format!("a section {}, as {protection} makes it", name.trim_end_matches('\0'));
            signs.push(Sign::new(protection, *worth, file, what));
        }
    }
    signs
}

/// ` 2.60.052`, if it is there.
fn version(header: &[u8], mark: usize) -> String {
    let numbers = SAFEDISC_VERSIONS.map(|after| [0, 4, 8].map(|at| le(header, mark + after + at, 4)));
    let found = numbers.into_iter().find(|[major, minor, third]| (1..100).contains(major) && *minor < 100 && *third < 1000);
    found.map_or(String::new(), |[major, minor, third]| format!(" {major}.{minor:02}.{third:03}"))
}

fn contains(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// The entries of the table of sections (PE/COFF): name (8), ..., length and place in the file.
fn sections(header: &[u8]) -> Vec<&[u8]> {
    let found = || {
        let at = usize::try_from(le(header, 0x3C, 4)).ok()?;
        if !header.starts_with(b"MZ") || part(header, at, 4) != b"PE\0\0" {
            return None;
        }
        let table = at.checked_add(24)?.checked_add(usize::try_from(le(header, at + 20, 2)).ok()?)?;
        let count = usize::try_from(le(header, at + 6, 2).min(MOST_SECTIONS)).ok()?;
        Some((0..count).map(|number| part(header, table + 40 * number, 40)).take_while(|entry| entry.len() == 40).collect())
    };
    found().unwrap_or_default()
}

/// The first byte of the file that is in no section.
fn end_of_sections(header: &[u8]) -> Option<u64> {
    sections(header).into_iter().map(|section| le(section, 16, 4) + le(section, 20, 4)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program with these sections, each at 1000h and 200h long, and the mark of SafeDisc before them.
    fn program(names: &[&[u8; 8]], mark: bool, first: [u32; 3], second: [u32; 3]) -> Vec<u8> {
        let mut bytes = vec![0; 0x1000];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[0x3C] = 0x80;
        bytes[0x80..0x84].copy_from_slice(b"PE\0\0");
        bytes[0x86] = u8::try_from(names.len()).unwrap();
        bytes[0x94] = 0xE0;
        for (number, name) in names.iter().enumerate() {
            let at = 0x80 + 24 + 0xE0 + 40 * number;
            bytes[at..at + 8].copy_from_slice(*name);
            bytes[at + 16..at + 24].copy_from_slice(&[0, 2, 0, 0, 0, 0x10, 0, 0]);
        }
        if mark {
            bytes[0xFD4..0xFE6].copy_from_slice(SAFEDISC_MARK);
        }
        let numbers =
            first.into_iter().enumerate().chain(second.into_iter().enumerate().map(|(place, number)| (place + 3, number)));
        for (place, number) in numbers {
            bytes[0xFE8 + 4 * place..][..4].copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    fn told(bytes: &[u8]) -> Vec<String> {
        in_header("A.EXE", bytes).into_iter().map(|sign| sign.evidence.what).collect()
    }

    #[test]
    fn a_wrapped_program_says_which_version() {
        let new = program(&[b".text\0\0\0", b"stxt774\0", b"stxt371\0"], true, [0; 3], [2, 60, 52]);
        let expected = [
            "the signature of SafeDisc 2.60.052",
            "a section stxt774, as SafeDisc makes it",
            "a section stxt371, as SafeDisc makes it",
        ];
        assert_eq!(told(&new), expected);
        assert_eq!(told(&program(&[], true, [1, 11, 0], [0; 3])), ["the signature of SafeDisc 1.11.000"]);
        assert_eq!(told(&program(&[], true, [0; 3], [0; 3])), ["the signature of SafeDisc"]);
        assert_eq!(told(&program(&[b".securom"], false, [0; 3], [0; 3])), ["a section .securom, as SecuROM makes it"]);
        assert!(told(&program(&[b".text\0\0\0", b"stxt3710"], false, [0; 3], [0; 3])).is_empty());
    }

    #[test]
    fn a_header_that_lies_is_survived() {
        let whole = program(&[b"stxt371\0"], true, [0; 3], [2, 60, 52]);
        for len in 0..whole.len() {
            let _ = (in_header("A.EXE", &whole[..len]), end_of_sections(&whole[..len]));
        }
        for at in [0x3C, 0x86, 0x94] {
            let mut lie = whole.clone();
            lie[at..at + 2].fill(0xFF);
            let _ = (in_header("A.EXE", &lie), end_of_sections(&lie));
        }
        assert_eq!(end_of_sections(&whole), Some(0x1200));
    }
}
