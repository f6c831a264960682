//! Runs put together, cut and read.

use crate::{Run, Space};
use discconv_core::{At, Error, Lba, Result};

/// Where byte `at` of the space is, for messages.
pub(crate) fn place(at: u64) -> At {
    i32::try_from(at / crate::space::SECTOR).map_or(At::Whole, |sector| At::Lba(Lba(sector)))
}

/// Append a run, which joins the last one where it goes on.
pub(crate) fn push(runs: &mut Vec<Run>, at: Option<u64>, len: u64) {
    if len == 0 {
        return;
    }
    if let Some(last) = runs.last_mut() {
        let goes_on = match (last.at, at) {
            (Some(before), Some(at)) => before.checked_add(last.len) == Some(at),
            (None, None) => true,
            _ => false,
        };
        if let (true, Some(sum)) = (goes_on, last.len.checked_add(len)) {
            last.len = sum;
            return;
        }
    }
    runs.push(Run { at, len });
}

/// The part of `runs` from byte `from` on, `len` bytes long; `None` if they end before it does.
pub(crate) fn cut(runs: &[Run], from: u64, len: u64) -> Option<Vec<Run>> {
    let (mut skip, mut left, mut part) = (from, len, Vec::new());
    for run in runs {
        if left == 0 {
            break;
        }
        if skip >= run.len {
            skip -= run.len;
            continue;
        }
        let take = (run.len - skip).min(left);
        push(&mut part, run.at.map(|at| at.saturating_add(skip)), take);
        (skip, left) = (0, left - take);
    }
    (left == 0).then_some(part)
}

/// All bytes of runs that must be stored: what they are is `what`, for the message. What comes back is never longer than
/// the disc.
pub(crate) fn gather(space: &Space, runs: &[Run], what: &str) -> Result<Vec<u8>> {
    let mut len = 0_u64;
    for run in runs {
        let Some(at) = run.at else {
            return Err(Error::malformed(
                space.name(),
                At::Whole,
                format!("a part of {what} that was never recorded"),
                "all of it",
            ));
        };
        len = len.saturating_add(run.len);
        if !space.has(at, run.len) || len > space.end() {
            let found = format!("{what}, {} bytes of it here", run.len);
            return Err(Error::malformed(
                space.name(),
                place(at),
                found,
                format!("data sectors of a disc that ends at LBA {}", space.end() / crate::space::SECTOR),
            ));
        }
    }
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
    let mut rest = bytes.as_mut_slice();
    for run in runs {
        let (now, later) = rest.split_at_mut(usize::try_from(run.len).unwrap_or(0).min(rest.len()));
        if let Some(at) = run.at {
            space.read(at, now)?;
        }
        rest = later;
    }
    Ok(bytes)
}
