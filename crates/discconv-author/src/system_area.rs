//! The first 16 sectors, which ISO 9660 leaves to the system: given by the person, as user data or as raw sectors.

use crate::bytes::BLOCK;
use discconv_core::{At, Error, Result};
use discconv_sector::{RAW, has_sync};

/// Sectors of the system area (ECMA-119 6.2.1).
pub(crate) const SECTORS: usize = 16;
/// A raw sector of Mode 2 without sync and header.
const MODE2: usize = 2336;
const FORM2: u8 = 0x20;
const DATA: u8 = 0x08;

/// A system area.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SystemArea {
    /// 16 sectors of user data; zeros where a sector has none.
    pub(crate) user: Vec<u8>,
    /// The same sectors as they were given, 2336 bytes each, as many as were given.
    pub(crate) mode2: Vec<u8>,
}

impl SystemArea {
    /// What `bytes` are. Raw sectors stay what they are on a disc of Mode 2; elsewhere their user data counts.
    ///
    /// # Errors
    /// [`Error::Malformed`] for more than 16 sectors; [`Error::Unsupported`] for raw sectors that the disc's mode has not.
    pub(crate) fn new(bytes: &[u8], mode2: bool) -> Result<SystemArea> {
        let mut area = SystemArea { user: vec![0; SECTORS * BLOCK], mode2: Vec::new() };
        let Some(size) = raw_size(bytes) else {
            if bytes.len() > area.user.len() {
                return Err(too_long(bytes.len()));
            }
            area.user[..bytes.len()].copy_from_slice(bytes);
            return Ok(area);
        };
        for (sector, user) in bytes.chunks_exact(size).zip(area.user.chunks_exact_mut(BLOCK)) {
            let (is_mode2, content) = if size == RAW { (sector[15] & 3 == 2, &sector[16..]) } else { (true, sector) };
            let form2 = is_mode2 && content[2] & FORM2 != 0;
            if is_mode2 != mode2 && (form2 || mode2) {
                return Err(other_mode(mode2));
            }
            if !form2 {
                let from = if is_mode2 { 8 } else { 0 };
                user.copy_from_slice(&content[from..from + BLOCK]);
            }
            if mode2 {
                area.mode2.extend(&content[..MODE2]);
            }
        }
        Ok(area)
    }
}

/// The size of raw sectors, if they are such: syncs, or two subheaders that agree.
fn raw_size(bytes: &[u8]) -> Option<usize> {
    let whole = |size: usize| !bytes.is_empty() && bytes.len().is_multiple_of(size) && bytes.len() / size <= SECTORS;
    if whole(RAW) && bytes.chunks_exact(RAW).all(has_sync) {
        return Some(RAW);
    }
    let subheaders = |sector: &[u8]| sector[..4] == sector[4..8] && sector[2] & (DATA | FORM2) != 0;
    (whole(MODE2) && bytes.chunks_exact(MODE2).all(subheaders)).then_some(MODE2)
}

fn too_long(len: usize) -> Error {
    let expected = "at most 16 sectors: 32768 bytes of user data, or raw sectors of 2336 or 2352 bytes";
    Error::malformed("the system area", At::Whole, format!("{len} bytes"), expected)
        .with_hint("of a whole image take the first 16 sectors only, e.g. with head -c 32768 of a 2048-byte image")
}

fn other_mode(mode2: bool) -> Error {
    let (has, wants) = if mode2 { ("Mode 1", "Mode 2") } else { ("Form 2", "Mode 1") };
    let what = format!("has raw sectors of {has}, and the disc is of {wants}");
    Error::unsupported("the system area", At::Whole, what).with_hint("give its user data, 2048 bytes a sector")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode2(submode: u8, byte: u8) -> Vec<u8> {
        [&[0, 0, submode, 0, 0, 0, submode, 0][..], &[byte; MODE2 - 8]].concat()
    }

    #[test]
    fn user_data_is_filled_up() {
        let area = SystemArea::new(b"SEGA", false).unwrap();
        assert_eq!((&area.user[..5], area.user.len(), area.mode2.len()), (&b"SEGA\0"[..], 32768, 0));
        assert!(SystemArea::new(&[1; 32768], false).is_ok());
        assert!(SystemArea::new(&[1; 32769], false).is_err());
    }

    #[test]
    fn raw_sectors_stay_raw_in_mode_2() {
        let bytes = [mode2(8, 1), mode2(0x20, 2)].concat();
        let area = SystemArea::new(&bytes, true).unwrap();
        assert_eq!(area.mode2, bytes);
        assert!(area.user[..BLOCK].iter().all(|byte| *byte == 1) && area.user[BLOCK..].iter().all(|byte| *byte == 0));
        assert!(SystemArea::new(&bytes, false).is_err(), "Form 2 has no place in Mode 1");
        assert!(SystemArea::new(&mode2(8, 1), false).is_ok_and(|area| area.mode2.is_empty()));
    }

    #[test]
    fn raw_sectors_with_sync() {
        let sync = [0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 2, 0];
        let sector = |mode: u8, rest: &[u8]| [&sync[..], &[mode], rest].concat();
        let two = sector(2, &mode2(8, 7));
        assert_eq!(SystemArea::new(&two, true).unwrap().mode2, mode2(8, 7));
        let one = sector(1, &[5; MODE2]);
        assert!(SystemArea::new(&one, true).is_err());
        assert!(SystemArea::new(&one, false).unwrap().user[..BLOCK].iter().all(|byte| *byte == 5));
    }
}
