//! Volumes that mean harm: whatever they call their files, all of them come out below the folder that was asked for, each under
//! a name that every system can bear.

use crate::support::Room;
use discconv_testkit::{consoles, hfs, udf};
use std::collections::BTreeSet;

const SECTOR: usize = 2048;
const ROOT_BYTES: u32 = 8 * 2048;
/// Folders above, roots, letters that end names or move a cursor, devices, ends that Windows cuts, names that differ in case only.
const NAMES: [&str; 16] = [
    "../../zz",
    "/zz",
    "..\\..\\zz",
    "C:zz",
    "..",
    ".",
    "a\0b",
    "\x1b[2Jc",
    "CON",
    "nul.txt",
    "COM1",
    "dots...",
    "blank ",
    "Case",
    "CASE",
    "case",
];
/// Longer than a name may be on the systems people use.
const LONG: usize = 300;

/// Takes everything out and holds what is there against the number of files that there should be.
fn check(what: &str, image: &[u8], files: usize) {
    let room = Room::new();
    room.put("x.iso", image);
    let ran = room.run(&["extract", "x.iso", "-o", "deep/out"]);
    let paths: Vec<String> = room.contents().into_keys().filter(|path| path != "x.iso").collect();
    assert!(paths.iter().all(|path| path.starts_with("deep/out/")), "{what}: {paths:?}");
    assert_eq!(paths.len(), files, "{what}: {paths:?}\n{}", ran.all());
    let folded: BTreeSet<String> = paths.iter().map(|path| path.to_lowercase()).collect();
    assert_eq!(folded.len(), files, "{what}: {paths:?}");
    paths.iter().flat_map(|path| path.split('/').skip(2)).for_each(|name| assert!(is_borne(name), "{what}: {name:?}"));
    // Listed as they are, but for what would move the cursor.
    assert!(!room.run(&["ls", "x.iso"]).stdout.contains('\x1b'), "{what}");
}

/// Can every system bear that name?
fn is_borne(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let device = ["con", "prn", "aux", "nul", "com1"].contains(&stem.as_str());
    let ends = name.ends_with(['.', ' ']);
    name.len() <= 255 && !device && !ends && !name.contains(|c: char| c.is_control() || "/\\:*?\"<>|".contains(c))
}

fn both(number: u32) -> Vec<u8> {
    [number.to_le_bytes(), number.to_be_bytes()].concat()
}

/// A directory record (ECMA-119 9.1).
fn record(name: &[u8], block: u32, len: u32, flags: u8, system_use: &[u8]) -> Vec<u8> {
    let mut out = [&[0, 0][..], &both(block), &both(len), &[101, 2, 3, 4, 5, 6, 0, flags, 0, 0, 1, 0, 0, 1]].concat();
    out.push(u8::try_from(name.len()).unwrap());
    out.extend(name);
    out.resize(out.len().next_multiple_of(2), 0);
    out.extend(system_use);
    out.resize(out.len().next_multiple_of(2), 0);
    out[0] = u8::try_from(out.len()).unwrap();
    out
}

fn field(signature: &[u8; 2], data: &[u8]) -> Vec<u8> {
    [&signature[..], &[u8::try_from(data.len() + 4).unwrap(), 1], data].concat()
}

/// A volume whose root, in sectors 20 to 27, has those records; sector 30 is content.
fn iso(joliet: bool, own: &[u8], records: &[Vec<u8>], more: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let mut disc = vec![0; 64 * SECTOR];
    let len = ROOT_BYTES;
    let mut all = [record(b"\0", 20, len, 2, own), record(b"\x01", 20, len, 2, &[])].concat();
    for record in records {
        let rest = SECTOR - all.len() % SECTOR;
        all.resize(all.len() + if record.len() > rest { rest } else { 0 }, 0);
        all.extend(record);
    }
    let mut descriptor = [&b"\x01CD001\x01\0"[..], &[b' '; 182]].concat();
    descriptor.resize(SECTOR, 0);
    descriptor[80..88].copy_from_slice(&both(64));
    descriptor[88..120].fill(0);
    descriptor[128..132].copy_from_slice(&[0, 8, 8, 0]);
    descriptor[156..190].copy_from_slice(&record(b"\0", 20, len, 2, &[]));
    consoles::put(&mut disc, 16 * SECTOR, &descriptor);
    consoles::put(&mut disc, 17 * SECTOR, b"\xFFCD001\x01");
    if joliet {
        descriptor[0] = 2;
        descriptor[88..91].copy_from_slice(b"%/E");
        consoles::put(&mut disc, 17 * SECTOR, &descriptor);
        consoles::put(&mut disc, 18 * SECTOR, b"\xFFCD001\x01");
        // The primary tree has none.
        consoles::put(&mut disc, 16 * SECTOR + 156, &record(b"\0", 29, 2048, 2, &[]));
        consoles::put(&mut disc, 29 * SECTOR, &[record(b"\0", 29, 2048, 2, &[]), record(b"\x01", 29, 2048, 2, &[])].concat());
    }
    consoles::put(&mut disc, 20 * SECTOR, &all);
    more.iter().for_each(|(sector, bytes)| consoles::put(&mut disc, sector * SECTOR, bytes));
    disc
}

fn file(name: &[u8], system_use: &[u8]) -> Vec<u8> {
    record(name, 30, 5, 0, system_use)
}

#[test]
fn names_of_iso_9660_and_joliet() {
    let long = "l".repeat(220);
    let records: Vec<Vec<u8>> = NAMES.iter().chain([&long.as_str()]).map(|name| file(name.as_bytes(), &[])).collect();
    check("ISO 9660", &iso(false, &[], &records, &[]), records.len());
    let wide = |name: &str| file(&name.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>(), &[]);
    // Three bytes each on the host.
    let long = "あ".repeat(105);
    let records: Vec<Vec<u8>> = NAMES.iter().chain([&long.as_str()]).map(|name| wide(name)).collect();
    check("Joliet", &iso(true, &[], &records, &[]), records.len());
}

/// The root says that the protocol is shared, and by what.
const SHARED: &[u8] = b"SP\x07\x01\xBE\xEF\0ER\x12\x01\x0A\0\0\x01RRIP_1991A";

#[test]
fn names_of_rock_ridge() {
    let named =
        |number: usize, name: &str| file(format!("F{number}").as_bytes(), &field(b"NM", &[&[0], name.as_bytes()].concat()));
    let mut records: Vec<Vec<u8>> = NAMES.iter().enumerate().map(|(number, name)| named(number, name)).collect();
    // A long name in two parts, which are in sector 40.
    let halves = [&[1][..], &[b'l'; LONG / 2]].concat();
    // Else the names of the plain tree would be what came out.
    let used = |image: &[u8]| {
        let room = Room::new();
        room.put("x.iso", image);
        room.run(&["ls", "x.iso"]).ok().says("x.iso: Rock Ridge");
    };
    used(&iso(false, SHARED, &records, &[]));
    let area = [field(b"NM", &halves), field(b"NM", &halves)].concat();
    let len = u32::try_from(area.len()).unwrap();
    records.push(file(b"LONG", &field(b"CE", &[both(40), both(0), both(len)].concat())));
    check("Rock Ridge", &iso(false, SHARED, &records, &[(40, area)]), records.len());
}

/// A link that leads up, then a folder of the same name with a file in it; links that lead out, by other links too.
#[test]
fn links_of_rock_ridge() {
    let link = |name: &str, to: &str| {
        let components = to.split('/').map(|part| match part {
            ".." => vec![4, 0],
            "" => vec![8, 0],
            part => [&[0, u8::try_from(part.len()).unwrap()], part.as_bytes()].concat(),
        });
        let target = [vec![0], components.flatten().collect()].concat();
        let mode = [both(0o120_777), both(1), both(0), both(0)].concat();
        let fields = [field(b"NM", &[&[0], name.as_bytes()].concat()), field(b"PX", &mode), field(b"SL", &target)].concat();
        record(name.as_bytes(), 0, 0, 0, &fields)
    };
    let named = |name: &[u8], block, flags| record(name, block, 2048, flags, &field(b"NM", &[&[0], name].concat()));
    let sub = [named(b"\0", 41, 2), named(b"\x01", 20, 2), file(b"x", &[]), link("up", "..")].concat();
    let records = [
        link("a", ".."),
        named(b"a", 41, 2),
        link("root", "/etc"),
        link("b", "a~2/up/../../zz"),
        link("c", "a~2/x"),
        link("c", "../zz"),
        file(b"c", &[]),
    ];
    let room = Room::new();
    room.put("x.iso", &iso(false, SHARED, &records, &[(41, sub), (30, b"hello".to_vec())]));
    room.put("zz", b"mine");
    for again in ["once", "twice"] {
        let ran = room.run(&["extract", "x.iso", "-o", "deep/out"]).says("\"..\", which leads out of the folder, or may");
        assert_eq!(room.get("zz"), b"mine", "{again}: {}", ran.all());
        let out = room.path("deep/out");
        let links = ["a~2/up", "c"].map(|link| std::fs::read_link(out.join(link)).map(|to| to.display().to_string()));
        assert_eq!(links.map(Result::ok), [Some("..".to_owned()), Some("a~2/x".to_owned())], "{}", ran.all());
        assert!(["a", "root", "b"].iter().all(|link| std::fs::symlink_metadata(out.join(link)).is_err()), "{}", ran.all());
        assert_eq!(std::fs::read(out.join("a~2/x")).unwrap(), b"hello");
        assert_eq!(std::fs::read(out.join("c~3")).unwrap(), b"hello");
    }
    let stray: Vec<String> = room.contents().into_keys().filter(|path| !path.starts_with("deep/out/")).collect();
    assert_eq!(stray, ["x.iso", "zz"]);
}

#[test]
fn names_of_udf() {
    let long = "l".repeat(250);
    for name in NAMES.iter().chain([&long.as_str()]) {
        check("UDF", &udf::volume("LABEL", name, b"hello"), 1);
    }
}

#[test]
fn names_of_hfs() {
    let content = vec![(100, b"hello".to_vec())];
    let long = "あ".repeat(255);
    let names = || NAMES.iter().chain([&long.as_str()]).map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let record = |id| hfs::file(id, &hfs::fork(5, &[(100, 1)]), &[]);
    let catalog = (20..).zip(names()).map(|(id, name)| (2, name, record(id))).collect();
    check("HFS+", &hfs::Plus { catalog, content, ..hfs::Plus::default() }.build(), NAMES.len() + 1);
    let records: Vec<(u32, &[u8], Vec<u8>)> =
        (20..).zip(NAMES).take(12).map(|(id, name)| (2, name.as_bytes(), hfs::short_file(id, (5, 12), (0, 0)))).collect();
    check("HFS", &hfs::short(&records, &[(12, b"hello".to_vec())]), 12);
}

#[test]
fn names_of_consoles() {
    let long = "l".repeat(14);
    for name in NAMES.iter().chain([&long.as_str()]) {
        let mut xbox = consoles::xdvdfs();
        xbox[33 * SECTOR + 13] = u8::try_from(name.len()).unwrap();
        consoles::put(&mut xbox, 33 * SECTOR + 14, name.as_bytes());
        check("XDVDFS", &xbox, 2);
        let mut opera = consoles::opera();
        opera[6 * SECTOR + 20 + 32..][..32].fill(0);
        consoles::put(&mut opera, 6 * SECTOR + 20 + 32, name.as_bytes());
        check("Opera", &opera, 3);
    }
}

/// Thousands of the same name in one folder: each gets its own, soon.
#[test]
fn one_name_many_times() {
    let records: Vec<Vec<u8>> = (0..400).map(|_| file(b"SAME", &[])).collect();
    check("the same", &iso(false, &[], &records, &[]), 400);
}
