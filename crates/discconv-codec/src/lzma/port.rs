//! The port of XZ for Java to Rust: slower, and takes its tables anew for each block, but needs no C.

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

/// Packs `input` (lc 3, lp 0, pb 2, no header, no end marker) and appends it to `out`; distances reach `dictionary` bytes.
pub(super) fn encode(input: &[u8], level: Level, dictionary: u32, out: &mut Vec<u8>) {
    let Effort { finder, enough, depth } = effort(level);
    let options = LzmaOptions {
        dict_size: dictionary,
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

fn effort(level: Level) -> Effort {
    match level {
        Level::Fast => Effort { finder: MfType::Hc4, enough: 32, depth: 8 },
        Level::Normal => Effort { finder: MfType::Hc4, enough: 32, depth: 16 },
        Level::Max => Effort { finder: MfType::Bt4, enough: 273, depth: 0 },
    }
}
