//! From a descriptor and its data to a disc.

use crate::content;
use crate::descriptor::{self, Descriptor, ToldTrack};
use crate::files::{self, Files};
use crate::layout::{self, Placed};
use crate::wire;
use discconv_core::image::{PAUSE, Signs, seen_mode, sub_coding, with_pause, with_sub_codes};
use discconv_core::{
    At, Control, Disc, DiscParts, Error, Extent, Form, Input, Lba, Main, Media, Note, Place, ReadAt, Result, Session, SourceId,
    Toc, Track, TrackMode,
};
use discconv_sector::MAX_CD_SECTORS;
use std::sync::Arc;

/// Open the image that the descriptor `input` describes.
///
/// # Errors
/// See [`descriptor::read`], [`files::locate`], [`layout::place`]; [`Error::Malformed`] where data and descriptor do not
/// agree.
pub(crate) fn open(input: &Input<'_>) -> Result<Disc> {
    let mut descriptor = descriptor::read(input)?;
    let mut files = files::locate(input, &descriptor)?;
    let go_on = |files: &mut Files, source, needed| files.go_on(input, source, needed);
    let (placed, mut notes) = layout::place(input.name, &descriptor, &mut files, &go_on)?;
    let mut image = Image { file: input.name, sources: Vec::new(), notes: std::mem::take(&mut descriptor.notes) };
    image.notes.append(&mut notes);
    image.sources(&descriptor, &files, &placed)?;
    image.notes.append(&mut files.notes);
    image.disc(descriptor, placed)
}

/// A disc in the making.
struct Image<'a> {
    file: &'a str,
    sources: Vec<Arc<dyn ReadAt>>,
    notes: Vec<Note>,
}

impl Image<'_> {
    /// Make sources of files, and see that they are as long as they should be.
    fn sources(&mut self, descriptor: &Descriptor, files: &Files, placed: &[Placed]) -> Result<()> {
        for source in 0..files.count() {
            let own = || placed.iter().zip(descriptor.tracks()).filter(|(placed, _)| placed.source == source);
            let needed = own().map(|(placed, _)| placed.end_offset()).max().unwrap_or(0);
            let (len, name) = (files.len(source), files.name(source));
            if len < needed {
                let outside = own().find(|(placed, _)| placed.start_offset() >= len);
                if let Some((placed, told)) = outside.or_else(|| own().find(|_| needed / 2 > len)) {
                    return Err(too_short(name, len, needed, placed, told));
                }
                let cut = own().map(|(placed, told)| (placed.missing(len), placed, told)).filter(|(missing, ..)| *missing > 0);
                let cut: Vec<_> = cut.collect();
                let missing: u64 = cut.iter().map(|(missing, ..)| u64::from(*missing)).sum();
                let from = cut.first().map_or(String::new(), |(missing, placed, told)| {
                    format!(" (track {}, LBA {} on)", told.number(), Lba(placed.end.0.saturating_sub_unsigned(*missing)))
                });
                let what = if missing == 1 { "the last sector is".to_owned() } else { format!("the last {missing} sectors are") };
                let text =
                    format!("{name}: {len} bytes, {} too few: {what} not whole{from}; zeros take their place", needed - len);
                self.notes.push(Note::damage(missing, text));
            } else if len > needed {
                self.notes.push(Note::oddity(format!("{name}: the {} bytes behind the last track belong to none", len - needed)));
            }
            self.sources.push(files.source(source, needed));
        }
        Ok(())
    }

    fn oddity(&mut self, text: String) {
        self.notes.push(Note::oddity(format!("{}: {text}", self.file)));
    }

    /// Bytes of a sector of a track, counted from INDEX 01.
    fn read(&self, placed: &Placed, sector: u32, at: u64, into: &mut [u8]) -> bool {
        let offset = placed.start_offset() + u64::from(sector) * u64::from(placed.form.stride) + at;
        self.sources[placed.source].read_exact_at(offset, into).is_ok()
    }

    /// The mode of a track, and how its subchannel is arranged.
    fn settle(&mut self, placed: &mut Placed, told: &ToldTrack) -> Result<TrackMode> {
        let sectors = placed.start.sectors_to(placed.end);
        let raw = placed.form.main == Main::Frame(0, 2352);
        let seen = seen_mode(sectors, |sector, head| raw && self.read(placed, sector, 0, head));
        let by_byte = content::told_mode(told.block.mode);
        let signs = Signs { told: by_byte, data_bit: told.control() & 4 != 0, seen: seen.map(|(_, mode)| mode) };
        let (number, byte) = (told.number(), told.block.mode);
        let mode = signs.settle(placed.form.main).ok_or_else(|| {
            Error::malformed(
                self.file,
                At::Byte(told.at),
                format!("mode {byte:02X}h of track {number}"),
                "a mode that is known, or sectors with a sync",
            )
            .with_hint("the descriptor is damaged; name its .mdf instead, whose sectors may say enough")
        })?;
        if by_byte != Some(mode) {
            self.oddity(format!("track {number} has mode {byte:02X}h, its sectors are {}", mode.name()));
        }
        if placed.form.sub.is_some() {
            let behind = placed.form.main.len() as u64;
            let found = sub_coding(sectors, |sector, block| self.read(placed, sector, behind, block));
            placed.form.sub = found.or(placed.form.sub);
        }
        Ok(mode)
    }

    fn disc(mut self, descriptor: Descriptor, placed: Vec<Placed>) -> Result<Disc> {
        let (mut extents, mut sessions) = (Vec::new(), Vec::new());
        let mut rest = placed.into_iter();
        for told in &descriptor.sessions {
            let mut tracks = Vec::new();
            for (told, mut placed) in told.tracks.iter().zip(rest.by_ref()) {
                let mode = self.settle(&mut placed, told)?;
                extents.extend(extents_of(&placed, mode));
                tracks.push(track(&placed, told, mode, sessions.is_empty() && tracks.is_empty()));
            }
            let end = tracks.last().map_or(told.lead_out, |track: &Track| track.end);
            if end != told.lead_out {
                self.oddity(format!(
                    "session {} ends at LBA {}; its last track ends at LBA {end}",
                    sessions.len() + 1,
                    told.lead_out
                ));
            }
            sessions.push(Session { kind: told.kind, tracks, lead_out: told.lead_out.max(end) });
        }
        let media = self.media(&descriptor, &sessions, &extents)?;
        let toc = Toc { media, sessions, mcn: None, cd_text: None };
        let Image { file, sources, notes } = self;
        let parts = DiscParts { toc, sources, extents, notes, checks: Vec::new(), extras: descriptor.extras };
        with_sub_codes(file, with_pause(file, Disc::new(file, parts)?)?)
    }

    fn media(&mut self, descriptor: &Descriptor, sessions: &[Session], extents: &[Extent]) -> Result<Media> {
        let end = sessions.last().map_or(Lba::ZERO, |session| session.lead_out);
        let user_only = extents.iter().all(|extent| extent.main.is_none_or(|place| place.form == Form::USER));
        let told = descriptor.medium;
        if descriptor.is_dvd() && user_only {
            return Ok(Media::Dvd);
        }
        if descriptor.is_dvd() || told > 2 {
            self.oddity(format!(
                "medium {told:02X}h, with sectors that are {}",
                if user_only { "2048 bytes" } else { "those of a CD" }
            ));
        }
        match end.0 <= MAX_CD_SECTORS {
            true => Ok(Media::Cd),
            false if user_only => Ok(Media::Unknown),
            false => Err(Error::Limit {
                file: self.file.to_owned(),
                at: At::Byte(wire::VERSION_AT as u64 + 2),
                found: format!("a CD of {end} sectors"),
                limit: format!("{MAX_CD_SECTORS} sectors"),
            }),
        }
    }
}

fn too_short(name: &str, len: u64, needed: u64, placed: &Placed, told: &ToldTrack) -> Error {
    let (number, start) = (told.number(), placed.start_offset());
    let expected = format!("{needed} bytes, with track {number} from byte {start:#X} on");
    Error::malformed(name, At::Byte(len), format!("the end of the file after {len} bytes"), expected).with_hint(
        "it is cut, or of another disc than the descriptor; what is there can be read with --from iso2048 or --from iso2352",
    )
}

/// A gap in no file, and what is stored.
fn extents_of(placed: &Placed, mode: TrackMode) -> Vec<Extent> {
    let mut extents = Vec::new();
    if placed.begin < placed.stored {
        extents.push(Extent::gap(placed.begin..placed.stored, mode));
    }
    let source = SourceId(u32::try_from(placed.source).unwrap_or(u32::MAX));
    let place = Place { source, offset: placed.offset, form: placed.form };
    let stored = Extent::stored(placed.stored..placed.end, mode, place);
    extents.push(Extent { fill: content::fill(&placed.form), ..stored });
    extents
}

fn track(placed: &Placed, told: &ToldTrack, mode: TrackMode, first_of_disc: bool) -> Track {
    let (number, control) = (told.number(), Control::from_nibble(told.control()));
    let mut track = Track { number, mode, control, isrc: None, indexes: vec![(1, placed.start)], end: placed.end };
    // What lies before LBA 0 is looked at when all is known.
    track.set_first(if first_of_disc { placed.begin.max(PAUSE.end) } else { placed.begin });
    track
}
