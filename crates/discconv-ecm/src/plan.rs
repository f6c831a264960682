//! From the plan of an image to the plan of the same with its files of data packed.

use crate::INFO;
use crate::encode::{BODY, Grid, Sum};
use crate::wire::MAGIC;
use discconv_core::{Codec, Index, Part, Piece, Plan, PlannedFile, Result, Role};
use std::sync::Arc;

/// Sectors of a block: as many as a worker takes at a time.
const SECTORS: u32 = 96;
/// Bytes of a sector where the plan has none.
const RAW: u32 = 2352;

/// Put every file of data into an ECM file, called like it with `.ecm` behind.
///
/// A sheet beside it goes on naming the plain file, as sheets do wherever there are ECM files: so it is right when the file
/// is unpacked again, and readers that know the format look for the packed one.
///
/// # Errors
/// [`discconv_core::Error::Unsupported`] if a file is packed already.
pub(crate) fn wrap(inner: Plan) -> Result<Plan> {
    let (grid, block_bytes) = layout(&inner);
    inner.wrapped_data(INFO.id, |name, pieces| {
        let blocks = Part::Blocks { input: pieces, block_bytes, codec: Codec(Arc::new(grid)) };
        Ok(PlannedFile {
            name: format!("{name}.{}", INFO.extensions[0]),
            role: Role::Data,
            parts: vec![Part::Plain(Piece::Bytes(MAGIC.to_vec())), blocks],
            index: Some(Index(Arc::new(Sum))),
        })
    })
}

/// Where sectors are to be looked for, and bytes of a block, which is whole sectors of the longest kind that there is.
fn layout(plan: &Plan) -> (Grid, u32) {
    let strides = || plan.discs.iter().flat_map(|disc| &disc.runs).map(|run| run.form.stride);
    let bodies = strides().next().is_some() && strides().all(|stride| usize::try_from(stride) == Ok(BODY));
    let stride = strides().max().filter(|stride| *stride > 0).unwrap_or(RAW);
    (if bodies { Grid::Bodies } else { Grid::Syncs }, stride.saturating_mul(SECTORS))
}
