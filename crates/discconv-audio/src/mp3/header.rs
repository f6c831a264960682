//! The header of an MPEG audio frame, and what an encoder says in the first one.
//!
//! ISO/IEC 11172-3, 2.4.1.3 and 2.4.2.3; ISO/IEC 13818-3 for the lower rates. The Xing and LAME headers are described by
//! their programs only.

/// Bytes of a header.
pub(super) const HEAD: usize = 4;
/// Bytes of the first frame in which the encoder's own header lies.
pub(super) const FIRST: usize = 200;

/// Bit rates of MPEG-1 in kbit/s by layer, and of MPEG-2 (layer I; II and III), for codes 1 to 14.
const BIT_RATES: [[u16; 14]; 5] = [
    [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/// The part of a header that does not change within a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// 1, 2 or 3.
    pub(super) layer: u8,
    /// Samples in a second.
    pub(super) rate: u32,
    /// 1 or 2.
    pub(super) channels: u16,
}

/// A frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    /// Bytes of the frame with its header; `None` in free format, where that is not said.
    pub(super) len: Option<u64>,
    /// Bytes that are no main data: header, CRC, side information.
    pub(super) side: u64,
}

/// The header at the start of `bytes`.
pub(super) fn parse(bytes: &[u8]) -> Option<Header> {
    let [0xFF, first, second, third, ..] = *bytes else { return None };
    let (version, layer) = (first >> 3 & 3, 4 - (first >> 1 & 3));
    let (code, frequency) = (usize::from(second >> 4), usize::from(second >> 2 & 3));
    if first & 0xE0 != 0xE0 || version == 1 || layer == 4 || code == 15 || frequency == 3 || third & 3 == 2 {
        return None;
    }
    let half = match version {
        3 => 0,
        2 => 1,
        _ => 2, // the unofficial MPEG-2.5
    };
    let rate = [44_100_u32, 48_000, 32_000][frequency] >> half;
    let table = match (half, layer) {
        (0, layer) => usize::from(layer) - 1,
        (_, 1) => 3,
        _ => 4,
    };
    let channels = if third >> 6 == 3 { 1 } else { 2 };
    let bit_rate = code.checked_sub(1).map(|code| u32::from(BIT_RATES[table][code]) * 1000);
    let padding = u32::from(second >> 1 & 1);
    let len = bit_rate.map(|bits| match (layer, half) {
        (1, _) => (12 * bits / rate + padding) * 4,
        (3, 1 | 2) => 72 * bits / rate + padding,
        _ => 144 * bits / rate + padding,
    });
    let information = match (half, channels) {
        (0, 2) => 32,
        (0, _) | (_, 2) => 17,
        _ => 9,
    };
    let side = HEAD as u64 + information + if first & 1 == 0 { 2 } else { 0 };
    Some(Header { kind: Kind { layer, rate, channels }, len: len.map(u64::from), side })
}

/// What an encoder says in a first frame that holds no sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Frames of sound.
    pub(super) frames: Option<u64>,
    /// Bytes of all frames with this one.
    pub(super) bytes: Option<u64>,
    /// Samples that the encoder put before the sound, and behind it.
    pub(super) gaps: Option<(u64, u64)>,
}

/// The encoder's header in the first frame, if it is one: Xing's, in which LAME's is, or Fraunhofer's.
pub(super) fn told(frame: &[u8], header: &Header) -> Option<Told> {
    // Some programs count the CRC to the side information, others do not.
    let places = [usize::try_from(header.side).ok()?, if header.kind.channels == 1 { 21 } else { 36 }];
    if let Some(xing) =
        places.iter().filter_map(|at| frame.get(*at..)).find(|at| at.starts_with(b"Xing") || at.starts_with(b"Info"))
    {
        return Some(xing_header(xing));
    }
    let vbri = frame.get(36..).filter(|at| at.starts_with(b"VBRI"))?;
    let word = |at: usize| vbri.get(at..)?.first_chunk().map(|bytes| u64::from(u32::from_be_bytes(*bytes)));
    Some(Told { frames: word(14), bytes: word(10), gaps: None })
}

fn xing_header(xing: &[u8]) -> Told {
    let word = |at: usize| Some(u32::from_be_bytes(*xing.get(at..)?.first_chunk()?));
    let flags = word(4).unwrap_or(0);
    let mut at = 8;
    let mut next = |flag: u32, len: usize| {
        let here = at;
        at += if flags & flag == 0 { 0 } else { len };
        (flags & flag != 0).then(|| word(here).map(u64::from)).flatten()
    };
    let (frames, bytes) = (next(1, 4), next(2, 4));
    let _ = (next(4, 100), next(8, 4));
    let lame = xing.get(at..).filter(|lame| [b"LAME", b"Lavf", b"Lavc", b"GOGO"].iter().any(|sign| lame.starts_with(*sign)));
    let gaps = lame.and_then(|lame| lame.get(21..24)).map(|gaps| {
        let packed = u64::from(u32::from_be_bytes([0, gaps[0], gaps[1], gaps[2]]));
        (packed >> 12, packed & 0xFFF)
    });
    Told { frames, bytes, gaps }
}
