//! `diff`: are two images the same disc, whatever containers they are in?

use crate::args::DiffArgs;
use crate::console::Console;
use crate::errors::{self, Failure};
use crate::image;
use crate::progress::Progress;
use crate::shown;
use discconv_core::{Comparison, compare};
use discconv_host::ThreadPool;
use serde_json::{Value, json};

/// Runs of sectors that are shown to people, without `-v`.
const SHOWN: usize = 20;

pub(crate) fn run(args: &DiffArgs, console: &Console) -> Result<u8, Failure> {
    let a = image::open_one(&args.a, &args.reading)?;
    let b = image::open_one(&args.b, &args.reading)?;
    let state = image::tell_state(&a, console).max(image::tell_state(&b, console));
    let progress = Progress::new(console, &format!("{} and {}", a.shown, b.shown), None);
    let found = compare(a.disc(), b.disc(), &ThreadPool::new(image::cores(&args.common)), &progress)?;
    drop(progress);
    if console.json {
        let mut body = as_json(&a.path.to_string_lossy(), &b.path.to_string_lossy(), &found);
        body["notes"] = [&a, &b].into_iter().flat_map(|image| image.notes.iter().map(|note| image.named(note))).collect();
        console.data_json(&body);
    } else {
        console.data(&text(&a.shown, &b.shown, &found, console.verbose));
    }
    Ok(match (state, found.is_same()) {
        (errors::DONE, true) => errors::DONE,
        (errors::DONE, false) => errors::FAILED,
        (damaged, _) => damaged,
    })
}

fn as_json(a: &str, b: &str, found: &Comparison) -> Value {
    let differences: Vec<Value> = found
        .differences
        .iter()
        .map(|run| json!({ "track": run.track, "first_lba": run.first.0, "sectors": run.sectors }))
        .collect();
    json!({
        "a": a, "b": b, "same": found.is_same(), "toc": found.toc, "differences": differences,
        "sectors": found.sectors, "user_only": found.user_only,
    })
}

fn text(a: &str, b: &str, found: &Comparison, all: bool) -> String {
    let mut lines = Vec::new();
    lines.extend(found.toc.iter().map(|toc| format!("tables of contents: {}", shown::name(toc))));
    let shown_runs = if all { found.differences.len() } else { SHOWN };
    for run in found.differences.iter().take(shown_runs) {
        let sectors = shown::count(run.sectors, "sector");
        lines.push(format!("track {}: {sectors} from LBA {} on", run.track, run.first));
    }
    if found.differences.len() > shown_runs {
        lines.push(format!("and {} more runs (-v shows all)", shown::grouped((found.differences.len() - shown_runs) as u64)));
    }
    let differing: u64 = found.differences.iter().map(|run| run.sectors).sum();
    if found.user_only > 0 {
        lines.push(format!(
            "{} compared in their user data only, since one side stores no more",
            shown::count(found.user_only, "sector")
        ));
    }
    let compared = shown::count(found.sectors, "sector");
    lines.push(match (found.is_same(), differing) {
        (true, _) => format!("same disc: {compared} compared, {a} and {b}"),
        (false, 0) => format!("different, though the {compared} that both have are the same: {a} and {b}"),
        (false, _) if found.toc.is_some() => {
            format!("different: {} differ or are on one side only, {a} and {b}", shown::count(differing, "sector"))
        }
        (false, _) => format!("different: {} of {compared} compared, {a} and {b}", shown::grouped(differing)),
    });
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_core::{Difference, Lba};

    #[test]
    fn every_difference_names_track_and_place() {
        let found = Comparison {
            differences: vec![Difference { track: 2, first: Lba(300), sectors: 1 }],
            sectors: 400,
            ..Comparison::default()
        };
        assert_eq!(
            text("a", "b", &found, false),
            "track 2: 1 sector from LBA 300 on\ndifferent: 1 of 400 sectors compared, a and b"
        );
        let json = as_json("a", "b", &found).to_string();
        assert_eq!(
            json,
            r#"{"a":"a","b":"b","same":false,"toc":null,"differences":[{"track":2,"first_lba":300,"sectors":1}],"sectors":400,"user_only":0}"#
        );
    }
}
