//! A folder of its own for each test, the program run in it, and what came of it.

use discconv_testkit::{Files, Fixture, by_name};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// No run of a small image may take longer, however busy the machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// The built program.
pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_discconv"))
}

/// The fixture of that name.
pub(crate) fn fixture(name: &str) -> Fixture {
    by_name(name).unwrap_or_else(|| panic!("no fixture {name}"))
}

/// The bytes of `file` in the fixture `name`.
pub(crate) fn laid(name: &str, file: &str) -> Vec<u8> {
    let files = fixture(name).files;
    assert!(files.0.contains_key(file), "{name} has no {file}");
    files.get(file).to_vec()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Where a test works.
pub(crate) struct Room {
    dir: TempDir,
}

impl Room {
    pub(crate) fn new() -> Room {
        Room { dir: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap() }
    }

    /// A room with the files of the fixture `name`.
    pub(crate) fn with(name: &str) -> Room {
        Room::new().and(name)
    }

    /// The same with the files of one fixture more.
    pub(crate) fn and(self, name: &str) -> Room {
        self.lay(&fixture(name).files);
        self
    }

    pub(crate) fn lay(&self, files: &Files) {
        files.write_to(self.dir.path()).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// Write `name`, making its folders.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    #[track_caller]
    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}; there is:\n{}", self.tree()))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.path(name).symlink_metadata().is_ok()
    }

    /// The program with `args`, in the room, to the end.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        finish(self.command(args), args.join(" "), LIMIT)
    }

    /// The program with `args`, ready to be started in the room.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(args).current_dir(self.folder());
        plain(&mut command);
        command
    }

    /// `name`, and every file below it, as `path  bytes  first of SHA-256`, sorted.
    pub(crate) fn tree(&self) -> String {
        tree(self.folder())
    }

    /// Every file with its bytes.
    pub(crate) fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        list(self.folder()).into_iter().filter(|name| !name.ends_with('/')).map(|name| (name.clone(), self.get(&name))).collect()
    }
}

/// Nothing of the caller's terminal or language reaches the program.
pub(crate) fn plain(command: &mut Command) {
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C.UTF-8").env("TERM", "xterm-256color").env("COLUMNS", "80").stdin(Stdio::null());
}

fn list(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((path, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(&path).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                folders.push((entry.path(), format!("{name}/")));
                names.push(format!("{name}/"));
            } else if entry.file_type().unwrap().is_file() {
                names.push(name);
            }
        }
    }
    names.sort();
    names
}

pub(crate) fn tree(folder: &Path) -> String {
    let mut out = String::new();
    for name in list(folder) {
        if name.ends_with('/') {
            writeln!(out, "{name}").unwrap();
        } else {
            let bytes = std::fs::read(folder.join(&name)).unwrap();
            writeln!(out, "{name}  {}  {}", bytes.len(), &sha256(&bytes)[..12]).unwrap();
        }
    }
    out
}

/// How a run ended.
pub(crate) struct Ran {
    pub(crate) line: String,
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Run to the end; what takes longer than `limit` is killed and fails the test.
#[track_caller]
pub(crate) fn finish(mut command: Command, line: String, limit: Duration) -> Ran {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{line}: {error}"));
    let stdout = drain(child.stdout.take().unwrap());
    let stderr = drain(child.stderr.take().unwrap());
    let status = wait(&mut child, limit).unwrap_or_else(|| panic!("`discconv {line}` did not end within {limit:?}"));
    let ran = Ran { line, status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() };
    assert!(!ran.stderr.contains("panicked at"), "{}", ran.all());
    ran
}

fn drain(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Wait for `child`; after `limit` it is killed, and `None` returned.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if start.elapsed() > limit {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

impl Ran {
    /// Everything, for a failing test.
    pub(crate) fn all(&self) -> String {
        format!("`discconv {}`: {}\n--- stdout\n{}--- stderr\n{}", self.line, self.status, self.stdout, self.stderr)
    }

    /// It must have ended with `code`.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Ran {
        assert_eq!(self.status.code(), Some(code), "{}", self.all());
        self
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Ran {
        self.exits(0)
    }

    /// Either stream must contain `text`.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Ran {
        assert!(self.stdout.contains(text) || self.stderr.contains(text), "no {text:?} in {}", self.all());
        self
    }

    /// Neither stream may contain `text`.
    #[track_caller]
    pub(crate) fn never_says(self, text: &str) -> Ran {
        assert!(!self.stdout.contains(text) && !self.stderr.contains(text), "{text:?} in {}", self.all());
        self
    }

    /// The last line that says something: on stderr, or on stdout if stderr is empty.
    pub(crate) fn last_line(&self) -> &str {
        let text = if self.stderr.trim().is_empty() { &self.stdout } else { &self.stderr };
        text.trim_end().lines().next_back().unwrap_or_default()
    }

    /// stdout as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }

    /// The object under `error` of the JSON on stderr.
    #[track_caller]
    pub(crate) fn json_error(&self) -> serde_json::Value {
        let value: serde_json::Value =
            serde_json::from_str(&self.stderr).unwrap_or_else(|error| panic!("{error}: {}", self.all()));
        value.get("error").cloned().unwrap_or_else(|| panic!("no error in {}", self.all()))
    }

    /// Exit code and both streams, for a snapshot.
    pub(crate) fn report(&self) -> String {
        let mut out = format!("$ discconv {}\n", self.line);
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                let _ = write!(out, "--- {name}\n{text}");
                if !text.ends_with('\n') {
                    out.push('\n');
                }
            }
        }
        let code = self.status.code().map_or_else(|| self.status.to_string(), |code| code.to_string());
        let _ = writeln!(out, "--- exit {code}");
        out
    }
}

/// Compare `text` with its snapshot, times and rates hidden.
macro_rules! snapshot {
    ($name:expr, $text:expr) => {{
        let mut settings = insta::Settings::clone_current();
        settings.add_filter(r"\d+(\.\d+)? ?(ns|µs|ms|s|min)\b", "[TIME]");
        settings.add_filter(r"\d+(\.\d+)? ?[kKMG]?i?B/s", "[RATE]");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let text: String = $text;
        settings.bind(|| insta::assert_snapshot!($name, text));
    }};
}
pub(crate) use snapshot;

/// A cue sheet of these lines, as Windows programs write it.
pub(crate) fn sheet(lines: &[&str]) -> Vec<u8> {
    discconv_testkit::files::sheet(lines)
}
