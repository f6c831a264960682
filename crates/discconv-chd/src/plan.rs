//! A disc to a CHD of version 5: header, metadata, hunks, map.

use crate::codecs::{self, Content};
use crate::encode::Encoder;
use crate::facts;
use crate::header::FRAME;
use crate::index::{Compressed, Plain, Shape};
use crate::meta::{self, TrackLine};
use crate::open;
use crate::target::{self, Target, TargetTrack};
use crate::wire::{META_HASHED, META_HEADER, MetaHeader, V5_BYTES, bytes_of};
use discconv_core::image::{Stored, StoredTrack, only_disc};
use discconv_core::{
    At, Codec, Disc, Error, ExpectedDisc, Form, Index, Lba, Media, Part, Piece, Plan, PlannedFile, Result, Role, Toc, Track,
    TrackMode, WriteOptions, volume,
};
use sha1::{Digest, Sha1};
use std::ops::Range;
use std::sync::Arc;

/// Frames of a hunk, as other programs have it.
const HUNK_FRAMES: u32 = 8;
/// Bytes of a hunk of a DVD, likewise; and of a PSP disc, whose readers want one sector.
const HUNK_DVD: u32 = 4096;
const HUNK_UMD: u32 = 2048;
/// Bytes of a sector where there are no frames.
const SECTOR: u32 = 2048;
/// The longest hunk that readers take.
const MAX_HUNK: u32 = 1 << 20;

/// Plan `stem.chd`.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let disc = only_disc(discs, stem, "CHD")?;
    let name = format!("{stem}.chd");
    let made = if disc.toc().media.has_raw() { of_frames(disc, &name, options)? } else { of_sectors(disc, &name, options)? };
    let Made { body, toc, tracks } = made;
    let stored = Stored { disc, tracks };
    let (dropped, mut notes) = stored.dropped();
    notes.extend(stored.gap_notes());
    notes.extend(stored.sub_note());
    notes.extend(facts::note(disc));
    Ok(Plan {
        files: vec![body.file(name, options)?],
        entry: 0,
        format: crate::INFO.id,
        forced: None,
        inner: None,
        losses: Vec::new(),
        dropped,
        discs: vec![ExpectedDisc { toc, runs: stored.runs(), says_mode: true }],
        notes,
    })
}

/// What is to be written and what comes back.
struct Made {
    body: Body,
    toc: Toc,
    tracks: Vec<StoredTrack>,
}

/// The content of the file.
struct Body {
    content: Content,
    hunk_bytes: u32,
    unit_bytes: u32,
    pieces: Vec<Piece>,
    audio: Vec<Range<u64>>,
    metadata: Vec<Metadata>,
}

/// A piece of metadata.
struct Metadata {
    tag: [u8; 4],
    /// Does it count in the SHA-1?
    hashed: bool,
    data: Vec<u8>,
}

fn of_frames(disc: &Disc, name: &str, options: &WriteOptions) -> Result<Made> {
    let hunk_bytes = hunk(options, FRAME * HUNK_FRAMES, FRAME, name)?;
    let mut target = target::build(disc, options)?;
    let mut pieces: Vec<Piece> = Vec::new();
    target.tracks.iter_mut().flat_map(|track| track.pieces.drain(..)).for_each(|piece| piece.push_onto(&mut pieces));
    let tag = if disc.toc().media == Media::Gd { meta::GD } else { meta::CD };
    let lines = target.tracks.iter().map(|track| Metadata { tag, hashed: true, data: text(&track.line) });
    let private = private(&target.private);
    let body = Body {
        content: Content::Frames,
        hunk_bytes,
        unit_bytes: FRAME,
        pieces,
        audio: target.audio(),
        metadata: lines.chain(private).collect(),
    };
    let Target { toc, tracks, .. } = target;
    Ok(Made { body, toc, tracks: tracks.iter().map(TargetTrack::stored).collect() })
}

fn of_sectors(disc: &Disc, name: &str, options: &WriteOptions) -> Result<Made> {
    let usual = if disc.toc().media == Media::Umd { HUNK_UMD } else { HUNK_DVD };
    let hunk_bytes = hunk(options, usual, SECTOR, name)?;
    if let Some(other) = options.sector.filter(|sector| u32::from(*sector) != SECTOR) {
        return Err(Error::unsupported(name, At::Whole, format!("a disc of this medium has no sectors of {other} bytes"))
            .with_hint("leave --sector away: they have 2048"));
    }
    let lbas = target::only_sectors(disc)?;
    let number = disc.toc().tracks().next().map_or(1, |track| track.number);
    let tag = Metadata { tag: meta::DVD, hashed: true, data: vec![0] };
    let private = private(&facts::of_sectors(disc));
    let body = Body {
        content: Content::Sectors,
        hunk_bytes,
        unit_bytes: SECTOR,
        pieces: disc.lay_out(0, lbas.clone(), &Form::USER),
        audio: Vec::new(),
        metadata: [tag].into_iter().chain(private).collect(),
    };
    let toc = sectors_toc(disc, &lbas)?;
    let tracks = vec![StoredTrack { number, lbas, form: Form::USER }];
    Ok(Made { body, toc, tracks })
}

/// The table of contents that the reader will find, which looks at the volume.
fn sectors_toc(disc: &Disc, lbas: &Range<Lba>) -> Result<Toc> {
    let media = open::tagged_medium(volume::medium_of(disc, lbas.clone())?);
    let mut toc = Toc::single_data(media, TrackMode::Mode1, lbas.end.0);
    let told = disc.toc();
    (toc.mcn, toc.cd_text) = (told.mcn.clone(), told.cd_text.clone());
    if let (Some(track), Some(told)) =
        (toc.sessions.iter_mut().flat_map(|session| &mut session.tracks).next(), told.tracks().next())
    {
        *track = Track { mode: TrackMode::Mode1, ..told.clone() };
    }
    Ok(toc)
}

fn private(facts: &meta::Private) -> Option<Metadata> {
    facts.render().map(|data| Metadata { tag: meta::PRIVATE, hashed: false, data })
}

/// With the zero that ends it.
fn text(line: &TrackLine) -> Vec<u8> {
    let mut text = line.to_string().into_bytes();
    text.push(0);
    text
}

fn hunk(options: &WriteOptions, usual: u32, unit: u32, name: &str) -> Result<u32> {
    match options.hunk {
        None => Ok(usual),
        Some(hunk) if hunk > 0 && hunk <= MAX_HUNK && hunk.is_multiple_of(unit) => Ok(hunk),
        Some(hunk) => Err(Error::unsupported(name, At::Whole, format!("hunks of {hunk} bytes cannot be written"))
            .with_hint(format!("for this disc --hunk takes a multiple of {unit}, at most {MAX_HUNK}; {usual} is usual"))),
    }
}

impl Body {
    fn file(self, name: String, options: &WriteOptions) -> Result<PlannedFile> {
        let codecs = codecs::chosen(self.content, options, &name)?;
        let logical_bytes = self.pieces.iter().map(Piece::len).sum();
        let hunks = u64::div_ceil(logical_bytes, u64::from(self.hunk_bytes));
        // Without compression the map has its place before the metadata.
        let map_bytes = if codecs.is_empty() { hunks * 4 } else { 0 };
        let meta_at = V5_BYTES as u64 + map_bytes;
        let shape = Shape {
            file: name.clone(),
            codecs: codecs::letters(self.content, &codecs),
            logical_bytes,
            hunk_bytes: self.hunk_bytes,
            unit_bytes: self.unit_bytes,
            meta_at,
        };
        let hashed = self.metadata.iter().filter(|piece| piece.hashed).map(Metadata::digest).collect();
        let index = match codecs.is_empty() {
            true => Index(Arc::new(Plain { shape })),
            false => Index(Arc::new(Compressed { shape, hashed })),
        };
        let compressed = !codecs.is_empty();
        let encoder =
            Encoder { content: self.content, hunk_bytes: self.hunk_bytes, codecs, mode: options.level, audio: self.audio };
        let mut parts = vec![Part::Plain(Piece::Zeros(meta_at)), Part::Plain(Piece::Bytes(chain(&self.metadata, meta_at)))];
        if !compressed {
            parts.push(Part::Align(self.hunk_bytes));
        }
        parts.push(Part::Blocks { input: self.pieces, block_bytes: self.hunk_bytes, codec: Codec(Arc::new(encoder)) });
        Ok(PlannedFile { name, role: Role::Data, parts, index: Some(index) })
    }
}

impl Metadata {
    fn digest(&self) -> [u8; 24] {
        let mut digest = [0; 24];
        digest[..4].copy_from_slice(&self.tag);
        digest[4..].copy_from_slice(&Sha1::digest(&self.data));
        digest
    }
}

/// The pieces one behind the other, from `at` on.
fn chain(metadata: &[Metadata], at: u64) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, piece) in metadata.iter().enumerate() {
        let flags = if piece.hashed { META_HASHED } else { 0 };
        let length = u32::try_from(piece.data.len()).unwrap_or(u32::MAX) & 0xFF_FFFF;
        let end = at + (out.len() + META_HEADER + piece.data.len()) as u64;
        let next = if number + 1 < metadata.len() { end } else { 0 };
        let flags_and_length = u32::from(flags) << 24 | length;
        out.extend(bytes_of(&MetaHeader { tag: piece.tag, flags_and_length, next }));
        out.extend_from_slice(&piece.data);
    }
    out
}
