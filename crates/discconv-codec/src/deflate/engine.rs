//! The library underneath: libdeflate where it may be C, zlib-rs elsewhere.

#[cfg(feature = "libdeflate")]
pub(super) use with_c::{Packer, Unpacker, adler32};
#[cfg(not(feature = "libdeflate"))]
pub(super) use without_c::{Packer, Unpacker, adler32};

#[cfg(feature = "libdeflate")]
mod with_c {
    use libdeflater::{CompressionLvl, Compressor, Decompressor};

    pub(crate) struct Packer {
        compressor: Compressor,
        packed: Vec<u8>,
    }

    impl Packer {
        /// `effort` runs from 1 to 12 as libdeflate counts.
        pub(crate) fn new(effort: i32) -> Self {
            let level = CompressionLvl::new(effort).unwrap_or_default();
            Packer { compressor: Compressor::new(level), packed: Vec::new() }
        }

        /// The packed block, unless packing failed.
        pub(crate) fn pack(&mut self, input: &[u8]) -> Option<&[u8]> {
            let bound = self.compressor.deflate_compress_bound(input.len());
            if self.packed.len() < bound {
                self.packed.resize(bound, 0);
            }
            let length = self.compressor.deflate_compress(input, &mut self.packed).ok()?;
            Some(&self.packed[..length])
        }
    }

    pub(crate) struct Unpacker(Decompressor);

    impl Unpacker {
        pub(crate) fn new() -> Self {
            Unpacker(Decompressor::new())
        }

        /// Whether the stream is good and fills `out` exactly.
        pub(crate) fn raw(&mut self, input: &[u8], out: &mut [u8]) -> bool {
            self.0.deflate_decompress(input, out) == Ok(out.len())
        }

        /// The same with zlib's header and checksum.
        pub(crate) fn zlib(&mut self, input: &[u8], out: &mut [u8]) -> bool {
            self.0.zlib_decompress(input, out) == Ok(out.len())
        }
    }

    pub(crate) fn adler32(bytes: &[u8]) -> u32 {
        libdeflater::adler32(bytes)
    }
}

#[cfg_attr(feature = "libdeflate", allow(dead_code, reason = "the tests compare both"))]
mod without_c {
    use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

    pub(crate) struct Packer {
        compressor: Compress,
        packed: Vec<u8>,
    }

    impl Packer {
        /// `effort` runs from 1 to 12 as libdeflate counts.
        pub(crate) fn new(effort: i32) -> Self {
            let level = u32::try_from(effort).unwrap_or(6).min(9);
            Packer { compressor: Compress::new(Compression::new(level), false), packed: Vec::new() }
        }

        /// The packed block, unless packing failed.
        pub(crate) fn pack(&mut self, input: &[u8]) -> Option<&[u8]> {
            // zlib's bound for any setting, and some for the last flush.
            let bound = input.len() + input.len().div_ceil(8) + input.len().div_ceil(64) + 64;
            if self.packed.len() < bound {
                self.packed.resize(bound, 0);
            }
            self.compressor.reset();
            let status = self.compressor.compress(input, &mut self.packed, FlushCompress::Finish).ok()?;
            let length = usize::try_from(self.compressor.total_out()).ok()?;
            (status == Status::StreamEnd).then(|| &self.packed[..length])
        }
    }

    pub(crate) struct Unpacker(Decompress);

    impl Unpacker {
        pub(crate) fn new() -> Self {
            Unpacker(Decompress::new(false))
        }

        /// Whether the stream is good and fills `out` exactly.
        pub(crate) fn raw(&mut self, input: &[u8], out: &mut [u8]) -> bool {
            self.run(input, out, false)
        }

        /// The same with zlib's header and checksum.
        pub(crate) fn zlib(&mut self, input: &[u8], out: &mut [u8]) -> bool {
            self.run(input, out, true)
        }

        fn run(&mut self, input: &[u8], out: &mut [u8], header: bool) -> bool {
            self.0.reset(header);
            let mut status = self.0.decompress(input, out, FlushDecompress::Finish);
            if matches!(status, Ok(Status::Ok | Status::BufError)) && usize::try_from(self.0.total_out()) == Ok(out.len()) {
                // The end of the stream may stand behind the last byte; one byte of room shows one that is too long.
                let consumed = usize::try_from(self.0.total_in()).unwrap_or(input.len());
                status = self.0.decompress(&input[consumed..], &mut [0], FlushDecompress::Finish);
            }
            matches!(status, Ok(Status::StreamEnd)) && usize::try_from(self.0.total_out()) == Ok(out.len())
        }
    }

    /// RFC 1950, 8.2.
    pub(crate) fn adler32(bytes: &[u8]) -> u32 {
        /// The largest prime below 2^16.
        const BASE: u32 = 65521;
        /// So many bytes of 255 fit before the sums overflow 32 bits.
        const STRETCH: usize = 5552;
        let (mut low, mut high) = (1u32, 0u32);
        for stretch in bytes.chunks(STRETCH) {
            for byte in stretch {
                low += u32::from(*byte);
                high += low;
            }
            low %= BASE;
            high %= BASE;
        }
        high << 16 | low
    }
}
