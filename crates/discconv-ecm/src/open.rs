//! From a file to the bytes in it.

use crate::decode::{BLOCK, Decoder};
use crate::scan::{Ending, scan};
use crate::wire::{MAGIC, variant};
use discconv_core::{At, Blocks, CheckAlgorithm, Error, Input, Note, Opened, Promise, ReadAt, Result};
use std::sync::Arc;

/// What to do about a file that is not what it was.
pub(crate) const AGAIN: &str = "the file is damaged; get it again";

pub(crate) fn open(input: &Input<'_>) -> Result<Opened> {
    let source = input.source.as_ref();
    check_magic(source)?;
    let scanned = scan(source, input.limits.entries)?;
    if scanned.runs.decoded() == 0 {
        return Err(Error::malformed(source.name(), At::Byte(4), "no byte of content", "records of an image").with_hint(AGAIN));
    }
    let notes = notes(source, scanned.ending);
    let content: Arc<dyn ReadAt> = Arc::new(Blocks::new(Decoder::new(Arc::clone(&input.source), scanned.runs))?);
    let checks = match scanned.ending {
        Ending::Whole { edc, .. } => {
            let (range, value) = (0..content.len(), edc.to_be_bytes().to_vec());
            vec![Promise { source: Arc::clone(&content), range, algorithm: CheckAlgorithm::Edc, value }]
        }
        _ => Vec::new(),
    };
    Ok(Opened::Bytes { source: content, checks, notes })
}

fn check_magic(source: &dyn ReadAt) -> Result<()> {
    let mut magic = [0; 4];
    if source.len() >= 4 {
        source.read_exact_at(0, &mut magic)?;
    }
    match variant(&magic) {
        Some(0) => Ok(()),
        Some(version) => {
            let what = format!("is ECM of variant {version} (ecm-tools-reloaded), which is laid out in another way");
            Err(Error::unsupported(source.name(), At::Byte(3), what)
                .with_hint("unpack it with the version of ecmtool that made it, and name what comes out"))
        }
        None => {
            let found = format!("the bytes {magic:02X?}");
            Err(Error::malformed(source.name(), At::Byte(0), found, format!("{MAGIC:02X?}, which begins an ECM file")))
        }
    }
}

/// What is odd about the end, or missing there.
fn notes(source: &dyn ReadAt, ending: Ending) -> Vec<Note> {
    let (name, end) = (source.name(), source.len());
    match ending {
        Ending::Whole { behind: 0, .. } => Vec::new(),
        Ending::Whole { behind, .. } => {
            let at = end - behind;
            vec![Note::oddity(format!("{name}: byte {at:#X}: {behind} bytes behind the end are not looked at"))]
        }
        Ending::NoEdc => {
            vec![Note::damage(0, format!("{name}: byte {end:#X}: the file ends before its checksum, so that nothing proves it"))]
        }
        Ending::NoMark => {
            let text = format!("{name}: byte {end:#X}: the file ends without an end mark; what should follow is missing");
            vec![Note::damage(0, text)]
        }
        Ending::Cut { units, bytes } => {
            let missing = if units == 0 { String::new() } else { format!(", of which {bytes} bytes are missing") };
            let text = format!("{name}: byte {end:#X}: the file ends within a record{missing}");
            vec![Note::damage(bytes.div_ceil(u64::from(BLOCK)), text)]
        }
    }
}
