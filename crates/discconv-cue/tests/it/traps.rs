//! Each trap and each malformation that a tolerant reader must take, as a row: sheet, files, and what comes out.

use crate::folder::Folder;
use discconv_core::{Disc, Media, NoteKind, SessionKind, SubCoding, TrackMode};
use discconv_testkit::files::sheet;
use discconv_testkit::reference::{form1, interleave, mode1, packed_block, q_position};
use discconv_testkit::stored::{as_mode1, cut, sound, swap_words};

/// Sectors by kind and number: `a5` audio, `m5` Mode 1 as 2352, `u5` as 2048, `x5` Mode 2 as 2352, `h5` as 2336, `n5` just
/// bytes; `@` gives the first address.
fn bytes(spec: &str) -> Vec<u8> {
    let one = |part: &str| {
        let (kind, rest) = part.split_at(1);
        let (count, first) = rest.split_once('@').unwrap_or((rest, "0"));
        let (count, first): (usize, i32) = (count.parse().unwrap(), first.parse().unwrap());
        let user = vec![0x21; count * 2048];
        let mode2 =
            || (first..).zip(user.chunks(2048)).flat_map(|(lba, user)| form1(lba, [0, 0, 8, 0], user)).collect::<Vec<u8>>();
        match kind {
            "a" => sound(3, u32::try_from(count).unwrap()),
            "m" => as_mode1(first, &user),
            "u" => user,
            "x" => mode2(),
            "h" => cut(&mode2(), 16..2352),
            _ => vec![7; count],
        }
    };
    spec.split('+').flat_map(one).collect()
}

fn folder(lines: &[&str], files: &[(&str, &str)]) -> Folder {
    let folder = Folder::of(&[("disc.cue", &sheet(lines))]);
    files.iter().for_each(|(name, spec)| folder.0.insert(*name, bytes(spec)));
    folder
}

/// Tracks and sessions of a disc: `1 audio 00@0 01@5-9 | ...`, `||` between sessions.
fn shape(disc: &Disc) -> String {
    let session = |session: &discconv_core::Session| {
        let tracks = session.tracks.iter().map(|track| {
            let indexes: Vec<String> = track.indexes.iter().map(|(number, lba)| format!("{number:02}@{lba}")).collect();
            format!("{} {} {}-{}", track.number, track.mode.name(), indexes.join(" "), track.end)
        });
        tracks.collect::<Vec<_>>().join(" | ")
    };
    disc.toc().sessions.iter().map(session).collect::<Vec<_>>().join(" || ")
}

#[track_caller]
fn check(lines: &[&str], files: &[(&str, &str)], expected: &str) -> Disc {
    let disc = folder(lines, files).open("disc.cue").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(shape(&disc), expected, "{:?}", disc.notes());
    disc
}

#[track_caller]
fn refuse(lines: &[&str], files: &[(&str, &str)], expected: &str) {
    match folder(lines, files).open("disc.cue") {
        Ok(disc) => panic!("opens as {}", shape(&disc)),
        Err(error) => assert!(error.to_string().contains(expected), "{error}"),
    }
}

#[track_caller]
fn noted(disc: &Disc, text: &str) {
    assert!(disc.notes().iter().any(|note| note.text.contains(text)), "{:?}", disc.notes());
}

const F: &str = "FILE \"a.bin\" BINARY";
const G: &str = "FILE \"b.bin\" BINARY";

#[test]
fn gaps_in_and_out_of_files() {
    let two = [F, "TRACK 01 AUDIO", "INDEX 01 00:00:00", "TRACK 02 AUDIO"];
    let with = |more: &[&'static str]| [&two[..], more].concat();
    check(&with(&["PREGAP 00:00:03", "INDEX 01 00:00:05"]), &[("a.bin", "a9")], "1 audio 01@0-5 | 2 audio 00@5 01@8-12");
    check(&with(&["INDEX 00 00:00:05", "INDEX 01 00:00:07"]), &[("a.bin", "a9")], "1 audio 01@0-5 | 2 audio 00@5 01@7-9");
    let both = with(&["PREGAP 00:00:03", "INDEX 00 00:00:05", "INDEX 01 00:00:07"]);
    check(&both, &[("a.bin", "a9")], "1 audio 01@0-5 | 2 audio 00@5 01@10-12");
    let later = with(&["PREGAP 00:00:03", "INDEX 01 00:00:05", "TRACK 03 AUDIO", "INDEX 01 00:00:07"]);
    check(&later, &[("a.bin", "a9")], "1 audio 01@0-5 | 2 audio 00@5 01@8-10 | 3 audio 01@10-12");
    let post = with(&["INDEX 01 00:00:05", "POSTGAP 00:00:04"]);
    check(&post, &[("a.bin", "a9")], "1 audio 01@0-5 | 2 audio 01@5-13");
    let misplaced = with(&["POSTGAP 00:00:04", "INDEX 01 00:00:05", "PREGAP 00:00:01"]);
    check(&misplaced, &[("a.bin", "a9")], "1 audio 01@0-5 | 2 audio 00@5 01@6-14");
    check(&with(&["INDEX 00 00:00:05", "INDEX 01 00:00:05"]), &[("a.bin", "a9")], "1 audio 01@0-5 | 2 audio 01@5-9");
}

#[test]
fn the_first_track() {
    let one = |more: &[&'static str]| [&[F, "TRACK 01 AUDIO"][..], more].concat();
    check(&one(&["INDEX 00 00:00:00", "INDEX 01 00:00:04"]), &[("a.bin", "a9")], "1 audio 00@0 01@4-9");
    let disc = check(&one(&["INDEX 01 00:00:04"]), &[("a.bin", "a9")], "1 audio 00@0 01@4-9");
    noted(&disc, "before the first INDEX count as pregap");
    check(&one(&["PREGAP 00:02:00", "INDEX 01 00:00:00"]), &[("a.bin", "a9")], "1 audio 00@-150 01@0-9");
    check(&one(&["PREGAP 00:00:32", "INDEX 01 00:00:00"]), &[("a.bin", "a9")], "1 audio 00@0 01@32-41");
    let data = [F, "TRACK 01 MODE1/2352", "PREGAP 00:02:00", "INDEX 01 00:00:00"];
    check(&data, &[("a.bin", "m9")], "1 mode1 00@-150 01@0-9");
    check(&data, &[("a.bin", "m9@150")], "1 mode1 00@0 01@150-159");
    let stored = [F, "TRACK 01 MODE1/2352", "INDEX 00 00:00:00", "INDEX 01 00:02:00"];
    check(&stored, &[("a.bin", "m155@-150")], "1 mode1 00@-150 01@0-5");
    check(&stored, &[("a.bin", "m155@0")], "1 mode1 00@0 01@150-155");
}

#[test]
fn sizes_mixed_in_one_file() {
    let lines = [
        F,
        "TRACK 01 MODE1/2048",
        "INDEX 01 0:0:0",
        "TRACK 02 AUDIO",
        "INDEX 00 0:0:5",
        "INDEX 01 0:0:7",
        "TRACK 03 MODE2/2336",
        "INDEX 01 0:0:9",
    ];
    let disc = check(&lines, &[("a.bin", "u5+a4+h3")], "1 mode1 01@0-5 | 2 audio 00@5 01@7-9 | 3 mode2 01@9-12");
    let offsets: Vec<u64> = disc.extents().iter().filter_map(|extent| extent.main.map(|place| place.offset)).collect();
    assert_eq!(offsets, [0, 5 * 2048, 5 * 2048 + 4 * 2352]);
}

#[test]
fn declared_and_real_sizes_and_modes() {
    let one = |kind: &'static str| vec![F, kind, "INDEX 01 00:00:00"];
    noted(&check(&one("TRACK 01 MODE1/2352"), &[("a.bin", "x20")], "1 mode2 01@0-20"), "its sectors are mode2");
    noted(&check(&one("TRACK 01 MODE2/2352"), &[("a.bin", "m20")], "1 mode1 01@0-20"), "its sectors are mode1");
    noted(&check(&one("TRACK 01 MODE1/2048"), &[("a.bin", "m20")], "1 mode1 01@0-20"), "have 2352 bytes");
    let mut volume = bytes("u20");
    volume[16 * 2048..16 * 2048 + 6].copy_from_slice(b"\x01CD001");
    let folder = folder(&one("TRACK 01 MODE1/2352"), &[]);
    folder.0.insert("a.bin", volume);
    noted(&folder.open("disc.cue").unwrap(), "have 2048 bytes");
    check(&one("TRACK 01 MODE0/2352"), &[("a.bin", "n4704")], "1 mode0 01@0-2");
    for (kind, size) in
        [("MODE2/2056", 2056), ("MODE2/2324", 2324), ("MODE2/2328", 2328), ("MODE2/2332", 2332), ("CDI/2336", 2336)]
    {
        let track = format!("TRACK 01 {kind}");
        check(&[F, &track, "INDEX 01 00:00:00"], &[("a.bin", &format!("n{}", 3 * size))], "1 mode2 01@0-3");
    }
}

#[test]
fn graphics_and_subchannel() {
    let one = |kind: &'static str| vec![F, kind, "INDEX 01 00:00:00"];
    let form = |disc: &Disc| disc.extents()[0].main.unwrap().form;
    let wide = check(&one("TRACK 01 CDG"), &[("a.bin", "n4896")], "1 audio 01@0-2");
    assert_eq!((form(&wide).stride, form(&wide).sub), (2448, Some(SubCoding::Interleaved)));
    assert_eq!(form(&check(&one("TRACK 01 CDG"), &[("a.bin", "a2")], "1 audio 01@0-2")).stride, 2352);
    for interleaved in [false, true] {
        let mut file = Vec::new();
        for lba in 0..4 {
            file.extend(mode1(lba, &[0; 2048]));
            let packed = packed_block(false, &q_position(4, 1, 1, lba.unsigned_abs(), lba));
            file.extend(if interleaved { interleave(&packed) } else { packed });
        }
        let folder = folder(&one("TRACK 01 MODE1/2448"), &[]);
        folder.0.insert("a.bin", file);
        let expected = if interleaved { SubCoding::Interleaved } else { SubCoding::Packed };
        assert_eq!(form(&folder.open("disc.cue").unwrap()).sub, Some(expected));
    }
}

#[test]
fn only_sound_is_swapped() {
    let folder =
        folder(&["FILE \"a.bin\" MOTOROLA", "TRACK 01 MODE1/2352", "INDEX 01 0:0:0", "TRACK 02 AUDIO", "INDEX 01 0:0:2"], &[]);
    folder.0.insert("a.bin", [bytes("m2"), swap_words(&bytes("a2"))].concat());
    let disc = folder.open("disc.cue").unwrap();
    let mut read = vec![0; 4 * 2352];
    disc.read_sectors(discconv_core::Lba(0), &discconv_core::Form::RAW, &mut Default::default(), &mut read).unwrap();
    assert!(read == bytes("m2+a2"));
}

#[test]
fn sessions_and_areas() {
    let head = [F, "TRACK 01 AUDIO", "INDEX 01 00:00:00"];
    let with = |more: &[&'static str]| [&head[..], more].concat();
    let files = [("a.bin", "a5"), ("b.bin", "m4@11405")];
    let session =
        |more: &[&'static str]| with(&[&["REM SESSION 02"][..], more, &[G, "TRACK 02 MODE1/2352", "INDEX 01 00:00:00"]].concat());
    check(&session(&[]), &files, "1 audio 01@0-5 || 2 mode1 01@11405-11409");
    // Lengths, before or behind the SESSION line.
    check(&session(&["REM LEAD-IN 00:00:10", "REM PREGAP 00:00:20"]), &files, "1 audio 01@0-5 || 2 mode1 01@6785-6789");
    check(&session(&["REM LEAD-OUT 00:00:50"]), &files, "1 audio 01@0-5 || 2 mode1 01@4705-4709");
    let early = with(&[
        "REM LEAD-OUT 01:30:00",
        "REM LEAD-IN 01:00:00",
        "REM PREGAP 00:02:00",
        "REM SESSION 02",
        G,
        "TRACK 02 AUDIO",
        "INDEX 01 0:0:0",
    ]);
    check(&early, &[("a.bin", "a5"), ("b.bin", "a4")], "1 audio 01@0-5 || 2 audio 01@11405-11409");
    // A PREGAP of 150 or stored sectors are the pause, not more of it.
    let gap = with(&["REM SESSION 02", G, "TRACK 02 AUDIO", "PREGAP 00:02:00", "INDEX 01 0:0:0"]);
    check(&gap, &[("a.bin", "a5"), ("b.bin", "a4")], "1 audio 01@0-5 || 2 audio 00@11255 01@11405-11409");
    let stored = with(&["REM SESSION 02", G, "TRACK 02 AUDIO", "INDEX 00 0:0:0", "INDEX 01 0:0:3"]);
    check(&stored, &[("a.bin", "a5"), ("b.bin", "a4")], "1 audio 01@0-5 || 2 audio 00@11402 01@11405-11406");
    // A LEAD-OUT that says where, in a sheet of one file.
    let one = |more: &[&'static str], start: &'static str| with(&[more, &["REM SESSION 02", "TRACK 02 AUDIO", start]].concat());
    let long = [("a.bin", "a11450")];
    let shape = "1 audio 01@0-20 || 2 audio 01@11420-11450";
    noted(&check(&one(&["REM LEAD-OUT 00:00:20"], "INDEX 01 02:32:20"), &long, shape), "are left out");
    check(&one(&[], "INDEX 01 02:32:20"), &long, shape);
    // Too short to hold the gap: it is in no file.
    check(&one(&[], "INDEX 01 00:00:02"), &[("a.bin", "a5")], "1 audio 01@0-2 || 2 audio 01@11402-11405");
    let disc = check(
        &with(&["REM HIGH-DENSITY AREA", G, "TRACK 03 MODE1/2352", "INDEX 01 0:0:0"]),
        &[("a.bin", "a5"), ("b.bin", "m4@45000")],
        "1 audio 01@0-5 || 3 mode1 01@45000-45004",
    );
    assert_eq!(disc.toc().media, Media::Gd);
    check(&["REM HIGH-DENSITY AREA", F, "TRACK 03 AUDIO", "INDEX 01 0:0:0"], &[("a.bin", "a5")], "3 audio 01@45000-45005");
    let disc = check(&[F, "TRACK 01 CDI/2352", "INDEX 01 0:0:0"], &[("a.bin", "x5")], "1 mode2 01@0-5");
    assert_eq!(disc.toc().sessions[0].kind, SessionKind::CdI);
}

#[test]
fn odd_indexes_and_numbers() {
    let disc = check(&[F, "TRACK 1 AUDIO", "INDEX 1 0:0:2", "INDEX 0 0:0:0"], &[("a.bin", "a5")], "1 audio 00@0 01@2-5");
    assert!(disc.notes().is_empty());
    noted(
        &check(&[F, "TRACK 01 AUDIO", "INDEX 00 0:0:3", "INDEX 01 0:0:0"], &[("a.bin", "a5")], "1 audio 01@0-5"),
        "behind its INDEX 01",
    );
    check(&[F, "TRACK 01 AUDIO", "INDEX 02 0:0:0", "INDEX 03 0:0:2"], &[("a.bin", "a5")], "1 audio 01@0 03@2-5");
    check(
        &[F, "TRACK 07 AUDIO", "INDEX 01 0", "TRACK 09 AUDIO", "INDEX 01 3"],
        &[("a.bin", "a5")],
        "7 audio 01@0-3 | 9 audio 01@3-5",
    );
    check(
        &[F, "TRACK 05 AUDIO", "INDEX 01 0", "TRACK 02 AUDIO", "INDEX 01 3"],
        &[("a.bin", "a5")],
        "5 audio 01@0-3 | 6 audio 01@3-5",
    );
    let last = [F, "TRACK 99 AUDIO", "INDEX 01 0", "TRACK 99 AUDIO", "INDEX 01 3"];
    refuse(&last, &[("a.bin", "a5")], "line 4: found TRACK 99 behind track 99; expected at most 99 tracks");
    refuse(&[F, "TRACK 01 AUDIO", "TRACK 02 AUDIO", "INDEX 01 0"], &[("a.bin", "a5")], "line 2: found track 1 without INDEX");
    refuse(
        &[F, "TRACK 01 AUDIO", "INDEX 01 3", "TRACK 02 AUDIO", "INDEX 01 2"],
        &[("a.bin", "a5")],
        "line 5: found track 2 begins at sector 2",
    );
    refuse(
        &[F, "TRACK 01 AUDIO", "INDEX 01 0", "TRACK 02 AUDIO", "INDEX 01 0"],
        &[("a.bin", "a5")],
        "line 2: found track 1 without a sector",
    );
    refuse(&["TRACK 01 AUDIO", "INDEX 01 0"], &[], "line 2: found INDEX 01; expected a FILE and a TRACK before it");
    refuse(&[F, "INDEX 01 0"], &[], "line 2: found INDEX 01");
}

#[test]
fn tracks_that_span_files() {
    let lines = [F, "TRACK 01 AUDIO", "INDEX 01 0", "TRACK 02 AUDIO", "INDEX 00 4", G, "INDEX 01 0", "INDEX 02 2"];
    check(&lines, &[("a.bin", "a6"), ("b.bin", "a5")], "1 audio 01@0-4 | 2 audio 00@4 01@6 02@8-11");
    // The pregap at the very end of the file before is empty.
    let empty = [F, "TRACK 01 AUDIO", "INDEX 01 0", "TRACK 02 AUDIO", "INDEX 00 6", G, "INDEX 01 0"];
    check(&empty, &[("a.bin", "a6"), ("b.bin", "a5")], "1 audio 01@0-6 | 2 audio 01@6-11");
    // FILE behind TRACK.
    check(&["TRACK 01 AUDIO", F, "INDEX 01 0"], &[("a.bin", "a6")], "1 audio 01@0-6");
}

#[test]
fn short_and_odd_files() {
    let one = [F, "TRACK 01 MODE1/2352", "INDEX 01 00:00:00"];
    let disc = check(&one, &[("a.bin", "m3+n100")], "1 mode1 01@0-4");
    let damage = disc.notes().iter().find(|note| note.kind == NoteKind::Damage).unwrap();
    assert_eq!((damage.sectors, damage.text.contains("LBA 3")), (1, true), "{}", damage.text);
    refuse(&one, &[("a.bin", "n0")], "which has 0 bytes");
    let disc =
        check(&[F, "TRACK 01 AUDIO", "INDEX 00 0", "INDEX 01 3", "INDEX 02 5"], &[("a.bin", "a4")], "1 audio 00@0 01@3 02@5-6");
    assert_eq!(disc.notes().iter().map(|note| note.sectors).sum::<u64>(), 2);
    let unused = [F, G, "TRACK 01 AUDIO", "INDEX 01 0"];
    noted(&check(&unused, &[("b.bin", "a4")], "1 audio 01@0-4"), "no INDEX lies in \"a.bin\"");
}

#[test]
fn files_are_looked_for() {
    let one = |file: &'static str| vec![file, "TRACK 01 AUDIO", "INDEX 01 0"];
    let shape = "1 audio 01@0-2";
    check(&one("FILE \"sub/dir/A.BIN\" BINARY"), &[("a.bin", "a2")], shape);
    check(&one("FILE \"D:\\x\\a.bin\" BINARY"), &[("a.bin", "a2")], shape);
    check(&one("FILE \"x.bin\" BINARY"), &[("disc.img", "a2")], shape);
    check(&one("FILE a.bin"), &[("a.bin", "a2")], shape);
    refuse(&one("FILE \"x.bin\" BINARY"), &[("y.bin", "a2")], "line 1: names \"x.bin\", which is not there");
    refuse(&[F, "TRACK 01 AUDIO", "INDEX 01 0", G, "TRACK 02 AUDIO", "INDEX 01 0"], &[("disc.bin", "a2")], "names \"a.bin\"");
    for (name, what) in [("..\\a.bin", "..\\\\a.bin"), ("x/../../a.bin", "x/../../a.bin"), ("disc.cue", "the sheet itself")] {
        let file = format!("FILE \"{name}\" BINARY");
        refuse(&[&file, "TRACK 01 AUDIO", "INDEX 01 0"], &[("a.bin", "a2")], what);
    }
    let folder = folder(&one("FILE \"other.cue\" BINARY"), &[]);
    folder.0.insert("other.cue", sheet(&["FILE \"disc.cue\" BINARY", "TRACK 01 AUDIO", "INDEX 01 0"]));
    assert!(folder.open("disc.cue").err().unwrap().to_string().contains("another sheet"));
    folder.0.insert("other.cue", b"fLaC and so on".to_vec());
    assert!(folder.open("disc.cue").err().unwrap().to_string().contains("FLAC sound"));
}

#[test]
fn names_in_another_alphabet_than_the_text() {
    // Cyrillic in a sheet that looks Western: only the folder tells.
    let name = [0xCC, 0xF3, 0xE7, 0xFB, 0xEA, 0xE0];
    let text = [b"FILE \"".as_slice(), &name, b".bin\" BINARY\r\nTRACK 01 AUDIO\r\nINDEX 01 0\r\n"].concat();
    let folder = Folder::of(&[("disc.cue", &text), ("\u{41C}\u{443}\u{437}\u{44B}\u{43A}\u{430}.bin", &bytes("a2"))]);
    assert_eq!(shape(&folder.open("disc.cue").unwrap()), "1 audio 01@0-2");
}

#[test]
fn other_media() {
    let one = ["REM ORIGINAL MEDIA-TYPE: DVD", F, "TRACK 01 MODE1/2048", "INDEX 01 0"];
    assert_eq!(check(&one, &[("a.bin", "u3")], "1 mode1 01@0-3").toc().media, Media::Dvd);
    let tracks = ["REM ORIGINAL MEDIA-TYPE: DVD", F, "TRACK 01 AUDIO", "INDEX 01 0"];
    assert_eq!(check(&tracks, &[("a.bin", "a3")], "1 audio 01@0-3").toc().media, Media::Cd);
    refuse(&[F, "TRACK 01 AUDIO", "PREGAP 999:59:74", "INDEX 01 0"], &[("a.bin", "a3")], "found a disc of 4500002 sectors");
}

#[test]
fn a_data_track_that_was_left_out() {
    let lines = [F, "TRACK 01 AUDIO", "INDEX 01 0", "TRACK 02 MODEx/2xxx", "TITLE \"Data Track\"", "INDEX 00 3"];
    let disc = check(&lines, &[("a.bin", "a5")], "1 audio 01@0-5");
    noted(&disc, "a data track that is left out");
    assert!(disc.toc().tracks().all(|track| track.mode == TrackMode::Audio));
}
