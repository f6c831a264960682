//! A small tree, whose every record a person can check.

use crate::support::{
    BLOCK, DATE, both32, bytes, descriptor, file, folder, item, le32, link, listing, made, path, path_table, source,
};
use discconv_author::{Options, System, Texts, What};
use discconv_core::Lba;

fn options() -> Options {
    Options { texts: Texts { label: "My disc".to_owned(), ..Texts::default() }, ..Options::of(System::any()) }
}

fn items() -> Vec<discconv_author::Item> {
    vec![
        file("readme.txt", b"hello"),
        file("sub/a long name with blanks.tar.gz", &[7; 5000]),
        folder("sub/empty"),
        file("nothing", b""),
        link("latest", "sub/a long name with blanks.tar.gz"),
        file("sub/\u{e4}\u{1F600}.txt", b"text"),
    ]
}

#[test]
fn every_record() {
    let volume = bytes(&made(items(), &options()).unwrap());
    insta::assert_snapshot!("primary", listing(&volume, 1));
    insta::assert_snapshot!("joliet", listing(&volume, 2));
    let primary = descriptor(&volume, 1).unwrap();
    assert_eq!(&primary[40..72], b"MY DISC                         ");
    assert_eq!(both32(primary, 80) as usize * BLOCK, volume.len());
    assert_eq!(&primary[813..830], b"2024010100000000\0");
    assert_eq!(&descriptor(&volume, 2).unwrap()[40..56], b"\0M\0y\0 \0d\0i\0s\0c\0 ");
}

#[test]
fn path_tables_name_parents_before_children() {
    let volume = bytes(&made(vec![folder("b/x"), folder("a/z"), folder("a/y/deep")], &options()).unwrap());
    let table = path_table(&volume, 1);
    let names: Vec<(String, u16)> =
        table.iter().map(|(name, _, parent)| (String::from_utf8_lossy(name).into_owned(), *parent)).collect();
    let expected = [("\0", 1), ("A", 1), ("B", 1), ("Y", 2), ("Z", 2), ("X", 3), ("DEEP", 4)];
    assert_eq!(names, expected.map(|(name, parent)| (name.to_owned(), parent)));
}

#[test]
fn order_of_items_is_nothing_to_the_disc() {
    let mut backwards = items();
    backwards.reverse();
    assert_eq!(bytes(&made(items(), &options()).unwrap()), bytes(&made(backwards, &options()).unwrap()));
}

#[test]
fn no_date_is_later_than_the_given_one() {
    let dated = Options { date: Some(DATE - 86_400), ..options() };
    let volume = bytes(&made(items(), &dated).unwrap());
    assert_eq!(&descriptor(&volume, 1).unwrap()[813..829], b"2023123100000000");
    let later = [124, 1, 1, 0, 0, 0];
    assert!(!volume.windows(6).any(|window| window == later), "the files' own date is nowhere");
}

#[test]
fn names_of_one_file_share_its_content() {
    let one = |name: &str| item(path(name), What::File { source: source(name, &[9; 3000]), same: Some(4) });
    let volume = bytes(&made(vec![one("a"), one("b"), file("c", &[9; 3000])], &options()).unwrap());
    let listing = listing(&volume, 1);
    let blocks: Vec<&str> =
        listing.lines().filter(|line| line.contains(";1")).map(|line| line.trim_start().split(' ').next().unwrap()).collect();
    assert_eq!(blocks[0], blocks[1]);
    assert_ne!(blocks[0], blocks[2]);
}

#[test]
fn weights_decide_the_order() {
    let weights = vec![(path("sub"), 5), (path("sub/second"), -1)];
    let items = vec![file("a", b"a"), file("sub/first", b"f"), file("sub/second", b"s")];
    let volume = bytes(&made(items, &Options { weights, ..options() }).unwrap());
    let last = &volume[volume.len() - 3 * BLOCK..];
    assert_eq!((last[0], last[BLOCK], last[2 * BLOCK]), (b'f', b'a', b's'));
}

#[test]
fn a_bridge_has_both_over_the_same_files() {
    let disc = made(items(), &Options { udf: Some(true), pad: true, ..options() }).unwrap();
    let volume = bytes(&disc);
    let blocks = volume.len() / BLOCK;
    for (anchor, first) in [(256, 32), (blocks - 1, 32)] {
        let block = &volume[anchor * BLOCK..][..BLOCK];
        assert_eq!((block[0], le32(block, 12) as usize, le32(block, 20)), (2, anchor, first));
    }
    let ids: Vec<u8> = (32..38).map(|block| volume[block * BLOCK]).collect();
    assert_eq!(ids, [1, 4, 5, 6, 7, 8]);
    assert_eq!(&volume[257 * BLOCK..][..2], 256_u16.to_le_bytes());
    assert_eq!(&volume[20 * BLOCK..][1..6], b"NSR02");
    assert_eq!(disc.toc().tracks().next().map(|track| track.end), Some(Lba(i32::try_from(blocks).unwrap())));
    // The first file entry of a file: its content is what the ISO 9660 record says.
    let listing = listing(&volume, 1);
    let readme: usize = listing
        .lines()
        .find(|line| line.contains("README.TXT"))
        .unwrap()
        .trim_start()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let entries = volume[259 * BLOCK..].chunks_exact(BLOCK).take_while(|block| block[..2] == 261_u16.to_le_bytes());
    let found = entries.filter(|entry| entry[27 + 0] == 5 && le32(entry, 56) == 5).map(|entry| le32(entry, 180) as usize + 257);
    assert_eq!(found.collect::<Vec<_>>(), [readme]);
}
