//! CD-TEXT in all its alphabets.

use crate::folder::disc;
use discconv_core::{CdText, CdTextKind, WriteOptions, outline};

fn read(text: &str) -> CdText {
    disc(text, &[]).unwrap().toc().cd_text.clone().unwrap()
}

#[test]
fn strings_in_every_way() {
    let text = r#"CD_DA
        CD_TEXT {
          LANGUAGE_MAP { 0 : EN 1: 105 2 : 8 }
          LANGUAGE 0 {
            TITLE "Caf\351 \"x\" \\ \134"
            PERFORMER {65, 66, 0}
            GENRE { 0, 15, 70, 111, 108, 107 }
            DISC_ID "XY12345"
            UPC_EAN ""
            TOC_INFO1 { 1, 2, 3 }
            CLOSED "c"
          }
          LANGUAGE 1 { ENCODING_MS_JIS TITLE "湿った水" }
          LANGUAGE 2 { TITLE "Größe" }
        }
        TRACK AUDIO CD_TEXT { LANGUAGE 0 { TITLE "One" ISRC "DE-XXX-98-00001" } LANGUAGE 1 { TITLE "熱波" } } SILENCE 0:4:0
        TRACK AUDIO CD_TEXT { LANGUAGE 0 { TITLE "Two" } } SILENCE 0:4:0"#;
    insta::assert_snapshot!(outline::disc(&disc(text, &[]).unwrap()));
    let cd_text = read(text);
    assert!(!cd_text.packs.is_empty());
    assert_eq!(cd_text.blocks.iter().map(|block| block.language).collect::<Vec<_>>(), [9, 105, 8]);
}

/// Strings in no language are what a cue sheet has: no packs of anyone's.
#[test]
fn plain_strings() {
    let text = read("CD_TEXT { LANGUAGE 0 { TITLE \"a\" } } TRACK AUDIO CD_TEXT { LANGUAGE 0 { TITLE \"b\" } } SILENCE 0:4:0");
    assert!(text.packs.is_empty());
    assert_eq!(text.blocks[0].texts[&(CdTextKind::Title, 1)], "b");
}

/// The charset may be told by the size information only, as programs before `ENCODING_...` do.
#[test]
fn a_charset_in_the_size_information() {
    let text = read("CD_TEXT { LANGUAGE 0 { TITLE \"\\203\\134\\203\\164\" SIZE_INFO { 128 } } } TRACK AUDIO SILENCE 0:4:0");
    assert_eq!(text.blocks[0].texts[&(CdTextKind::Title, 0)], "\u{30BD}\u{30D5}");
    // Letters that Latin-1 has not, in an alphabet that nobody tells.
    let text = read("CD_TEXT { LANGUAGE 0 { TITLE \"\u{30BD}\" } } TRACK AUDIO SILENCE 0:4:0");
    assert_eq!(text.blocks[0].texts[&(CdTextKind::Title, 0)], "\u{30BD}");
}

#[test]
fn too_long_for_packs() {
    let long = "x".repeat(4000);
    let disc = disc(&format!("CD_TEXT {{ LANGUAGE 0 {{ TITLE \"{long}\" }} }} TRACK AUDIO SILENCE 0:4:0"), &[]).unwrap();
    let text = disc.toc().cd_text.as_ref().unwrap();
    assert_eq!(text.blocks[0].texts[&(CdTextKind::Title, 0)], long);
    assert!(disc.notes()[0].text.contains("too long for the packs"));
}

/// Packs of others come back byte for byte, though their size information says more than sums.
#[test]
fn packs_of_others() {
    let mut packs = discconv_testkit::cd_text::block(&["Album"], &["Band"], 2);
    assert_eq!(packs.len(), 5);
    for copyright in [0, 3] {
        let sizes = &mut packs[2];
        (sizes[5], sizes[6], sizes[7]) = (1, 2, copyright);
        let crc = discconv_testkit::reference::crc16(&sizes[..16]).to_be_bytes();
        sizes[16..].copy_from_slice(&crc);
        let mut parts = disc("TRACK AUDIO SILENCE 0:4:0 TRACK AUDIO SILENCE 0:4:0", &[]).unwrap().into_parts();
        parts.extras.clear();
        let blocks = discconv_core::CdTextBlock::from_packs(&packs);
        parts.toc.cd_text = Some(CdText { blocks, packs: packs.clone() });
        let disc = discconv_core::Disc::new("x", parts).unwrap();
        let (folder, report) =
            crate::written::write(&disc, "out", &WriteOptions::default(), discconv_core::LossKinds::NONE).unwrap();
        let back = folder.open("out.toc").unwrap();
        assert_eq!(back.toc().cd_text, disc.toc().cd_text);
        assert!(report.losses.is_empty());
    }
}

/// Times of tracks as discs have them come back; in other packs they have no word.
#[test]
fn what_is_no_string() {
    let times = |tracks: &[u8]| tracks.iter().map(|track| ((CdTextKind::Toc, *track), vec![7 + track; 12])).collect();
    let disc = with_entries(times(&[0, 1, 5]));
    let (folder, _) = crate::written::write(&disc, "out", &WriteOptions::default(), discconv_core::LossKinds::NONE).unwrap();
    assert_eq!(folder.open("out.toc").unwrap().toc().cd_text, disc.toc().cd_text);
    let disc = with_entries(times(&[2]));
    let refused = crate::written::write(&disc, "out", &WriteOptions::default(), discconv_core::LossKinds::NONE).err().unwrap();
    assert!(refused.to_string().contains("cd-text (CD-TEXT that is no string"), "{refused}");
}

fn with_entries(entries: std::collections::BTreeMap<(CdTextKind, u8), Vec<u8>>) -> discconv_core::Disc {
    let mut parts = disc("TRACK AUDIO SILENCE 0:4:0", &[]).unwrap().into_parts();
    parts.extras.clear();
    let mut entries = entries;
    entries.insert((CdTextKind::Title, 0), b"a".to_vec());
    let block = discconv_sector::cd_text::Block { number: 0, language: 9, entries, ..Default::default() };
    let packs = discconv_sector::cd_text::encode(&[block]).unwrap();
    parts.toc.cd_text = Some(CdText { blocks: discconv_core::CdTextBlock::from_packs(&packs), packs });
    discconv_core::Disc::new("x", parts).unwrap()
}
