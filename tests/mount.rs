//! `mount`: an image as a folder, looked at by the system's own calls.
//!
//! Where the machine has no FUSE (many containers), a line says so.

#![cfg(target_os = "linux")]

use crate::support::{Room, wait};
use discconv_testkit::iso9660::Volume;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(20);

/// A mounted image; dropped, it is unmounted whatever the test did.
struct Mounted<'a> {
    room: &'a Room,
    child: Child,
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = unmount(self.room);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unmount(room: &Room) -> bool {
    let ran = Command::new("fusermount3").arg("-u").arg(room.path("seen")).stderr(Stdio::null()).status();
    ran.is_ok_and(|status| status.success())
}

/// Can anything be mounted here?
fn fuse() -> bool {
    let there = fs::OpenOptions::new().read(true).write(true).open("/dev/fuse").is_ok()
        && Command::new("fusermount3").arg("-V").stdout(Stdio::null()).status().is_ok();
    if !there {
        println!("fuse: absent");
    }
    there
}

/// The image on the folder `seen`; none where the system does not let it.
fn mount<'a>(room: &'a Room, image: &str) -> Option<Mounted<'a>> {
    fs::create_dir(room.path("seen")).unwrap();
    let child = room.command(&["mount", image, "seen"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut mounted = Mounted { room, child };
    let start = Instant::now();
    while fs::read_dir(room.path("seen")).unwrap().next().is_none() {
        if let Some(status) = mounted.child.try_wait().unwrap() {
            let mut words = String::new();
            let _ = std::io::Read::read_to_string(&mut mounted.child.stderr.take().unwrap(), &mut words);
            // A machine may have FUSE and keep it from a container.
            assert!(["not permitted", "ermission denied"].iter().any(|why| words.contains(why)), "it ended, {status}: {words}");
            println!("fuse: {words}");
            return None;
        }
        assert!(start.elapsed() < LIMIT, "nothing is to be seen");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(mounted)
}

fn volume() -> Volume {
    Volume {
        label: "SEEN",
        files: vec![
            ("LONG.BIN", (0..700_000_u32).map(|n| (n % 253).to_le_bytes()[0]).collect()),
            ("SUB/READ.ME", b"Hello\n".to_vec()),
        ],
        ..Volume::default()
    }
}

/// The names in a folder, sorted.
fn names(room: &Room, folder: &str) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(room.path(folder)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn files_and_tracks_are_seen_and_nothing_can_be_changed() {
    if !fuse() {
        return;
    }
    let room = Room::new();
    let user = volume().build().user;
    room.put("x.iso", &user);
    room.run(&["x.iso", "x.cue"]).ok();
    let Some(mut mounted) = mount(&room, "x.cue") else { return };
    assert_eq!(names(&room, "seen"), [".tracks", "LONG.BIN", "SUB"]);
    assert!(room.get("seen/LONG.BIN") == volume().files[0].1 && room.get("seen/SUB/READ.ME") == b"Hello\n");
    assert_eq!(names(&room, "seen/.tracks"), ["Track 01.bin", "Track 01.iso"]);
    assert!(room.get("seen/.tracks/Track 01.iso") == user && room.get("seen/.tracks/Track 01.bin") == room.get("x.bin"));
    assert_eq!(fs::metadata(room.path("seen/SUB/READ.ME")).unwrap().permissions().mode() & 0o222, 0);
    let changed = fs::write(room.path("seen/SUB/READ.ME"), "other").unwrap_err();
    assert_eq!(changed.raw_os_error(), Some(30), "{changed}");
    assert_eq!(fs::read(room.path("seen/NOTHING")).unwrap_err().kind(), std::io::ErrorKind::NotFound);
    assert!(unmount(&room));
    assert!(wait(&mut mounted.child, LIMIT).unwrap().success());
    assert!(names(&room, "seen").is_empty());
}

#[test]
fn audio_is_seen_as_waves() {
    if !fuse() {
        return;
    }
    let room = Room::new();
    let samples: Vec<u8> = (0..2352 * 300_u32).map(|n| (n * 7).to_le_bytes()[0]).collect();
    room.put("x.bin", &samples);
    room.put("x.cue", b"FILE \"x.bin\" BINARY\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n");
    let Some(_mounted) = mount(&room, "x.cue") else { return };
    assert_eq!(names(&room, "seen"), ["Track 01.bin", "Track 01.wav"]);
    let wave = room.get("seen/Track 01.wav");
    assert!(wave.starts_with(b"RIFF") && wave[44..] == samples);
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let room = Room::new();
    room.put("x.iso", &volume().build().user);
    room.run(&["mount", "x.iso", "nowhere"]).exits(1).says("is no folder to mount on").says("mkdir nowhere");
}
