//! What was found, in one shape for all systems.

use discconv_fs::{About, Catalogue};

/// What a disc is, and by what that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// What it is for, the one that says most first. Hybrids have several; an unknown disc has none.
    pub systems: Vec<Found>,
    /// Its volumes, as they describe themselves, with what was odd in as much of them as was looked at.
    pub volumes: Vec<About>,
    /// What can be started from it.
    pub boot: Boot,
    /// Traces of copy protection.
    pub protection: Vec<Trace>,
}

/// A kind of disc.
#[derive(Debug, PartialEq, Eq)]
pub struct System {
    /// The word for options and JSON.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
}

/// A system whose signs are on the disc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub system: &'static System,
    /// By what it was seen; at least one.
    pub evidence: Vec<Evidence>,
    /// What the disc says of itself in this system's structures.
    pub fields: Fields,
}

/// A sign on the disc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where: `LBA 16, byte 8`, or the path of a file from the root on.
    pub place: String,
    /// What stands there.
    pub what: String,
}

impl Evidence {
    pub(crate) fn new(place: impl Into<String>, what: impl Into<String>) -> Evidence {
        Evidence { place: place.into(), what: what.into() }
    }
}

/// What a disc calls itself. Texts are decoded and trimmed, and the disc's word: to be escaped before they are printed. What is
/// not said is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// Product number, serial or game id, as it is written in lists of discs: `SLUS-00404`, `GALE01`.
    pub serial: String,
    /// The title inside.
    pub title: String,
    /// Regions it is for: `Japan`, `USA`, `Europe`, or what else the system knows.
    pub regions: Vec<String>,
    /// Its version.
    pub version: String,
    /// Who made or published it.
    pub maker: String,
    /// When, as it is written there, with `-` between year, month and day where these are known.
    pub date: String,
    /// Which disc it is, and of how many (0 if that is not said); counted from 1.
    pub disc: Option<(u16, u16)>,
    /// What else is told: a word, and what it is.
    pub more: Vec<(&'static str, String)>,
}

impl Fields {
    /// Fill what is empty from `other`.
    pub(crate) fn complete(&mut self, other: Fields) {
        let texts = [
            (&mut self.serial, other.serial),
            (&mut self.title, other.title),
            (&mut self.version, other.version),
            (&mut self.maker, other.maker),
            (&mut self.date, other.date),
        ];
        for (own, other) in texts.into_iter().filter(|(own, _)| own.is_empty()) {
            *own = other;
        }
        if self.regions.is_empty() {
            self.regions = other.regions;
        }
        self.disc = self.disc.or(other.disc);
        for (word, text) in other.more {
            self.tell(word, text);
        }
    }

    /// Add what has no field of its own, once, unless it is empty.
    pub(crate) fn tell(&mut self, word: &'static str, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() && self.more.iter().all(|(known, _)| *known != word) {
            self.more.push((word, text));
        }
    }
}

/// What can be started from a disc.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boot {
    /// The El Torito catalogue.
    pub catalogue: Option<Catalogue>,
    /// The partition tables in its system area that make it start from a stick too.
    pub stick: Vec<Evidence>,
}

/// A trace of copy protection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// What it is called.
    pub name: &'static str,
    /// Was the protection itself seen: a signature, sectors? Else it is only names of files that speak for it.
    pub proven: bool,
    /// By what it was seen; at least one.
    pub evidence: Vec<Evidence>,
}
