//! FLAC laid by hand from RFC 9639: frames with verbatim subframes, so that every byte has its clause.

/// How a file is laid.
pub(crate) struct Coding {
    /// Samples of a frame.
    pub(crate) block: usize,
    /// Do frames name their first sample, rather than their own number? Then their lengths differ, too.
    pub(crate) counted: bool,
    /// Samples that STREAMINFO counts; `None`: those that there are.
    pub(crate) total: Option<u64>,
    pub(crate) rate: u64,
    pub(crate) bits: u64,
    pub(crate) channels: u64,
}

impl Default for Coding {
    fn default() -> Coding {
        Coding { block: 4096, counted: false, total: None, rate: 44_100, bits: 16, channels: 2 }
    }
}

/// A CRC with nothing reflected or inverted, bit by bit.
fn crc(bytes: &[u8], width: u32, polynomial: u32) -> u32 {
    let step = |crc: u32| crc << 1 ^ if crc >> (width - 1) & 1 == 1 { polynomial } else { 0 };
    let mask = (1 << width) - 1;
    bytes.iter().fold(0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte) << (width - 8), |crc, _| step(crc) & mask))
}

fn low(value: u64) -> u8 {
    u8::try_from(value & 0xFF).unwrap()
}

/// Section 8.2.
fn stream_info(coding: &Coding, frames: u64) -> Vec<u8> {
    let block = u16::try_from(coding.block).unwrap().to_be_bytes();
    let least = if coding.counted { [0, 16] } else { block };
    let packed = coding.rate << 44 | (coding.channels - 1) << 41 | (coding.bits - 1) << 36 | coding.total.unwrap_or(frames);
    [[0x80, 0, 0, 34].as_slice(), &least, &block, &[0; 6], &packed.to_be_bytes(), &[0; 16]].concat()
}

/// Section 9.1.5: as UTF-8, up to 36 bits.
fn number(value: u64) -> Vec<u8> {
    if value < 0x80 {
        return vec![low(value)];
    }
    let more = (1..6).find(|more| value < 1 << (6 + 5 * more)).unwrap_or(6);
    let mark = low(0xFF00 >> (more + 1));
    let rest = (0..more).rev().map(|part| 0x80 | low(value >> (6 * part) & 0x3F));
    [mark | low(value >> (6 * more))].into_iter().chain(rest).collect()
}

/// Section 9: block size in 16 bits behind the header, 44.1 kHz, 16 bits.
pub(crate) fn frame(coding: &Coding, index: u64, samples: &[u8]) -> Vec<u8> {
    let len = u16::try_from(samples.len() / 4 - 1).unwrap();
    let channels = low(coding.channels - 1) << 4 | 4 << 1;
    let mut out = vec![0xFF, 0xF8 | u8::from(coding.counted), 0x79, channels];
    out.extend(number(index));
    out.extend(len.to_be_bytes());
    out.push(low(crc(&out, 8, 7).into()));
    for channel in 0..usize::try_from(coding.channels).unwrap() {
        out.push(1 << 1); // section 9.2.1: verbatim
        out.extend(samples.chunks_exact(4).flat_map(|four| [four[channel % 2 * 2 + 1], four[channel % 2 * 2]]));
    }
    let crc = u16::try_from(crc(&out, 16, 0x8005)).unwrap();
    out.extend(crc.to_be_bytes());
    out
}

/// The frames of `samples`, 16 bits and stereo; of mono the left ones.
pub(crate) fn frames(coding: &Coding, samples: &[u8]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < samples.len() {
        let shorter = if coding.counted { out.len() * 37 % coding.block.min(400) } else { 0 };
        let len = ((coding.block - shorter).max(16) * 4).min(samples.len() - at);
        let index = if coding.counted { at / 4 } else { out.len() };
        out.push(frame(coding, index as u64, &samples[at..at + len]));
        at += len;
    }
    out
}

/// A whole file.
pub(crate) fn flac(coding: &Coding, samples: &[u8]) -> Vec<u8> {
    let info = stream_info(coding, samples.len() as u64 / 4);
    [b"fLaC".to_vec(), info, frames(coding, samples).concat()].concat()
}
