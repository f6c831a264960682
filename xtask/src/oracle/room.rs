//! A folder of its own for each comparison, and what one does in it.

use super::tools::{OTHER_LIMIT, TOOLS};
use crate::sh::{self, Ran};
use crate::{peers, tree};
use discconv_testkit::Rng;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A new, empty folder; all programs run in it, so that names stay bare.
pub(super) struct Room {
    folder: PathBuf,
}

impl Room {
    pub(super) fn new(folder: &Path) -> Result<Self, String> {
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(|e| format!("cannot clear {}: {e}", folder.display()))?;
        }
        std::fs::create_dir_all(folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn run(&self, command: &mut Command, limit: std::time::Duration) -> Result<Ran, String> {
        // Time stamps and languages must not differ from run to run.
        command.current_dir(&self.folder).env("SOURCE_DATE_EPOCH", "1704067200").env("LC_ALL", "C.UTF-8");
        let ran = sh::run_limited(command, limit)?;
        match ran.status {
            None => Err(format!("`{}` was stopped after {} s", sh::shown(command), limit.as_secs())),
            Some(_) => Ok(ran),
        }
    }

    /// Runs a tool, whatever its exit code; some of them never say 0.
    pub(super) fn tool(&self, program: &str, args: &[&str]) -> Result<Ran, String> {
        let limit = TOOLS.iter().find(|tool| tool.program == program).map_or(OTHER_LIMIT, |tool| tool.limit);
        self.run(Command::new(peers::program(program)).args(args), limit)
    }

    /// Runs a tool that must succeed.
    pub(super) fn tool_ok(&self, program: &str, args: &[&str]) -> Result<Ran, String> {
        let ran = self.tool(program, args)?;
        if ran.ok() { Ok(ran) } else { Err(format!("`{program} {}`: {}", args.join(" "), ran.last_words())) }
    }

    /// Runs discconv, which must succeed.
    pub(super) fn discconv(&self, args: &[&str]) -> Result<Ran, String> {
        let program = tree::target().join("debug/discconv");
        let ran = self.run(Command::new(program).args(args), OTHER_LIMIT)?;
        if ran.ok() {
            return Ok(ran);
        }
        let code = ran.code().map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        Err(format!("`discconv {}` exits with {code}: {}", args.join(" "), ran.last_words()))
    }

    /// What discconv prints as JSON.
    pub(super) fn discconv_json(&self, args: &[&str]) -> Result<Value, String> {
        let ran = self.discconv(args)?;
        serde_json::from_slice(&ran.stdout).map_err(|e| format!("`discconv {}` wrote no JSON: {e}", args.join(" ")))
    }

    pub(super) fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.folder.join(name)).map_err(|e| format!("cannot read {name}: {e}"))
    }

    pub(super) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<(), String> {
        let path = self.folder.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
        }
        std::fs::write(path, bytes).map_err(|e| format!("cannot write {name}: {e}"))
    }

    /// Makes a file so long, with a hole.
    pub(super) fn lengthen(&self, name: &str, len: u64) -> Result<(), String> {
        let file = std::fs::File::options().write(true).open(self.folder.join(name));
        file.and_then(|file| file.set_len(len)).map_err(|e| format!("cannot lengthen {name}: {e}"))
    }

    /// Takes folders away, where they are there, whatever their modes are.
    pub(super) fn remove(&self, folders: &[&str]) -> Result<(), String> {
        for folder in folders.iter().filter(|folder| self.folder.join(folder).exists()) {
            self.tool_ok("chmod", &["-R", "u+rwX", folder])?;
            self.tool_ok("rm", &["-r", folder])?;
        }
        Ok(())
    }

    /// Every plain file in a folder and those below, by its path from there.
    pub(super) fn files_below(&self, folder: &str) -> Result<BTreeMap<String, Vec<u8>>, String> {
        self.tool_ok("chmod", &["-R", "u+rwX", folder])?;
        let found = self.tool_ok("find", &[folder, "-type", "f"])?.stdout_text();
        let names = found.lines().filter_map(|line| line.strip_prefix(folder)?.strip_prefix('/'));
        names.map(|name| Ok((name.to_owned(), self.read(&format!("{folder}/{name}"))?))).collect()
    }

    /// Are two files equal?
    pub(super) fn same(&self, a: &str, b: &str) -> Result<(), String> {
        same_bytes(a, &self.read(a)?, b, &self.read(b)?)
    }

    /// Are two folders equal, file by file?
    pub(super) fn same_tree(&self, a: &str, b: &str) -> Result<(), String> {
        self.tool("diff", &["-r", "--brief", a, b])
            .and_then(|ran| if ran.ok() { Ok(()) } else { Err(format!("{a} and {b} differ: {}", ran.last_words())) })
    }

    /// A folder `tree` with a few files of all sorts of lengths; names that every ISO 9660 level can say.
    pub(super) fn make_tree(&self) -> Result<(), String> {
        let mut rng = Rng::new(0x0AC1E);
        let text = "Nothing in this folder is of interest.\n".repeat(400);
        self.write("tree/readme.txt", &text)?;
        self.write("tree/empty.bin", [])?;
        self.write("tree/sub/deep/one.dat", [0x5A])?;
        self.write("tree/sub/sector.dat", rng.bytes(2048))?;
        self.write("tree/sub/longer.dat", rng.bytes(150_001))
    }

    /// `disc.iso`, written by xorriso from [`Self::make_tree`].
    pub(super) fn xorriso_iso(&self) -> Result<(), String> {
        self.make_tree()?;
        let words = ["-as", "mkisofs", "-quiet", "-V", "ORACLE", "-J", "-R", "-o", "disc.iso", "tree"];
        self.tool_ok("xorriso", &words).map(|_| ())
    }

    /// `disc.iso`, written by genisoimage from the same tree.
    pub(super) fn genisoimage_iso(&self) -> Result<(), String> {
        self.make_tree()?;
        let words = ["-quiet", "-V", "ORACLE", "-J", "-R", "-l", "-o", "disc.iso", "tree"];
        self.tool_ok("genisoimage", &words).map(|_| ())
    }
}

/// A sentence about the first difference.
pub(super) fn same_bytes(a_name: &str, a: &[u8], b_name: &str, b: &[u8]) -> Result<(), String> {
    if a == b {
        return Ok(());
    }
    let at = a.iter().zip(b).position(|(x, y)| x != y).unwrap_or(a.len().min(b.len()));
    Err(format!(
        "{a_name} ({} bytes) and {b_name} ({} bytes) differ from byte {at} on (raw sector {}, byte {})",
        a.len(),
        b.len(),
        at / 2352,
        at % 2352
    ))
}

/// Does `b` begin with all of `a`? A sentence if not.
pub(super) fn same_start(a_name: &str, a: &[u8], b_name: &str, b: &[u8]) -> Result<(), String> {
    same_bytes(a_name, a, b_name, b.get(..a.len()).unwrap_or(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_must_be_whole() {
        assert!(same_start("a", &[1, 2], "b", &[1, 2, 3]).is_ok());
        assert!(same_start("a", &[1, 2], "b", &[1]).unwrap_err().contains("(1 bytes) differ from byte 1 on"));
    }

    #[test]
    fn the_first_difference_is_named() {
        assert!(same_bytes("a", &[1, 2], "b", &[1, 2]).is_ok());
        assert!(same_bytes("a", &[1, 2], "b", &[1, 3]).unwrap_err().contains("from byte 1 on"));
        assert!(same_bytes("a", &[1, 2], "b", &[1]).unwrap_err().contains("from byte 1 on"));
    }
}
