//! From a sheet and the lengths of its files to a table of contents and extents: where on the disc everything is.

use crate::content::{self, Content, Run};
use crate::pieces::{self, Bit, Chunk, ChunkWhat, Piece, PieceWhat, chunks};
use crate::sheet::{Mark, MarkAt, Sheet, SheetTrack, What};
use crate::texts;
use crate::wire::{DataMode, SubMode, form};
use discconv_core::{
    At, Error, Extent, Form, Lba, Main, Media, Note, Place, Result, Session, SourceId, SubCoding, Toc, Track, TrackMode, Twist,
};
use discconv_sector::{MAX_CD_SECTORS, PREGAP_SECTORS};

/// Bytes of subchannel of a sector.
const SUB_BYTES: u32 = 96;

/// What a sheet and its files amount to.
pub(crate) struct Layout {
    pub(crate) toc: Toc,
    /// Sources are the files of the sheet, then what is put together.
    pub(crate) extents: Vec<Extent>,
    pub(crate) made: Vec<Made>,
    /// Bytes that each file must have.
    pub(crate) needed: Vec<u64>,
    pub(crate) notes: Vec<Note>,
}

/// A source that is made of files.
pub(crate) enum Made {
    /// Sectors put together from parts.
    Composed(Vec<Bit>),
    /// The subchannel of a run whose records have corrected packs of R to W: of which source before it, from which byte on.
    Corrected { source: SourceId, offset: u64, stride: u32, sectors: u32 },
}

/// Lay `sheet` over its files.
///
/// # Errors
/// [`Error::Malformed`] with the line where a file and the sheet do not agree, [`Error::Limit`] for a disc too large.
pub(crate) fn build(sheet: &Sheet, files: &dyn Content) -> Result<Layout> {
    let (cd_text, note) = texts::cd_text(sheet);
    let layout = Layout {
        toc: Toc { media: Media::Cd, sessions: Vec::new(), mcn: sheet.catalog.clone(), cd_text },
        extents: Vec::new(),
        made: Vec::new(),
        needed: vec![0; sheet.files.len()],
        notes: note.into_iter().collect(),
    };
    let mut walk = Walk { sheet, files, lba: 0, layout };
    let tracks = sheet.tracks.iter().map(|track| walk.track(track)).collect::<Result<Vec<Track>>>()?;
    let lead_out = tracks.last().map_or(Lba::ZERO, |track| track.end);
    let mut layout = walk.layout;
    layout.toc.sessions.push(Session { kind: sheet.kind, tracks, lead_out });
    Ok(layout)
}

struct Walk<'a> {
    sheet: &'a Sheet,
    files: &'a dyn Content,
    /// Where the next sector goes.
    lba: i32,
    layout: Layout,
}

impl Walk<'_> {
    fn malformed(&self, line: u32, found: String, expected: &str) -> Error {
        Error::malformed(&self.sheet.name, At::Line(line), found, expected)
            .with_hint("a time of the TOC is wrong, or a file is not the one that the TOC was made for")
    }

    fn note(&mut self, line: u32, text: &str) {
        self.layout.notes.push(Note::oddity(format!("{}: line {line}: {text}", self.sheet.name)));
    }

    fn track(&mut self, told: &SheetTrack) -> Result<Track> {
        let form = self.real_form(told);
        let chunks = chunks(self.sheet, told, &form, self.files)?;
        self.files_suffice(told, &form, &chunks);
        let mut pieces = pieces::pieces(self.sheet, told.line, &chunks, &form)?;
        let sectors = pieces.last().map_or(0, |piece| piece.first.saturating_add(piece.sectors));
        let start = told.start.map_or(0, |mark| place(mark, &chunks, &form));
        if start >= sectors {
            let line = told.start.map_or(told.line, |mark| mark.line);
            let found = format!("a START at sector {start} of a track of {sectors}");
            return Err(self.malformed(line, found, "a START before the end of the track"));
        }
        let run = run_at(&pieces, start);
        if let Some(run) = &run
            && form.sub.is_some()
            && content::is_packed(self.files, run)
        {
            pieces.iter_mut().for_each(|piece| piece.form.sub = Some(SubCoding::Packed));
        }
        let mode = self.real_mode(told, run.as_ref());
        let first = self.begin(told, start, run.as_ref());
        let end = self.add(told.line, first, sectors)?;
        self.extents(told, &pieces, first, mode);
        self.lba = end;
        let indexes = self.indexes(told, &chunks, &form, first, start, sectors)?;
        Ok(Track { number: told.number, mode, control: told.control, isrc: told.isrc.clone(), indexes, end: Lba(end) })
    }

    /// The record of a track, with the size that its file really has.
    fn real_form(&mut self, told: &SheetTrack) -> Form {
        let declared = form(told.mode, told.sub);
        let data = told.parts.iter().find_map(|part| match part.what {
            What::Stored { file, offset, .. } => Some((file, offset)),
            What::Blank { .. } => None,
        });
        let Some((file, offset)) = data.filter(|_| told.mode != DataMode::Audio && told.sub == SubMode::None) else {
            return declared;
        };
        if pieces::is_plain_raw(&declared) || !content::is_raw(self.files, file, offset) {
            return declared;
        }
        let text = format!("track {} is declared {}, its sectors have 2352 bytes", told.number, told.mode.word());
        self.note(told.line, &text);
        Form::RAW
    }

    fn real_mode(&mut self, told: &SheetTrack, run: Option<&Run>) -> TrackMode {
        let declared = told.mode.mode();
        let real = run.filter(|_| !declared.is_audio()).and_then(|run| content::real_mode(self.files, run));
        match real.filter(|real| *real != declared) {
            Some(real) => {
                let text = format!("track {} is declared {}, its sectors are {}", told.number, told.mode.word(), real.name());
                self.note(told.line, &text);
                real
            }
            None => declared,
        }
    }

    /// Where the track begins: behind the one before it, and the first at LBA 0, unless its sectors tell that its PREGAP is
    /// the pause which every disc has before LBA 0.
    fn begin(&self, told: &SheetTrack, start: u32, run: Option<&Run>) -> i32 {
        let is_first = self.layout.extents.is_empty() && self.lba == 0;
        let pause = PREGAP_SECTORS.unsigned_abs();
        let run = run.filter(|_| is_first && start == pause && told.mode != DataMode::Audio);
        match run.and_then(|run| content::first_lba(self.files, run)) {
            Some(Lba::ZERO) => -PREGAP_SECTORS,
            _ => self.lba,
        }
    }

    fn add(&self, line: u32, first: i32, sectors: u32) -> Result<i32> {
        let end = i64::from(first) + i64::from(sectors);
        match i32::try_from(end) {
            Ok(end) if end <= MAX_CD_SECTORS => Ok(end),
            _ => Err(Error::Limit {
                file: self.sheet.name.clone(),
                at: At::Line(line),
                found: format!("a disc of {end} sectors"),
                limit: format!("{MAX_CD_SECTORS} sectors of a CD"),
            }),
        }
    }

    fn extents(&mut self, told: &SheetTrack, pieces: &[Piece], first: i32, mode: TrackMode) {
        for piece in pieces {
            let at = |sector: u32| Lba(first) + i32::try_from(sector).unwrap_or(i32::MAX);
            let lbas = at(piece.first)..at(piece.first.saturating_add(piece.sectors));
            let (source, offset) = match &piece.what {
                // What is of the track's own mode as declared is of the mode that it has.
                PieceWhat::Blank(blank) => {
                    let mode = if *blank == told.mode.mode() { mode } else { *blank };
                    self.layout.extents.push(Extent::gap(lbas, mode));
                    continue;
                }
                PieceWhat::File { file, offset } => (source_id(*file), *offset),
                PieceWhat::Composed(bits) => (self.made(Made::Composed(bits.clone())), 0),
            };
            let place = Place { source, offset, form: piece.form };
            let sub = self.corrected(told, piece.sectors, &place);
            self.layout.extents.push(Extent { sub, ..Extent::stored(lbas, mode, place) });
        }
    }

    fn made(&mut self, made: Made) -> SourceId {
        self.layout.made.push(made);
        source_id(self.sheet.files.len() + self.layout.made.len() - 1)
    }

    /// Where the subchannel is that is stored as corrected packs, behind the main bytes at `place`.
    fn corrected(&mut self, told: &SheetTrack, sectors: u32, place: &Place) -> Option<Place> {
        if told.sub != SubMode::Rw {
            return None;
        }
        let offset = place.offset.saturating_add(place.form.main.len() as u64);
        let made = Made::Corrected { source: place.source, offset, stride: place.form.stride, sectors };
        let form = Form { main: Main::None, twist: Twist::None, sub: Some(SubCoding::Interleaved), stride: SUB_BYTES };
        Some(Place { source: self.made(made), offset: 0, form })
    }

    fn indexes(
        &self,
        told: &SheetTrack,
        chunks: &[Chunk],
        form: &Form,
        first: i32,
        start: u32,
        sectors: u32,
    ) -> Result<Vec<(u8, Lba)>> {
        let mut further: Vec<u32> = Vec::new();
        for (line, index) in &told.indexes {
            let at = start.saturating_add(*index);
            if at >= sectors {
                let found = format!("an INDEX at sector {at} of a track of {sectors}");
                return Err(self.malformed(*line, found, "indexes before the end of the track"));
            }
            further.push(at);
        }
        if let Some(mark) = told.end {
            let end = place(mark, chunks, form);
            // An END at the very end says that there is no postgap.
            if end <= start || end > sectors {
                let found = format!("an END at sector {end} of a track from {start} to {sectors}");
                return Err(self.malformed(mark.line, found, "an END behind START, and inside the track"));
            }
            if end < sectors && !further.contains(&end) {
                further.push(end);
            }
        }
        further.sort_unstable();
        let pregap = (start > 0).then_some((0, 0));
        let numbered = (2..=99).zip(further);
        let all = pregap.into_iter().chain([(1, start)]).chain(numbered);
        Ok(all.map(|(number, at)| (number, Lba(first) + i32::try_from(at).unwrap_or(i32::MAX))).collect())
    }

    /// Say which file is too short, and up to where each is needed.
    fn files_suffice(&mut self, told: &SheetTrack, form: &Form, chunks: &[Chunk]) {
        let last = chunks.len().saturating_sub(1);
        for (index, chunk) in chunks.iter().enumerate() {
            let ChunkWhat::File { file, offset, .. } = chunk.what else { continue };
            let (stride, len) = (u64::from(form.stride), self.files.len(file));
            let end = offset.saturating_add(chunk.len);
            let (name, line, number) = (&self.sheet.files[file].name, chunk.line, told.number);
            self.layout.needed[file] = self.layout.needed[file].max(end);
            if end > len {
                let missing = end - len;
                let text = format!(
                    "{name}: {len} bytes, {missing} too few for line {line} of {} (track {number}); zeros take their place",
                    self.sheet.name
                );
                self.layout.notes.push(Note::damage(missing.div_ceil(stride), text));
            } else if index == last && chunks.iter().map(|chunk| chunk.len).fold(0, u64::saturating_add) % stride > 0 {
                let text = format!("the content of track {number} is no whole number of sectors; zeros complete the last one");
                self.note(line, &text);
            }
        }
    }
}

fn source_id(index: usize) -> SourceId {
    SourceId(u32::try_from(index).unwrap_or(u32::MAX))
}

/// Sectors from the track's beginning to `mark`; a sector that is begun counts.
fn place(mark: Mark, chunks: &[Chunk], form: &Form) -> u32 {
    match mark.at {
        MarkAt::Sectors(sectors) => sectors,
        MarkAt::Behind(parts) => {
            let bytes = chunks.iter().take(parts).map(|chunk| chunk.len).fold(0, u64::saturating_add);
            u32::try_from(bytes.div_ceil(form.stride.into())).unwrap_or(u32::MAX)
        }
    }
}

/// The stored sectors from `start` on, or the first behind it.
fn run_at(pieces: &[Piece], start: u32) -> Option<Run> {
    pieces.iter().find_map(|piece| {
        let PieceWhat::File { file, offset } = piece.what else { return None };
        let skip = start.saturating_sub(piece.first);
        let sectors = piece.sectors.checked_sub(skip).filter(|sectors| *sectors > 0)?;
        let offset = offset.checked_add(u64::from(skip) * u64::from(piece.form.stride))?;
        Some(Run { file, offset, sectors, form: piece.form })
    })
}
