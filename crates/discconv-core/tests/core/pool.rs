//! A pool that takes the tasks in a random order, from as many threads as it is told.

use discconv_core::*;
use discconv_testkit::Rng;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub struct Shuffled {
    workers: usize,
    seed: u64,
}

impl Shuffled {
    pub fn new(workers: usize, seed: u64) -> Shuffled {
        Shuffled { workers, seed }
    }
}

impl Pool for Shuffled {
    fn run(&self, count: u64, task: &(dyn Fn(u64, &mut Scratch) -> Result<()> + Sync)) -> Result<()> {
        let mut order: Vec<u64> = (0..count).collect();
        let mut rng = Rng::new(self.seed);
        for last in (1..order.len()).rev() {
            order.swap(last, rng.index(last + 1));
        }
        let (next, failed) = (AtomicUsize::new(0), Mutex::new(None));
        std::thread::scope(|scope| {
            for _ in 0..self.workers {
                scope.spawn(|| {
                    let mut scratch = Scratch::default();
                    while failed.lock().unwrap().is_none() {
                        let Some(number) = order.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                        if let Err(error) = task(*number, &mut scratch) {
                            failed.lock().unwrap().get_or_insert(error);
                        }
                    }
                });
            }
        });
        failed.into_inner().unwrap().map_or(Ok(()), Err)
    }

    fn workers(&self) -> usize {
        self.workers
    }
}
