//! `cat`: a file of an image on standard output.

use crate::args::CatArgs;
use crate::console::Console;
use crate::errors::{self, Failure};
use crate::{interrupt, volume};
use discconv_core::{At, Error, ReadAt};
use discconv_fs::{Content, What};

/// Bytes read at a time.
const CHUNK: u64 = 1 << 20;

pub(crate) fn run(args: &CatArgs, console: &Console) -> Result<u8, Failure> {
    let inside = volume::open(&args.image, &args.choice)?;
    let entry = inside.entry(&args.path)?;
    if entry.what != What::File {
        let file = inside.image.path.to_string_lossy();
        let hint = "`discconv ls` tells what everything is; `discconv extract` takes folders out";
        return Err(Error::unsupported(&file, At::Whole, format!("{:?} is no file with content", args.path))
            .with_hint(hint)
            .into());
    }
    let content = Content::new(inside.space.clone(), inside.system()?, &entry)?;
    let mut buffer = vec![0; usize::try_from(CHUNK.min(content.len())).unwrap_or(0)];
    let mut at = 0;
    while at < content.len() {
        if interrupt::asked() {
            return Err(Error::Cancelled.into());
        }
        let take = usize::try_from((content.len() - at).min(CHUNK)).unwrap_or(0);
        content.read_exact_at(at, &mut buffer[..take])?;
        if !console.bytes(&buffer[..take]) {
            break;
        }
        at += take as u64;
    }
    Ok(errors::DONE)
}
