//! File systems: every file that other programs take out of an image, we take out alike, under the same path.

use super::Case;
use super::room::{Room, same_bytes};
use discconv_testkit::corpus;
use std::collections::BTreeMap;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    Case { name: "fs-7z", needs: &["7z", "genisoimage"], run: |r| compare(r, &SEVEN_ZIP) },
    Case { name: "fs-bsdtar", needs: &["bsdtar", "genisoimage"], run: |r| compare(r, &BSDTAR) },
    Case { name: "fs-xorriso", needs: &["xorriso", "genisoimage"], run: |r| compare(r, &XORRISO) },
    Case { name: "fs-isoinfo", needs: &["isoinfo", "genisoimage"], run: |r| compare(r, &ISOINFO) },
    Case { name: "fs-containers", needs: &["xorriso"], run: containers },
];

/// Files by path.
type Tree = BTreeMap<String, Vec<u8>>;

/// A program, and what it is asked.
struct Other {
    name: &'static str,
    /// Which of several trees of a disc it shows.
    kind: fn(&Image) -> &'static str,
    /// All files of an image that it can read.
    files: fn(&Room, &str) -> Result<Tree, String>,
    /// What it cannot read, by the table of `crates/README.md`.
    unable: fn(&Image) -> bool,
}

/// An image of the corpus, and the trees that it has besides the plain one.
struct Image {
    path: &'static str,
    rock: bool,
    joliet: bool,
    /// It has packed files.
    packed: bool,
    /// It has directories that were moved to where the standard allows them.
    moved: bool,
}

const fn image(path: &'static str, rock: bool, joliet: bool) -> Image {
    Image { path, rock, joliet, packed: false, moved: false }
}

const IMAGES: &[Image] = &[
    Image { moved: true, ..image("iso/cdfs_rockridge.iso", true, true) },
    image("iso/copying-rr.iso", true, false),
    image("iso/copying.iso", false, false),
    image("iso/gen_xorriso_rr_joliet.iso", true, true),
    image("iso/iso9660.iso", true, true),
    image("iso/iso9660_apple.iso", true, true),
    image("iso/iso9660_hfs_part.iso", true, true),
    image("iso/joliet.iso", false, true),
    image("iso/libarchive_joliet.iso", true, true),
    image("iso/libarchive_joliet_by_nero.iso", false, true),
    image("iso/libarchive_multi_extent.iso", true, true),
    Image { packed: true, ..image("iso/libarchive_zisofs.iso", true, false) },
    image("iso/memtest86+ia32.iso", true, true),
    image("udf/gen_udf_bridge.iso", true, true),
    image("udf/iso9660_udf.iso", true, true),
    image("udf/test-udf1.iso", true, true),
];

/// The fullest names, as we choose by ourselves.
fn fullest(image: &Image) -> &'static str {
    match (image.rock, image.joliet) {
        (true, _) => "rock-ridge",
        (false, true) => "joliet",
        (false, false) => "iso9660",
    }
}

const SEVEN_ZIP: Other = Other {
    name: "7z",
    kind: |image| if image.joliet { "joliet" } else { fullest(image) },
    // What boots is shown as files in a folder of its own.
    files: |room, path| {
        room.tool_ok("7z", &["x", "-y", "-otheirs", "-x![BOOT]", path])?;
        room.files_below("theirs")
    },
    // Packed content comes out packed; links come out as empty files, which Joliet has too.
    unable: |image| image.packed || (image.rock && !image.joliet),
};

const BSDTAR: Other = Other {
    name: "bsdtar",
    kind: fullest,
    files: |room, path| {
        room.tool_ok("mkdir", &["theirs"])?;
        room.tool_ok("bsdtar", &["-x", "-f", path, "-C", "theirs", "--exclude", "fd0", "--exclude", "zero"])?;
        room.files_below("theirs")
    },
    unable: |_| false,
};

const XORRISO: Other = Other {
    name: "xorriso",
    kind: fullest,
    files: |room, path| {
        room.tool("xorriso", &["-osirrox", "on", "-indev", path, "-extract", "/", "theirs"])?;
        room.files_below("theirs")
    },
    unable: |_| false,
};

/// It prints one file at a time.
const ISOINFO: Other = Other {
    name: "isoinfo",
    kind: |_| "rock-ridge",
    files: |room, path| {
        let listed = room.tool_ok("isoinfo", &["-R", "-f", "-i", path])?.stdout_text();
        let ours = room.files_below("ours")?;
        let mut files = Tree::new();
        for name in listed.lines().filter_map(|line| line.strip_prefix('/')) {
            // What is a file and what is not its list does not say.
            if ours.contains_key(name) {
                let bytes = room.tool_ok("isoinfo", &["-R", "-i", path, "-x", &format!("/{name}")])?.stdout;
                files.insert(name.to_owned(), bytes);
            }
        }
        Ok(files)
    },
    unable: |image| !image.rock || image.packed || image.moved,
};

/// An image that genisoimage made here, and all of the corpus.
fn compare(room: &Room, other: &Other) -> Result<String, String> {
    room.genisoimage_iso()?;
    let mut files = one(room, other, &image("disc.iso", true, true), "disc.iso")?;
    let mut images = 1;
    if let Some(folder) = corpus::folder() {
        for image in IMAGES.iter().filter(|image| !(other.unable)(image)) {
            let path = folder.join(image.path);
            files += one(room, other, image, &path.to_string_lossy())?;
            images += 1;
        }
    }
    Ok(format!("{} finds the same {files} files in {images} images", other.name))
}

/// The number of files found equal in one image.
fn one(room: &Room, other: &Other, image: &Image, path: &str) -> Result<usize, String> {
    room.remove(&["ours", "theirs"])?;
    let kind = (other.kind)(image);
    room.discconv(&["extract", path, "-o", "ours", "--fs", kind])?;
    let theirs = (other.files)(room, path)?;
    let ours = room.files_below("ours")?;
    same_files(&ours, &theirs).map_err(|text| format!("{} ({kind}): {text}", image.path))?;
    Ok(ours.len())
}

fn same_files(ours: &Tree, theirs: &Tree) -> Result<(), String> {
    let missing: Vec<&str> = theirs.keys().filter(|name| !ours.contains_key(*name)).map(String::as_str).collect();
    let more: Vec<&str> = ours.keys().filter(|name| !theirs.contains_key(*name)).map(String::as_str).collect();
    if !missing.is_empty() || !more.is_empty() {
        return Err(format!("we lack {missing:?} and have {more:?} besides"));
    }
    ours.iter().zip(theirs.values()).try_for_each(|((name, ours), theirs)| same_bytes(name, ours, "theirs", theirs))
}

/// What is in a disc is there in whatever it is kept.
fn containers(room: &Room) -> Result<String, String> {
    room.xorriso_iso()?;
    let names = ["x.cue", "x.mds", "x.nrg", "x.ccd", "x.cdi", "x.toc", "x.cso", "x.isz", "x.chd", "disc.iso.ecm"];
    for name in names {
        room.remove(&["ours"])?;
        room.discconv(&["--force", "disc.iso", name])?;
        room.discconv(&["extract", name, "-o", "ours"])?;
        room.same_tree("tree", "ours").map_err(|text| format!("{name}: {text}"))?;
    }
    Ok(format!("the same tree comes out of {} containers", names.len()))
}
