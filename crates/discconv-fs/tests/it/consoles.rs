//! Volumes of consoles, laid by hand.

use crate::show::trees;
use crate::user;
use discconv_testkit::consoles::{numbers, opera, opera_block, put, xdvdfs};

const SECTOR: usize = 2048;

#[test]
fn xbox() {
    insta::assert_snapshot!(trees(&user::space("game.iso", xdvdfs())));
}

#[test]
fn xbox_beside_its_video_partition() {
    // Of the three generations the third begins nearest to the start.
    let mut disc = vec![0; 0x0208_0000];
    disc.extend(xdvdfs());
    let shown = trees(&user::space("game.iso", disc));
    assert!(shown.starts_with("XDVDFS XGD3; created 2001-01-01T00:00:00Z; 40 blocks of 2048 from byte 34078720"), "{shown}");
    assert!(shown.contains("\"default.xbe\" 5 @16676 2cf24dba5fb0"), "{shown}");
}

#[test]
fn trees_that_lie() {
    let with = |at: usize, bytes: &[u8]| {
        let mut disc = xdvdfs();
        put(&mut disc, 33 * SECTOR + at, bytes);
        trees(&user::space("game.iso", disc))
    };
    // Left of itself; right outside of the table; a folder that is the root; a file longer than the disc; an empty table.
    assert!(with(7 * 4, &[7, 0]).contains("goes round in a circle"));
    assert!(with(12 * 4 + 2, &[0, 0x40]).contains("an entry at byte 65536 of a directory"));
    assert!(with(7 * 4 + 4, &[33, 0, 0, 0, 0, 8]).contains("!! it contains itself"));
    assert!(with(8, &[0, 0, 0, 1]).contains("the image may be truncated") || with(8, &[0, 0, 0, 1]).contains("a disc that ends"));
    assert!(!with(0, &[0xFF, 0xFF]).contains("default.xbe"));
}

#[test]
fn three_do() {
    insta::assert_snapshot!(trees(&user::space("game.iso", opera())));
}

#[test]
fn three_do_in_a_circle() {
    let mut disc = opera();
    put(&mut disc, 0x60, &numbers(&[0, 6]));
    put(&mut disc, 7 * SECTOR, &opera_block(1, &[]));
    let shown = trees(&user::space("game.iso", disc));
    assert!(shown.contains("error: game.iso: LBA 7: found blocks of a directory that go round in a circle"), "{shown}");
}

/// A folder whose blocks are the root's, and a file that lies over another one.
#[test]
fn three_do_folders_in_themselves_end_and_files_may_overlap() {
    let mut disc = opera();
    // The first copy of the folder `Art`, and of the file that is the second of the root's entries.
    let art = 6 * SECTOR + 20 + 76 + 68;
    put(&mut disc, art, &numbers(&[4]));
    put(&mut disc, 4 * SECTOR, &opera_block(u32::MAX, &[]));
    let own = disc[6 * SECTOR..7 * SECTOR].to_vec();
    put(&mut disc, 4 * SECTOR, &own);
    let shown = trees(&user::space("game.iso", disc));
    assert!(shown.contains("\"LaunchMe\" 5") && shown.contains("!! it contains itself"), "{shown}");
}
