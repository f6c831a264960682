//! Packing, by the port of XZ for Java to Rust.

use crate::Level;
use lzma_rust2::{EncodeMode, LzmaOptions, LzmaWriter, MfType};
use std::io::Write;

/// How hard to look for matches.
struct Effort {
    finder: MfType,
    /// A match so long is taken as it is.
    enough: u32,
    /// Candidates of one place; 0 for what the finder takes for good.
    depth: i32,
}

/// Packs blocks.
#[derive(Debug)]
pub struct Encoder {
    level: Level,
}

impl Encoder {
    /// An encoder of one worker.
    #[must_use]
    pub fn new(level: Level) -> Encoder {
        Encoder { level }
    }

    /// Packs `input` without an end marker and appends it to `out`.
    pub fn encode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let Effort { finder, enough, depth } = effort(self.level);
        let options = LzmaOptions {
            dict_size: u32::try_from(input.len()).unwrap_or(u32::MAX).clamp(SMALLEST_DICTIONARY, LARGEST_DICTIONARY),
            lc: 3,
            lp: 0,
            pb: 2,
            mode: EncodeMode::Normal,
            nice_len: enough,
            mf: finder,
            depth_limit: depth,
            preset_dict: None,
        };
        let before = out.len();
        let packed = LzmaWriter::new_no_header(&mut *out, &options, false).and_then(|mut writer| {
            writer.write_all(input)?;
            writer.finish().map(|_| ())
        });
        // Writing to memory does not fail.
        if packed.is_err() {
            out.truncate(before);
        }
    }
}

const SMALLEST_DICTIONARY: u32 = 4096;
/// The encoder takes many times its memory.
const LARGEST_DICTIONARY: u32 = 16 << 20;

fn effort(level: Level) -> Effort {
    match level {
        Level::Fast => Effort { finder: MfType::Hc4, enough: 32, depth: 8 },
        Level::Normal => Effort { finder: MfType::Hc4, enough: 32, depth: 16 },
        Level::Max => Effort { finder: MfType::Bt4, enough: 273, depth: 0 },
    }
}
