//! What the tests of discconv measure it by: discs laid out by hand, an obviously right sector arithmetic, seeded chance.
//!
//! For development only. Nothing here uses discconv's own code: every byte comes from a clause of a standard
//! (ECMA-119 and ECMA-130, Red Book subchannel, MMC addresses) or from a documented habit of other programs, so that a
//! mistake of ours cannot agree with itself. Everything is deterministic: the same source gives the same bytes.
//!
//! | Module | What it gives |
//! |---|---|
//! | [`reference`] | EDC, ECC, sectors, subchannel, scrambling: slow, written from the definitions |
//! | [`rng`] | seeded generator for property tests |
//! | [`fixtures`] | images, good and bad, with what is known of them |
//! | [`iso9660`], [`udf`], [`consoles`], [`hfs`], [`stored`], [`wave`], [`cd_text`], [`files`] | the parts they are laid from |

pub mod cd_text;
pub mod consoles;
pub mod corpus;
pub mod files;
pub mod fixtures;
pub mod hfs;
pub mod iso9660;
pub mod reference;
pub mod rng;
pub mod stored;
pub mod udf;
pub mod wave;

pub use files::Files;
pub use fixtures::{Fixture, all_bad, all_good, all_large, by_name};
pub use rng::Rng;
