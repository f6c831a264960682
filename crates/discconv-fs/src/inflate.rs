//! Unpacking what files are packed in.

use flate2::{Decompress, FlushDecompress, Status};

/// Fill `out` with what a zlib stream holds; else what is wrong with it.
pub(crate) fn inflate(packed: &[u8], out: &mut [u8]) -> Result<(), String> {
    let mut inflate = Decompress::new(true);
    match inflate.decompress(packed, out, FlushDecompress::Finish) {
        Ok(Status::StreamEnd | Status::Ok | Status::BufError) if inflate.total_out() == out.len() as u64 => Ok(()),
        Ok(_) => Err(format!("{} of {} bytes", inflate.total_out(), out.len())),
        Err(error) => Err(format!("what cannot be unpacked ({error})")),
    }
}
