//! Through the descriptor, from session to session; what is between them need not be what it should.

use crate::fields::Fields;
use crate::record::{Info, MARK, Record, Version};
use discconv_core::{At, Error, Note, ReadAt, Result};

/// A whole descriptor is far smaller: 99 tracks with a title and 100 indexes each take some 100 KB.
const MAX_DESCRIPTOR: u64 = 1 << 20;
/// Bytes at the end that say where it is.
const TRAILER: u64 = 8;
const MAX_TRACKS: usize = 99;
/// Bytes of the count of sessions, of that of tracks, and of what may stand before a mark.
const TELLING: usize = 64;

/// What the last bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trailer {
    pub(crate) version: Version,
    /// Where the descriptor begins: the end of the sectors.
    pub(crate) descriptor: u64,
    /// Where it ends.
    pub(crate) end: u64,
}

/// Version and place in the last bytes of the file, and where those are.
fn last_words(source: &dyn ReadAt) -> Result<Option<(Version, u64, u64)>> {
    let Some(end) = source.len().checked_sub(TRAILER) else { return Ok(None) };
    let mut tail = [0; 8];
    source.read_exact_at(end, &mut tail)?;
    let [a, b, c, d, place @ ..] = tail;
    let version = Version::from_id(u32::from_le_bytes([a, b, c, d]));
    Ok(version.map(|version| (version, u32::from_le_bytes(place).into(), end)))
}

/// Does the file end with a version of DiscJuggler?
pub(crate) fn is_marked(source: &dyn ReadAt) -> bool {
    last_words(source).is_ok_and(|words| words.is_some())
}

/// What the last bytes of the file say, if they are those of an image.
///
/// # Errors
/// Reading.
fn trailer(source: &dyn ReadAt) -> Result<Option<Trailer>> {
    let Some((version, place, end)) = last_words(source)? else { return Ok(None) };
    let descriptor = if version == Version::V35 { source.len().checked_sub(place) } else { Some(place) };
    let sane = descriptor.filter(|descriptor| *descriptor < end && end - *descriptor <= MAX_DESCRIPTOR);
    Ok(sane.map(|descriptor| Trailer { version, descriptor, end }))
}

/// Do the last bytes point at a count of sessions and a track?
pub(crate) fn begins_well(source: &dyn ReadAt) -> bool {
    let Ok(Some(trailer)) = trailer(source) else { return false };
    let mut head = [0; TELLING];
    let len = usize::try_from(trailer.end - trailer.descriptor).unwrap_or(usize::MAX).min(TELLING);
    let head = &mut head[..len];
    source.read_exact_at(trailer.descriptor, head).is_ok()
        && Fields::new(head, 0).u16().is_some_and(|sessions| (1..=99).contains(&sessions))
        && !marks(head).is_empty()
}

/// Where each pair of marks begins.
fn marks(bytes: &[u8]) -> Vec<usize> {
    let pair = [MARK, MARK].concat();
    bytes.windows(pair.len()).enumerate().filter(|(_, window)| *window == pair).map(|(at, _)| at).collect()
}

/// All that the descriptor says.
#[derive(Clone, Debug)]
pub(crate) struct Descriptor {
    /// Where it begins in the file.
    pub(crate) at: u64,
    pub(crate) sessions: Vec<SessionRecord>,
    pub(crate) info: Info,
    pub(crate) notes: Vec<Note>,
}

/// A session.
#[derive(Clone, Debug)]
pub(crate) struct SessionRecord {
    pub(crate) tracks: Vec<Record>,
    /// What its lead-in says, from version 3.5 on: 0 CD-DA, 1 CD-ROM, 2 XA.
    pub(crate) kind: Option<u8>,
}

/// Read the descriptor of the image `file`.
///
/// # Errors
/// [`Error::Malformed`] without a trailer or a descriptor where it points, and for a descriptor that ends in a track.
pub(crate) fn read(file: &str, source: &dyn ReadAt) -> Result<Descriptor> {
    let trailer = trailer(source)?.ok_or_else(|| {
        let found = format!("no version of DiscJuggler with a place for its descriptor at the end of {} bytes", source.len());
        Error::malformed(file, At::Byte(source.len().saturating_sub(TRAILER)), found, "a version and the place of the descriptor")
            .with_hint("the file is cut, or a plain image by another name: try --from iso2048 or --from iso2352")
    })?;
    let mut bytes = vec![0; usize::try_from(trailer.end - trailer.descriptor).unwrap_or(0)];
    source.read_exact_at(trailer.descriptor, &mut bytes)?;
    let mut walk = Walk {
        file,
        at: trailer.descriptor,
        version: trailer.version,
        bytes: &bytes,
        marks: marks(&bytes),
        fields: Fields::new(&bytes, 0),
        notes: Vec::new(),
    };
    let sessions = walk.sessions()?;
    let info = if trailer.version == Version::V35 { walk.info() } else { Info::default() };
    Ok(Descriptor { at: trailer.descriptor, sessions, info, notes: walk.notes })
}

struct Walk<'a> {
    file: &'a str,
    /// Where the descriptor begins in the file.
    at: u64,
    version: Version,
    bytes: &'a [u8],
    marks: Vec<usize>,
    fields: Fields<'a>,
    notes: Vec<Note>,
}

impl Walk<'_> {
    fn place(&self, at: usize) -> u64 {
        self.at.saturating_add(at as u64)
    }

    fn malformed(&self, at: usize, found: String, expected: &str) -> Error {
        Error::malformed(self.file, At::Byte(self.place(at)), found, expected)
            .with_hint("the descriptor is damaged; sectors may still be had with --from iso2048 or --from iso2352")
    }

    fn sessions(&mut self) -> Result<Vec<SessionRecord>> {
        let told = self.fields.u16();
        let count = told.filter(|count| (1..=99).contains(count)).ok_or_else(|| {
            let found = told.map_or("no number of sessions".to_owned(), |told| format!("{told} sessions"));
            self.malformed(0, found, "1 to 99")
        })?;
        let mut sessions = Vec::new();
        let mut free = MAX_TRACKS;
        for number in 1..=count {
            let tracks = self.tracks_of(number, free)?;
            free -= tracks.len();
            let tail = self.fields.take(if self.version == Version::V2 { 12 } else { 13 });
            // A descriptor may end behind its last track: nothing is lost by it.
            let kind = tail.and_then(|tail| tail.first().copied()).filter(|_| self.version == Version::V35);
            sessions.push(SessionRecord { tracks, kind });
        }
        Ok(sessions)
    }

    fn tracks_of(&mut self, session: u16, free: usize) -> Result<Vec<Record>> {
        let at = self.fields.at;
        let count = match self.count_at(at) {
            Some(count) => count,
            None => self.next_session(session)?,
        };
        if count > free {
            let found = format!("{count} tracks in session {session}");
            return Err(self.malformed(at, found, "at most 99 tracks on a disc"));
        }
        self.fields.take(2);
        (0..count).map(|track| self.record(session, track + 1)).collect()
    }

    /// The number of tracks at `at`, if a session begins there.
    fn count_at(&self, at: usize) -> Option<usize> {
        let mut fields = Fields::new(self.bytes, at);
        let count = usize::from(fields.u16()?);
        self.marks_behind(&mut fields)?;
        (1..=MAX_TRACKS).contains(&count).then_some(count)
    }

    /// The place behind a word, perhaps 8 bytes more, and two marks.
    fn marks_behind(&self, fields: &mut Fields<'_>) -> Option<()> {
        if fields.u32()? != 0 {
            fields.take(8)?;
        }
        let found = self.marks.binary_search(&fields.at).is_ok();
        fields.take(2 * MARK.len())?;
        found.then_some(())
    }

    /// Go on where the next session begins, over whatever is in between: programs other than DiscJuggler leave things there.
    fn next_session(&mut self, session: u16) -> Result<usize> {
        let from = self.fields.at;
        let candidates =
            self.marks.iter().filter(|mark| **mark > from).flat_map(|mark| [mark.checked_sub(6), mark.checked_sub(14)]);
        let found = candidates.flatten().filter(|at| *at >= from).find_map(|at| Some((at, self.count_at(at)?)));
        let (at, count) = found.ok_or_else(|| {
            self.malformed(from, format!("no track of session {session}"), "a number of tracks and the mark of the first")
        })?;
        self.skipped(from, at);
        self.fields = Fields::new(self.bytes, at);
        Ok(count)
    }

    fn record(&mut self, session: u16, track: usize) -> Result<Record> {
        let from = self.fields.at;
        let mut fields = self.fields;
        if self.marks_behind(&mut fields).is_none() {
            let next = self.marks.iter().find(|mark| **mark >= from).copied();
            let next = next
                .ok_or_else(|| self.malformed(from, format!("no track {track} of session {session}"), "the mark of a track"))?;
            self.skipped(from, next);
            fields = Fields::new(self.bytes, next + 2 * MARK.len());
        }
        let record = Record::read(&mut fields, from, self.version).ok_or_else(|| {
            let found = format!("track {track} of session {session} without an end, or with too many indexes");
            self.malformed(from, found, "a whole track of at most 100 indexes")
        })?;
        self.fields = fields;
        Ok(record)
    }

    fn skipped(&mut self, from: usize, to: usize) {
        let text = format!("{} unknown bytes in the descriptor, from byte {:#X} on", to - from, self.place(from));
        self.notes.push(Note::oddity(format!("{}: {text}", self.file)));
    }

    /// Behind the last session is one without tracks, and what is said of the disc. Without that the disc is the same.
    fn info(&mut self) -> Info {
        let mut fields = self.fields;
        let info = fields.u16().filter(|count| *count == 0).and_then(|_| {
            self.marks_behind(&mut fields)?;
            Info::read(&mut fields)
        });
        info.unwrap_or_else(|| {
            let text = format!("no description of the disc at byte {:#X} of the descriptor", self.place(self.fields.at));
            self.notes.push(Note::oddity(format!("{}: {text}; no catalogue number and CD-TEXT are read", self.file)));
            Info::default()
        })
    }
}
