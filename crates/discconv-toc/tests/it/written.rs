//! What is written is the same disc, and says what can be said.

use crate::folder::{Folder, disc, open, raw};
use discconv_core::{
    Bytes, Control, Disc, DiscParts, Execution, Extent, Form, FormatWriter, Lba, LossKind, LossKinds, Media, Note, Place, Plan,
    Quiet, Report, Result, Serial, Session, SessionKind, SourceId, SubCoding, Toc, Track, TrackMode, WriteOptions, compare,
    execute, outline,
};
use discconv_testkit::reference::{mode0, mode1};
use discconv_testkit::stored::{Sub, sound, swap_words, with_subchannel};
use discconv_toc::CdrdaoToc;
use std::sync::Arc;

pub(crate) fn write(disc: &Disc, stem: &str, options: &WriteOptions, allow: LossKinds) -> Result<(Folder, Report)> {
    let discs = std::slice::from_ref(disc);
    let plan = CdrdaoToc.plan(discs, stem, options)?;
    plan.check_names()?;
    let folder = Folder::default();
    let how = Execution {
        outputs: Some(&folder.files),
        pool: &Serial,
        watch: &Quiet,
        allow,
        prove: true,
        source_name: "source",
        reader: &|input| Ok(vec![open(input)?]),
    };
    let report = execute(&plan, discs, &how)?;
    Ok((folder, report))
}

fn plan(disc: &Disc, options: &WriteOptions) -> Result<Plan> {
    CdrdaoToc.plan(std::slice::from_ref(disc), "out", options)
}

fn text(folder: &Folder) -> String {
    String::from_utf8(folder.files.get("out.toc").unwrap().to_vec()).unwrap()
}

fn sector(bytes: u16) -> WriteOptions {
    WriteOptions { sector: Some(bytes), ..WriteOptions::default() }
}

/// Written and read again it is the same disc.
#[track_caller]
pub(crate) fn same(disc: &Disc) -> Folder {
    let (folder, _) = write(disc, "out", &WriteOptions::default(), LossKinds::NONE).unwrap();
    let back = folder.open("out.toc").unwrap();
    let found = compare(disc, &back, &Serial, &Quiet).unwrap();
    assert!(found.is_same(), "{found:?}\n{}", text(&folder));
    folder
}

/// Mode, indexes, end.
type Told<'a> = (TrackMode, &'a [(u8, i32)], i32);

/// A disc from parts: tracks as `(mode, indexes, end)`, extents as `(lbas, mode, stored)`, the stored ones raw in `bytes`.
fn by_hand(tracks: &[Told<'_>], extents: &[(i32, i32, TrackMode, bool)], bytes: Vec<u8>) -> Disc {
    let toc_track = |(number, (mode, indexes, end)): (u8, &Told<'_>)| Track {
        number,
        mode: *mode,
        control: Control::default(),
        isrc: None,
        indexes: indexes.iter().map(|(number, lba)| (*number, Lba(*lba))).collect(),
        end: Lba(*end),
    };
    let tracks: Vec<Track> = (1..).zip(tracks).map(toc_track).collect();
    let lead_out = tracks.last().unwrap().end;
    let mut offset = 0;
    let extents = extents.iter().map(|(start, end, mode, stored)| {
        let place = Place { source: SourceId(0), offset, form: Form::RAW };
        if !stored {
            return Extent::gap(Lba(*start)..Lba(*end), *mode);
        }
        offset += u64::try_from(end - start).unwrap() * 2352;
        Extent::stored(Lba(*start)..Lba(*end), *mode, place)
    });
    let extents = extents.collect();
    let session = Session { kind: SessionKind::CdRom, tracks, lead_out };
    let toc = Toc { media: Media::Cd, sessions: vec![session], mcn: None, cd_text: None };
    let (checks, notes, extras) = (Vec::new(), Vec::<Note>::new(), Vec::new());
    Disc::new("x", DiscParts { toc, sources: vec![Arc::new(Bytes::new("x.bin", bytes))], extents, notes, checks, extras })
        .unwrap()
}

/// Data, then sound with a stored gap, then sound with a gap in no file, and indexes.
fn mixed() -> Disc {
    use TrackMode::{Audio, Mode1};
    let data: Vec<u8> = (0..400).flat_map(|lba| mode1(lba, &[9; 2048])).collect();
    let bytes = [data, sound(1, 500), sound(2, 350)].concat();
    let tracks: &[Told<'_>] =
        &[(Mode1, &[(1, 0)], 400), (Audio, &[(0, 400), (1, 550), (2, 700)], 900), (Audio, &[(0, 900), (1, 1050)], 1400)];
    by_hand(
        tracks,
        &[(0, 400, Mode1, true), (400, 900, Audio, true), (900, 1050, Audio, false), (1050, 1400, Audio, true)],
        bytes,
    )
}

#[test]
fn stored_gaps_stay_stored_and_unstored_ones_unstored() {
    let disc = mixed();
    let folder = same(&disc);
    insta::assert_snapshot!(text(&folder));
    let back = folder.open("out.toc").unwrap();
    let gaps = |disc: &Disc| -> Vec<(i32, i32)> {
        let gaps = disc.extents().iter().filter(|extent| extent.main.is_none());
        gaps.map(|extent| (extent.lbas.start.0, extent.lbas.end.0)).collect()
    };
    assert_eq!((gaps(&disc), gaps(&back)), (vec![(900, 1050)], vec![(900, 1050)]));
    // Samples are big-endian in the BIN, as cdrdao reads them; data is as it was.
    let bin = folder.files.get("out.bin").unwrap();
    assert!(bin[..400 * 2352] == raw(&disc, 0, 400)[..]);
    assert!(bin[400 * 2352..900 * 2352] == swap_words(&sound(1, 500))[..]);
}

#[test]
fn split_and_other_sizes() {
    for options in [WriteOptions { split: true, ..WriteOptions::default() }, sector(2048), sector(2352), sector(2448)] {
        let disc = mixed();
        let (folder, _) = write(&disc, "out", &options, LossKinds::NONE).unwrap();
        let found = compare(&disc, &folder.open("out.toc").unwrap(), &Serial, &Quiet).unwrap();
        assert!(found.is_same(), "{options:?} {found:?}");
        assert_eq!(folder.files.names().len(), if options.split { 4 } else { 2 });
    }
}

#[test]
fn hidden_track_one_audio() {
    use TrackMode::Audio;
    let disc = by_hand(&[(Audio, &[(0, 0), (1, 700)], 1100)], &[(0, 1100, Audio, true)], sound(5, 1100));
    let folder = same(&disc);
    assert!(text(&folder).contains("FILE \"out.bin\" 0 00:14:50\nSTART 00:09:25\n"), "{}", text(&folder));
    // In no file it is silence, and still there.
    let disc = by_hand(&[(Audio, &[(0, 0), (1, 700)], 1100)], &[(0, 700, Audio, false), (700, 1100, Audio, true)], sound(5, 400));
    assert!(text(&same(&disc)).contains("SILENCE 00:09:25\nFILE \"out.bin\" 0 00:05:25\nSTART 00:09:25\n"));
}

#[test]
fn gaps_of_another_mode() {
    use TrackMode::{Audio, Mode0, Mode1, Mode2};
    let data: Vec<u8> = (300..400).flat_map(|lba| mode1(lba, &[9; 2048])).collect();
    let zero: Vec<u8> = (400..410).flat_map(mode0).collect();
    let tracks: &[Told<'_>] = &[(Audio, &[(1, 0)], 100), (Mode1, &[(0, 100), (1, 300)], 400), (Mode0, &[(1, 400)], 420)];
    let extents = [
        (0, 100, Audio, true),
        (100, 150, Audio, false),
        (150, 300, Mode2, false),
        (300, 400, Mode1, true),
        (400, 410, Mode0, true),
        (410, 420, Mode0, false),
    ];
    let folder = same(&by_hand(tracks, &extents, [sound(1, 100), data, zero].concat()));
    insta::assert_snapshot!(text(&folder));
}

/// Data in a track of audio is not swapped, and says so.
#[test]
fn data_in_the_gap_of_sound() {
    use TrackMode::{Audio, Mode1};
    let data: Vec<u8> = (0..350).flat_map(|lba| mode1(lba, &[9; 2048])).collect();
    let tracks: &[Told<'_>] = &[(Mode1, &[(1, 0)], 300), (Audio, &[(0, 300), (1, 350)], 600)];
    let disc = by_hand(tracks, &[(0, 350, Mode1, true), (350, 600, Audio, true)], [data, sound(1, 250)].concat());
    let (folder, _) = write(&disc, "out", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert!(raw(&folder.open("out.toc").unwrap(), 0, 600) == raw(&disc, 0, 600));
    assert!(text(&folder).contains("FILE \"out.bin\" SWAP 00:04:00 00:00:50"), "{}", text(&folder));
}

#[test]
fn subchannel_stays() {
    for (sub, coding) in [(Sub::Interleaved, SubCoding::Interleaved), (Sub::Packed, SubCoding::Packed)] {
        let data: Vec<u8> = (0..300).flat_map(|lba| mode1(lba, &[9; 2048])).collect();
        let mut parts =
            by_hand(&[(TrackMode::Mode1, &[(1, 0)], 300)], &[(0, 300, TrackMode::Mode1, true)], data.clone()).into_parts();
        parts.sources = vec![Arc::new(Bytes::new("x.bin", with_subchannel(&data, sub)))];
        parts.extents[0].main.as_mut().unwrap().form = Form { sub: Some(coding), ..Form::RAW_SUB };
        let disc = Disc::new("x", parts).unwrap();
        let folder = same(&disc);
        assert!(folder.files.get("out.bin").unwrap()[..] == with_subchannel(&data, Sub::Interleaved)[..]);
        assert!(text(&folder).contains("TRACK MODE1_RAW RW_RAW\n"));
        let (plain, report) = write(&disc, "out", &sector(2352), LossKinds::NONE).unwrap();
        assert!(report.losses.is_empty() && plain.files.get("out.bin").unwrap()[..] == data[..]);
    }
}

#[test]
fn subchannel_in_sound_with_gaps() {
    let bytes: Vec<u8> = sound(1, 600)
        .chunks(2352)
        .enumerate()
        .flat_map(|(at, sector)| {
            let symbols: [u8; 96] = std::array::from_fn(|symbol| u8::try_from((at + symbol) % 64).unwrap());
            [sector, &symbols].concat()
        })
        .collect();
    let tracks: &[Told<'_>] = &[(TrackMode::Audio, &[(1, 0)], 300), (TrackMode::Audio, &[(0, 300), (1, 450)], 750)];
    let extents = [(0, 300, TrackMode::Audio, true), (300, 450, TrackMode::Audio, false), (450, 750, TrackMode::Audio, true)];
    let mut parts = by_hand(tracks, &extents, sound(1, 600)).into_parts();
    parts.sources = vec![Arc::new(Bytes::new("x.bin", bytes))];
    for (extent, offset) in [(0, 0), (2, 300 * 2448)] {
        parts.extents[extent].main = Some(Place { source: SourceId(0), offset, form: Form::RAW_SUB });
    }
    let folder = same(&Disc::new("x", parts).unwrap());
    insta::assert_snapshot!(text(&folder));
}

#[test]
fn sessions_are_a_named_loss() {
    let data = |first: i32| -> Vec<u8> { (first..first + 300).flat_map(|lba| mode1(lba, &[9; 2048])).collect() };
    let mut parts = by_hand(
        &[(TrackMode::Mode1, &[(1, 0)], 300), (TrackMode::Mode1, &[(1, 11_700)], 12_000)],
        &[(0, 300, TrackMode::Mode1, true), (11_700, 12_000, TrackMode::Mode1, true)],
        [data(0), data(11_700)].concat(),
    )
    .into_parts();
    let second = parts.toc.sessions[0].tracks.split_off(1);
    parts.toc.sessions[0].lead_out = Lba(300);
    parts.toc.sessions.push(Session { kind: SessionKind::Xa, tracks: second, lead_out: Lba(12_000) });
    let disc = Disc::new("x", parts).unwrap();
    let error = write(&disc, "out", &WriteOptions::default(), LossKinds::NONE).err().unwrap();
    insta::assert_snapshot!(error.to_string());
    let allowed = LossKinds::of(&[LossKind::Sessions, LossKind::Pregap]);
    let (folder, _) = write(&disc, "out", &WriteOptions::default(), allowed).unwrap();
    let back = folder.open("out.toc").unwrap();
    // Every track stays at its address.
    assert_eq!(back.toc().tracks().map(Track::start).collect::<Vec<_>>(), [Lba(0), Lba(11_700)]);
    assert!(raw(&back, 11_700, 300) == data(11_700));
    insta::assert_snapshot!("sessions_joined", text(&folder));
}

/// Everything that is said comes back: codes, flags, texts, indexes, the end of a postgap.
#[test]
fn everything_said_comes_back() {
    let all = r#"CD_DA
        CATALOG "1234567890123"
        FIRST_TRACK_NO 3
        CD_TEXT {
          LANGUAGE_MAP { 0 : EN 1: 105 }
          LANGUAGE 0 { TITLE "Caf\351 \"x\" \134" GENRE { 0, 15, 70 } DISC_ID "XY12345" MESSAGE "only here" }
          LANGUAGE 1 { ENCODING_MS_JIS TITLE "湿った水" }
        }
        TRACK AUDIO COPY PRE_EMPHASIS FOUR_CHANNEL_AUDIO ISRC "DEMUA9800001"
        CD_TEXT { LANGUAGE 0 { TITLE "One" ISRC "DE-XXX-98-00001" } LANGUAGE 1 { TITLE "熱波" } }
        FILE "a.bin" 0 0:4:0 START 0:0:9 INDEX 0:1:0 INDEX 0:2:0
        TRACK MODE1 COPY PREGAP 0:2:0 ZERO 0:4:0 END ZERO 0:2:0"#;
    let bin = sound(1, 300);
    let disc = disc(all, &[("a.bin", &bin)]).unwrap();
    // Kept word for word while it is true, but for the name.
    let (kept, _) = write(&disc, "out", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(text(&kept), all.replace("a.bin", "out.bin"));
    let mut parts = disc.into_parts();
    parts.extras.clear();
    let folder = same(&Disc::new("x", parts).unwrap());
    insta::assert_snapshot!(text(&folder));
}

#[test]
fn comments_at_the_top_are_kept() {
    let bin = sound(1, 300);
    let told = "// made by hand\n// of two parts\n\nCD_DA\nTRACK AUDIO // the first\nFILE \"a.bin\" SWAP 0\n";
    let disc = disc(told, &[("a.bin", &bin)]).unwrap();
    // The samples were little-endian and are not in the new BIN.
    let (folder, report) = write(&disc, "out", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert!(text(&folder).starts_with("// made by hand\n// of two parts\nCD_DA\n\n\n// Track 1\n"), "{}", text(&folder));
    assert!(report.notes.iter().any(|note| note.contains("written anew")), "{:?}", report.notes);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let mut out = String::new();
    let base = || mixed().into_parts();
    let mut refused = |disc: &Disc, options: &WriteOptions| {
        let error = plan(disc, options).err().unwrap();
        out += &format!("{error}\nhint: {}\n", error.hint().unwrap_or_default());
    };
    let media = |media| {
        let mut parts = base();
        parts.toc.media = media;
        Disc::new("x", parts).unwrap()
    };
    refused(&media(Media::Gd), &WriteOptions::default());
    refused(&media(Media::Dvd), &WriteOptions::default());
    let mut parts = base();
    parts.toc.sessions[0].tracks[2].number = 9;
    refused(&Disc::new("x", parts).unwrap(), &WriteOptions::default());
    refused(&mixed(), &sector(2336));
    refused(&mixed(), &sector(2353));
    refused(&mixed(), &WriteOptions { original: true, ..WriteOptions::default() });
    let error = CdrdaoToc.plan(&[mixed()], "a\\b", &WriteOptions::default()).err().unwrap();
    out += &format!("{error}\n");
    let error = CdrdaoToc.plan(&[mixed(), mixed()], "out", &WriteOptions::default()).err().unwrap();
    out += &format!("{error}\n");
    insta::assert_snapshot!(out);
}

#[test]
fn what_lies_before_lba_0_is_looked_at() {
    use TrackMode::Audio;
    let disc = by_hand(&[(Audio, &[(0, -150), (1, 0)], 300)], &[(-150, 300, Audio, true)], sound(1, 450));
    let error = write(&disc, "out", &WriteOptions::default(), LossKinds::NONE).err().unwrap();
    assert!(error.to_string().contains("pregap"), "{error}");
    let blank = by_hand(
        &[(Audio, &[(0, -150), (1, 0)], 300)],
        &[(-150, 300, Audio, true)],
        [vec![0; 150 * 2352], sound(1, 300)].concat(),
    );
    let (folder, _) = write(&blank, "out", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(folder.files.get("out.bin").unwrap().len(), 300 * 2352);
}

#[test]
fn plans() {
    insta::assert_snapshot!(outline::plan(&plan(&mixed(), &WriteOptions::default()).unwrap()));
}
