//! Work on several threads.

use discconv_core::{At, Batch, Error, Pool, Result, Scratch};
use std::any::Any;
use std::io;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// So many threads, each taking the next number as soon as it is free. The caller's thread is one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadPool {
    workers: usize,
}

impl ThreadPool {
    /// `workers` threads; at least one.
    #[must_use]
    pub fn new(workers: usize) -> ThreadPool {
        ThreadPool { workers: workers.max(1) }
    }
}

impl Default for ThreadPool {
    /// A thread for each processor that this process may use.
    fn default() -> ThreadPool {
        ThreadPool::new(std::thread::available_parallelism().map_or(1, NonZero::get))
    }
}

type Task<'a> = dyn Fn(u64, &mut Scratch) -> Result<()> + Sync + 'a;

impl Pool for ThreadPool {
    fn run(&self, count: u64, task: &Task<'_>) -> Result<()> {
        let run = Run { count, task, next: AtomicU64::new(0), stop: AtomicBool::new(false), error: Mutex::new(None) };
        let others = u64::try_from(self.workers).unwrap_or(u64::MAX).min(count).saturating_sub(1);
        std::thread::scope(|scope| {
            for number in 0..others {
                let thread = std::thread::Builder::new().name(format!("worker-{number}"));
                // With fewer threads than hoped for, the others do the work.
                if thread.spawn_scoped(scope, || run.work()).is_err() {
                    break;
                }
            }
            run.work();
        });
        match run.error.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    fn run_ordered(&self, count: u64, make: &Make<'_>, take: &mut dyn FnMut(Batch) -> Result<()>) -> Result<()> {
        // Worker w of n makes w, w + n, ...; so the caller knows whose result comes next, and nothing is put in order.
        let workers = u64::try_from(self.workers).unwrap_or(u64::MAX).min(count).max(1);
        std::thread::scope(|scope| {
            let mut results: Vec<Receiver<Result<Batch>>> = Vec::new();
            for first in 0..workers {
                let (sender, receiver) = sync_channel(WAITING);
                let thread = std::thread::Builder::new().name(format!("coder-{first}"));
                thread
                    .spawn_scoped(scope, move || make_every(first, workers, count, make, &sender))
                    .map_err(|error| Error::io("discconv", At::Whole, "cannot start a thread", error))?;
                results.push(receiver);
            }
            // On an error the receivers go, and every worker stops at its next result.
            (0..count).zip(0..).try_for_each(|(number, turn): (u64, usize)| {
                let result = results[turn % results.len()].recv();
                take(result.unwrap_or_else(|_| Err(panicked(number, &"its thread ended")))?)
            })
        })
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

type Make<'a> = dyn Fn(u64, &mut Scratch) -> Result<Batch> + Sync + 'a;

/// Results that wait for their turn, for each worker.
const WAITING: usize = 4;

fn make_every(first: u64, step: u64, count: u64, make: &Make<'_>, results: &SyncSender<Result<Batch>>) {
    let mut scratch = Scratch::default();
    let mut number = first;
    while number < count {
        let made = catch_unwind(AssertUnwindSafe(|| make(number, &mut scratch)));
        let made = made.unwrap_or_else(|panic| Err(panicked(number, panic.as_ref())));
        let failed = made.is_err();
        if results.send(made).is_err() || failed {
            return;
        }
        number = number.saturating_add(step);
    }
}

struct Run<'a> {
    count: u64,
    task: &'a Task<'a>,
    next: AtomicU64,
    stop: AtomicBool,
    error: Mutex<Option<(u64, Error)>>,
}

impl Run<'_> {
    fn work(&self) {
        let mut scratch = Scratch::default();
        // A number that was taken is also worked on: so all below a failing one are, and the lowest error is known.
        while !self.stop.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.count {
                return;
            }
            let done = catch_unwind(AssertUnwindSafe(|| (self.task)(number, &mut scratch)));
            if let Err(error) = done.unwrap_or_else(|panic| Err(panicked(number, panic.as_ref()))) {
                self.stop.store(true, Ordering::Relaxed);
                self.keep(number, error);
            }
        }
    }

    fn keep(&self, number: u64, error: Error) {
        let mut known = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|(other, _)| number < *other) {
            *known = Some((number, error));
        }
    }
}

fn panicked(number: u64, panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let source = io::Error::other(text.unwrap_or("no reason given").to_owned());
    Error::io("discconv", At::Whole, format!("an error of the program itself, in step {number}"), source)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails_at(workers: usize, count: u64, bad: &[u64]) -> Option<String> {
        let task = |number: u64, _: &mut Scratch| match bad.contains(&number) {
            true => Err(Error::unsupported("x", At::Byte(number), "bad")),
            false => Ok(()),
        };
        ThreadPool::new(workers).run(count, &task).err().map(|error| error.to_string())
    }

    #[test]
    fn every_number_once() {
        for workers in [1, 2, 7, 100] {
            let seen: Vec<AtomicU64> = (0..1000).map(|_| AtomicU64::new(0)).collect();
            let task = |number: u64, _: &mut Scratch| {
                seen[usize::try_from(number).unwrap()].fetch_add(1, Ordering::Relaxed);
                Ok(())
            };
            ThreadPool::new(workers).run(1000, &task).unwrap();
            assert!(seen.iter().all(|count| count.load(Ordering::Relaxed) == 1));
        }
        assert_eq!(fails_at(3, 0, &[]), None);
    }

    #[test]
    fn results_come_in_order_and_an_error_ends_it() {
        let batch = |number: u64| Batch { bytes: number.to_le_bytes().to_vec(), ..Batch::default() };
        for workers in [1, 2, 7, 100] {
            let mut seen = Vec::new();
            let take = &mut |made: Batch| {
                seen.push(made.bytes);
                Ok(())
            };
            ThreadPool::new(workers).run_ordered(500, &|number, _| Ok(batch(number)), take).unwrap();
            assert!(seen == (0..500_u64).map(|number| batch(number).bytes).collect::<Vec<_>>());

            let make = |number: u64, _: &mut Scratch| match number {
                123 => Err(Error::unsupported("x", At::Byte(number), "bad")),
                _ => Ok(batch(number)),
            };
            let mut taken = 0;
            let take = &mut |_| {
                taken += 1;
                Ok(())
            };
            let error = ThreadPool::new(workers).run_ordered(500, &make, take).unwrap_err();
            assert_eq!((error.to_string(), taken), ("x: byte 0x7B: bad".to_owned(), 123));
            let refuse = &mut |_| Err(Error::Cancelled);
            assert!(ThreadPool::new(workers).run_ordered(500, &|number, _| Ok(batch(number)), refuse).is_err());
        }
    }

    #[test]
    fn the_lowest_error_wins() {
        for workers in [1, 2, 7] {
            for _ in 0..50 {
                assert_eq!(fails_at(workers, 500, &[499, 41, 40, 42, 300]).unwrap(), "x: byte 0x28: bad");
            }
        }
    }

    #[test]
    fn a_panic_is_an_error() {
        std::panic::set_hook(Box::new(|_| {}));
        let task = |number: u64, _: &mut Scratch| if number == 5 { panic!("index {number} of 3") } else { Ok(()) };
        let error = ThreadPool::new(3).run(9, &task).unwrap_err();
        let _ = std::panic::take_hook();
        assert_eq!(error.to_string(), "discconv: an error of the program itself, in step 5: index 5 of 3");
    }
}
