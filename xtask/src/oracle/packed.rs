//! Packed images: maxcso unpacks what we pack, and we what it packs, with every option of both.

use super::Case;
use super::room::{Room, same_bytes};
use discconv_testkit::Rng;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    Case { name: "cso-to-maxcso", needs: &["xorriso", "maxcso"], run: |r| to_maxcso(r, "cso", "cso", BLOCKS) },
    Case { name: "cso2-to-maxcso", needs: &["xorriso", "maxcso"], run: |r| to_maxcso(r, "cso2", "cso", BLOCKS) },
    Case { name: "zso-to-maxcso", needs: &["xorriso", "maxcso"], run: |r| to_maxcso(r, "zso", "zso", BLOCKS) },
    Case { name: "dax-to-maxcso", needs: &["xorriso", "maxcso"], run: |r| to_maxcso(r, "dax", "dax", &[""]) },
    Case { name: "cso-from-maxcso", needs: &["xorriso", "maxcso"], run: |r| from_maxcso(r, "cso1", "cso") },
    Case { name: "cso2-from-maxcso", needs: &["xorriso", "maxcso"], run: |r| from_maxcso(r, "cso2", "cso") },
    Case { name: "zso-from-maxcso", needs: &["xorriso", "maxcso"], run: |r| from_maxcso(r, "zso", "zso") },
    Case { name: "dax-from-maxcso", needs: &["xorriso", "maxcso"], run: |r| from_maxcso(r, "dax", "dax") },
    Case { name: "cso-shift", needs: &["xorriso", "maxcso", "7z"], run: shifted },
];

/// Block sizes that we write; an empty word is our own choice.
const BLOCKS: &[&str] = &["", "2048", "4096", "16384", "65536", "262144"];
const LEVELS: &[&str] = &["fast", "normal", "max"];

/// Options of maxcso that change what it writes, where the format knows deflate.
const DEFLATE: &[&str] = &[
    "--use-zlib",
    "--use-7zdeflate",
    "--use-libdeflate",
    "--only-zlib",
    "--only-7zdeflate",
    "--only-libdeflate",
    "--no-zlib",
    "--no-7zdeflate",
];

/// And where it knows LZ4.
const LZ4: &[&str] = &["--use-lz4", "--use-lz4brute", "--only-lz4", "--only-lz4brute", "--lz4-cost=20"];

/// Everywhere; an empty word is its own choice.
const ANY: &[&str] = &["", "--fast", "--orig-cost=20"];

/// These take it a second for each 32 KiB of noise, and more.
const ZOPFLI: &[&str] = &["--use-zopfli", "--only-zopfli"];

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
    room.write("short.iso", &bytes[16 * 2048..33 * 2048])?;
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
    let (deflate, lz4) = (format != "zso", matches!(format, "cso2" | "zso"));
    let sets = [
        (true, "full.iso", ANY),
        (true, "image.iso", ANY),
        (deflate, "image.iso", DEFLATE),
        (deflate, "short.iso", ZOPFLI),
        (lz4, "image.iso", LZ4),
    ];
    let known = sets.into_iter().filter(|(known, ..)| *known);
    let jobs = known.flat_map(|(_, iso, methods)| methods.iter().map(move |method| (iso, *method)));
    // A block of DAX has one size.
    let blocks: &[&str] = if format == "dax" { &[""] } else { &["--block=2048", "--block=16384", "--block=262144"] };
    let (packed, version) = (format!("x.{extension}"), format!("--format={format}"));
    let mut count = 0;
    for (iso, method) in jobs {
        for block in blocks {
            let words = ["--quiet", &version, block, method, iso, "-o", &packed];
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            room.tool_ok("maxcso", &words)?;
            room.discconv(&["--force", "--no-verify", "--sector", "2048", &packed, "back.iso"])?;
            let what = format!("back.iso (maxcso {})", words.join(" "));
            same_bytes(iso, &room.read(iso)?, &what, &room.read("back.iso")?)?;
            count += 1;
        }
    }
    Ok(format!("we unpack {count} files of maxcso"))
}

/// The sum that 7z prints of an image.
fn sum_by_7z(room: &Room, image: &str) -> Result<String, String> {
    let text = room.tool_ok("7z", &["h", "-scrcCRC32", image])?.stdout_text();
    let sum = text.lines().find_map(|line| line.strip_prefix("CRC32  for data:"));
    sum.map(|sum| sum.trim().to_lowercase()).ok_or_else(|| "7z names no sum".to_owned())
}

/// Over 2 GiB the index is shifted and blocks are padded: maxcso reads it so, of an image that is nearly all hole. It needs
/// seconds for every million blocks, so they are not the smallest.
fn shifted(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    room.lengthen("disc.iso", (2 << 30) + 4096)?;
    let iso = sum_by_7z(room, "disc.iso")?;
    let mut told = Vec::new();
    for (id, name) in [("cso", "x.cso"), ("cso2", "y.cso"), ("zso", "x.zso")] {
        let words = ["--level", "fast", "--no-verify", "--to", id, "--block", "16384", "disc.iso", name];
        room.discconv(&words)?;
        let shift = room.read(name)?.get(21).copied().unwrap_or_default();
        let text = room.tool_ok("maxcso", &["--crc", name])?.text();
        let theirs = text.split_whitespace().last().unwrap_or_default();
        if shift == 0 || theirs != iso {
            return Err(format!("{name}: shift {shift}; maxcso sums it to {theirs}, 7z the ISO to {iso}"));
        }
        told.push(id);
    }
    Ok(format!("maxcso reads {} of 2 GiB with a shifted index", told.join(", ")))
}
