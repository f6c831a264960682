//! AES as UltraISO uses it.

use aes::cipher::{Array, BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};

/// Bytes that AES takes at a time.
const BLOCK: usize = 16;

/// The encryptions that can be undone, by the number of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Aes128,
    Aes192,
    Aes256,
}

impl Method {
    /// By the header's number.
    pub(crate) fn of_number(number: u8) -> Option<Method> {
        match number {
            2 => Some(Method::Aes128),
            3 => Some(Method::Aes192),
            4 => Some(Method::Aes256),
            _ => None,
        }
    }

    /// Its name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Method::Aes128 => "AES-128",
            Method::Aes192 => "AES-192",
            Method::Aes256 => "AES-256",
        }
    }
}

/// A key, ready for use.
pub(crate) enum Cipher {
    Aes128(Box<Aes128>),
    Aes192(Box<Aes192>),
    Aes256(Box<Aes256>),
}

impl Cipher {
    /// The key is the password itself, cut or with zeros behind it.
    pub(crate) fn new(method: Method, password: &[u8]) -> Cipher {
        match method {
            Method::Aes128 => Cipher::Aes128(Box::new(Aes128::new(&Array(key(password))))),
            Method::Aes192 => Cipher::Aes192(Box::new(Aes192::new(&Array(key(password))))),
            Method::Aes256 => Cipher::Aes256(Box::new(Aes256::new(&Array(key(password))))),
        }
    }

    /// Decrypt the bytes of a chunk in place: each block by itself; what is left after the last whole one is in clear.
    pub(crate) fn decrypt(&self, bytes: &mut [u8]) {
        let (blocks, _) = bytes.as_chunks_mut::<BLOCK>();
        let blocks = Array::cast_slice_from_core_mut(blocks);
        match self {
            Cipher::Aes128(key) => key.decrypt_blocks(blocks),
            Cipher::Aes192(key) => key.decrypt_blocks(blocks),
            Cipher::Aes256(key) => key.decrypt_blocks(blocks),
        }
    }
}

fn key<const N: usize>(password: &[u8]) -> [u8; N] {
    let mut key = [0; N];
    let len = password.len().min(N);
    key[..len].copy_from_slice(&password[..len]);
    key
}
