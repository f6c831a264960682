//! CHDs: both versions of chdman accept and give back what we write, and we what they write.

use super::Case;
use super::room::{Room, same_bytes};
use discconv_testkit::Rng;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    Case { name: "chd-cd-to-chdman", needs: &["chdman", "chdman-0.289"], run: cd_to },
    Case { name: "chd-cd-from-chdman", needs: &["chdman", "chdman-0.289"], run: cd_from },
    Case { name: "chd-dvd-to-chdman", needs: &["chdman-0.289"], run: dvd_to },
    Case { name: "chd-dvd-from-chdman", needs: &["chdman", "chdman-0.289"], run: dvd_from },
    Case { name: "chd-same-digests", needs: &["chdman"], run: digests },
    Case { name: "chd-gd", needs: &["chdman-0.289"], run: gd },
];

const OLD: &str = "chdman";
const NEW: &str = "chdman-0.289";
const RAW: usize = 2352;

/// Codecs that both know, and those of the newer one.
const COMMON: &[&str] = &["cdlz,cdzl,cdfl", "cdlz", "cdzl", "cdfl", "none"];
const ZSTD: &[&str] = &["cdzs,cdfl", "cdzs", "cdlz,cdzl,cdzs,cdfl"];

/// Data with a damaged sector, sound behind a stored pregap, and sound that ends in the middle of four frames.
fn disc(room: &Room) -> Result<Vec<u8>, String> {
    let mut user = Rng::new(7).bytes(40 * 2048);
    user.extend(b"What is text packs well. ".iter().cycle().take(120 * 2048));
    let mut bytes = discconv_testkit::stored::as_mode1(0, &user);
    bytes[50 * RAW + 2200] ^= 0x10;
    for at in 0..400 * RAW / 4 {
        let left = ((at as f64 / 37.0).sin() * 9000.0 + (at as f64 / 11.0).sin() * 2500.0).round();
        let right = ((at as f64 / 53.0).sin() * 7000.0).round();
        for sample in [left, right] {
            #[expect(clippy::cast_possible_truncation, reason = "they are small")]
            bytes.extend((sample as i16).to_le_bytes());
        }
    }
    room.write("x.bin", &bytes)?;
    let sheet = "FILE \"x.bin\" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n  TRACK 02 AUDIO\n    INDEX 00 00:02:10\n    \
                 INDEX 01 00:04:10\n  TRACK 03 AUDIO\n    INDEX 01 00:06:01\n";
    room.write("x.cue", sheet)?;
    Ok(bytes)
}

/// Is `x.chd` sound for `chdman`, and what `expected` says?
fn judged(room: &Room, chdman: &str, what: &str, expected: &[u8], plain: bool) -> Result<(), String> {
    // It verifies nothing in files without compression, and says so with a failure.
    if !plain {
        room.tool_ok(chdman, &["verify", "-i", "x.chd"]).map_err(|e| format!("{what}: {e}"))?;
    }
    room.tool_ok(chdman, &["extractcd", "-f", "-i", "x.chd", "-o", "back.cue", "-ob", "back.bin"])?;
    same_bytes("x.bin", expected, &format!("back.bin ({what}, {chdman})"), &room.read("back.bin")?)
}

fn cd_to(room: &Room) -> Result<String, String> {
    let bytes = disc(room)?;
    let mut count = 0;
    for level in ["fast", "normal", "max"] {
        for (codecs, tools) in COMMON.iter().map(|c| (c, &[OLD, NEW][..])).chain(ZSTD.iter().map(|c| (c, &[NEW][..]))) {
            for hunk in ["19584", "2448", "97920"] {
                let words = ["--force", "--level", level, "--codec", codecs, "--hunk", hunk, "x.cue", "x.chd"];
                room.discconv(&words)?;
                for tool in tools {
                    judged(room, tool, &words.join(" "), &bytes, *codecs == "none")?;
                    count += 1;
                }
            }
        }
    }
    Ok(format!("chdman takes {count} files of ours and gives the same bytes"))
}

fn cd_from(room: &Room) -> Result<String, String> {
    let bytes = disc(room)?;
    let mut count = 0;
    let jobs = COMMON.iter().flat_map(|c| [(OLD, c), (NEW, c)]).chain(ZSTD.iter().map(|c| (NEW, c)));
    for (tool, codecs) in jobs {
        for hunk in ["19584", "2448", "97920"] {
            room.tool_ok(tool, &["createcd", "-f", "-c", codecs, "-hs", hunk, "-i", "x.cue", "-o", "y.chd"])?;
            room.discconv(&["--force", "y.chd", "back.cue"])?;
            same_bytes("x.bin", &bytes, &format!("back.bin ({tool}, {codecs}, {hunk})"), &room.read("back.bin")?)?;
            count += 1;
        }
    }
    Ok(format!("we read {count} files of chdman"))
}

/// Sectors of all sorts with the mark of a system that never came on CD, so that they are a DVD.
fn dvd(room: &Room) -> Result<Vec<u8>, String> {
    let mut bytes = vec![0; 40 * 2048];
    bytes.extend(b"What is text packs well. ".iter().cycle().take(60 * 2048));
    bytes.extend(Rng::new(8).bytes(40 * 2048).iter().map(|byte| byte & 0x1F));
    bytes[0x1C..0x20].copy_from_slice(&[0xC2, 0x33, 0x9F, 0x3D]);
    bytes.extend(Rng::new(9).bytes(3 * 2048));
    room.write("x.iso", &bytes)?;
    Ok(bytes)
}

const DVD_CODECS: &[&str] = &["lzma,zlib,huff,flac", "lzma", "zlib", "huff", "flac", "zstd", "zstd,zlib,huff,flac", "none"];

fn dvd_to(room: &Room) -> Result<String, String> {
    let bytes = dvd(room)?;
    let mut count = 0;
    for level in ["fast", "normal", "max"] {
        for codecs in DVD_CODECS {
            for hunk in ["2048", "4096", "65536"] {
                room.discconv(&["--force", "--level", level, "--codec", codecs, "--hunk", hunk, "x.iso", "x.chd"])?;
                if *codecs != "none" {
                    room.tool_ok(NEW, &["verify", "-i", "x.chd"])?;
                }
                room.tool_ok(NEW, &["extractdvd", "-f", "-i", "x.chd", "-o", "back.iso"])?;
                same_bytes("x.iso", &bytes, &format!("back.iso ({level}, {codecs}, {hunk})"), &room.read("back.iso")?)?;
                count += 1;
            }
        }
    }
    Ok(format!("chdman takes {count} files of ours and gives the same bytes"))
}

fn dvd_from(room: &Room) -> Result<String, String> {
    let bytes = dvd(room)?;
    let (mut count, mut own) = (0, 0);
    for codecs in DVD_CODECS {
        for hunk in ["2048", "4096", "65536"] {
            let new = ["createdvd", "-f", "-c", codecs, "-hs", hunk, "-i", "x.iso", "-o", "y.chd"];
            let old = ["createraw", "-f", "-us", "2048", "-c", codecs, "-hs", hunk, "-i", "x.iso", "-o", "y.chd"];
            for (tool, words) in [(NEW, &new[..]), (OLD, &old[..])] {
                if tool == OLD && codecs.contains("zstd") {
                    continue;
                }
                room.tool_ok(tool, words)?;
                // Some of its files it cannot read itself.
                if *codecs != "none" && !room.tool(tool, &["verify", "-i", "y.chd"])?.ok() {
                    own += 1;
                    continue;
                }
                room.discconv(&["--force", "y.chd", "back.iso"])?;
                same_bytes("x.iso", &bytes, &format!("back.iso ({tool}, {codecs}, {hunk})"), &room.read("back.iso")?)?;
                count += 1;
            }
        }
    }
    Ok(format!("we read {count} files of chdman; {own} more it cannot read itself"))
}

/// The digests in the header cover content and metadata: equal ones say that all of it is as chdman writes it.
fn digests(room: &Room) -> Result<String, String> {
    disc(room)?;
    let sheets = [
        ("stored pregap", "INDEX 00 00:02:10\n    INDEX 01 00:04:10"),
        ("pregap of no file", "PREGAP 00:02:00\n    INDEX 01 00:02:10"),
        ("postgap", "INDEX 01 00:02:10\n    POSTGAP 00:01:00"),
        ("no gap", "INDEX 01 00:02:10"),
    ];
    for (what, track) in sheets {
        let sheet = format!(
            "FILE \"x.bin\" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n  TRACK 02 AUDIO\n    {track}\n  TRACK 03 AUDIO\n    \
             INDEX 01 00:06:01\n"
        );
        room.write("y.cue", sheet)?;
        room.tool_ok(OLD, &["createcd", "-f", "-i", "y.cue", "-o", "theirs.chd"])?;
        room.discconv(&["--force", "y.cue", "ours.chd"])?;
        let [ours, theirs] = ["ours.chd", "theirs.chd"].map(|name| room.read(name).map(|bytes| bytes[64..104].to_vec()));
        if ours? != theirs? {
            return Err(format!("{what}: the SHA-1s of ours.chd and theirs.chd differ"));
        }
    }
    Ok(format!("the same SHA-1s for {} sheets", sheets.len()))
}

/// Three tracks of a GD-ROM through chdman's CHD and ours.
fn gd(room: &Room) -> Result<String, String> {
    let tracks = [
        ("track01.bin", discconv_testkit::stored::as_mode1(0, &Rng::new(1).bytes(300 * 2048))),
        ("track02.raw", Rng::new(2).bytes(310 * RAW)),
        ("track03.bin", discconv_testkit::stored::as_mode1(45_000, &Rng::new(3).bytes(301 * 2048))),
    ];
    for (name, bytes) in &tracks {
        room.write(name, bytes)?;
    }
    room.write("x.gdi", "3\n1 0 4 2352 track01.bin 0\n2 450 0 2352 track02.raw 0\n3 45000 4 2352 track03.bin 0\n")?;
    room.tool_ok(NEW, &["createcd", "-f", "-i", "x.gdi", "-o", "theirs.chd"])?;
    room.discconv(&["--force", "theirs.chd", "ours.chd"])?;
    room.tool_ok(NEW, &["verify", "-i", "ours.chd"])?;
    room.tool_ok(NEW, &["extractcd", "-f", "-i", "ours.chd", "-o", "back.gdi"])?;
    let text = String::from_utf8_lossy(&room.read("back.gdi")?).into_owned();
    let names: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split_whitespace().nth(4)).collect();
    if names.len() != tracks.len() {
        return Err(format!("back.gdi names {} tracks", names.len()));
    }
    for (name, (expected_name, expected)) in names.iter().zip(&tracks) {
        let name = name.trim_matches('"');
        same_bytes(expected_name, expected, name, &room.read(name)?)?;
    }
    let [ours, theirs] = ["ours.chd", "theirs.chd"].map(|name| room.read(name).map(|bytes| bytes[64..84].to_vec()));
    let same = if ours? == theirs? { "" } else { "; the SHA-1 of the content is another" };
    Ok(format!("chdman gives back the tracks of a GD-ROM{same}"))
}
