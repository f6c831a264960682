//! Fuzzing: what the targets do with their inputs, and what they begin with.

pub mod bodies;

use std::path::Path;

/// Writes the target's seeds into the folder that `DISCCONV_FUZZ_SEEDS` names, if it names one.
///
/// libFuzzer calls this before it reads its folders.
pub fn lay_seeds(target: &str) {
    let Some(folder) = std::env::var_os("DISCCONV_FUZZ_SEEDS") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    for (name, bytes) in bodies::seeds::of(target, &root) {
        std::fs::write(Path::new(&folder).join(name), bytes).expect("the folder of seeds takes files");
    }
}
