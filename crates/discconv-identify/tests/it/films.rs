//! Films and players' discs.

use crate::lay::Laid;

#[test]
fn video_cds_of_an_album() {
    let disc = |id: &[u8]| Laid::blank(160).with(150, 0, id).with(150, 10, b"ALBUM           ").with(150, 26, &[0, 2, 0, 1]);
    insta::assert_snapshot!(disc(b"VIDEO_CD\x02\x00").shown() + &disc(b"SUPERVCD\x01\x00").shown(), @r"
    Video CD
      LBA 150, byte 0: the mark of Video CD
      title = ALBUM
      version = 2.0
      disc = 1/2
    Super Video CD
      LBA 150, byte 0: the mark of Super Video CD
      title = ALBUM
      version = 1.0
      disc = 1/2
    ");
}

#[test]
fn a_dvd_with_regions() {
    let mut manager = vec![0; 0x100];
    manager[..12].copy_from_slice(b"DVDVIDEO-VMG");
    manager[0x21] = 0x11;
    manager[0x23] = 0b1111_1100;
    manager[0x26..0x2A].copy_from_slice(&[0, 1, 0, 1]);
    manager[0x3F] = 3;
    manager[0x40..0x46].copy_from_slice(b"STUDIO");
    insta::assert_snapshot!(Laid::volume("", &[("VIDEO_TS/VIDEO_TS.IFO", &manager)]).shown(), @r"
    DVD-Video
      VIDEO_TS/VIDEO_TS.IFO: the file
      title = LABEL
      regions = region 1, region 2
      version = 1.1
      maker = STUDIO
      disc = 1/1
      title sets = 3
    ");
}

#[test]
fn players_by_their_files() {
    let of = |path: &str, content: &[u8]| Laid::volume("", &[(path, content)]).shown();
    let shown = of("BDMV/INDEX.BDMV", b"INDX0200") + &of("PHOTO_CD/INFO.PCD", b"PHOTO_CD") + &of("CDPLUS/INFO.CDP", b"CD_EXTRA");
    insta::assert_snapshot!(shown, @r"
    Blu-ray film
      BDMV/index.bdmv: the file
      title = LABEL
      version = 0200
    Photo CD
      PHOTO_CD/INFO.PCD: the file
      title = LABEL
    Enhanced CD (CD Extra)
      CDPLUS/INFO.CDP: the file
    ");
}
