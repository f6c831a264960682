//! The exact bytes: what stands where, and nothing about what it means.

use binrw::io::Cursor;
use binrw::{BinRead, BinWrite};
use discconv_core::{At, Error, ReadAt, Result};

/// The first bytes of every such file.
pub(super) const MAGIC: [u8; 4] = *b"SMPL";
/// Bytes of the header on the wire.
pub(super) const HEADER_BYTES: u64 = 8;

/// The header.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(little)]
pub(super) struct Header {
    /// [`MAGIC`].
    pub(super) magic: [u8; 4],
    /// Sectors that follow.
    pub(super) sectors: u32,
}

impl Header {
    /// Reads it from the start of a file.
    ///
    /// # Errors
    /// The file is too short, or begins with something else.
    pub(super) fn read(source: &dyn ReadAt) -> Result<Header> {
        let mut bytes = [0; 8];
        source.read_exact_at(0, &mut bytes)?;
        let found = || format!("{:02X?}", &bytes[..4]);
        let malformed = || Error::malformed(source.name(), At::Byte(0), found(), "the magic `SMPL`");
        let header = Header::read_le(&mut Cursor::new(bytes)).map_err(|_| malformed())?;
        if header.magic == MAGIC { Ok(header) } else { Err(malformed()) }
    }

    /// The bytes on the wire.
    pub(super) fn bytes(self) -> Vec<u8> {
        let mut bytes = self.magic.to_vec();
        bytes.extend_from_slice(&self.sectors.to_le_bytes());
        bytes
    }
}
