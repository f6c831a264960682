//! Every stored form back to the whole sector.

use std::ops::Range;

use discconv_sector::{Lba, RAW, Rebuild, StoredMode, Subheader, rebuild};
use discconv_testkit::{Rng, reference};

const LBA: i32 = 4711;

fn how(mode: StoredMode, submode: u8, form2_edc: bool) -> Rebuild {
    Rebuild { mode, subheader: Subheader::with_submode(submode), form2_edc }
}

/// `whole` with garbage outside `kept`.
fn stripped(whole: &[u8; RAW], kept: &Range<usize>) -> [u8; RAW] {
    let mut raw = [0xA5; RAW];
    raw[kept.clone()].copy_from_slice(&whole[kept.clone()]);
    raw
}

fn check(name: &str, whole: &[u8; RAW], kept: Range<usize>, how: &Rebuild) {
    let mut raw = stripped(whole, &kept);
    rebuild(Lba(LBA), kept.clone(), how, &mut raw);
    let differs = (0..RAW).find(|&at| raw[at] != whole[at]);
    assert_eq!(differs, None, "{name} from {kept:?}");
}

#[test]
fn valid_sectors_come_back_from_each_form() {
    let mut rng = Rng::new(5);
    let data = rng.bytes(RAW);
    let sub = |submode| [0, 0, submode, 0];
    let plain = how(StoredMode::Mode2, 0x08, true);
    let video = how(StoredMode::Mode2, 0x20, true);

    let mode1 = reference::mode1(LBA, &data);
    for kept in [16..2064, 16..2352, 12..2352, 0..2352, 16..2068, 16..2076, 16..2248] {
        check("Mode 1", &mode1, kept, &how(StoredMode::Mode1, 0x20, false));
    }
    let mode0 = reference::mode0(LBA);
    for kept in [16..16, 16..2064, 16..2352, 12..2352, 0..0, 2352..2352] {
        check("Mode 0", &mode0, kept, &how(StoredMode::Mode0, 0x08, true));
    }
    let form1 = reference::form1(LBA, sub(0x08), &data);
    for kept in [24..2072, 16..2072, 24..2352, 16..2348, 16..2352, 12..2352, 0..2352] {
        check("Form 1", &form1, kept, &plain);
    }
    let form2 = reference::form2(LBA, sub(0x20), &data, true);
    for kept in [24..2348, 24..2352, 16..2348, 16..2352, 12..2352] {
        check("Form 2", &form2, kept, &video);
    }
    let no_edc = reference::form2(LBA, sub(0x20), &data, false);
    for kept in [24..2348, 24..2352, 16..2348, 16..2352, 12..2352] {
        let how = how(StoredMode::Mode2, 0x20, false);
        check("Form 2 without EDC", &no_edc, kept, &how);
    }
    let formless = reference::formless(LBA, &data);
    for kept in [16..2352, 12..2352] {
        check("formless", &formless, kept, &plain);
    }
}

/// The track says one thing, the sector another: what is stored decides.
#[test]
fn stored_bytes_outrank_the_track() {
    let data = Rng::new(6).bytes(RAW);
    let track = how(StoredMode::Mode2, 0x08, true);
    let form1 = reference::form1(LBA, [1, 2, 0x09, 4], &data);
    let form2 = reference::form2(LBA, [1, 2, 0x64, 4], &data, true);
    for kept in [16..2348, 24..2352] {
        check("Form 1", &form1, kept.clone(), &track);
        check("Form 2", &form2, kept, &track);
    }
    check("Form 1", &form1, 16..2072, &how(StoredMode::Mode2, 0x20, true));
    let mode1 = reference::mode1(LBA, &data);
    check("Mode 1 with its header", &mode1, 12..2064, &track);
}

#[test]
fn user_data_of_2324_bytes_is_form_2_whatever_the_subheader() {
    let data = Rng::new(7).bytes(RAW);
    let whole = reference::form2(LBA, [0, 0, 0x28, 0], &data, true);
    check("Form 2", &whole, 24..2348, &how(StoredMode::Mode2, 0x08, true));
}

/// Blank Form 2 sectors of a system area, stored in 2048-byte sectors.
#[test]
fn user_data_of_2048_bytes_can_be_a_blank_form_2() {
    for with_edc in [false, true] {
        let whole = reference::form2(LBA, [0, 0, 0x20, 0], &[], with_edc);
        let how = how(StoredMode::Mode2, 0x20, with_edc);
        check("blank", &whole, 24..2072, &how);
        check("blank", &whole, 16..2072, &how);
    }
}

/// Wrong EDC, ECC, address, or EDC left out: what is stored is never repaired.
#[test]
fn nothing_that_is_kept_changes() {
    let mut rng = Rng::new(8);
    let modes = [StoredMode::Mode0, StoredMode::Mode1, StoredMode::Mode2];
    for round in 0..3000 {
        let mut raw = [0; RAW];
        rng.fill(&mut raw);
        if round % 3 == 0 {
            raw = reference::mode1(LBA + 1, &raw);
            raw[rng.index(RAW)] ^= 1;
        }
        let (a, b) = (rng.index(RAW + 1), rng.index(RAW + 1));
        let kept = match round % 4 {
            0 => 16..b.max(16),
            1 => 24..b.max(24),
            _ => a.min(b)..a.max(b),
        };
        let how =
            Rebuild { mode: *rng.choose(&modes), subheader: Subheader::with_submode(rng.bytes(1)[0]), form2_edc: rng.flip() };
        let before = raw;
        rebuild(Lba(LBA), kept.clone(), &how, &mut raw);
        assert!(raw[kept.clone()] == before[kept.clone()], "{kept:?} {how:?}");
        if kept.start >= 16 {
            assert_eq!(raw[..12], reference::SYNC);
            assert_eq!(raw[12..15], reference::msf_bcd(LBA));
        }
    }
}

#[test]
fn impossible_ranges_do_no_harm() {
    #[expect(clippy::reversed_empty_ranges, reason = "that is what is tested")]
    let ranges = [0..usize::MAX, 5000..6000, 2000..100, usize::MAX..0, RAW..RAW, 0..0];
    for kept in ranges {
        for mode in [StoredMode::Mode0, StoredMode::Mode1, StoredMode::Mode2] {
            rebuild(Lba(i32::MIN), kept.clone(), &how(mode, 8, true), &mut [7; RAW]);
        }
    }
}

/// Known from some discs: the last Form 1 sector has an ECC over the real header. Kept where stored, not to be remade.
#[test]
fn ecc_over_the_header_of_form_1_survives_where_it_is_stored() {
    let data = Rng::new(9).bytes(RAW);
    let mut raw = reference::form1(LBA, [0, 0, 8, 0], &data);
    reference::write_ecc(&mut raw, false);
    let flaws = discconv_sector::inspect(&raw, Lba(LBA)).flaws;
    assert_eq!(flaws, discconv_sector::Flaws::ECC);
    check("odd ECC", &raw, 16..2352, &how(StoredMode::Mode2, 8, true));
}
