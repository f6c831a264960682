//! A disc of each system, laid from the descriptions of its structures.

use crate::lay::Laid;

/// A `PARAM.SFO` of texts.
fn parameters(pairs: &[(&str, &str)]) -> Vec<u8> {
    let (mut entries, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (key, value) in pairs {
        let small = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
        let long = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        entries.extend(small(keys.len()));
        entries.extend([4, 2]);
        entries.extend(long(value.len() + 1));
        entries.extend(long(value.len() + 1));
        entries.extend(long(values.len()));
        keys.extend([key.as_bytes(), b"\0"].concat());
        values.extend([value.as_bytes(), b"\0"].concat());
    }
    let at = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let keys_at = 20 + entries.len();
    let mut out = b"\0PSF\x01\x01\0\0".to_vec();
    for number in [keys_at, keys_at + keys.len(), pairs.len()] {
        out.extend(at(number));
    }
    [out, entries, keys, values].concat()
}

#[test]
fn playstation() {
    let cnf = b"BOOT = cdrom:\\SLES_123.45;1\r\nTCB = 4\r\n";
    let disc = Laid::volume("PLAYSTATION", &[("SYSTEM.CNF", cnf)]);
    let disc = disc.with_text(4, 0, 32, "          Licensed  by").with_text(4, 0x20, 38, "Sony Computer Entertainment Euro pe");
    insta::assert_snapshot!(disc.shown(), @r"
    PlayStation
      SYSTEM.CNF: BOOT = cdrom:\SLES_123.45;1
      LBA 4, byte 0: the mark of PlayStation
      the volume's system identifier: PLAYSTATION
      serial = SLES-12345
      regions = Europe
      starts = cdrom:\SLES_123.45;1
    ");
}

#[test]
fn playstation_without_a_configuration() {
    let disc = Laid::volume("PLAYSTATION", &[("PSX.EXE", b"PS-X EXE and more")]);
    insta::assert_snapshot!(disc.shown(), @r"
    PlayStation
      PSX.EXE: a program for the PlayStation
      the volume's system identifier: PLAYSTATION
    ");
}

#[test]
fn playstation_2() {
    let cnf = b"BOOT2 = cdrom0:\\SLUS_200.62;1\r\nVER = 1.02\r\nVMODE = NTSC\r\n";
    insta::assert_snapshot!(Laid::volume("PLAYSTATION", &[("SYSTEM.CNF", cnf)]).shown(), @r"
    PlayStation 2
      SYSTEM.CNF: BOOT2 = cdrom0:\SLUS_200.62;1
      serial = SLUS-20062
      regions = USA
      version = 1.02
      starts = cdrom0:\SLUS_200.62;1
      video = NTSC
    ");
}

#[test]
fn psp() {
    let sfo = parameters(&[("CATEGORY", "UG"), ("DISC_ID", "ULUS10041"), ("DISC_VERSION", "1.00"), ("TITLE", "Täst")]);
    let files: [(&str, &[u8]); 2] = [("PSP_GAME/PARAM.SFO", &sfo), ("UMD_DATA.BIN", b"ULUS-10041|0123456789ABCDEF|0001|G|")];
    insta::assert_snapshot!(Laid::volume("PSP GAME", &files).shown(), @r"
    PSP (UMD)
      PSP_GAME/PARAM.SFO: the file
      the volume's system identifier: PSP GAME
      serial = ULUS-10041
      title = Täst
      regions = USA
      version = 1.00
      category = UG
    ");
}

#[test]
fn playstation_3() {
    let sfo = parameters(&[("TITLE", "Game"), ("TITLE_ID", "BLES00001"), ("VERSION", "01.00")]);
    let disc = Laid::volume("", &[("PS3_GAME/PARAM.SFO", &sfo)]).with(1, 0, b"PlayStation3\0\0\0\0BLES-00001");
    insta::assert_snapshot!(disc.shown(), @r"
    PlayStation 3
      LBA 1, byte 0: the mark of PlayStation 3
      PS3_GAME/PARAM.SFO: the file
      serial = BLES-00001
      title = Game
      regions = Europe
      version = 01.00
    ");
}

#[test]
fn playstation_3_by_its_descriptor() {
    let mut descriptor = vec![0; 0x600];
    descriptor[..4].copy_from_slice(b".SFB");
    descriptor[0x20..0x38].copy_from_slice(b"TITLE_ID\0\0\0\0\0\0\0\0\0\0\x02\x20\0\0\0\x10");
    descriptor[0x220..0x22A].copy_from_slice(b"BCUS-98114");
    insta::assert_snapshot!(Laid::volume("", &[("PS3_DISC.SFB", &descriptor)]).shown(), @r"
    PlayStation 3
      PS3_DISC.SFB: the file
      serial = BCUS-98114
      regions = USA
    ");
}

#[test]
fn sega_cd() {
    let disc = Laid::blank(32).with_text(0, 0, 16, "SEGADISCSYSTEM").with_text(0, 0x100, 16, "SEGA GENESIS");
    let disc = disc.with_text(0, 0x110, 16, "(C)SEGA 1993.OCT").with_text(0, 0x150, 48, "SOME   GAME");
    let disc = disc.with_text(0, 0x180, 16, "GM MK-4407 -00").with_text(0, 0x1F0, 16, "JUE");
    insta::assert_snapshot!(disc.shown(), @r"
    Sega CD / Mega-CD
      LBA 0, byte 0: the mark of Sega CD
      serial = MK-4407-00
      title = SOME GAME
      regions = Japan, USA, Europe
      maker = SEGA
      date = 1993-10
    ");
}

#[test]
fn sega_cd_with_a_long_number_and_a_digit_for_regions() {
    let disc = Laid::blank(32).with_text(0, 0, 16, "SEGADISCSYSTEM").with_text(0, 0x110, 16, "(C)T-48 1994.JAN");
    let disc = disc.with_text(0, 0x180, 16, "GM T-127015-00 1").with_text(0, 0x1F0, 16, "C");
    insta::assert_snapshot!(disc.clone().shown(), @r"
    Sega CD / Mega-CD
      LBA 0, byte 0: the mark of Sega CD
      serial = T-127015-001
      regions = USA, Europe
      maker = T-48
      date = 1994-01
    ");
    // A checksum where the number would go on.
    let cartridge = disc.with_text(0, 0x180, 14, "GM MK-4407 -00").with(0, 0x18E, &[0x9F, 0xE0]);
    assert!(cartridge.shown().contains("serial = MK-4407-00\n"));
}

#[test]
fn saturn_with_a_long_number() {
    let text = "SEGA SEGASATURN SEGA TP T-999   T-999999999V1.0019970101CD-1/1  U               J               OTHER GAME";
    let shown = Laid::blank(32).with_text(0, 0, 0x100, text).shown();
    assert!(
        shown.contains("  serial = T-999999999\n")
            && shown.contains("  version = V1.00\n")
            && shown.contains("  date = 1997-01-01\n"),
        "{shown}"
    );
}

#[test]
fn saturn() {
    let text = "SEGA SEGASATURN SEGA ENTERPRISESGS-9021   V1.00219961122CD-1/2  JT              J               SOME GAME";
    insta::assert_snapshot!(Laid::blank(32).with_text(0, 0, 0x100, text).shown(), @r"
    Saturn
      LBA 0, byte 0: the mark of Saturn
      serial = GS-9021
      title = SOME GAME
      regions = Japan, Asia (NTSC)
      version = V1.002
      maker = SEGA ENTERPRISES
      date = 1996-11-22
      disc = 1/2
      medium = CD-1/2
    ");
}

#[test]
fn dreamcast() {
    let text = "SEGA SEGAKATANA SEGA ENTERPRISES1234 GD-ROM2/3  JUE     E000F10 MK-51000  V1.00019991009        1ST_READ.BIN    SEGA ENTERPRISESSOME GAME";
    insta::assert_snapshot!(Laid::blank(32).with_text(0, 0, 0x100, text).shown(), @r"
    Dreamcast
      LBA 0, byte 0: the mark of Dreamcast
      serial = MK-51000
      title = SOME GAME
      regions = Japan, USA, Europe
      version = V1.000
      maker = SEGA ENTERPRISES
      date = 1999-10-09
      disc = 2/3
      medium = GD-ROM2/3
    ");
}

#[test]
fn gamecube_and_wii() {
    let game = |magic: usize, bytes: &[u8]| {
        Laid::blank(32).with(0, 0, b"GALE01\x01\x02").with(0, magic, bytes).with(0, 0x20, b"Some Game")
    };
    insta::assert_snapshot!(game(0x1C, &[0xC2, 0x33, 0x9F, 0x3D]).shown(), @r"
    GameCube
      LBA 0, byte 28: the mark of GameCube
      serial = GALE01
      title = Some Game
      regions = USA
      version = 1.02
      maker = 01
      disc = 2/0
    ");
    let wii = game(0x18, &[0x5D, 0x1C, 0x9E, 0xA3]).with(0, 0, b"RMCP01").with(0, 0x200, b"NKIT v01");
    insta::assert_snapshot!(wii.shown(), @r"
    Wii
      LBA 0, byte 24: the mark of Wii
      serial = RMCP01
      title = Some Game
      regions = Europe
      version = 1.02
      maker = 01
      disc = 2/0
      form = NKit: padding was taken out, so that this is not the whole disc
    ");
}

#[test]
fn the_regions_that_nintendos_consoles_ask_for() {
    let cube = Laid::blank(32).with(0, 0, b"GALP01").with(0, 0x1C, &[0xC2, 0x33, 0x9F, 0x3D]).with(0, 0x458, &[0, 0, 0, 1]);
    assert!(cube.shown().contains("  regions = USA\n"));
    let wii = Laid::blank(200).with(0, 0, b"RMCD01").with(0, 0x18, &[0x5D, 0x1C, 0x9E, 0xA3]).with(156, 0, &[0, 0, 0, 2]);
    assert!(wii.shown().contains("  regions = Germany\n"));
}

#[test]
fn consoles_with_a_header_of_their_own() {
    let pce = Laid::blank(32).with(1, 0x20, b"PC Engine CD-ROM SYSTEM\0Copyright").with(1, 0x6A, b"SOME GAME");
    let fx = Laid::blank(32).with(0, 0, b"PC-FX:Hu_CD-ROM").with(1, 0, b"SOME GAME").with(1, 0x30, b"N001HUDSON").with(
        1,
        0x78,
        b"19941223",
    );
    let three =
        Laid::blank(32).with(0, 0, &[1, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 1]).with(0, 0x28, b"CD-ROM").with(0, 0x48, &[1, 2, 3, 4]);
    let towns = Laid::blank(32).with(0, 0, b"IPL4");
    insta::assert_snapshot!(pce.shown() + &fx.shown() + &three.shown() + &towns.shown(), @r"
    PC Engine CD / TurboGrafx-CD
      LBA 1, byte 32: the mark of PC Engine
      title = SOME GAME
    PC-FX
      LBA 0, byte 0: the mark of PC-FX
      title = SOME GAME
      maker = HUDSON
      date = 1994-12-23
      maker's id = N001
    3DO
      LBA 0, byte 0: the mark of 3DO
      title = CD-ROM
      volume id = 01020304
    FM Towns
      LBA 0, byte 0: the mark of FM Towns
    ");
}

#[test]
fn systems_by_their_files() {
    let of = |system: &str, files: &[(&str, &[u8])]| Laid::volume(system, files).shown();
    insta::assert_snapshot!(of("", &[("IPL.TXT", b"x"), ("ABS.TXT", b"x")]) + &of("CDTV", &[("CD32.TM", b"x")]) + &of("CDTV", &[("CDTV.TM", b"x")]) + &of("CDTV", &[("A", b"x")]), @r"
    Neo Geo CD
      IPL.TXT: the file, and ABS.TXT
    Amiga CD32
      CD32.TM: the file
      title = LABEL
    Amiga CDTV
      CDTV.TM: the file
      title = LABEL
    Amiga CD32 or CDTV
      the volume's system identifier: CDTV
      title = LABEL
    ");
    assert_eq!(of("", &[("IPL.TXT", b"x")]), "unknown\n");
    assert_eq!(of("LINUX", &[("README.TXT", b"x")]), "unknown\n");
}

#[test]
fn a_disc_that_starts_from_a_stick() {
    let mut table = vec![0x80, 0, 1, 0, 0x17, 0, 1, 0, 0, 0, 0, 0, 100, 0, 0, 0];
    table.resize(64, 0);
    table.extend([0x55, 0xAA]);
    let disc = Laid::volume("", &[("A", b"x")]).with(0, 0, b"\x33\xED").with(0, 446, &table);
    insta::assert_snapshot!(disc.clone().shown(), @r"
    stick
      LBA 0, byte 0: code for a BIOS, and a partition table (MBR)
    ");
    assert_eq!(disc.with(0, 446 + 12, &[0xFF, 0xFF, 0xFF]).shown(), "unknown\n", "a partition beyond the image");
}
