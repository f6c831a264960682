//! From what a file stores of a sector to the whole 2352 bytes.

use crate::disc::Extent;
use crate::form::{Form, Main, Twist};
use crate::toc::TrackMode;
use discconv_sector::{
    Lba, RAW, Rebuild, StoredMode, Subheader, USER, build_form2, build_mode0, build_mode1, has_sync, rebuild, scramble,
};
use std::ops::Range;

/// The bytes of the frame that a record with `main` keeps of a sector of that mode; `None` if it keeps none, and for the user
/// bytes of audio.
#[must_use]
pub fn kept(main: Main, mode: TrackMode) -> Option<Range<usize>> {
    match (main, mode) {
        (Main::None, _) | (Main::User, TrackMode::Audio) => None,
        (Main::User, TrackMode::Mode2) => Some(24..24 + USER),
        (Main::User, TrackMode::Mode0 | TrackMode::Mode1) => Some(16..16 + USER),
        (Main::Frame(start, end), _) => Some(usize::from(start)..usize::from(end)),
    }
}

/// Does swapping or scrambling apply to sectors of this mode?
pub(crate) fn is_twisted(form: &Form, mode: TrackMode) -> bool {
    match form.twist {
        Twist::None => false,
        Twist::SwapAudio => mode.is_audio(),
        Twist::Scrambled => !mode.is_audio(),
    }
}

/// How sectors of the extent are rebuilt.
pub(crate) fn how(extent: &Extent, lba: Lba) -> Rebuild {
    let mode = match extent.mode {
        TrackMode::Mode2 => StoredMode::Mode2,
        TrackMode::Mode0 => StoredMode::Mode0,
        TrackMode::Mode1 | TrackMode::Audio => StoredMode::Mode1,
    };
    let subheader = if mode == StoredMode::Mode2 { extent.fill.subheaders.subheader(lba) } else { Subheader::DATA };
    Rebuild { mode, subheader, form2_edc: extent.fill.form2_edc }
}

/// Fill `raw`, whatever is in it, with the whole sector at `lba`: stored, completed, or blank.
pub(crate) fn complete(extent: &Extent, lba: Lba, stored: Option<&[u8]>, raw: &mut [u8; RAW]) {
    let form = extent.main.as_ref().map(|place| place.form);
    let kept = form.and_then(|form| kept(form.main, extent.mode));
    let (Some(form), Some(kept), Some(stored)) = (form, kept, stored) else {
        return blank(extent, lba, raw);
    };
    raw[kept.clone()].copy_from_slice(&stored[..kept.len()]);
    if kept != (0..RAW) {
        return rebuild(lba, kept, &how(extent, lba), raw);
    }
    match form.twist {
        Twist::SwapAudio if extent.mode.is_audio() => swap_pairs(raw),
        Twist::Scrambled if !extent.mode.is_audio() && has_sync(raw) => scramble::apply(raw),
        _ => {}
    }
}

/// A sector of a gap that no file holds.
fn blank(extent: &Extent, lba: Lba, raw: &mut [u8; RAW]) {
    raw.fill(0);
    match extent.mode {
        TrackMode::Audio => {}
        TrackMode::Mode0 => build_mode0(lba, raw),
        TrackMode::Mode1 => build_mode1(lba, raw),
        TrackMode::Mode2 => build_form2(lba, raw, Subheader::FORM2_BLANK, extent.fill.form2_edc),
    }
}

/// Swap the bytes of each 16-bit sample.
pub(crate) fn swap_pairs(bytes: &mut [u8; RAW]) {
    for pair in bytes.as_chunks_mut::<2>().0 {
        pair.swap(0, 1);
    }
}
