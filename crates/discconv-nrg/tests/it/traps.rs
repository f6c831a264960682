//! What images get wrong, and what looks wrong in them and is right: a test for each.

use crate::lay::{Told, chunk, cues, cuex, dao, lines, mtyp, nothing, open, outline, probe, sinf, single, v1, v2};
use discconv_core::{Form, Lba, Score, SubCoding};
use discconv_testkit::Rng;
use discconv_testkit::reference::{RAW, form1, form2, mode0};
use discconv_testkit::stored::{Sub, as_mode1, cut, sound, with_subchannel};

fn mode1() -> Vec<u8> {
    as_mode1(0, &Rng::new(7).bytes(20 * 2048))
}

/// Form 1 and Form 2 in turn.
fn mode2() -> Vec<u8> {
    let user = Rng::new(8).bytes(20 * 2048);
    let sector = |(lba, user): (i32, &[u8])| match lba % 2 {
        0 => form1(lba, [0, 0, 8, 0], user),
        _ => form2(lba, [0, 0, 0x28, 0], user, true),
    };
    (0..).zip(user.chunks(2048)).flat_map(sector).collect()
}

#[test]
fn every_mode_code() {
    let (one, two) = (mode1(), mode2());
    let sub = |raw: &[u8]| with_subchannel(raw, Sub::Interleaved);
    let sounding = sound(1, 20);
    for (code, size, control, sectors, mode, form) in [
        (0x00, 2048, 0x41, cut(&one, 16..2064), "mode1", "2048"),
        (0x02, 2048, 0x41, cut(&one, 16..2064), "mode2", "2048"),
        (0x03, 2336, 0x41, cut(&two, 16..RAW), "mode2", "2336 (16..2352)"),
        (0x05, 2352, 0x41, one.clone(), "mode1", "2352"),
        (0x06, 2352, 0x41, two.clone(), "mode2", "2352"),
        (0x07, 2352, 0x01, sounding.clone(), "audio", "2352"),
        (0x08, 2352, 0x21, sounding.clone(), "audio", "2352"),
        (0x0F, 2448, 0x41, sub(&one), "mode1", "2352+interleaved"),
        (0x10, 2448, 0x01, sub(&sounding), "audio", "2352+interleaved"),
        (0x11, 2448, 0x41, sub(&two), "mode2", "2352+interleaved"),
        (0x20, 2336, 0x41, cut(&two, 16..RAW), "mode2", "2336 (16..2352)"),
    ] {
        let found = lines(&single(&sectors, size, code, control), &["track", "extent", "note", "damage", "error"]);
        let flags = if control == 0x21 { " [dcp]" } else { "" };
        let extent = format!("extent -150..20 {mode} in \"x.nrg\" at 0x0 as {form}");
        assert_eq!(found, [format!("track 01 {mode} 01@0 end 20{flags}"), extent], "code {code:02X}h");
    }
}

/// MagicISO says 0 for raw Mode 1, and 2 or 3 for raw Mode 2; others mix Mode 1 and 2 up. Size counts, then sync.
#[test]
fn wrong_mode_codes() {
    let (one, two) = (mode1(), mode2());
    for (code, control, sectors, mode, notes) in [
        (0, 0x41, &one, "mode1", 0),
        (2, 0x41, &two, "mode2", 0),
        (3, 0x41, &two, "mode2", 0),
        (3, 0x41, &one, "mode1", 1),
        (5, 0x41, &two, "mode2", 1),
        (6, 0x41, &one, "mode1", 1),
        (7, 0x41, &one, "mode1", 1),
        (0x10, 0x01, &sound(1, 20), "audio", 0),
        (0, 0x01, &sound(1, 20), "audio", 1),
        (0x77, 0x41, &two, "mode2", 1),
        // Data on purpose in an audio track stays what the tables say.
        (7, 0x01, &one, "audio", 0),
        // No sync anywhere, and both say data: damaged data.
        (5, 0x41, &sound(1, 20), "mode1", 0),
        (5, 0x41, &(0..20).flat_map(mode0).collect(), "mode0", 1),
    ] {
        let bytes = single(sectors, 2352, code, control);
        let found = lines(&bytes, &["track", "note", "error"]);
        assert_eq!((found[0].split(' ').nth(2), found.len() - 1), (Some(mode), notes), "code {code:02X}h: {found:?}");
    }
    let error = outline(&single(&sound(1, 20), 2352, 0x77, 0x41));
    assert!(error.contains("found mode code 77h of track 1 in the DAOX chunk; expected a code that is known"), "{error}");
}

/// All tracks at the largest sector size.
#[test]
fn subchannel_of_either_order() {
    for (sub, coding) in [(Sub::Interleaved, SubCoding::Interleaved), (Sub::Packed, SubCoding::Packed)] {
        let disc = open(&single(&with_subchannel(&mode1(), sub), 2448, 0x0F, 0x41)).unwrap();
        assert_eq!(disc.stored_sub(), Some(coding));
    }
}

#[test]
fn the_pause_before_lba_0() {
    let image = |pause: Vec<u8>, gap: u64, sheet: &[(u8, u8, u8, i32)]| {
        let data = [pause, sound(1, 10)].concat();
        let tracks = [Told("", 2352, 7, [0, gap * 2352, data.len() as u64])];
        v2(&data, &[cuex(sheet), dao("DAOX", "", 0, 1, &tracks), sinf(1), mtyp(1)])
    };
    let sheet = |start| [(1, 0, 0, -150), (1, 1, 0, -150), (1, 1, 1, start), (1, 0xAA, 1, 10)];
    // Blank: it is what every disc has.
    assert_eq!(lines(&image(nothing(150), 150, &sheet(0)), &["track", "note"]), ["track 01 audio 01@0 end 10"]);
    // Something in it.
    let mut sounding = nothing(150);
    sounding[RAW * 149 + 5] = 1;
    let found = lines(&image(sounding, 150, &sheet(0)), &["track", "note"]);
    assert_eq!(found[0], "track 01 audio 00@-150 01@0 end 10");
    assert!(found[1].contains("the pause before LBA 0 is not blank"), "{found:?}");
    // Hidden sound behind it belongs to the track.
    assert_eq!(lines(&image(nothing(150), 154, &sheet(4)), &["track", "note"]), ["track 01 audio 00@0 01@4 end 10"]);
    // Only a part of it stored, or none.
    let found = lines(&image(nothing(75), 75, &sheet(0)), &["track", "extent", "note"]);
    assert_eq!(found[0], "track 01 audio 01@0 end 10");
    assert!(found[1].starts_with("extent -75..10 audio in") && found.len() == 2, "{found:?}");
    let found = lines(&image(Vec::new(), 0, &sheet(0)), &["track", "extent", "note"]);
    assert!(found[1].starts_with("extent 0..10 audio in") && found.len() == 2, "{found:?}");
    // More than it.
    let found = lines(&image(nothing(160), 160, &sheet(0)), &["track", "extent", "note"]);
    assert!(found[1].starts_with("extent -150..10 audio in \"x.nrg\" at 0x5BE0 as"), "{found:?}");
    assert!(found[2].contains("10 of 160 stored sectors before track 1 have no place"), "{found:?}");
}

/// Raw data with whole blank sectors before LBA 0 is no less blank than zeros.
#[test]
fn a_blank_pause_of_data_sectors() {
    let data = [as_mode1(-150, &[0; 150 * 2048]), mode1()].concat();
    let sheet = [(0x41, 0, 0, -150), (0x41, 1, 0, -150), (0x41, 1, 1, 0), (0x41, 0xAA, 1, 20)];
    let tracks = [Told("", 2352, 5, [0, 150 * 2352, data.len() as u64])];
    let bytes = v2(&data, &[cuex(&sheet), dao("DAOX", "", 0, 1, &tracks), sinf(1)]);
    assert_eq!(lines(&bytes, &["track", "note"]), ["track 01 mode1 01@0 end 20"]);
    // Byte 0 is LBA -150.
    let (disc, mut sector) = (open(&bytes).unwrap(), vec![0; RAW]);
    disc.read_sectors(Lba(16), &Form::RAW, &mut Default::default(), &mut sector).unwrap();
    assert_eq!(sector, &mode1()[16 * RAW..17 * RAW]);
}

/// Two audio tracks of 10 sectors, the second table's places and sheet as given.
fn second(sheet: [(u8, u8, u8, i32); 3], offsets: [u64; 3]) -> Vec<u8> {
    let data = [nothing(150), sound(1, 10), sound(2, 10)].concat();
    let at = |sector: u64| (150 + sector) * 2352;
    let sheet = [&[(1, 0, 0, -150), (1, 1, 0, -150), (1, 1, 1, 0)], &sheet[..]].concat();
    let tracks = [Told("", 2352, 7, [0, at(0), at(10)]), Told("", 2352, 7, offsets.map(at))];
    v2(&data, &[cuex(&sheet), dao("DAOX", "", 0, 1, &tracks), sinf(2), mtyp(1)])
}

/// Offsets and addresses must agree; where they do not, sectors are where the table puts them.
#[test]
fn sheet_and_table_at_odds() {
    let mut text = String::new();
    for (name, sheet, offsets) in [
        ("a gap that is not stored", [(1, 2, 0, 10), (1, 2, 1, 160), (1, 0xAA, 1, 170)], [10, 10, 20]),
        ("stored, the sheet is late", [(1, 2, 0, 12), (1, 2, 1, 13), (1, 0xAA, 1, 20)], [10, 13, 20]),
        ("a lead-out that is late", [(1, 2, 0, 10), (1, 2, 1, 10), (1, 0xAA, 1, 25)], [10, 10, 20]),
        ("a lead-out that is early", [(1, 2, 0, 10), (1, 2, 1, 10), (1, 0xAA, 1, 15)], [10, 10, 20]),
        ("tracks that overlap on the disc", [(1, 2, 0, 5), (1, 2, 1, 5), (1, 0xAA, 1, 15)], [10, 10, 20]),
        ("tracks that overlap in the file", [(1, 2, 0, 10), (1, 2, 1, 10), (1, 0xAA, 1, 20)], [5, 5, 15]),
        ("stored pregap over the track before", [(1, 2, 0, 10), (1, 2, 1, 12), (1, 0xAA, 1, 20)], [7, 12, 20]),
        ("the other track", [(1, 3, 0, 10), (1, 3, 1, 10), (1, 0xAA, 1, 20)], [10, 10, 20]),
    ] {
        text += &format!("== {name}\n{}", outline(&second(sheet, offsets)));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn chunks_that_lack() {
    let (data, sheet) = ([nothing(150), sound(1, 4)].concat(), [(1, 0, 0, -150), (1, 1, 0, -150), (1, 1, 1, 0), (1, 0xAA, 1, 4)]);
    let table = dao("DAOX", "", 0, 1, &[Told("", 2352, 7, [0, 150 * 2352, 154 * 2352])]);
    let mut text = String::new();
    for (name, bytes) in [
        ("no table", v2(&data, &[cuex(&sheet), sinf(1)])),
        ("no sheet", v2(&data, &[table.clone(), sinf(1)])),
        ("nothing", v2(&data, &[mtyp(1)])),
        ("no lead-out", v2(&data, &[cuex(&sheet[..3]), table.clone(), sinf(1)])),
        ("SINF of another", v2(&data, &[cuex(&sheet), table.clone(), sinf(9)])),
        ("an unknown chunk", v2(&data, &[chunk("WHAT", &[1; 99]), cuex(&sheet), table.clone(), sinf(1)])),
        ("no END!", [&data[..], &cuex(&sheet), &table, b"NER5", &(data.len() as u64).to_be_bytes()].concat()),
        ("half a pack", v2(&data, &[cuex(&sheet), table.clone(), chunk("CDTX", &[0x80; 27]), sinf(1)])),
        ("no INDEX 01", v2(&data, &[cuex(&[sheet[0], sheet[1], sheet[3]]), table.clone(), sinf(1)])),
    ] {
        text += &format!("== {name}\n{}", outline(&bytes));
    }
    insta::assert_snapshot!(text);
}

/// AAh is no BCD, and no track.
#[test]
fn a_lead_out_is_no_track() {
    let data = [nothing(150), sound(1, 4)].concat();
    let sheet = [(1, 0, 0, -150), (1, 1, 0, -150), (1, 1, 1, 0), (1, 0xAA, 1, 4)];
    let tracks = [Told("", 2352, 7, [0, 150 * 2352, 154 * 2352])];
    let mut bytes = v1(&data, &[cues(&sheet), dao("DAOI", "", 0, 1, &tracks), sinf(1)]);
    assert_eq!(lines(&bytes, &["session", "track", "note"]), ["session 1 lead-out 4", "track 01 audio 01@0 end 4"]);
    // Seconds that are no BCD.
    bytes[data.len() + 8 + 2 * 8 + 6] = 0x6F;
    let error = outline(&bytes);
    assert!(error.contains("found an address that is no BCD, in the CUES chunk"), "{error}");
}

#[test]
fn a_plain_image_by_that_name() {
    let plain = discconv_testkit::fixtures::by_name("iso-2048").unwrap().entry_bytes().to_vec();
    assert_eq!((probe("x.nrg", &plain), probe("x.iso", &plain)), (Score::MAYBE, Score::NO));
    insta::assert_snapshot!(outline(&plain));
    let image = single(&mode1(), 2352, 5, 0x41);
    assert_eq!([probe("x.nrg", &image), probe("x.iso", &image), probe("x", &image)], [Score::CERTAIN; 3]);
    // A footer that leads nowhere: not of this format by another name, and an error by this.
    let wrong = [&image[..image.len() - 8], &[0xFF; 8]].concat();
    assert_eq!((probe("x.nrg", &wrong), probe("x.bin", &wrong)), (Score::CERTAIN, Score::NO));
    for bytes in [&b""[..], b"NERO", b"NER5\0\0\0\0\0\0\0\0"] {
        assert_eq!(probe("x", bytes), Score::NO);
        assert!(open(bytes).is_err());
    }
}

/// Raw sectors in a table that has no sizes.
#[test]
fn track_at_once_with_a_wrong_code() {
    let data = mode1();
    let words = [0, data.len() as u32, 0, 0, 0];
    let table = chunk("ETNF", &words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>());
    let found = lines(&v1(&data, &[table, sinf(1)]), &["track", "extent", "note", "error"]);
    assert_eq!(found[..2], ["track 01 mode1 01@0 end 20", "extent 0..20 mode1 in \"x.nrg\" at 0x0 as 2352"]);
    assert!(found[2].contains("mode code 00h and raw sectors"), "{found:?}");
}

/// The start field is only a check.
#[test]
fn track_at_once_that_starts_elsewhere() {
    let data = vec![5; 4 * 2048];
    let words = [0, data.len() as u32, 0, 777, 0];
    let table = chunk("ETNF", &words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>());
    let found = lines(&v1(&data, &[table, sinf(1)]), &["track", "note", "error"]);
    assert_eq!(found[0], "track 01 mode1 01@0 end 4");
    assert!(found[1].contains("the ETNF chunk starts track 1 at 777"), "{found:?}");
}
