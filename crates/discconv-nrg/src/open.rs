//! From chunks to a disc.

use crate::chain::{self, Chain, Chunk};
use crate::{content, dao, tao};
use discconv_core::image::{Signs, seen_mode, sub_coding, with_pause, with_sub_codes};
use discconv_core::{
    At, CdText, Disc, DiscParts, Error, Extent, Form, Input, Lba, Main, Mcn, Note, Place, ReadAt, Result, Session, SessionKind,
    SourceId, Toc, TrackMode,
};
use discconv_sector::RAW;
use std::sync::Arc;

/// Open the image `input`.
///
/// # Errors
/// See [`chain::read`]; [`Error::Malformed`] for tables that are not there or do not agree with the file or each other.
pub(crate) fn open(input: &Input<'_>) -> Result<Disc> {
    let chain = chain::read(input.name, input.source.as_ref())?;
    let mtyp = chain.chunks.iter().find(|chunk| chunk.id == *b"MTYP").and_then(Chunk::number);
    let mut image = Image::new(input, &chain, mtyp);
    image.sessions(&chain)?;
    image.disc(&chain)
}

/// A disc in the making.
pub(crate) struct Image<'a> {
    pub(crate) file: &'a str,
    source: Arc<dyn ReadAt>,
    /// Where the sectors end and the chunks begin.
    pub(crate) data_end: u64,
    pub(crate) mtyp: Option<u32>,
    pub(crate) sessions: Vec<Session>,
    extents: Vec<Extent>,
    /// Up to where the sectors of the file belong to a track.
    used_to: u64,
    pub(crate) mcn: Option<Mcn>,
    notes: Vec<Note>,
}

/// Sectors of a track as the file has them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Where the first is.
    pub(crate) offset: u64,
    /// On the disc.
    pub(crate) first: Lba,
    pub(crate) sectors: u32,
    pub(crate) form: Form,
}

impl<'a> Image<'a> {
    fn new(input: &'a Input<'_>, chain: &Chain, mtyp: Option<u32>) -> Image<'a> {
        Image {
            file: input.name,
            source: input.source.clone(),
            data_end: chain.at,
            mtyp,
            sessions: Vec::new(),
            extents: Vec::new(),
            used_to: 0,
            mcn: None,
            notes: chain.notes.clone(),
        }
    }

    /// Every session, in the order of the chunks.
    fn sessions(&mut self, chain: &Chain) -> Result<()> {
        let mut sheets = chain.chunks.iter().filter(|chunk| matches!(&chunk.id, b"CUES" | b"CUEX"));
        let mut at_once: Vec<&Chunk> = Vec::new();
        let mut kind: Option<&u8> = None;
        let closes = chain.chunks.iter().any(|chunk| chunk.id == *b"SINF");
        for chunk in &chain.chunks {
            match &chunk.id {
                b"DAOI" | b"DAOX" => {
                    self.close(&mut at_once, None)?;
                    let sheet = sheets.next().ok_or_else(|| self.lacks(chunk, "CUES or CUEX"))?;
                    dao::session(self, sheet, chunk)?;
                }
                b"TINF" | b"ETNF" | b"ETN2" => {
                    if !closes {
                        self.close(&mut at_once, None)?;
                        self.kind(kind.take());
                    }
                    at_once.push(chunk);
                }
                b"SINF" => {
                    self.close(&mut at_once, Some(chunk))?;
                    self.kind(kind.take());
                }
                b"TOCT" if at_once.is_empty() => self.kind(chunk.payload.first()),
                b"TOCT" => kind = chunk.payload.first(),
                _ => {}
            }
        }
        self.close(&mut at_once, None)?;
        self.kind(kind);
        match sheets.next() {
            Some(sheet) => Err(self.lacks(sheet, "DAOI or DAOX")),
            None if self.sessions.is_empty() => {
                let expected = "a track table (DAOI, DAOX, TINF, ETNF or ETN2)";
                Err(self.malformed(At::Byte(chain.at), "no chunk with tracks".to_owned(), expected))
            }
            None => Ok(()),
        }
    }

    /// A table that does not agree with the file, or with another one.
    pub(crate) fn malformed(&self, at: At, found: String, expected: impl Into<String>) -> Error {
        Error::malformed(self.file, at, found, expected)
            .with_hint("the image may be cut or damaged; compare its length with another copy's")
    }

    fn lacks(&self, chunk: &Chunk, other: &str) -> Error {
        Error::malformed(
            self.file,
            At::Byte(chunk.at),
            format!("a {} chunk alone", chunk.name()),
            format!("a {other} chunk for it"),
        )
        .with_hint("the tables of the image are damaged; its sectors may still be had with --from iso2048 or --from iso2352")
    }

    /// A session ends: with tracks that were written at once, if there are any, and the number that `SINF` says.
    fn close(&mut self, at_once: &mut Vec<&Chunk>, sinf: Option<&Chunk>) -> Result<()> {
        if !at_once.is_empty() {
            tao::session(self, at_once)?;
            at_once.clear();
        }
        let Some(sinf) = sinf else { return Ok(()) };
        let tracks = self.sessions.last().map_or(0, |session| session.tracks.len());
        let told = sinf.number().and_then(|told| usize::try_from(told).ok());
        if told != Some(tracks) {
            let told = told.map_or("nothing".to_owned(), |told| told.to_string());
            self.oddity(format!("the SINF chunk at byte {:#X} says {told}; the session has {tracks} tracks", sinf.at));
        }
        Ok(())
    }

    /// `TOCT` says what kind of disc the session before it is, where its own table does not.
    fn kind(&mut self, told: Option<&u8>) {
        if let (Some(session), Some(told)) = (self.sessions.last_mut(), told)
            && session.kind == SessionKind::CdRom
        {
            session.kind = SessionKind::from_disc_type(*told);
        }
    }

    /// Tolerate something.
    pub(crate) fn oddity(&mut self, text: String) {
        self.notes.push(Note::oddity(format!("{}: {text}", self.file)));
    }

    /// One sector of a track is not whole.
    pub(crate) fn cut_sector(&mut self, text: String) {
        self.notes.push(Note::damage(1, format!("{}: {text}", self.file)));
    }

    /// Where the last track so far ends, or the last session where it is closed.
    pub(crate) fn end(&self) -> Option<Lba> {
        self.extents.last().map(|extent| extent.lbas.end)
    }

    /// `first + sectors`, if there is such an address.
    ///
    /// # Errors
    /// [`Error::Limit`].
    pub(crate) fn add(&self, at: At, first: Lba, sectors: u64) -> Result<Lba> {
        let end = i32::try_from(sectors).ok().and_then(|sectors| first.checked_add(sectors));
        end.ok_or_else(|| Error::Limit {
            file: self.file.to_owned(),
            at,
            found: format!("{sectors} sectors from LBA {first} on"),
            limit: format!("LBA {}", i32::MAX),
        })
    }

    /// The mode of the track whose sectors from INDEX 01 on are `run`; `None` if nothing tells it.
    pub(crate) fn mode(&self, run: &Run, code: u8, data_bit: bool) -> Option<TrackMode> {
        let seen = seen_mode(run.sectors, |sector, head| run.form.is_raw() && self.read(run, sector, 0, head));
        Signs { told: content::told_mode(code), data_bit, seen: seen.map(|(_, mode)| mode) }.settle(run.form.main)
    }

    /// Make `run` say how its subchannel is arranged.
    pub(crate) fn settle_coding(&self, run: &mut Run) {
        if run.form.sub.is_some() {
            let found = sub_coding(run.sectors, |sector, block| self.read(run, sector, RAW as u64, block));
            run.form.sub = found.or(run.form.sub);
        }
    }

    fn read(&self, run: &Run, sector: u32, at: u64, into: &mut [u8]) -> bool {
        let offset = run.offset + u64::from(sector) * u64::from(run.form.stride) + at;
        self.source.read_exact_at(offset, into).is_ok()
    }

    /// Sectors of no file.
    pub(crate) fn gap(&mut self, first: Lba, end: Lba, mode: TrackMode) {
        if first < end {
            self.extents.push(Extent::gap(first..end, mode));
        }
    }

    /// Sectors of the file.
    pub(crate) fn stored(&mut self, run: &Run, end: Lba, mode: TrackMode) {
        if run.first < end {
            if run.offset < self.used_to {
                self.oddity(format!("the sectors from LBA {} on lie in part where those of an earlier track do", run.first));
            }
            let bytes = u64::from(run.first.sectors_to(end)) * u64::from(run.form.stride);
            self.used_to = self.used_to.max(run.offset + bytes);
            let place = Place { source: SourceId(0), offset: run.offset, form: run.form };
            self.extents.push(Extent::stored(run.first..end, mode, place));
        }
    }

    fn disc(mut self, chain: &Chain) -> Result<Disc> {
        let user_only = self.extents.iter().all(|extent| extent.main.is_none_or(|place| place.form.main == Main::User));
        let end = self.sessions.last().map_or(Lba::ZERO, |session| session.lead_out);
        let media = content::media(self.mtyp, user_only, end).ok_or_else(|| Error::Limit {
            file: self.file.to_owned(),
            at: At::Whole,
            found: format!("a disc of {} sectors that are not 2048 bytes each", end.0),
            limit: format!("{} sectors of a CD", discconv_sector::MAX_CD_SECTORS),
        })?;
        let packs = chain.chunks.iter().find(|chunk| chunk.id == *b"CDTX" && !chunk.payload.is_empty());
        let cd_text = packs.and_then(|chunk| CdText::from_packs(chunk.payload.as_chunks().0));
        if let Some(chunk) = packs.filter(|chunk| !chunk.payload.as_chunks::<18>().1.is_empty()) {
            self.oddity(format!("the CDTX chunk at byte {:#X} is no whole number of packs", chunk.at));
        }
        let toc = Toc { media, sessions: self.sessions, mcn: self.mcn, cd_text };
        let parts = DiscParts {
            toc,
            sources: vec![self.source],
            extents: self.extents,
            notes: self.notes,
            checks: Vec::new(),
            extras: Vec::new(),
        };
        with_sub_codes(self.file, with_pause(self.file, Disc::new(self.file, parts)?)?)
    }
}
