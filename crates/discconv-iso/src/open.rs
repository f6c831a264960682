//! From a layout to a disc.

use crate::Forced;
use crate::detect::{self, Layout};
use crate::layout::{self, Cell};
use crate::raw::Records;
use crate::tracks::{self, Found};
use discconv_core::image::with_sub_codes;
use discconv_core::volume::{self, UserView, Volume, VolumeSubheaders, read_at};
use discconv_core::{
    At, Control, Disc, DiscParts, Error, Extent, Fill, Form, Input, Main, Media, Note, Padded, Place, ReadAt, Result, Session,
    SessionKind, SourceId, SubCoding, Toc, Track, TrackMode, Twist,
};
use discconv_sector::{Lba, SUB, subchannel};
use std::sync::Arc;

/// Open what `input` is, or is said to be.
///
/// # Errors
/// [`Error::Malformed`] if nothing says that it is a disc image; reading.
pub(crate) fn open(input: &Input<'_>, forced: Option<Forced>) -> Result<Disc> {
    let source = input.source.as_ref();
    if source.is_empty() {
        return Err(Error::malformed(input.name, At::Whole, "an empty file", "a disc image"));
    }
    let layout = match forced {
        Some(forced) => forced_layout(source, forced)?,
        None => detect::detect(source, &input.extension())?.ok_or_else(|| unknown(input))?,
    };
    with_sub_codes(input.name, Image::new(input, layout, forced.is_some())?.disc()?)
}

fn unknown(input: &Input<'_>) -> Error {
    let tried = "raw sectors with sync, a volume descriptor (ISO 9660, High Sierra, CD-i, UDF) at any known sector size, the first sectors of known systems, an Apple or UDF volume";
    Error::malformed(input.name, At::Whole, "nothing that a disc image has", tried).with_hint(
        "if it is an image without any signature, say what it stores: --from iso2048, iso2336, iso2352, iso2448 or cdda",
    )
}

/// The person's word, checked only for size. Sectors count from LBA 0; of raw data the first sync tells the mode.
fn forced_layout(source: &dyn ReadAt, forced: Forced) -> Result<Layout> {
    let cell = match forced {
        Forced::Iso2048 => layout::USER,
        Forced::Iso2336 => layout::MODE2_2336,
        Forced::Iso2352 => layout::RAW,
        Forced::Iso2448 => layout::RAW_SUB,
        Forced::Cdda => return Ok(detect::audio()),
    };
    let mode = if cell.is_raw() { forced_mode(Records { source, stride: cell.stride })? } else { cell.mode };
    let user_at = if cell.is_raw() && mode == TrackMode::Mode2 { 24 } else { cell.user_at };
    Ok(Layout {
        cell: Cell { mode, user_at, ..cell },
        first: Lba::ZERO,
        odd_headers: false,
        audio: false,
        score: discconv_core::Score::CERTAIN,
    })
}

fn forced_mode(records: Records<'_>) -> Result<TrackMode> {
    for record in [16, 0, 1, 2, 17, 150, 166] {
        if let Some(mode @ (TrackMode::Mode1 | TrackMode::Mode2)) = records.kind(record)?.map(crate::raw::Kind::mode) {
            return Ok(mode);
        }
    }
    Ok(TrackMode::Mode1)
}

struct Image<'a> {
    name: &'a str,
    /// As it was given.
    source: &'a dyn ReadAt,
    /// A whole number of records.
    padded: Arc<dyn ReadAt>,
    layout: Layout,
    form: Form,
    /// Of 96 bytes of subchannel, where there are any.
    coding: SubCoding,
    /// Records, the last one perhaps padded.
    count: i32,
    forced: bool,
    notes: Vec<Note>,
}

impl<'a> Image<'a> {
    fn new(input: &'a Input<'_>, layout: Layout, forced: bool) -> Result<Image<'a>> {
        let source = input.source.as_ref();
        let stride = u64::from(layout.cell.stride);
        let (whole, tail) = (source.len() / stride, source.len() % stride);
        let records = whole + u64::from(tail > 0);
        let count = i32::try_from(records).ok().filter(|count| layout.first.checked_add(*count).is_some()).ok_or_else(|| {
            Error::Limit {
                file: input.name.to_owned(),
                at: At::Whole,
                found: format!("{records} sectors"),
                limit: "2147483647 sectors".to_owned(),
            }
        })?;
        let mut notes = Vec::new();
        let mut padded = input.source.clone();
        if tail > 0 {
            let last = layout.first + (count - 1);
            notes.push(Note::damage(
                1,
                format!("{}: the last sector (LBA {last}) is cut: {tail} of {stride} bytes are there", input.name),
            ));
            padded = Arc::new(Padded::new(padded, records * stride));
        }
        let coding = if layout::subchannel_at(layout.cell.stride).is_some() {
            coding(source, layout.cell.stride, whole)?
        } else {
            SubCoding::Interleaved
        };
        Ok(Image { name: input.name, source, padded, layout, form: layout.cell.form(coding), coding, count, forced, notes })
    }

    fn disc(mut self) -> Result<Disc> {
        let volume = if self.layout.audio { None } else { volume::read(&self.view())? };
        if let Some(volume) = &volume {
            self.volume_notes(volume);
        }
        let (toc, extents) = if self.layout.cell.is_raw() { self.raw()? } else { self.cooked(volume.as_ref())? };
        let notes = self.notes;
        Disc::new(
            self.name,
            DiscParts { toc, sources: vec![self.padded], extents, notes, checks: Vec::new(), extras: Vec::new() },
        )
    }

    /// User data from LBA 0 on, or from the first record of an image that begins later.
    fn view(&self) -> UserView<'_> {
        UserView::new(self.padded.as_ref(), self.layout.cell.stride, self.user_offset())
    }

    fn user_offset(&self) -> u64 {
        let cell = &self.layout.cell;
        self.pregap() * u64::from(cell.stride) + u64::from(cell.user_at)
    }

    /// Records before LBA 0.
    fn pregap(&self) -> u64 {
        if self.layout.first < Lba::ZERO { u64::from(self.layout.first.0.unsigned_abs()) } else { 0 }
    }

    /// Is the volume as long as it says?
    fn volume_notes(&mut self, volume: &Volume) {
        if volume.base > 0 && self.layout.first <= Lba::ZERO {
            let text = format!(
                "{}: the volume's own addresses begin at LBA {}: it comes from a later session or area",
                self.name, volume.base
            );
            self.notes.push(Note::oddity(text));
        }
        if self.layout.first <= Lba::ZERO {
            self.notes.extend(volume.missing(self.name, u64::from(self.count.unsigned_abs()) - self.pregap()));
        }
    }

    fn place(&self, record: u64) -> Place {
        Place { source: SourceId(0), offset: record * u64::from(self.layout.cell.stride), form: self.form }
    }

    /// Sectors that are stored as something less than 2352 bytes: one data track.
    fn cooked(&self, volume: Option<&Volume>) -> Result<(Toc, Vec<Extent>)> {
        let there = u64::from(self.count.unsigned_abs()) - self.pregap();
        let user = self.layout.cell.main == Main::User;
        let media = if user { volume::medium(there, &self.view())? } else { Media::Cd };
        let mode = match self.layout.cell.mode {
            _ if user && media.has_raw() && volume.is_some_and(Volume::wants_mode2) => TrackMode::Mode2,
            mode => mode,
        };
        let track = self.track(1, &Found { mode, records: 0..u64::from(self.count.unsigned_abs()), pregap: self.pregap() });
        let mut extent = Extent::stored(track.first()..track.end, mode, self.place(0));
        // What keeps no subheaders gets them from the volume.
        if matches!(self.layout.cell.main, Main::User | Main::Frame(24, _)) {
            let subheaders = VolumeSubheaders::new(self.padded.clone(), self.layout.cell.stride, self.user_offset(), Lba::ZERO);
            extent.fill = Fill { subheaders: Arc::new(subheaders), ..Fill::default() };
        }
        Ok((self.toc(media, vec![track]), vec![extent]))
    }

    /// Raw sectors: tracks by content, unless the person has said what it is.
    fn raw(&mut self) -> Result<(Toc, Vec<Extent>)> {
        let count = u64::from(self.count.unsigned_abs());
        let mode = self.layout.cell.mode;
        let one = |pregap| Found { mode, records: 0..count, pregap };
        let found = match () {
            () if self.layout.audio || self.forced => vec![one(0)],
            () => tracks::find(Records { source: self.source, stride: self.layout.cell.stride }, count)?,
        };
        self.raw_notes(found.len());
        let pregap = self.pregap();
        let mut tracks = Vec::new();
        let mut extents = Vec::new();
        for (number, found) in (1_u8..).zip(found) {
            let pregap = if number == 1 && pregap < found.records.end { pregap } else { found.pregap };
            let track = self.track(number, &Found { pregap, ..found.clone() });
            extents.push(Extent {
                sub: self.sub_place(found.records.start),
                ..Extent::stored(track.first()..track.end, found.mode, self.place(found.records.start))
            });
            tracks.push(track);
        }
        Ok((self.toc(Media::Cd, tracks), extents))
    }

    /// Subchannel that does not follow the frame at once, but lies behind C2 pointers.
    fn sub_place(&self, record: u64) -> Option<Place> {
        let stride = self.layout.cell.stride;
        let at = layout::subchannel_at(stride).filter(|_| self.form.sub.is_none())?;
        // The place begins within the first record, so the last stride may reach behind the file: only what is used counts.
        let form = Form { main: Main::None, twist: Twist::None, sub: Some(self.coding), stride };
        Some(Place { source: SourceId(0), offset: record * u64::from(stride) + u64::from(at), form })
    }

    fn raw_notes(&mut self, tracks: usize) {
        let name = self.name;
        if self.layout.cell.stride > 2448 {
            self.notes.push(Note::oddity(format!("{name}: C2 error pointers follow each sector; they are left out")));
        }
        if tracks > 1 {
            self.notes.push(Note::oddity(format!("{name}: no sheet says where tracks begin; {tracks} were found by content")));
        }
        if self.layout.odd_headers {
            self.notes.push(Note::oddity(format!(
                "{name}: the headers of the sectors do not count up from their place; the image is taken to begin at LBA 0"
            )));
        }
        if self.layout.first > Lba::ZERO {
            let lba = self.layout.first;
            self.notes.push(Note::oddity(format!(
                "{name}: the headers of the sectors begin at LBA {lba} ({}), not at LBA 0",
                lba.to_msf()
            )));
        }
    }

    fn track(&self, number: u8, found: &Found) -> Track {
        let lba = |record: u64| self.layout.first + i32::try_from(record).unwrap_or(i32::MAX);
        let start = lba(found.records.start + found.pregap);
        let mut indexes = vec![(1, start)];
        if found.pregap > 0 {
            indexes.insert(0, (0, lba(found.records.start)));
        }
        Track { number, mode: found.mode, control: Control::default(), isrc: None, indexes, end: lba(found.records.end) }
    }

    fn toc(&self, media: Media, tracks: Vec<Track>) -> Toc {
        let lead_out = self.layout.first + self.count;
        Toc { media, sessions: vec![Session { kind: SessionKind::default(), tracks, lead_out }], mcn: None, cd_text: None }
    }
}

/// Sectors whose Q tells how subchannel is arranged.
const CODING_SAMPLES: u64 = 32;

fn coding(source: &dyn ReadAt, stride: u32, records: u64) -> Result<SubCoding> {
    let at = u64::from(layout::subchannel_at(stride).unwrap_or(0));
    let samples = CODING_SAMPLES.min(records);
    let mut blocks = Vec::new();
    for sample in 0..samples {
        let mut block = [0; SUB];
        if read_at(source, (sample * records / samples) * u64::from(stride) + at, &mut block)? {
            blocks.push(block);
        }
    }
    Ok(match subchannel::detect_coding(&blocks) {
        Some(subchannel::Coding::Packed) => SubCoding::Packed,
        // Drives send it interleaved; where Q says nothing there is nothing to tell them apart by.
        Some(subchannel::Coding::Interleaved) | None => SubCoding::Interleaved,
    })
}
