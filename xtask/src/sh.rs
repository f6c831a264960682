//! Running other programs: plainly, for their output, or with a time limit.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How much of a stream is kept; a tool that writes more is still drained, so that it does not block.
const KEPT_BYTES: u64 = 16 << 20;

/// The command as one would type it, the program without its folder.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let words = std::iter::once(program.file_name().unwrap_or_default()).chain(command.get_args());
    let words: Vec<String> = words
        .map(|word| {
            let word = word.to_string_lossy();
            if word.contains(char::is_whitespace) { format!("'{word}'") } else { word.into_owned() }
        })
        .collect();
    words.join(" ")
}

/// Is there a program of this name on the search path?
pub(crate) fn installed(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The cargo that started us, so that the toolchain stays the same.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::tree::root());
    command
}

/// Runs with our own streams; a failure is an error.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    eprintln!("$ {}", shown(command));
    let status = command.status().map_err(|e| format!("cannot start `{}`: {e}.", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status}).", shown(command))) }
}

/// Runs for standard output; standard error passes through, a failure is an error.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let ran = command.stderr(Stdio::inherit()).output().map_err(|e| format!("cannot start `{}`: {e}.", shown(command)))?;
    if !ran.status.success() {
        return Err(format!("`{}` failed ({}).", shown(command), ran.status));
    }
    String::from_utf8(ran.stdout).map_err(|_| format!("`{}` wrote text that is not UTF-8.", shown(command)))
}

/// What a program with a time limit did.
pub(crate) struct Ran {
    /// `None` when the limit was reached and the program was stopped.
    pub(crate) status: Option<ExitStatus>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Ran {
    pub(crate) fn ok(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    pub(crate) fn code(&self) -> Option<i32> {
        self.status.and_then(|status| status.code())
    }

    /// Both streams as text, for looking words up.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from_utf8_lossy(&self.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&self.stderr));
        text
    }

    pub(crate) fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The end of what it said, for a sentence about a failure.
    pub(crate) fn last_words(&self) -> String {
        let text = self.text();
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(3)..].join(" / ")
    }
}

fn drain(stream: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        if let Some(mut stream) = stream {
            // A stream that breaks ends here; the exit status tells the rest.
            let _ = stream.by_ref().take(KEPT_BYTES).read_to_end(&mut kept);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
        kept
    })
}

/// Kills the child and everything it started: it leads a process group of its own.
fn kill_group(child: &mut Child) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    let _ = child.kill();
}

/// Runs without input, both streams kept, stopped after `limit`.
///
/// # Errors
/// Only when the program cannot be started; its own failure is in the result.
pub(crate) fn run_limited(command: &mut Command, limit: Duration) -> Result<Ran, String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|e| format!("cannot start `{}`: {e}.", shown(command)))?;
    let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let start = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if start.elapsed() < limit => std::thread::sleep(Duration::from_millis(2)),
            Ok(None) | Err(_) => {
                kill_group(&mut child);
                let _ = child.wait();
                break None;
            }
        }
    };
    Ok(Ran { status, stdout: stdout.join().unwrap_or_default(), stderr: stderr.join().unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_and_the_code_are_kept() {
        let ran =
            run_limited(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]), Duration::from_secs(20)).unwrap();
        assert_eq!((ran.code(), ran.ok()), (Some(3), false));
        assert_eq!(ran.text(), "out\nerr\n");
    }

    #[test]
    fn a_hanging_program_and_its_children_are_stopped() {
        let start = Instant::now();
        let ran = run_limited(Command::new("sh").args(["-c", "sleep 60 & sleep 60; true"]), Duration::from_millis(200)).unwrap();
        assert!(ran.status.is_none());
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_missing_program_is_a_sentence() {
        let error = run_limited(&mut Command::new("no-such-program-here"), Duration::from_secs(1)).err();
        assert!(error.is_some_and(|e| e.contains("no-such-program-here") && e.ends_with('.')));
    }

    #[test]
    fn commands_are_shown_as_typed() {
        assert_eq!(shown(Command::new("cp").args(["a b", "c"])), "cp 'a b' c");
    }
}
