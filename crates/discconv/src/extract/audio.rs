//! Audio tracks as files.

use super::job::{AUDIO, Job, Source};
use crate::args::AudioKind;
use crate::shown;
use discconv_core::{At, Disc, Error, Form, Lba, Scratch, Track};
use std::ops::Range;

/// Bytes of samples that are held to make a FLAC file of them: its encoder wants a track as a whole.
const FLAC_LIMIT: u64 = 512 << 20;

/// A job for each audio track: from its INDEX 01 to the next one's, so that nothing between tracks is left out.
pub(super) fn tracks(disc: &Disc, kind: AudioKind) -> impl Iterator<Item = Job> {
    let extension = match kind {
        AudioKind::Wav => "wav",
        AudioKind::Flac => "flac",
    };
    let tracks: Vec<&Track> = disc.toc().tracks().collect();
    let hidden = tracks.first().filter(|track| track.mode.is_audio()).and_then(|track| hidden(disc, track));
    let job = |name: String, lbas| Job { parts: vec![name], trouble: None, source: Source::Audio(lbas) };
    let mut jobs: Vec<Job> = hidden.map(|lbas| job(format!("Track 00.{extension}"), lbas)).into_iter().collect();
    for (place, track) in tracks.iter().enumerate().filter(|(_, track)| track.mode.is_audio()) {
        let next = tracks.get(place + 1).filter(|next| next.mode.is_audio() && next.first() <= track.end);
        let end = next.map_or(track.end, |next| next.start());
        jobs.push(job(format!("Track {:02}.{extension}", track.number), track.start()..end));
    }
    jobs.into_iter()
}

/// What is stored before the first track and is more than silence.
fn hidden(disc: &Disc, track: &Track) -> Option<Range<Lba>> {
    let lbas = track.first()..track.start();
    let (covered, mut scratch) = (disc.covered(lbas.clone()), Scratch::default());
    let stored = covered.first().filter(|covered| covered.start < covered.end)?.clone();
    let mut sector = vec![0; 2352];
    let sounds = (stored.start.0..stored.end.0).any(|lba| {
        disc.read_sectors(Lba(lba), &Form::RAW, &mut scratch, &mut sector).is_ok() && sector.iter().any(|byte| *byte != 0)
    });
    sounds.then_some(stored)
}

/// The sectors as a FLAC file.
///
/// # Errors
/// Reading; a track longer than is held in memory.
pub(super) fn flac(disc: &Disc, lbas: Range<Lba>, scratch: &mut Scratch) -> Result<Vec<u8>, Error> {
    let count = u64::from(lbas.start.sectors_to(lbas.end));
    if count * AUDIO > FLAC_LIMIT {
        let what = format!("a track of {} is too long to be made a FLAC file", shown::size(count * AUDIO));
        return Err(Error::unsupported("audio", At::Lba(lbas.start), what).with_hint("--audio wav has no such limit"));
    }
    let mut samples = Vec::new();
    let mut sectors = vec![0; 64 * 2352];
    let mut at = lbas.start;
    while at < lbas.end {
        let now = at.sectors_to(lbas.end).min(64);
        let bytes = &mut sectors[..usize::try_from(now).unwrap_or(0) * 2352];
        disc.read_sectors(at, &Form::RAW, scratch, bytes)?;
        samples.extend(bytes.as_chunks::<2>().0.iter().map(|sample| i32::from(i16::from_le_bytes(*sample))));
        at = at + i32::try_from(now).unwrap_or(64);
    }
    Ok(libflac_rs::Encoder::new(libflac_rs::EncoderConfig::new(2, 16, 44_100)).encode(&samples))
}
