//! Images: plain ones, Nero's, DiscJuggler's, Alcohol 120%'s, CloneCD's and MAME's.

use super::folder::{Folder, Others, ask_names, open, split};
use super::proof::{read_edges, write_in_all_ways};
use discconv_formats::by_id;

/// Any bytes as a headerless image, by content and by command.
pub fn iso(data: &[u8]) {
    for forced in [None, Some("iso2048"), Some("iso2336"), Some("iso2352"), Some("iso2448"), Some("cdda")] {
        if let Ok(discs) = open("x.img", data, &Folder::of_zeros(), forced) {
            discs.iter().for_each(read_edges);
        }
    }
}

/// Any bytes as a Nero image.
pub fn nrg(data: &[u8]) {
    read_and_write("nrg", "x.nrg", data, &Folder::of_zeros());
}

/// Any bytes as an image of DiscJuggler.
pub fn cdi(data: &[u8]) {
    read_and_write("cdi", "x.cdi", data, &Folder::of_zeros());
}

/// Any bytes as a descriptor of Alcohol 120%, with one or two files of sectors.
pub fn mds(data: &[u8]) {
    let files = split(data);
    let folder = Folder::of_input(&["x.mds", "x.mdf", "x.md1"], &files);
    read_and_write("mds", "x.mds", files[0], &folder);
}

/// Any bytes as a descriptor of CloneCD, with sectors and subchannel.
pub fn ccd(data: &[u8]) {
    let files = split(data);
    let folder = Folder::of_input(&["x.ccd", "x.img", "x.sub"], &files);
    read_and_write("ccd", "x.ccd", files[0], &folder);
}

/// Any bytes as a CHD, with another one that it may build upon.
pub fn chd(data: &[u8]) {
    let files = split(data);
    let folder = Folder::new(&["x.chd", "parent.chd"], &files, Others::Nothing);
    if let Ok(discs) = open("x.chd", files[0], &folder, Some("chd")) {
        discs.iter().for_each(read_edges);
    }
}

/// What there is to do with the images of a format that is written too.
pub(super) fn read_and_write(id: &str, name: &str, data: &[u8], folder: &Folder<'_>) {
    let Some(format) = by_id(id) else { panic!("there is no format {id}") };
    ask_names(format, name, data, folder);
    if let Ok(discs) = open(name, data, folder, Some(id)) {
        discs.iter().for_each(read_edges);
        discs.iter().for_each(|disc| write_in_all_ways(disc, format));
    }
}
