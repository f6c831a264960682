//! El Torito: the boot catalogue, and the table that loaders look for in themselves.

use super::descriptors::PRIMARY;
use crate::bytes::Block;
use discconv_core::{At, Bytes, Concat, Error, ReadAt, Result, Slice};
use std::sync::Arc;

/// Platform of a BIOS, and of UEFI (UEFI specification 13.3.2.1).
const BIOS: u8 = 0;
const UEFI: u8 = 0xEF;
const BOOTABLE: u8 = 0x88;
const LAST_SECTION: u8 = 0x91;
/// Bytes that a BIOS counts loaders in.
const SECTOR: u64 = 512;

/// A boot image on the disc.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loader {
    /// Its first block.
    pub(crate) first: u32,
    /// How many 512-byte sectors of it are loaded; 0 where 16 bits cannot say it: up to the end of the volume.
    pub(crate) sectors: u16,
}

impl Loader {
    /// A loader of so many bytes that is loaded as a whole.
    pub(crate) fn whole(first: u32, bytes: u64) -> Loader {
        Loader { first, sectors: u16::try_from(bytes.div_ceil(SECTOR)).unwrap_or(0) }
    }
}

/// The catalogue: a validation entry, the default one, and a section for UEFI where a BIOS has the default.
pub(crate) fn catalog(bios: Option<Loader>, uefi: Option<Loader>) -> Block {
    let mut block = Block::new();
    let platform = if bios.is_some() { BIOS } else { UEFI };
    block.put(0, &validation(platform));
    match (bios, uefi) {
        (Some(bios), Some(uefi)) => {
            block.put(32, &entry(bios));
            block.put(64, &[LAST_SECTION, UEFI, 1, 0]).put(96, &entry(uefi));
        }
        (one, other) => {
            if let Some(loader) = one.or(other) {
                block.put(32, &entry(loader));
            }
        }
    }
    block
}

/// The entry whose sixteen 16-bit words add up to zero.
fn validation(platform: u8) -> [u8; 32] {
    let mut entry = [0; 32];
    (entry[0], entry[1], entry[30], entry[31]) = (1, platform, 0x55, 0xAA);
    let sum = entry.chunks_exact(2).fold(0_u16, |sum, pair| sum.wrapping_add(u16::from_le_bytes([pair[0], pair[1]])));
    entry[28..30].copy_from_slice(&sum.wrapping_neg().to_le_bytes());
    entry
}

/// No emulation, at the usual segment.
fn entry(loader: Loader) -> [u8; 32] {
    let mut entry = [0; 32];
    entry[0] = BOOTABLE;
    entry[6..8].copy_from_slice(&loader.sectors.to_le_bytes());
    entry[8..12].copy_from_slice(&loader.first.to_le_bytes());
    entry
}

/// Where the table is in a loader, and where what it sums up begins.
const TABLE_AT: usize = 8;
const SUMMED_FROM: usize = 64;
/// Loaders are small; a longer one is some other file.
const MOST_LOADER: u64 = 64 << 20;
const CHUNK: usize = 1 << 16;

/// `loader` with the boot information table in its bytes 8 to 63: where the primary descriptor and the loader are, how long
/// it is, and the sum of its 32-bit words from byte 64 on.
pub(crate) fn with_info_table(loader: &Arc<dyn ReadAt>, first: u32) -> Result<Arc<dyn ReadAt>> {
    let len = loader.len();
    let fits = u32::try_from(len).ok().filter(|_| (SUMMED_FROM as u64..=MOST_LOADER).contains(&len));
    let Some(bytes) = fits else {
        let what = format!("a file of {len} bytes cannot hold a boot information table");
        return Err(Error::unsupported(loader.name(), At::Whole, what)
            .with_hint("the table is for loaders that know it; leave --boot-info-table away for others"));
    };
    let mut head = [0; SUMMED_FROM];
    loader.read_exact_at(0, &mut head)?;
    let words = [PRIMARY, first, bytes, sum(loader.as_ref())?];
    head[TABLE_AT..].fill(0);
    head[TABLE_AT..].chunks_exact_mut(4).zip(words).for_each(|(place, word)| place.copy_from_slice(&word.to_le_bytes()));
    let rest: Arc<dyn ReadAt> = Arc::new(Slice::new(loader.clone(), SUMMED_FROM as u64..len)?);
    let head: Arc<dyn ReadAt> = Arc::new(Bytes::new(loader.name(), head.to_vec()));
    Ok(Concat::new(vec![head, rest]).map_or_else(|| loader.clone(), |whole| Arc::new(whole)))
}

/// Zeros stand for what is missing of the last word.
fn sum(loader: &dyn ReadAt) -> Result<u32> {
    let (mut sum, mut at, mut buffer) = (0_u32, SUMMED_FROM as u64, vec![0; CHUNK]);
    while at < loader.len() {
        let len = usize::try_from(loader.len() - at).unwrap_or(CHUNK).min(CHUNK);
        let bytes = &mut buffer[..len];
        loader.read_exact_at(at, bytes)?;
        for word in bytes.chunks(4) {
            let mut whole = [0; 4];
            whole[..word.len()].copy_from_slice(word);
            sum = sum.wrapping_add(u32::from_le_bytes(whole));
        }
        at += len as u64;
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_by_hand() {
        let block = catalog(Some(Loader { first: 0x20, sectors: 4 }), Some(Loader::whole(0x30, 1025))).0;
        assert_eq!(block[..4], [1, 0, 0, 0]);
        assert_eq!(block[28..32], [0xAA, 0x55, 0x55, 0xAA]);
        assert_eq!(block[32..44], [0x88, 0, 0, 0, 0, 0, 4, 0, 0x20, 0, 0, 0]);
        assert_eq!(block[64..68], [0x91, 0xEF, 1, 0]);
        assert_eq!(block[96..108], [0x88, 0, 0, 0, 0, 0, 3, 0, 0x30, 0, 0, 0]);
        let alone = catalog(None, Some(Loader::whole(9, 512 << 17))).0;
        assert_eq!((alone[1], &alone[32..44]), (0xEF, &[0x88, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0][..]));
        let sum = alone[..32].chunks_exact(2).fold(0_u16, |sum, w| sum.wrapping_add(u16::from_le_bytes([w[0], w[1]])));
        assert_eq!(sum, 0);
    }

    #[test]
    fn a_table_in_a_loader() {
        let bytes: Vec<u8> = (0..70).collect();
        let loader: Arc<dyn ReadAt> = Arc::new(Bytes::new("x", bytes));
        let mut made = [0; 70];
        with_info_table(&loader, 0x55).unwrap().read_exact_at(0, &mut made).unwrap();
        assert_eq!(made[..8], [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(made[8..20], [16, 0, 0, 0, 0x55, 0, 0, 0, 70, 0, 0, 0]);
        let sum = u32::from_le_bytes([64, 65, 66, 67]).wrapping_add(u32::from_le_bytes([68, 69, 0, 0]));
        assert_eq!(made[20..24], sum.to_le_bytes());
        assert!(made[24..64].iter().all(|byte| *byte == 0));
        let short: Arc<dyn ReadAt> = Arc::new(Bytes::new("x", vec![0; 63]));
        assert!(with_info_table(&short, 0).is_err());
    }
}
