//! What statements mean, sector by sector; the positions are those that `cdrdao show-toc` prints.

use crate::folder::{disc, raw};
use discconv_core::{Disc, Form, Format, Lba, Media, NoteKind, Peek, Score, Scratch, SessionKind, TrackMode, outline};
use discconv_testkit::reference::{RAW, mode1};
use discconv_testkit::stored::{Sub, sound, swap_words, with_subchannel};
use discconv_testkit::wave::wave;
use discconv_toc::CdrdaoToc;

fn places(disc: &Disc) -> Vec<Vec<(u8, i32)>> {
    let place = |track: &discconv_core::Track| {
        let all = track.indexes.iter().map(|(number, lba)| (*number, lba.0));
        all.chain([(u8::MAX, track.end.0)]).collect()
    };
    disc.toc().tracks().map(place).collect()
}

#[track_caller]
fn check(text: &str, files: &[(&str, &[u8])], expected: &[&[(u8, i32)]]) -> Disc {
    let disc = disc(text, files).unwrap();
    assert_eq!(places(&disc), expected, "{text}");
    disc
}

#[test]
fn positions() {
    const END: u8 = u8::MAX;
    let bin = sound(1, 2000);
    let files = [("data.bin", &bin[..])];
    check("CD_DA TRACK AUDIO FILE \"data.bin\" 0 00:10:00 START 00:02:30", &files, &[&[(0, 0), (1, 180), (END, 750)]]);
    check("TRACK AUDIO PREGAP 00:02:30 FILE \"data.bin\" 0 00:10:00", &files, &[&[(0, 0), (1, 180), (END, 930)]]);
    // START may stand before what it counts in.
    check("TRACK AUDIO START 00:00:09 SILENCE 00:10:00", &files, &[&[(0, 0), (1, 9), (END, 750)]]);
    check(
        "TRACK AUDIO FILE \"data.bin\" 0 00:10:00 INDEX 00:02:00 INDEX 00:04:00
         TRACK AUDIO FILE \"data.bin\" 0 00:10:00 END 00:08:00",
        &files,
        &[&[(1, 0), (2, 150), (3, 300), (END, 750)], &[(1, 750), (2, 1350), (END, 1500)]],
    );
    // Not whole sectors: the track is filled up, and a START within a sector counts to its end.
    check(
        "CD_ROM
         TRACK AUDIO FILE \"data.bin\" 100 588 SILENCE 100 FILE \"data.bin\" SWAP #44 100 00:00:05
         TRACK MODE1_RAW PREGAP 00:02:00 DATAFILE \"data.bin\" #235200 00:00:10 ZERO AUDIO 00:00:02
         TRACK MODE2_RAW RW_RAW DATAFILE \"data.bin\" 23520 INDEX 00:00:01
         TRACK AUDIO SILENCE 589 START FILE \"data.bin\" 0 00:00:04",
        &files,
        &[
            &[(1, 0), (END, 7)],
            &[(0, 7), (1, 157), (END, 169)],
            &[(1, 169), (2, 170), (END, 179)],
            &[(0, 179), (1, 181), (END, 185)],
        ],
    );
    let disc = check(
        "FIRST_TRACK_NO 7 TRACK AUDIO SILENCE 0:0:1 TRACK AUDIO SILENCE 0:0:1",
        &[],
        &[&[(1, 0), (END, 1)], &[(1, 1), (END, 2)]],
    );
    assert_eq!(disc.toc().tracks().map(|track| track.number).collect::<Vec<_>>(), [7, 8]);
}

#[test]
fn an_end_at_the_start_of_a_postgap_is_an_index() {
    let disc = check("CD_ROM TRACK MODE1 ZERO 0:0:9 END ZERO 0:0:3", &[], &[&[(1, 0), (2, 9), (255, 12)]]);
    assert_eq!(disc.extents().len(), 1);
    let same = check("TRACK AUDIO SILENCE 0:0:9 END", &[], &[&[(1, 0), (255, 9)]]);
    assert_eq!(same.toc().media, Media::Cd);
}

#[test]
fn header_flags_and_codes() {
    let text = "CATALOG \"1234567890123\" CD_I
        TRACK MODE2 COPY ZERO 0:1:0
        TRACK AUDIO NO COPY PRE_EMPHASIS FOUR_CHANNEL_AUDIO ISRC \"DEMUA9800001\" SILENCE 0:1:0
        TRACK AUDIO COPY TWO_CHANNEL_AUDIO NO PRE_EMPHASIS SILENCE 0:1:0";
    insta::assert_snapshot!(outline::disc(&disc(text, &[]).unwrap()));
    for (word, kind) in [
        ("CD_DA", SessionKind::CdRom),
        ("CD_ROM", SessionKind::CdRom),
        ("CD_ROM_XA", SessionKind::Xa),
        ("CD_I", SessionKind::CdI),
    ] {
        let disc = disc(&format!("{word} TRACK MODE1 ZERO 0:0:1"), &[]).unwrap();
        assert_eq!(disc.toc().sessions[0].kind, kind);
    }
}

/// Plain files are big-endian, WAVE files little-endian, `SWAP` turns either round.
#[test]
fn byte_order() {
    let little = sound(3, 4);
    let (big, boxed) = (swap_words(&little), wave(&little));
    let boxed_big = wave(&big);
    for (statement, name, bytes) in [
        ("FILE \"a.bin\" 0", "a.bin", &big),
        ("AUDIOFILE \"a.cdr\" 0", "a.cdr", &big),
        ("FILE \"a.bin\" SWAP 0", "a.bin", &little),
        ("FILE \"a.wav\" 0", "a.wav", &boxed),
        ("FILE \"a.wav\" SWAP 0", "a.wav", &boxed_big),
        ("DATAFILE \"a.bin\"", "a.bin", &big),
    ] {
        let disc = disc(&format!("CD_DA TRACK AUDIO {statement}"), &[(name, bytes)]).unwrap();
        assert!(raw(&disc, 0, 4) == little, "{statement}");
    }
    // Data is never swapped.
    let data: Vec<u8> = (0..3).flat_map(|lba| mode1(lba, &[7; 2048])).collect();
    let disc = disc("CD_ROM TRACK MODE1_RAW DATAFILE \"a.bin\"", &[("a.bin", &data)]).unwrap();
    assert!(raw(&disc, 0, 3) == data);
}

/// Samples that fill no sector: in the middle of sectors files and silence meet, in both byte orders.
#[test]
fn samples_cut_anywhere() {
    let (one, two) = (sound(1, 3), sound(2, 3));
    let boxed = wave(&two);
    let text = "CD_DA TRACK AUDIO
        FILE \"one.bin\" 100 300   // big-endian
        SILENCE 77
        FILE \"two.wav\" 5 900
        FILE \"one.bin\" SWAP #3 0 10
        SILENCE 0:0:2
        FILE \"one.bin\" 0:0:1";
    let swapped = swap_words(&one);
    let disc = disc(text, &[("one.bin", &swapped), ("two.wav", &boxed)]).unwrap();
    let mut expected = one[400..1600].to_vec();
    expected.extend([0; 77 * 4]);
    expected.extend(&two[20..20 + 3600]);
    expected.extend(&swapped[3..43]);
    expected.extend([0; 2 * RAW]);
    expected.extend(&one[RAW..]);
    let sectors = expected.len().div_ceil(RAW);
    expected.resize(sectors * RAW, 0);
    assert_eq!(disc.toc().sessions[0].lead_out, Lba(i32::try_from(sectors).unwrap()));
    assert!(raw(&disc, 0, sectors) == expected);
    // Sector by sector it is the same.
    for sector in 0..sectors {
        assert!(raw(&disc, i32::try_from(sector).unwrap(), 1) == expected[sector * RAW..][..RAW], "sector {sector}");
    }
    assert!(disc.notes().iter().all(|note| note.kind == NoteKind::Oddity));
}

/// Whole sectors stay where they are; only the last one is put together.
#[test]
fn only_what_fills_no_sector_is_put_together() {
    let bin = sound(1, 10);
    let text = "TRACK AUDIO FILE \"a.bin\" 0 5000 TRACK AUDIO FILE \"a.bin\" 5292";
    insta::assert_snapshot!(outline::disc(&disc(text, &[("a.bin", &bin)]).unwrap()));
}

#[test]
fn every_mode_is_the_same_sector() {
    let lba = |lba: usize| i32::try_from(lba).unwrap();
    let user: Vec<u8> = (0..4 * 2048_usize).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let one: Vec<u8> = user.chunks(2048).enumerate().flat_map(|(at, user)| mode1(lba(at), user)).collect();
    let xa: Vec<u8> = user
        .chunks(2048)
        .enumerate()
        .flat_map(|(at, user)| discconv_testkit::reference::form1(lba(at), [0, 0, 8, 0], user))
        .collect();
    let cut = |raw: &[u8], range: std::ops::Range<usize>| discconv_testkit::stored::cut(raw, range);
    for (mode, stored, expected, track) in [
        ("MODE1", user.clone(), &one, TrackMode::Mode1),
        ("MODE1_RAW", one.clone(), &one, TrackMode::Mode1),
        ("MODE2_FORM1", user.clone(), &xa, TrackMode::Mode2),
        ("MODE2_FORM_MIX", cut(&xa, 16..2352), &xa, TrackMode::Mode2),
        ("MODE2", cut(&xa, 16..2352), &xa, TrackMode::Mode2),
        ("MODE2_RAW", xa.clone(), &xa, TrackMode::Mode2),
    ] {
        let disc = disc(&format!("TRACK {mode} DATAFILE \"a.bin\""), &[("a.bin", &stored)]).unwrap();
        assert_eq!(disc.toc().tracks().next().unwrap().mode, track);
        assert!(raw(&disc, 0, 4) == **expected, "{mode}");
    }
    let form2 = disc("TRACK MODE2_FORM2 DATAFILE \"a.bin\"", &[("a.bin", &[5; 2324 * 2])]).unwrap();
    assert_eq!(raw(&form2, 1, 1)[24..2348], [5; 2324]);
    let zero = disc("TRACK MODE0 ZERO 0:0:2", &[]).unwrap();
    assert_eq!((raw(&zero, 1, 1)[15], zero.toc().tracks().next().unwrap().mode), (0, TrackMode::Mode0));
}

#[test]
fn subchannel_behind_each_sector() {
    let data: Vec<u8> = (0..5).flat_map(|lba| mode1(lba, &[9; 2048])).collect();
    let sound = swap_words(&sound(1, 5));
    let sub = |lba: usize| -> [u8; 96] { std::array::from_fn(|at| u8::try_from((lba * 7 + at) % 64).unwrap()) };
    let with =
        |raw: &[u8]| -> Vec<u8> { raw.chunks(RAW).enumerate().flat_map(|(lba, sector)| [sector, &sub(lba)].concat()).collect() };
    let bin = [with(&data), with(&sound)].concat();
    let text = "CD_ROM TRACK MODE1_RAW RW_RAW DATAFILE \"a.bin\" 0:0:5
        TRACK AUDIO RW_RAW ZERO AUDIO RW_RAW 0:0:3 DATAFILE \"a.bin\" #12240 0:0:5 START 0:0:3";
    let disc = disc(text, &[("a.bin", &bin)]).unwrap();
    let mut out = vec![0; 2448];
    for (lba, from) in [(0, 0), (4, 4), (8, 5), (12, 9)] {
        disc.read_sectors(Lba(lba), &Form::RAW_SUB, &mut Scratch::default(), &mut out).unwrap();
        assert!(out[RAW..] == bin[from * 2448 + RAW..][..96], "LBA {lba}");
    }
    assert!(raw(&disc, 8, 5) == swap_words(&sound));
    // P to W one after another is what other programs may have left there.
    let packed = with_subchannel(&data, Sub::Packed);
    let disc = crate::folder::disc("TRACK MODE1_RAW RW_RAW DATAFILE \"a.bin\"", &[("a.bin", &packed)]).unwrap();
    assert_eq!(disc.stored_sub().map(|coding| coding.name()), Some("packed"));
}

/// Corrected packs become what is on the disc: symbol 0 of a pack is where it was, symbol 8 too.
#[test]
fn corrected_subchannel() {
    let record = |sector: u8| {
        let packs: Vec<u8> = (0..4).flat_map(|pack| (0..24).map(move |symbol| (sector * 4 + pack + symbol) % 64)).collect();
        [vec![sector; 2048], packs].concat()
    };
    let bin: Vec<u8> = (0..5).flat_map(record).collect();
    let disc = disc("TRACK MODE1 RW ZERO 0:0:2 DATAFILE \"a.bin\"", &[("a.bin", &bin)]).unwrap();
    let mut out = vec![0; 2448];
    for sector in 0..5 {
        disc.read_sectors(Lba(2 + i32::from(sector)), &Form::RAW_SUB, &mut Scratch::default(), &mut out).unwrap();
        let symbols = &out[RAW..];
        assert_eq!((symbols[0], symbols[24], symbols[32]), (sector * 4, sector * 4 + 1, sector * 4 + 9));
        assert_eq!(out[16..2064], [sector; 2048]);
    }
    assert_eq!(crate::written::same(&disc).files.get("out.bin").unwrap().len(), 5 * 2448);
    // Also where records begin anywhere in a file.
    let cut = crate::folder::disc("TRACK MODE1 RW DATAFILE \"a.bin\" 1000 DATAFILE \"a.bin\" #1000", &[("a.bin", &bin)]).unwrap();
    for sector in 0..5 {
        cut.read_sectors(Lba(sector), &Form::RAW_SUB, &mut Scratch::default(), &mut out).unwrap();
        assert_eq!(i32::from(out[RAW]), sector * 4);
    }
}

#[test]
fn names_without_opening() {
    let text = "TRACK AUDIO FILE \"a.wav\" 0 FILE \"b \\\"c\\\".bin\" 0 FILE \"a.wav\" 0 TRACK MODE1 DATAFILE \"d/e.iso\"";
    let folder = crate::folder::Folder::of(&[("x.toc", text.as_bytes())]);
    let input = discconv_core::Input::new("x.toc", folder.files.source("x.toc").unwrap(), &folder);
    let names = CdrdaoToc.names(&input).unwrap().unwrap();
    assert_eq!(names, ["a.wav", "b \"c\".bin", "d/e.iso"]);
}

#[test]
fn probes() {
    let score = |text: &[u8], extension: &str| {
        let source = discconv_core::Bytes::new("x", text.to_vec());
        CdrdaoToc.probe(&Peek { head: text, tail: text, extension, source: &source })
    };
    for (text, plain, own) in [
        (&b"CD_DA\n\nTRACK AUDIO\n"[..], Score::LIKELY, Score::CERTAIN),
        (b"// x\n\nTRACK AUDIO\nNO COPY\n", Score::LIKELY, Score::CERTAIN),
        (b"CATALOG \"1234567890123\"\nTRACK AUDIO\nNO COPY", Score::LIKELY, Score::CERTAIN),
        (b"CATALOG 1234567890123\nFILE \"a\" BINARY\nTRACK 01 AUDIO", Score::NO, Score::MAYBE),
        (b"CATALOG \"1234567890123\"\nFILE \"a\" BINARY\nTRACK 01 AUDIO", Score::NO, Score::MAYBE),
        (b"TRACK 01 AUDIO", Score::NO, Score::MAYBE),
        (b"CD_ROM\0\0\0", Score::NO, Score::MAYBE),
        (b"", Score::NO, Score::MAYBE),
        (b"#X-CD-Roast\ntrack = 1\n", Score::NO, Score::MAYBE),
    ] {
        let text_shown = String::from_utf8_lossy(text);
        assert_eq!((score(text, "bin"), score(text, "toc")), (plain, own), "{text_shown}");
    }
}

/// The pause that every disc has, written out by some: the header of the first sector tells it from a longer pregap.
#[test]
fn a_pregap_that_is_the_pause_before_lba_0() {
    let text = "CD_ROM TRACK MODE1_RAW PREGAP 0:2:0 DATAFILE \"a.bin\"";
    for (first, expected) in [(0, [(0, -150), (1, 0), (255, 2)]), (150, [(0, 0), (1, 150), (255, 152)])] {
        let data: Vec<u8> = (first..first + 2).flat_map(|lba| mode1(lba, &[9; 2048])).collect();
        check(text, &[("a.bin", &data)], &[&expected]);
    }
    check("TRACK AUDIO PREGAP 0:2:0 FILE \"a.bin\" 0", &[("a.bin", &sound(1, 2))], &[&[(0, 0), (1, 150), (255, 152)]]);
}
