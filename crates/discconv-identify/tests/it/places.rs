//! Marks that are not at the start of the disc: they count from their track, or from the partition.

use crate::lay::show;
use discconv_core::{
    Bytes, Control, Disc, DiscParts, Extent, Form, Lba, Limits, Media, Place, ReadAt, Session, SessionKind, SourceId, Toc, Track,
    TrackMode,
};
use discconv_identify::identify;
use discconv_testkit::consoles::{put, xdvdfs};
use std::sync::Arc;

/// A disc of these tracks, from LBA on, of these bytes each; nothing is stored between them.
fn disc(media: Media, tracks: &[(TrackMode, i32, &[u8])]) -> String {
    let (mut toc_tracks, mut extents, mut sources) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (mode, start, bytes)) in (1..).zip(tracks) {
        let form = if mode.is_audio() { Form::RAW } else { Form::USER };
        let end = Lba(start + i32::try_from(bytes.len() / form.stride as usize).unwrap());
        let (control, indexes) = (Control::default(), vec![(1, Lba(*start))]);
        toc_tracks.push(Track { number, mode: *mode, control, isrc: None, indexes, end });
        let place = Place { source: SourceId(u32::from(number) - 1), offset: 0, form };
        extents.push(Extent::stored(Lba(*start)..end, *mode, place));
        sources.push(track(bytes.to_vec()));
    }
    let lead_out = toc_tracks.last().unwrap().end;
    let session = Session { kind: SessionKind::CdRom, tracks: toc_tracks, lead_out };
    let toc = Toc { media, sessions: vec![session], mcn: None, cd_text: None };
    found(DiscParts { toc, sources, extents, notes: Vec::new(), checks: Vec::new(), extras: Vec::new() })
}

/// Sectors of which the one of that number begins with a text at byte `at`.
fn sectors(count: usize, at: usize, text: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; count * 2048];
    put(&mut bytes, at, text);
    bytes
}

#[test]
fn a_dreamcast_disc_has_its_header_in_the_high_density_area() {
    let text = b"SEGA SEGAKATANA SEGA ENTERPRISES1234 GD-ROM1/1  J       E000F10 T-1201N   V1.00019990909        1ST_READ.BIN    CAPCOM          A GAME";
    let high = sectors(20, 0, text);
    let tracks: [(TrackMode, i32, &[u8]); 3] =
        [(TrackMode::Mode1, 0, &[0; 8192]), (TrackMode::Audio, 154, &[0; 2352]), (TrackMode::Mode1, 45_000, &high)];
    insta::assert_snapshot!(disc(Media::Gd, &tracks), @r"
    Dreamcast
      LBA 45000, byte 0: the mark of Dreamcast
      serial = T-1201N
      title = A GAME
      regions = Japan
      version = V1.000
      maker = CAPCOM
      date = 1999-09-09
      disc = 1/1
      medium = GD-ROM1/1
    ");
}

#[test]
fn a_pc_engine_disc_begins_with_sound() {
    let mut data = sectors(20, 2048 + 0x20, b"PC Engine CD-ROM SYSTEM\0Copyright HUDSON SOFT / NEC Home Electronics,Ltd.\0");
    put(&mut data, 2048 + 0x6A, b"A GAME                ");
    let tracks: [(TrackMode, i32, &[u8]); 2] = [(TrackMode::Audio, 0, &[0; 4704]), (TrackMode::Mode1, 152, &data)];
    insta::assert_snapshot!(disc(Media::Cd, &tracks), @r"
    PC Engine CD / TurboGrafx-CD
      LBA 153, byte 32: the mark of PC Engine
      title = A GAME
    ");
}

/// A game partition that starts this program.
fn partition(name: &[u8; 11], program: &[u8]) -> Vec<u8> {
    let mut bytes = xdvdfs();
    let place = u32::try_from(bytes.len() / 2048).unwrap();
    // The first record of the root: where the file is, how long, and its name.
    put(&mut bytes, 33 * 2048 + 4, &place.to_le_bytes());
    put(&mut bytes, 33 * 2048 + 8, &u32::try_from(program.len()).unwrap().to_le_bytes());
    put(&mut bytes, 33 * 2048 + 14, name);
    bytes.extend(program);
    bytes.resize(bytes.len().next_multiple_of(2048), 0);
    bytes
}

/// Byte 104h: loaded to 10000h; 118h: the certificate, at 180h: title id, title, region.
fn xbe() -> Vec<u8> {
    let mut bytes = vec![0; 0x400];
    put(&mut bytes, 0, b"XBEH");
    put(&mut bytes, 0x104, &0x1_0000_u32.to_le_bytes());
    put(&mut bytes, 0x118, &0x1_0180_u32.to_le_bytes());
    put(&mut bytes, 0x188, &0x4D53_0004_u32.to_le_bytes());
    put(&mut bytes, 0x18C, b"G\0a\0m\0e\0");
    put(&mut bytes, 0x220, &[2, 0, 0, 0]);
    bytes
}

/// Byte 10h: what protects it, at 100h, with the regions at 178h of it; one entry, the execution header at 80h.
fn xex() -> Vec<u8> {
    let mut bytes = vec![0; 0x400];
    put(&mut bytes, 0, b"XEX2");
    put(&mut bytes, 0x10, &[0, 0, 1, 0, 0, 0, 0, 1, 0, 4, 0, 6, 0, 0, 0, 0x80]);
    put(&mut bytes, 0x80, &[1, 2, 3, 4, 0x20, 0, 0, 1, 0, 0, 0, 0, b'M', b'S', 8, 0x3B, 0, 0, 2, 3]);
    put(&mut bytes, 0x278, &[0xFF; 4]);
    bytes
}

/// A disc from sector 0 on, of which nothing is stored before the partition.
fn dvd(base: i32, partition: Vec<u8>) -> String {
    let end = base + i32::try_from(partition.len() / 2048).unwrap();
    let place = Place { source: SourceId(0), offset: 0, form: Form::USER };
    let before = (base > 0).then(|| Extent::gap(Lba(0)..Lba(base), TrackMode::Mode1));
    let extents = before.into_iter().chain([Extent::stored(Lba(base)..Lba(end), TrackMode::Mode1, place)]).collect();
    let (toc, sources) = (Toc::single_data(Media::Dvd, TrackMode::Mode1, end), vec![track(partition)]);
    found(DiscParts { toc, sources, extents, notes: Vec::new(), checks: Vec::new(), extras: Vec::new() })
}

fn track(bytes: Vec<u8>) -> Arc<dyn ReadAt> {
    Arc::new(Bytes::new("track", bytes))
}

fn found(parts: DiscParts) -> String {
    show(&identify(&Arc::new(Disc::new("laid", parts).unwrap()), &Limits::default()).unwrap())
}

#[test]
fn a_game_partition_is_found_at_each_of_its_places() {
    // Plain, and behind the films of XGD1, XGD2 and XGD3: bytes 18300000h, FD90000h, 2080000h.
    for base in [0, 0x30600, 0x1FB20, 0x4100] {
        let shown = dvd(base, partition(b"default.xbe", &xbe()));
        assert!(shown.starts_with("Xbox\n  default.xbe: the file\n"), "{base:X}h: {shown}");
        assert!(shown.contains(&format!("  LBA {}, byte 0: the mark of Xbox\n", base + 32)), "{base:X}h: {shown}");
        assert!(shown.contains("  serial = MS-004\n  title = Game\n  regions = Japan\n"), "{base:X}h: {shown}");
        let shown = dvd(base, partition(b"default.xex", &xex()));
        assert!(
            shown.starts_with("Xbox 360\n  default.xex: the file\n  serial = MS-2107\n  regions = all\n"),
            "{base:X}h: {shown}"
        );
        assert!(shown.contains("  disc = 2/3\n"), "{base:X}h: {shown}");
    }
    insta::assert_snapshot!(dvd(0, partition(b"other12.xbe", &xbe())), @r"
    Xbox
      LBA 32, byte 0: the mark of Xbox
      LBA 0: a volume of XDVDFS
    ");
}
