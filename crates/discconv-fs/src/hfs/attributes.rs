//! Extended attributes of HFS+: a tree by number of the file and name.

use super::tree::Tree;
use super::wire::{self, ATTRIBUTE_BYTES, ATTRIBUTE_NAME_AT, Attribute, AttributeKey, INLINE};
use crate::Space;
use discconv_core::{At, Error, Result};
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// The value of an attribute.
pub(super) struct Value {
    pub(super) bytes: Vec<u8>,
    /// The byte of the tree's file at which it begins.
    pub(super) at: u64,
}

/// The attribute of that file and name, if there is one.
///
/// # Errors
/// Reading; a value that has extents of its own, or is longer than its record.
pub(super) fn read(space: &Space, tree: &Tree, id: u32, name: &str) -> Result<Option<Value>> {
    let wanted = (id, name.encode_utf16().collect::<Vec<u16>>());
    let compare = |key: &[u8]| parsed(key).map_or(Ordering::Greater, |key| key.cmp(&wanted));
    let mut found = None;
    tree.visit(space, compare, |record| {
        let order = compare(record.key);
        if order == Ordering::Equal {
            found = Some(value(space, record.data, record.at)?);
        }
        Ok(if order == Ordering::Less { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(found)
}

/// File and name, which is the order of the keys.
fn parsed(key: &[u8]) -> Option<(u32, Vec<u16>)> {
    let AttributeKey { id, letters } = wire::read(key)?;
    let letters = key.get(ATTRIBUTE_NAME_AT..)?.chunks_exact(2).take(usize::from(letters));
    Some((id, letters.map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()))
}

fn value(space: &Space, data: &[u8], at: u64) -> Result<Value> {
    let head = wire::read::<Attribute>(data).filter(|head| head.kind == INLINE);
    let head = head.ok_or_else(|| Error::unsupported(space.name(), At::Whole, "an attribute with extents of its own"))?;
    let bytes = data.get(ATTRIBUTE_BYTES..).and_then(|rest| rest.get(..usize::try_from(head.len).ok()?));
    let bytes = bytes.ok_or_else(|| {
        let found = format!("an attribute of {} bytes in a record of {}", head.len, data.len());
        Error::malformed(space.name(), At::Whole, found, "one that its record holds")
    })?;
    Ok(Value { bytes: bytes.to_vec(), at: at + ATTRIBUTE_BYTES as u64 })
}
