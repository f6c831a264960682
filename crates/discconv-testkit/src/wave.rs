//! Sound files by hand: RIFF/WAVE, AIFF and AIFF-C headers around 16-bit stereo samples at 44100 Hz.

use crate::stored::swap_words;

fn len32(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// A RIFF chunk: name, length little-endian, content, a zero after an odd length.
#[must_use]
pub fn riff_chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let pad: &[u8] = if content.len() % 2 == 1 { &[0] } else { &[] };
    [&name, len32(content).to_le_bytes().as_slice(), content, pad].concat()
}

/// An IFF chunk: as RIFF, the length big-endian.
#[must_use]
pub fn iff_chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let pad: &[u8] = if content.len() % 2 == 1 { &[0] } else { &[] };
    [&name, len32(content).to_be_bytes().as_slice(), content, pad].concat()
}

/// The content of `fmt `: PCM, `channels` channels of `bits` bits at `rate` Hz.
#[must_use]
pub fn wave_format(channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let frame = channels * (bits / 8);
    let mut out = vec![1, 0];
    out.extend(channels.to_le_bytes());
    out.extend(rate.to_le_bytes());
    out.extend((rate * u32::from(frame)).to_le_bytes());
    out.extend(frame.to_le_bytes());
    out.extend(bits.to_le_bytes());
    out
}

/// A WAVE file of the given chunks.
#[must_use]
pub fn wave_of(chunks: &[Vec<u8>]) -> Vec<u8> {
    riff_chunk(*b"RIFF", &[b"WAVE".to_vec(), chunks.concat()].concat())
}

/// The plainest WAVE file: a header of 44 bytes and little-endian samples.
#[must_use]
pub fn wave(samples: &[u8]) -> Vec<u8> {
    wave_of(&[riff_chunk(*b"fmt ", &wave_format(2, 44_100, 16)), riff_chunk(*b"data", samples)])
}

/// The content of `COMM`: stereo, 16 bits, 44100 Hz as an 80-bit extended number (exponent 16383 + 15).
fn common(samples: &[u8]) -> Vec<u8> {
    let frames = len32(samples) / 4;
    let mut out = vec![0, 2];
    out.extend(frames.to_be_bytes());
    out.extend([0, 16]);
    out.extend([0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]);
    out
}

/// An AIFF file of little-endian samples, which it stores high byte first; `offset` unused bytes before the first one.
#[must_use]
pub fn aiff(samples: &[u8], offset: u32) -> Vec<u8> {
    let mut sound = offset.to_be_bytes().to_vec();
    sound.extend([0; 4]); // block size
    sound.resize(8 + offset as usize, 0xEE);
    sound.extend(swap_words(samples));
    let chunks = [b"AIFF".to_vec(), iff_chunk(*b"COMM", &common(samples)), iff_chunk(*b"SSND", &sound)];
    iff_chunk(*b"FORM", &chunks.concat())
}

/// An AIFF-C file whose samples stay little-endian (compression type `sowt`).
#[must_use]
pub fn aiff_sowt(samples: &[u8]) -> Vec<u8> {
    let comm = [common(samples), b"sowt\0\0".to_vec()].concat();
    let sound = [vec![0; 8], samples.to_vec()].concat();
    let version = iff_chunk(*b"FVER", &0xA280_5140_u32.to_be_bytes());
    let chunks = [b"AIFC".to_vec(), version, iff_chunk(*b"COMM", &comm), iff_chunk(*b"SSND", &sound)];
    iff_chunk(*b"FORM", &chunks.concat())
}

#[cfg(test)]
mod tests {
    use super::{aiff, riff_chunk, wave};

    #[test]
    fn plain_header_has_44_bytes() {
        let file = wave(&[1, 2, 3, 4]);
        assert_eq!(
            &file[..44],
            b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x44\xAC\0\0\x10\xB1\x02\0\x04\0\x10\0data\x04\0\0\0"
        );
        assert_eq!(&file[44..], [1, 2, 3, 4]);
    }

    #[test]
    fn odd_chunks_are_padded_outside_their_length() {
        assert_eq!(riff_chunk(*b"abcd", b"xyz"), b"abcd\x03\0\0\0xyz\0");
    }

    #[test]
    fn aiff_swaps_and_skips() {
        let file = aiff(&[1, 2, 3, 4], 2);
        assert_eq!(&file[12..38], b"COMM\0\0\0\x12\0\x02\0\0\0\x01\0\x10\x40\x0E\xAC\x44\0\0\0\0\0\0");
        assert_eq!(&file[38..], b"SSND\0\0\0\x0E\0\0\0\x02\0\0\0\0\xEE\xEE\x02\x01\x04\x03");
    }
}
