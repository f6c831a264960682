//! Chunks, unpacked one by one.

use crate::cipher::Cipher;
use crate::stored::Stored;
use crate::table::{Shape, Starts};
use crate::wire::Kind;
use discconv_codec::{CodecError, bzip2, deflate};
use discconv_core::{At, BlockDecode, BlockGeometry, Error, Result};
use std::ops::Range;

/// The first bytes of a bzip2 stream, which are not kept.
const BZIP2_MAGIC: &[u8; 3] = b"BZh";

/// The chunks of an image.
pub(crate) struct Chunks {
    /// What the person calls the image.
    pub(crate) name: String,
    /// Bytes of the content and of a chunk of it.
    pub(crate) shape: Shape,
    pub(crate) starts: Starts,
    pub(crate) stored: Stored,
    /// If it is encrypted.
    pub(crate) cipher: Option<Cipher>,
}

/// What a worker keeps.
#[derive(Default)]
pub(crate) struct Scratch {
    packed: Vec<u8>,
    inflater: deflate::Inflater,
}

impl Chunks {
    /// Does chunk `index` unpack to what it should?
    pub(crate) fn unpacks(&self, index: u64) -> bool {
        let mut out = vec![0; usize::try_from(self.shape.chunk_len(index)).unwrap_or(0)];
        self.decode(index, &mut Scratch::default(), &mut out).is_ok()
    }

    /// Those that are packed and are all there, in order.
    pub(crate) fn packed(&self) -> impl Iterator<Item = u64> {
        (0..self.starts.count()).filter(|index| {
            let (kind, range) = self.starts.chunk(*index);
            kind.is_packed() && !self.stored.is_missing(&range)
        })
    }

    fn load<'s>(&self, range: &Range<u64>, packed: &'s mut Vec<u8>) -> Result<&'s mut [u8]> {
        packed.resize(usize::try_from(range.end - range.start).unwrap_or(usize::MAX), 0);
        self.read(range, packed)?;
        Ok(packed)
    }

    fn read(&self, range: &Range<u64>, out: &mut [u8]) -> Result<()> {
        self.stored.source.read_exact_at(range.start, out)?;
        if let Some(cipher) = &self.cipher {
            cipher.decrypt(out);
        }
        Ok(())
    }

    fn fault(&self, index: u64, kind: Kind, range: &Range<u64>, reason: CodecError) -> Error {
        let (file, at) = self.stored.place(range.start);
        let codec = if kind == Kind::Zlib { "zlib" } else { "bzip2" };
        let found = format!("chunk {index} damaged ({reason})");
        let expected = format!("{} bytes of {codec} that unpack to {}", range.end - range.start, self.shape.chunk_len(index));
        let hint = if self.cipher.is_some() {
            "the file is damaged there, or the password is not the right one"
        } else {
            "the file is damaged there; get it again"
        };
        Error::malformed(file, At::Byte(at), found, expected).with_hint(hint)
    }
}

impl BlockDecode for Chunks {
    type Scratch = Scratch;

    fn geometry(&self) -> BlockGeometry {
        BlockGeometry { len: self.shape.total, block_bytes: u32::try_from(self.shape.chunk_bytes).unwrap_or(0) }
    }

    fn decode(&self, index: u64, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        let (kind, range) = self.starts.chunk(index);
        // What is missing was noted as damage when the image was opened.
        if kind == Kind::Zero || self.stored.is_missing(&range) {
            out.fill(0);
            return Ok(());
        }
        let done = match kind {
            Kind::Zero | Kind::Stored => return self.read(&range, out),
            Kind::Zlib => {
                let packed = self.load(&range, &mut scratch.packed)?;
                scratch.inflater.zlib(packed, out, deflate::Adler::Check)
            }
            Kind::Bzip2 => {
                let packed = self.load(&range, &mut scratch.packed)?;
                if let Some(magic) = packed.first_chunk_mut() {
                    *magic = *BZIP2_MAGIC;
                }
                bzip2::decode(packed, out).map(|_| ())
            }
        };
        done.map_err(|reason| self.fault(index, kind, &range, reason))
    }

    fn name(&self) -> &str {
        &self.name
    }
}
