//! What formats of whole images share, so that a disc is called the same in each of them.
//!
//! A reader asks the sectors what a table leaves open: [`Signs`] settle the mode of a track, [`sub_coding`] the order of a
//! subchannel, [`with_sub_codes`] the codes that only Q knows, [`with_pause`] whether the pause before LBA 0 is a part of track 1. [`Corrected`]
//! subchannel becomes what is on the disc.
//!
//! A writer asks what fits ([`only_disc`], [`check_medium`], [`record_forms`], [`check_sort`]), lays the tracks out, and
//! hands the ranges to [`Stored`], which tells what must come back, what is left out, and what is worth a note.

mod codes;
mod corrected;
mod fits;
mod look;
mod pause;
mod stored;

pub use codes::{SubCodes, with_sub_codes};
pub use corrected::Corrected;
pub use fits::{check_medium, check_sort, does_not_fit, only_disc, record_form, record_forms};
pub use look::{Signs, mode_of_track, seen_mode, sub_coding};
pub use pause::{PAUSE, blank_piece, is_blank_as, with_pause};
pub use stored::{Stored, StoredTrack};
