//! The four digests, of raw and of user data: each a lane, a thread of its own that sees every chunk once.
//!
//! MD5 of the raw view is slower than reading and slower than the others, so that it alone sets the pace; the channels
//! between hold a few chunks and no more.

use discconv_core::CheckAlgorithm as Algorithm;
use discconv_sector::{edc, edc_of_both};
use md5::{Digest, Md5};
use serde_json::{Map, Value};
use sha1::Sha1;
use sha2::Sha256;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, ScopedJoinHandle};

/// Chunks that a lane may lie behind.
const WAITING: usize = 3;

/// The digests of some bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Digests {
    pub(crate) bytes: u64,
    pub(crate) crc32: String,
    pub(crate) edc: String,
    pub(crate) md5: String,
    pub(crate) sha1: String,
    pub(crate) sha256: String,
}

impl Digests {
    /// The keys of the JSON contract, in its order.
    pub(crate) fn json(&self) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("bytes".to_owned(), self.bytes.into());
        for (name, value) in self.named() {
            map.insert(name.to_owned(), value.into());
        }
        map
    }

    /// The digest by one algorithm.
    pub(crate) fn of(&self, algorithm: Algorithm) -> &str {
        match algorithm {
            Algorithm::Crc32 => &self.crc32,
            Algorithm::Edc => &self.edc,
            Algorithm::Md5 => &self.md5,
            Algorithm::Sha1 => &self.sha1,
            Algorithm::Sha256 => &self.sha256,
        }
    }

    /// Each digest that is listed, with its name.
    pub(crate) fn named(&self) -> [(&'static str, &str); 4] {
        [("crc32", &self.crc32), ("md5", &self.md5), ("sha1", &self.sha1), ("sha256", &self.sha256)]
    }
}

/// Bytes of a disc on their way to the lanes: of the raw view, of the user view, or of both.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) raw: Vec<u8>,
    pub(crate) user: Vec<u8>,
}

/// Those that are listed.
const ALL: [Algorithm; 4] = [Algorithm::Crc32, Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256];

/// The name of an algorithm for people.
pub(crate) fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Crc32 => "CRC-32",
        Algorithm::Edc => "EDC",
        Algorithm::Md5 => "MD5",
        Algorithm::Sha1 => "SHA-1",
        Algorithm::Sha256 => "SHA-256",
    }
}

/// Which digests are wanted; the others stay empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    Only(Algorithm),
}

impl Which {
    fn algorithms(self) -> Vec<Algorithm> {
        match self {
            Which::All => ALL.to_vec(),
            Which::Only(algorithm) => vec![algorithm],
        }
    }
}

/// A digest in the making.
#[derive(Clone)]
pub(crate) enum Sum {
    Crc32(crc32fast::Hasher),
    Edc(u32),
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Sum {
    pub(crate) fn new(algorithm: Algorithm) -> Sum {
        match algorithm {
            Algorithm::Crc32 => Sum::Crc32(crc32fast::Hasher::new()),
            Algorithm::Edc => Sum::Edc(0),
            Algorithm::Md5 => Sum::Md5(Md5::new()),
            Algorithm::Sha1 => Sum::Sha1(Sha1::new()),
            Algorithm::Sha256 => Sum::Sha256(Sha256::new()),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Sum::Crc32(sum) => sum.update(bytes),
            Sum::Edc(sum) => *sum = edc_of_both(*sum, edc(bytes), bytes.len() as u64),
            Sum::Md5(sum) => sum.update(bytes),
            Sum::Sha1(sum) => sum.update(bytes),
            Sum::Sha256(sum) => sum.update(bytes),
        }
    }

    pub(crate) fn hex(self) -> String {
        match self {
            Sum::Crc32(sum) => format!("{:08x}", sum.finalize()),
            Sum::Edc(sum) => format!("{sum:08x}"),
            Sum::Md5(sum) => hex(&sum.finalize()),
            Sum::Sha1(sum) => hex(&sum.finalize()),
            Sum::Sha256(sum) => hex(&sum.finalize()),
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Which bytes of a chunk.
#[derive(Clone, Copy)]
enum View {
    Raw,
    User,
}

/// One algorithm over one view.
struct Lane {
    view: View,
    sum: Sum,
}

impl Lane {
    fn update(&mut self, chunk: &Chunk) {
        self.sum.update(match self.view {
            View::Raw => &chunk.raw,
            View::User => &chunk.user,
        });
    }

    fn follow(mut self, chunks: &Receiver<Arc<Chunk>>) -> Lane {
        chunks.iter().for_each(|chunk| self.update(&chunk));
        self
    }
}

/// What is to be digested, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) which: Which,
    pub(crate) raw: bool,
    pub(crate) user: bool,
    /// With a thread for each lane, or all in the thread that reads?
    pub(crate) beside: bool,
}

impl Wanted {
    /// Only the raw view, in threads.
    pub(crate) fn of_bytes(which: Which) -> Wanted {
        Wanted { which, raw: true, user: false, beside: true }
    }

    fn lanes(self) -> Vec<(View, Algorithm)> {
        let views = [self.raw.then_some(View::Raw), self.user.then_some(View::User)];
        let of_view = |view: View| self.which.algorithms().into_iter().map(move |algorithm| (view, algorithm));
        views.into_iter().flatten().flat_map(of_view).collect()
    }
}

/// The digests of everything that `feed` hands out, raw and user. Those that are not wanted stay empty.
///
/// # Errors
/// Those of `feed`, which then ends it.
pub(crate) fn digests<E>(
    wanted: Wanted,
    feed: impl FnOnce(&mut dyn FnMut(Chunk)) -> Result<(), E>,
) -> Result<(Digests, Digests), E> {
    let (mut raw_bytes, mut user_bytes) = (0u64, 0u64);
    let lanes = std::thread::scope(|scope| {
        let mut senders: Vec<SyncSender<Arc<Chunk>>> = Vec::new();
        let mut handles: Vec<(usize, ScopedJoinHandle<'_, Lane>)> = Vec::new();
        // Lanes without a thread are worked here.
        let mut here: Vec<(usize, Lane)> = Vec::new();
        for (place, (view, algorithm)) in wanted.lanes().into_iter().enumerate() {
            let lane = move || Lane { view, sum: Sum::new(algorithm) };
            let (sender, receiver) = sync_channel(WAITING);
            let thread = wanted.beside.then(|| Builder::new().spawn_scoped(scope, move || lane().follow(&receiver)));
            match thread {
                Some(Ok(handle)) => {
                    handles.push((place, handle));
                    senders.push(sender);
                }
                _ => here.push((place, lane())),
            }
        }
        let fed = feed(&mut |chunk| {
            raw_bytes += chunk.raw.len() as u64;
            user_bytes += chunk.user.len() as u64;
            let chunk = Arc::new(chunk);
            for sender in &senders {
                // A lane ends early only by a panic, which joining reports.
                let _ = sender.send(Arc::clone(&chunk));
            }
            here.iter_mut().for_each(|(_, lane)| lane.update(&chunk));
        });
        drop(senders);
        let joined = handles
            .into_iter()
            .map(|(place, handle)| (place, handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))));
        let mut lanes: Vec<(usize, Lane)> = joined.chain(here).collect();
        lanes.sort_by_key(|(place, _)| *place);
        fed.map(|()| lanes)
    })?;
    let mut values = lanes.into_iter().map(|(_, lane)| lane.sum.hex());
    let mut next = |view: bool| if view { values.by_ref().take(wanted.which.algorithms().len()).collect() } else { Vec::new() };
    let (raw, user) = (next(wanted.raw), next(wanted.user));
    Ok((named(raw_bytes, wanted.which, raw), named(user_bytes, wanted.which, user)))
}

fn named(bytes: u64, which: Which, values: Vec<String>) -> Digests {
    let mut digests = Digests { bytes, ..Digests::default() };
    for (algorithm, value) in which.algorithms().into_iter().zip(values) {
        *match algorithm {
            Algorithm::Crc32 => &mut digests.crc32,
            Algorithm::Edc => &mut digests.edc,
            Algorithm::Md5 => &mut digests.md5,
            Algorithm::Sha1 => &mut digests.sha1,
            Algorithm::Sha256 => &mut digests.sha256,
        } = value;
    }
    digests
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn of(parts: &[&[u8]], beside: bool) -> Digests {
        let fed = digests(Wanted { beside, ..Wanted::of_bytes(Which::All) }, |give| {
            parts.iter().for_each(|part| give(Chunk { raw: part.to_vec(), user: Vec::new() }));
            Ok::<(), Infallible>(())
        });
        fed.map(|(raw, _)| raw).unwrap_or_default()
    }

    #[test]
    fn the_digests_of_abc() {
        // RFC 1321 appendix A.5, FIPS 180-4 examples; CRC-32 by any other tool.
        let expected = Digests {
            bytes: 3,
            crc32: "352441c2".into(),
            edc: String::new(),
            md5: "900150983cd24fb0d6963f7d28e17f72".into(),
            sha1: "a9993e364706816aba3e25717850c26c9cd0d89d".into(),
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".into(),
        };
        assert_eq!(of(&[b"abc"], false), expected);
        assert_eq!(of(&[b"a", b"", b"bc"], true), expected);
    }

    #[test]
    fn an_error_of_the_feed_ends_it() {
        let fed = digests(Wanted::of_bytes(Which::All), |give| {
            give(Chunk::default());
            Err("no more")
        });
        assert_eq!(fed, Err("no more"));
    }
}
