//! What consoles ask of a volume.

use crate::support::{bytes, descriptor, file, link, listing, made};
use discconv_author::{Options, SYSTEMS, System};
use discconv_core::{Form, Main, Media, TrackMode};

#[test]
fn a_playstation_disc() {
    let mut options = Options::of(System::by_id("psx").unwrap());
    let sector = |submode: u8| [&[0, 0, submode, 0, 0, 0, submode, 0][..], &[0x4C; 2328]].concat();
    options.system_area = [sector(8), sector(0x20)].concat();
    let disc = made(
        vec![file("SYSTEM.CNF", b"BOOT = cdrom:\\MAIN.EXE;1"), file("MAIN.EXE", b"PS-X EXE"), file("sub/data.bin", b"1")],
        &options,
    )
    .unwrap();
    let track = disc.toc().tracks().next().unwrap();
    assert_eq!((disc.toc().media, track.mode), (Media::Cd, TrackMode::Mode2));
    let stored: Vec<(i32, Main)> =
        disc.extents().iter().map(|extent| (extent.lbas.end.0, extent.main.unwrap().form.main)).collect();
    assert_eq!(stored, [(2, Main::Frame(16, 2352)), (track.end.0, Form::USER.main)]);
    let volume = bytes(&disc);
    let primary = descriptor(&volume, 1).unwrap();
    assert_eq!(
        (&primary[8..20], &primary[574..585], &primary[0x400..0x408]),
        (&b"PLAYSTATION "[..], &b"PLAYSTATION"[..], &b"CD-XA001"[..])
    );
    assert!(descriptor(&volume, 2).is_none());
    insta::assert_snapshot!("psx", listing(&volume, 1));
}

#[test]
fn a_boot_area_is_missed() {
    for system in SYSTEMS {
        let notes = |options: &Options| made(vec![file("A.BIN", b"1")], options).unwrap().notes().len();
        let options = Options::of(system);
        assert_eq!(notes(&options), usize::from(!system.boot_mark.is_empty()), "{}", system.id);
        let given = Options { system_area: system.boot_mark.to_vec(), ..options };
        assert_eq!(notes(&given), 0, "{}", system.id);
    }
}

#[test]
fn short_names_are_told() {
    let options = Options::of(System::by_id("saturn").unwrap());
    let disc = made(vec![file("long name.text", b"1")], &options).unwrap();
    assert!(disc.notes().iter().any(|note| note.text == "tree: names that had to be changed in ISO 9660: 1: long name.text"));
    assert!(made(vec![link("a", "b")], &options).is_err());
    assert!(made(Vec::new(), &Options { rock_ridge: true, ..Options::of(System::by_id("psx").unwrap()) }).is_err());
}
