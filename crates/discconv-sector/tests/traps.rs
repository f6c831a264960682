//! Mistakes that are easily made with sectors, one test each.

use discconv_sector::{
    Flaws, Form2Edc, Lba, Msf, RAW, SectorKind, Subheader, build_form1, build_form2, build_mode1, classify, edc, inspect,
    scramble,
};
use discconv_testkit::{Rng, reference};

fn data() -> [u8; RAW] {
    let mut raw = [0; RAW];
    Rng::new(11).fill(&mut raw);
    raw
}

fn mode1() -> [u8; RAW] {
    reference::mode1(16, &data())
}

fn form1() -> [u8; RAW] {
    reference::form1(16, [0, 0, 8, 0], &data())
}

fn form2(with_edc: bool) -> [u8; RAW] {
    reference::form2(16, [0, 0, 0x20, 0], &data(), with_edc)
}

fn flaws(raw: &[u8; RAW]) -> Flaws {
    inspect(raw, Lba(16)).flaws
}

#[test]
fn edc_of_mode_1_begins_at_sync_and_of_mode_2_behind_the_header() {
    let (mut one, mut two) = (data(), data());
    build_mode1(Lba(16), &mut one);
    build_form1(Lba(16), &mut two, Subheader::DATA);
    let (mut one_later, mut two_later) = (one, two);
    build_mode1(Lba(17), &mut one_later);
    build_form1(Lba(17), &mut two_later, Subheader::DATA);
    assert_ne!(one[0x810..0x814], one_later[0x810..0x814]);
    assert_eq!(two[16..], two_later[16..], "neither EDC nor ECC knows the address");
    assert_eq!(one[0x810..0x814], edc(&one[..0x810]).to_le_bytes());
    assert_eq!(two[0x818..0x81C], edc(&two[0x10..0x818]).to_le_bytes());
}

#[test]
fn each_flaw_by_itself() {
    let changed = |raw: [u8; RAW], at: usize| {
        let mut raw = raw;
        raw[at] ^= 0x10;
        flaws(&raw)
    };
    assert_eq!(flaws(&mode1()), Flaws::NONE);
    // Whatever EDC or ECC cover is wrong in them too.
    assert_eq!(changed(mode1(), 14), Flaws::HEADER | Flaws::EDC | Flaws::ECC);
    assert_eq!(changed(mode1(), 100), Flaws::EDC | Flaws::ECC);
    assert_eq!(changed(mode1(), 0x810), Flaws::EDC | Flaws::ECC);
    assert_eq!(changed(mode1(), 0x814), Flaws::ZERO_PAD | Flaws::ECC);
    assert_eq!(changed(mode1(), 0x81C), Flaws::ECC);
    assert_eq!(changed(mode1(), RAW - 1), Flaws::ECC);
    assert_eq!(changed(form1(), 14), Flaws::HEADER);
    assert_eq!(changed(form1(), 100), Flaws::EDC | Flaws::ECC);
    assert_eq!(changed(form1(), RAW - 1), Flaws::ECC);
    assert_eq!(changed(form2(true), 14), Flaws::HEADER);
    assert_eq!(changed(form2(true), 100), Flaws::EDC);
    assert_eq!(changed(form2(true), RAW - 1), Flaws::EDC);
    assert_eq!(changed(reference::mode0(16), 100), Flaws::ZERO_PAD);
    assert_eq!(changed(reference::formless(16, &data()), 100), Flaws::NONE);
    let names = |flaws: Flaws| flaws.names().collect::<Vec<_>>();
    assert_eq!(names(Flaws::EDC | Flaws::HEADER), ["header", "EDC"]);
    assert_eq!((Flaws::EDC | Flaws::ECC).to_string(), "EDC, ECC");
    assert_eq!((Flaws::EDC | Flaws::ECC).iter().count(), 2);
}

#[test]
fn copies_of_the_subheader_that_differ() {
    let mut raw = form1();
    raw[22] = 0x09;
    let sum = edc(&raw[0x10..0x818]);
    raw[0x818..0x81C].copy_from_slice(&sum.to_le_bytes());
    reference::write_ecc(&mut raw, true);
    let found = inspect(&raw, Lba(16));
    assert_eq!(found.kind, SectorKind::Mode2Form1);
    assert_eq!(found.flaws, Flaws::SUBHEADER_COPY);
    assert_eq!(found.subheader, Some(Subheader::DATA));
}

#[test]
fn zero_edc_of_form_2_is_legal_and_stays_zero() {
    let found = inspect(&form2(false), Lba(16));
    assert_eq!((found.flaws, found.form2_edc), (Flaws::NONE, Form2Edc::Zero));
    let found = inspect(&form2(true), Lba(16));
    assert_eq!((found.flaws, found.form2_edc), (Flaws::NONE, Form2Edc::Good));
    let mut raw = form2(true);
    raw[RAW - 1] ^= 1;
    assert_eq!(inspect(&raw, Lba(16)).form2_edc, Form2Edc::Bad);
    assert_eq!(inspect(&form1(), Lba(16)).form2_edc, Form2Edc::Absent);

    let mut raw = data();
    build_form2(Lba(16), &mut raw, Subheader::FORM2_BLANK, false);
    assert_eq!(raw[0x92C..], [0; 4]);
}

#[test]
fn form_changes_from_sector_to_sector() {
    assert_eq!(classify(&form1()), SectorKind::Mode2Form1);
    assert_eq!(classify(&form2(true)), SectorKind::Mode2Form2);
    assert_eq!(classify(&form2(false)), SectorKind::Mode2Form2);
}

#[test]
fn audio_has_no_flaws_whatever_it_holds() {
    for raw in [data(), [0; RAW], reference::audio(1, 5)] {
        let found = inspect(&raw, Lba(16));
        assert_eq!((found.kind, found.flaws), (SectorKind::Audio, Flaws::NONE));
    }
}

#[test]
fn scrambled_sectors_are_told_by_their_header() {
    let mut raw = mode1();
    scramble::apply(&mut raw);
    assert!(flaws(&raw).contains(Flaws::HEADER));
    scramble::apply(&mut raw);
    assert_eq!(flaws(&raw), Flaws::NONE);
}

#[test]
fn headers_are_bcd_and_lengths_are_not() {
    let at = Lba(4 * 75 + 59 - 150 + 8).to_msf();
    assert_eq!(at.to_string(), "00:04:67");
    assert_eq!(at.to_bcd(), [0x00, 0x04, 0x67]);
    assert_eq!(Msf::from_frames(4 * 75 + 67), Some(at), "a length has no 150 in it");
    assert_eq!(Lba::from_msf(at), Lba(4 * 75 + 67 - 150));
    assert_eq!(Lba(-150).to_msf(), Msf::default());
}
