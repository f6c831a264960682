//! Images that nobody of this project made, where they lie beside the repository.

use std::path::{Path, PathBuf};

/// `../shared/corpus` beside the repository. Where it is absent this says so on standard output, where CI looks for it:
/// there the corpus must not be missed.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let found = repository.parent().map(|beside| beside.join("shared/corpus")).filter(|folder| folder.is_dir());
    if found.is_none() {
        say_absent();
    }
    found
}

#[expect(clippy::print_stdout, reason = "a test that did not run must be seen")]
fn say_absent() {
    println!("corpus: absent");
}
