//! Sectors known byte by byte: made by an encoder of ECMA-130 that is not ours, of zeros and of a ramp (byte i is i mod
//! 256).

use discconv_sector::{
    Flaws, Form2Edc, Lba, RAW, SectorKind, Subheader, build_form1, build_form2, build_mode0, build_mode1, classify, edc, inspect,
    scramble, subchannel, user_range,
};
use md5::{Digest, Md5};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn md5(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes)).to_lowercase()
}

/// A frame with other bytes everywhere but at the user data, so that nothing is right by chance.
fn around(kind: SectorKind, ramp: bool) -> [u8; RAW] {
    let mut raw = [0xA5; RAW];
    let range = user_range(kind).unwrap_or(0..RAW);
    for (i, byte) in raw[range].iter_mut().enumerate() {
        *byte = if ramp { i.to_le_bytes()[0] } else { 0 };
    }
    raw
}

struct Row {
    id: &'static str,
    edc: &'static str,
    p: &'static str,
    q: &'static str,
    md5: &'static str,
}

fn check(row: &Row, lba: Lba, raw: &[u8; RAW], kind: SectorKind) {
    assert_eq!(classify(raw), kind, "{}", row.id);
    let at = match kind {
        SectorKind::Mode1 => 0x810,
        SectorKind::Mode2Form1 => 0x818,
        _ => 0x92C,
    };
    if kind != SectorKind::Mode0 {
        assert_eq!(hex(&raw[at..at + 4]), row.edc, "EDC of {}", row.id);
    }
    if !row.p.is_empty() {
        assert_eq!(hex(&raw[0x81C..0x824]), row.p, "P of {}", row.id);
        assert_eq!(hex(&raw[0x8C8..0x8D0]), row.q, "Q of {}", row.id);
    }
    assert_eq!(md5(raw), row.md5, "{}", row.id);
    assert_eq!(inspect(raw, lba).flaws, Flaws::NONE, "{}", row.id);
    assert_eq!(inspect(raw, lba + 1).flaws, Flaws::HEADER, "{} elsewhere", row.id);
}

#[test]
fn mode_1() {
    for (row, lba, ramp) in [
        (
            Row {
                id: "A",
                edc: "C513682B",
                p: "00F700F500000000",
                q: "0041000000000000",
                md5: "f1763c7f872304e73caf73a881c34988",
            },
            Lba(0),
            false,
        ),
        (
            Row {
                id: "B",
                edc: "279739E6",
                p: "4213C7942172D586",
                q: "46E94486F12AE20B",
                md5: "36a1337e6d682a05f22d8308539da918",
            },
            Lba(0),
            true,
        ),
        (
            Row {
                id: "C",
                edc: "5E935192",
                p: "421328942172D586",
                q: "46E94486F12AE20B",
                md5: "f2340b3f777df8908075c61c66933b58",
            },
            Lba(16),
            true,
        ),
    ] {
        let mut raw = around(SectorKind::Mode1, ramp);
        build_mode1(lba, &mut raw);
        check(&row, lba, &raw, SectorKind::Mode1);
        if row.id == "B" {
            assert_eq!(hex(&raw[RAW - 8..]), "D9D22A7DD07C6523");
        }
    }
}

#[test]
fn form_1() {
    for (row, lba, ramp, submode) in [
        (
            Row {
                id: "D",
                edc: "0B888194",
                p: "000000000000FB00",
                q: "0000000000000000",
                md5: "d3519e4abafbf30384ecc0a1be63310d",
            },
            Lba(0),
            false,
            0x08,
        ),
        (
            Row {
                id: "E",
                edc: "E90CD059",
                p: "59FF7FD9A80E3F62",
                q: "13FD68AA3FE400E9",
                md5: "b97b660dce51458033ff4767ead46007",
            },
            Lba(0),
            true,
            0x08,
        ),
        (
            Row {
                id: "F",
                edc: "49DD49A5",
                p: "59FF7FD9A80EC162",
                q: "13FD68AA3FE400E9",
                md5: "1b7929fcd0569083448f0046e2d6c08d",
            },
            Lba(16),
            true,
            0x89,
        ),
    ] {
        let mut raw = around(SectorKind::Mode2Form1, ramp);
        build_form1(lba, &mut raw, Subheader::with_submode(submode));
        check(&row, lba, &raw, SectorKind::Mode2Form1);
        if row.id == "E" {
            assert_eq!(hex(&raw[RAW - 8..]), "EC81020D6161D387");
        }
    }
}

#[test]
fn form_2_and_mode_0() {
    for (row, lba, ramp, with_edc) in [
        (Row { id: "G", edc: "BC8DD995", p: "", q: "", md5: "8952f99478792cb10fc21c0d92792aea" }, Lba(0), true, true),
        (Row { id: "H", edc: "00000000", p: "", q: "", md5: "2eb484c787f3bbe8b0a2e192cf08e8ec" }, Lba(0), true, false),
        (Row { id: "J", edc: "3F13B0BE", p: "", q: "", md5: "9f56d38f3e3f3a2cd03d2e9860a32597" }, Lba(12), false, true),
    ] {
        let mut raw = around(SectorKind::Mode2Form2, ramp);
        build_form2(lba, &mut raw, Subheader::FORM2_BLANK, with_edc);
        check(&row, lba, &raw, SectorKind::Mode2Form2);
        let policy = if with_edc { Form2Edc::Good } else { Form2Edc::Zero };
        assert_eq!(inspect(&raw, lba).form2_edc, policy);
    }
    let mut raw = around(SectorKind::Mode0, true);
    build_mode0(Lba(0), &mut raw);
    let row = Row { id: "I", edc: "", p: "", q: "", md5: "beb3fd4201c14ec2da8614058d1d9e48" };
    check(&row, Lba(0), &raw, SectorKind::Mode0);
}

#[test]
fn edc_of_digits_and_of_zeros() {
    assert_eq!(edc(b"123456789"), 0x6EC2_EDC4);
    assert_eq!(edc(&[0; 2332]), 0);
    assert_eq!(edc(&[]), 0);
}

#[test]
fn scrambling() {
    let table = scramble::table();
    assert_eq!(hex(&table[..16]), "018000600028001E80086006A802FE81");
    assert_eq!(md5(table), "85ce094360a1cd8918d0ba78bd5b2f90");

    let mut raw = around(SectorKind::Mode1, true);
    build_mode1(Lba(0), &mut raw);
    let plain = raw;
    scramble::apply(&mut raw);
    assert_eq!(raw[..12], plain[..12]);
    assert_eq!(hex(&raw[12..20]), "018200610029021D");
    assert_eq!(md5(&raw), "614f1a4b81ce328e1094d71e74176b3d");
    scramble::apply(&mut raw);
    assert_eq!(raw, plain);
}

#[test]
fn subchannel_crcs() {
    let sums = [
        (&[0x41, 1, 1, 0, 0, 0, 0, 0, 2, 0][..], 0x2832),
        (&[0x41, 1, 0, 0, 2, 0, 0, 0, 0, 2], 0xA281),
        (b"\x80\0\0\0TestDiskTitl", 0xE222),
    ];
    for (bytes, sum) in sums {
        assert_eq!(subchannel::crc16(bytes), sum, "{bytes:02X?}");
    }
}

#[test]
fn interleaving() {
    let mut packed = [0; 96];
    packed[..12].fill(0xFF);
    packed[12..24].copy_from_slice(&[0x41, 1, 1, 0, 0, 0, 0, 0, 2, 0, 0x28, 0x32]);
    let mut symbols = [0; 96];
    subchannel::interleave(&packed, &mut symbols);
    assert_eq!(hex(&symbols[..8]), "80C08080808080C0");
    assert_eq!(hex(&symbols[80..]), "8080C080C08080808080C0C08080C080");
}
