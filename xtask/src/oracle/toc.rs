//! cdrdao TOC files: what cdrdao, its companions, libcdio and chdman read in ours, and what we read in theirs.

use super::Case;
use super::cases::{PREGAP, TRACK_2, TRACK_3, chd_digest, expect, mixed_disc, sectors, time};
use super::containers::{FORMS, disc_with_texts, expect_chd_track, through_chd};
use super::room::{Room, same_bytes};
use discconv_testkit::Rng;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    Case { name: "toc-cdrdao-tracks", needs: &["xorriso", "cdrdao"], run: cdrdao_tracks },
    Case { name: "toc-cdrdao-modes", needs: &["xorriso", "cdrdao"], run: cdrdao_modes },
    Case { name: "toc-cdrdao-codes", needs: &["cdrdao"], run: cdrdao_codes },
    Case { name: "toc-cdrdao-samples", needs: &["cdrdao"], run: cdrdao_samples },
    Case { name: "toc-cdrdao-gaps", needs: &["xorriso", "cdrdao"], run: cdrdao_gaps },
    Case { name: "toc-toc2cddb", needs: &["toc2cddb"], run: toc2cddb },
    Case { name: "toc-toc2cue", needs: &["xorriso", "toc2cue"], run: toc2cue },
    Case { name: "toc-cd-info", needs: &["cd-info"], run: libcdio },
    Case { name: "toc-chdman", needs: &["xorriso", "chdman"], run: chdman_tracks },
    Case { name: "toc-chdman-modes", needs: &["xorriso", "chdman"], run: chdman_modes },
    Case { name: "toc-chdman-writes", needs: &["xorriso", "chdman"], run: chdman_writes },
];

/// cdrdao, which must go on in spite of its warnings of short tracks.
fn cdrdao(room: &Room, verb: &str, toc: &str) -> Result<String, String> {
    Ok(room.tool_ok("cdrdao", &[verb, "--force", toc])?.text())
}

/// The mixed disc as `merged.toc` with one BIN and `split.toc` with three.
fn both_tocs(room: &Room, pregap: usize) -> Result<usize, String> {
    let data = mixed_disc(room, pregap)?;
    room.discconv(&["--merge", "mixed.cue", "merged.toc"])?;
    room.discconv(&["--split", "mixed.cue", "split.toc"])?;
    Ok(data)
}

fn cdrdao_tracks(room: &Room) -> Result<String, String> {
    let data = both_tocs(room, PREGAP)?;
    let second = data + PREGAP;
    let third = second + TRACK_2;
    let end = third + TRACK_3;
    for toc in ["merged.toc", "split.toc"] {
        let text = room.tool_ok("cdrdao", &["show-toc", toc])?.text();
        let who = format!("cdrdao, of {toc},");
        expect(&text, "TOC TYPE: CD_ROM TRACK 1 Mode MODE1_RAW:", &who)?;
        expect(&text, &format!("START 00:00:00( 0) END {}( {data})", time(data)), &who)?;
        expect(&text, &format!("PREGAP 00:02:00( {PREGAP}) START {}( {second})", time(second)), &who)?;
        expect(&text, &format!("START {}( {third}) END {}( {end})", time(third), time(end)), &who)?;
        expect(&cdrdao(room, "toc-info", toc)?, &format!("3 tracks, length {}, {end} blocks", time(end)), &who)?;
        expect(&cdrdao(room, "read-test", toc)?, &format!("Read {end} blocks."), &who)?;
    }
    Ok("cdrdao finds tracks, pregap and end, and reads every block".to_owned())
}

/// The word for each stored form of [`FORMS`].
const WORDS: [&str; FORMS.len()] =
    ["MODE1", "MODE1_RAW", "MODE1_RAW RW_RAW", "MODE2_FORM1", "MODE2_FORM_MIX", "MODE2_RAW", "MODE2_RAW RW_RAW"];

fn cdrdao_modes(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    let end = sectors(room.read("disc.iso")?.len(), 2048);
    for ((mode, size), word) in FORMS.into_iter().zip(WORDS) {
        room.discconv(&["--force", "--mode", mode, "--sector", size, "disc.iso", "disc.toc"])?;
        let text = room.tool_ok("cdrdao", &["show-toc", "disc.toc"])?.text();
        let disc = if mode == "1" { "CD_ROM" } else { "CD_ROM_XA" };
        expect(&text, &format!("TOC TYPE: {disc} TRACK 1 Mode {word}:"), "cdrdao")?;
        expect(&text, &format!("END {}( {end})", time(end)), "cdrdao")?;
        expect(&cdrdao(room, "read-test", "disc.toc")?, &format!("Read {end} blocks."), "cdrdao")?;
    }
    Ok(format!("cdrdao reads {} as what they are", WORDS.join(", ")))
}

fn cdrdao_codes(room: &Room) -> Result<String, String> {
    disc_with_texts(room)?;
    let sheet = String::from_utf8_lossy(&room.read("text.cue")?).into_owned();
    let more = format!("    INDEX 01 00:00:00\r\n    INDEX 02 {}\r\n    INDEX 03 {}\r\n", time(75), time(160));
    room.write("codes.cue", sheet.replacen("    INDEX 01 00:00:00\r\n", &more, 1))?;
    room.discconv(&["codes.cue", "codes.toc"])?;
    let text = room.tool_ok("cdrdao", &["show-toc", "codes.toc"])?.text();
    let track_1 = "ISRC AB CDE 12 34567 COPY PERMITTED PRE-EMPHASIS TWO CHANNEL AUDIO";
    let indexes = "INDEX 2 00:01:00( 75) INDEX 3 00:02:10( 160)";
    let track_2 = "COPY NOT PERMITTED NO PRE-EMPHASIS FOUR CHANNEL AUDIO";
    for words in ["TOC TYPE: CD_DA", "CATALOG NUMBER: 0123456789012", track_1, indexes, track_2] {
        expect(&text, words, "cdrdao")?;
    }
    room.discconv(&["diff", "codes.cue", "codes.toc"])?;
    Ok("cdrdao finds MCN, ISRC, flags and indexes".to_owned())
}

/// cdrdao prints every sample: what it hears is what the BIN of the sheet holds, in the right order of bytes.
fn cdrdao_samples(room: &Room) -> Result<String, String> {
    let bin = Rng::new(0x50D).bytes(40 * 2352);
    room.write("noise.bin", &bin)?;
    let sheet = "FILE \"noise.bin\" BINARY\r\n  TRACK 01 AUDIO\r\n    INDEX 01 00:00:00\r\n  TRACK 02 AUDIO\r\n    \
                 INDEX 00 00:00:10\r\n    INDEX 01 00:00:20\r\n";
    room.write("noise.cue", sheet)?;
    for split in ["--merge", "--split"] {
        room.discconv(&["--force", split, "noise.cue", "ours.toc"])?;
        let text = room.tool_ok("cdrdao", &["show-data", "--force", "ours.toc"])?.stdout_text();
        let samples = text.lines().flat_map(|line| line.rsplit(':').next().unwrap_or_default().split_whitespace());
        let heard: Vec<u8> = samples.filter_map(|word| word.parse::<i16>().ok()).flat_map(i16::to_le_bytes).collect();
        same_bytes("noise.bin", &bin, "what cdrdao hears", &heard)?;
    }
    Ok("cdrdao hears every sample of the sheet that the TOC was made from".to_owned())
}

/// A gap that no file holds is silence in the TOC, and stays a gap.
fn cdrdao_gaps(room: &Room) -> Result<String, String> {
    let data = mixed_disc(room, 0)?;
    let sheet = String::from_utf8_lossy(&room.read("mixed.cue")?).into_owned();
    let sheet = sheet.replacen("  TRACK 02 AUDIO\r\n", "  TRACK 02 AUDIO\r\n    PREGAP 00:02:00\r\n", 1);
    room.write("mixed.cue", sheet + "    POSTGAP 00:01:00\r\n")?;
    room.discconv(&["mixed.cue", "ours.toc"])?;
    let text = room.tool_ok("cdrdao", &["show-toc", "ours.toc"])?.text();
    let start = data + PREGAP;
    let end = start + TRACK_2 + TRACK_3 + 75;
    expect(&text, &format!("PREGAP 00:02:00( 150) START {}( {start})", time(start)), "cdrdao")?;
    expect(&text, &format!("END {}( {end})", time(end)), "cdrdao")?;
    room.discconv(&["diff", "mixed.cue", "ours.toc"])?;
    Ok("cdrdao sees a gap before and a gap behind what the files hold".to_owned())
}

/// The one program of cdrdao that prints CD-TEXT, in the encoding of the disc.
fn toc2cddb(room: &Room) -> Result<String, String> {
    disc_with_texts(room)?;
    room.discconv(&["text.cue", "ours.toc"])?;
    let bytes = room.tool_ok("toc2cddb", &["ours.toc"])?.stdout;
    let text: String = bytes.into_iter().map(char::from).collect();
    for words in ["DTITLE=The generator / Collected noise", "TTITLE0=Première", "TTITLE1=Second"] {
        expect(&text, words, "toc2cddb")?;
    }
    expect(&text, &format!("offsets: # # 150 # {}", TRACK_2 + PREGAP + 150), "toc2cddb")?;
    Ok("toc2cddb finds the titles of CD-TEXT and the starts of the tracks".to_owned())
}

/// Its sheet calls a big-endian file `BINARY`, as it warns itself; we read it once the word is right.
fn toc2cue(room: &Room) -> Result<String, String> {
    mixed_disc(room, PREGAP)?;
    room.discconv(&["mixed.cue", "ours.toc"])?;
    room.tool_ok("toc2cue", &["ours.toc", "theirs.cue"])?;
    let sheet = String::from_utf8_lossy(&room.read("theirs.cue")?).into_owned();
    expect(&sheet, "FILE \"ours.bin\" BINARY", "toc2cue's sheet")?;
    room.write("theirs.cue", sheet.replace(" BINARY", " MOTOROLA"))?;
    room.discconv(&["diff", "mixed.cue", "theirs.cue"])?;
    room.discconv(&["theirs.cue", "back.cue"])?;
    room.same("mixed.bin", "back.bin")?;
    Ok("discconv reads toc2cue's sheet of our TOC as the disc it was made from".to_owned())
}

/// libcdio reads sound only, and no table of languages; behind a last track with a pregap its lead-out comes late.
fn libcdio(room: &Room) -> Result<String, String> {
    disc_with_texts(room)?;
    room.discconv(&["text.cue", "ours.toc"])?;
    let toc: String = room.read("ours.toc")?.into_iter().map(char::from).collect();
    let map = toc.find("  LANGUAGE_MAP {").zip(toc.find("  }\n"));
    let (from, to) = map.filter(|(from, to)| from < to).ok_or("our TOC maps no languages")?;
    let without = format!("{}{}", &toc[..from], &toc[to + 4..]);
    room.write("theirs.toc", without)?;
    let text = room.tool("cd-info", &["--no-device-info", "--no-cddb", "-t", "theirs.toc"])?.text();
    let second = TRACK_2 + PREGAP;
    for words in [
        "1: 00:02:00 000000 audio false yes 2 yes",
        &format!("2: {} {second:06} audio false no 4 no", time(second + 150)),
        "Media Catalog Number (MCN): 0123456789012",
        "CD-TEXT for Disc: TITLE: Collected noise PERFORMER: The generator",
        "PERFORMER: Somebody CD-TEXT for Track 2: TITLE: Second PERFORMER: Somebody else",
    ] {
        expect(&text, words, "cd-info")?;
    }
    Ok("cd-info finds tracks, flags, MCN and CD-TEXT".to_owned())
}

fn chdman_tracks(room: &Room) -> Result<String, String> {
    let data = both_tocs(room, PREGAP)?;
    let mixed = room.read("mixed.bin")?;
    for image in ["mixed.cue", "merged.toc", "split.toc"] {
        same_bytes("mixed.bin", &mixed, &format!("chdman's, of {image},"), &through_chd(room, image)?)?;
        expect_chd_track(room, 1, "MODE1_RAW", "NONE", data)?;
        expect_chd_track(room, 2, "AUDIO", "NONE", PREGAP + TRACK_2)?;
        expect_chd_track(room, 3, "AUDIO", "NONE", TRACK_3)?;
    }
    Ok("chdman unpacks the same BIN from our sheet and both our TOCs".to_owned())
}

fn chdman_modes(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    let end = sectors(room.read("disc.iso")?.len(), 2048);
    for ((mode, size), word) in FORMS.into_iter().zip(WORDS) {
        room.discconv(&["--force", "--mode", mode, "--sector", size, "disc.iso", "ours.toc"])?;
        let chd = through_chd(room, "ours.toc")?;
        let (kind, sub) = word.split_once(' ').unwrap_or((word, "NONE"));
        expect_chd_track(room, 1, kind, sub, end)?;
        // A sheet has no place for subchannel.
        let ours = room.read("ours.bin")?;
        let stored = ours.len() / end;
        let main: Vec<u8> = ours.chunks(stored).flat_map(|sector| sector.iter().take(2352)).copied().collect();
        same_bytes(&format!("our BIN of {word}"), &main, "chdman's", &chd)?;
    }
    Ok(format!("chdman reads {} as what they are", WORDS.join(", ")))
}

/// chdman writes a TOC for all names but `.cue` and `.gdi`; stored gaps are in it twice, so there are none here.
fn chdman_writes(room: &Room) -> Result<String, String> {
    let write = |toc: &str| {
        let bin = toc.replace(".toc", ".bin");
        room.tool_ok("chdman", &["extractcd", "-f", "-i", "disc.chd", "-o", toc, "-ob", &bin])
    };
    mixed_disc(room, 0)?;
    chd_digest(room, "mixed.cue", "disc.chd")?;
    write("theirs.toc")?;
    room.discconv(&["diff", "mixed.cue", "theirs.toc"])?;
    room.discconv(&["theirs.toc", "back.cue"])?;
    room.same("mixed.bin", "back.bin")?;
    for (mode, size) in FORMS {
        room.discconv(&["--force", "--mode", mode, "--sector", size, "disc.iso", "ours.toc"])?;
        chd_digest(room, "ours.toc", "disc.chd")?;
        write("theirs.toc")?;
        room.same("ours.bin", "theirs.bin")?;
        room.discconv(&["diff", "ours.toc", "theirs.toc"])?;
    }
    Ok("discconv reads chdman's TOC as the same disc, in every form".to_owned())
}
