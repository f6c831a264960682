//! Where the content of a file lies: one extent or several, each in one run or interleaved with others.

use super::ground::Ground;
use super::record::Record;
use crate::Run;
use crate::space::SECTOR;
use discconv_core::{Error, Result};

/// The runs of the file whose first record this is; others of the same name follow while it says that it goes on
/// (ECMA-119 9.1.6, bit 7).
pub(super) fn of_file(ground: &Ground, first: Record) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    let mut next = Some(first);
    while let Some(record) = next {
        of_section(ground, &record, &mut runs)?;
        next = if record.goes_on() { follower(ground, &record)? } else { None };
    }
    Ok(runs)
}

/// The record behind, or, where only zeros follow in the sector, the first of the next one; if it is of the same name.
fn follower(ground: &Ground, record: &Record) -> Result<Option<Record>> {
    let next_sector = (record.end().div_ceil(SECTOR)) * SECTOR;
    for at in [record.end(), next_sector] {
        if let Some(next) = Record::read(ground, at)? {
            return Ok(Some(next).filter(|next| next.identifier() == record.identifier()));
        }
    }
    Ok(None)
}

fn of_section(ground: &Ground, record: &Record, runs: &mut Vec<Run>) -> Result<()> {
    let len = u64::from(record.content_bytes().value);
    let attributes = u64::from(record.attribute_blocks());
    let block = record.block().value;
    match record.interleave() {
        _ if len == 0 => {}
        Some((unit, gap)) => {
            let units = Units { unit: unit.into(), gap: gap.into(), attributes };
            units.runs(ground, block, len, runs)?;
        }
        None => {
            let at = ground.place(block, attributes, len, "a file")?;
            push(ground, runs, Run { at: Some(at), len })?;
        }
    }
    Ok(())
}

/// Blocks of an interleaved file.
struct Units {
    unit: u64,
    gap: u64,
    attributes: u64,
}

impl Units {
    /// Content, gap, content, gap ... (6.4.3). Attributes have units of their own at the start.
    fn runs(&self, ground: &Ground, block: u32, len: u64, runs: &mut Vec<Run>) -> Result<()> {
        let bytes = u64::from(ground.block_bytes);
        let (unit, period) = (self.unit * bytes, self.unit + self.gap);
        let skip = self.attributes.div_ceil(self.unit) * period;
        let last = (len - 1) / unit;
        // The last unit decides whether all lie on the disc.
        ground.place(block, skip + last * period, len - last * unit, "the last part of an interleaved file")?;
        for number in 0..=last {
            let own = unit.min(len - number * unit);
            let at = ground.place(block, skip + number * period, own, "a part of an interleaved file")?;
            push(ground, runs, Run { at: Some(at), len: own })?;
        }
        Ok(())
    }
}

fn push(ground: &Ground, runs: &mut Vec<Run>, run: Run) -> Result<()> {
    if runs.len() as u64 >= ground.limits.entries {
        return Err(Error::Limit {
            file: ground.space.name().to_owned(),
            at: ground.lba(run.at.unwrap_or(0)),
            found: "one more part of a file".to_owned(),
            limit: format!("{} parts", ground.limits.entries),
        });
    }
    // Parts that follow each other are read at once.
    match runs.last_mut() {
        Some(last) if last.at.map(|at| at + last.len) == run.at => last.len += run.len,
        _ => runs.push(run),
    }
    Ok(())
}
