//! The verb `create`: a disc made of a folder, which is then converted like any other.

mod args;
mod tree;

pub(crate) use args::CreateArgs;

use crate::args::Reading;
use crate::console::Console;
use crate::conversion::prepare_image;
use crate::convert;
use crate::errors::Failure;
use crate::image;
use crate::job;
use crate::receipt;
use crate::shown;
use discconv_core::{At, Error};

pub(crate) fn run(args: &CreateArgs, console: &Console) -> Result<u8, Failure> {
    let settings = job::settings(&Reading::default(), &args.writing, false)?;
    let format = args.to.as_deref().and_then(job::info_of).map(|info| info.id);
    let target = job::named(&args.output, format)?;
    if !args.folder.is_dir() {
        return Err(not_a_folder(args));
    }
    let receipt = args.writing.receipt.as_deref();
    if let Some(path) = receipt {
        receipt::check(path, &settings)?;
    }
    let options = args.options()?;
    let (image, contents) = tree::image(args, &options)?;
    let mut prepared = prepare_image(image, &target, &settings, |_| Ok(None))?;
    prepared.plan.notes.insert(0, contents);
    convert::finish(&prepared, &settings, receipt, image::cores(&args.common), console)
}

fn not_a_folder(args: &CreateArgs) -> Failure {
    let folder = shown::path(&args.folder);
    if let Err(error) = std::fs::metadata(&args.folder) {
        return Error::io(&args.folder.to_string_lossy(), At::Whole, "cannot open the folder", error).into();
    }
    Failure::usage(
        format!("{folder} is no folder"),
        format!("to convert an image, write `discconv {folder} {}`", shown::path(&args.output)),
    )
}
