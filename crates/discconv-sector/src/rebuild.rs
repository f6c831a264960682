//! From a stored form (2048, 2056, 2324, 2328, 2332, 2336 or 2340 bytes of each sector) back to 2352 bytes.

mod prove;

use core::ops::Range;

use crate::build::{build_form1, build_mode1, finish_form2};
use crate::edc::{self, stored};
use crate::layout::{BODY, ECC_P, FORM1_EDC, MODE, MODE1_EDC, MODE1_PAD, RAW, Subheader, XA_USER, write_front};
use crate::{Lba, ecc};

/// Mode of the track that a sector was stored in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StoredMode {
    /// Zeros.
    Mode0,
    /// Mode 1.
    Mode1,
    /// Mode 2, of either form or none.
    Mode2,
}

/// What the stored bytes do not say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rebuild {
    /// The mode, unless the mode byte is stored.
    pub mode: StoredMode,
    /// The subheader, unless it is stored or can be proven.
    pub subheader: Subheader,
    /// Whether Form 2 sectors have an EDC, unless it is stored.
    pub form2_edc: bool,
}

/// Completes `raw`, of which only the bytes of `kept` are given (already at their place), to a whole sector. Bytes in
/// `kept` are never changed; user data outside it counts as zero.
///
/// | Kept | Bytes | What is made |
/// |---|---|---|
/// | 16..2064 | 2048 | Mode 1 |
/// | 24..2072 | 2048 | Form 1, or an empty-ended Form 2 if `how.subheader` says so |
/// | 16..2072 | 2056 | the form that the stored subheader names |
/// | 24..2348 | 2324 | Form 2, subheader `how.subheader` with the Form 2 bit |
/// | 24..2352 | 2328 | the subheader that EDC and ECC prove, else `how.subheader` |
/// | 16..2348 | 2332 | Form 1: last bytes of the ECC; Form 2: EDC or zero |
/// | 16..2352 | 2336 | sync and header |
/// | 12..2352 | 2340 | sync |
///
/// Other ranges are completed by the same rules; one that is empty or reaches beyond the sector counts as far as it
/// lies inside.
pub fn rebuild(lba: Lba, kept: Range<usize>, how: &Rebuild, raw: &mut [u8; RAW]) {
    let end = kept.end.min(RAW);
    let kept = if kept.start < end { kept.start..end } else { BODY..BODY };
    match (how.mode, kept.start, kept.end) {
        (StoredMode::Mode1, BODY, MODE1_EDC) => build_mode1(lba, raw),
        (StoredMode::Mode2, XA_USER, FORM1_EDC) if !how.subheader.is_form2() => {
            build_form1(lba, raw, how.subheader);
        }
        _ => rebuild_any(lba, &kept, how, raw),
    }
}

/// The way for all forms: everything is made anew, then the kept bytes go back over it.
fn rebuild_any(lba: Lba, kept: &Range<usize>, how: &Rebuild, raw: &mut [u8; RAW]) {
    let given = *raw;
    raw[..kept.start].fill(0);
    raw[kept.end..].fill(0);
    let mode = if kept.contains(&MODE) {
        raw[MODE] & 3
    } else {
        match how.mode {
            StoredMode::Mode0 => 0,
            StoredMode::Mode1 => 1,
            StoredMode::Mode2 => 2,
        }
    };
    write_front(lba, mode, raw);
    raw[kept.clone()].copy_from_slice(&given[kept.clone()]);
    match mode {
        1 => finish_mode1(kept, raw),
        2 => finish_mode2(kept, how, raw),
        _ => {}
    }
    raw[kept.clone()].copy_from_slice(&given[kept.clone()]);
}

/// EDC, zeros and ECC of Mode 1.
fn finish_mode1(kept: &Range<usize>, raw: &mut [u8; RAW]) {
    if kept.end == RAW {
        return;
    }
    if kept.end < MODE1_PAD.start {
        edc::write(raw, 0, MODE1_EDC);
    }
    if kept.end < MODE1_PAD.end {
        raw[MODE1_PAD].fill(0);
    }
    ecc::write_mode1(raw);
}

/// Subheader, EDC and ECC of Mode 2.
fn finish_mode2(kept: &Range<usize>, how: &Rebuild, raw: &mut [u8; RAW]) {
    if kept.start > BODY {
        missing_subheader(kept, how, raw).write(raw);
    }
    if kept.end == RAW {
        return;
    }
    if is_form2(kept, raw) {
        finish_form2(raw, how.form2_edc);
    } else {
        if kept.end < FORM1_EDC + 4 {
            edc::write(raw, BODY, FORM1_EDC);
        }
        ecc::write_form1(raw);
    }
}

/// The subheader of a sector that was stored without.
fn missing_subheader(kept: &Range<usize>, how: &Rebuild, raw: &[u8; RAW]) -> Subheader {
    if kept.end == RAW && kept.start <= XA_USER {
        return prove::subheader(raw, how.subheader);
    }
    let mut subheader = how.subheader;
    if kept.end > ECC_P {
        // More user data than Form 1 has.
        subheader.submode |= Subheader::FORM2;
    }
    subheader
}

/// The form of a sector with subheaders but without its last bytes.
fn is_form2(kept: &Range<usize>, raw: &[u8; RAW]) -> bool {
    let (first, second) = (Subheader::first(raw), Subheader::second(raw));
    if first == second || kept.end < FORM1_EDC + 4 {
        return first.is_form2();
    }
    stored(raw, FORM1_EDC) != crate::edc(&raw[BODY..FORM1_EDC]) && (first.is_form2() || second.is_form2())
}
