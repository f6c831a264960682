//! Does a disc fit into an image, and in which records?

use crate::disc::Disc;
use crate::error::{At, Error, Result};
use crate::form::Form;
use crate::format::WriteOptions;
use crate::toc::{Media, Track, TrackMode};
use discconv_sector::{Lba, MAX_CD_SECTORS};
use std::ops::Range;

/// The file of a disc, for messages.
fn file(disc: &Disc) -> &str {
    disc.sources().first().map_or("", |source| source.name())
}

/// A medium as people call it.
fn spoken(media: Media) -> &'static str {
    match media {
        Media::Cd => "CD",
        Media::Gd => "GD-ROM",
        Media::Dvd => "DVD",
        Media::Bd => "Blu-ray disc",
        Media::Umd => "UMD",
        Media::Unknown => "disc of unknown kind",
    }
}

/// [`Error::DoesNotFit`] of a disc.
#[must_use]
pub fn does_not_fit(disc: &Disc, what: impl Into<String>, hint: &str) -> Error {
    Error::DoesNotFit { file: file(disc).to_owned(), what: what.into(), hint: Some(hint.to_owned()) }
}

/// The one disc that an image holds. `image` says what that is, as in "Nero image"; `stem` what it would be called.
///
/// # Errors
/// [`Error::DoesNotFit`] if there are several, or none.
pub fn only_disc<'a>(discs: &'a [Disc], stem: &str, image: &str) -> Result<&'a Disc> {
    match discs {
        [disc] => Ok(disc),
        _ => Err(Error::DoesNotFit {
            file: stem.to_owned(),
            what: format!("{} discs do not fit into one {image}", discs.len()),
            hint: Some("write each disc to an image of its own".to_owned()),
        }),
    }
}

/// Can the disc be in an image that begins with the pause before LBA 0, or behind it? `holds` says which media the format
/// knows; a medium that nobody knows is not asked for.
///
/// # Errors
/// [`Error::DoesNotFit`] for another medium, for more sectors than a CD has, and for a first track before LBA 0.
pub fn check_medium(disc: &Disc, holds: &[Media]) -> Result<()> {
    let toc = disc.toc();
    let (end, name) = (toc.sessions.last().map_or(0, |session| session.lead_out.0), spoken(toc.media));
    if !holds.contains(&toc.media) && toc.media != Media::Unknown {
        return Err(match toc.media {
            Media::Gd => does_not_fit(disc, format!("a {name} has two areas, of which this format knows nothing"), "write .cue"),
            _ => does_not_fit(disc, format!("a {name} is no medium that this format knows"), "write .iso"),
        });
    }
    if toc.media == Media::Cd && end > MAX_CD_SECTORS {
        let what = format!("{end} sectors are more than a CD holds ({MAX_CD_SECTORS})");
        return Err(does_not_fit(disc, what, "write .iso, which holds 2048-byte sectors of any medium"));
    }
    match toc.tracks().next().filter(|track| track.start() < Lba::ZERO) {
        Some(track) => {
            let what = format!("track {} begins at LBA {}, before the program area", track.number, track.start());
            Err(does_not_fit(disc, what, "choose another target"))
        }
        None => Ok(()),
    }
}

/// The record of so many bytes that `--sector` asks for: 2048 user bytes, 2336, 2352, or 2448 with interleaved subchannel.
#[must_use]
pub fn record_form(bytes: u16) -> Option<Form> {
    match bytes {
        2048 => Some(Form::USER),
        2336 => Some(Form::MODE2),
        2352 => Some(Form::RAW),
        2448 => Some(Form::RAW_SUB),
        _ => None,
    }
}

/// The records of data tracks and of audio tracks: what is asked for, else all that the source has.
///
/// # Errors
/// [`Error::Unsupported`] for a size that is none, or that a track cannot have; [`Error::DoesNotFit`] for one that the medium
/// does not have.
pub fn record_forms(disc: &Disc, options: &WriteOptions) -> Result<(Form, Form)> {
    let toc = disc.toc();
    if !toc.media.has_raw() {
        return match options.sector {
            None | Some(2048) => Ok((Form::USER, Form::RAW)),
            Some(other) => {
                let what = format!("a {} has no sectors of {other} bytes", spoken(toc.media));
                Err(does_not_fit(disc, what, "leave --sector away: an image of this medium has 2048 bytes a sector"))
            }
        };
    }
    let raw = if disc.stored_sub().is_some() { Form::RAW_SUB } else { Form::RAW };
    let Some(bytes) = options.sector else { return Ok((raw, raw)) };
    let form = record_form(bytes).ok_or_else(|| {
        Error::unsupported(file(disc), At::Whole, format!("sectors of {bytes} bytes cannot be written"))
            .with_hint("--sector takes 2048, 2336, 2352 or 2448")
    })?;
    let misfit = toc.tracks().find(|track| match track.mode {
        TrackMode::Audio | TrackMode::Mode2 => false,
        TrackMode::Mode1 => form == Form::MODE2,
        TrackMode::Mode0 => !form.is_raw(),
    });
    match misfit {
        Some(track) => {
            let what = format!("track {} is {}, which has no stored form of {bytes} bytes", track.number, track.mode.name());
            Err(Error::unsupported(file(disc), At::Whole, what).with_hint("--sector 2352 stores every track"))
        }
        None => Ok((form, if form.is_raw() { form } else { Form::RAW })),
    }
}

/// A pregap of another sort than its track (sound before data) needs whole sectors: is that so in the sectors `stored` of
/// `track`?
///
/// # Errors
/// [`Error::Unsupported`] if `form` has no place for it.
pub fn check_sort(disc: &Disc, track: &Track, stored: Range<Lba>, form: &Form) -> Result<()> {
    let mut stored = disc.extents_in(stored).filter(|(_, extent)| extent.main.is_some());
    match stored.find(|(_, extent)| extent.mode.is_audio() && !form.is_raw()) {
        Some((lbas, _)) => {
            let what = format!("the pregap of track {} is audio, and has no stored form of {} bytes", track.number, form.stride);
            Err(Error::unsupported(file(disc), At::Lba(lbas.start), what).with_hint("--sector 2352 stores every track"))
        }
        None => Ok(()),
    }
}
