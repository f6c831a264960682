//! Everything odd that images have been seen to be.

use crate::lay::{Told, V2, V3, V35, image, info, lines, open, sessions, single, whole};
use discconv_core::{Form, Lba, NoteKind, Scratch};
use discconv_testkit::reference::RAW;
use discconv_testkit::stored::{as_mode1, silence, sound};

/// Programs other than DiscJuggler leave things between sessions: the next one is found by its marks.
#[test]
fn junk_between_sessions() {
    let data = [silence(150), sound(1, 4), silence(150), sound(2, 4), silence(150), sound(3, 4)].concat();
    let one = |session: u32, start: u32| Told::new(0, 2, start, &[150, 4]).record(V35, (session, 0), 3);
    let starts = [0, 11_404, 11_404 + 154 + 6_750];
    for junk in [&[][..], &[0xEE], &[0; 7], &[0x5A; 300]] {
        for (between, behind) in [(junk, &[][..]), (&[], junk)] {
            let mut descriptor = vec![3, 0];
            for (session, start) in (0..).zip(starts) {
                descriptor.extend([1, 0]);
                descriptor.extend(one(session, start));
                descriptor.extend([0; 13]);
                if session == 0 {
                    descriptor.extend(between);
                }
                if session == 1 {
                    descriptor.extend(behind);
                }
            }
            descriptor.extend(info("", &[]));
            let bytes = image(V35, &data, &descriptor);
            let tracks = [
                "track 01 audio 01@0 end 4",
                "track 02 audio 00@11254 01@11404 end 11408",
                "track 03 audio 00@18158 01@18308 end 18312",
            ];
            assert_eq!(lines(&bytes, &["track"]), tracks, "{junk:?}");
            let note = format!("note: x.cdi: {} unknown bytes in the descriptor, from byte ", junk.len());
            assert_eq!(lines(&bytes, &["note"]).len(), usize::from(!junk.is_empty()));
            assert!(junk.is_empty() || lines(&bytes, &["note"])[0].starts_with(&note), "{:?}", lines(&bytes, &["note"]));
        }
    }
}

/// The same within a session.
#[test]
fn junk_between_tracks() {
    let data = [silence(150), sound(1, 4), sound(2, 4)].concat();
    let mut descriptor = vec![1, 0, 2, 0];
    descriptor.extend(Told::new(0, 2, 0, &[150, 4]).record(V3, (0, 0), 2));
    descriptor.extend([0xEE; 21]);
    descriptor.extend(Told::new(0, 2, 154, &[0, 4]).record(V3, (0, 1), 2));
    let bytes = image(V3, &data, &descriptor);
    assert_eq!(lines(&bytes, &["track"]), ["track 01 audio 01@0 end 4", "track 02 audio 01@4 end 8"]);
    assert_eq!(lines(&bytes, &["note"]).len(), 1);
}

/// The last field is the place of the descriptor before version 3.5, and its length from there on.
#[test]
fn place_or_length() {
    for version in [V2, V3, V35] {
        let bytes = single(version, 0, 2, RAW, &sound(1, 4));
        assert_eq!(lines(&bytes, &["track"]), ["track 01 audio 01@0 end 4"]);
        let mut other = bytes.clone();
        let at = other.len() - 4;
        let place = u32::from_le_bytes(other[at..].try_into().unwrap());
        let swapped = u32::try_from(bytes.len()).unwrap() - place;
        other[at..].copy_from_slice(&swapped.to_le_bytes());
        assert!(open(&other).is_err());
    }
}

/// What is stored decides: less than the indexes say is damage, more a part of the track; places of others do not move.
#[test]
fn totals_that_do_not_agree() {
    let data = [silence(150), sound(1, 4), sound(2, 4)].concat();
    for (lengths, note) in
        [(&[150, 9][..], "damage: x.cdi: 154 sectors of track 1 are stored, of 159"), (&[150, 2], "note: x.cdi: 154")]
    {
        let first = Told { total: 154, ..Told::new(0, 2, 0, lengths) };
        let bytes = whole(V35, &data, &[(0, vec![first, Told::new(0, 2, 154, &[0, 4])])]);
        assert_eq!(lines(&bytes, &["track"]), ["track 01 audio 01@0 end 4", "track 02 audio 01@4 end 8"]);
        let notes = lines(&bytes, &["note", "damage"]);
        assert!(notes.len() == 1 && notes[0].starts_with(note), "{notes:?}");
    }
    let first = Told { total: 154, ..Told::new(0, 2, 0, &[150, 9]) };
    let disc = open(&whole(V35, &data[..154 * RAW], &[(0, vec![first])])).unwrap();
    assert_eq!((disc.notes()[0].kind, disc.notes()[0].sectors), (NoteKind::Damage, 5));
}

/// Where a start cannot be, the usual one is taken; a hole before a track is its gap.
#[test]
fn starts_that_cannot_be() {
    let data = [silence(150), sound(1, 4), sound(2, 4), silence(150), sound(3, 4)].concat();
    let told = |second: u32, third: u32| {
        let tracks = vec![Told::new(0, 2, 0, &[150, 4]), Told::new(0, 2, second, &[0, 4])];
        whole(V35, &data, &[(0, tracks), (0, vec![Told::new(0, 2, third, &[150, 4])])])
    };
    for (second, third, notes) in [(154, 11_408, 0), (0, 0, 2), (153, 157, 2), (u32::MAX, u32::MAX, 2)] {
        let bytes = told(second, third);
        let wanted = ["track 01 audio 01@0 end 4", "track 02 audio 01@4 end 8", "track 03 audio 00@11258 01@11408 end 11412"];
        assert_eq!(lines(&bytes, &["track"]), wanted, "{second} {third}");
        assert_eq!(lines(&bytes, &["note"]).len(), notes);
    }
    let bytes = told(160, 11_408 + 6);
    assert_eq!(
        lines(&bytes, &["track 02", "extent 4"]),
        ["track 02 audio 00@4 01@10 end 14", "extent 4..10 audio gap in no file"]
    );
}

/// The pause before LBA 0 belongs to track 1 if there is something in it.
#[test]
fn the_first_pause() {
    for (pause, told) in [(silence(150), "01@0"), ([silence(149), sound(9, 1)].concat(), "00@-150 01@0")] {
        let data = [pause, sound(1, 4)].concat();
        let bytes = whole(V35, &data, &[(0, vec![Told::new(0, 2, 0, &[150, 4])])]);
        assert_eq!(lines(&bytes, &["track"]), [format!("track 01 audio {told} end 4")]);
    }
    // Sound before INDEX 01.
    let bytes = whole(V35, &[silence(150), sound(1, 8)].concat(), &[(0, vec![Told::new(0, 2, 0, &[153, 5])])]);
    assert_eq!(lines(&bytes, &["track"]), ["track 01 audio 00@0 01@3 end 8"]);
    // Not stored at all.
    let bytes = whole(V35, &sound(1, 8), &[(0, vec![Told::new(0, 2, 150, &[0, 8])])]);
    assert_eq!(lines(&bytes, &["track"]), ["track 01 audio 01@0 end 8"]);
}

/// Sectors are believed before codes; what cannot be is refused.
#[test]
fn codes_that_lie() {
    let raw = as_mode1(0, &[7; 20 * 2048]);
    let track = |mode: u32, read_mode: u32, control: u32, size: usize, sectors: &[u8]| {
        let count = u32::try_from(sectors.len() / size).unwrap();
        let told = Told { control, ..Told::new(mode, read_mode, 0, &[150, count]) };
        lines(&whole(V35, &[vec![0; 150 * size], sectors.to_vec()].concat(), &[(0, vec![told])]), &["track", "error"])
    };
    assert_eq!(track(2, 2, 4, RAW, &raw), ["track 01 mode1 01@0 end 20"]);
    assert_eq!(track(1, 2, 0, RAW, &raw), ["track 01 mode1 01@0 end 20"]);
    assert_eq!(track(0, 2, 4, RAW, &raw), ["track 01 mode1 01@0 end 20"]);
    assert_eq!(track(0, 2, 0, RAW, &raw), ["track 01 audio 01@0 end 20"]);
    assert_eq!(track(9, 2, 4, RAW, &raw), ["track 01 mode1 01@0 end 20"]);
    for (mode, read_mode, control, size, what) in [
        (2, 0, 4, 2048, "track 1 as mode2 in sectors of 2048 bytes"),
        (0, 0, 0, 2048, "track 1 as audio in sectors of 2048 bytes"),
        (0, 1, 0, 2336, "track 1 as audio in sectors of 2336 bytes"),
        (9, 2, 0, 2352, "mode 9 of track 1"),
        (1, 5, 4, 2352, "read mode 5 of track 1"),
    ] {
        let found = track(mode, read_mode, control, size, &vec![0; 20 * size]);
        assert!(found.len() == 1 && found[0].contains(what), "{found:?}");
    }
}

/// Bytes before the descriptor that no track has are told of.
#[test]
fn bytes_of_no_track() {
    let data = [silence(150), sound(1, 4), vec![1; 99]].concat();
    let bytes = whole(V35, &data, &[(0, vec![Told::new(0, 2, 0, &[150, 4])])]);
    assert_eq!(lines(&bytes, &["note"]), ["note: x.cdi: 99 bytes before the descriptor belong to no track"]);
    let wrong = Told::new(0, 2, 0, &[150, 4]).record(V35, (7, 0), 1);
    let descriptor = [&[1, 0, 1, 0][..], &wrong, &[0; 13], &info("", &[])].concat();
    assert!(lines(&image(V35, &data[..154 * RAW], &descriptor), &["note"])[0].contains("calls itself one of session 7"));
    let mut out = vec![0; RAW];
    open(&bytes).unwrap().read_sectors(Lba(3), &Form::RAW, &mut Scratch::default(), &mut out).unwrap();
    assert!(out == sound(1, 4)[3 * RAW..] && sessions(V35, &[]).len() == 2);
}
