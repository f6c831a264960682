//! Packed images: maxcso unpacks what we pack, and we what it packs, with every option of both.

use super::Case;
use super::room::{Room, same_bytes};
use discconv_testkit::Rng;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    Case { name: "cso-to-maxcso", needs: &["maxcso"], run: |r| to_maxcso(r, "cso", "cso", BLOCKS) },
    Case { name: "cso2-to-maxcso", needs: &["maxcso"], run: |r| to_maxcso(r, "cso2", "cso", BLOCKS) },
    Case { name: "zso-to-maxcso", needs: &["maxcso"], run: |r| to_maxcso(r, "zso", "zso", BLOCKS) },
    Case { name: "dax-to-maxcso", needs: &["maxcso"], run: |r| to_maxcso(r, "dax", "dax", &[""]) },
    Case { name: "cso-from-maxcso", needs: &["maxcso"], run: |r| from_maxcso(r, "cso1", "cso") },
    Case { name: "cso2-from-maxcso", needs: &["maxcso"], run: |r| from_maxcso(r, "cso2", "cso") },
    Case { name: "zso-from-maxcso", needs: &["maxcso"], run: |r| from_maxcso(r, "zso", "zso") },
    Case { name: "dax-from-maxcso", needs: &["maxcso"], run: |r| from_maxcso(r, "dax", "dax") },
    Case { name: "cso-shift", needs: &["maxcso"], run: shifted },
];

/// Block sizes that we write; an empty word is our own choice.
const BLOCKS: &[&str] = &["", "2048", "4096", "16384", "65536", "262144"];
const LEVELS: &[&str] = &["fast", "normal", "max"];

/// Options of maxcso that change what it writes; block sizes where the format has them.
const METHODS: &[&[&str]] = &[
    &[],
    &["--fast"],
    &["--use-zlib"],
    &["--use-zopfli"],
    &["--use-7zdeflate"],
    &["--use-libdeflate"],
    &["--use-lz4"],
    &["--use-lz4brute"],
    &["--only-zlib"],
    &["--only-7zdeflate"],
    &["--only-libdeflate"],
    &["--only-zopfli"],
    &["--no-zlib"],
    &["--no-7zdeflate"],
    &["--lz4-cost=20"],
    &["--orig-cost=20"],
];

/// Sectors of all sorts: text, noise, zeros, something in between; a number that few block sizes divide.
fn image(room: &Room) -> Result<Vec<u8>, String> {
    room.xorriso_iso()?;
    let mut bytes = room.read("disc.iso")?;
    let mut rng = Rng::new(0xC50);
    for sector in 0..300 {
        let mut more = match sector % 5 {
            0 => vec![0; 2048],
            1 => rng.bytes(2048),
            2 => b"All work and no play. ".iter().copied().cycle().take(2048).collect(),
            3 => rng.bytes(2048).iter().map(|byte| byte & 0x0F).collect(),
            _ => (0..2048u16).map(|place| place.to_le_bytes()[usize::from(place % 2)]).collect(),
        };
        bytes.append(&mut more);
    }
    // Whole blocks of 256 KiB, and one sector more or less.
    bytes.resize(bytes.len().next_multiple_of(262_144), 0);
    room.write("full.iso", &bytes)?;
    bytes.truncate(bytes.len() - 2048);
    room.write("image.iso", &bytes)?;
    Ok(bytes)
}

fn to_maxcso(room: &Room, id: &str, extension: &str, blocks: &[&str]) -> Result<String, String> {
    image(room)?;
    let packed = format!("x.{extension}");
    let mut count = 0;
    for iso in ["image.iso", "full.iso"] {
        for level in LEVELS {
            for block in blocks {
                let mut words = vec!["--from", "iso2048", "--force", "--to", id, "--level", level];
                if !block.is_empty() {
                    words.extend(["--block", block]);
                }
                words.extend([iso, &packed]);
                room.discconv(&words)?;
                room.tool_ok("maxcso", &["--quiet", "--decompress", &packed, "-o", "back.iso"])?;
                let what = format!("back.iso ({})", words.join(" "));
                same_bytes(iso, &room.read(iso)?, &what, &room.read("back.iso")?)?;
                count += 1;
            }
        }
    }
    Ok(format!("maxcso unpacks {count} files of ours"))
}

fn from_maxcso(room: &Room, format: &str, extension: &str) -> Result<String, String> {
    image(room)?;
    let packed = format!("x.{extension}");
    let version = format!("--format={format}");
    // It packs only whole blocks of DAX, which have one size.
    let blocks: &[&str] = if format == "dax" { &["--block=8192"] } else { &["--block=2048", "--block=16384", "--block=262144"] };
    let mut count = 0;
    for iso in ["image.iso", "full.iso"] {
        for block in blocks {
            for methods in METHODS {
                let mut words = vec!["--quiet", &version, block];
                words.extend(*methods);
                words.extend([iso, "-o", &packed]);
                room.tool_ok("maxcso", &words)?;
                room.discconv(&["--force", "--sector", "2048", &packed, "back.iso"])?;
                let what = format!("back.iso (maxcso {})", words.join(" "));
                same_bytes(iso, &room.read(iso)?, &what, &room.read("back.iso")?)?;
                count += 1;
            }
        }
    }
    Ok(format!("we unpack {count} files of maxcso"))
}

/// Over 2 GiB the index is shifted and blocks are padded: both programs, on an image that is nearly all hole.
fn shifted(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    let len = (2u64 << 30) + 4096;
    room.lengthen("disc.iso", len)?;
    let mut told = Vec::new();
    for (id, name) in [("cso", "x.cso"), ("cso2", "y.cso"), ("zso", "x.zso")] {
        room.discconv(&["--level", "fast", "--to", id, "--block", "2048", "disc.iso", name])?;
        room.tool_ok("maxcso", &["--quiet", "--crc", name]).and_then(|theirs| {
            let iso = room.tool_ok("maxcso", &["--quiet", "--crc", "disc.iso"])?;
            let sum = |text: &str| text.split_whitespace().last().map(str::to_owned).unwrap_or_default();
            let (theirs, iso) = (sum(&theirs.text()), sum(&iso.text()));
            if theirs == iso && !iso.is_empty() {
                Ok(())
            } else {
                Err(format!("{name}: maxcso sums it to {theirs}, the ISO to {iso}"))
            }
        })?;
        told.push(id);
    }
    Ok(format!("maxcso reads {} of 2 GiB with a shifted index", told.join(", ")))
}
