//! Which programs and devices take a disc as it is: facts of their own sources and papers, as data.

/// How it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It is in the program's source.
    Source,
    /// Its papers say so.
    Documented,
    /// People who use it report so.
    Reported,
}

impl Proof {
    /// The word for JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Proof::Source => "source",
            Proof::Documented => "documented",
            Proof::Reported => "reported",
        }
    }
}

/// A program or device.
#[derive(Debug, PartialEq, Eq)]
pub struct Emulator {
    /// The word for options.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The systems whose discs it runs, by id.
    pub systems: &'static [&'static str],
    /// The formats it opens, by id; `iso2048` and `iso2352` are sectors without any header, of those lengths.
    pub formats: &'static [&'static str],
    /// How that is known.
    pub proof: Proof,
}

use Proof::{Documented, Reported, Source};

const PSX: &[&str] = &["psx"];
const PS2: &[&str] = &["ps2"];
const PSP: &[&str] = &["psp"];
const SEGA_CD: &[&str] = &["sega-cd"];
const SATURN: &[&str] = &["saturn"];
const DREAMCAST: &[&str] = &["dreamcast"];
const PCE: &[&str] = &["pc-engine-cd"];
const NEO_GEO: &[&str] = &["neo-geo-cd"];
const AMIGA: &[&str] = &["cd32", "cdtv"];
const PC: &[&str] = &["windows", "linux"];

const fn row(
    id: &'static str,
    name: &'static str,
    systems: &'static [&'static str],
    formats: &'static [&'static str],
    proof: Proof,
) -> Emulator {
    Emulator { id, name, systems, formats, proof }
}

/// What is only supposed of a program is not here, nor a form in which it would lose something (sound, Form 2).
static EMULATORS: &[Emulator] = &[
    row("duckstation", "DuckStation", PSX, &["cue", "chd", "ecm", "mds", "pbp", "ccd", "iso2352"], Source),
    row("pcsx-rearmed", "PCSX-ReARMed", PSX, &["cue", "mds", "pbp", "toc", "ccd", "chd", "iso2352"], Source),
    row("swanstation", "SwanStation", PSX, &["cue", "chd", "pbp", "ecm", "mds", "iso2352"], Source),
    row("beetle-psx", "Beetle PSX", PSX, &["cue", "toc", "ccd", "pbp", "chd"], Source),
    row("epsxe", "ePSXe", PSX, &["cue", "ccd", "mds", "pbp", "ecm", "iso2352"], Reported),
    row("mister-psx", "MiSTer (PSX)", PSX, &["cue", "chd"], Source),
    row("pcsx2", "PCSX2", PS2, &["iso2048", "iso2352", "chd", "cso", "zso", "mds", "gzip"], Source),
    row("aethersx2", "AetherSX2", PS2, &["iso2048", "cso"], Reported),
    row("opl", "Open PS2 Loader", PS2, &["iso2048", "zso"], Source),
    row("ppsspp", "PPSSPP", PSP, &["iso2048", "cso", "chd"], Source),
    row("psp-cfw", "PSP with ARK-4", PSP, &["iso2048", "cso", "cso2", "zso", "jso", "dax"], Source),
    row("rpcs3", "RPCS3", &["ps3"], &["iso2048"], Source),
    row("gens", "Gens", SEGA_CD, &["iso2048", "iso2352"], Source),
    row("genesis-plus-gx", "Genesis Plus GX", SEGA_CD, &["cue", "chd", "iso2048", "iso2352"], Source),
    row("picodrive", "PicoDrive", SEGA_CD, &["cue", "chd", "iso2048"], Source),
    row("mister-megacd", "MiSTer (Mega-CD)", SEGA_CD, &["cue", "chd"], Source),
    row("mednafen-ss", "Mednafen (Saturn)", SATURN, &["cue", "toc", "ccd"], Reported),
    row("beetle-saturn", "Beetle Saturn", SATURN, &["cue", "toc", "ccd", "chd"], Documented),
    row("kronos", "Kronos", SATURN, &["cue", "mds", "ccd", "chd", "zip"], Source),
    row("ymir", "Ymir", SATURN, &["cue", "ccd", "mds", "chd", "iso2048"], Source),
    row("mister-saturn", "MiSTer (Saturn)", SATURN, &["cue", "chd"], Source),
    row("flycast", "Flycast", DREAMCAST, &["gdi", "cdi", "chd", "cue"], Source),
    row("redream", "redream", DREAMCAST, &["gdi", "chd", "cdi"], Documented),
    row("gdemu", "GDEMU", DREAMCAST, &["gdi", "cdi", "ccd", "mds"], Reported),
    row("dolphin", "Dolphin", &["gamecube", "wii"], &["iso2048", "gcz", "rvz", "wia", "wbfs", "wii-ciso"], Documented),
    row("xenia", "Xenia", &["xbox360"], &["iso2048"], Source),
    row("opera", "Opera / 4DO", &["3do"], &["iso2048", "chd", "cue"], Source),
    row("mister-3do", "MiSTer (3DO)", &["3do"], &["cue", "iso2048", "chd"], Source),
    row("beetle-pce", "Beetle PCE", PCE, &["cue", "ccd", "chd"], Documented),
    row("mister-pce", "MiSTer (PC Engine)", PCE, &["cue", "chd"], Source),
    row("neocd", "NeoCD", NEO_GEO, &["cue", "chd"], Source),
    row("fbneo-neocd", "FinalBurn Neo", NEO_GEO, &["cue"], Documented),
    row("cdi", "SAME CDi", &["cd-i"], &["chd", "iso2352"], Documented),
    row("mister-cdi", "MiSTer (CD-i)", &["cd-i"], &["cue", "chd"], Source),
    row("winuae", "WinUAE", AMIGA, &["cue", "ccd", "mds", "nrg", "chd", "iso2048", "iso2352"], Source),
    row("fs-uae", "FS-UAE", AMIGA, &["cue", "iso2048"], Documented),
    row("puae", "PUAE", AMIGA, &["cue", "ccd", "chd", "nrg", "mds", "iso2048"], Documented),
    row("virtualbox", "VirtualBox", PC, &["iso2048"], Documented),
];

/// Those that run discs of the system `system` and open `format` themselves; sectors without any header are told by the bytes
/// `stored` of each.
pub fn emulators(system: &str, format: &str, stored: u16) -> impl Iterator<Item = &'static Emulator> {
    let form = match (format, stored) {
        ("iso", 2048) => "iso2048".to_owned(),
        ("iso", 2352) => "iso2352".to_owned(),
        (format, _) => format.to_owned(),
    };
    let system = system.to_owned();
    EMULATORS.iter().filter(move |row| row.systems.contains(&system.as_str()) && row.formats.contains(&form.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disc_is_taken_in_some_forms_and_not_in_others() {
        let ids = |system, format, stored| emulators(system, format, stored).map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids("sega-cd", "iso", 2048), ["gens", "genesis-plus-gx", "picodrive"]);
        assert!(ids("psx", "iso", 2352).contains(&"epsxe"));
        assert!(ids("psx", "iso", 2048).is_empty() && ids("audio-cd", "cue", 2352).is_empty());
        assert_eq!(ids("ps3", "iso", 2048), ["rpcs3"]);
    }

    #[test]
    fn no_row_is_there_twice() {
        for (place, row) in EMULATORS.iter().enumerate() {
            assert!(EMULATORS[..place].iter().all(|before| before.id != row.id), "{}", row.id);
        }
    }
}
