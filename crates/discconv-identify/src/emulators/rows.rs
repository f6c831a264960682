//! The table. Each row is what the program's source, its papers or its users say of it; what is not known is not there.

use super::Need::{self, Block, BlockOf, Chd, Data, NoKey, NoParent, NoSubchannel, OneFile, PartitionFirst, Sound};
use super::{Emulator, Proof};
use crate::shape::Kind::{Cd, Dvd};
use crate::shape::Sound::{Flac, Mp3, Plain, Vorbis, Wave};
use Proof::{Documented, Reported, Source};

type Takes = &'static [(&'static str, &'static [Need])];

const PSX: &[&str] = &["psx"];
const PS2: &[&str] = &["ps2"];
const PSP: &[&str] = &["psp"];
const SEGA_CD: &[&str] = &["sega-cd"];
const SATURN: &[&str] = &["saturn"];
const DREAMCAST: &[&str] = &["dreamcast"];
const THREE_DO: &[&str] = &["3do"];
const PCE: &[&str] = &["pc-engine-cd"];
const NEO_GEO: &[&str] = &["neo-geo-cd"];
const CD_I: &[&str] = &["cd-i"];
const AMIGA: &[&str] = &["cd32", "cdtv", "amiga-cd"];

const ANY: &[Need] = &[];
const COOKED: &[Need] = &[Data(&[2048])];
const RAW: &[Need] = &[Data(&[2352])];
const EITHER: &[Need] = &[Data(&[2048, 2352])];
/// Sound as it is on the disc, beside the data: no file of its own kind.
const PLAIN: &[Need] = &[Sound(&[Plain])];
const PLAIN_WAVE: &[Need] = &[Sound(&[Plain, Wave])];
const MEDNAFEN: &[Need] = &[Sound(&[Plain, Wave, Vorbis])];
/// A unit of a CHD of a CD is 2448 bytes.
const UNITS: &[Need] = &[BlockOf(2448)];
const UNITS_ALONE: &[Need] = &[BlockOf(2448), NoParent];

const fn row(id: &'static str, name: &'static str, systems: &'static [&'static str], proof: Proof, takes: Takes) -> Emulator {
    Emulator { id, name, proof, systems, takes }
}

pub(super) static EMULATORS: &[Emulator] = &[
    row(
        "duckstation",
        "DuckStation",
        PSX,
        Source,
        &[("cue", PLAIN_WAVE), ("chd", UNITS), ("ecm", ANY), ("mds", &[NoKey]), ("pbp", ANY), ("ccd", ANY), ("iso", RAW)],
    ),
    row(
        "pcsx-rearmed",
        "PCSX-ReARMed",
        PSX,
        Source,
        &[("cue", PLAIN), ("chd", &[NoParent]), ("mds", ANY), ("pbp", ANY), ("toc", ANY), ("ccd", ANY), ("iso", RAW)],
    ),
    row(
        "swanstation",
        "SwanStation",
        PSX,
        Source,
        &[("cue", PLAIN), ("chd", &[NoKey, NoParent]), ("pbp", ANY), ("ecm", ANY), ("mds", &[NoKey]), ("iso", RAW)],
    ),
    row(
        "beetle-psx",
        "Beetle PSX",
        PSX,
        Source,
        &[("cue", MEDNAFEN), ("toc", ANY), ("ccd", ANY), ("pbp", ANY), ("chd", &[NoSubchannel])],
    ),
    row("mednafen-psx", "Mednafen (PSX)", PSX, Reported, &[("cue", MEDNAFEN), ("toc", ANY), ("ccd", ANY)]),
    row(
        "epsxe",
        "ePSXe",
        PSX,
        Reported,
        &[("cue", &[Sound(&[Plain]), OneFile]), ("ccd", ANY), ("mds", ANY), ("pbp", ANY), ("ecm", ANY), ("iso", RAW)],
    ),
    row("nopsx", "no$psx", PSX, Documented, &[("chd", &[NoParent]), ("pbp", ANY)]),
    row(
        "mister-psx",
        "MiSTer (PSX)",
        PSX,
        Source,
        &[("cue", &[Sound(&[Plain]), Data(&[2352])]), ("chd", &[Data(&[2352]), NoKey, NoParent])],
    ),
    row("xstation", "XStation", PSX, Reported, &[("cue", PLAIN)]),
    row(
        "pcsx2",
        "PCSX2",
        PS2,
        Source,
        &[
            ("iso", &[Data(&[2048, 2336, 2352, 2448])]),
            ("chd", ANY),
            ("cso", ANY),
            ("zso", ANY),
            ("mds", ANY),
            ("gzip", &[Data(&[2048, 2336, 2352, 2448])]),
        ],
    ),
    row("aethersx2", "AetherSX2", PS2, Reported, &[("iso", COOKED), ("cso", ANY), ("chd", &[Chd(Cd), NoParent])]),
    row(
        "lrps2",
        "LRPS2",
        PS2,
        Documented,
        &[("iso", COOKED), ("chd", &[NoParent]), ("cso", ANY), ("mds", ANY), ("gzip", COOKED)],
    ),
    row("play", "Play!", PS2, Reported, &[("iso", COOKED), ("cso", ANY), ("chd", &[Chd(Cd), NoParent])]),
    row("opl", "Open PS2 Loader", PS2, Source, &[("iso", COOKED), ("zso", &[Block(2048)])]),
    row("ppsspp", "PPSSPP", PSP, Source, &[("iso", COOKED), ("cso", ANY), ("chd", &[Chd(Dvd), Block(2048), NoParent])]),
    row(
        "psp-cfw",
        "PSP with ARK-4",
        PSP,
        Source,
        &[("iso", COOKED), ("cso", ANY), ("cso2", ANY), ("zso", ANY), ("jso", ANY), ("dax", ANY)],
    ),
    row("psp-cso-compat", "PSP with other firmware", PSP, Documented, &[("cso", &[Block(2048)])]),
    row("rpcs3", "RPCS3", &["ps3"], Source, &[("iso", COOKED)]),
    row("gens", "Gens", SEGA_CD, Source, &[("iso", EITHER)]),
    row("fusion", "Kega Fusion", SEGA_CD, Reported, &[("iso", COOKED), ("cue", PLAIN)]),
    row(
        "genesis-plus-gx",
        "Genesis Plus GX",
        SEGA_CD,
        Source,
        &[("cue", &[Sound(&[Plain, Wave, Vorbis])]), ("chd", UNITS_ALONE), ("iso", EITHER)],
    ),
    row(
        "picodrive",
        "PicoDrive",
        SEGA_CD,
        Source,
        &[("cue", &[Sound(&[Plain, Mp3, Vorbis])]), ("chd", &[NoParent]), ("iso", COOKED), ("cso", ANY)],
    ),
    row(
        "mister-megacd",
        "MiSTer (Mega-CD)",
        SEGA_CD,
        Source,
        &[("cue", &[Sound(&[Plain, Wave]), Data(&[2048, 2352])]), ("chd", &[NoParent])],
    ),
    row("megasd", "MegaSD", SEGA_CD, Documented, &[("cue", &[Sound(&[Plain]), Data(&[2048, 2352])])]),
    row("mednafen-ss", "Mednafen (Saturn)", SATURN, Reported, &[("cue", MEDNAFEN), ("toc", ANY), ("ccd", ANY)]),
    row(
        "beetle-saturn",
        "Beetle Saturn",
        SATURN,
        Documented,
        &[("cue", MEDNAFEN), ("toc", ANY), ("ccd", ANY), ("chd", &[NoParent])],
    ),
    row(
        "kronos",
        "Kronos",
        SATURN,
        Source,
        &[("cue", PLAIN), ("mds", ANY), ("ccd", ANY), ("zip", PLAIN), ("iso", COOKED), ("chd", &[Data(&[2352]), NoParent])],
    ),
    row("ymir", "Ymir", SATURN, Source, &[("cue", PLAIN), ("ccd", ANY), ("mds", ANY), ("chd", &[NoParent]), ("iso", COOKED)]),
    row(
        "mister-saturn",
        "MiSTer (Saturn)",
        SATURN,
        Source,
        &[("cue", &[Sound(&[Plain, Wave]), Data(&[2048, 2352])]), ("chd", &[NoParent])],
    ),
    row("ssf", "SSF", SATURN, Reported, &[("cue", PLAIN), ("chd", &[NoParent])]),
    row("fenrir", "Fenrir", SATURN, Reported, &[("ccd", ANY)]),
    row(
        "flycast",
        "Flycast",
        DREAMCAST,
        Source,
        &[("gdi", EITHER), ("cdi", &[Data(&[2048, 2336, 2352, 2448])]), ("chd", UNITS_ALONE), ("cue", PLAIN)],
    ),
    row("redream", "redream", DREAMCAST, Documented, &[("gdi", ANY), ("cdi", ANY), ("chd", &[NoParent])]),
    row("gdemu", "GDEMU", DREAMCAST, Reported, &[("gdi", ANY), ("cdi", ANY), ("ccd", ANY), ("mds", ANY)]),
    row(
        "dolphin",
        "Dolphin",
        &["gamecube", "wii"],
        Documented,
        &[("iso", COOKED), ("gcz", ANY), ("rvz", ANY), ("wia", ANY), ("wbfs", ANY), ("wii-ciso", ANY)],
    ),
    row("xemu", "xemu", &["xbox"], Source, &[("iso", &[Data(&[2048]), PartitionFirst])]),
    row("xenia", "Xenia", &["xbox360"], Source, &[("iso", COOKED)]),
    row("opera", "Opera / 4DO", THREE_DO, Source, &[("iso", COOKED), ("chd", &[Data(&[2352]), NoParent]), ("cue", PLAIN)]),
    row("mister-3do", "MiSTer (3DO)", THREE_DO, Source, &[("cue", PLAIN), ("iso", COOKED), ("chd", &[NoParent])]),
    row("3do-ode", "3DO ODE", THREE_DO, Source, &[("iso", COOKED), ("cue", PLAIN)]),
    row("beetle-pce", "Beetle PCE", PCE, Documented, &[("cue", MEDNAFEN), ("ccd", ANY), ("chd", &[NoParent])]),
    row(
        "mister-pce",
        "MiSTer (PC Engine)",
        PCE,
        Source,
        &[("cue", &[Sound(&[Plain, Wave]), Data(&[2048, 2352])]), ("chd", &[NoParent])],
    ),
    row("pocket-pce", "Analogue Pocket (PC Engine)", PCE, Reported, &[("cue", &[Sound(&[Plain]), OneFile])]),
    row(
        "neocd",
        "NeoCD",
        NEO_GEO,
        Source,
        &[("cue", &[Sound(&[Plain, Wave, Flac, Vorbis, Mp3]), Data(&[2048, 2352])]), ("chd", &[NoParent])],
    ),
    row("fbneo-neocd", "FinalBurn Neo", NEO_GEO, Documented, &[("cue", &[Sound(&[Plain]), OneFile, Data(&[2352])])]),
    row("cdi", "SAME CDi", CD_I, Documented, &[("chd", &[NoParent])]),
    row("mame", "MAME", CD_I, Source, &[("chd", &[NoParent]), ("cue", PLAIN), ("toc", ANY), ("nrg", ANY)]),
    row(
        "mister-cdi",
        "MiSTer (CD-i)",
        CD_I,
        Source,
        &[("cue", &[Sound(&[Plain]), Data(&[2352])]), ("chd", &[Data(&[2352]), NoParent])],
    ),
    row(
        "winuae",
        "WinUAE",
        AMIGA,
        Source,
        &[
            ("cue", &[Sound(&[Plain, Wave, Mp3, Flac])]),
            ("ccd", ANY),
            ("mds", ANY),
            ("nrg", ANY),
            ("chd", &[NoParent]),
            ("iso", EITHER),
        ],
    ),
    row("fs-uae", "FS-UAE", AMIGA, Documented, &[("cue", PLAIN), ("iso", COOKED)]),
    row(
        "puae",
        "PUAE",
        AMIGA,
        Documented,
        &[("cue", PLAIN), ("ccd", ANY), ("chd", &[NoParent]), ("nrg", ANY), ("mds", ANY), ("iso", COOKED)],
    ),
    row("virtualbox", "VirtualBox", &["windows", "linux"], Documented, &[("iso", COOKED)]),
];
