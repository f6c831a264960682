//! The descriptor of version 3.5. What the filling bytes mean nobody knows: they are those of known images.

use crate::content;
use crate::record::{MARK, MEDIUM_FOLLOWS, V35_ID};
use crate::target::{Target, TargetTrack};
use discconv_core::{Disc, Form, Lba, Scratch, SessionKind};

/// Before the number of tracks of the disc.
const BEFORE_TRACKS: [u8; 3] = [0xAB, 0x00, 0x10];
/// Between the path and the medium.
const BEHIND_PATH: [u8; 19] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0];
/// Frames of a CD of eighty minutes: 79:59:74 and one.
const CAPACITY: u32 = 0x5_7E40;
/// Behind the words of filling there are zeros, four FFh among them.
const FILLING: [u32; 5] = [1, 0x80, 2, 0x10, 44_100];
/// Behind the volume's name.
const BEHIND_VOLUME: [u8; 9] = [0, 1, 0, 0, 0, 1, 0, 0, 0];
/// Bytes of the volume's name, and where its descriptor has it (ECMA-119 8.4).
const VOLUME_NAME: std::ops::Range<usize> = 40..72;
/// The sector of the first volume descriptor, and what it begins with.
const VOLUME_SECTOR: i32 = 16;
const VOLUME_SIGN: &[u8] = b"\x01CD001";
/// What every image that is written is worth.
pub(crate) const NOTE: &str = "the meaning of some fields of DiscJuggler's descriptor is unknown: they are filled as in known images, which is a best effort";

/// The descriptor and the trailer, for an image called `name`.
pub(crate) fn descriptor(target: &Target<'_>, name: &str) -> Vec<u8> {
    let mut out = Out { bytes: Vec::new(), target, path: path(name) };
    let sessions = &target.toc.sessions;
    out.u16(sessions.len());
    for (number, session) in sessions.iter().enumerate() {
        out.u16(session.tracks.len());
        let own = target.tracks.iter().filter(|track| track.session == number);
        own.enumerate().for_each(|(index, track)| out.track(index, track));
        out.tail(number);
    }
    out.u16(0);
    out.disc();
    out.u32(V35_ID);
    let len = u32::try_from(out.bytes.len() + 4).unwrap_or(u32::MAX);
    out.u32(len);
    out.bytes
}

/// The path is in a code page that nobody knows; letters beyond ASCII would mean something else elsewhere.
fn path(name: &str) -> Vec<u8> {
    let ascii = name.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '_' });
    let path: String = ascii.take(usize::from(u8::MAX)).collect();
    path.into_bytes()
}

struct Out<'a> {
    bytes: Vec<u8>,
    target: &'a Target<'a>,
    path: Vec<u8>,
}

impl Out<'_> {
    fn u8(&mut self, value: usize) {
        self.bytes.push(u8::try_from(value).unwrap_or(u8::MAX));
    }

    fn u16(&mut self, value: usize) {
        self.bytes.extend(u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn zeros(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len() + count, 0);
    }

    /// Text behind which there are zeros, and 1 if there is any.
    fn code(&mut self, text: Option<&str>, len: usize) {
        let end = self.bytes.len() + len;
        self.bytes.extend(text.unwrap_or_default().bytes().take(len));
        self.bytes.resize(end, 0);
        self.u32(u32::from(text.is_some()));
    }

    /// From the marks to the medium, alike before tracks and before what is said of the disc.
    fn head(&mut self) {
        self.u32(0);
        self.bytes.extend([MARK, MARK].concat());
        self.bytes.extend(BEFORE_TRACKS);
        self.u8(self.target.tracks.len());
        let path = std::mem::take(&mut self.path);
        self.u8(path.len());
        self.bytes.extend(&path);
        self.path = path;
        self.bytes.extend(BEHIND_PATH);
        self.u32(MEDIUM_FOLLOWS);
        self.u32(CAPACITY);
        self.u16(0);
        self.u16(content::medium_code(self.target.disc.toc().media).into());
    }

    /// Track `index` of its session.
    fn track(&mut self, index: usize, told: &TargetTrack<'_>) {
        self.head();
        let (track, sectors) = (told.track, told.sectors());
        let lengths = content::lengths(track, told.begin);
        self.u16(lengths.len());
        lengths.into_iter().for_each(|length| self.u32(length));
        // CD-TEXT is said of the disc.
        self.u32(0);
        self.u16(0);
        self.u32(content::mode_code(track.mode, &told.form));
        self.u32(0);
        self.u32(u32::try_from(told.session).unwrap_or(u32::MAX));
        self.u32(u32::try_from(index).unwrap_or(u32::MAX));
        self.u32(frames(told.begin));
        self.u32(sectors);
        self.zeros(16);
        self.u32(content::read_mode_of(&told.form));
        self.u32(track.control.nibble(track.mode).into());
        self.zeros(1);
        self.u32(sectors);
        self.zeros(4);
        self.code(track.isrc.as_ref().map(|isrc| isrc.as_str()), 12);
        self.filling();
    }

    /// What versions from 3 on have behind a track.
    fn filling(&mut self) {
        self.zeros(1);
        self.bytes.extend([0xFF; 8]);
        FILLING.into_iter().for_each(|word| self.u32(word));
        self.zeros(42);
        self.bytes.extend([0xFF; 4]);
        self.zeros(12);
    }

    /// Behind the last track of a session: what the session is, and where that track begins.
    fn tail(&mut self, session: usize) {
        let told = &self.target.toc.sessions[session];
        let audio = told.tracks.iter().all(|track| track.mode.is_audio());
        let kind = match told.kind {
            SessionKind::Xa | SessionKind::CdI => 2,
            SessionKind::CdRom => u32::from(!audio),
        };
        let last = self.target.tracks.iter().rfind(|track| track.session == session);
        self.u32(kind);
        self.u32(0);
        self.u32(last.map_or(0, |track| frames(track.begin)));
        self.zeros(1);
    }

    fn disc(&mut self) {
        self.head();
        let end = self.target.toc.sessions.last().map_or(Lba::ZERO, |session| session.lead_out);
        self.u32(frames(end));
        let volume = volume_name(self.target.disc);
        self.u8(volume.len());
        self.bytes.extend(volume);
        self.bytes.extend(BEHIND_VOLUME);
        self.code(self.target.toc.mcn.as_ref().map(|mcn| mcn.as_str()), 13);
        let packs = self.target.packs.as_flattened();
        self.u32(u32::try_from(packs.len()).unwrap_or(u32::MAX));
        self.bytes.extend(packs);
        self.zeros(8);
    }
}

/// From MSF 00:00:00.
fn frames(lba: Lba) -> u32 {
    discconv_core::image::PAUSE.start.sectors_to(lba)
}

/// What the volume of the first data track is called, if it has one.
fn volume_name(disc: &Disc) -> Vec<u8> {
    let Some(track) = disc.toc().tracks().find(|track| !track.mode.is_audio()) else { return Vec::new() };
    let (at, mut user) = (track.start() + VOLUME_SECTOR, [0; 2048]);
    let read = at < track.end && disc.read_sectors(at, &Form::USER, &mut Scratch::default(), &mut user).is_ok();
    if read && user.starts_with(VOLUME_SIGN) { user[VOLUME_NAME].to_vec() } else { Vec::new() }
}
