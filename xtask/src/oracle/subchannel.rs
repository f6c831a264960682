//! Subchannel: what we make, and what we carry from container to container, against the slow arithmetic of the testkit and
//! against programs that carry it too.

use super::Case;
use super::cases::{PREGAP, TRACK_2, TRACK_3, chd_digest, expect, mixed_disc};
use super::room::{Room, same_bytes};
use discconv_testkit::Rng;
use discconv_testkit::reference::{interleave, packed_block, q_isrc, q_mcn, q_position};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    Case { name: "sub-made", needs: &["xorriso"], run: made },
    Case { name: "sub-carried", needs: &["xorriso"], run: carried },
    Case { name: "sub-headerless", needs: &["xorriso"], run: headerless },
    Case { name: "sub-cdrdao", needs: &["xorriso", "cdrdao"], run: cdrdao },
    Case { name: "sub-chdman", needs: &["xorriso", "chdman"], run: chdman },
    Case { name: "sub-mdf2iso", needs: &["xorriso", "mdf2iso"], run: mdf2iso },
];

/// Bytes of a sector with its subchannel.
const SECTOR: usize = 2448;
/// Blank sectors before LBA 0, which only NRG stores.
const LEAD: usize = 150;

/// The packed subchannel of the mixed disc, Q by the clauses of the standard; P and R to W are zero.
fn expected(data: usize) -> Result<Vec<[u8; 96]>, String> {
    let second = data + PREGAP;
    let third = second + TRACK_2;
    (0..third + TRACK_3)
        .map(|lba| {
            let (control, track, index, relative) = match lba {
                _ if lba < data => (4, 1, 1, lba),
                _ if lba < second => (0, 2, 0, second - 1 - lba),
                _ if lba < third => (0, 2, 1, lba - second),
                _ => (0, 3, 1, lba - third),
            };
            let number = |value: usize| u32::try_from(value).map_err(|e| e.to_string());
            let lba = i32::try_from(lba).map_err(|e| e.to_string())?;
            Ok(packed_block(false, &q_position(control, track, index, number(relative)?, lba)))
        })
        .collect()
}

fn packed(sub: &[u8]) -> impl Iterator<Item = [u8; 96]> {
    sub.chunks_exact(96).map(|block| {
        let mut own = [0; 96];
        own.copy_from_slice(block);
        own
    })
}

/// What stands behind the main bytes of each sector in the containers that interleave.
const INTERLEAVED: [(&str, &str, usize); 3] = [("mds", "mdf", 0), ("nrg", "nrg", LEAD), ("toc", "bin", 0)];

/// Converts `from` to every container with subchannel behind each sector, and compares that with the packed `sub`.
fn compare_interleaved(room: &Room, from: &str, sub: &[u8]) -> Result<(), String> {
    let wanted: Vec<u8> = packed(sub).flat_map(|block| interleave(&block)).collect();
    for (id, extension, lead) in INTERLEAVED {
        room.discconv(&["--force", "--sector", "2448", from, &format!("behind.{id}")])?;
        let file = room.read(&format!("behind.{extension}"))?;
        let behind = file.chunks_exact(SECTOR).skip(lead).take(sub.len() / 96);
        let found: Vec<u8> = behind.flat_map(|sector| &sector[2352..]).copied().collect();
        same_bytes("the subchannel, interleaved by the standard,", &wanted, &format!("that of the {id} image"), &found)?;
    }
    Ok(())
}

fn made(room: &Room) -> Result<String, String> {
    let data = mixed_disc(room, PREGAP)?;
    room.discconv(&["mixed.cue", "ours.ccd"])?;
    let sub = room.read("ours.sub")?;
    let wanted = expected(data)?;
    if sub.len() != wanted.len() * 96 {
        return Err(format!("ours.sub has {} bytes for {} sectors", sub.len(), wanted.len()));
    }
    for (sector, (ours, theirs)) in packed(&sub).zip(&wanted).enumerate() {
        same_bytes(&format!("Q and R to W of sector {sector}"), &ours[12..], "those of the standard", &theirs[12..])?;
        if ours[..12] != [0; 12] && ours[..12] != [0xFF; 12] {
            return Err(format!("P of sector {sector} is neither on nor off"));
        }
    }
    compare_interleaved(room, "ours.ccd", &sub)?;
    Ok(format!("Q of {} sectors is what the standard says, with its CRC", wanted.len()))
}

/// `full.ccd`: the mixed disc, or its data track alone, with everything that subchannel can hold. Returns the packed subchannel.
fn full_disc(room: &Room, mixed: bool) -> Result<Vec<u8>, String> {
    let data = mixed_disc(room, PREGAP)?;
    let source = if mixed { "mixed.cue" } else { "raw.cue" };
    room.discconv(&[source, "full.ccd"])?;
    let mut rng = Rng::new(0x5AB);
    let mut sub: Vec<u8> = room.read("full.sub")?;
    for (sector, block) in sub.chunks_exact_mut(96).enumerate() {
        let lba = i32::try_from(sector).map_err(|e| e.to_string())?;
        match sector % 100 {
            20 => block[12..24].copy_from_slice(&q_mcn(if sector < data { 4 } else { 0 }, "0123456789012", lba)),
            50 if sector >= data + PREGAP => block[12..24].copy_from_slice(&q_isrc(0, "ABCDE1234567", lba)),
            _ => {}
        }
        // CD+G and the like: any six bits a symbol. From the first sector mdf2iso guesses whether there is subchannel.
        if sector > 0 {
            rng.fill(&mut block[24..]);
        }
    }
    room.write("full.sub", &sub)?;
    Ok(sub)
}

fn carried(room: &Room) -> Result<String, String> {
    let sub = full_disc(room, true)?;
    compare_interleaved(room, "full.ccd", &sub)?;
    // And on from each of them to the next, until it is packed again.
    let hops = ["full.ccd", "a.mds", "b.nrg", "c.toc", "d.mds", "e.toc", "f.nrg", "back.ccd"];
    for pair in hops.windows(2) {
        room.discconv(&["--sector", "2448", pair[0], pair[1]])?;
    }
    room.same("full.sub", "back.sub")?;
    room.same("full.img", "back.img")?;
    Ok(format!("P to W come back from {} containers in a row as they were", hops.len() - 1))
}

/// A headerless image keeps it behind each sector too.
fn headerless(room: &Room) -> Result<String, String> {
    let sub = full_disc(room, false)?;
    // It says the catalogue number in its subchannel only.
    room.discconv(&["--allow-loss", "mcn,isrc", "--sector", "2448", "full.ccd", "bare.img"])?;
    let wanted: Vec<u8> = packed(&sub).flat_map(|block| interleave(&block)).collect();
    let found: Vec<u8> = room.read("bare.img")?.chunks_exact(SECTOR).flat_map(|sector| &sector[2352..]).copied().collect();
    same_bytes("the subchannel, interleaved by the standard,", &wanted, "that of bare.img", &found)?;
    room.discconv(&["--from", "iso2448", "bare.img", "back.ccd"])?;
    room.same("full.sub", "back.sub")?;
    Ok("P to W come back from an image without a header as they were".to_owned())
}

/// cdrdao takes raw subchannel in all its tracks, and reads every block of them.
fn cdrdao(room: &Room) -> Result<String, String> {
    let sub = full_disc(room, true)?;
    room.discconv(&["full.ccd", "ours.toc"])?;
    let text = room.tool_ok("cdrdao", &["show-toc", "ours.toc"])?.text();
    for words in ["TRACK 1 Mode MODE1_RAW RW_RAW:", "TRACK 2 Mode AUDIO RW_RAW:", "TRACK 3 Mode AUDIO RW_RAW:"] {
        expect(&text, words, "cdrdao")?;
    }
    let text = room.tool_ok("cdrdao", &["read-test", "--force", "ours.toc"])?.text();
    expect(&text, &format!("Read {} blocks.", sub.len() / 96), "cdrdao")?;
    Ok("cdrdao reads our TOC with raw subchannel in every track".to_owned())
}

/// chdman keeps subchannel in a CHD, and writes it behind each sector of a TOC again.
fn chdman(room: &Room) -> Result<String, String> {
    full_disc(room, false)?;
    room.discconv(&["full.ccd", "ours.toc"])?;
    chd_digest(room, "ours.toc", "disc.chd")?;
    room.tool_ok("chdman", &["extractcd", "-f", "-i", "disc.chd", "-o", "theirs.toc", "-ob", "theirs.bin"])?;
    room.same("ours.bin", "theirs.bin")?;
    room.discconv(&["theirs.toc", "back.ccd"])?;
    room.same("full.sub", "back.sub")?;
    room.same("full.img", "back.img")?;
    Ok("subchannel comes back from chdman's CHD and TOC as it was".to_owned())
}

/// mdf2iso copies sectors with their subchannel, and writes a TOC for them.
fn mdf2iso(room: &Room) -> Result<String, String> {
    full_disc(room, false)?;
    room.discconv(&["full.ccd", "ours.mds"])?;
    room.tool_ok("mdf2iso", &["--toc", "ours.mdf"])?;
    room.discconv(&["ours.toc", "back.ccd"])?;
    room.same("full.sub", "back.sub")?;
    room.same("full.img", "back.img")?;
    Ok("subchannel comes back from mdf2iso's TOC as it was".to_owned())
}
