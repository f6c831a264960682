//! What the bytes mean: from a header to a disc.

use super::wire::{HEADER_BYTES, Header};
use discconv_core::{At, Disc, DiscParts, Error, Extent, Form, Input, Lba, Media, Place, Result, SourceId, Toc, TrackMode};

/// Reads the image.
///
/// # Errors
/// The header is not one, or promises more sectors than the file has.
pub(super) fn open(input: &Input<'_>) -> Result<Disc> {
    let source = input.source.clone();
    let header = Header::read(source.as_ref())?;
    let stored = source.len().saturating_sub(HEADER_BYTES) / u64::from(Form::USER.stride);
    let sectors = i32::try_from(header.sectors).ok().filter(|_| u64::from(header.sectors) <= stored && header.sectors > 0);
    let Some(sectors) = sectors else {
        let found = format!("{} sectors", header.sectors);
        return Err(Error::malformed(input.name, At::Byte(4), found, format!("1 to the {stored} that the file has")));
    };
    let place = Place { source: SourceId(0), offset: HEADER_BYTES, form: Form::USER };
    let parts = DiscParts {
        toc: Toc::single_data(Media::Cd, TrackMode::Mode1, sectors),
        sources: vec![source],
        extents: vec![Extent::stored(Lba(0)..Lba(sectors), TrackMode::Mode1, place)],
        notes: Vec::new(),
        checks: Vec::new(),
        extras: Vec::new(),
    };
    Disc::new(input.name, parts)
}
