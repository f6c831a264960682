//! Time and memory of one command.

use crate::sh;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a run waits for other work on the machine to end.
const PATIENCE: Duration = Duration::from_secs(6);
const SAMPLE: Duration = Duration::from_millis(120);

/// Runs the command and syncs what it left in `out`; the seconds of both together.
///
/// # Errors
/// The command fails, with the end of what it said.
pub(super) fn seconds(command: &mut Command, out: &Path) -> Result<f64, String> {
    let start = Instant::now();
    seconds_unsynced(command)?;
    sync(out).map_err(|e| format!("cannot sync {}: {e}.", out.display()))?;
    Ok(start.elapsed().as_secs_f64())
}

/// The seconds of the command alone.
///
/// # Errors
/// As above.
pub(super) fn seconds_unsynced(command: &mut Command) -> Result<f64, String> {
    let start = Instant::now();
    let ran = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|e| format!("cannot start `{}`: {e}.", sh::shown(command)))?;
    let seconds = start.elapsed().as_secs_f64();
    if ran.status.success() {
        return Ok(seconds);
    }
    let words = String::from_utf8_lossy(&ran.stderr);
    let words: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = words[words.len().saturating_sub(2)..].join(" / ");
    Err(format!("`{}` failed ({}): {last}", sh::shown(command), ran.status))
}

fn sync(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            // A call for each of its files would be measured instead of the work.
            let synced = Command::new("sync").arg("-f").arg(folder).status()?;
            return if synced.success() { Ok(()) } else { Err(std::io::Error::other("`sync -f` failed")) };
        }
        File::open(entry.path())?.sync_all()?;
    }
    File::open(folder)?.sync_all()
}

/// An empty folder for the outputs, nothing of the last run left to be written back.
pub(super) fn fresh(out: &Path) -> Result<(), String> {
    let say = |e: std::io::Error| format!("cannot clear {}: {e}.", out.display());
    if out.exists() {
        std::fs::remove_dir_all(out).map_err(say)?;
    }
    std::fs::create_dir_all(out).map_err(say)?;
    // Best effort: without it the times only scatter more.
    let _ = Command::new("sync").arg("-f").arg(out).status();
    Ok(())
}

/// Largest resident memory of the command in KiB, from GNU time; `None` without that program.
///
/// A process of its own counts it: the figure of a child begins with what its parent held when it forked.
pub(super) fn peak_kib(command: &Command) -> Option<u64> {
    let report = std::env::temp_dir().join(format!("discconv-bench-{}", std::process::id()));
    let mut timed = Command::new("time");
    timed.args(["-f", "%M", "-o"]).arg(&report);
    timed.arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        timed.current_dir(folder);
    }
    let ran = timed.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    let text = std::fs::read_to_string(&report).ok();
    let _ = std::fs::remove_file(&report);
    if ran.success() { text?.lines().last()?.trim().parse().ok() } else { None }
}

/// Waits until the processors have nothing else to do, or patience ends.
pub(super) fn wait_for_idle() {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let Some(before) = busy_and_all() else { return };
        std::thread::sleep(SAMPLE);
        let Some(after) = busy_and_all() else { return };
        let (busy, all) = (after.0.saturating_sub(before.0), after.1.saturating_sub(before.1));
        if busy * 10 <= all {
            return;
        }
    }
}

/// Clock ticks of all processors: busy, and altogether.
fn busy_and_all() -> Option<(u64, u64)> {
    let text = std::fs::read_to_string("/proc/stat").ok()?;
    let ticks: Vec<u64> = text.lines().next()?.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    // user nice system idle iowait ...: the fourth and fifth are not work.
    let all: u64 = ticks.iter().take(8).sum();
    let idle: u64 = ticks.iter().skip(3).take(2).sum();
    Some((all - idle, all))
}

/// The machine, for the line under the table: processor, cores, memory, file system.
pub(super) fn machine(folder: &Path) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = read("/proc/meminfo");
    let kib = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse::<u64>().ok());
    let gib = kib.unwrap_or(0).div_ceil(1 << 20);
    let file_system = sh::output(Command::new("findmnt").args(["-n", "-o", "FSTYPE", "-T"]).arg(folder)).unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease");
    let kernel = kernel.split(['-', '+']).next().unwrap_or_default().trim();
    format!("{model}, {cores} cores, {gib} GiB, {} on Linux {kernel}", file_system.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_told_with_its_words() {
        let folder = std::env::temp_dir().join(format!("discconv-measure-{}", std::process::id()));
        fresh(&folder).unwrap();
        assert!(seconds(&mut Command::new("true"), &folder).is_ok());
        let error = seconds(Command::new("sh").args(["-c", "echo broken >&2; exit 1"]), &folder).unwrap_err();
        assert!(error.ends_with("broken"), "{error}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
