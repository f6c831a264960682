//! Bytes as a disc.

use discconv_core::{Bytes, Disc, DiscParts, Extent, Form, Lba, Media, Place, SourceId, Toc, TrackMode};
use discconv_fs::Space;
use std::sync::Arc;

/// The disc whose user data that is, filled up to a sector.
pub(crate) fn space(name: &str, mut user: Vec<u8>) -> Arc<Space> {
    user.resize(user.len().next_multiple_of(2048), 0);
    let sectors = i32::try_from(user.len() / 2048).unwrap();
    let place = Place { source: SourceId(0), offset: 0, form: Form::USER };
    let disc = Disc::new(
        name,
        DiscParts {
            toc: Toc::single_data(Media::Dvd, TrackMode::Mode1, sectors),
            extents: vec![Extent::stored(Lba(0)..Lba(sectors), TrackMode::Mode1, place)],
            sources: vec![Arc::new(Bytes::new(name, user))],
            notes: Vec::new(),
            checks: Vec::new(),
            extras: Vec::new(),
        },
    );
    Arc::new(Space::new(Arc::new(disc.unwrap())))
}
