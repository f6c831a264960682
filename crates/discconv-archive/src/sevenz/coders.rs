//! A chain of decoders around the stored bytes of a folder.

use super::header::Coder;
use crate::feed::Reader;
use crate::spooled::Decoder;
use bzip2::read::MultiBzDecoder;
use discconv_core::Error;
use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::delta::DeltaReader;
use lzma_rust2::{Lzma2Reader, LzmaReader};
use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

/// The largest dictionary: 7-Zip's `ultra` has 64 MiB, and by hand more may be had.
const MOST_DICTIONARY: u32 = 512 << 20;

/// Nothing but the bytes themselves.
pub(super) const COPY: &[u8] = &[0];
const AES: &[u8] = &[6, 0xF1, 7, 1];

/// Why there is no chain.
pub(super) enum NoChain {
    Encrypted,
    /// A way of packing, as people call it.
    Unknown(String),
    /// Its properties are not what they should be.
    Broken(String),
}

type Shared = Rc<RefCell<Reader>>;

/// All decoders of a folder.
pub(super) struct Chain {
    outermost: Box<dyn Read>,
    stored: Shared,
}

/// The stored bytes, which the chain reads while its failures are asked for from outside.
struct Stored(Shared);

impl Read for Stored {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(out)
    }
}

impl Chain {
    pub(super) fn new(coders: &[Coder], stored: Reader) -> Result<Chain, NoChain> {
        if coders.iter().any(|coder| coder.id == AES) {
            return Err(NoChain::Encrypted);
        }
        if let Some(coder) = coders.iter().find(|coder| !coder.simple) {
            return Err(NoChain::Unknown(name(&coder.id)));
        }
        let stored = Rc::new(RefCell::new(stored));
        let mut outermost: Box<dyn Read> = Box::new(Stored(Rc::clone(&stored)));
        for coder in coders {
            outermost = decoder(coder, outermost)?;
        }
        Ok(Chain { outermost, stored })
    }
}

impl Read for Chain {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.outermost.read(out)
    }
}

impl Decoder for Chain {
    fn at(&mut self) -> u64 {
        self.stored.borrow().at()
    }

    fn failure(&mut self) -> Option<Error> {
        self.stored.borrow_mut().failure()
    }
}

fn decoder(coder: &Coder, inner: Box<dyn Read>) -> Result<Box<dyn Read>, NoChain> {
    let broken = |what: &str| NoChain::Broken(format!("{} with {what}", name(&coder.id)));
    let bounded = |dictionary: u32| {
        if dictionary <= MOST_DICTIONARY { Ok(dictionary) } else { Err(broken(&format!("a dictionary of {dictionary} bytes"))) }
    };
    Ok(match &coder.id[..] {
        COPY => inner,
        [0x21] => {
            let [bits @ 0..=40] = coder.properties[..] else { return Err(broken("other properties than it has")) };
            // Two or three, shifted; 40 means as much as there may be.
            let dictionary = if bits == 40 { u32::MAX } else { (2 | u32::from(bits & 1)) << (bits / 2 + 11) };
            Box::new(Lzma2Reader::new(inner, bounded(dictionary)?, None))
        }
        [3, 1, 1] => {
            let [props, a, b, c, d] = coder.properties[..] else { return Err(broken("other properties than it has")) };
            let dictionary = bounded(u32::from_le_bytes([a, b, c, d]))?;
            let made = LzmaReader::new_with_props(inner, coder.len, props, dictionary, None);
            Box::new(made.map_err(|error| broken(&error.to_string()))?)
        }
        [4, 2, 2] => Box::new(MultiBzDecoder::new(inner)),
        [3] => Box::new(DeltaReader::new(inner, usize::from(coder.properties.first().copied().unwrap_or(0)) + 1)),
        [4] | [3, 3, 1, 3] => Box::new(BcjReader::new_x86(inner, 0)),
        [5] | [3, 3, 2, 5] => Box::new(BcjReader::new_ppc(inner, 0)),
        [6] | [3, 3, 4, 1] => Box::new(BcjReader::new_ia64(inner, 0)),
        [7] | [3, 3, 5, 1] => Box::new(BcjReader::new_arm(inner, 0)),
        [8] | [3, 3, 7, 1] => Box::new(BcjReader::new_arm_thumb(inner, 0)),
        [9] | [3, 3, 8, 5] => Box::new(BcjReader::new_sparc(inner, 0)),
        [0xA] => Box::new(BcjReader::new_arm64(inner, 0)),
        other => return Err(NoChain::Unknown(name(other))),
    })
}

/// What people call it.
fn name(id: &[u8]) -> String {
    match id {
        [0x21] => "LZMA2".to_owned(),
        [3, 1, 1] => "LZMA".to_owned(),
        [3, 4, 1] => "PPMd".to_owned(),
        [3, 3, 1, 0x1B] => "BCJ2".to_owned(),
        [4, 1, 8] => "Deflate".to_owned(),
        [4, 1, 9] => "Deflate64".to_owned(),
        [4, 0xF7, 0x11, 1] => "zstd".to_owned(),
        other => format!("the method {other:02X?}"),
    }
}
