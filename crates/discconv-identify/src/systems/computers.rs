//! Computers, and players that use a volume's own descriptors.

use crate::look::Look;
use crate::model::{Evidence, Fields};
use crate::text;
use discconv_core::{Lba, Result};
use discconv_fs::Kind;

/// Bytes of a text that describes a distribution.
const TEXT: usize = 4096;

/// What the first volume says of itself.
pub(super) fn volume(look: &Look, _: Lba) -> Result<Fields> {
    let Some(about) = look.systems.first().map(|system| system.about()) else { return Ok(Fields::default()) };
    let created = about.created.map(|stamp| stamp.to_string()).unwrap_or_default();
    Ok(Fields { title: about.label.clone(), maker: about.publisher.clone(), date: created, ..Fields::default() })
}

/// A volume for the CDTV: those for the CD32 call themselves so too (notes on eight discs, of which seven are for the CD32), and
/// their trademark's file, where they have one, is all that tells them apart.
pub(super) fn amiga(look: &Look) -> Result<Option<Evidence>> {
    let named = super::volume(look, "CDTV");
    Ok(if look.has("CD32.TM")? || look.has("CDTV.TM")? { None } else { named })
}

/// The label of the Macintosh's own volume; beside ISO 9660 it is a hybrid.
pub(super) fn macintosh(look: &Look, _: Lba) -> Result<Fields> {
    let Some(system) = look.volume(&[Kind::Hfs, Kind::HfsPlus]) else { return Ok(Fields::default()) };
    let about = system.about();
    let created = about.created.map(|stamp| stamp.to_string()).unwrap_or_default();
    let mut fields = Fields { title: about.label.clone(), date: created, ..Fields::default() };
    let iso = look.volume(&[Kind::Iso9660, Kind::RockRidge, Kind::Joliet, Kind::HighSierra]);
    if iso.is_some() {
        fields.tell("form", "a hybrid: ISO 9660 for other computers beside it");
    }
    Ok(fields)
}

/// `.disk/info` of Debian and what comes from it: one line.
pub(super) fn disk_info(look: &Look, _: Lba) -> Result<Fields> {
    let bytes = look.file(".disk/info", TEXT)?.unwrap_or_default();
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(Fields { title: text::utf8(line), ..Fields::default() })
}

/// `.treeinfo` of Fedora and what comes from it: `name =` and `version =`.
pub(super) fn tree_info(look: &Look, _: Lba) -> Result<Fields> {
    let bytes = look.file(".treeinfo", TEXT)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let get = |key: &str| {
        let mut pairs = text.lines().filter_map(|line| line.split_once('='));
        pairs.find(|(left, _)| left.trim() == key).map(|(_, right)| text::utf8(right.as_bytes())).unwrap_or_default()
    };
    let mut fields = Fields { title: get("name"), version: get("version"), ..Fields::default() };
    fields.tell("processor", get("arch"));
    Ok(fields)
}
