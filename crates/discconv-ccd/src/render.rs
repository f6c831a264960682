//! The text of a descriptor.

use crate::content::mode_number;
use crate::target::{Target, TargetTrack};
use discconv_core::{Lba, SessionKind};
use std::fmt::Write as _;

/// Where lead-ins are said to begin: MSF 95:00:00, before LBA 0.
const LEAD_IN: Lead = Lead { msf: [95, 0, 0], lba: -22_650 };
/// The outermost lead-out: MSF 79:59:74.
const OUTERMOST: Lba = Lba(359_849);

/// Three numbers and the address that goes with them.
#[derive(Clone, Copy)]
struct Lead {
    msf: [i32; 3],
    lba: i32,
}

impl Lead {
    /// An address of the program area.
    fn of(lba: Lba) -> Lead {
        let frames = lba.0 + 150;
        Lead { msf: [frames / 75 / 60, frames / 75 % 60, frames % 75], lba: lba.0 }
    }

    /// Numbers that are none, with the address that they would be.
    fn told(minute: i32, second: i32) -> Lead {
        Lead { msf: [minute, second, 0], lba: (minute * 60 + second) * 75 - 150 }
    }
}

struct Entry {
    session: usize,
    point: u8,
    adr: u8,
    control: u8,
    running: Lead,
    zero: u8,
    pointed: Lead,
}

/// The descriptor of `target`.
pub(crate) fn descriptor(target: &Target<'_>) -> String {
    let entries = entries(target);
    let toc = &target.toc;
    let mut text = String::from("[CloneCD]\r\nVersion=3\r\n\r\n[Disc]\r\n");
    let mut line = |line: std::fmt::Arguments<'_>| {
        let _ = write!(text, "{line}\r\n");
    };
    line(format_args!("TocEntries={}", entries.len()));
    line(format_args!("Sessions={}", toc.sessions.len()));
    line(format_args!("DataTracksScrambled=0"));
    line(format_args!("CDTextLength={}", target.packs.len() * 18));
    if let Some(mcn) = &toc.mcn {
        line(format_args!("CATALOG={mcn}"));
    }
    if !target.packs.is_empty() {
        line(format_args!("\r\n[CDText]\r\nEntries={}", target.packs.len()));
        for (number, pack) in target.packs.iter().enumerate() {
            let bytes: Vec<String> = pack[..16].iter().map(|byte| format!("{byte:02x}")).collect();
            line(format_args!("Entry {number}={}", bytes.join(" ")));
        }
    }
    for (number, session) in (1..).zip(&toc.sessions) {
        let mode = session.tracks.first().map_or(0, |track| mode_number(track.mode));
        line(format_args!("\r\n[Session {number}]\r\nPreGapMode={mode}\r\nPreGapSubC=0"));
    }
    for (number, entry) in entries.iter().enumerate() {
        line(format_args!("\r\n[Entry {number}]"));
        entry.write(&mut line);
    }
    target.tracks.iter().for_each(|track| write_track(track, &mut line));
    text
}

impl Entry {
    fn write(&self, line: &mut dyn FnMut(std::fmt::Arguments<'_>)) {
        line(format_args!("Session={}", self.session + 1));
        line(format_args!("Point=0x{:02x}", self.point));
        line(format_args!("ADR=0x{:02x}", self.adr));
        line(format_args!("Control=0x{:02x}", self.control));
        line(format_args!("TrackNo=0"));
        let [minute, second, frame] = self.running.msf;
        line(format_args!("AMin={minute}\r\nASec={second}\r\nAFrame={frame}\r\nALBA={}", self.running.lba));
        line(format_args!("Zero={}", self.zero));
        let [minute, second, frame] = self.pointed.msf;
        line(format_args!("PMin={minute}\r\nPSec={second}\r\nPFrame={frame}\r\nPLBA={}", self.pointed.lba));
    }
}

/// The lead-ins of all sessions.
fn entries(target: &Target<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let sessions = &target.toc.sessions;
    for (number, session) in sessions.iter().enumerate() {
        let (Some(first), Some(last)) = (session.tracks.first(), session.tracks.last()) else { continue };
        let [opening, closing] = [first, last].map(|track| track.control.nibble(track.mode));
        let mut plain = |point, control, pointed| {
            entries.push(Entry { session: number, point, adr: 1, control, running: Lead::told(0, 0), zero: 0, pointed });
        };
        let disc_type = match session.kind {
            SessionKind::CdRom => 0,
            SessionKind::CdI => 0x10,
            SessionKind::Xa => 0x20,
        };
        plain(0xA0, opening, Lead::told(first.number.into(), disc_type));
        plain(0xA1, closing, Lead::told(last.number.into(), 0));
        plain(0xA2, closing, Lead::of(session.lead_out));
        for track in &session.tracks {
            plain(track.number, track.control.nibble(track.mode), Lead::of(track.start()));
        }
        // Where the next session begins, and where the lead-in did (ECMA-394; ADR 5).
        if let Some(next) = sessions.get(number + 1).and_then(|next| next.tracks.first()) {
            let outermost = OUTERMOST.max(sessions.last().map_or(OUTERMOST, |last| last.lead_out));
            let [running, outermost] = [next.start(), outermost].map(Lead::of);
            let five = |point, running, zero, pointed| Entry {
                session: number,
                point,
                adr: 5,
                control: opening,
                running,
                zero,
                pointed,
            };
            entries.push(five(0xB0, running, 2, outermost));
            entries.push(five(0xC0, Lead::told(0, 0), 0, LEAD_IN));
        }
    }
    entries
}

fn write_track(target: &TargetTrack<'_>, line: &mut dyn FnMut(std::fmt::Arguments<'_>)) {
    let track = target.track;
    line(format_args!("\r\n[TRACK {}]", track.number));
    line(format_args!("MODE={}", mode_number(track.mode)));
    if let Some(isrc) = &track.isrc {
        line(format_args!("ISRC={isrc}"));
    }
    // All else is in the entry's control.
    if track.control.scms {
        line(format_args!("FLAGS= {}", track.control.names().join(" ").to_ascii_uppercase()));
    }
    // Counted from where the session begins in the image.
    let within = |lba: Lba| lba - target.origin;
    if target.begin < track.start() || target.denies_pregap {
        line(format_args!("INDEX 0={}", within(target.begin)));
    }
    for (number, lba) in track.indexes.iter().filter(|(number, lba)| *number > 0 && (*number == 1 || *lba < target.end)) {
        line(format_args!("INDEX {number}={}", within(*lba)));
    }
}
