//! The fast code against the definitions, on random sectors.

use discconv_sector::subchannel::{self, Q};
use discconv_sector::{
    Flaws, Form2Edc, Lba, Msf, RAW, SectorKind, Subheader, build_form1, build_form2, build_mode0, build_mode1, ecc, edc, inspect,
    scramble,
};
use discconv_testkit::{Rng, reference};

const SECTORS: usize = 300;

fn rng() -> Rng {
    Rng::seed_from_env("DISCCONV_SECTOR_SEED")
}

fn random_sector(rng: &mut Rng) -> [u8; RAW] {
    let mut raw = [0; RAW];
    rng.fill(&mut raw);
    raw
}

fn random_lba(rng: &mut Rng) -> i32 {
    i32::try_from(rng.below(450_000)).unwrap_or(0) - 150
}

fn random_subheader(rng: &mut Rng, form2: bool) -> Subheader {
    let [a, b, c, d, ..] = rng.next_u64().to_le_bytes();
    // Bit 3 keeps it from being all zero, which is told by the EDC.
    let submode = c & !0x20 | 8 | if form2 { 0x20 } else { 0 };
    Subheader::from_bytes([a, b, submode, d])
}

#[test]
fn edc_of_any_length_at_any_place() {
    let mut rng = rng();
    for _ in 0..SECTORS {
        let raw = random_sector(&mut rng);
        let from = rng.index(RAW);
        let to = from + rng.index(RAW - from + 1);
        assert_eq!(edc(&raw[from..to]), reference::edc(&raw[from..to]), "{from}..{to}");
    }
}

#[test]
fn ecc_as_defined() {
    let mut rng = rng();
    for _ in 0..SECTORS {
        let raw = random_sector(&mut rng);
        for form1 in [false, true] {
            let (mut fast, mut slow) = (raw, raw);
            if form1 {
                ecc::write_form1(&mut fast);
            } else {
                ecc::write_mode1(&mut fast);
            }
            reference::write_ecc(&mut slow, form1);
            assert!(fast == slow, "ECC differs, form1 {form1}");
            assert_eq!(ecc::parity(&raw, form1), slow[2076..]);
            assert!(reference::ecc_holds(&fast, form1));
            assert!(!ecc_holds(&raw, form1));
            assert!(ecc_holds(&fast, form1));
        }
    }
}

fn ecc_holds(raw: &[u8; RAW], form1: bool) -> bool {
    if form1 { ecc::holds_form1(raw) } else { ecc::holds_mode1(raw) }
}

/// Every single wrong byte is seen, wherever it lies: each position by itself goes through the arithmetic.
#[test]
fn ecc_of_each_single_byte() {
    for at in 12..RAW {
        for value in [1, 0x80, 0xFF] {
            let mut raw = [0; RAW];
            raw[at] = value;
            assert!(!ecc::holds_mode1(&raw), "byte {at} = {value:02X} unnoticed, Mode 1");
            let counts = at >= 16;
            assert_eq!(ecc::holds_form1(&raw), !counts, "byte {at} = {value:02X}, Form 1");
            let (mut fast, mut slow) = (raw, raw);
            ecc::write_mode1(&mut fast);
            reference::write_ecc(&mut slow, false);
            assert!(fast == slow, "parity of byte {at} = {value:02X}");
        }
    }
}

#[test]
fn whole_sectors_as_defined() {
    let mut rng = rng();
    for _ in 0..SECTORS {
        let lba = random_lba(&mut rng);
        let raw = random_sector(&mut rng);

        let mut got = raw;
        build_mode1(Lba(lba), &mut got);
        assert!(got == reference::mode1(lba, &raw[16..2064]), "Mode 1, {lba}");
        let sub = random_subheader(&mut rng, false);
        let mut got = raw;
        build_form1(Lba(lba), &mut got, sub);
        assert!(got == reference::form1(lba, sub.to_bytes(), &raw[24..2072]), "Form 1, {lba}");
        let sub = random_subheader(&mut rng, true);
        for with_edc in [false, true] {
            let mut got = raw;
            build_form2(Lba(lba), &mut got, sub, with_edc);
            let want = reference::form2(lba, sub.to_bytes(), &raw[24..2348], with_edc);
            assert!(got == want, "Form 2, {lba}");
        }
        let mut got = raw;
        build_mode0(Lba(lba), &mut got);
        assert!(got == reference::mode0(lba), "Mode 0, {lba}");
    }
}

#[test]
fn inspection_finds_each_random_change() {
    let mut rng = rng();
    for _ in 0..SECTORS {
        let lba = random_lba(&mut rng);
        let data = random_sector(&mut rng);
        let (sub1, sub2) = (random_subheader(&mut rng, false), random_subheader(&mut rng, true));
        let sectors = [
            (SectorKind::Mode0, reference::mode0(lba)),
            (SectorKind::Mode1, reference::mode1(lba, &data)),
            (SectorKind::Mode2Form1, reference::form1(lba, sub1.to_bytes(), &data)),
            (SectorKind::Mode2Form2, reference::form2(lba, sub2.to_bytes(), &data, true)),
        ];
        for (kind, raw) in sectors {
            let found = inspect(&raw, Lba(lba));
            assert_eq!((found.kind, found.flaws), (kind, Flaws::NONE));
            let mut changed = raw;
            changed[rng.index(RAW)] ^= 1 << rng.below(8);
            assert_alike_if_flawless(&changed, Lba(lba));
        }
    }
}

/// The meaning of "no flaws": what was found is enough to make the same bytes again, and where there are flaws it is not.
fn assert_alike_if_flawless(raw: &[u8; RAW], lba: Lba) {
    let found = inspect(raw, lba);
    let mut again = *raw;
    let sub = found.subheader.unwrap_or_default();
    match found.kind {
        SectorKind::Audio => {}
        SectorKind::Mode0 => build_mode0(lba, &mut again),
        SectorKind::Mode1 => build_mode1(lba, &mut again),
        SectorKind::Mode2Formless => {
            again[..12].copy_from_slice(&discconv_sector::SYNC);
            again[12..15].copy_from_slice(&lba.to_msf().to_bcd());
            again[15] = 2;
        }
        SectorKind::Mode2Form1 => build_form1(lba, &mut again, sub),
        SectorKind::Mode2Form2 => {
            build_form2(lba, &mut again, sub, found.form2_edc != Form2Edc::Zero);
        }
    }
    assert_eq!(found.flaws.is_empty(), again == *raw, "{found:?}");
}

#[test]
fn scrambling_as_defined() {
    assert_eq!(*scramble::table(), reference::scramble_table());
    let raw = random_sector(&mut rng());
    let (mut fast, mut slow) = (raw, raw);
    scramble::apply(&mut fast);
    reference::scramble(&mut slow);
    assert!(fast == slow);
}

#[test]
fn subchannel_as_defined() {
    let mut rng = rng();
    for _ in 0..SECTORS {
        let mut packed = [0; 96];
        rng.fill(&mut packed);
        let mut symbols = [0; 96];
        subchannel::interleave(&packed, &mut symbols);
        assert_eq!(symbols, reference::interleave(&packed));
        let mut back = [0; 96];
        subchannel::deinterleave(&symbols, &mut back);
        assert_eq!(back, packed);
        let length = rng.index(97);
        assert_eq!(subchannel::crc16(&packed[..length]), reference::crc16(&packed[..length]));
    }
}

#[test]
fn q_as_defined() {
    let mut rng = rng();
    for _ in 0..SECTORS {
        let lba = random_lba(&mut rng);
        let control = rng.next_u64().to_le_bytes()[0] & 15;
        let track = u8::try_from(1 + rng.below(99)).unwrap_or(1);
        let index = u8::try_from(rng.below(100)).unwrap_or(1);
        let frames = u32::try_from(rng.below(449_000)).unwrap_or(0);
        let at = Lba(lba).to_msf();
        let relative = Msf::from_frames(frames).unwrap_or_default();
        for track in [track, 0xAA] {
            assert_eq!(
                Q::position(control, track, index, relative, at).0,
                reference::q_position(control, track, index, frames, lba)
            );
        }
        let digits: String = (0..13).map(|_| *rng.choose(&['0', '3', '5', '9'])).collect();
        assert_eq!(Q::mcn(control, &digits, at.f).map(|q| q.0), Some(reference::q_mcn(control, &digits, lba)));
        let mut code: String = (0..5).map(|_| *rng.choose(&['A', 'Z', 'K', '0', '9'])).collect();
        code.extend((0..7).map(|_| *rng.choose(&['0', '1', '8', '9'])));
        assert_eq!(Q::isrc(control, &code, at.f).map(|q| q.0), Some(reference::q_isrc(control, &code, lba)));
    }
}
