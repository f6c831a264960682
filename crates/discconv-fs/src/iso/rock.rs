//! Rock Ridge: what POSIX knows of files, in fields of the system use area (RRIP 1.12, IEEE P1282).

use super::ground::Ground;
use super::record::Record;
use super::susp::{self, Budget};
use super::text::Coding;
use super::wire::{Both, byte, field, long_stamp, short_stamp};
use super::zisofs::Header;
use crate::{Stamp, What};
use discconv_core::Result;

/// Bytes of a name and of a link's target, beyond what any system takes.
const LONGEST_NAME: usize = 1024;
const LONGEST_LINK: usize = 4096;

// Kinds of files in the mode (POSIX).
const KIND: u32 = 0o170_000;
const FIFO: u32 = 0o010_000;
const CHARACTERS: u32 = 0o020_000;
const BLOCKS: u32 = 0o060_000;
const LINK: u32 = 0o120_000;
const SOCKET: u32 = 0o140_000;
const PERMISSIONS: u32 = 0o7777;

// Flags of NM, SL and SL's components.
const CONTINUES: u8 = 0x01;
const CURRENT: u8 = 0x02;
const PARENT: u8 = 0x04;
const ROOT: u8 = 0x08;
const VOLUME_ROOT: u8 = 0x10;

/// The fields of one record.
#[derive(Default)]
pub(super) struct Rock {
    name: Option<Vec<u8>>,
    mode: Option<u32>,
    /// User and group.
    pub(super) owner: Option<(u32, u32)>,
    device: Option<(u32, u32)>,
    link: Option<Target>,
    pub(super) modified: Option<Stamp>,
    /// The block of the directory that was moved elsewhere and belongs here.
    pub(super) child: Option<u32>,
    /// The block of the directory that it belongs to, in the record of a moved directory's parent.
    pub(super) parent: Option<u32>,
    /// It was moved here and belongs elsewhere.
    pub(super) moved: bool,
    /// It is packed.
    pub(super) packed: Option<Header>,
    /// It is stored as tables of what is not zero: bytes that it would have with the zeros, if they are told.
    ///
    /// Such files are refused by name, not read: no program that is known writes them, so nothing would prove what was read.
    pub(super) sparse: Option<u64>,
}

/// What a link points to, as far as it was read.
#[derive(Default)]
struct Target {
    path: Vec<u8>,
    /// The next component belongs to the one before.
    joins: bool,
}

impl Rock {
    /// The fields of a record, whose area begins behind `skip` bytes; and what was odd.
    pub(super) fn read(ground: &Ground, budget: &mut Budget, skip: usize, record: &Record) -> Result<(Rock, Option<String>)> {
        let mut rock = Rock::default();
        let area = record.system_use().get(skip..).unwrap_or_default();
        let odd = susp::fields(ground, budget, area, &mut |signature, data| rock.take(signature, data))?;
        Ok((rock, odd))
    }

    fn take(&mut self, signature: [u8; 2], data: &[u8]) {
        match &signature {
            b"NM" => self.take_name(data),
            b"PX" if data.len() >= 32 => {
                self.mode = Some(Both::u32(data, 0).value);
                self.owner = Some((Both::u32(data, 16).value, Both::u32(data, 24).value));
            }
            b"PN" if data.len() >= 16 => self.device = Some(device(Both::u32(data, 0).value, Both::u32(data, 8).value)),
            b"SL" => self.link.get_or_insert_default().take(data),
            b"TF" => self.modified = self.modified.or_else(|| modified(data)),
            b"CL" if data.len() >= 8 => self.child = Some(Both::u32(data, 0).value),
            b"PL" if data.len() >= 8 => self.parent = Some(Both::u32(data, 0).value),
            b"RE" => self.moved = true,
            b"ZF" => self.packed = Header::of_field(data).or(self.packed),
            b"SF" => self.sparse = Some(sparse_bytes(data)),
            _ => {}
        }
    }

    fn take_name(&mut self, data: &[u8]) {
        let Some((flags, part)) = data.split_first() else { return };
        // Names of this directory and of its parent are known without.
        if flags & (CURRENT | PARENT) == 0 {
            append(self.name.get_or_insert_default(), part, LONGEST_NAME);
        }
    }

    /// The name it gives, if it gives one.
    pub(super) fn name(&self) -> Option<String> {
        self.name.as_ref().filter(|name| !name.is_empty()).map(|name| Coding::Bytes.decode(name))
    }

    /// Permission bits.
    pub(super) fn permissions(&self) -> Option<u32> {
        self.mode.map(|mode| mode & PERMISSIONS)
    }

    /// What a file that is no directory is.
    pub(super) fn what(&self) -> What {
        let target = || self.link.as_ref().map_or_else(String::new, |link| Coding::Bytes.decode(&link.path));
        let device = |block| {
            let (major, minor) = self.device.unwrap_or_default();
            What::Device { block, major, minor }
        };
        match self.mode.map(|mode| mode & KIND) {
            Some(LINK) => What::Link(target()),
            None if self.link.is_some() => What::Link(target()),
            Some(BLOCKS) => device(true),
            Some(CHARACTERS) => device(false),
            Some(FIFO | SOCKET) => What::Special,
            _ => What::File,
        }
    }
}

impl Target {
    /// One `SL` field: flags, then components of flags, length and text.
    fn take(&mut self, data: &[u8]) {
        let mut rest = data.get(1..).unwrap_or_default();
        while let Some(([flags, len], behind)) = rest.split_first_chunk::<2>() {
            let Some((text, behind)) = behind.split_at_checked(usize::from(*len)) else { break };
            self.component(*flags, text);
            rest = behind;
        }
    }

    fn component(&mut self, flags: u8, text: &[u8]) {
        let (text, from_root) = match flags {
            flags if flags & (ROOT | VOLUME_ROOT) != 0 => (&b"/"[..], true),
            flags if flags & CURRENT != 0 => (&b"."[..], false),
            flags if flags & PARENT != 0 => (&b".."[..], false),
            _ => (text, false),
        };
        if from_root {
            self.path.clear();
        } else if !self.joins && !self.path.is_empty() && !self.path.ends_with(b"/") {
            append(&mut self.path, b"/", LONGEST_LINK);
        }
        append(&mut self.path, text, LONGEST_LINK);
        self.joins = flags & CONTINUES != 0;
    }
}

/// The size that an `SF` field tells: its high and its low half; the first version had the low one only.
fn sparse_bytes(data: &[u8]) -> u64 {
    let (first, second) = (Both::u32(data, 0).value, Both::u32(data, 8).value);
    if data.len() >= 16 { u64::from(first) << 32 | u64::from(second) } else { first.into() }
}

fn append(to: &mut Vec<u8>, bytes: &[u8], most: usize) {
    let room = most.saturating_sub(to.len()).min(bytes.len());
    to.extend(bytes.iter().take(room));
}

/// Major and minor number: some writers put both into the lower half, as old systems did.
fn device(high: u32, low: u32) -> (u32, u32) {
    if high == 0 && low > 0xFF { (low >> 8, low & 0xFF) } else { (high, low) }
}

/// The second of the times that a `TF` field has: each bit of its flags is a time, in order.
fn modified(data: &[u8]) -> Option<Stamp> {
    const CREATION: u8 = 0x01;
    const MODIFY: u8 = 0x02;
    const LONG: u8 = 0x80;
    let flags = byte(data, 0);
    if flags & MODIFY == 0 {
        return None;
    }
    let len = if flags & LONG != 0 { 17 } else { 7 };
    let at = 1 + if flags & CREATION != 0 { len } else { 0 };
    let own = data.get(at..at + len)?;
    if flags & LONG != 0 { long_stamp(field(own, 0), Some(byte(own, 16))) } else { short_stamp(field(own, 0)) }
}

/// How a volume uses Rock Ridge, by the own record of its root directory.
#[derive(Clone, Copy)]
pub(super) struct Used {
    /// Bytes before the fields in every record.
    pub(super) skip: usize,
    /// The version, where the volume names one.
    pub(super) version: &'static str,
}

impl Used {
    /// Does the volume use it? The first version had no `SP`; it is known by its own fields.
    pub(super) fn of_root(ground: &Ground, own: &Record) -> Result<Option<Used>> {
        let shared = susp::Use::of_root(own.system_use());
        let area = own.system_use().get(shared.map_or(0, |shared| shared.own)..).unwrap_or_default();
        let (mut named, mut used) = (None, false);
        // What is odd in it is told when the root is listed.
        let _odd = susp::fields(ground, &mut Budget::of(0), area, &mut |signature, data| match &signature {
            b"ER" => named = named.or_else(|| extension(data)),
            b"RR" | b"PX" | b"NM" => used = true,
            _ => {}
        })?;
        let version = named.or_else(|| used.then_some(""));
        Ok(version.map(|version| Used { skip: shared.map_or(0, |shared| shared.skip), version }))
    }
}

/// Extensions by the identifier in an `ER` field: lengths of three texts, a version, the texts.
fn extension(data: &[u8]) -> Option<&'static str> {
    let identifier = data.get(4..4 + usize::from(byte(data, 0)))?;
    match identifier {
        b"RRIP_1991A" => Some("1.10"),
        b"IEEE_P1282" | b"IEEE_1282" => Some("1.12"),
        _ => None,
    }
}
