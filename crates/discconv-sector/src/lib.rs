//! CD sectors: addresses, layouts, EDC and ECC, scrambling, subchannel, CD-TEXT. Arithmetic on arrays, no input or
//! output.
//!
//! # Layout of a raw sector (2352 bytes)
//!
//! | Bytes | Audio | Mode 0 | Mode 1 | Mode 2 formless | Form 1 | Form 2 |
//! |---|---|---|---|---|---|---|
//! | 0-11 | samples | sync | sync | sync | sync | sync |
//! | 12-14 | samples | address (BCD) | address | address | address | address |
//! | 15 | samples | 0 | 1 | 2 | 2 | 2 |
//! | 16-23 | samples | zero | user data | user data | subheader, twice | subheader, twice |
//! | user data | 0-2351 | none | 16-2063 | 16-2351 | 24-2071 | 24-2347 |
//! | EDC, little-endian | | | 2064-2067 over 0-2063 | | 2072-2075 over 16-2071 | 2348-2351 over 16-2347, or zero |
//! | zero | | | 2068-2075 | | | |
//! | ECC P | | | 2076-2247 | | 2076-2247 | |
//! | ECC Q | | | 2248-2351 | | 2248-2351, header counts as zero | |
//!
//! # Sources
//!
//! ECMA-130 (clauses 14 to 16 sector, 22 subchannel; annex A ECC, annex B scrambling), the CD-ROM XA additions for the
//! two forms, MMC (addresses; annex J CD-TEXT).
//!
//! ```
//! use discconv_sector::{Lba, RAW, SectorKind, build_mode1, inspect};
//!
//! let mut raw = [0; RAW];
//! raw[16..21].copy_from_slice(b"Hello");
//! build_mode1(Lba(16), &mut raw);
//! let found = inspect(&raw, Lba(16));
//! assert_eq!(found.kind, SectorKind::Mode1);
//! assert!(found.flaws.is_empty());
//! ```
//!
//! # Known gaps
//!
//! R-W graphics packs are carried, not decoded.

mod address;
mod build;
pub mod cd_text;
mod classify;
mod correct;
pub mod ecc;
mod edc;
mod inspect;
mod layout;
mod protect;
mod rebuild;
pub mod scramble;
pub mod subchannel;

pub use address::{FRAMES_PER_SECOND, Lba, MAX_CD_SECTORS, Msf, PREGAP_SECTORS};
pub use build::{build_form1, build_form2, build_mode0, build_mode1};
pub use classify::classify;
pub use correct::correct;
pub use edc::{edc, edc_of_both};
pub use inspect::{Flaws, Form2Edc, Inspection, inspect};
pub use layout::{FORM2_USER, RAW, SUB, SYNC, SectorKind, Subheader, USER, has_sync, user_range};
pub use protect::{Protection, subheaders_agree};
pub use rebuild::{Rebuild, StoredMode, rebuild};
