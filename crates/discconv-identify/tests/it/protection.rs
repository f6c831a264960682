//! Copy protection of computers' discs: names are not enough, signatures and sectors are.

use crate::lay::{Laid, show};
use discconv_core::{Disc, Limits};
use discconv_identify::identify;
use std::sync::Arc;

fn named(names: &[&str]) -> String {
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"x"[..])).collect();
    Laid::volume("", &files).shown()
}

#[test]
fn one_common_name_says_nothing() {
    for name in ["00000001.TMP", "SECDRV.SYS", "CMS16.DLL", "NOMOUSE.COM", "LAUNCHCD.EXE", "TAGES.DLL", "PLAYDISC.EXE"] {
        assert_eq!(named(&[name]), "unknown\n", "{name}");
    }
    assert_eq!(named(&["PROTECT.DLL", "PROTECT.EXE"]), "unknown\n");
    assert_eq!(named(&["SECDRV.SYS", "CMS16.DLL"]), "unknown\n", "of two protections");
}

#[test]
fn several_names_or_a_telling_one_make_it_probable() {
    let shown = named(&["00000001.TMP", "SECDRV.SYS"]) + &named(&["VOB-PCD.KEY"]) + &named(&["LASERLOK/A"]);
    let shown = shown + &named(&["PROTECT.DLL", "PROTECT.EXE", "PROTECT.X86"]);
    insta::assert_snapshot!(shown, @r"
    probably SafeDisc
      00000001.TMP: a file of that name, as SafeDisc has it
      SECDRV.SYS: a file of that name, as SafeDisc has it
    probably ProtectCD-VOB
      VOB-PCD.KEY: a file of that name, as ProtectCD-VOB has it
    probably LaserLock
      LASERLOK: a directory of that name, as LaserLock has it
    probably StarForce
      PROTECT.DLL: a file of that name, as StarForce has it
      PROTECT.EXE: a file of that name, as StarForce has it
      PROTECT.X86: a file of that name, as StarForce has it
    ");
}

/// A program with one section of 200h bytes at 400h, and these bytes at that place.
fn program(section: &[u8; 8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 0x700];
    out[..2].copy_from_slice(b"MZ");
    out[0x3C] = 0x40;
    out[0x40..0x48].copy_from_slice(b"PE\0\0\x4C\x01\x01\0");
    out[0x58..0x60].copy_from_slice(section);
    out[0x68..0x70].copy_from_slice(&[0, 2, 0, 0, 0, 4, 0, 0]);
    out[at..at + bytes.len()].copy_from_slice(bytes);
    out
}

#[test]
fn a_signature_in_a_program_is_proof() {
    let safedisc = program(b".text\0\0\0", 0x3D4, b"BoG_ *90.0&!!  Yy>\0\0\x01\0\0\0\x0B\0\0\0\0\0\0\0");
    let securom = program(b".text\0\0\0", 0x600, b"AddD\x03\0\0\0");
    let elsewhere = program(b".text\0\0\0", 0x630, b"AddD\x03\0\0\0");
    let shown = |bytes: &[u8]| Laid::volume("", &[("GAME.EXE", bytes)]).shown();
    insta::assert_snapshot!(shown(&safedisc) + &shown(&securom), @r"
    SafeDisc
      GAME.EXE: the signature of SafeDisc 1.11.000
    SecuROM
      GAME.EXE: SecuROM's data behind the program
    ");
    assert_eq!(shown(&elsewhere), "unknown\n");
}

/// A volume whose second file begins `gap` sectors behind the first, and these sectors of the gap are bad.
fn with_gap(gap: usize, bad: impl Fn(usize) -> bool) -> Arc<Disc> {
    let mut laid = Laid::volume("", &[("00000001.TMP", &[1; 2048]), ("PADDING.BIN", &[])]);
    let first = laid.0.len() / 2048;
    laid.put(first + gap - 1, 0, b"x");
    // The directory's record of the second file, which is empty so far: its place and length.
    let at = laid.0.windows(13).position(|window| window == b"PADDING.BIN;1").unwrap() - 33;
    let place = u32::try_from(first + gap - 1).unwrap();
    laid.0[at + 2..at + 6].copy_from_slice(&place.to_le_bytes());
    laid.0[at + 10..at + 14].copy_from_slice(&1_u32.to_le_bytes());
    laid.raw_with_flaws((0..gap - 1).filter(move |sector| bad(*sector)).map(move |sector| first + sector))
}

fn told(disc: &Arc<Disc>) -> String {
    show(&identify(disc, &Limits::default()).unwrap())
}

#[test]
fn sectors_that_were_mastered_wrong_are_proof() {
    let shown = told(&with_gap(2000, |sector| sector % 17 == 5));
    insta::assert_snapshot!(shown, @r"
    SafeDisc
      LBA 34 to 544: 6 of 96 sectors behind 00000001.TMP that were looked at have a wrong EDC, as SafeDisc has them
      00000001.TMP: a file of that name, as SafeDisc has it
    ");
    assert_eq!(told(&with_gap(2000, |_| false)), "unknown\n");
    assert_eq!(told(&with_gap(2000, |sector| sector == 5)), "unknown\n", "a scratch");
    assert_eq!(told(&with_gap(2000, |sector| (498..508).contains(&sector))), "unknown\n", "a long one");
}

#[test]
fn a_gap_of_any_length_is_survived() {
    for gap in [1, 2, 7, 8, 9, 40] {
        let _ = told(&with_gap(gap, |_| true));
    }
}
