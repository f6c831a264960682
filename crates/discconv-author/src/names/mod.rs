//! Names as file systems can say them: no two alike in one directory.
//!
//! A name is wanted in some form and made to fit; where that is another's already, a number is put at its end. Names that
//! need no change come first, so that they never give way to one that had to be changed.

mod iso;
mod joliet;
mod udf;

pub(crate) use iso::iso;
pub(crate) use joliet::joliet;
pub(crate) use udf::{dstring, udf, udf_bytes};

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// Room for a name, in characters of its file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    /// In front of the extension.
    pub(crate) base: usize,
    /// Of the extension, without its dot.
    pub(crate) extension: usize,
    /// Of both together, the dot not counted.
    pub(crate) total: usize,
}

/// A name in the characters of its file system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) base: Vec<u16>,
    /// What is behind the last dot, if there is one.
    pub(crate) extension: Option<Vec<u16>>,
}

/// A name as it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) name: Name,
    /// Are all its characters the original ones?
    pub(crate) exact: bool,
    pub(crate) room: Room,
}

impl Name {
    /// `text` parted at its last dot; a dot in front begins no extension.
    pub(crate) fn parted(text: &[u16]) -> Name {
        match text.iter().rposition(|unit| *unit == u16::from(b'.')) {
            Some(dot) if dot > 0 => Name { base: text[..dot].to_vec(), extension: Some(text[dot + 1..].to_vec()) },
            _ => Name { base: text.to_vec(), extension: None },
        }
    }

    /// The order of records in a directory (ECMA-119 9.3): names, then extensions, each as if filled up with the smallest
    /// character.
    pub(crate) fn order(&self, other: &Name) -> Ordering {
        let extension = |name: &Name| name.extension.clone().unwrap_or_default();
        self.base.cmp(&other.base).then_with(|| extension(self).cmp(&extension(other)))
    }

    /// Cut to fit, with `number` at the end of the part in front of the dot.
    fn fitted(&self, room: Room, number: &str) -> Name {
        // A long extension leaves at least half of the room to what is in front of it.
        let most = room.extension.min(room.total.saturating_sub(self.base.len()).max(room.total / 2));
        let extension = self.extension.as_ref().map(|extension| cut(extension, most).to_vec());
        let left = room.total.saturating_sub(extension.as_ref().map_or(0, Vec::len));
        let mut base = cut(&self.base, room.base.min(left).saturating_sub(number.len())).to_vec();
        base.extend(number.bytes().map(u16::from));
        Name { base, extension }
    }
}

/// The first units of `text`, never one half of a pair.
fn cut(text: &[u16], most: usize) -> &[u16] {
    let end = most.min(text.len());
    let splits = end > 0 && end < text.len() && (0xD800..0xDC00).contains(&text[end - 1]);
    &text[..if splits { end - 1 } else { end }]
}

/// Names for all that is in one directory, and which of them are not what they were.
pub(crate) fn unique(wanted: &[Wanted]) -> Vec<(Name, bool)> {
    let fitted: Vec<Name> = wanted.iter().map(|wanted| wanted.name.fitted(wanted.room, "")).collect();
    let mut taken: HashSet<Name> = HashSet::with_capacity(wanted.len());
    let mut numbers: HashMap<Name, u32> = HashMap::new();
    let mut names: Vec<Option<(Name, bool)>> = vec![None; wanted.len()];
    for stays in [true, false] {
        for (place, want) in wanted.iter().enumerate() {
            let kept = want.exact && fitted[place] == want.name;
            if kept == stays {
                let name = free(want, &fitted[place], &taken, &mut numbers);
                taken.insert(name.clone());
                let changed = !want.exact || name != want.name;
                names[place] = Some((name, changed));
            }
        }
    }
    names.into_iter().flatten().collect()
}

/// The first form of a name that nobody has.
fn free(want: &Wanted, fitted: &Name, taken: &HashSet<Name>, numbers: &mut HashMap<Name, u32>) -> Name {
    if !taken.contains(fitted) {
        return fitted.clone();
    }
    let number = numbers.entry(fitted.clone()).or_insert(0);
    loop {
        *number = number.saturating_add(1);
        let name = want.name.fitted(want.room, &number.to_string());
        // A directory has fewer names than there are numbers.
        if !taken.contains(&name) || *number == u32::MAX {
            return name;
        }
    }
}

/// The characters of a host's name; bytes that are no text become the replacement character.
pub(crate) fn text(name: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(text: &str, exact: bool) -> Wanted {
        let units: Vec<u16> = text.encode_utf16().collect();
        Wanted { name: Name::parted(&units), exact, room: Room { base: 8, extension: 3, total: 11 } }
    }

    fn made(wanted: &[Wanted]) -> Vec<String> {
        let text = |name: &Name| {
            let extension = name.extension.as_ref().map(|extension| format!(".{}", String::from_utf16_lossy(extension)));
            format!("{}{}", String::from_utf16_lossy(&name.base), extension.unwrap_or_default())
        };
        unique(wanted).iter().map(|(name, _)| text(name)).collect()
    }

    #[test]
    fn names_that_fit_never_give_way() {
        assert_eq!(made(&[want("LONGNAMES.TXT", true), want("LONGNAME.TXT", true)]), ["LONGNAM1.TXT", "LONGNAME.TXT"]);
        assert_eq!(made(&[want("A.TXT", false), want("A.TXT", true), want("A1.TXT", true)]), ["A2.TXT", "A.TXT", "A1.TXT"]);
    }

    #[test]
    fn a_thousand_names_that_collide_are_all_different() {
        let wanted: Vec<Wanted> = (0..1000).map(|number| want(&format!("SAMEBEGINNING{number}.EXTENSION"), true)).collect();
        let names = made(&wanted);
        let different: HashSet<&String> = names.iter().collect();
        assert_eq!(different.len(), 1000);
        assert!(names.iter().all(|name| name.len() <= 12));
        assert_eq!((names[0].as_str(), names[1].as_str(), names[999].as_str()), ("SAMEBEGI.EXT", "SAMEBEG1.EXT", "SAMEB999.EXT"));
    }

    #[test]
    fn a_pair_is_cut_as_a_whole() {
        let pair: Vec<u16> = "ab\u{1F600}".encode_utf16().collect();
        assert_eq!((cut(&pair, 3), cut(&pair, 4), cut(&pair, 0)), (&pair[..2], &pair[..], &pair[..0]));
    }
}
