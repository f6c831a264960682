use super::*;

fn facts() -> Private {
    let texts =
        [((CdTextKind::Title, 0), "One \"and\" \\ two\nthree".to_owned()), ((CdTextKind::Performer, 2), "\u{1F4BF}".to_owned())];
    Private {
        mcn: Mcn::new("4006180000123"),
        tracks: [
            (
                1,
                TrackFacts {
                    at: Some(Lba(-150)),
                    control: Control { dcp: true, scms: true, ..Control::default() },
                    ..TrackFacts::default()
                },
            ),
            (
                2,
                TrackFacts {
                    number: Some(7),
                    isrc: Isrc::new("DEF056600001"),
                    indexes: vec![(2, Lba(500)), (3, Lba(600))],
                    ..TrackFacts::default()
                },
            ),
        ]
        .into(),
        sessions: vec![
            SessionFact { first_track: 1, lead_out: Lba(700), kind: SessionKind::CdRom },
            SessionFact { first_track: 2, lead_out: Lba(13000), kind: SessionKind::Xa },
        ],
        cd_text: Some(CdText { blocks: vec![CdTextBlock { language: 9, texts: texts.into() }], packs: Vec::new() }),
        extras: vec![
            Extra { kind: ExtraKind::CueSheet, name: "a \"b\".cue".to_owned(), bytes: b"FILE\r\n\0\xFF\n".to_vec() },
            Extra { kind: ExtraKind::other("cue-files"), name: String::new(), bytes: Vec::new() },
        ],
    }
}

#[test]
fn facts_come_back() {
    let rendered = facts().render().unwrap();
    assert_eq!(Private::parse(&rendered), (facts(), Vec::new()));
    // A zero may end it, as it does other text.
    assert_eq!(Private::parse(&[rendered, vec![0]].concat()), (facts(), Vec::new()));
    assert_eq!(Private::default().render(), None);
}

#[test]
fn as_it_is_written() {
    let rendered = facts().render().unwrap();
    let shown = String::from_utf8_lossy(&rendered).replace('\r', "<CR>").replace('\0', "<0>");
    insta::assert_snapshot!(shown);
}

#[test]
fn packs_come_back_as_packs() {
    let texts: BTreeMap<_, _> = [((CdTextKind::Title, 0), "Stra\u{DF}e".to_owned())].into();
    for language in [0, 9] {
        let strings = CdText { blocks: vec![CdTextBlock { language, texts: texts.clone() }], packs: Vec::new() };
        let text = CdText::from_packs(&strings.to_packs().unwrap()).unwrap();
        let facts = Private { cd_text: Some(text), ..Private::default() };
        let rendered = facts.render().unwrap();
        assert!(rendered.starts_with(b"discconv 1\npack 80000000"), "{}", rendered.escape_ascii());
        assert_eq!(Private::parse(&rendered), (facts, Vec::new()));
    }
}

#[test]
fn what_is_no_fact_is_left_out_and_said() {
    for line in [
        "mcn 12",
        "mcn",
        "number 0 1",
        "number 1 100",
        "at 1 x",
        "at 1 99999999999",
        "isrc 1 XX",
        "flags 1 dcp loud",
        "index 1 1 50",
        "index 1 2",
        "session 2 1 100 cdrom",
        "session 1 1 100 tape",
        "pack 00",
        "pack +0000000000000000000000000000000000a",
        "text 8 0 80 0 \"x\"",
        "text 0 0 7f 0 \"x\"",
        "text 0 0 80 0 \"x",
        "text 0 0 80 0 \"a\\x\"",
        "extra cue-sheet 5 \"x.cue\"\nabc",
        "extra Cue 0 \"x.cue\"\n",
        "extra cue-sheet 3 \"../x.cue\"\nabc",
        "extra cue-sheet 18446744073709551615 \"x.cue\"\nabc",
        "what",
        "\u{FF}",
    ] {
        let (facts, complaints) = Private::parse(format!("discconv 1\n{line}\n").as_bytes());
        assert_eq!(facts, Private::default(), "{line}");
        assert!(complaints[0].starts_with("line 2 is no fact"), "{complaints:?}");
    }
    for data in ["", "discconv 2\nmcn 4006180000123\n", "mcn 4006180000123\n"] {
        let (facts, complaints) = Private::parse(data.as_bytes());
        assert_eq!((facts, complaints.len()), (Private::default(), 1), "{data}");
    }
    let many = format!("discconv 1\n{}", "?\n".repeat(1000));
    assert_eq!(Private::parse(many.as_bytes()).1.len(), MAX_COMPLAINTS + 1);
}
