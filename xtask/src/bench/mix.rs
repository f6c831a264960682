//! Is the mix that is measured like a disc? It is if deflate finds in it what it finds on discs of games and documents:
//! something, but far from everything.

use flate2::{Compression, write::DeflateEncoder};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Pieces that are looked at, spread evenly, and their length.
const PIECES: u64 = 64;
const PIECE: u64 = 256 << 10;

/// The share of `path` that is left when pieces of it are deflated, in percent.
pub(super) fn deflated_percent(path: &Path) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let len = file.metadata()?.len();
    let (mut raw, mut left) = (0, 0);
    let mut piece = Vec::new();
    for number in 0..PIECES {
        file.seek(SeekFrom::Start(len / PIECES * number))?;
        piece.clear();
        raw += (&mut file).take(PIECE).read_to_end(&mut piece)? as u64;
        left += deflated(&piece)?;
    }
    Ok(left * 100 / raw.max(1))
}

fn deflated(bytes: &[u8]) -> io::Result<u64> {
    let mut encoder = DeflateEncoder::new(Count(0), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.0)
}

struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_stays_and_zeros_go() {
        let noise = discconv_testkit::Rng::new(1).bytes(1 << 20);
        assert!(deflated(&noise).unwrap() >= 1 << 20);
        assert!(deflated(&[0; 1 << 20]).unwrap() < 2000);
    }
}
