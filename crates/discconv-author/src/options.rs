//! How the disc is to be made.

use crate::System;

/// Rules for the names of the primary tree (ECMA-119 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 8.3, one section a file.
    One,
    /// 31 characters, one section a file.
    Two,
    /// 31 characters, files of any length.
    Three,
}

/// What happens to directories below the eighth level, which ECMA-119 6.8.2.1 forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deep {
    /// Rock Ridge moves them into one directory of the root and shows them in their places.
    Relocate,
    /// They stay, and a note says so.
    Allow,
}

/// El Torito: what a computer boots from. Paths are those of the tree, names as in [`Item::path`](crate::Item::path).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boot {
    /// A loader for the BIOS, without emulation.
    pub bios: Option<Vec<Vec<u8>>>,
    /// 512-byte sectors of it that the BIOS loads.
    pub load_sectors: u16,
    /// Write the boot information table into its bytes 8 to 63.
    pub info_table: bool,
    /// An image of a FAT file system for UEFI.
    pub uefi: Option<Vec<Vec<u8>>>,
}

/// The texts of a volume. Empty ones are left blank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// The volume's name.
    pub label: String,
    /// The set of volumes it belongs to.
    pub set: String,
    /// Who publishes it.
    pub publisher: String,
    /// Who prepared its data.
    pub preparer: String,
    /// What made it, or for which application it is; else what the system asks for.
    pub application: String,
}

/// The prefix of a path and its weight.
pub type Weight = (Vec<Vec<u8>>, i64);

/// Everything that can be chosen.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it is for.
    pub system: &'static System,
    /// The texts of the volume.
    pub texts: Texts,
    /// Rules for names of the primary tree.
    pub level: Level,
    /// A second tree with names in Unicode.
    pub joliet: bool,
    /// 103 characters in it, as some programs write, instead of the standard's 64.
    pub joliet_long: bool,
    /// Full names, links and permissions of POSIX.
    pub rock_ridge: bool,
    /// A UDF 1.02 file system over the same files; `None`: if a file has 4 GiB or more.
    pub udf: Option<bool>,
    /// Directories below the eighth level.
    pub deep: Deep,
    /// What it boots from.
    pub boot: Boot,
    /// The first 16 sectors: user data of 2048 bytes each, or raw sectors of 2336 or 2352.
    pub system_area: Vec<u8>,
    /// Files with higher weights lie nearer to the beginning.
    pub weights: Vec<Weight>,
    /// The date of the volume in seconds of Unix time, which no date on it exceeds; `None`: that of the newest file.
    pub date: Option<i64>,
    /// 150 empty sectors at the end, for drives that read ahead; always where there is a loader for a BIOS.
    pub pad: bool,
}

impl Options {
    /// What suits `system`.
    #[must_use]
    pub fn of(system: &'static System) -> Options {
        Options {
            system,
            texts: Texts::default(),
            level: if system.plain { Level::One } else { Level::Three },
            joliet: !system.plain,
            joliet_long: false,
            rock_ridge: !system.plain,
            udf: if system.plain { Some(false) } else { None },
            deep: Deep::Relocate,
            boot: Boot { load_sectors: 4, ..Boot::default() },
            system_area: Vec::new(),
            weights: Vec::new(),
            date: None,
            pad: false,
        }
    }
}
