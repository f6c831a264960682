//! What the systems ask of a volume: its marks, not their programs.

/// A system that a disc can be made for.
#[derive(Debug)]
pub struct System {
    /// The word for it.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// System identifier of the volume (ECMA-119 8.4.5).
    pub identifier: &'static str,
    /// Application identifier, where the system looks for one.
    pub application: &'static str,
    /// CD-ROM XA: the signature in the descriptor, attributes in every record.
    pub xa: bool,
    /// Sectors are rebuilt as Mode 2 Form 1.
    pub mode2: bool,
    /// Short names, and neither Joliet nor Rock Ridge: its programs look files up by their ISO 9660 names.
    pub plain: bool,
    /// The first bytes of its boot area, without which the system does not start the disc.
    pub boot_mark: &'static [u8],
}

const PC: System = System {
    id: "pc",
    name: "any computer",
    identifier: "",
    application: "",
    xa: false,
    mode2: false,
    plain: false,
    boot_mark: b"",
};

/// Every system, the default first. A Dreamcast's volume begins at LBA 45000 or in a second session, which one track from
/// LBA 0 is not.
pub static SYSTEMS: &[System] = &[
    PC,
    System {
        id: "psx",
        name: "PlayStation",
        identifier: "PLAYSTATION",
        application: "PLAYSTATION",
        xa: true,
        mode2: true,
        plain: true,
        ..PC
    },
    System {
        id: "ps2",
        name: "PlayStation 2",
        identifier: "PLAYSTATION",
        application: "PLAYSTATION",
        mode2: true,
        plain: true,
        ..PC
    },
    System { id: "psp", name: "PSP", identifier: "PSP GAME", application: "PSP GAME", plain: true, ..PC },
    System { id: "segacd", name: "Sega CD", plain: true, boot_mark: b"SEGADISC", ..PC },
    System { id: "saturn", name: "Saturn", identifier: "SEGA SEGASATURN", plain: true, boot_mark: b"SEGA SEGASATURN ", ..PC },
    System { id: "cdtv", name: "Amiga CDTV and CD32", identifier: "CDTV", plain: true, ..PC },
];

impl System {
    /// The system of that word.
    #[must_use]
    pub fn by_id(id: &str) -> Option<&'static System> {
        SYSTEMS.iter().find(|system| system.id == id)
    }

    /// The system that asks for nothing.
    #[must_use]
    pub fn any() -> &'static System {
        &SYSTEMS[0]
    }
}
