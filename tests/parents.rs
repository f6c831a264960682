//! CHDs that build upon others of their folder.

use crate::support::{Room, tree};

/// `child.chd`, all of whose 26 sectors are in `parent.chd`, and `another.chd`, which has nothing to do with them.
fn family() -> Room {
    let room = Room::with("iso-2048").and("mixed");
    room.run(&["small.iso", "parent.chd"]).ok();
    room.run(&["mixed.cue", "another.chd"]).ok();
    room.put("child.chd", &child_of(&room.get("parent.chd")));
    for name in ["small.iso", "mixed.cue", "mixed.bin"] {
        std::fs::remove_file(room.path(name)).unwrap();
    }
    room
}

/// A CHD without codecs, whose map says of every hunk that it is in the parent: a zero.
fn child_of(parent: &[u8]) -> Vec<u8> {
    let number = |at: usize| u64::from_be_bytes(*parent[at..].first_chunk().unwrap());
    let (logical, hunk_bytes) = (number(32), number(56) >> 32);
    let map = vec![0; usize::try_from(logical.div_ceil(hunk_bytes) * 4).unwrap()];
    let meta_at = 124 + map.len() as u64;
    let line = b"TRACK:1 TYPE:MODE1 SUBTYPE:NONE FRAMES:26 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0\0";
    let mut child = parent[..16].to_vec();
    child.extend([0; 16]);
    [logical, 124, meta_at].iter().for_each(|number| child.extend(number.to_be_bytes()));
    child.extend(&parent[56..64]);
    // No digests of its own; the parent is known by that of its content and metadata.
    child.extend([0; 40]);
    child.extend(&parent[84..104]);
    child.extend(map);
    child.extend([b"CHT2\x01\0\0", &[u8::try_from(line.len()).unwrap()][..], &[0; 8], line].concat());
    child
}

#[test]
fn only_the_parent_belongs_to_the_child() {
    let room = family();
    let info = room.run(&["info", "child.chd", "--json"]).ok().json();
    let bytes = |name: &str| room.get(name).len();
    assert_eq!(info["size_bytes"], bytes("child.chd") + bytes("parent.chd"), "{info:#}");
    room.run(&["diff", "child.chd", "parent.chd"]).ok();
    // What it needs is never replaced; what was only looked at is a file like any other.
    let before = room.contents();
    for output in ["parent.chd", "child.chd"] {
        room.run(&["child.chd", output, "--force"]).exits(1);
        assert!(room.contents() == before, "{output}\n{}", room.tree());
    }
    room.run(&["child.chd", "another.chd"]).exits(1);
    assert!(room.contents() == before);
    room.run(&["child.chd", "another.chd", "--force"]).ok();
    room.run(&["diff", "another.chd", "parent.chd"]).ok();
}

/// A parent is a disc by itself, and so are the files among which it was looked for.
#[test]
fn a_batch_converts_them_all() {
    let room = family();
    room.run(&[".", "--to", "cue", "--out", "out"]).ok().says("3 converted");
    assert_eq!(tree(&room.path("out")).lines().count(), 6, "{}", room.tree());
    // The parent may also be named, and is converted all the same.
    room.run(&["child.chd", "parent.chd", "--parent", "parent.chd", "--to", "iso", "--out", "both"]).ok().says("2 converted");
}
