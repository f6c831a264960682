//! The comparisons.

use super::Case;
use super::room::{Room, same_bytes};
use discconv_testkit::Rng;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    Case { name: "bchunk-mode1", needs: &["xorriso", "bchunk"], run: |r| user_data(r, "1", bchunk) },
    Case { name: "bchunk-mode2", needs: &["xorriso", "bchunk"], run: |r| user_data(r, "2", bchunk) },
    Case { name: "iat-mode1", needs: &["xorriso", "iat"], run: |r| user_data(r, "1", iat) },
    Case { name: "iat-mode2", needs: &["xorriso", "iat"], run: |r| user_data(r, "2", iat) },
    Case { name: "ccd2iso-mode1", needs: &["xorriso", "ccd2iso"], run: |r| user_data(r, "1", ccd2iso) },
    Case { name: "ccd2iso-mode2", needs: &["genisoimage", "ccd2iso"], run: |r| user_data(r, "2", ccd2iso) },
    Case { name: "cd-info-mode1", needs: &["xorriso", "cd-info", "cd-read"], run: |r| libcdio_sheet(r, "1") },
    Case { name: "cd-info-mode2", needs: &["xorriso", "cd-info", "cd-read"], run: |r| libcdio_sheet(r, "2") },
    Case { name: "iso-from-bin-7z", needs: &["xorriso", "7z"], run: seven_zip },
    Case { name: "iso-from-bin-xorriso", needs: &["genisoimage", "xorriso"], run: xorriso_extract },
    Case { name: "iso-from-bin-libcdio", needs: &["xorriso", "iso-info", "iso-read"], run: libcdio_iso },
    Case { name: "chdman-reads-sheet", needs: &["xorriso", "chdman"], run: chdman_single },
    Case { name: "chdman-split", needs: &["xorriso", "chdman"], run: chdman_split },
    Case { name: "chdman-writes-sheet", needs: &["xorriso", "chdman"], run: chdman_writes },
    Case { name: "cdrdao-tracks", needs: &["xorriso", "cdrdao"], run: cdrdao_tracks },
    Case { name: "cdrdao-codes", needs: &["cdrdao"], run: cdrdao_codes },
    Case { name: "cdrdao-pregap", needs: &["xorriso", "cdrdao", "chdman"], run: pregap_in_no_file },
    Case { name: "toc2cue-sheet", needs: &["xorriso", "toc2cue"], run: toc2cue_sheet },
    Case { name: "bchunk-tracks", needs: &["xorriso", "bchunk"], run: bchunk_tracks },
    Case { name: "bchunk-wave", needs: &["xorriso", "bchunk"], run: bchunk_wave },
    Case { name: "coreutils-digests", needs: &["xorriso"], run: digests },
];

/// `disc.iso` to `raw.bin` and `raw.cue` by discconv, and back to an ISO by a tool that knows nothing of us.
fn user_data(room: &Room, mode: &str, back: fn(&Room) -> Result<&'static str, String>) -> Result<String, String> {
    if crate::sh::installed("xorriso") {
        room.xorriso_iso()?
    } else {
        room.genisoimage_iso()?
    }
    room.discconv(&["--mode", mode, "disc.iso", "raw.cue"])?;
    let name = back(room)?;
    room.same("disc.iso", name)?;
    Ok("user data of the BIN is the ISO it was made from".to_owned())
}

fn bchunk(room: &Room) -> Result<&'static str, String> {
    room.tool_ok("bchunk", &["raw.bin", "raw.cue", "track"])?;
    Ok("track01.iso")
}

fn iat(room: &Room) -> Result<&'static str, String> {
    room.tool("iat", &["raw.bin", "back.iso"])?;
    Ok("back.iso")
}

fn ccd2iso(room: &Room) -> Result<&'static str, String> {
    room.tool("ccd2iso", &["raw.bin", "back.iso"])?;
    Ok("back.iso")
}

pub(super) fn sectors(bytes: usize, size: usize) -> usize {
    bytes / size
}

pub(super) fn expect(text: &str, wanted: &str, who: &str) -> Result<(), String> {
    let squeezed: Vec<&str> = text.split_whitespace().collect();
    if squeezed.join(" ").contains(wanted) { Ok(()) } else { Err(format!("{who} does not say `{wanted}`")) }
}

/// libcdio reads the sheet we wrote: type and length of the track, the volume in it, and a sector's 2048 bytes.
fn libcdio_sheet(room: &Room, mode: &str) -> Result<String, String> {
    room.xorriso_iso()?;
    room.discconv(&["--mode", mode, "disc.iso", "raw.cue"])?;
    let iso = room.read("disc.iso")?;
    let text = room.tool("cd-info", &["--no-device-info", "--no-cddb", "-c", "raw.cue"])?.text();
    let kind = if mode == "1" { "data" } else { "XA" };
    expect(&text, &format!("1: 00:02:00 000000 {kind}"), "cd-info")?;
    expect(&text, &format!("{:06} leadout", sectors(iso.len(), 2048)), "cd-info")?;
    expect(&text, "label `ORACLE", "cd-info")?;
    let view = if mode == "1" { "m1f1" } else { "m2f1" };
    room.tool("cd-read", &["-c", "raw.cue", "-m", view, "-s", "16", "-n", "1", "-o", "sector16"])?;
    same_bytes("cd-read's sector 16", &room.read("sector16")?, "the ISO's", &iso[16 * 2048..17 * 2048])?;
    Ok("track, lead-out, volume and sector 16 are what libcdio sees".to_owned())
}

/// An ISO of a tool, through our BIN, to `back.iso`.
fn there_and_back(room: &Room) -> Result<(), String> {
    room.discconv(&["disc.iso", "raw.cue"])?;
    room.discconv(&["raw.cue", "back.iso"])?;
    room.same("disc.iso", "back.iso")
}

fn seven_zip(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    there_and_back(room)?;
    room.tool_ok("7z", &["x", "-oout", "-y", "back.iso"])?;
    room.same_tree("tree", "out")?;
    Ok("7z unpacks the tree from an ISO that was a BIN".to_owned())
}

fn xorriso_extract(room: &Room) -> Result<String, String> {
    room.genisoimage_iso()?;
    there_and_back(room)?;
    room.tool_ok("xorriso", &["-osirrox", "on", "-indev", "back.iso", "-extract", "/", "out"])?;
    room.tool_ok("chmod", &["-R", "u+w", "out"])?;
    room.same_tree("tree", "out")?;
    Ok("xorriso unpacks the tree of genisoimage from an ISO that was a BIN".to_owned())
}

fn libcdio_iso(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    there_and_back(room)?;
    let text = room.tool("iso-info", &["-i", "back.iso", "-f"])?.text();
    expect(&text, "Volume : ORACLE", "iso-info")?;
    room.tool_ok("iso-read", &["-i", "back.iso", "-e", "/sub/longer.dat", "-o", "longer.dat"])?;
    room.same("tree/sub/longer.dat", "longer.dat")?;
    Ok("iso-info and iso-read find the volume and a file".to_owned())
}

pub(super) fn chd_digest(room: &Room, sheet: &str, chd: &str) -> Result<String, String> {
    room.tool_ok("chdman", &["createcd", "-f", "-i", sheet, "-o", chd])?;
    room.tool_ok("chdman", &["verify", "-i", chd])?;
    let text = room.tool_ok("chdman", &["info", "-i", chd])?.stdout_text();
    // The overall digest covers the track table too.
    let digest = text.lines().find_map(|line| line.strip_prefix("SHA1:"));
    digest.map(|text| text.trim().to_owned()).ok_or_else(|| "chdman info names no SHA1".to_owned())
}

fn chdman_single(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    room.discconv(&["disc.iso", "raw.cue"])?;
    chd_digest(room, "raw.cue", "disc.chd")?;
    let text = room.tool_ok("chdman", &["info", "-i", "disc.chd"])?.stdout_text();
    let frames = sectors(room.read("disc.iso")?.len(), 2048);
    expect(&text, &format!("TRACK:1 TYPE:MODE1_RAW SUBTYPE:NONE FRAMES:{frames}"), "chdman info")?;
    room.tool_ok("chdman", &["extractcd", "-f", "-i", "disc.chd", "-o", "chd.cue", "-ob", "chd.bin"])?;
    room.same("raw.bin", "chd.bin")?;
    room.discconv(&["diff", "raw.cue", "chd.cue"])?;
    Ok("chdman packs our sheet and unpacks the same BIN".to_owned())
}

/// Sectors of the mixed disc: audio of two tracks, the first with a stored pregap.
pub(super) const PREGAP: usize = 150;
pub(super) const TRACK_2: usize = 300;
pub(super) const TRACK_3: usize = 320;

pub(super) fn time(sectors: usize) -> String {
    format!("{:02}:{:02}:{:02}", sectors / 4500, sectors / 75 % 60, sectors % 75)
}

/// `mixed.bin` and its hand-written sheet: data, then audio. Returns the sectors of the data track.
pub(super) fn mixed_disc(room: &Room, pregap: usize) -> Result<usize, String> {
    room.xorriso_iso()?;
    room.discconv(&["disc.iso", "raw.cue"])?;
    let mut bin = room.read("raw.bin")?;
    let data = sectors(bin.len(), 2352);
    let mut audio = Rng::new(0xA0D10).bytes((TRACK_2 + TRACK_3) * 2352);
    if pregap > 0 {
        bin.resize(bin.len() + pregap * 2352, 0);
    }
    bin.append(&mut audio);
    room.write("mixed.bin", bin)?;
    let index0 = if pregap > 0 { format!("    INDEX 00 {}\r\n", time(data)) } else { String::new() };
    let (second, third) = (time(data + pregap), time(data + pregap + TRACK_2));
    let sheet = format!(
        "FILE \"mixed.bin\" BINARY\r\n  TRACK 01 MODE1/2352\r\n    INDEX 01 00:00:00\r\n  TRACK 02 AUDIO\r\n{index0}    \
         INDEX 01 {second}\r\n  TRACK 03 AUDIO\r\n    INDEX 01 {third}\r\n"
    );
    room.write("mixed.cue", sheet)?;
    Ok(data)
}

fn chdman_split(room: &Room) -> Result<String, String> {
    mixed_disc(room, PREGAP)?;
    room.discconv(&["--split", "mixed.cue", "split.cue"])?;
    room.discconv(&["--merge", "split.cue", "merged.cue"])?;
    room.same("mixed.bin", "merged.bin")?;
    let mixed = chd_digest(room, "mixed.cue", "mixed.chd")?;
    for sheet in ["split", "merged"] {
        let digest = chd_digest(room, &format!("{sheet}.cue"), &format!("{sheet}.chd"))?;
        if digest != mixed {
            return Err(format!("chdman makes {digest} of {sheet}.cue and {mixed} of mixed.cue"));
        }
    }
    Ok("chdman sees one disc in the mixed, the split and the merged sheet".to_owned())
}

fn chdman_writes(room: &Room) -> Result<String, String> {
    mixed_disc(room, PREGAP)?;
    chd_digest(room, "mixed.cue", "mixed.chd")?;
    room.tool_ok("chdman", &["extractcd", "-f", "-i", "mixed.chd", "-o", "chd.cue", "-ob", "chd.bin"])?;
    room.discconv(&["diff", "mixed.cue", "chd.cue"])?;
    room.discconv(&["--split", "chd.cue", "split.cue"])?;
    room.discconv(&["diff", "mixed.cue", "split.cue"])?;
    Ok("discconv reads chdman's sheet as the same disc".to_owned())
}

fn cdrdao_tracks(room: &Room) -> Result<String, String> {
    let data = mixed_disc(room, PREGAP)?;
    room.discconv(&["--split", "mixed.cue", "split.cue"])?;
    room.discconv(&["--merge", "split.cue", "merged.cue"])?;
    for sheet in ["split.cue", "merged.cue"] {
        let text = room.tool_ok("cdrdao", &["show-toc", sheet])?.text();
        let end = data + PREGAP + TRACK_2 + TRACK_3;
        expect(&text, "TRACK 1 Mode MODE1_RAW:", "cdrdao")?;
        expect(&text, &format!("PREGAP 00:02:00( {PREGAP}) START {}( {})", time(data + PREGAP), data + PREGAP), "cdrdao")?;
        expect(&text, &format!("END {}( {end})", time(end)), "cdrdao")?;
    }
    Ok("cdrdao finds the tracks, the pregap and the end in both sheets".to_owned())
}

/// Catalogue number, recording codes and flags, which only cdrdao reads of all these tools.
fn cdrdao_codes(room: &Room) -> Result<String, String> {
    room.write("codes.bin", Rng::new(0xC0DE5).bytes(2 * TRACK_2 * 2352))?;
    let sheet = format!(
        "CATALOG 0123456789012\r\nFILE \"codes.bin\" BINARY\r\n  TRACK 01 AUDIO\r\n    FLAGS DCP PRE\r\n    ISRC ABCDE1234567\r\n    \
         INDEX 01 00:00:00\r\n  TRACK 02 AUDIO\r\n    FLAGS 4CH\r\n    INDEX 01 {}\r\n",
        time(TRACK_2)
    );
    room.write("codes.cue", sheet)?;
    room.discconv(&["--split", "codes.cue", "split.cue"])?;
    room.discconv(&["--merge", "split.cue", "merged.cue"])?;
    for sheet in ["codes.cue", "split.cue", "merged.cue"] {
        let text = room.tool_ok("cdrdao", &["show-toc", sheet])?.text();
        let track_1 = "ISRC AB CDE 12 34567 COPY PERMITTED PRE-EMPHASIS TWO CHANNEL AUDIO";
        let track_2 = "COPY NOT PERMITTED NO PRE-EMPHASIS FOUR CHANNEL AUDIO";
        for words in ["CATALOG NUMBER: 0123456789012", track_1, track_2] {
            expect(&text, words, &format!("cdrdao, of {sheet},"))?;
        }
    }
    Ok("cdrdao finds MCN, ISRC and flags in the split and the merged sheet".to_owned())
}

/// A gap that no file holds stays one, and counts for cdrdao and chdman.
fn pregap_in_no_file(room: &Room) -> Result<String, String> {
    let data = mixed_disc(room, 0)?;
    let sheet = String::from_utf8_lossy(&room.read("mixed.cue")?).into_owned();
    let sheet = sheet.replacen("  TRACK 02 AUDIO\r\n", "  TRACK 02 AUDIO\r\n    PREGAP 00:02:00\r\n", 1);
    room.write("mixed.cue", sheet)?;
    room.discconv(&["--split", "mixed.cue", "split.cue"])?;
    let mixed = chd_digest(room, "mixed.cue", "mixed.chd")?;
    let split = chd_digest(room, "split.cue", "split.chd")?;
    if mixed != split {
        return Err(format!("chdman makes {split} of split.cue and {mixed} of mixed.cue"));
    }
    for sheet in ["mixed.cue", "split.cue"] {
        let text = room.tool_ok("cdrdao", &["show-toc", sheet])?.text();
        let start = data + PREGAP;
        expect(&text, &format!("PREGAP 00:02:00( 150) START {}( {start})", time(start)), &format!("cdrdao, of {sheet},"))?;
    }
    Ok("cdrdao and chdman see the same gap before and after".to_owned())
}

/// A table of contents in cdrdao's language, made a sheet by its own tool, read by us.
fn toc2cue_sheet(room: &Room) -> Result<String, String> {
    let data = mixed_disc(room, PREGAP)?;
    let (gap, two, three) = (time(PREGAP), time(PREGAP + TRACK_2), time(TRACK_3));
    let at = |sectors: usize| format!("#{}", sectors * 2352);
    let toc = format!(
        "CD_ROM\nTRACK MODE1_RAW\nDATAFILE \"mixed.bin\" {}\nTRACK AUDIO\nFILE \"mixed.bin\" {} 0 {two}\nSTART {gap}\n\
         TRACK AUDIO\nFILE \"mixed.bin\" {} 0 {three}\n",
        time(data),
        at(data),
        at(data + PREGAP + TRACK_2)
    );
    room.write("mixed.toc", toc)?;
    room.tool_ok("toc2cue", &["mixed.toc", "toc.cue"])?;
    room.discconv(&["diff", "mixed.cue", "toc.cue"])?;
    Ok("discconv reads toc2cue's sheet as the same disc".to_owned())
}

fn bchunk_tracks(room: &Room) -> Result<String, String> {
    let data = mixed_disc(room, PREGAP)?;
    room.discconv(&["--split", "mixed.cue", "split.cue"])?;
    room.discconv(&["--merge", "split.cue", "merged.cue"])?;
    room.tool_ok("bchunk", &["merged.bin", "merged.cue", "track"])?;
    room.same("disc.iso", "track01.iso")?;
    let mixed = room.read("mixed.bin")?;
    let second = (data + PREGAP) * 2352;
    let third = second + TRACK_2 * 2352;
    same_bytes("track02.cdr", &room.read("track02.cdr")?, "track 2", &mixed[second..third])?;
    same_bytes("track03.cdr", &room.read("track03.cdr")?, "track 3", &mixed[third..])?;
    Ok("bchunk cuts a merged BIN into the tracks it was made of".to_owned())
}

/// bchunk's WAVE files and ISO behind a sheet, merged by us into the BIN they were cut from.
fn bchunk_wave(room: &Room) -> Result<String, String> {
    mixed_disc(room, 0)?;
    room.tool_ok("bchunk", &["-w", "mixed.bin", "mixed.cue", "track"])?;
    let sheet = "FILE \"track01.iso\" BINARY\r\n  TRACK 01 MODE1/2048\r\n    INDEX 01 00:00:00\r\n\
                 FILE \"track02.wav\" WAVE\r\n  TRACK 02 AUDIO\r\n    INDEX 01 00:00:00\r\n\
                 FILE \"track03.wav\" WAVE\r\n  TRACK 03 AUDIO\r\n    INDEX 01 00:00:00\r\n";
    room.write("wave.cue", sheet)?;
    room.discconv(&["--merge", "--sector", "2352", "wave.cue", "merged.cue"])?;
    room.same("mixed.bin", "merged.bin")?;
    Ok("an ISO and two WAVE files of bchunk become the BIN they came from".to_owned())
}

fn digests(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    room.discconv(&["disc.iso", "raw.cue"])?;
    for (file, view, path) in [("raw.bin", "raw", "raw.cue"), ("disc.iso", "user", "raw.cue")] {
        let json = room.discconv_json(&["hash", "--json", path])?;
        for (program, key) in [("md5sum", "md5"), ("sha1sum", "sha1"), ("sha256sum", "sha256")] {
            let text = room.tool_ok(program, &[file])?.stdout_text();
            let theirs = text.split_whitespace().next().unwrap_or_default();
            let ours = json["tracks"][0][view][key].as_str().unwrap_or("nothing");
            if ours != theirs {
                return Err(format!("{key} of {file}: discconv says {ours}, {program} {theirs}"));
            }
        }
    }
    Ok("MD5, SHA-1 and SHA-256 of raw and user data are those of coreutils".to_owned())
}
