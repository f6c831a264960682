//! From the bytes of a descriptor to what it says, every place checked.

use crate::extras;
use crate::names;
use crate::wire::{self, ExtraBlock, Footer, Header, POINT_FIRST, POINT_LEAD_OUT, SessionBlock, TrackBlock};
use binrw::BinRead;
use discconv_core::{At, Error, Extra, Input, Lba, Msf, Note, Result, SessionKind};

/// Tracks of a disc.
const MOST_TRACKS: usize = 99;
/// Files of a track. An image that is split for small file systems has a dozen.
const MOST_FILES: u32 = 100;

/// Everything that a descriptor says.
pub(crate) struct Descriptor {
    pub(crate) medium: u16,
    pub(crate) sessions: Vec<ToldSession>,
    pub(crate) extras: Vec<Extra>,
    pub(crate) notes: Vec<Note>,
}

/// What it says of a session.
pub(crate) struct ToldSession {
    pub(crate) kind: SessionKind,
    /// The pause before the first track included.
    pub(crate) start: Lba,
    pub(crate) lead_out: Lba,
    pub(crate) tracks: Vec<ToldTrack>,
}

/// What it says of a track.
pub(crate) struct ToldTrack {
    /// Where its block is in the descriptor.
    pub(crate) at: u64,
    pub(crate) block: TrackBlock,
    /// 0 where nothing is said.
    pub(crate) pregap: u32,
    /// From INDEX 01 on; `None` where nothing is said.
    pub(crate) sectors: Option<u32>,
    pub(crate) files: Vec<ToldFile>,
}

impl ToldTrack {
    /// Its number.
    pub(crate) fn number(&self) -> u8 {
        self.block.point
    }

    /// The control nibble of Q.
    pub(crate) fn control(&self) -> u8 {
        self.block.adr_control & 15
    }

    /// LBA of INDEX 01.
    pub(crate) fn start(&self) -> Lba {
        Lba(self.block.start)
    }
}

/// A file that holds sectors of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToldFile {
    /// Where its footer is in the descriptor.
    pub(crate) at: u64,
    /// As the descriptor says it: `*` may stand for the descriptor's own stem.
    pub(crate) name: String,
}

impl Descriptor {
    /// Is it of a medium of 2048-byte sectors, whose track blocks say the length themselves?
    pub(crate) fn is_dvd(&self) -> bool {
        is_dvd(self.medium)
    }

    /// All tracks, in order.
    pub(crate) fn tracks(&self) -> impl Iterator<Item = &ToldTrack> {
        self.sessions.iter().flat_map(|session| &session.tracks)
    }
}

fn is_dvd(medium: u16) -> bool {
    (0x10..0x20).contains(&medium)
}

/// The descriptor, as a whole.
pub(crate) struct Raw<'a> {
    pub(crate) file: &'a str,
    pub(crate) bytes: Vec<u8>,
}

impl Raw<'_> {
    /// The value at `at`.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the file ends before it does; `what` names it.
    fn one<T: for<'b> BinRead<Args<'b> = ()>>(&self, at: u64, bytes: u64, what: &str) -> Result<T> {
        let inside = at.checked_add(bytes).is_some_and(|end| end <= self.bytes.len() as u64);
        let found = if inside { wire::one(&self.bytes, at) } else { None };
        found.ok_or_else(|| {
            let found = format!("{what} there, in a file of {} bytes", self.bytes.len());
            self.malformed(at, found, format!("a place at which its {bytes} bytes are in the file"))
        })
    }

    pub(crate) fn malformed(&self, at: u64, found: String, expected: impl Into<String>) -> Error {
        Error::malformed(self.file, At::Byte(at), found, expected)
            .with_hint("the descriptor is cut or damaged; get it again, or name its .mdf instead, whose sectors may say enough")
    }
}

/// Read the descriptor that `input` is.
///
/// # Errors
/// [`Error::Malformed`] for what is none, or has places outside itself; [`Error::Unsupported`] for another version;
/// [`Error::Limit`].
pub(crate) fn read(input: &Input<'_>) -> Result<Descriptor> {
    let raw = load(input)?;
    let header: Header = raw.one(wire::VERSION_AT as u64 + 2, wire::HEADER - 18, "the rest of the header")?;
    let mut descriptor = Descriptor { medium: header.medium, sessions: Vec::new(), extras: Vec::new(), notes: Vec::new() };
    for index in 0..u64::from(header.sessions) {
        let at = u64::from(header.sessions_at) + index * wire::SESSION;
        let session = session(&raw, at, index + 1, &header, &mut descriptor.notes)?;
        descriptor.sessions.push(session);
        ascending(&raw, &descriptor)?;
        if descriptor.tracks().count() > MOST_TRACKS {
            let found = format!("more than {MOST_TRACKS} tracks by the end of session {}", index + 1);
            return Err(raw.malformed(at, found, "tracks 1 to 99"));
        }
    }
    if descriptor.tracks().next().is_none() {
        return Err(raw.malformed(
            wire::VERSION_AT as u64 + 4,
            format!("{} sessions without a track", header.sessions),
            "a track",
        ));
    }
    if is_dvd(header.medium) {
        from_physical(&mut descriptor.sessions);
    }
    extras::read(&raw, &header, is_dvd(header.medium), &mut descriptor);
    Ok(descriptor)
}

/// Track numbers count up through all sessions.
fn ascending(raw: &Raw<'_>, descriptor: &Descriptor) -> Result<()> {
    let mut tracks = descriptor.tracks().zip(descriptor.tracks().skip(1));
    match tracks.find(|(before, track)| track.number() <= before.number()) {
        Some((before, track)) => {
            let found = format!("track {} behind track {}", track.number(), before.number());
            Err(raw.malformed(track.at + 4, found, "numbers that ascend"))
        }
        None => Ok(()),
    }
}

/// Some programs count the sectors of a DVD as the disc does, whose data area begins at physical sector 030000h (ECMA-267).
fn from_physical(sessions: &mut [ToldSession]) {
    const DATA_BEGIN: i32 = 0x30000;
    if sessions.iter().flat_map(|session| &session.tracks).any(|track| track.block.start < DATA_BEGIN) {
        return;
    }
    for session in sessions {
        session.tracks.iter_mut().for_each(|track| track.block.start -= DATA_BEGIN);
        let end = session.lead_out.0.saturating_sub(DATA_BEGIN);
        // The lead-out may be counted otherwise.
        let reached = session.tracks.last().is_some_and(|last| last.block.start < end);
        session.lead_out = if reached { Lba(end) } else { session.lead_out };
    }
}

/// All bytes, if they are a descriptor of version 1.
fn load<'a>(input: &'a Input<'_>) -> Result<Raw<'a>> {
    let len = input.source.len();
    let mut head = vec![0; usize::try_from(len.min(0x30)).unwrap_or(0)];
    input.source.read_exact_at(0, &mut head)?;
    if !head.starts_with(wire::MAGIC) || head.len() < 0x30 {
        let found = if head.starts_with(wire::MAGIC) { "the end of the header" } else { "other bytes" };
        let found = format!("{found}, in a file of {len} bytes");
        let error = Error::malformed(input.name, At::Byte(0), found, "MEDIA DESCRIPTOR, and a header of 58h bytes in all");
        return Err(
            error.with_hint("it is damaged, or something else under this name; name the file with the sectors (.mdf) instead")
        );
    }
    version(input.name, &head)?;
    if len > input.limits.text_bytes {
        let limit = format!("{} bytes", input.limits.text_bytes);
        return Err(Error::Limit {
            file: input.name.to_owned(),
            at: At::Whole,
            found: format!("a descriptor of {len} bytes"),
            limit,
        });
    }
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
    input.source.read_exact_at(0, &mut bytes)?;
    Ok(Raw { file: input.name, bytes })
}

/// Version 2 has nothing in common but its magic: its tables are packed and encrypted.
fn version(file: &str, head: &[u8]) -> Result<()> {
    let [major, minor] = [head[wire::VERSION_AT], head[wire::VERSION_AT + 1]];
    let at = At::Byte(wire::VERSION_AT as u64);
    let whole = head[0x2C..0x30] == [0xFF; 4];
    match major {
        1 => Ok(()),
        2 => {
            let name = if whole { "an MDX image" } else { "a media descriptor" };
            let what =
                format!("this is {name} of version 2.{minor:02} (DAEMON Tools), whose tables are encrypted: it cannot be read");
            Err(Error::unsupported(file, at, what)
                .with_hint("open it in the program that made it, and save it there as MDS version 1, ISO or BIN/CUE"))
        }
        _ => Err(Error::unsupported(file, at, format!("this is a media descriptor of the unknown version {major}.{minor}"))
            .with_hint("versions 1.3 to 1.5 are read; name the file with the sectors (.mdf) instead")),
    }
}

fn session(raw: &Raw<'_>, at: u64, number: u64, header: &Header, notes: &mut Vec<Note>) -> Result<ToldSession> {
    let block: SessionBlock = raw.one(at, wire::SESSION, &format!("the block of session {number}"))?;
    let mut told =
        ToldSession { kind: SessionKind::CdRom, start: Lba(block.start), lead_out: Lba(block.end), tracks: Vec::new() };
    for index in 0..u64::from(block.blocks) {
        let at = u64::from(block.tracks_at) + index * wire::TRACK;
        let entry: TrackBlock = raw.one(at, wire::TRACK, &format!("track block {} of session {number}", index + 1))?;
        match entry.point {
            1..=99 => told.tracks.push(track(raw, at, entry, is_dvd(header.medium))?),
            POINT_FIRST => told.kind = SessionKind::from_disc_type(entry.pointed[1]),
            POINT_LEAD_OUT => {
                let pointed = lba(entry.pointed);
                if pointed.is_some_and(|pointed| pointed != told.lead_out) && !is_dvd(header.medium) {
                    let place = pointed.unwrap_or_default();
                    let text = format!("session {number} ends at LBA {}; its lead-in says {place}", told.lead_out);
                    notes.push(Note::oddity(format!("{}: {text}", raw.file)));
                }
            }
            0xA1..=0xFF => {}
            other => notes
                .push(Note::oddity(format!("{}: the block at byte {at:#X} is of point {other}, which is no track", raw.file))),
        }
    }
    if told.tracks.is_empty() {
        return Err(raw.malformed(
            at,
            format!("session {number} without a track, in {} blocks", block.blocks),
            "a track in each session",
        ));
    }
    Ok(told)
}

/// The address of minutes, seconds and frames.
pub(crate) fn lba([m, s, f]: [u8; 3]) -> Option<Lba> {
    Msf::new(m, s, f).map(Lba::from_program_msf)
}

fn track(raw: &Raw<'_>, at: u64, block: TrackBlock, dvd: bool) -> Result<ToldTrack> {
    let number = block.point;
    let (pregap, sectors) = match block.extra {
        0 => (0, None),
        sectors if dvd => (0, Some(sectors)),
        place => {
            let extra: ExtraBlock = raw.one(place.into(), wire::EXTRA, &format!("the extra block of track {number}"))?;
            (extra.pregap, Some(extra.sectors))
        }
    };
    if sectors == Some(0) {
        return Err(raw.malformed(at, format!("track {number} of 0 sectors"), "at least one"));
    }
    if block.files > MOST_FILES {
        let found = format!("{} files of track {number}", block.files);
        return Err(Error::Limit { file: raw.file.to_owned(), at: At::Byte(at + 0x30), found, limit: MOST_FILES.to_string() });
    }
    let mut files = Vec::new();
    for index in 0..u64::from(block.files) {
        let at = u64::from(block.footers_at) + index * wire::FOOTER;
        let footer: Footer = raw.one(at, wire::FOOTER, &format!("footer {} of track {number}", index + 1))?;
        files.push(ToldFile { at, name: names::read(raw, at, &footer)? });
    }
    if files.is_empty() {
        files.push(ToldFile { at, name: names::DEFAULT.to_owned() });
    }
    Ok(ToldTrack { at, block, pregap, sectors, files })
}
