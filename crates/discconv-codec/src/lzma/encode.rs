//! Packing: by the LZMA SDK where C may be, else by the port of XZ for Java to Rust.

use crate::Level;

/// Packs blocks; keeps its tables.
#[derive(Debug)]
pub struct Encoder {
    level: Level,
    engine: engine::Engine,
}

impl Encoder {
    /// An encoder of one worker.
    #[must_use]
    pub fn new(level: Level) -> Encoder {
        Encoder { level, engine: engine::Engine::new() }
    }

    /// Packs `input` without an end marker and appends it to `out`.
    pub fn encode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let dictionary = u32::try_from(input.len()).unwrap_or(u32::MAX).clamp(SMALLEST_DICTIONARY, LARGEST_DICTIONARY);
        self.engine.encode(input, self.level, dictionary, out);
    }
}

const SMALLEST_DICTIONARY: u32 = 4096;
/// The encoders take many times its memory.
const LARGEST_DICTIONARY: u32 = 16 << 20;

#[cfg(feature = "lzma-sdk")]
mod engine {
    use super::super::port;
    use super::super::sdk::{Effort, Handle};
    use crate::Level;

    /// The handle takes a quarter of a megabyte, so it is made when it is needed.
    pub(super) struct Engine {
        handle: Option<Handle>,
    }

    impl std::fmt::Debug for Engine {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("Engine").finish_non_exhaustive()
        }
    }

    impl Engine {
        pub(super) fn new() -> Engine {
            Engine { handle: None }
        }

        pub(super) fn encode(&mut self, input: &[u8], level: Level, dictionary: u32, out: &mut Vec<u8>) {
            if self.handle.is_none() {
                self.handle = Handle::new();
            }
            let done = self.handle.as_mut().and_then(|handle| handle.encode(input, effort(level, input.len()), dictionary, out));
            if done.is_none() {
                port::encode(input, level, dictionary, out);
            }
        }
    }

    /// Measured against trees with 64, as other programs pack: chains with 32 make small blocks, and with 48 large ones, no more than
    /// 0.3 % longer, in less than two thirds of the time.
    fn effort(level: Level, length: usize) -> Effort {
        match (level, length) {
            (Level::Fast, _) => Effort { trees: false, enough: 24, candidates: 8 },
            (Level::Normal, ..=8192) => Effort { trees: false, enough: 32, candidates: 0 },
            (Level::Normal, _) => Effort { trees: false, enough: 48, candidates: 0 },
            (Level::Max, _) => Effort { trees: true, enough: 273, candidates: 0 },
        }
    }
}

#[cfg(not(feature = "lzma-sdk"))]
mod engine {
    use super::super::port;
    use crate::Level;

    #[derive(Debug)]
    pub(super) struct Engine;

    impl Engine {
        pub(super) fn new() -> Engine {
            Engine
        }

        pub(super) fn encode(&mut self, input: &[u8], level: Level, dictionary: u32, out: &mut Vec<u8>) {
            port::encode(input, level, dictionary, out);
        }
    }
}
