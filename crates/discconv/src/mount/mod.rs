//! `mount`: what is in an image as a folder, for as long as the program runs. Linux, by FUSE.

#[cfg(all(feature = "mount", target_os = "linux"))]
mod fuse;
#[cfg(all(feature = "mount", target_os = "linux"))]
mod nodes;

use crate::args::MountArgs;
use crate::console::Console;
use crate::errors::Failure;

/// Mount, and stay until it is unmounted or the person stops it.
#[cfg(all(feature = "mount", target_os = "linux"))]
pub(crate) fn run(args: &MountArgs, console: &Console) -> Result<u8, Failure> {
    use crate::{errors, interrupt, shown, volume};
    use discconv_core::{At, Error};
    use std::time::Duration;

    let inside = volume::open(&args.image, &args.choice)?;
    let nodes = nodes::Nodes::new(inside)?;
    let folder = args.folder.to_string_lossy();
    if !args.folder.is_dir() {
        let hint = Some(format!("`mkdir {}` makes one", shown::path(&args.folder)));
        return Err(Error::Refused { file: folder.into_owned(), what: "is no folder to mount on".to_owned(), hint }.into());
    }
    let failed = |error: std::io::Error| {
        let hint = "the folder must be yours, and /dev/fuse and the program fusermount3 (package fuse3) are needed";
        // What is missing may be either of them, so the kind of error is no advice.
        Error::io(&folder, At::Whole, "cannot mount there", std::io::Error::other(error)).with_hint(hint)
    };
    let session = fuse::begin(nodes, &args.image.input, &args.folder).map_err(failed)?;
    console.report(&format!(
        "{} is mounted read-only on {}\nCtrl-C or `fusermount3 -u {}` ends it",
        shown::path(&args.image.input),
        shown::path(&args.folder),
        shown::path(&args.folder)
    ));
    while !interrupt::asked() && !session.is_over() {
        std::thread::sleep(Duration::from_millis(100));
    }
    session.end().map_err(failed)?;
    Ok(errors::DONE)
}

/// Not on this system, or not in this build.
#[cfg(not(all(feature = "mount", target_os = "linux")))]
pub(crate) fn run(_: &MountArgs, _: &Console) -> Result<u8, Failure> {
    let what = if cfg!(target_os = "linux") {
        "this build leaves it out (feature `mount`)"
    } else {
        "it needs FUSE, so far on Linux only"
    };
    Err(Failure::usage(format!("the verb mount is not in this version: {what}"), "`discconv extract` takes the files out"))
}
