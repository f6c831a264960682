//! From a file to a disc.

use crate::facts;
use crate::header::FRAME;
use crate::image::{self, Image};
use crate::meta::{self, Piece, Private, TrackLine};
use crate::tracks::{Area, Told, Walk};
use crate::wire::FourCc;
use discconv_core::image::with_sub_codes;
use discconv_core::volume::{self, UserView, Volume, VolumeSubheaders};
use discconv_core::{
    At, Check, CheckAlgorithm, Disc, DiscParts, Error, Extent, Fill, Form, Input, Lba, Media, Note, Padded, Place, ReadAt,
    Result, SourceId, Toc, TrackMode,
};
use discconv_sector::USER;
use std::sync::Arc;

/// Bytes of a sector of a DVD.
const SECTOR: u32 = 2048;

/// Open `input`.
///
/// # Errors
/// See [`image::open`]; [`Error::Unsupported`] for what is no disc, [`Error::Malformed`] for tracks that cannot be.
pub(crate) fn open(input: &Input<'_>) -> Result<Disc> {
    let mut image = image::open(input)?;
    let private = private(input.name, &image.pieces, &mut image.notes);
    match tracks(input.name, &image.pieces)? {
        Some((told, area)) => {
            check_frames(input.name, &image)?;
            let parts = Walk::new(input.name, &image, private, area).disc(&told)?;
            with_sub_codes(input.name, Disc::new(input.name, with_promise(parts, &image))?)
        }
        None => Disc::new(input.name, with_promise(sectors(input.name, &image, private)?, &image)),
    }
}

/// The digest of the content is promised of exactly so many bytes as the content has.
fn with_promise(mut parts: DiscParts, image: &Image) -> DiscParts {
    let check = |value: [u8; 20]| Check {
        source: SourceId(0),
        range: 0..image.header.logical_bytes,
        algorithm: CheckAlgorithm::Sha1,
        value: value.to_vec(),
    };
    parts.checks.extend(image.header.raw_sha1.map(check));
    parts
}

fn private(file: &str, pieces: &[Piece], notes: &mut Vec<Note>) -> Private {
    let Some(piece) = pieces.iter().find(|piece| piece.tag == meta::PRIVATE) else { return Private::default() };
    let (facts, complaints) = Private::parse(&piece.data);
    let tag = meta::tag_name(meta::PRIVATE);
    notes.extend(complaints.iter().map(|text| Note::oddity(format!("{file}: byte {:#X}: {tag}: {text}", piece.at))));
    facts
}

/// What the metadata says of tracks, in their order; `None` if it speaks of none.
fn tracks(file: &str, pieces: &[Piece]) -> Result<Option<(Vec<Told>, Area)>> {
    let kinds: [(FourCc, Area); 5] = [
        (meta::CD, Area::Cd),
        (meta::CD_OLD, Area::Cd),
        (meta::GD, Area::Gd { swapped: true }),
        (meta::GD_OLD, Area::Gd { swapped: false }),
        (meta::CD_TABLE, Area::Cd),
    ];
    let Some((tag, area)) = kinds.into_iter().find(|(tag, _)| pieces.iter().any(|piece| piece.tag == *tag)) else {
        return Ok(None);
    };
    let mut told = Vec::new();
    for piece in pieces.iter().filter(|piece| piece.tag == tag) {
        let bad = |found: String| {
            Error::malformed(file, At::Byte(piece.at), format!("{found} (metadata {})", meta::tag_name(tag)), "a track of a CD")
                .with_hint(crate::header::AGAIN)
        };
        let lines = if tag == meta::CD_TABLE {
            meta::read_table(&piece.data).map_err(bad)?
        } else {
            let line = TrackLine::parse(&piece.text()).map_err(bad)?;
            vec![(line, line.padded_frames())]
        };
        told.extend(lines.into_iter().map(|(line, padded)| Told { line, padded, at: piece.at }));
    }
    told.sort_by_key(|told| told.line.number);
    if let Some(pair) = told.windows(2).find(|pair| pair[0].line.number == pair[1].line.number) {
        let (found, at) = (format!("track {} again", pair[1].line.number), At::Byte(pair[1].at));
        return Err(Error::malformed(file, at, found, "each track once").with_hint(crate::header::AGAIN));
    }
    Ok(Some((told, area)))
}

/// Frames of a CD are whole ones in every hunk.
fn check_frames(file: &str, image: &Image) -> Result<()> {
    let (hunk, unit) = (image.header.hunk_bytes, image.header.unit_bytes.unwrap_or(FRAME));
    if unit == FRAME && hunk.is_multiple_of(FRAME) {
        return Ok(());
    }
    let found = format!("tracks of a CD in units of {unit} bytes, hunks of {hunk}");
    Err(Error::malformed(file, At::Byte(56), found, "units of 2448 bytes, and whole ones in each hunk")
        .with_hint(crate::header::AGAIN))
}

/// A DVD, or whatever else came as sectors of 2048 bytes.
fn sectors(file: &str, image: &Image, mut private: Private) -> Result<DiscParts> {
    let says_dvd = image.pieces.iter().any(|piece| piece.tag == meta::DVD);
    if image.header.unit_bytes != Some(SECTOR) {
        let unit = image.header.unit_bytes.map_or("unknown size".to_owned(), |unit| format!("{unit} bytes"));
        let what = format!("says nothing of tracks or of a DVD, and has units of {unit}: nothing tells what disc it is");
        return Err(Error::unsupported(file, At::Whole, what).with_hint("`chdman extractraw` gives its bytes"));
    }
    let mut notes = image.notes.clone();
    if !says_dvd {
        notes.push(Note::oddity(format!("{file}: no metadata says what it is; it is taken for sectors of 2048 bytes")));
    }
    let sectors = image.content.len().div_ceil(u64::from(SECTOR));
    let content = whole_sectors(file, &image.content, sectors, &mut notes);
    let view = UserView::new(content.as_ref(), SECTOR, 0);
    let volume = volume::read(&view)?;
    let told = volume::medium(sectors, &view)?;
    let media = if says_dvd { tagged_medium(told) } else { told };
    notes.extend(volume.as_ref().and_then(|volume| volume.missing(file, sectors)));
    let is_mode2 = media.has_raw() && volume.as_ref().is_some_and(Volume::wants_mode2);
    let mode = if is_mode2 { TrackMode::Mode2 } else { TrackMode::Mode1 };
    // The largest disc that is opened at all has fewer.
    let count = i32::try_from(sectors).unwrap_or(i32::MAX);
    let toc = sectors_toc(file, Toc::single_data(media, mode, count), &mut private, &mut notes);
    let subheaders = VolumeSubheaders::new(Arc::clone(&content), SECTOR, 0, Lba::ZERO);
    let place = Place { source: SourceId(0), offset: 0, form: Form::USER };
    let extent = Extent {
        fill: Fill { subheaders: Arc::new(subheaders), ..Fill::default() },
        ..Extent::stored(Lba::ZERO..Lba(count), mode, place)
    };
    Ok(DiscParts { toc, sources: vec![content], extents: vec![extent], notes, checks: Vec::new(), extras: private.extras })
}

/// What sectors behind the tag `DVD ` are, that look like `told`: never a CD, however few they are.
pub(crate) fn tagged_medium(told: Media) -> Media {
    if told.has_raw() { Media::Dvd } else { told }
}

/// `toc` with what is remembered of it.
fn sectors_toc(file: &str, mut toc: Toc, private: &mut Private, notes: &mut Vec<Note>) -> Toc {
    toc.mcn = private.mcn.take();
    toc.cd_text = private.cd_text.take();
    let remembered = private.tracks.remove(&facts::ONLY);
    if let (Some(facts), Some(track)) = (remembered, toc.sessions.iter_mut().flat_map(|session| &mut session.tracks).next()) {
        let complaints = facts::put_into(track, facts);
        notes.extend(complaints.into_iter().map(|text| Note::oddity(format!("{file}: {text}"))));
    }
    toc
}

fn whole_sectors(file: &str, content: &Arc<dyn ReadAt>, sectors: u64, notes: &mut Vec<Note>) -> Arc<dyn ReadAt> {
    let tail = content.len() % USER as u64;
    if tail == 0 {
        return Arc::clone(content);
    }
    let text = format!("{file}: the last sector (LBA {}) is cut: {tail} of {SECTOR} bytes are there", sectors - 1);
    notes.push(Note::damage(1, text));
    Arc::new(Padded::new(Arc::clone(content), sectors * u64::from(SECTOR)))
}
