//! Temporaries: what they are called, and whose they are.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// File names are at most 255 bytes on all common file systems; of the target's so much is kept.
const KEPT_BYTES: usize = 180;

/// Tells the temporaries of one set from all others: the process, and a number that no earlier set used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) process: u32,
    set: u64,
}

/// What a temporary is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A new file before it gets its name.
    New,
    /// An old file while it is being replaced.
    Old,
}

impl Kind {
    fn suffix(self) -> &'static str {
        match self {
            Kind::New => ".part",
            Kind::Old => ".old.part",
        }
    }
}

impl Mark {
    pub(super) fn next() -> Mark {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Mark { process: std::process::id(), set: first_set().wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed)) }
    }

    /// Is it of this very process, rather than of an earlier one with the same number?
    fn is_own(self) -> bool {
        self.process == std::process::id() && self.set >= first_set()
    }

    /// The name of the temporary for `target`: `.target.process-set.part`.
    pub(super) fn name(self, target: &str, kind: Kind) -> String {
        format!(".{}.{}-{}{}", shortened(target), self.process, self.set, kind.suffix())
    }
}

/// The first number of a set in this process. In containers every process may be called the same, so the time has to tell
/// them apart.
fn first_set() -> u64 {
    static START: OnceLock<u64> = OnceLock::new();
    *START.get_or_init(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()) << 20)
}

/// `target`, or its beginning and a checksum of it all.
pub(super) fn shortened(target: &str) -> String {
    if target.len() <= KEPT_BYTES {
        return target.to_owned();
    }
    // FNV-1a, to keep apart names that begin alike.
    let sum = target.bytes().fold(0x811C_9DC5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let end = (0..=KEPT_BYTES).rev().find(|end| target.is_char_boundary(*end)).unwrap_or(0);
    format!("{}~{sum:08x}", &target[..end])
}

/// The target (shortened), the mark and the kind of the temporary called `name`, if it is one of ours.
pub(super) fn parse(name: &str) -> Option<(&str, Mark, Kind)> {
    let inner = name.strip_prefix('.')?;
    let (inner, kind) = [Kind::Old, Kind::New].into_iter().find_map(|kind| Some((inner.strip_suffix(kind.suffix())?, kind)))?;
    let (target, mark) = inner.rsplit_once('.')?;
    let (process, set) = mark.split_once('-')?;
    Some((target, Mark { process: process.parse().ok()?, set: set.parse().ok()? }, kind))
}

/// Make the new file `path`, of `len` zeros that take no room yet, and hold its lock for as long as it is open.
pub(super) fn create(path: &Path, len: Option<u64>) -> io::Result<File> {
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
    if cfg!(unix) {
        // Another run sees by it that the file is in use. Where there are no locks, the process number has to do.
        let _ = file.try_lock();
    }
    match len.map_or(Ok(()), |len| file.set_len(len)) {
        Ok(()) => Ok(file),
        Err(error) => {
            let _ = std::fs::remove_file(path);
            Err(error)
        }
    }
}

/// Does the process that made the temporary `path` live no longer?
pub(super) fn is_abandoned(path: &Path, mark: Mark) -> bool {
    // Other jobs of this process have temporaries that are not locked: just made, or old files moved aside.
    let alive = mark.is_own() || (mark.process != std::process::id() && is_alive(mark.process));
    !alive && !is_locked(path)
}

fn is_locked(path: &Path) -> bool {
    cfg!(unix) && File::open(path).is_ok_and(|file| file.try_lock().is_err())
}

#[cfg(unix)]
fn is_alive(process: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) else { return false };
    // One that belongs to somebody else is alive too, though it may not be signalled.
    !matches!(test_kill_process(process), Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_alive(process: u32) -> bool {
    process != std::process::id()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_back() {
        let long = "ü".repeat(127);
        for target in ["x.iso", "x.1-2.part", "a.old", &long] {
            let mark = Mark::next();
            for kind in [Kind::New, Kind::Old] {
                let name = mark.name(target, kind);
                assert!(name.len() <= 255 && name.starts_with('.') && name.ends_with(".part"), "{name}");
                assert_eq!(parse(&name), Some((shortened(target).as_str(), mark, kind)));
            }
        }
        assert_ne!(shortened(&format!("{long}1")), shortened(&format!("{long}2")));
        for name in ["x.iso", ".x.part", ".x.1.part", ".x.a-1.part", "x.1-2.part", ".part", ".x.1-2.par", ".x.-1-2.part"] {
            assert_eq!(parse(name), None, "{name}");
        }
    }

    #[test]
    fn who_lives() {
        assert!(is_alive(std::process::id()));
        assert!(!is_alive(u32::MAX));
        assert!(!is_alive(i32::MAX.unsigned_abs()));
        let (nowhere, mark) = (Path::new("nowhere"), Mark::next());
        assert!(!is_abandoned(nowhere, mark) && is_abandoned(nowhere, Mark { set: mark.set - (1 << 20), ..mark }));
    }
}
