//! From a descriptor and the files beside it to a disc.

use crate::content::{self, HEAD, Seen};
use crate::entries::{self, TocSession, TocTrack, malformed};
use crate::mapping::{self, Mapping, Span};
use crate::sub::{self, Sampled};
use crate::tracks;
use crate::wire::{self, Descriptor, TrackText};
use crate::{files, texts};
use discconv_core::image::with_sub_codes;
use discconv_core::{
    At, Disc, DiscParts, Error, Extent, Form, Found, Input, Isrc, Lba, Mcn, Media, Note, Padded, Place, ReadAt, Result, Session,
    SourceId, SubCoding, Toc, Track, TrackMode, Twist,
};
use discconv_sector::subchannel::deinterleave;
use discconv_sector::{MAX_CD_SECTORS, PREGAP_SECTORS, RAW, SUB};
use std::ops::Range;
use std::sync::Arc;

/// Sectors behind the last lead-out that are kept: a lead-out and no more.
const MOST_EXTRA: u64 = 6750;

/// Open the descriptor `input`.
///
/// # Errors
/// See [`wire::parse`], [`entries::sessions`] and [`files::sectors`]; [`Error::Malformed`] if the image has nothing of a
/// track.
pub(crate) fn open(input: &Input<'_>) -> Result<Disc> {
    let mut found = descriptor(input)?;
    let mut notes = std::mem::take(&mut found.notes);
    if let Some(version) = found.version.filter(|version| !(2..=3).contains(version)) {
        notes.push(Note::oddity(format!("{}: version {version} is read as version 3", input.name)));
    }
    let sessions = entries::sessions(input.name, &found, &mut notes)?;
    let (main, renamed) = files::sectors(input)?;
    if renamed {
        notes.push(Note::oddity(format!("{}: {:?} is taken for its .img", input.name, main.name)));
    }
    let mut image = Image { file: input.name, found: &found, main, sub: None, notes };
    let spans = image.spans(&sessions)?;
    let mapping = image.mapping(&spans)?;
    image.subchannel(input, &spans, &mapping)?;
    image.disc(&sessions, &spans, &mapping)
}

/// The descriptor alone.
///
/// # Errors
/// See [`wire::parse`].
pub(crate) fn descriptor(input: &Input<'_>) -> Result<Descriptor> {
    wire::parse(input.name, &whole(input)?)
}

/// All bytes of the descriptor.
fn whole(input: &Input<'_>) -> Result<Vec<u8>> {
    let len = input.source.len();
    let small = usize::try_from(len).ok().filter(|_| len <= input.limits.text_bytes);
    let Some(small) = small else {
        let limit = format!("{} bytes of a descriptor", input.limits.text_bytes);
        return Err(Error::Limit { file: input.name.to_owned(), at: At::Whole, found: format!("{len} bytes"), limit });
    };
    let mut bytes = vec![0; small];
    input.source.read_exact_at(0, &mut bytes)?;
    Ok(bytes)
}

/// A disc in the making.
struct Image<'a> {
    file: &'a str,
    found: &'a Descriptor,
    main: Found,
    sub: Option<(Found, SubCoding)>,
    notes: Vec<Note>,
}

/// Where a sector of a session is in the image.
#[derive(Clone, Copy)]
struct Stored {
    /// The first stored one.
    start: Lba,
    /// Its number in the image.
    base: u64,
}

impl Stored {
    fn sector(self, lba: Lba) -> u64 {
        self.base + u64::from(self.start.sectors_to(lba))
    }
}

impl Image<'_> {
    fn oddity(&mut self, line: u32, text: String) {
        self.notes.push(Note::oddity(format!("{}: line {line}: {text}", self.file)));
    }

    fn text(&self, track: &TocTrack) -> Option<&TrackText> {
        self.found.tracks.get(&track.number)
    }

    /// Whole sectors of the image.
    fn sectors(&self) -> u64 {
        self.main.source.len() / RAW as u64
    }

    /// INDEX 00 of a track as told, if it can be: behind `lowest`, or there where that is the end of a session.
    fn told_first(&self, track: &TocTrack, session: usize, first: bool, lowest: Lba) -> Option<Lba> {
        let told = tracks::told_pregap(self.text(track), track.start, first, session == 0)?;
        let lba = i32::try_from(i64::from(track.start.0) - told).ok().map(Lba)?;
        (lba <= track.start && (lba > lowest || (first && lba == lowest))).then_some(lba)
    }

    /// What of each session could be stored.
    fn spans(&mut self, sessions: &[TocSession]) -> Result<Vec<Span>> {
        let mut spans: Vec<Span> = Vec::new();
        for (number, session) in sessions.iter().enumerate() {
            let Some(track) = session.tracks.first() else { continue };
            let lowest = spans.last().map_or(Lba(-PREGAP_SECTORS), |span| span.lead_out);
            let first = self.told_first(track, number, true, lowest).unwrap_or(track.start);
            // The pause before LBA 0 is told only where track 1 begins there.
            let first = if number == 0 && track.start > Lba::ZERO { first.max(Lba::ZERO) } else { first };
            let lead_out = match session.lead_out {
                Some(lead_out) => lead_out,
                None => self.end_of_image(session, &spans, first)?,
            };
            spans.push(Span { first, start: track.start, lead_out });
        }
        Ok(spans)
    }

    /// The lead-out of the last session where no entry has it: where the image ends.
    fn end_of_image(&mut self, session: &TocSession, before: &[Span], first: Lba) -> Result<Lba> {
        let firsts = [Lba::ZERO].into_iter().chain(before.iter().skip(1).map(|span| span.first));
        let stored: u64 = firsts.zip(before).map(|(first, span)| u64::from(first.sectors_to(span.lead_out))).sum();
        let first = if before.is_empty() { Lba::ZERO } else { first };
        let left = self.sectors().saturating_sub(stored);
        let end = i32::try_from(left).ok().and_then(|left| first.checked_add(left)).filter(|end| end.0 <= MAX_CD_SECTORS);
        match (end, session.tracks.last()) {
            (Some(end), Some(last)) if last.start < end => {
                let text = format!("session {} has no entry of its lead-out; it ends with {:?}", session.number, self.main.name);
                self.oddity(last.line, text);
                Ok(end)
            }
            (_, last) => {
                let found = format!("session {} without an entry of its lead-out", session.number);
                Err(malformed(self.file, last.map_or(0, |last| last.line), found, "an [Entry] with Point=0xa2 in each session"))
            }
        }
    }

    /// Where the sessions are in the image.
    fn mapping(&self, spans: &[Span]) -> Result<Mapping> {
        let confirmed = |mapping: &Mapping| {
            let says = |number: usize| {
                let (span, start) = (&spans[number], mapping.starts[number]);
                let mut head = [0; HEAD];
                let sector = Stored { start, base: mapping.base(spans, number) }.sector(span.start);
                self.head(sector, &mut head) && content::address(&head) == Some(span.start)
            };
            (0..spans.len()).filter(|number| says(*number)).count()
        };
        let mapping = mapping::choose(spans, self.sectors(), confirmed);
        mapping.ok_or_else(|| malformed(self.file, 1, "sessions that overlap".to_owned(), "sessions behind each other"))
    }

    /// Sync and header of a sector of the image.
    fn head(&self, sector: u64, head: &mut [u8; HEAD]) -> bool {
        sector < self.sectors() && self.main.source.read_exact_at(sector * RAW as u64, head).is_ok()
    }

    /// Find the subchannel, and out whether it is one.
    fn subchannel(&mut self, input: &Input<'_>, spans: &[Span], mapping: &Mapping) -> Result<()> {
        let Some(mut found) = files::subchannel(input)? else {
            self.notes.push(Note::oddity(format!("{}: there is no subchannel beside it (.sub)", self.file)));
            return Ok(());
        };
        let (len, whole) = (found.source.len(), self.sectors());
        let records = len / SUB as u64;
        let lba = |sector: u64| {
            let (number, base) =
                (0..spans.len()).map(|number| (number, mapping.base(spans, number))).rfind(|(_, base)| *base <= sector)?;
            mapping.starts[number].checked_add(i32::try_from(sector - base).ok()?).filter(|lba| *lba < spans[number].lead_out)
        };
        let read = |record: u64, block: &mut [u8; SUB]| found.source.read_exact_at(record * SUB as u64, block).is_ok();
        let seen = sub::sample(records, read, lba);
        let name = found.name.clone();
        let fits = len == whole * SUB as u64;
        if !fits && seen.speaks && seen.good == 0 {
            let text = format!(
                "{name}: {len} bytes, of which none looked at are subchannel of these {whole} sectors; it does not count"
            );
            self.notes.push(Note::oddity(text));
            return Ok(());
        }
        self.notes.append(&mut found.notes);
        self.judge(&name, len, &seen);
        self.sub = Some((found, seen.coding));
        Ok(())
    }

    /// Tell what is odd about the subchannel.
    fn judge(&mut self, name: &str, len: u64, seen: &Sampled) {
        let mut odd = |text: String| self.notes.push(Note::oddity(format!("{name}: {text}")));
        if seen.coding == SubCoding::Interleaved {
            odd("its channels are interleaved, not one behind the other".to_owned());
        }
        if seen.bad > seen.good {
            odd(format!("of {} frames of Q looked at, {} have a wrong CRC", seen.bad + seen.good, seen.bad));
        }
        if let Some((record, told)) = seen.astray {
            odd(format!(
                "most frames of Q looked at are of other sectors, record {record} of LBA {told}; it may be from another disc"
            ));
        }
        let (records, whole) = (len / SUB as u64, self.main.source.len() / RAW as u64);
        if records > whole {
            odd(format!("{records} records for {whole} sectors; the rest does not count"));
        }
    }

    fn disc(mut self, sessions: &[TocSession], spans: &[Span], mapping: &Mapping) -> Result<Disc> {
        let (mut toc_sessions, mut extents): (Vec<Session>, Vec<Extent>) = (Vec::new(), Vec::new());
        let mut mode_before = None;
        for (number, session) in sessions.iter().enumerate() {
            let stored = Stored { start: mapping.starts[number], base: mapping.base(spans, number) };
            let tracks = self.session(number, session, &spans[number], stored, &mut extents, mode_before)?;
            mode_before = tracks.last().map(|track| track.mode);
            toc_sessions.push(Session { kind: session.kind, tracks, lead_out: spans[number].lead_out });
        }
        if let (Some(span), Some(mode)) = (spans.last(), mode_before) {
            self.behind(span.lead_out, mapping.sectors, mode, &mut extents);
        }
        let mcn = self.mcn();
        let toc = Toc { media: Media::Cd, sessions: toc_sessions, mcn, cd_text: self.cd_text() };
        let end = extents.iter().filter_map(|extent| self.end_sector(extent)).max().unwrap_or(0);
        let mut sources = vec![self.whole_source(self.main.source.clone(), &self.main.name.clone(), end, RAW as u64)];
        if let Some((sub, _)) = self.sub.take() {
            sources.push(self.whole_source(sub.source.clone(), &sub.name, end, SUB as u64));
        }
        self.notes.append(&mut self.main.notes);
        let parts = DiscParts { toc, sources, extents, notes: self.notes, checks: Vec::new(), extras: Vec::new() };
        with_sub_codes(self.file, Disc::new(self.file, parts)?)
    }

    /// The number, in the image, of the sector behind an extent.
    fn end_sector(&self, extent: &Extent) -> Option<u64> {
        Some(extent.main?.offset / RAW as u64 + u64::from(extent.sectors()))
    }

    /// `source` with zeros behind it up to `end` records, and what that means.
    fn whole_source(&mut self, source: Arc<dyn ReadAt>, name: &str, end: u64, record: u64) -> Arc<dyn ReadAt> {
        let (len, needed) = (source.len(), end * record);
        if len >= needed {
            if record == RAW as u64 && len > needed {
                let text = format!("{name}: {} bytes behind the last sector of the disc do not count", len - needed);
                self.notes.push(Note::oddity(text));
            }
            return source;
        }
        let sectors = end - len / record;
        let what = if record == RAW as u64 { "sectors" } else { "records of subchannel" };
        let text = format!(
            "{name}: {len} bytes, {} too few: {what} from number {} to {} are not there or not whole; zeros take their place",
            needed - len,
            len / record,
            end - 1
        );
        self.notes.push(Note::damage(sectors, text));
        Arc::new(Padded::new(source, needed))
    }

    /// The tracks of a session, and their extents.
    fn session(
        &mut self,
        number: usize,
        session: &TocSession,
        span: &Span,
        stored: Stored,
        extents: &mut Vec<Extent>,
        mode_before: Option<TrackMode>,
    ) -> Result<Vec<Track>> {
        let firsts = self.firsts(number, session, span, stored);
        let ends: Vec<Lba> = firsts.iter().skip(1).copied().chain([span.lead_out]).collect();
        let mut tracks = Vec::new();
        for (place, told) in session.tracks.iter().enumerate() {
            let (first, end) = (firsts[place], ends[place]);
            self.check_there(told, stored)?;
            let seen = self.look(told, end, stored);
            let track = self.track(number, told, first, end, seen);
            if self.found.scrambled && seen.is_some_and(|seen| !seen.scrambled) {
                self.oddity(told.line, format!("the data of track {} is told to be scrambled, and is not", told.number));
            }
            let form = Form { twist: twist(track.mode, seen), ..Form::RAW };
            if place == 0 {
                // A lead-out and a lead-in that are stored belong to nobody.
                self.stored(stored.start..first, mode_before.unwrap_or(track.mode), Form::RAW, stored, extents);
            }
            if first < stored.start {
                extents.push(Extent::gap(first..stored.start.min(end), track.mode));
            }
            self.stored(first.max(stored.start)..end, track.mode, form, stored, extents);
            tracks.push(track);
        }
        Ok(tracks)
    }

    /// Where each track of a session begins: INDEX 00 as told, or as Q has it, else INDEX 01.
    fn firsts(&mut self, number: usize, session: &TocSession, span: &Span, stored: Stored) -> Vec<Lba> {
        let mut firsts: Vec<Lba> = Vec::new();
        let mut before: Option<&TocTrack> = None;
        for track in &session.tracks {
            let first = match before {
                None if span.first < track.start && number > 0 => span.first,
                // All that is before track 1 is its pregap; two seconds of what is before a later session's first track.
                None if number == 0 => stored.start.min(span.first),
                None => stored.start.max(track.start - PREGAP_SECTORS).min(track.start),
                Some(before) => self.later_first(number, track, before, stored),
            };
            firsts.push(first);
            before = Some(track);
        }
        firsts
    }

    fn later_first(&mut self, number: usize, track: &TocTrack, before: &TocTrack, stored: Stored) -> Lba {
        if tracks::told_pregap(self.text(track), track.start, false, number == 0).is_some() {
            return self.told_first(track, number, false, before.start).unwrap_or_else(|| {
                self.oddity(track.line, format!("INDEX 0 of track {} lies where it cannot be, and is passed over", track.number));
                track.start
            });
        }
        let Some((found, coding)) = &self.sub else { return track.start };
        let read = |lba: Lba, block: &mut [u8; SUB]| {
            let read = found.source.read_exact_at(stored.sector(lba) * SUB as u64, block).is_ok();
            if *coding == SubCoding::Interleaved {
                deinterleave(&block.clone(), block);
            }
            read
        };
        sub::pregap(track.number, track.start, before.start + 1, read).unwrap_or(track.start)
    }

    /// A track of which the image has nothing is not cut, but of another disc.
    fn check_there(&self, track: &TocTrack, stored: Stored) -> Result<()> {
        let (sector, sectors) = (stored.sector(track.start), self.sectors());
        if sector < sectors {
            return Ok(());
        }
        let found = format!("{sectors} sectors of {RAW} bytes ({} bytes)", self.main.source.len());
        let expected = format!("more than {sector} sectors, since track {} begins at LBA {}", track.number, track.start);
        Err(Error::malformed(&self.main.name, At::Whole, found, expected)
            .with_hint("the file is cut, or belongs to another descriptor; compare it with another copy"))
    }

    /// What the sectors of a track say.
    fn look(&self, track: &TocTrack, end: Lba, stored: Stored) -> Option<Seen> {
        let base = stored.sector(track.start);
        let read = |sector: u32, head: &mut [u8; HEAD]| self.head(base + u64::from(sector), head);
        content::look(track.start, track.start.sectors_to(end), self.found.scrambled, read)
    }

    fn track(&mut self, number: usize, told: &TocTrack, first: Lba, end: Lba, seen: Option<Seen>) -> Track {
        let text = self.found.tracks.get(&told.number);
        let line = text.map_or(told.line, |text| text.line);
        let by_session = i32::try_from(number).ok().and_then(|number| self.found.pregap_modes.get(&(number + 1)));
        let said = text.and_then(|text| text.mode).or(by_session.filter(|_| text.is_none()).copied());
        let said_mode = said.and_then(content::told_mode);
        let mode = content::settle(said_mode, tracks::is_data(told.control), seen.map(|seen| seen.mode));
        let blank_mode1 = (said_mode, mode) == (Some(TrackMode::Mode1), TrackMode::Mode0);
        if let Some(said) = said.filter(|_| said_mode != Some(mode) && !blank_mode1) {
            self.oddity(line, format!("track {} is told to be mode {said}; it is taken for {}", told.number, mode.name()));
        }
        let mut indexes = vec![(1, told.start)];
        if first < told.start {
            indexes.insert(0, (0, first));
        }
        let (further, lost) = tracks::further(text, told.start, end, number == 0);
        indexes.extend(further);
        for index in lost {
            self.oddity(line, format!("INDEX {index} of track {} lies outside of it, and is passed over", told.number));
        }
        let isrc = text.and_then(|text| text.isrc.as_deref()).filter(|code| !code.is_empty());
        let code = isrc.and_then(Isrc::new);
        if let (Some(told_code), None) = (isrc, &code) {
            self.oddity(line, format!("{told_code:?} is no ISRC, and is passed over"));
        }
        let control = tracks::control(told.control, text);
        Track { number: told.number, mode, control, isrc: code, indexes, end }
    }

    /// Sectors of the image.
    fn stored(&self, lbas: Range<Lba>, mode: TrackMode, form: Form, stored: Stored, extents: &mut Vec<Extent>) {
        if lbas.start >= lbas.end {
            return;
        }
        let sector = stored.sector(lbas.start);
        let place = Place { source: SourceId(0), offset: sector * RAW as u64, form };
        let sub = self.sub.as_ref().map(|(_, coding)| Place {
            source: SourceId(1),
            offset: sector * SUB as u64,
            form: Form { sub: Some(*coding), ..Form::SUB },
        });
        extents.push(Extent { sub, ..Extent::stored(lbas, mode, place) });
    }

    /// Sectors of the image behind the last lead-out: some of that.
    fn behind(&mut self, lead_out: Lba, from: u64, mode: TrackMode, extents: &mut Vec<Extent>) {
        let extra = self.sectors().saturating_sub(from);
        let kept = i32::try_from(extra.min(MOST_EXTRA)).unwrap_or(0);
        if kept > 0 {
            let name = &self.main.name;
            self.notes.push(Note::oddity(format!("{name}: {extra} sectors more than the tracks have; they belong to no track")));
            self.stored(lead_out..lead_out + kept, mode, Form::RAW, Stored { start: lead_out, base: from }, extents);
        }
    }

    fn mcn(&mut self) -> Option<Mcn> {
        let (line, told) = self.found.catalog.as_ref().filter(|(_, told)| !told.is_empty())?;
        let mcn = Mcn::new(told);
        if mcn.is_none() {
            self.oddity(*line, format!("{told:?} is no catalogue number of 13 digits, and is passed over"));
        }
        mcn
    }

    fn cd_text(&mut self) -> Option<discconv_core::CdText> {
        let packs: Vec<[u8; 18]> = self.found.packs.values().map(texts::sealed).collect();
        if let Some(told) = self.found.pack_count.filter(|told| usize::try_from(*told) != Ok(packs.len())) {
            let text = format!("{}: CD-TEXT has {} packs, and is told to have {told}", self.file, packs.len());
            self.notes.push(Note::oddity(text));
        }
        discconv_core::CdText::from_packs(&packs)
    }
}

/// What was done to the sectors of a track.
fn twist(mode: TrackMode, seen: Option<Seen>) -> Twist {
    match seen {
        Some(Seen { scrambled: true, .. }) if !mode.is_audio() => Twist::Scrambled,
        _ => Twist::None,
    }
}
