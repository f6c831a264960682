//! Laying sectors out in a file: a copy where they are stored alike, else to be made.

use crate::disc::Disc;
use crate::form::Form;
use crate::plan::Piece;
use crate::read::same_place;
use discconv_sector::Lba;
use std::ops::Range;

impl Disc {
    /// The pieces that store `lbas` as `as_stored`: copies where the source's bytes are those, else sectors to be
    /// stripped or rebuilt. `disc` is the index that the plan knows this disc by. Sectors that no extent holds are
    /// left out; gaps that no file holds are made.
    #[must_use]
    pub fn lay_out(&self, disc: usize, lbas: Range<Lba>, as_stored: &Form) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (lbas, extent) in self.extents_in(lbas) {
            let piece = match same_place(extent, as_stored) {
                Some(place) => {
                    let stride = u64::from(place.form.stride);
                    let start = place.offset + u64::from(extent.lbas.start.sectors_to(lbas.start)) * stride;
                    let len = u64::from(lbas.start.sectors_to(lbas.end)) * stride;
                    Piece::Copy { disc, source: place.source, range: start..start + len }
                }
                None => Piece::Sectors { disc, lbas, form: *as_stored },
            };
            piece.push_onto(&mut pieces);
        }
        pieces
    }
}
