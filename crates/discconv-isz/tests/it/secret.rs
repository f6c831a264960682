//! Encrypted images.

use crate::lay::{How, Image, content, folder, open_in, outline, see};
use How::{Bzip2, Stored, Zero, Zlib};
use discconv_core::Error;

const KINDS: [How; 6] = [Stored, Zero(8192, 0), Zlib, Bzip2, Zlib, Stored];

fn secret(encryption: u8, password: &'static [u8], how: &[How]) -> Image {
    Image { encryption, password, ..Image::new(content(9 * 8192 - 2048), how) }
}

fn open(image: &Image, password: Option<&[u8]>) -> discconv_core::Result<crate::lay::Seen> {
    see(open_in(&folder(&[("x.isz", image.file())]), "x.isz", password))
}

#[test]
fn every_method_and_every_length_of_password() {
    let long = b"a password that is longer than thirty-two bytes";
    for encryption in [2, 3, 4] {
        for password in [&b"secret"[..], b"0123456789abcdef", long] {
            for how in [&KINDS[..], &[Stored], &[Zlib], &[Bzip2]] {
                let image = secret(encryption, Box::leak(password.into()), how);
                let seen = open(&image, Some(password)).unwrap();
                assert!(seen.content == image.content, "{encryption} {password:?} {how:?}");
                assert_eq!(seen.promises, 2);
            }
        }
        // What is cut from a password counts for nothing; neither do zeros at its end.
        let image = secret(encryption, long, &KINDS);
        let key = [0, 0, 16, 24, 32][usize::from(encryption)];
        assert!(open(&image, Some(&long[..key])).is_ok());
        assert!(open(&image, Some(&long[..key - 1])).is_err());
        assert!(open(&secret(encryption, b"secret", &KINDS), Some(b"secret\0")).is_ok());
    }
}

/// A block of AES-128 from FIPS 197, appendix C.1, as a stored chunk has it; the other methods alike (C.2, C.3).
#[test]
fn published_vectors() {
    let clear: Vec<u8> = (0..16).map(|n| n * 0x11).collect();
    for (encryption, cipher) in [
        (2, [0x69_C4_E0_D8_6A_7B_04_30_u64, 0xD8_CD_B7_80_70_B4_C5_5A]),
        (3, [0xDD_A9_7C_A4_86_4C_DF_E0, 0x6E_AF_70_A0_EC_0D_71_91]),
        (4, [0x8E_A2_B7_CA_51_67_45_BF, 0xEA_FC_49_90_4B_49_60_89]),
    ] {
        let key: Vec<u8> = (0..[0, 0, 16, 24, 32][usize::from(encryption)]).collect();
        let mut file = Image { table: false, header: 48, ..Image::new(vec![0; 2048], &[Stored]) }.file();
        file[16] = encryption;
        file[48..].copy_from_slice(&cipher.iter().flat_map(|half| half.to_be_bytes()).collect::<Vec<u8>>().repeat(128));
        let seen = see(open_in(&folder(&[("x.isz", file)]), "x.isz", Some(&key))).unwrap();
        assert!(seen.content == clear.repeat(128), "{encryption}");
    }
}

#[test]
fn without_a_table_and_in_several_files() {
    for encryption in [2, 4] {
        let image = Image { table: false, ..secret(encryption, b"secret", &[Stored]) };
        assert!(open(&image, Some(b"secret")).unwrap().content == image.content);
        let image = Image { table: false, ..Image { chunk: 300 << 10, ..secret(encryption, b"x", &[Stored]) } };
        assert!(open(&Image { content: content(1 << 20), ..image.clone() }, Some(b"x")).unwrap().content == content(1 << 20));
        // Chunks that end in another file, and blocks of AES too.
        let image = secret(encryption, b"secret", &KINDS);
        let files = image.files(&[8192 + 5, 8500]);
        let folder = folder(&[("x.isz", files[0].clone()), ("x.i01", files[1].clone()), ("x.i02", files[2].clone())]);
        assert!(see(open_in(&folder, "x.isz", Some(b"secret"))).unwrap().content == image.content);
    }
}

#[test]
fn passwords_that_are_missing_or_wrong() {
    let image = secret(4, b"secret", &KINDS);
    let of = |image: &Image, password: Option<&[u8]>| outline(open_in(&folder(&[("x.isz", image.file())]), "x.isz", password));
    let mut never = image.file();
    never[16] = 1;
    let mut unknown = image.file();
    unknown[16] = 9;
    let raw = |bytes: Vec<u8>| outline(open_in(&folder(&[("x.isz", bytes)]), "x.isz", Some(b"secret")));
    let mut text = String::new();
    for (what, found) in [
        ("none", of(&image, None)),
        ("another", of(&image, Some(b"Secret"))),
        ("an empty one", of(&image, Some(b""))),
        ("another, AES-128", of(&secret(2, b"secret", &[Bzip2]), Some(b"secret "))),
        ("encryption 1", raw(never)),
        ("encryption 9", raw(unknown)),
        ("a password for nothing", of(&secret(0, b"", &KINDS), Some(b"secret"))),
    ] {
        text += &format!("== {what}\n{found}");
    }
    insta::assert_snapshot!(text);
    assert!(matches!(open(&image, None), Err(Error::Password { tried: false, .. })));
    assert!(matches!(open(&image, Some(b"no")), Err(Error::Password { tried: true, .. })));
}

/// With stored chunks only, nothing but the checksum can tell.
#[test]
fn only_stored_chunks() {
    let image = secret(3, b"secret", &[Stored]);
    let files = folder(&[("x.isz", image.file())]);
    let Ok(discconv_core::Opened::Bytes { source, checks, .. }) = open_in(&files, "x.isz", Some(b"wrong")) else { panic!() };
    let found = crate::lay::crc32(&crate::lay::all(source.as_ref()).unwrap());
    assert_ne!(checks[0].value, found.to_be_bytes());
}

/// One damaged chunk does not make the password wrong.
#[test]
fn a_damaged_chunk_is_not_a_wrong_password() {
    let image = secret(4, b"secret", &[Zlib]);
    let mut file = image.file();
    let data = file.len() - image.stored().len();
    file[data..data + 16].fill(7);
    insta::assert_snapshot!(outline(open_in(&folder(&[("x.isz", file)]), "x.isz", Some(b"secret"))));
}
