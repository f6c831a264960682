use super::*;
use crate::header::{Map, Parent};
use discconv_testkit::Rng;
use std::collections::BTreeSet;

const HUNK: u32 = 4096;

fn header() -> Header {
    Header {
        version: 5,
        codecs: [*b"zlib", *b"lzma", *b"huff", *b"flac"],
        logical_bytes: u64::from(HUNK) << 24,
        hunk_bytes: HUNK,
        unit_bytes: Some(2048),
        map: Map::Compressed { at: 124 },
        meta_at: 0,
        raw_sha1: None,
        sha1: None,
        parent: Some(Parent { sha1: None }),
    }
}

/// What a hunk is by the map, before any of it is put together.
#[derive(Clone, Copy, Debug)]
enum Said {
    Own(u64),
    Same(u64),
    Parent(u64),
}

/// The entries one by one, as a table without runs would have them.
fn plain(said: &[Said]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for said in said {
        entries.push(match *said {
            Said::Own(at) => Entry::new(Hunk::Stored { at }, Some(7)),
            Said::Same(hunk) => entries[usize::try_from(hunk).unwrap()],
            Said::Parent(at) => in_parent(at),
        });
    }
    entries
}

fn table(said: &[Said]) -> Table {
    let header = header();
    let mut builder = Builder::new(&header, u64::MAX);
    for said in said {
        let put = match *said {
            Said::Own(at) => builder.stored(at, Some(7)),
            Said::Same(hunk) => builder.same_as(hunk),
            Said::Parent(at) => builder.parent(Some(at)),
        };
        assert!(put.is_ok());
    }
    builder.finish()
}

fn own_places(entries: &[Entry]) -> BTreeSet<u64> {
    entries.iter().filter_map(|entry| if let Hunk::Stored { at } = entry.hunk() { Some(at) } else { None }).collect()
}

fn furthest_in_parent(entries: &[Entry]) -> Option<u64> {
    entries.iter().filter_map(|entry| if let Hunk::Parent { at } = entry.hunk() { Some(at) } else { None }).max()
}

#[track_caller]
fn agrees(said: &[Said]) -> Table {
    let (table, plain) = (table(said), plain(said));
    assert_eq!(table.len(), plain.len() as u64);
    for (hunk, entry) in (0..).zip(&plain) {
        assert_eq!(table.get(hunk), Some(*entry), "hunk {hunk} of {said:?}");
    }
    assert_eq!(table.get(table.len()), None);
    let distinct: Vec<Entry> = table.distinct().map(|(_, entry)| entry).collect();
    assert_eq!(own_places(&distinct), own_places(&plain), "{said:?}");
    assert_eq!(furthest_in_parent(&distinct), furthest_in_parent(&plain), "{said:?}");
    table
}

#[test]
fn a_table_says_what_the_map_said() {
    let mut rng = Rng::seed_from_env("DISCCONV_CHD_SEED");
    for _ in 0..300 {
        let (mut said, mut same, mut parent) = (vec![Said::Own(0)], 0, 0);
        for hunk in 1..rng.index(120) as u64 + 1 {
            same = match rng.index(3) {
                0 => same,
                1 => same + 1,
                _ => rng.index(usize::try_from(hunk).unwrap()) as u64,
            }
            .min(hunk - 1);
            parent = match rng.index(3) {
                0 => parent,
                1 => parent + u64::from(HUNK),
                _ => rng.index(100) as u64 * 2048,
            };
            said.push([Said::Own(hunk * 4096), Said::Same(same), Said::Same(same), Said::Parent(parent)][rng.index(4)]);
        }
        agrees(&said);
    }
}

#[test]
fn what_goes_on_is_one_run() {
    let own: Vec<Said> = (0..50).map(|hunk| Said::Own(hunk * 4096)).collect();
    let copied = (0..3).flat_map(|_| (0..50).map(Said::Same));
    let parts = [own, copied.collect(), vec![Said::Same(7); 60], (0..40).map(|n| Said::Parent(n * 4096)).collect()];
    let table = agrees(&parts.concat());
    let what: Vec<What> = table.runs.iter().map(|run| run.what).collect();
    assert_eq!(what, [What::Each(0), What::Each(0), What::Each(0), What::Each(0), What::All(7), What::Parent(0)]);
    assert_eq!(table.entries.len(), 50);
    // The same place of the parent again and again.
    let table = agrees(&[Said::Parent(2048); 90]);
    assert_eq!((table.runs.len(), table.entries.len()), (1, 1));
}

/// References to what is scattered on purpose would each fall into pieces: there is an end to it.
#[test]
fn runs_are_bounded() {
    let header = header();
    let mut builder = Builder::new(&header, 1000);
    for hunk in 0..200 {
        let put = if hunk % 2 == 0 { builder.stored(hunk * 4096, None) } else { builder.same_as(0) };
        assert!(put.is_ok());
    }
    let refused = (0..10_000).position(|hunk| builder.same_as(hunk % 200).is_err());
    assert_eq!((refused.is_some(), builder.table.runs.len()), (true, 1000));
}
