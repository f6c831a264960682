//! The encoder of the LZMA SDK (C), one handle for many blocks.
//!
//! The only unsafe code of the workspace. What it rests on:
//!
//! - A handle is used by one thread at a time (`&mut self`), and the library, compiled for a single thread, keeps nothing outside it.
//! - The library reads no byte but those of the input and writes none but into the room it is told of, and says when that is short.
//! - It keeps the place of the input, but looks there only during a call: each block says anew where it is.

#![expect(unsafe_code, reason = "a C library without a safe wrapper")]

use lzma_sdk_sys::{
    Allocator, CLzmaEncHandle, CLzmaEncProps, LzmaEnc_Create, LzmaEnc_Destroy, LzmaEnc_MemEncode, LzmaEnc_SetProps,
    LzmaEncProps_Init, SZ_OK,
};
use std::ptr::{NonNull, null_mut};

/// How hard to look for matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effort {
    /// Binary trees instead of chains.
    pub(super) trees: bool,
    /// A match so long is taken as it is, 5 to 273.
    pub(super) enough: u16,
    /// Candidates of one place; 0 for as many as the library thinks right.
    pub(super) candidates: u32,
}

/// Packs blocks; keeps its tables.
pub(super) struct Handle {
    handle: NonNull<lzma_sdk_sys::CLzmaEnc>,
    allocator: Allocator,
    /// What was set last.
    set: Option<(Effort, u32)>,
}

// SAFETY: what a handle points to belongs to it alone, and neither the library nor its allocator, which is that of C, cares which
// thread calls.
unsafe impl Send for Handle {}

impl Handle {
    /// None if there is no memory.
    pub(super) fn new() -> Option<Handle> {
        let allocator = Allocator::default();
        // SAFETY: the allocator lives as long as the call and is not kept: each call that needs one is given it.
        let handle = unsafe { LzmaEnc_Create(allocator.as_ref()) };
        NonNull::new(handle).map(|handle| Handle { handle, allocator, set: None })
    }

    /// Packs `input` (lc 3, lp 0, pb 2, no header, no end marker) and appends it to `out`; distances reach `dictionary` bytes.
    ///
    /// None, and nothing appended, if there is no memory or the packed block is longer than any block may become.
    pub(super) fn encode(&mut self, input: &[u8], effort: Effort, dictionary: u32, out: &mut Vec<u8>) -> Option<()> {
        self.set(effort, dictionary)?;
        let before = out.len();
        let room = most_bytes(input.len())?;
        out.try_reserve(room).ok()?;
        let spare = out.spare_capacity_mut();
        let mut length = spare.len();
        // SAFETY: the handle is alive. Source and destination are slices of the lengths told and do not overlap, since one is borrowed
        // and the other borrowed mutably; the destination is only written. No progress is asked for. The allocator is the one of
        // the whole life of the handle.
        let result = unsafe {
            LzmaEnc_MemEncode(
                self.raw(),
                spare.as_mut_ptr().cast(),
                &mut length,
                input.as_ptr(),
                input.len(),
                0,
                null_mut(),
                self.allocator.as_ref(),
                self.allocator.as_ref(),
            )
        };
        if !is_ok(result) || length > spare.len() {
            return None;
        }
        // SAFETY: so many bytes behind the old ones were written, and there is room for them.
        unsafe { out.set_len(before + length) };
        Some(())
    }

    fn set(&mut self, effort: Effort, dictionary: u32) -> Option<()> {
        if self.set == Some((effort, dictionary)) {
            return Some(());
        }
        let mut properties = CLzmaEncProps::default();
        // SAFETY: a plain structure that the call fills, then one that the other call reads; the handle is alive.
        let result = unsafe {
            LzmaEncProps_Init(&mut properties);
            properties.dictSize = dictionary;
            (properties.lc, properties.lp, properties.pb) = (3, 0, 2);
            properties.algo = 1;
            properties.btMode = i32::from(effort.trees);
            properties.fb = i32::from(effort.enough);
            properties.mc = effort.candidates;
            properties.numThreads = 1;
            LzmaEnc_SetProps(self.raw(), &properties)
        };
        self.set = is_ok(result).then_some((effort, dictionary));
        self.set.map(drop)
    }

    fn raw(&self) -> CLzmaEncHandle {
        self.handle.as_ptr()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is alive, is not used again, and all it holds came from this allocator.
        unsafe { LzmaEnc_Destroy(self.raw(), self.allocator.as_ref(), self.allocator.as_ref()) };
    }
}

/// As the SDK's own program reckons; what cannot be packed grows by far less.
fn most_bytes(input: usize) -> Option<usize> {
    input.checked_add(input / 3)?.checked_add(128)
}

fn is_ok(result: i32) -> bool {
    u32::try_from(result) == Ok(SZ_OK)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Effort = Effort { trees: false, enough: 32, candidates: 0 };

    #[test]
    fn the_room_is_never_left() {
        let mut handle = Handle::new().unwrap();
        let mut seed = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(0x0019_660D).wrapping_add(0x3C6E_F35F);
            (seed >> 24) as u8
        })
        .take(70_000)
        .collect();
        for length in [0, 1, 2, 5, 4096, 65_535, 65_536, 70_000] {
            let mut out = b"kept".to_vec();
            handle.encode(&noise[..length], QUICK, 1 << 16, &mut out).unwrap();
            assert!(out.starts_with(b"kept") && out.len() <= 4 + most_bytes(length).unwrap(), "{length}");
        }
    }

    #[test]
    fn other_efforts_and_dictionaries_by_turns() {
        let text = b"sectors of sectors of discs of sectors; ".repeat(300);
        let hard = Effort { trees: true, enough: 273, candidates: 1000 };
        let fresh = |effort, dictionary| {
            let mut out = Vec::new();
            Handle::new().unwrap().encode(&text, effort, dictionary, &mut out).unwrap();
            out
        };
        let mut handle = Handle::new().unwrap();
        for (effort, dictionary) in [(QUICK, 4096), (hard, 1 << 24), (QUICK, 1 << 20), (hard, 4096), (QUICK, 4096)] {
            let mut out = Vec::new();
            handle.encode(&text, effort, dictionary, &mut out).unwrap();
            assert!(out == fresh(effort, dictionary), "{effort:?}, {dictionary}");
        }
    }

    #[test]
    fn a_handle_moves_to_another_thread() {
        let mut handle = Handle::new().unwrap();
        let work = move || {
            let mut out = Vec::new();
            handle.encode(&[7; 5000], QUICK, 8192, &mut out).map(|()| out.len())
        };
        assert!(std::thread::spawn(work).join().unwrap().is_some_and(|length| length < 100));
    }
}
