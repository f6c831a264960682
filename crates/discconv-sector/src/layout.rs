//! Where everything lies in a raw sector (ECMA-130 clause 14; the Form 1 and Form 2 of CD-ROM XA).

use core::ops::Range;

use crate::Lba;

/// Bytes of a raw sector, which is also one frame of audio.
pub const RAW: usize = 2352;
/// Bytes of user data of Mode 1 and of Mode 2 Form 1.
pub const USER: usize = 2048;
/// Bytes of subchannel that belong to a sector.
pub const SUB: usize = 96;
/// Bytes of user data of Mode 2 Form 2.
pub const FORM2_USER: usize = 2324;
/// The sync field, bytes 000h-00Bh of every data sector.
pub const SYNC: [u8; 12] = [0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0];

/// First byte of the header: three of address in BCD, then the mode.
pub(crate) const HEADER: usize = 12;
/// The mode byte.
pub(crate) const MODE: usize = 15;
/// First byte after the header: user data, or the two copies of the subheader.
pub(crate) const BODY: usize = 16;
/// First byte of user data behind the two subheaders.
pub(crate) const XA_USER: usize = 24;
/// EDC of Mode 1, which is also the end of its user data.
pub(crate) const MODE1_EDC: usize = 2064;
/// The eight zero bytes of Mode 1.
pub(crate) const MODE1_PAD: Range<usize> = 2068..ECC_P;
/// EDC of Form 1, which is also the end of its user data.
pub(crate) const FORM1_EDC: usize = 2072;
/// EDC of Form 2, which is also the end of its user data.
pub(crate) const FORM2_EDC: usize = 2348;
/// First byte of P parity (Mode 1 and Form 1).
pub(crate) const ECC_P: usize = 2076;
/// First byte of Q parity.
pub(crate) const ECC_Q: usize = 2248;

/// What one raw sector is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SectorKind {
    /// No sync: audio, or data that is scrambled or damaged.
    Audio,
    /// Header, then nothing but zeros.
    Mode0,
    /// 2048 bytes of user data with EDC and ECC.
    Mode1,
    /// Mode 2 without subheader, or of unknown mode: 2336 bytes, unprotected.
    Mode2Formless,
    /// Mode 2 with subheader, 2048 bytes with EDC and ECC.
    Mode2Form1,
    /// Mode 2 with subheader, 2324 bytes with or without EDC.
    Mode2Form2,
}

/// Place of the user data in the frame; `None` for audio, where all is.
#[must_use]
pub fn user_range(kind: SectorKind) -> Option<Range<usize>> {
    match kind {
        SectorKind::Audio => None,
        SectorKind::Mode0 | SectorKind::Mode2Formless => Some(BODY..RAW),
        SectorKind::Mode1 => Some(BODY..MODE1_EDC),
        SectorKind::Mode2Form1 => Some(XA_USER..FORM1_EDC),
        SectorKind::Mode2Form2 => Some(XA_USER..FORM2_EDC),
    }
}

/// Whether `raw` begins with [`SYNC`].
#[must_use]
pub fn has_sync(raw: &[u8]) -> bool {
    raw.starts_with(&SYNC)
}

/// The header of a sector: address in BCD, then the mode.
pub(crate) fn header(lba: Lba, mode: u8) -> [u8; 4] {
    let [m, s, f] = lba.to_msf().to_bcd();
    [m, s, f, mode]
}

/// Writes sync and header.
pub(crate) fn write_front(lba: Lba, mode: u8, raw: &mut [u8; RAW]) {
    raw[..HEADER].copy_from_slice(&SYNC);
    raw[HEADER..BODY].copy_from_slice(&header(lba, mode));
}

/// The four bytes that a Mode 2 sector carries twice, at 010h and 014h.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Subheader {
    /// File number, 0 where files are not interleaved.
    pub file: u8,
    /// Channel number, usually 0 to 31.
    pub channel: u8,
    /// Bits, lowest first: end of record, video, audio, data, trigger, Form 2, real time, end of file.
    pub submode: u8,
    /// Coding of audio or video.
    pub coding: u8,
}

impl Subheader {
    /// Ordinary data: submode 08h, all else zero.
    pub const DATA: Self = Self::with_submode(0x08);
    /// An empty Form 2 sector: submode 20h, all else zero.
    pub const FORM2_BLANK: Self = Self::with_submode(0x20);

    /// Submode: this sector is Form 2.
    pub const FORM2: u8 = 0x20;

    /// All zero but the submode.
    #[must_use]
    pub const fn with_submode(submode: u8) -> Self {
        Self { file: 0, channel: 0, submode, coding: 0 }
    }

    /// In the order of the disc.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 4] {
        [self.file, self.channel, self.submode, self.coding]
    }

    /// From the order of the disc.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        let [file, channel, submode, coding] = bytes;
        Self { file, channel, submode, coding }
    }

    /// Whether the submode says Form 2. Nothing else tells the forms apart.
    #[must_use]
    pub const fn is_form2(self) -> bool {
        self.submode & Self::FORM2 != 0
    }

    /// Whether it says no more than "data": submode 08h with or without end of record (01h) and end of file (80h).
    /// Such a subheader can be left out where only user data is kept.
    #[must_use]
    pub const fn is_plain(self) -> bool {
        self.file == 0 && self.channel == 0 && self.coding == 0 && self.submode & !0x81 == 0x08
    }

    /// The first copy.
    pub(crate) const fn first(raw: &[u8; RAW]) -> Self {
        Self::from_bytes([raw[16], raw[17], raw[18], raw[19]])
    }

    /// The second copy.
    pub(crate) const fn second(raw: &[u8; RAW]) -> Self {
        Self::from_bytes([raw[20], raw[21], raw[22], raw[23]])
    }

    /// Writes both copies.
    pub(crate) fn write(self, raw: &mut [u8; RAW]) {
        raw[16..20].copy_from_slice(&self.to_bytes());
        raw[20..24].copy_from_slice(&self.to_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_data_lies_where_the_table_says() {
        let lengths = [
            (SectorKind::Audio, None),
            (SectorKind::Mode0, Some(2336)),
            (SectorKind::Mode1, Some(USER)),
            (SectorKind::Mode2Formless, Some(2336)),
            (SectorKind::Mode2Form1, Some(USER)),
            (SectorKind::Mode2Form2, Some(FORM2_USER)),
        ];
        for (kind, length) in lengths {
            assert_eq!(user_range(kind).map(|range| range.len()), length);
        }
    }

    #[test]
    fn plain_subheaders() {
        for submode in [0x08, 0x09, 0x88, 0x89] {
            assert!(Subheader::with_submode(submode).is_plain());
        }
        for submode in [0x00, 0x01, 0x28, 0x48, 0x0C] {
            assert!(!Subheader::with_submode(submode).is_plain());
        }
        let other = Subheader::from_bytes([0, 1, 8, 0]);
        assert!(!other.is_plain());
        assert_eq!(other.to_bytes(), [0, 1, 8, 0]);
        assert!(Subheader::FORM2_BLANK.is_form2() && !Subheader::DATA.is_form2());
    }

    #[test]
    fn sync_needs_all_twelve_bytes() {
        assert!(has_sync(&SYNC));
        assert!(!has_sync(&SYNC[..11]));
        assert!(!has_sync(&[0; 12]));
    }
}
