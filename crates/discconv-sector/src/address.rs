//! Addresses: [`Lba`] counts sectors, [`Msf`] is the same as minutes, seconds and frames.
//!
//! Both directions follow MMC: the program area is MSF 00:00:00 to 89:59:74 (LBA -150 to 404 849), and minutes 90 to 99
//! denote the lead-in in front of it. Discs longer than that reuse those minutes, so an [`Msf`] of 90 minutes and more
//! is ambiguous; what is right depends on where it was found.

use core::fmt;
use core::ops::{Add, Sub};

/// Most sectors a disc can have: the program area reaches to MSF 99:59:74.
pub const MAX_CD_SECTORS: i32 = 449_850;
/// Sectors between MSF 00:00:00 and LBA 0.
pub const PREGAP_SECTORS: i32 = 150;
/// Frames (sectors) of a second.
pub const FRAMES_PER_SECOND: u32 = 75;

/// The same for minutes.
const FRAMES_PER_MINUTE: u32 = 60 * FRAMES_PER_SECOND;
/// What MMC subtracts from a lead-in address (minutes 90 to 99): 100 minutes and the pregap.
const LEAD_IN_OFFSET: i32 = MAX_CD_SECTORS + 2 * PREGAP_SECTORS;

/// Logical block address: LBA 0 is MSF 00:02:00. May be negative: -150 is the start of the pregap of track 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Lba(pub i32);

impl Lba {
    /// MSF 00:02:00.
    pub const ZERO: Self = Self(0);

    /// The address as it stands in a header or in subchannel Q. Below -150 it is a lead-in address (-151 is 99:59:74);
    /// what no [`Msf`] can say ends at 00:00:00 or 255:59:74.
    #[must_use]
    pub const fn to_msf(self) -> Msf {
        let offset = if self.0 < -PREGAP_SECTORS { LEAD_IN_OFFSET } else { PREGAP_SECTORS };
        let frames = self.0.saturating_add(offset);
        let frames = if frames < 0 { 0 } else { frames.unsigned_abs() };
        match Msf::from_frames(frames) {
            Some(msf) => msf,
            None => Msf::MAX,
        }
    }

    /// The sector at this address; minutes 90 to 99 are taken as lead-in, as MMC has it.
    #[must_use]
    pub const fn from_msf(msf: Msf) -> Self {
        match msf.m {
            90..=99 => Self(msf.frames_i32() - LEAD_IN_OFFSET),
            _ => Self::from_program_msf(msf),
        }
    }

    /// The sector at this address, known to lie in the program area: also minutes 90 to 99 count from 00:02:00.
    #[must_use]
    pub const fn from_program_msf(msf: Msf) -> Self {
        Self(msf.frames_i32() - PREGAP_SECTORS)
    }

    /// The address `sectors` further on (or back), if there is one.
    #[must_use]
    pub fn checked_add(self, sectors: i32) -> Option<Self> {
        self.0.checked_add(sectors).map(Self)
    }

    /// Number of sectors from here up to, but without, `end`; 0 if `end` lies before.
    #[must_use]
    pub fn sectors_to(self, end: Self) -> u32 {
        if end < self { 0 } else { self.0.abs_diff(end.0) }
    }
}

impl Add<i32> for Lba {
    type Output = Self;

    fn add(self, sectors: i32) -> Self {
        Self(self.0.saturating_add(sectors))
    }
}

impl Sub<i32> for Lba {
    type Output = Self;

    fn sub(self, sectors: i32) -> Self {
        Self(self.0.saturating_sub(sectors))
    }
}

impl Sub for Lba {
    type Output = i32;

    fn sub(self, other: Self) -> i32 {
        self.0.saturating_sub(other.0)
    }
}

impl fmt::Display for Lba {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Minutes, seconds and frames, in binary. Also a length.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Msf {
    /// Minutes, beyond 99 on overlong discs.
    pub m: u8,
    /// Seconds, 0 to 59.
    pub s: u8,
    /// Frames, 0 to 74.
    pub f: u8,
}

impl Msf {
    /// The greatest one.
    const MAX: Self = Self { m: u8::MAX, s: 59, f: 74 };

    /// Checked: seconds below 60, frames below 75.
    #[must_use]
    pub const fn new(m: u8, s: u8, f: u8) -> Option<Self> {
        if s < 60 && f < 75 { Some(Self { m, s, f }) } else { None }
    }

    /// A length of so many frames; the 150 of the pregap are not in it. `None` beyond 255:59:74.
    #[must_use]
    pub const fn from_frames(frames: u32) -> Option<Self> {
        let minutes = frames / FRAMES_PER_MINUTE;
        if minutes > 255 {
            return None;
        }
        let seconds = frames / FRAMES_PER_SECOND % 60;
        Some(Self { m: low_byte(minutes), s: low_byte(seconds), f: low_byte(frames % FRAMES_PER_SECOND) })
    }

    /// The length in frames.
    #[must_use]
    pub const fn to_frames(self) -> u32 {
        self.frames_i32().unsigned_abs()
    }

    /// The same; at most 255 of everything, so far from the limits of the type.
    const fn frames_i32(self) -> i32 {
        (self.m as i32 * 60 + self.s as i32) * 75 + self.f as i32
    }

    /// The three bytes of a header. Tens of minutes beyond 9 stay in the high nibble: A0h is 100, F9h is 159, where it
    /// ends.
    #[must_use]
    pub const fn to_bcd(self) -> [u8; 3] {
        let m = if self.m > 159 { 159 } else { self.m };
        [to_bcd(m), to_bcd(self.s), to_bcd(self.f)]
    }

    /// From the three bytes of a header, `None` where they are no address. Minutes may have A to F as tens.
    #[must_use]
    pub const fn from_bcd(bytes: [u8; 3]) -> Option<Self> {
        let [m, s, f] = bytes;
        if m & 15 > 9 || s & 15 > 9 || f & 15 > 9 {
            return None;
        }
        Self::new(from_bcd(m), from_bcd(s), from_bcd(f))
    }
}

impl fmt::Display for Msf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.m, self.s, self.f)
    }
}

/// Two decimal digits in a byte; right up to 159.
pub(crate) const fn to_bcd(number: u8) -> u8 {
    ((number / 10) << 4) | (number % 10)
}

/// The number that two digits stand for; the caller has looked at the low one.
pub(crate) const fn from_bcd(byte: u8) -> u8 {
    (byte >> 4) * 10 + (byte & 15)
}

/// Lowest byte of a number.
const fn low_byte(number: u32) -> u8 {
    number.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn msf(m: u8, s: u8, f: u8) -> Msf {
        Msf::new(m, s, f).unwrap_or_default()
    }

    #[test]
    fn known_addresses_both_ways() {
        for (lba, at) in [
            (0, msf(0, 2, 0)),
            (-150, msf(0, 0, 0)),
            (-1, msf(0, 1, 74)),
            (16, msf(0, 2, 16)),
            (404_849, msf(89, 59, 74)),
            (-151, msf(99, 59, 74)),
            (-45_150, msf(90, 0, 0)),
        ] {
            assert_eq!(Lba(lba).to_msf(), at, "{lba}");
            assert_eq!(Lba::from_msf(at), Lba(lba), "{at}");
        }
    }

    #[test]
    fn every_address_of_a_disc_comes_back() {
        for lba in (-45_150..404_850).chain(MAX_CD_SECTORS..700_000) {
            let at = Lba(lba).to_msf();
            assert_eq!(Lba::from_msf(at), Lba(lba));
            assert_eq!(Msf::from_bcd(at.to_bcd()), Some(at));
        }
        for lba in -150..MAX_CD_SECTORS {
            assert_eq!(Lba::from_program_msf(Lba(lba).to_msf()), Lba(lba));
        }
    }

    #[test]
    fn overlong_discs_keep_their_minutes() {
        let at = Lba(MAX_CD_SECTORS).to_msf();
        assert_eq!(at, msf(100, 0, 0));
        assert_eq!(at.to_bcd(), [0xA0, 0, 0]);
        assert_eq!(Msf::from_bcd([0xF9, 0x59, 0x74]), Some(msf(159, 59, 74)));
        assert_eq!(msf(200, 0, 0).to_bcd(), [0xF9, 0, 0]);
    }

    #[test]
    fn extremes_do_not_overflow() {
        assert_eq!(Lba(i32::MAX).to_msf(), Msf::MAX);
        assert_eq!(Lba(i32::MIN).to_msf(), msf(0, 0, 0));
        assert_eq!(Lba(i32::MAX) + 1, Lba(i32::MAX));
        assert_eq!(Lba(i32::MIN) - 1, Lba(i32::MIN));
        assert_eq!(Lba(i32::MIN) - Lba(1), i32::MIN);
        assert_eq!(Lba(i32::MIN).sectors_to(Lba(i32::MAX)), u32::MAX);
        assert_eq!(Lba(5).sectors_to(Lba(4)), 0);
        assert_eq!(Lba(-150).sectors_to(Lba(0)), 150);
        assert_eq!(Lba(i32::MAX).checked_add(1), None);
        assert_eq!(Msf::from_frames(u32::MAX), None);
        assert_eq!(Msf::MAX.to_frames(), 256 * 4500 - 1);
    }

    #[test]
    fn bytes_that_are_no_address() {
        for bytes in [[0x0A, 0, 0], [0, 0x60, 0], [0, 0, 0x75], [0, 0x1F, 0], [0, 0xA0, 0]] {
            assert_eq!(Msf::from_bcd(bytes), None, "{bytes:02X?}");
        }
        assert_eq!(Msf::new(0, 60, 0), None);
        assert_eq!(Msf::new(0, 0, 75), None);
    }

    #[test]
    fn texts() {
        assert_eq!(msf(4, 2, 0).to_string(), "04:02:00");
        assert_eq!(msf(100, 2, 0).to_string(), "100:02:00");
        assert_eq!(Lba(-150).to_string(), "-150");
    }
}
