//! The published vectors, which were compared with an encoder of other people byte by byte.

use super::{
    RAW, audio, crc16, ecc_holds, edc, form1, form2, interleave, mode0, mode1, msf_bcd, packed_block, q_isrc, q_mcn, q_position,
    scramble, scramble_table,
};
use md5::{Digest, Md5};

fn md5(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn ramp(len: usize) -> Vec<u8> {
    (0..=255).cycle().take(len).collect()
}

#[test]
fn edc_check_value() {
    assert_eq!(edc(b"123456789"), 0x6EC2_EDC4);
    assert_eq!(edc(&[0; 100]), 0);
}

#[test]
fn sectors_a_to_j() {
    let zeros = vec![0; 2048];
    let data = [0, 0, 0x08, 0];
    let blank = [0, 0, 0x20, 0];
    let rows: [(&str, [u8; RAW], &str); 10] = [
        ("A", mode1(0, &zeros), "f1763c7f872304e73caf73a881c34988"),
        ("B", mode1(0, &ramp(2048)), "36a1337e6d682a05f22d8308539da918"),
        ("C", mode1(16, &ramp(2048)), "f2340b3f777df8908075c61c66933b58"),
        ("D", form1(0, data, &zeros), "d3519e4abafbf30384ecc0a1be63310d"),
        ("E", form1(0, data, &ramp(2048)), "b97b660dce51458033ff4767ead46007"),
        ("F", form1(16, [0, 0, 0x89, 0], &ramp(2048)), "1b7929fcd0569083448f0046e2d6c08d"),
        ("G", form2(0, blank, &ramp(2324), true), "8952f99478792cb10fc21c0d92792aea"),
        ("H", form2(0, blank, &ramp(2324), false), "2eb484c787f3bbe8b0a2e192cf08e8ec"),
        ("I", mode0(0), "beb3fd4201c14ec2da8614058d1d9e48"),
        ("J", form2(12, blank, &[], true), "9f56d38f3e3f3a2cd03d2e9860a32597"),
    ];
    for (name, raw, want) in rows {
        assert_eq!(md5(&raw), want, "vector {name}");
    }
}

#[test]
fn parity_of_b_and_e() {
    let b = mode1(0, &ramp(2048));
    assert_eq!(hex(&b[0x810..0x814]), "279739e6");
    assert_eq!(hex(&b[0x81C..0x824]), "4213c7942172d586");
    assert_eq!(hex(&b[0x8C8..0x8D0]), "46e94486f12ae20b");
    assert_eq!(hex(&b[RAW - 8..]), "d9d22a7dd07c6523");
    let e = form1(0, [0, 0, 8, 0], &ramp(2048));
    assert_eq!(hex(&e[RAW - 8..]), "ec81020d6161d387");
}

#[test]
fn parity_fulfils_its_definition() {
    let mut sector = mode1(1234, &ramp(2048));
    assert!(ecc_holds(&sector, false));
    assert!(!ecc_holds(&sector, true));
    sector[100] ^= 1;
    assert!(!ecc_holds(&sector, false));
    assert!(ecc_holds(&form1(1234, [1, 2, 8, 0], &ramp(2048)), true));
}

#[test]
fn addresses() {
    assert_eq!(msf_bcd(0), [0, 2, 0]);
    assert_eq!(msf_bcd(-150), [0, 0, 0]);
    assert_eq!(msf_bcd(-151), [0x99, 0x59, 0x74]);
    assert_eq!(msf_bcd(16), [0, 2, 0x16]);
    assert_eq!(msf_bcd(100 * 60 * 75 - 150), [0xA0, 0, 0]);
}

#[test]
fn scrambling() {
    let table = scramble_table();
    assert_eq!(hex(&table[..16]), "018000600028001e80086006a802fe81");
    assert_eq!(md5(&table), "85ce094360a1cd8918d0ba78bd5b2f90");
    let mut sector = mode1(0, &ramp(2048));
    scramble(&mut sector);
    assert_eq!(md5(&sector), "614f1a4b81ce328e1094d71e74176b3d");
    assert_eq!(hex(&sector[12..20]), "018200610029021d");
}

#[test]
fn subchannel() {
    assert_eq!(crc16(&[0x41, 1, 1, 0, 0, 0, 0, 0, 2, 0]), 0x2832);
    assert_eq!(hex(&q_position(4, 1, 1, 0, 0)), "410101000000000002002832");
    assert_eq!(hex(&q_position(4, 1, 0, 150, -148)), "41010000020000000002a281");
    assert_eq!(crc16(b"\x80\0\0\0TestDiskTitl"), 0xE222);
    let symbols = interleave(&packed_block(true, &q_position(4, 1, 1, 0, 0)));
    assert_eq!(hex(&symbols[..8]), "80c08080808080c0");
    assert_eq!(hex(&symbols[80..]), "8080c080c08080808080c0c08080c080");
}

#[test]
fn codes_in_q() {
    assert_eq!(hex(&q_mcn(0, "0123456789012", 0)[..10]), "02012345678901200000");
    // D E A B C less 30h are 14h 15h 11h 12h 13h: 010100 010101 010001 010010 010011 00, then the digits.
    assert_eq!(hex(&q_isrc(0, "DEABC1234567", 0)[..10]), "035154524c1234567000");
}

#[test]
fn audio_sectors_all_differ() {
    let mut seen: Vec<[u8; RAW]> = (0..50).map(|sector| audio(1, sector)).collect();
    seen.push(audio(2, 0));
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count);
    assert!(!seen.iter().any(|sector| sector[..12] == super::SYNC));
}
