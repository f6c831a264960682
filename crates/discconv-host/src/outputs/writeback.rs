//! Making files durable while they are still being written.
//!
//! The device then works while the processors do. It is the largest single gain there is: with everything left to the
//! end, a conversion takes half as long again. A thread that syncs whole files is portable, and nearly as good as calls
//! that start the writing of a range.

use discconv_core::{At, Error, Result};
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// After so many bytes the files that they went to are synced.
const EVERY_BYTES: u64 = 32 << 20;

/// Syncs a set of files beside their writers.
pub(super) struct Writeback {
    files: Arc<Files>,
    helper: Mutex<Option<Helper>>,
    started_last: AtomicBool,
}

struct Helper {
    requests: Sender<usize>,
    thread: JoinHandle<()>,
}

struct Files {
    files: Vec<Watched>,
    /// Bytes written to all of them.
    written_bytes: AtomicU64,
    stop: AtomicBool,
    failed: AtomicBool,
    failure: Mutex<Option<Failure>>,
}

struct Watched {
    /// The final name, for messages.
    name: String,
    file: Arc<File>,
    unsynced_bytes: AtomicU64,
    queued: AtomicBool,
}

/// The first failure, in a form that can be told more than once.
struct Failure {
    name: String,
    kind: io::ErrorKind,
    code: Option<i32>,
    text: String,
}

impl Failure {
    fn error(&self) -> Error {
        let source = self.code.map_or_else(|| io::Error::new(self.kind, self.text.clone()), io::Error::from_raw_os_error);
        Error::io(&self.name, At::Whole, "cannot make the written data durable", source)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Files {
    fn sync(&self, index: usize) {
        let Some(file) = self.files.get(index) else { return };
        // Reset before the sync: what is written during it is not covered by it.
        file.queued.store(false, Ordering::Release);
        file.unsynced_bytes.store(0, Ordering::Release);
        if self.stop.load(Ordering::Relaxed) {
            return;
        }
        if let Err(error) = file.file.sync_data() {
            let failure =
                Failure { name: file.name.clone(), kind: error.kind(), code: error.raw_os_error(), text: error.to_string() };
            // The system tells each error once, so the first is kept for whoever asks.
            lock(&self.failure).get_or_insert(failure);
            self.failed.store(true, Ordering::Release);
        }
    }

    fn serve(&self, requests: &Receiver<usize>) {
        requests.iter().for_each(|index| self.sync(index));
    }

    fn check(&self) -> Result<()> {
        if !self.failed.load(Ordering::Acquire) {
            return Ok(());
        }
        lock(&self.failure).as_ref().map_or(Ok(()), |failure| Err(failure.error()))
    }
}

impl Writeback {
    /// For these files, each with its final name.
    pub(super) fn new(files: impl IntoIterator<Item = (String, Arc<File>)>) -> Writeback {
        let watched = |(name, file)| Watched { name, file, unsynced_bytes: AtomicU64::new(0), queued: AtomicBool::new(false) };
        let files = Files {
            files: files.into_iter().map(watched).collect(),
            written_bytes: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            failure: Mutex::new(None),
        };
        Writeback { files: Arc::new(files), helper: Mutex::new(None), started_last: AtomicBool::new(false) }
    }

    /// `bytes` more of file `index` are written.
    ///
    /// # Errors
    /// What an earlier sync met.
    pub(super) fn wrote(&self, index: usize, bytes: u64) -> Result<()> {
        let Some(file) = self.files.files.get(index) else { return Ok(()) };
        file.unsynced_bytes.fetch_add(bytes, Ordering::AcqRel);
        let before = self.files.written_bytes.fetch_add(bytes, Ordering::Relaxed);
        if before / EVERY_BYTES != (before + bytes) / EVERY_BYTES {
            // Counted over all files: a disc split into many short ones is written back early too.
            self.request_unsynced();
        }
        self.files.check()
    }

    /// Everything is written: begin the last sync of each file.
    ///
    /// # Errors
    /// What an earlier sync met.
    pub(super) fn start_last(&self) -> Result<()> {
        if !self.started_last.swap(true, Ordering::AcqRel) {
            (0..self.files.files.len()).for_each(|index| self.request(index));
        }
        self.files.check()
    }

    /// Wait until everything is durable.
    ///
    /// # Errors
    /// What any sync met.
    pub(super) fn finish(&self) -> Result<()> {
        self.start_last()?;
        self.request_unsynced();
        self.join();
        self.files.check()
    }

    fn request_unsynced(&self) {
        for (index, file) in self.files.files.iter().enumerate() {
            if file.unsynced_bytes.load(Ordering::Acquire) > 0 && !file.queued.swap(true, Ordering::AcqRel) {
                self.request(index);
            }
        }
    }

    fn request(&self, index: usize) {
        let mut helper = lock(&self.helper);
        if helper.is_none() {
            *helper = self.spawn();
        }
        let sent = helper.as_ref().is_some_and(|helper| helper.requests.send(index).is_ok());
        drop(helper);
        if !sent {
            // No thread to be had: the caller waits.
            self.files.sync(index);
        }
    }

    fn spawn(&self) -> Option<Helper> {
        let (requests, receiver) = channel();
        let files = Arc::clone(&self.files);
        let thread = std::thread::Builder::new().name("write-back".to_owned()).spawn(move || files.serve(&receiver)).ok()?;
        Some(Helper { requests, thread })
    }

    fn join(&self) {
        let helper = lock(&self.helper).take();
        if let Some(Helper { requests, thread }) = helper {
            drop(requests);
            if thread.join().is_err() {
                let failure = Failure {
                    name: "discconv".to_owned(),
                    kind: io::ErrorKind::Other,
                    code: None,
                    text: "the thread that does it ended early".to_owned(),
                };
                lock(&self.files.failure).get_or_insert(failure);
                self.files.failed.store(true, Ordering::Release);
            }
        }
    }
}

impl Drop for Writeback {
    fn drop(&mut self) {
        self.files.stop.store(true, Ordering::Relaxed);
        self.join();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(file: File) -> Writeback {
        Writeback::new([("x.iso".to_owned(), Arc::new(file))])
    }

    #[test]
    fn plain_files_are_synced() {
        let writeback = over(tempfile::tempfile().unwrap());
        for _ in 0..8 {
            writeback.wrote(0, EVERY_BYTES / 4).unwrap();
        }
        writeback.start_last().unwrap();
        writeback.wrote(0, 1).unwrap();
        writeback.finish().unwrap();
        assert_eq!(writeback.files.files[0].unsynced_bytes.load(Ordering::Acquire), 0);
    }

    /// `/dev/null` cannot be synced: the error comes from another thread and must not get lost there.
    #[cfg(unix)]
    #[test]
    fn errors_surface() {
        let writeback = over(File::open("/dev/null").unwrap());
        writeback.wrote(0, EVERY_BYTES - 1).unwrap();
        assert!(!writeback.files.failed.load(Ordering::Acquire));
        let _ = writeback.wrote(0, 1);
        let error = (0..10_000).find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            writeback.wrote(0, 0).err()
        });
        assert!(error.unwrap().to_string().starts_with("x.iso: cannot make the written data durable: "));
        assert!(writeback.start_last().is_err());
        assert!(writeback.finish().is_err());

        assert!(over(File::open("/dev/null").unwrap()).finish().is_err());
    }

    #[test]
    fn short_files_are_synced_early_too() {
        let file = || Arc::new(tempfile::tempfile().unwrap());
        let writeback = Writeback::new((0..4).map(|number| (number.to_string(), file())));
        (0..3).for_each(|index| writeback.wrote(index, EVERY_BYTES / 3 + 1).unwrap());
        let unsynced = || writeback.files.files.iter().map(|file| file.unsynced_bytes.load(Ordering::Acquire)).sum::<u64>();
        let done = (0..10_000).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            unsynced() == 0
        });
        assert!(done);
    }

    #[test]
    fn dropping_does_not_wait_for_more() {
        let writeback = over(tempfile::tempfile().unwrap());
        writeback.wrote(0, EVERY_BYTES).unwrap();
        writeback.start_last().unwrap();
        drop(writeback);
    }
}
