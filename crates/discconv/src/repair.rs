//! `repair`: damaged sectors corrected by their parity, into a new image.

use crate::args::RepairArgs;
use crate::console::Console;
use crate::conversion::{self, Change};
use crate::errors::Failure;
use crate::image::{self, Image};
use crate::job::{self, Request};
use crate::progress::Progress;
use crate::verify::runs_text;
use crate::{convert, receipt, shown};
use discconv_core::{Disc, Lba, Mended, mend_sectors, verify_sectors};
use discconv_host::ThreadPool;
use serde_json::{Value, json};

pub(crate) fn run(args: &RepairArgs, console: &Console) -> Result<u8, Failure> {
    let settings = job::settings(&args.convert.reading, &args.convert.writing, args.convert.original)?;
    let Request::One(job) = job::request(&args.convert)? else {
        return Err(Failure::usage("repair writes one image at a time", "write `discconv repair IN OUT --ecc`"));
    };
    let receipt = args.convert.writing.receipt.as_deref();
    if let Some(path) = receipt {
        receipt::check(path, &settings)?;
    }
    let cores = image::cores(&args.convert.common);
    let prepared = conversion::prepare_image(conversion::open(&job, &settings)?, &job.target, &settings, |image| {
        mend(image, cores, settings.force, console).map(Some)
    })?;
    convert::finish(&prepared, &settings, receipt, cores, console)
}

/// The discs of the image as they are without what could be corrected.
fn mend(image: &Image, cores: usize, all: bool, console: &Console) -> Result<Change, Failure> {
    let progress = Progress::new(console, &image.shown, None);
    let pool = ThreadPool::new(cores);
    let name = image.path.to_string_lossy();
    let (mut discs, mut notes, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for (number, disc) in (1..).zip(&image.discs) {
        let report = verify_sectors(disc, &pool, &progress)?;
        let mended = mend_sectors(disc, &report, all, &progress)?;
        let of = if image.discs.len() > 1 { format!("disc {number}: ") } else { String::new() };
        notes.extend(words(disc, report.checked, &mended).into_iter().map(|words| format!("{of}{words}")));
        told.push(as_json(report.checked, &mended));
        discs.push(mended.apply(&name, disc.clone())?);
    }
    let told = if told.len() == 1 { told.remove(0) } else { Value::Array(told) };
    Ok(Change { discs, notes, told: ("repaired", told) })
}

/// A sentence for each sort of sector.
fn words(disc: &Disc, checked: u64, mended: &Mended) -> Vec<String> {
    if checked == 0 {
        let what = if disc.toc().media.has_raw() {
            "no sector is stored with its parity"
        } else {
            "the sectors of such a disc have no parity here"
        };
        return vec![format!("{what}: there is nothing to correct by")];
    }
    let corrected: Vec<Lba> = mended.corrected.iter().map(|(lba, _)| *lba).collect();
    let bytes: usize = mended.corrected.iter().map(|(_, bytes)| bytes).sum();
    let sectors = |lbas: &[Lba]| shown::count(lbas.len() as u64, "sector");
    let mut words = vec![match corrected.len() {
        0 => format!("of {} checked none could be corrected", shown::count(checked, "sector")),
        _ => format!(
            "{} corrected ({} changed): LBA {}",
            sectors(&corrected),
            shown::count(bytes as u64, "byte"),
            runs_text(&corrected)
        ),
    }];
    let rows = [
        (&mended.beyond, "wrong by more than their parity can correct"),
        (&mended.written_so, "left alone, since their parity fits what stands there: they were written so"),
        (&mended.header_only, "left alone: only sync, header or subheader is odd, which the parity does not speak of"),
    ];
    words.extend(
        rows.iter()
            .filter(|(list, _)| !list.is_empty())
            .map(|(list, what)| format!("{} {what}: LBA {}", sectors(list), runs_text(list))),
    );
    if !mended.pattern.is_empty() {
        let touched = mended.pattern.iter().any(|lba| corrected.binary_search(lba).is_ok());
        let what = if touched {
            "of those form a pattern, like a copy protection, and were corrected because of --force"
        } else {
            "left alone, since they form a pattern like a copy protection (--force corrects them)"
        };
        words.push(format!("{} {what}: LBA {}", sectors(&mended.pattern), runs_text(&mended.pattern)));
    }
    words
}

fn as_json(checked: u64, mended: &Mended) -> Value {
    let list = |lbas: &[Lba]| lbas.iter().map(|lba| lba.0).collect::<Vec<_>>();
    json!({
        "checked": checked,
        "corrected": mended.corrected.iter().map(|(lba, bytes)| json!({ "lba": lba.0, "bytes": bytes })).collect::<Vec<_>>(),
        "beyond": list(&mended.beyond), "written_so": list(&mended.written_so),
        "header_only": list(&mended.header_only), "pattern": list(&mended.pattern),
    })
}
