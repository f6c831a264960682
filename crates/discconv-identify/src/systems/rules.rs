//! The table: a system, a sign, and who reads what the system says of the disc.

use super::Sign::{Kind, Mark, Path, Test, Volume};
use super::{Rule, computers, consoles, microsoft, nintendo, nothing, playstation, sega, sony, sound, video};
use crate::model::System;
use discconv_fs::Kind::{CdI, Hfs, HfsPlus, Opera, Xdvdfs};

macro_rules! systems {
    ($($constant:ident $id:literal $name:literal;)*) => {
        $(pub(crate) static $constant: System = System { id: $id, name: $name };)*
    };
}

systems! {
    PLAYSTATION "psx" "PlayStation";
    PLAYSTATION_2 "ps2" "PlayStation 2";
    PLAYSTATION_3 "ps3" "PlayStation 3";
    PSP "psp" "PSP (UMD)";
    UMD_VIDEO "umd-video" "UMD Video";
    SEGA_CD "sega-cd" "Sega CD / Mega-CD";
    SATURN "saturn" "Saturn";
    DREAMCAST "dreamcast" "Dreamcast";
    GAMECUBE "gamecube" "GameCube";
    WII "wii" "Wii";
    XBOX "xbox" "Xbox";
    XBOX_360 "xbox360" "Xbox 360";
    PC_ENGINE "pc-engine-cd" "PC Engine CD / TurboGrafx-CD";
    PC_FX "pc-fx" "PC-FX";
    THREE_DO "3do" "3DO";
    NEO_GEO "neo-geo-cd" "Neo Geo CD";
    JAGUAR "jaguar-cd" "Jaguar CD";
    CD_I "cd-i" "CD-i";
    CD32 "cd32" "Amiga CD32";
    CDTV "cdtv" "Amiga CDTV";
    AMIGA_CD "amiga-cd" "Amiga CD32 or CDTV";
    FM_TOWNS "fm-towns" "FM Towns";
    VIDEO_CD "vcd" "Video CD";
    SUPER_VIDEO_CD "svcd" "Super Video CD";
    HQ_VIDEO_CD "hq-vcd" "HQ-VCD";
    DVD_VIDEO "dvd-video" "DVD-Video";
    DVD_AUDIO "dvd-audio" "DVD-Audio";
    BLU_RAY "blu-ray" "Blu-ray film";
    PHOTO_CD "photo-cd" "Photo CD";
    ENHANCED_CD "enhanced-cd" "Enhanced CD (CD Extra)";
    AUDIO_CD "audio-cd" "Audio CD";
    MACINTOSH "mac" "Macintosh";
    WINDOWS "windows" "Windows installer";
    LINUX "linux" "Linux system";
}

const fn rule(
    system: &'static System,
    sign: super::Sign,
    tell: fn(&crate::look::Look, discconv_core::Lba) -> discconv_core::Result<crate::model::Fields>,
) -> Rule {
    Rule { system, sign, tell }
}

/// Consoles first, since their discs may be films or of a computer too; of a system the sign that says most first.
pub(super) static RULES: &[Rule] = &[
    rule(&PLAYSTATION_2, Test(playstation::boots_ps2), playstation::ps2),
    rule(&PLAYSTATION, Test(playstation::boots_psx), playstation::psx),
    rule(&PLAYSTATION, Mark("PlayStation"), playstation::licence),
    rule(&PLAYSTATION, Test(playstation::volume), nothing),
    rule(&PLAYSTATION_3, Mark("PlayStation 3"), sony::ps3_header),
    rule(&PLAYSTATION_3, Path("PS3_DISC.SFB"), sony::ps3_descriptor),
    rule(&PLAYSTATION_3, Path("PS3_GAME/PARAM.SFO"), sony::ps3),
    rule(&PSP, Path("PSP_GAME/PARAM.SFO"), sony::psp),
    rule(&PSP, Test(sony::is_game), sony::umd_data),
    rule(&UMD_VIDEO, Path("UMD_VIDEO/PARAM.SFO"), sony::film),
    rule(&UMD_VIDEO, Volume("UMD VIDEO"), sony::umd_data),
    rule(&SEGA_CD, Mark("Sega CD"), sega::sega_cd),
    rule(&SATURN, Mark("Saturn"), sega::saturn),
    rule(&DREAMCAST, Mark("Dreamcast"), sega::dreamcast),
    rule(&GAMECUBE, Mark("GameCube"), nintendo::gamecube),
    rule(&WII, Mark("Wii"), nintendo::wii),
    rule(&XBOX_360, Path("default.xex"), microsoft::xex),
    rule(&XBOX, Path("default.xbe"), microsoft::xbe),
    rule(&XBOX, Test(microsoft::partition), nothing),
    rule(&PC_ENGINE, Mark("PC Engine"), consoles::pc_engine),
    rule(&PC_FX, Mark("PC-FX"), consoles::pc_fx),
    rule(&THREE_DO, Mark("3DO"), consoles::three_do),
    rule(&THREE_DO, Kind(&[Opera]), nothing),
    rule(&NEO_GEO, Test(consoles::neo_geo), nothing),
    rule(&JAGUAR, Test(consoles::jaguar), nothing),
    rule(&VIDEO_CD, Mark("Video CD"), video::video_cd),
    rule(&SUPER_VIDEO_CD, Mark("Super Video CD"), video::video_cd),
    rule(&HQ_VIDEO_CD, Mark("HQ-VCD"), video::video_cd),
    rule(&CD_I, Mark("CD-i"), computers::volume),
    rule(&CD_I, Kind(&[CdI]), computers::volume),
    rule(&CD32, Path("CD32.TM"), computers::volume),
    rule(&CDTV, Path("CDTV.TM"), computers::volume),
    rule(&AMIGA_CD, Test(computers::amiga), computers::volume),
    rule(&FM_TOWNS, Mark("FM Towns"), computers::volume),
    rule(&DVD_AUDIO, Path("AUDIO_TS/AUDIO_TS.IFO"), video::dvd_audio),
    rule(&DVD_VIDEO, Path("VIDEO_TS/VIDEO_TS.IFO"), video::dvd_video),
    rule(&BLU_RAY, Path("BDMV/index.bdmv"), video::blu_ray),
    rule(&PHOTO_CD, Path("PHOTO_CD/INFO.PCD"), computers::volume),
    rule(&ENHANCED_CD, Path("CDPLUS/INFO.CDP"), sound::cd_text),
    rule(&AUDIO_CD, Test(sound::all_audio), sound::cd_text),
    rule(&WINDOWS, Path("sources/install.wim"), computers::volume),
    rule(&WINDOWS, Path("sources/install.esd"), computers::volume),
    rule(&WINDOWS, Path("sources/boot.wim"), computers::volume),
    rule(&WINDOWS, Path("I386/SETUPLDR.BIN"), computers::volume),
    rule(&LINUX, Path(".disk/info"), computers::disk_info),
    rule(&LINUX, Path(".treeinfo"), computers::tree_info),
    rule(&LINUX, Path(".discinfo"), computers::volume),
    rule(&LINUX, Path("casper/vmlinuz"), computers::volume),
    rule(&LINUX, Path("live/vmlinuz"), computers::volume),
    rule(&LINUX, Path("arch/boot"), computers::volume),
    rule(&MACINTOSH, Kind(&[Hfs, HfsPlus]), computers::macintosh),
    rule(&MACINTOSH, Mark("Apple partition map"), nothing),
    rule(&MACINTOSH, Mark("HFS"), nothing),
    rule(&MACINTOSH, Mark("HFS+"), nothing),
    rule(&XBOX, Test(microsoft::volume), nothing),
];

/// Kinds of volumes of the Xbox.
pub(super) const XBOX_KINDS: &[discconv_fs::Kind] = &[Xdvdfs];
