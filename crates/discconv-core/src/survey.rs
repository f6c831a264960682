//! What a track's sectors are, by a bounded sample.

use crate::disc::Disc;
use crate::error::Result;
use crate::form::{Form, Main};
use crate::read::Scratch;
use crate::toc::{Track, TrackMode};
use discconv_sector::{RAW, SectorKind, classify};

/// What the sample showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackSurvey {
    /// `audio`, `mode0`, `mode1`, `mode2`, `mode2-form1`, `mode2-form2` or `mode2-mixed`; `mode2` alone means formless
    /// or not sampled.
    pub kind: &'static str,
    /// Main bytes that the image stores of each sector; 0 if no file holds the track.
    pub stored_bytes: u16,
}

/// Look at up to `samples` sectors of `track`, spread evenly.
///
/// # Errors
/// Reading.
pub fn survey_track(disc: &Disc, track: &Track, samples: u32, scratch: &mut Scratch) -> Result<TrackSurvey> {
    let main = disc.extent_at(track.start()).and_then(|extent| extent.main).map(|place| place.form.main);
    let stored_bytes = main.map_or(0, |main| u16::try_from(main.len()).unwrap_or(u16::MAX));
    let kind = match (track.mode, main) {
        (TrackMode::Mode2, Some(Main::User)) => "mode2-form1",
        (TrackMode::Mode2, Some(_)) if disc.toc().media.has_raw() => forms(disc, track, samples, scratch)?,
        (mode, _) => mode.name(),
    };
    Ok(TrackSurvey { kind, stored_bytes })
}

fn forms(disc: &Disc, track: &Track, samples: u32, scratch: &mut Scratch) -> Result<&'static str> {
    let sectors = track.sectors();
    let count = samples.clamp(1, sectors.max(1));
    let (mut form1, mut form2) = (false, false);
    let mut raw = [0; RAW];
    for nth in 0..count {
        let skip = u64::from(sectors) * u64::from(nth) / u64::from(count);
        let lba = track.start() + i32::try_from(skip).unwrap_or(0);
        disc.read_sectors(lba, &Form::RAW, scratch, &mut raw)?;
        match classify(&raw) {
            SectorKind::Mode2Form1 => form1 = true,
            SectorKind::Mode2Form2 => form2 = true,
            _ => {}
        }
    }
    Ok(match (form1, form2) {
        (true, true) => "mode2-mixed",
        (true, false) => "mode2-form1",
        (false, true) => "mode2-form2",
        (false, false) => "mode2",
    })
}
