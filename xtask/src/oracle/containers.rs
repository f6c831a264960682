//! Containers: what other programs make of the discs that we put into them.

use super::Case;
use super::cases::{PREGAP, TRACK_2, TRACK_3, chd_digest, expect, mixed_disc, sectors, time};
use super::room::{Room, same_bytes};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    Case { name: "nrg2iso", needs: &["xorriso", "nrg2iso"], run: nrg2iso },
    Case { name: "nrg-cd-info", needs: &["xorriso", "cd-info"], run: nrg_libcdio },
    Case { name: "nrg-chdman", needs: &["xorriso", "chdman"], run: nrg_chdman },
];

/// Sectors before LBA 0.
const LEAD: usize = 150;

/// First sectors of the tracks of the mixed disc, each behind its pregap.
fn starts(data: usize) -> [usize; 3] {
    [0, data + PREGAP, data + PREGAP + TRACK_2]
}

/// nrg2iso leaves out the blank pause and copies everything behind it, the tables at the end too.
fn nrg2iso(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    room.discconv(&["--sector", "2048", "disc.iso", "disc.nrg"])?;
    room.tool("nrg2iso", &["disc.nrg", "back.iso"])?;
    let (iso, back) = (room.read("disc.iso")?, room.read("back.iso")?);
    same_bytes("disc.iso", &iso, "nrg2iso's", back.get(..iso.len()).unwrap_or(&back))?;
    room.discconv(&["disc.nrg", "ours.iso"])?;
    room.same("disc.iso", "ours.iso")?;
    Ok("nrg2iso finds the ISO that the image was made from".to_owned())
}

fn nrg_libcdio(room: &Room) -> Result<String, String> {
    let data = mixed_disc(room, PREGAP)?;
    room.discconv(&["--sector", "2048", "mixed.cue", "mixed.nrg"])?;
    let text = room.tool("cd-info", &["--no-device-info", "--no-cddb", "-i", "mixed.nrg"])?.text();
    for (number, start) in (1..).zip(starts(data)) {
        expect(&text, &format!("{number}: {} {start:06}", time(start + LEAD)), "cd-info")?;
    }
    expect(&text, &format!("{:06} leadout", data + PREGAP + TRACK_2 + TRACK_3), "cd-info")?;
    Ok("cd-info finds the tracks of the image and their first sectors".to_owned())
}

fn nrg_chdman(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    room.discconv(&["--sector", "2048", "disc.iso", "disc.nrg"])?;
    chd_digest(room, "disc.nrg", "disc.chd")?;
    let text = room.tool_ok("chdman", &["info", "-i", "disc.chd"])?.stdout_text();
    let frames = sectors(room.read("disc.iso")?.len(), 2048);
    expect(&text, &format!("TRACK:1 TYPE:MODE1 SUBTYPE:NONE FRAMES:{frames}"), "chdman info")?;
    room.tool_ok("chdman", &["extractcd", "-f", "-i", "disc.chd", "-o", "chd.cue", "-ob", "chd.bin"])?;
    room.same("disc.iso", "chd.bin")?;
    Ok("chdman packs our image and unpacks the same sectors".to_owned())
}
