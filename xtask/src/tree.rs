//! Where the repository is and which files belong to it.

use crate::sh;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The top of the repository. Cargo names the folder of xtask when it runs it.
pub(crate) fn root() -> PathBuf {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The build folder, with regard to `CARGO_TARGET_DIR`.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The folder of images that nobody on the project wrote, where it lies beside the repository.
pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = root().parent()?.join("shared/corpus");
    folder.is_dir().then_some(folder)
}

/// Reads a text file of the repository.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}.", path.display()))
}

/// Writes a text file of the repository.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|e| format!("cannot write {}: {e}.", path.display()))
}

/// Files that are tracked or could be (not ignored), relative to the top with `/`, sorted.
pub(crate) fn files() -> Result<Vec<String>, String> {
    let root = root();
    let listing = sh::output(
        Command::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(&root),
    )?;
    let mut files: Vec<String> =
        listing.split('\0').filter(|name| !name.is_empty() && root.join(name).is_file()).map(str::to_owned).collect();
    files.sort_unstable();
    files.dedup();
    Ok(files)
}
