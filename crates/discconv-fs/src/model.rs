//! What every file system tells, in one shape.

use crate::Stamp;
use discconv_core::{Note, ReadAt, Result};
use std::sync::Arc;

/// Which rules the names and records follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// ISO 9660 (ECMA-119) by its primary volume descriptor.
    Iso9660,
    /// The same with the attributes and names of Rock Ridge (IEEE P1282).
    RockRidge,
    /// The tree of a Joliet supplementary volume descriptor.
    Joliet,
    /// ISO 9660:1999, an enhanced volume descriptor.
    Enhanced,
    /// High Sierra, before ISO 9660.
    HighSierra,
    /// CD-i's own (Green Book).
    CdI,
    /// UDF (ECMA-167).
    Udf,
    /// Xbox and Xbox 360 game partitions.
    Xdvdfs,
    /// 3DO.
    Opera,
    /// Apple's HFS.
    Hfs,
    /// Apple's HFS+ and HFSX.
    HfsPlus,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 11] = [
        Kind::Iso9660,
        Kind::RockRidge,
        Kind::Joliet,
        Kind::Enhanced,
        Kind::HighSierra,
        Kind::CdI,
        Kind::Udf,
        Kind::Xdvdfs,
        Kind::Opera,
        Kind::Hfs,
        Kind::HfsPlus,
    ];

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Iso9660 => "ISO 9660",
            Kind::RockRidge => "Rock Ridge",
            Kind::Joliet => "Joliet",
            Kind::Enhanced => "ISO 9660:1999",
            Kind::HighSierra => "High Sierra",
            Kind::CdI => "CD-i",
            Kind::Udf => "UDF",
            Kind::Xdvdfs => "XDVDFS",
            Kind::Opera => "Opera",
            Kind::Hfs => "HFS",
            Kind::HfsPlus => "HFS+",
        }
    }

    /// The word for options and JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Kind::Iso9660 => "iso9660",
            Kind::RockRidge => "rock-ridge",
            Kind::Joliet => "joliet",
            Kind::Enhanced => "iso9660-1999",
            Kind::HighSierra => "high-sierra",
            Kind::CdI => "cd-i",
            Kind::Udf => "udf",
            Kind::Xdvdfs => "xdvdfs",
            Kind::Opera => "opera",
            Kind::Hfs => "hfs",
            Kind::HfsPlus => "hfs-plus",
        }
    }
}

/// What a volume says of itself. Texts are trimmed, and empty where nothing is said; they are the disc's, unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The rules it follows.
    pub kind: Kind,
    /// The version or level of them, e.g. `1.02`, `level 2`.
    pub version: String,
    /// The volume's name.
    pub label: String,
    /// The system it is for.
    pub system: String,
    /// The set of volumes it belongs to.
    pub set: String,
    /// Who published it.
    pub publisher: String,
    /// Who prepared its data.
    pub preparer: String,
    /// What made it, or for which application it is.
    pub application: String,
    /// When it was made.
    pub created: Option<Stamp>,
    /// When it was last changed.
    pub modified: Option<Stamp>,
    /// Bytes of a logical block.
    pub block_bytes: u32,
    /// Logical blocks of the volume.
    pub blocks: u64,
    /// Byte of the [`Space`](crate::Space) at which its block 0 lies.
    pub start: u64,
    /// What is odd about it.
    pub notes: Vec<Note>,
}

impl About {
    /// Nothing but its kind, with blocks of 2048 bytes from byte 0.
    #[must_use]
    pub fn new(kind: Kind) -> About {
        let none = String::new;
        About {
            kind,
            version: none(),
            label: none(),
            system: none(),
            set: none(),
            publisher: none(),
            preparer: none(),
            application: none(),
            created: None,
            modified: None,
            block_bytes: 2048,
            blocks: 0,
            start: 0,
            notes: Vec::new(),
        }
    }
}

/// What an entry of a directory is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Bytes.
    File,
    /// Entries.
    Directory,
    /// Another name, as it is written in the volume.
    Link(String),
    /// A device: `block` or of characters, its major and minor number.
    Device {
        /// Of blocks, not of characters.
        block: bool,
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
    /// A pipe, a socket or what else has no content.
    Special,
    /// An audio track that has a name in a directory (CD-DA attribute of XA).
    Audio,
}

/// The extended attributes of a CD-ROM XA record (14 bytes, "XA" at 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Xa {
    /// Owner's group and user.
    pub owner: (u16, u16),
    /// Bits of the attribute word: permissions, Form 1 (0800h), Form 2 (1000h), interleaved (2000h), CD-DA (4000h), directory (8000h).
    pub attributes: u16,
    /// The file number in its subheaders.
    pub file: u8,
}

impl Xa {
    /// Are there sectors of Form 2 in it?
    #[must_use]
    pub fn has_form2(self) -> bool {
        self.attributes & 0x3000 != 0
    }

    /// Is it an audio track?
    #[must_use]
    pub fn is_audio(self) -> bool {
        self.attributes & 0x4000 != 0
    }
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name as a person knows it: without `;1`, decoded; bytes that are no text stand as the characters of Latin-1.
    pub name: String,
    /// What it is.
    pub what: What,
    /// Bytes of its content as it is read (of a compressed file: unpacked).
    pub len: u64,
    /// When it was last changed.
    pub modified: Option<Stamp>,
    /// Permission bits as POSIX has them.
    pub mode: Option<u32>,
    /// Numbers of its owner and group.
    pub owner: Option<(u32, u32)>,
    /// Not meant to be seen.
    pub hidden: bool,
    /// What XA says of it.
    pub xa: Option<Xa>,
    /// The same for every name of one file or directory, and different for others: what loops are found by.
    pub id: u64,
    /// Where its file system finds it again; means nothing to others.
    pub node: u64,
}

impl Entry {
    /// A name with nothing known of it but what it is.
    #[must_use]
    pub fn new(name: impl Into<String>, what: What, node: u64) -> Entry {
        Entry {
            name: name.into(),
            what,
            len: 0,
            modified: None,
            mode: None,
            owner: None,
            hidden: false,
            xa: None,
            id: node,
            node,
        }
    }

    /// Has it entries of its own?
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.what == What::Directory
    }
}

/// A run of a file's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Byte of the [`Space`](crate::Space) where it begins; `None` for zeros that nobody stored.
    pub at: Option<u64>,
    /// Its bytes.
    pub len: u64,
}

/// A volume whose structure was found sound enough to be read.
pub trait FileSystem: Send + Sync {
    /// What it says of itself.
    fn about(&self) -> &About;

    /// What was odd in it so far: in its descriptors, and in the directories that were listed.
    fn notes(&self) -> Vec<Note> {
        self.about().notes.clone()
    }

    /// Its root directory.
    fn root(&self) -> Entry;

    /// What is in a directory, in the order it is written there, without `.` and `..`.
    ///
    /// # Errors
    /// Reading; a structure that contradicts itself, with its place.
    fn list(&self, directory: &Entry) -> Result<Vec<Entry>>;

    /// Where the content of a file or directory lies, in order; together as long as `entry.len` unless it is packed.
    ///
    /// # Errors
    /// Reading; a run outside the disc, with its place.
    fn runs(&self, entry: &Entry) -> Result<Vec<Run>>;

    /// How the bytes of [`FileSystem::runs`] are packed, if they are: a word for people (`zisofs`).
    fn packing(&self, _entry: &Entry) -> Option<&'static str> {
        None
    }

    /// The content of a file whose bytes of [`FileSystem::runs`] are `stored`: the same, unless they are packed.
    ///
    /// # Errors
    /// Reading; what is packed is not what its file system says.
    fn unpack(&self, _entry: &Entry, stored: Arc<dyn ReadAt>) -> Result<Arc<dyn ReadAt>> {
        Ok(stored)
    }
}
