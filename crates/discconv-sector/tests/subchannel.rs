//! Subchannel: the orders, Q, and what is damaged.

use discconv_sector::subchannel::{
    Coding, Q, QContent, crc16, deinterleave, detect_coding, interleave, packed_from_pq16, pq16_from_packed,
};
use discconv_sector::{Lba, Msf};
use discconv_testkit::{Rng, reference};

fn at(lba: i32) -> Msf {
    Lba(lba).to_msf()
}

fn frames(count: u32) -> Msf {
    Msf::from_frames(count).unwrap_or_default()
}

fn packed(q: Q) -> [u8; 96] {
    reference::packed_block(false, &q.0)
}

fn interleaved(q: Q) -> [u8; 96] {
    let mut out = [0; 96];
    interleave(&packed(q), &mut out);
    out
}

fn position(lba: i32) -> Q {
    let relative = frames(u32::try_from(lba).unwrap_or(0));
    Q::position(4, 1, 1, relative, at(lba))
}

#[test]
fn published_q() {
    let q = Q::position(4, 1, 1, Msf::default(), at(0));
    assert_eq!(q.0, [0x41, 1, 1, 0, 0, 0, 0, 0, 2, 0, 0x28, 0x32]);
    // In the pregap of track 1 time counts down to LBA 0, from LBA -150.
    let q = Q::position(4, 1, 0, frames(150), at(-150));
    assert_eq!(q.0[..10], [0x41, 1, 0, 0, 2, 0, 0, 0, 0, 0]);
    assert_eq!(q.0, reference::q_position(4, 1, 0, 150, -150));
    let q = Q([0x41, 1, 0, 0, 2, 0, 0, 0, 0, 2, 0xA2, 0x81]);
    assert!(q.crc_ok());
}

#[test]
fn q_says_what_went_in() {
    let q = position(16);
    assert!(q.crc_ok());
    assert_eq!((q.control(), q.adr()), (4, 1));
    let content = QContent::Position { track: 1, index: 1, relative: frames(16), absolute: at(16) };
    assert_eq!(q.decode(), content);
    let lead_out = Q::position(0, 0xAA, 1, Msf::default(), at(300_000));
    let QContent::Position { track, absolute, .. } = lead_out.decode() else { unreachable!("{lead_out:?}") };
    assert_eq!((track, absolute), (0xAA, at(300_000)));

    let mcn = Q::mcn(0, "0652637280326", 74).unwrap_or_default();
    let content = QContent::Mcn { number: "0652637280326".into(), frame: 74 };
    assert_eq!(mcn.decode(), content);
    let isrc = Q::isrc(0, "GBAFL0700213", 12).unwrap_or_default();
    let content = QContent::Isrc { code: "GBAFL0700213".into(), frame: 12 };
    assert_eq!(isrc.decode(), content);
    assert!(mcn.crc_ok() && isrc.crc_ok());
}

#[test]
fn lead_in_entries_stay_as_they_are() {
    let mut q = Q([0x41, 0, 0xA0, 0x97, 0x12, 0x34, 0, 1, 0x20, 0, 0, 0]);
    q.seal();
    let content = QContent::LeadIn { point: 0xA0, time: [0x97, 0x12, 0x34], zero: 0, pointed: [1, 0x20, 0] };
    assert_eq!(q.decode(), content);
    q.0[0] = 0x45;
    q.0[2] = 0xB0;
    assert!(matches!(q.decode(), QContent::LeadIn { point: 0xB0, .. }));
}

#[test]
fn numbers_that_are_none() {
    for number in ["", "065263728032", "06526372803261", "065263728032X", "065263728032\u{e9}"] {
        assert_eq!(Q::mcn(0, number, 0), None, "{number}");
    }
    for code in ["", "GBAFL070021", "gbafl0700213", "GBAFL07002A3", "GB-FL0700213", "GBAFL070021\u{e9}"] {
        assert_eq!(Q::isrc(0, code, 0), None, "{code}");
    }
    assert_eq!(Q::mcn(0, "0652637280326", 75), None);
    assert_eq!(Q::isrc(0, "GBAFL0700213", 75), None);
    for bytes in [
        [0x01, 0x1A, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0],
        [0x01, 0x01, 1, 0, 0x60, 0, 0, 0, 2, 0, 0, 0],
        [0x02, 0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0x03, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0x0F, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0; 12],
    ] {
        assert_eq!(Q(bytes).decode(), QContent::Other, "{bytes:02X?}");
    }
}

/// A wrong CRC may be copy protection: it is reported, never repaired, and what the bytes say can still be read.
#[test]
fn wrong_crc_is_kept() {
    let mut q = position(14_105);
    q.0[10] ^= 0x80;
    assert!(!q.crc_ok());
    let mut back = [0; 96];
    deinterleave(&interleaved(q), &mut back);
    assert_eq!(Q::of_packed(&back), q);
    let pq = pq16_from_packed(&packed(q));
    assert_eq!(packed_from_pq16(&pq), packed(q));
    assert!(matches!(q.decode(), QContent::Position { track: 1, .. }));
}

#[test]
fn the_16_byte_form() {
    let q = position(99);
    for p in [false, true] {
        let block = reference::packed_block(p, &q.0);
        assert_eq!(pq16_from_packed(&block), reference::pq16(p, &q.0));
        assert_eq!(packed_from_pq16(&reference::pq16(p, &q.0)), block);
    }
    let mut scratched = reference::packed_block(true, &q.0);
    scratched[3] = 0;
    assert_eq!(pq16_from_packed(&scratched)[15], 0x80, "P by majority");
}

#[test]
fn coding_is_told_by_the_majority() {
    let coding = |blocks: &[[u8; 96]]| detect_coding(blocks);
    let mut damaged = position(3);
    damaged.0[11] ^= 1;
    assert_eq!(coding(&[]), None);
    assert_eq!(coding(&[[0; 96]; 5]), None);
    assert_eq!(coding(&[packed(damaged), interleaved(damaged)]), None);
    assert_eq!(coding(&[packed(position(3))]), Some(Coding::Packed));
    assert_eq!(coding(&[interleaved(position(3))]), Some(Coding::Interleaved));
    let mixed = [[0; 96], packed(damaged), packed(position(4)), packed(position(5))];
    assert_eq!(coding(&mixed), Some(Coding::Packed));
    let wrong_once = [packed(position(4)), interleaved(position(5)), interleaved(position(6))];
    assert_eq!(coding(&wrong_once), Some(Coding::Interleaved));
    assert_eq!(coding(&wrong_once[..2]), None);
}

#[test]
fn any_twelve_bytes_decode() {
    let mut rng = Rng::seed_from_env("DISCCONV_SUBCHANNEL_SEED");
    for _ in 0..20_000 {
        let mut q = Q::default();
        rng.fill(&mut q.0);
        q.0[0] &= 0xF7;
        let _ = q.decode();
        q.seal();
        assert!(q.crc_ok());
        assert_eq!(crc16(&q.0[..10]).to_be_bytes(), q.0[10..]);
    }
}
