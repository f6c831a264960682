//! Rock Ridge, Joliet and the enhanced volume: names and what else records say.

use crate::lay::{Laid, ROOT, Record, both16, both32, descriptor, directory, field, folder, record};
use discconv_fs::{Kind, What};

fn sp(skip: u8) -> Vec<u8> {
    field("SP", &[0xBE, 0xEF, skip])
}

fn er() -> Vec<u8> {
    field("ER", &[&[10, 0, 0, 1], &b"RRIP_1991A"[..]].concat())
}

fn nm(flags: u8, name: &str) -> Vec<u8> {
    field("NM", &[&[flags], name.as_bytes()].concat())
}

fn px(mode: u32) -> Vec<u8> {
    field("PX", &[both32(mode), both32(1), both32(1000), both32(100)].concat())
}

fn ce(block: u32, offset: u32, len: u32) -> Vec<u8> {
    field("CE", &[both32(block), both32(offset), both32(len)].concat())
}

fn component(flags: u8, text: &str) -> Vec<u8> {
    [&[flags, text.len() as u8], text.as_bytes()].concat()
}

fn sl(flags: u8, components: &[Vec<u8>]) -> Vec<u8> {
    field("SL", &[vec![flags], components.concat()].concat())
}

/// The root's own record says that the protocol is used, and how many bytes to skip.
fn rock(own: &[Vec<u8>], records: &[Record]) -> Laid {
    let mut laid = Laid::new(&[]);
    let dot = folder("\0", ROOT).with(own);
    let all = [dot, folder("\x01", ROOT)];
    let bytes: Vec<u8> = all.iter().chain(records).flat_map(Record::bytes).collect();
    laid.put(ROOT, &bytes);
    laid.number(30..50);
    laid
}

#[test]
fn posix() {
    let stamps = |flags, stamps: &[&[u8]]| field("TF", &[&[flags], stamps.concat().as_slice()].concat());
    let long = b"2010111213141500\x04";
    let records = [
        record("A.TXT;1", 30, 5).with(&[nm(0, "a file, ünïcode.text"), px(0o100_640)]),
        record("B.;1", 0, 0).with(&[px(0o120_777), sl(0, &[component(8, ""), component(0, "etc"), component(0, "x")])]),
        record("C.;1", 0, 0).with(&[px(0o060_600), field("PN", &[both32(0), both32(0x0801)].concat())]),
        record("D.;1", 0, 0).with(&[px(0o020_666), field("PN", &[both32(5), both32(1)].concat())]),
        record("E.;1", 0, 0).with(&[px(0o010_644), nm(0, "pipe")]),
        record("F.;1", 30, 1).with(&[stamps(0x03, &[&[99, 1, 1, 0, 0, 0, 0], &[100, 1, 2, 3, 4, 5, 0]])]),
        record("G.;1", 30, 1).with(&[stamps(0x82, &[long])]),
        record("H.;1", 30, 1).with(&[nm(1, "in "), nm(1, "three "), nm(0, "parts")]),
        record("I.;1", 30, 1).with(&[nm(4, ""), field("AA", &[1, 2]), field("RR", &[0x81])]),
    ];
    insta::assert_snapshot!(rock(&[sp(0), er()], &records).shown());
}

#[test]
fn links_of_all_components() {
    let link = |components: &[Vec<u8>]| record("L.;1", 0, 0).with(&[px(0o120_777), sl(0, components)]);
    let target = |record: Record| match rock(&[sp(0), er()], &[record]).found().entry("L").what {
        What::Link(target) => target,
        other => panic!("{other:?}"),
    };
    let plain = |text| component(0, text);
    assert_eq!(target(link(&[component(4, ""), component(2, ""), plain("a")])), ".././a");
    assert_eq!(target(link(&[component(1, "lo"), component(1, "n"), plain("g"), plain("x")])), "long/x");
    assert_eq!(target(link(&[plain("a"), component(16, ""), plain("b")])), "/b");
    assert_eq!(target(link(&[component(8, "")])), "/");
    let two = record("L.;1", 0, 0).with(&[sl(1, &[plain("a"), component(1, "b")]), sl(0, &[plain("c"), plain("d")])]);
    assert_eq!(target(two), "a/bc/d");
    // A component longer than its field is left out.
    assert_eq!(target(link(&[plain("a"), vec![0, 200, b'x']])), "a");
}

#[test]
fn fields_go_on_in_continuation_areas() {
    let mut laid = rock(&[sp(0), ce(45, 0, 18)], &[record("A.;1", 30, 1).with(&[nm(1, "a"), ce(40, 100, 40)])]);
    laid.put(45, &er());
    let first = [nm(1, "b"), ce(41, 8, 6), field("ST", &[])].concat();
    laid.put_at(40, 100, &first);
    laid.put_at(41, 8, &nm(0, "c"));
    let found = laid.found();
    assert_eq!((found.names("/"), found.notes()), (vec!["abc".to_owned()], Vec::new()));
}

#[test]
fn continuation_areas_that_go_round_end() {
    let mut laid = rock(&[sp(0), er()], &[record("A.;1", 30, 1).with(&[nm(1, "a"), ce(40, 0, 40)])]);
    laid.put(40, &[nm(1, "b"), ce(40, 0, 40)].concat());
    let found = laid.found();
    let name = &found.names("/")[0];
    assert!(name.starts_with("abb") && name.len() < 50, "{name}");
    assert!(found.notes()[0].contains("continuation areas"), "{:?}", found.notes());
}

/// The attributes of XA come first; `SP` is behind them, and says so.
#[test]
fn xa_before_rock_ridge() {
    let xa = |attributes: u16| [&[0, 1, 0, 2][..], &attributes.to_be_bytes(), b"XA", &[7, 0, 0, 0, 0, 0]].concat();
    let file = record("A.;1", 30, 4096).with(&[xa(0x1555), nm(0, "video")]);
    let track = record("T.;1", 0, 4096).with(&[xa(0x4555)]);
    let found = rock(&[xa(0x8D55), sp(14), er()], &[file, track]).found();
    assert_eq!(found.kinds(), [Kind::RockRidge, Kind::Iso9660]);
    let entry = found.entry("video");
    let xa = entry.xa.unwrap();
    assert_eq!((xa.owner, xa.attributes, xa.file, xa.has_form2()), ((1, 2), 0x1555, 7, true));
    assert_eq!(found.entry("T").what, What::Audio);
}

/// The first version had no `SP`.
#[test]
fn rock_ridge_by_its_own_fields() {
    let found = rock(&[field("RR", &[0x89]), px(0o040_755)], &[record("A.;1", 30, 1).with(&[nm(0, "old")])]).found();
    assert_eq!((found.kinds()[0], found.names("/")), (Kind::RockRidge, vec!["old".to_owned()]));
}

/// A directory too deep for the standard lies elsewhere, and a record in its place says where.
#[test]
fn moved_directories_are_where_they_belong() {
    let records =
        [folder("DEEP", 21), Record { flags: 2, ..folder("RR_MOVED", 22) }.with(&[field("RE", &[]), nm(0, "rr_moved")])];
    let mut laid = rock(&[sp(0), er()], &records);
    let child = record("HERE.;1", 0, 0).with(&[nm(0, "here"), field("CL", &both32(23)), px(0o040_755)]);
    laid.put(21, &directory(21, ROOT, &[child]));
    laid.put(22, &directory(22, ROOT, &[folder("HERE", 23).with(&[field("RE", &[])])]));
    laid.put(23, &directory(23, 22, &[record("X.;1", 30, 2)]));
    let found = laid.clone().found();
    assert_eq!((found.names("/"), found.bytes("DEEP/here/X")), (vec!["DEEP".to_owned()], vec![30; 2]));
    insta::assert_snapshot!(laid.shown());
}

/// A record refers to the directory that it is in, and to the root.
#[test]
fn references_in_a_circle_end() {
    let to = |name: &str, block| record(name, 0, 0).with(&[field("CL", &both32(block)), px(0o040_755)]);
    let mut laid = rock(&[sp(0), er()], &[folder("SUB", 21)]);
    laid.put(21, &directory(21, ROOT, &[to("SELF", 21), to("UP", ROOT)]));
    let shown = laid.shown();
    assert_eq!(shown.lines().take(6).filter(|line| line.contains("!! it contains itself")).count(), 2, "{shown}");
}

/// The directory for moved ones in block 22 holds two; a record in block 21 refers to that of block 23, if it is told to.
fn moved(refers: bool, parents: [Option<u32>; 2]) -> Laid {
    let marked = |name: &str, block| folder(name, block).with(&[field("RE", &[])]);
    let mut laid = rock(&[sp(0), er()], &[folder("DEEP", 21), marked("RR_MOVED", 22)]);
    let child = record("HERE.;1", 0, 0).with(&[nm(0, "here"), field("CL", &both32(23)), px(0o040_755)]);
    laid.put(21, &directory(21, ROOT, if refers { std::slice::from_ref(&child) } else { &[] }));
    laid.put(22, &directory(22, ROOT, &[marked("HERE", 23), marked("LOST", 24)]));
    for (block, parent) in [23, 24].into_iter().zip(parents) {
        let above = folder("\x01", 22).with(&parent.map(|block| field("PL", &both32(block))).into_iter().collect::<Vec<_>>());
        let all = [folder("\0", block), above, record("X.;1", 30, block)];
        laid.put(block, &all.iter().flat_map(Record::bytes).collect::<Vec<u8>>());
    }
    laid
}

/// Nothing is lost: what no record refers to is shown where it was moved to, whatever it says of its parent.
#[test]
fn moved_directories_that_nothing_refers_to_are_shown_where_they_lie() {
    for parents in [[Some(21), Some(21)], [None, None], [Some(60), Some(9999)], [Some(22), Some(24)]] {
        let found = moved(true, parents).found();
        assert_eq!(found.names("/"), ["DEEP", "RR_MOVED"], "{parents:?}");
        assert_eq!((found.names("DEEP"), found.names("RR_MOVED")), (vec!["here".to_owned()], vec!["LOST".to_owned()]));
        assert_eq!(found.bytes("RR_MOVED/LOST/X"), [30; 24]);
        assert!(found.notes().iter().any(|note| note.contains("that no record refers to (CL)")), "{:?}", found.notes());
        assert_eq!(moved(false, parents).found().names("RR_MOVED"), ["HERE", "LOST"]);
    }
}

/// Moved into each other, into themselves: shown, and an end.
#[test]
fn moved_directories_in_a_circle_end() {
    let marked = |name: &str, block| folder(name, block).with(&[field("RE", &[])]);
    let mut laid = rock(&[sp(0), er()], &[marked("A", 21), marked("B", 22)]);
    laid.put(21, &directory(21, ROOT, &[marked("B", 22), marked("A", 21)]));
    laid.put(22, &directory(22, ROOT, &[marked("A", 21), marked("ROOT", ROOT)]));
    let shown = laid.shown();
    assert!(shown.contains("\"A\"/") && shown.contains("it contains itself"), "{shown}");
}

#[test]
fn sparse_files_are_refused_by_name() {
    let sparse =
        |data: &[Vec<u8>]| rock(&[sp(0), er()], &[record("S.;1", 30, 2048).with(&[field("SF", &data.concat())])]).found();
    for (data, len) in [(vec![both32(1), both32(5), vec![2]], (1 << 32) + 5), (vec![both32(70_000)], 70_000)] {
        let found = sparse(&data);
        assert_eq!(found.entry("S").len, len);
        let error = found.content("S").err().unwrap().to_string();
        assert!(error.contains(&format!("a sparse file (SF) of {len} bytes, which is stored as tables")), "{error}");
        found.names("/");
        assert!(found.notes()[0].contains("\"S\" is a sparse file (SF), which is not read"), "{:?}", found.notes());
    }
}

#[test]
fn packed_files_are_unpacked() {
    let zlib = |bytes: &[u8]| {
        use std::io::Write;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    // Three blocks of 32 KiB: text, nothing, the rest.
    let plain = [vec![b'a'; 32_768], vec![0; 32_768], b"the end".to_vec()].concat();
    let (first, last) = (zlib(&plain[..32_768]), zlib(&plain[65_536..]));
    let starts = [32, 32 + first.len(), 32 + first.len(), 32 + first.len() + last.len()];
    let mut packed = vec![0x37, 0xE4, 0x53, 0x96, 0xC9, 0xDB, 0xD6, 0x07];
    packed.extend((plain.len() as u32).to_le_bytes());
    packed.extend([4, 15, 0, 0]);
    packed.extend(starts.iter().flat_map(|start| (*start as u32).to_le_bytes()));
    packed.extend([first, last].concat());
    let zf = |len: usize| field("ZF", &[&b"pz"[..], &[4, 15], &both32(len as u32)].concat());
    let lay = |told: usize, packed: &[u8]| {
        let mut laid = rock(&[sp(0), er()], &[record("Z.;1", 30, packed.len() as u32).with(&[zf(told)])]);
        laid.put(30, packed);
        laid.found()
    };
    let found = lay(plain.len(), &packed);
    assert_eq!((found.entry("Z").len, found.bytes("Z") == plain), (plain.len() as u64, true));
    assert_eq!(found.system().packing(&found.entry("Z")), Some("zisofs"));
    // Lies of all fields: an error or other bytes, never a panic.
    for at in 0..packed.len() {
        for byte in [0, 1, 0x7F, 0xFF] {
            let mut bent = packed.clone();
            bent[at] = byte;
            if let Ok(content) = lay(plain.len(), &bent).content("Z") {
                let mut out = vec![0; plain.len()];
                let _ = discconv_core::ReadAt::read_exact_at(&content, 0, &mut out);
            }
        }
    }
    let error = lay(plain.len() + 1, &packed).content("Z").err().unwrap();
    assert_eq!(error.to_string(), "Z: byte 0x0: found 65543 bytes when unpacked; expected 65544 bytes, as the directory says");
}

#[test]
fn joliet_and_enhanced_volumes() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let named = |name: Vec<u8>, block| Record { name, ..record("", block, 1) };
    let mut laid = Laid::new(&[record("LONG_NAM.TXT;1", 30, 1)]);
    let mut joliet = descriptor(2, "", &folder("\0", 21));
    joliet[88..91].copy_from_slice(b"%/E");
    joliet[8..72].copy_from_slice(&wide(&" ".repeat(32)));
    joliet[40..46].copy_from_slice(&wide("Ünï"));
    laid.put(17, &joliet);
    let mut enhanced = descriptor(2, "ENHANCED", &folder("\0", 22));
    enhanced[6] = 2;
    laid.put(18, &enhanced);
    laid.put(19, b"\xFFCD001\x01");
    let names = [named(wide("long name 💿.txt;1"), 30), named([wide("lone "), vec![0xD8, 0]].concat(), 30)];
    laid.put(21, &directory(21, 21, &names));
    laid.put(22, &directory(22, 22, &[record("a name of a hundred.characters.and.dots", 30, 1)]));
    laid.number(30..31);
    insta::assert_snapshot!(laid.shown());
}

#[test]
fn numbers_that_disagree_are_told_and_the_first_believed() {
    let mut laid = Laid::new(&[]);
    let mut bent = record("A.;1", 30, 2).bytes();
    bent[9] = 31;
    laid.put(ROOT, &[directory(ROOT, ROOT, &[]), bent].concat());
    laid.put_at(16, 130, &both16(512)[2..]);
    laid.number(30..32);
    let found = laid.found();
    assert_eq!(found.bytes("A"), [30; 2]);
    insta::assert_snapshot!(found.notes().join("\n"));
}
