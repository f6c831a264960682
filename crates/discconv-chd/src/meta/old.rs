//! The binary table of the first CDs: how many tracks there are, then 99 times type, subchannel, two lengths, frames and
//! padding, 32 bits each, in the byte order of whoever wrote it.

use super::track::{Sub, TrackLine, TrackType};

/// Tracks that there is room for.
const TRACKS: usize = 99;
/// Numbers of each.
const FIELDS: usize = 6;

/// A track, and the frames that it takes in the content.
pub(crate) type Placed = (TrackLine, u64);

/// The tracks of the table `data`.
///
/// # Errors
/// What is wrong, as the end of a sentence that begins with "found".
pub(crate) fn read_table(data: &[u8]) -> Result<Vec<Placed>, String> {
    let words = data.as_chunks::<4>().0;
    let (count, rest) = words.split_first().ok_or("a track table without a number of tracks")?;
    let number: fn([u8; 4]) -> u32 = match u32::from_be_bytes(*count) {
        0..=99 => u32::from_be_bytes,
        _ => u32::from_le_bytes,
    };
    let count = usize::try_from(number(*count)).unwrap_or(usize::MAX);
    if count == 0 || count > TRACKS || rest.len() < count * FIELDS {
        return Err(format!("a table of {count} tracks in {} bytes", data.len()));
    }
    let tracks = (1_u8..).zip(rest.as_chunks::<FIELDS>().0.iter().take(count));
    tracks.map(|(track, fields)| line(track, &fields.map(number))).collect()
}

fn line(track: u8, [kind, sub, _, _, frames, padding]: &[u32; FIELDS]) -> Result<Placed, String> {
    let known = usize::try_from(*kind).ok().and_then(|kind| TrackType::ALL.get(kind));
    let known = known.ok_or_else(|| format!("track {track} of type {kind}"))?;
    let sub = match sub {
        0 => Sub::Cooked,
        1 => Sub::Raw,
        2 => Sub::None,
        other => return Err(format!("track {track} with subchannel {other}")),
    };
    Ok((TrackLine::new(track, *known, sub, *frames), u64::from(*frames) + u64::from(*padding)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(tracks: &[[u32; FIELDS]], number: fn(u32) -> [u8; 4]) -> Vec<u8> {
        let mut words = vec![u32::try_from(tracks.len()).unwrap()];
        words.extend(tracks.iter().flatten());
        words.resize(1 + TRACKS * FIELDS, 0);
        words.into_iter().flat_map(number).collect()
    }

    #[test]
    fn either_byte_order() {
        let tracks = [[1, 2, 2352, 0, 302, 2], [7, 1, 2352, 96, 150, 2]];
        let expected = Ok(vec![
            (TrackLine::new(1, TrackType::Mode1Raw, Sub::None, 302), 304),
            (TrackLine::new(2, TrackType::Audio, Sub::Raw, 150), 152),
        ]);
        assert_eq!(read_table(&table(&tracks, u32::to_be_bytes)), expected);
        assert_eq!(read_table(&table(&tracks, u32::to_le_bytes)), expected);
        assert_eq!(read_table(&table(&tracks, u32::to_le_bytes)[..4 + 48]), expected);
    }

    #[test]
    fn what_cannot_be_is_said() {
        let good = [1, 2, 2352, 0, 302, 2];
        for (data, expected) in [
            (Vec::new(), "a track table without a number of tracks"),
            (table(&[], u32::to_be_bytes), "a table of 0 tracks in 2380 bytes"),
            (table(&[good; 100], u32::to_be_bytes), "a table of 1677721600 tracks in 2380 bytes"),
            (table(&[good], u32::to_be_bytes)[..27].to_vec(), "a table of 1 tracks in 27 bytes"),
            (table(&[[8, 2, 0, 0, 1, 0]], u32::to_be_bytes), "track 1 of type 8"),
            (table(&[[0, 3, 0, 0, 1, 0]], u32::to_be_bytes), "track 1 with subchannel 3"),
        ] {
            assert_eq!(read_table(&data).unwrap_err(), expected);
        }
    }
}
