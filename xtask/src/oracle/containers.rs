//! Nero, Alcohol 120% and CloneCD images: what other programs make of the discs that we put into them.

use super::Case;
use super::cases::{PREGAP, TRACK_2, TRACK_3, chd_digest, expect, mixed_disc, sectors, time};
use super::room::{Room, same_bytes, same_start};
use discconv_testkit::Rng;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    Case { name: "nrg2iso", needs: &["xorriso", "nrg2iso"], run: nrg2iso },
    Case { name: "nrg-iat", needs: &["xorriso", "iat"], run: |r| iat(r, "nrg", "nrg") },
    Case { name: "nrg-cd-info", needs: &["xorriso", "cd-info", "cd-read"], run: nrg_libcdio },
    Case { name: "nrg-cd-text", needs: &["cd-info"], run: nrg_cd_text },
    Case { name: "nrg-chdman", needs: &["xorriso", "chdman"], run: nrg_chdman },
    Case { name: "nrg-chdman-mode2", needs: &["xorriso", "chdman"], run: nrg_chdman_mode2 },
    Case { name: "nrg-chdman-audio", needs: &["chdman"], run: nrg_chdman_audio },
    Case { name: "mdf2iso", needs: &["xorriso", "mdf2iso"], run: mdf2iso },
    Case { name: "mdf2iso-toc", needs: &["xorriso", "mdf2iso"], run: mdf2iso_toc },
    Case { name: "mdf2iso-cue", needs: &["xorriso", "mdf2iso"], run: mdf2iso_cue },
    Case { name: "mdf2iso-mixed", needs: &["xorriso", "mdf2iso"], run: |r| first_track(r, "mds", "mdf", "mdf2iso") },
    Case { name: "mdf-iat", needs: &["xorriso", "iat"], run: |r| iat(r, "mds", "mdf") },
    Case { name: "ccd-ccd2iso-mode1", needs: &["xorriso", "ccd2iso"], run: |r| ccd2iso(r, "1") },
    Case { name: "ccd-ccd2iso-mode2", needs: &["xorriso", "ccd2iso"], run: |r| ccd2iso(r, "2") },
    Case { name: "ccd-ccd2iso-mixed", needs: &["xorriso", "ccd2iso"], run: |r| first_track(r, "ccd", "img", "ccd2iso") },
    Case { name: "ccd-iat", needs: &["xorriso", "iat"], run: |r| iat(r, "ccd", "img") },
];

/// Sectors before LBA 0.
const LEAD: usize = 150;

/// First sectors of the tracks of the mixed disc, each behind its pregap.
fn starts(data: usize) -> [usize; 3] {
    [0, data + PREGAP, data + PREGAP + TRACK_2]
}

/// Every stored form that a data track of Mode 1 and of Mode 2 has.
pub(super) const FORMS: [(&str, &str); 7] =
    [("1", "2048"), ("1", "2352"), ("1", "2448"), ("2", "2048"), ("2", "2336"), ("2", "2352"), ("2", "2448")];

/// nrg2iso leaves out the blank pause and copies everything behind it, the tables at the end too.
fn nrg2iso(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    let iso = room.read("disc.iso")?;
    for mode in ["1", "2"] {
        room.discconv(&["--force", "--mode", mode, "--sector", "2048", "disc.iso", "disc.nrg"])?;
        room.tool("nrg2iso", &["disc.nrg", "back.iso"])?;
        same_start("disc.iso", &iso, "nrg2iso's", &room.read("back.iso")?)?;
        room.discconv(&["--force", "disc.nrg", "ours.iso"])?;
        room.same("disc.iso", "ours.iso")?;
    }
    Ok("nrg2iso finds the ISO that the images were made from".to_owned())
}

/// libcdio finds the first sectors of tracks, and tells of what kind the first one is; data it finds in 2336-byte sectors only.
fn nrg_libcdio(room: &Room) -> Result<String, String> {
    let data = mixed_disc(room, PREGAP)?;
    room.discconv(&["--sector", "2048", "mixed.cue", "mixed.nrg"])?;
    let text = room.tool("cd-info", &["--no-device-info", "--no-cddb", "-i", "mixed.nrg"])?.text();
    for (number, start) in (1..).zip(starts(data)) {
        expect(&text, &format!("{number}: {} {start:06}", time(start + LEAD)), "cd-info")?;
    }
    expect(&text, &format!("{:06} leadout", data + PREGAP + TRACK_2 + TRACK_3), "cd-info")?;
    room.discconv(&["--mode", "2", "--sector", "2336", "disc.iso", "disc.nrg"])?;
    let text = room.tool("cd-info", &["--no-device-info", "--no-cddb", "-i", "disc.nrg"])?.text();
    expect(&text, "1: 00:02:00 000000 XA", "cd-info")?;
    expect(&text, "label `ORACLE", "cd-info")?;
    room.tool("cd-read", &["-i", "disc.nrg", "-m", "m2f1", "-s", "16", "-n", "1", "-o", "sector16"])?;
    let iso = room.read("disc.iso")?;
    same_bytes("cd-read's sector 16", &room.read("sector16")?, "the ISO's", &iso[16 * 2048..17 * 2048])?;
    Ok("cd-info finds the tracks of an image, and the volume in one".to_owned())
}

/// `text.bin` and `text.cue`: two tracks of sound with titles, in letters beyond ASCII, and all that a table of contents says.
pub(super) fn disc_with_texts(room: &Room) -> Result<(), String> {
    room.write("text.bin", Rng::new(0x7E47).bytes((TRACK_2 + PREGAP + TRACK_3) * 2352))?;
    let sheet = format!(
        "CATALOG 0123456789012\r\nTITLE \"Collected noise\"\r\nPERFORMER \"The generator\"\r\nFILE \"text.bin\" BINARY\r\n  \
         TRACK 01 AUDIO\r\n    TITLE \"Première\"\r\n    PERFORMER \"Somebody\"\r\n    FLAGS DCP PRE\r\n    ISRC ABCDE1234567\r\n    \
         INDEX 01 00:00:00\r\n  TRACK 02 AUDIO\r\n    TITLE \"Second\"\r\n    PERFORMER \"Somebody else\"\r\n    FLAGS 4CH\r\n    \
         INDEX 00 {}\r\n    INDEX 01 {}\r\n",
        time(TRACK_2),
        time(TRACK_2 + PREGAP)
    );
    room.write("text.cue", sheet)
}

fn nrg_cd_text(room: &Room) -> Result<String, String> {
    disc_with_texts(room)?;
    room.discconv(&["text.cue", "text.nrg"])?;
    let text = room.tool("cd-info", &["--no-device-info", "--no-cddb", "-i", "text.nrg"])?.text();
    // It tells one flag of an image: whether copies are permitted.
    expect(&text, "1: 00:02:00 000000 audio false yes", "cd-info")?;
    expect(&text, &format!("2: {} {:06} audio false no", time(TRACK_2 + PREGAP + LEAD), TRACK_2 + PREGAP), "cd-info")?;
    expect(&text, "CD-TEXT for Disc: TITLE: Collected noise PERFORMER: The generator", "cd-info")?;
    expect(&text, "Track 1: TITLE: Première PERFORMER: Somebody CD-TEXT", "cd-info")?;
    expect(&text, "Track 2: TITLE: Second PERFORMER: Somebody else", "cd-info")?;
    Ok("cd-info finds CD-TEXT and the copy flag in the image".to_owned())
}

/// The sectors of `image`, as chdman understands it.
pub(super) fn through_chd(room: &Room, image: &str) -> Result<Vec<u8>, String> {
    chd_digest(room, image, "disc.chd")?;
    room.tool_ok("chdman", &["extractcd", "-f", "-i", "disc.chd", "-o", "chd.cue", "-ob", "chd.bin"])?;
    room.read("chd.bin")
}

/// chdman tells tracks so in its list.
pub(super) fn expect_chd_track(room: &Room, track: usize, kind: &str, sub: &str, frames: usize) -> Result<(), String> {
    let text = room.tool_ok("chdman", &["info", "-i", "disc.chd"])?.stdout_text();
    expect(&text, &format!("TRACK:{track} TYPE:{kind} SUBTYPE:{sub} FRAMES:{frames}"), "chdman info")
}

fn nrg_chdman(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    room.discconv(&["--sector", "2048", "disc.iso", "disc.nrg"])?;
    let (chd, iso) = (through_chd(room, "disc.nrg")?, room.read("disc.iso")?);
    expect_chd_track(room, 1, "MODE1", "NONE", sectors(iso.len(), 2048))?;
    same_bytes("disc.iso", &iso, "chdman's", &chd)?;
    Ok("chdman packs our image and unpacks the same sectors".to_owned())
}

fn nrg_chdman_mode2(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    room.discconv(&["--mode", "2", "disc.iso", "raw.cue"])?;
    room.discconv(&["--mode", "2", "--sector", "2352", "disc.iso", "disc.nrg"])?;
    let (chd, raw) = (through_chd(room, "disc.nrg")?, room.read("raw.bin")?);
    expect_chd_track(room, 1, "MODE2_RAW", "NONE", sectors(raw.len(), 2352))?;
    same_bytes("raw.bin", &raw, "chdman's", &chd)?;
    Ok("chdman packs our image of raw Mode 2 and unpacks the same sectors".to_owned())
}

/// Of several tracks it finds the first; all others it seeks too early.
fn nrg_chdman_audio(room: &Room) -> Result<String, String> {
    disc_with_texts(room)?;
    room.discconv(&["text.cue", "text.nrg"])?;
    let (chd, bin) = (through_chd(room, "text.nrg")?, room.read("text.bin")?);
    expect_chd_track(room, 1, "AUDIO", "NONE", TRACK_2)?;
    expect_chd_track(room, 2, "AUDIO", "NONE", TRACK_3)?;
    same_start("track 1", &bin[..TRACK_2 * 2352], "chdman's", &chd)?;
    Ok("chdman finds the tracks of our image, and the samples of the first".to_owned())
}

/// mdf2iso looks at no descriptor; it knows Mode 1 with and without subchannel, and leaves an ISO alone.
fn mdf2iso(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    for size in ["2352", "2448"] {
        room.discconv(&["--force", "--mode", "1", "--sector", size, "disc.iso", "disc.mds"])?;
        room.tool_ok("mdf2iso", &["disc.mdf", "back.iso"])?;
        room.same("disc.iso", "back.iso")?;
    }
    room.discconv(&["--force", "--sector", "2048", "disc.iso", "disc.mds"])?;
    let text = room.tool_ok("mdf2iso", &["disc.mdf", "none.iso"])?.text();
    expect(&text, "disc.mdf is already ISO9660", "mdf2iso")?;
    room.same("disc.iso", "disc.mdf")?;
    Ok("mdf2iso finds the ISO that the images were made from".to_owned())
}

/// mdf2iso writes a cdrdao TOC beside the image, with subchannel where there is some: we read it as the same disc.
fn mdf2iso_toc(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    for (stem, size, words) in [("a", "2352", "TRACK MODE1_RAW NO COPY"), ("b", "2448", "TRACK MODE1_RAW RW_RAW NO COPY")] {
        let (mds, mdf, toc) = (format!("{stem}.mds"), format!("{stem}.mdf"), format!("{stem}.toc"));
        room.discconv(&["--mode", "1", "--sector", size, "disc.iso", &mds])?;
        room.tool_ok("mdf2iso", &["--toc", &mdf])?;
        expect(&String::from_utf8_lossy(&room.read(&toc)?), words, "mdf2iso's TOC")?;
        room.discconv(&["diff", &mds, &toc])?;
        room.discconv(&["--force", &mds, "ours.ccd"])?;
        room.discconv(&["--force", &toc, "theirs.ccd"])?;
        room.same("ours.sub", "theirs.sub")?;
    }
    Ok("we read mdf2iso's TOC as the same disc, subchannel included".to_owned())
}

/// mdf2iso takes subchannel off and writes a sheet, in which numbers have one digit.
fn mdf2iso_cue(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    room.discconv(&["--mode", "1", "disc.iso", "raw.cue"])?;
    room.discconv(&["--mode", "1", "--sector", "2448", "disc.iso", "a.mds"])?;
    room.tool_ok("mdf2iso", &["--cue", "a.mdf"])?;
    room.same("raw.bin", "a.bin")?;
    room.discconv(&["diff", "raw.cue", "a.cue"])?;
    Ok("mdf2iso makes the BIN that we make, and we read its sheet".to_owned())
}

/// The data track in front of two audio tracks, by a tool that knows sectors only.
fn first_track(room: &Room, id: &str, extension: &str, tool: &str) -> Result<String, String> {
    mixed_disc(room, PREGAP)?;
    room.discconv(&["mixed.cue", &format!("mixed.{id}")])?;
    room.tool(tool, &[&format!("mixed.{extension}"), "back.iso"])?;
    let (iso, back) = (room.read("disc.iso")?, room.read("back.iso")?);
    same_start("disc.iso", &iso, &format!("{tool}'s"), &back)?;
    Ok(format!("{tool} finds the ISO in front of the sound"))
}

fn ccd2iso(room: &Room, mode: &str) -> Result<String, String> {
    room.xorriso_iso()?;
    room.discconv(&["--mode", mode, "disc.iso", "disc.ccd"])?;
    room.tool_ok("ccd2iso", &["disc.img", "back.iso"])?;
    room.same("disc.iso", "back.iso")?;
    Ok("ccd2iso finds the ISO that the image was made from".to_owned())
}

/// iat guesses the layout of a file, and copies whatever stands behind the sectors too.
fn iat(room: &Room, id: &str, extension: &str) -> Result<String, String> {
    mixed_disc(room, PREGAP)?;
    let iso = room.read("disc.iso")?;
    let (to, file) = (format!("disc.{id}"), format!("disc.{extension}"));
    // CloneCD knows raw sectors only.
    let forms: Vec<_> = FORMS.iter().filter(|(_, size)| id != "ccd" || matches!(*size, "2352" | "2448")).collect();
    for (mode, size) in &forms {
        room.discconv(&["--force", "--mode", mode, "--sector", size, "disc.iso", &to])?;
        room.tool("iat", &[&file, "back.iso"])?;
        same_start("disc.iso", &iso, &format!("iat's, of Mode {mode} in {size} bytes,"), &room.read("back.iso")?)?;
    }
    room.discconv(&["--force", "mixed.cue", &to])?;
    room.tool("iat", &[&file, "back.iso"])?;
    same_start("disc.iso", &iso, "iat's, of the mixed disc,", &room.read("back.iso")?)?;
    Ok(format!("iat finds the ISO in {} forms, and in front of sound", forms.len()))
}
