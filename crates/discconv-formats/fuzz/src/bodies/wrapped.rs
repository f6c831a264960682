//! Files around files.

use super::folder::Folder;
use super::packed::read_here_and_there;
use super::proof::{read_edges, source};
use discconv_core::{Input, Limits, MemorySpool, Opened};
use discconv_formats::by_id;

/// Bytes of content that are unpacked, at most: a packed file of a few kilobytes may hold gigabytes.
const MOST: u64 = 1 << 20;

/// Any bytes as a packed file of each kind, as an archive of each kind, and as whatever they look like.
pub fn wrapped(data: &[u8]) {
    let (folder, spool) = (Folder::of_zeros(), MemorySpool { most: MOST });
    let limits = Limits { unpacked_bytes: MOST, ..Limits::default() };
    let input = |name| Input { limits, spool: &spool, ..Input::new(name, source(name, data), &folder) };
    for id in ["gzip", "bzip2", "xz", "zstd"] {
        let Some(format) = by_id(id) else { panic!("there is no format {id}") };
        match format.open(&input("x")) {
            Ok(Opened::Bytes { source, .. }) => read_here_and_there(source.as_ref()),
            Ok(Opened::Discs(_)) => panic!("{id} is a disc"),
            Err(_) => {}
        }
    }
    for id in ["zip", "7z"] {
        let Some(archive) = by_id(id).and_then(|format| format.archive()) else { panic!("there is no archive {id}") };
        let input = input("x");
        let Ok(files) = archive.files(&input) else { continue };
        for name in files.list().iter().take(20) {
            assert!(!name.starts_with('/') && name.split('/').all(|part| part != ".." && !part.is_empty()), "{name:?}");
            if let Ok(Some(found)) = files.open(name) {
                read_here_and_there(found.source.as_ref());
            }
        }
        for promise in files.promises() {
            assert!(promise.range.start <= promise.range.end && promise.range.end <= promise.source.len(), "{id}");
        }
    }
    if let Ok(image) = discconv_formats::open(&input("x")) {
        image.discs.iter().for_each(read_edges);
    }
}
