//! `diff`: are two images the same disc, whatever containers they are in?

use crate::args::DiffArgs;
use crate::console::Console;
use crate::errors::{self, Failure};
use crate::image::{self, Image};
use crate::progress::Progress;
use crate::shown;
use discconv_core::{Comparison, Difference, Error, Pool, Watch, compare};
use discconv_host::ThreadPool;
use serde_json::{Map, Value, json};

/// Runs of sectors that are shown to people, without `-v`.
const SHOWN: usize = 20;

pub(crate) fn run(args: &DiffArgs, console: &Console) -> Result<u8, Failure> {
    let a = image::open(&args.a, &args.reading)?;
    let b = image::open(&args.b, &args.reading)?;
    let state = image::tell_state(&a, console).max(image::tell_state(&b, console));
    let progress = Progress::new(console, &format!("{} and {}", a.shown, b.shown), None);
    let found = Compared::of(&a, &b, &ThreadPool::new(image::cores(&args.common)), &progress)?;
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

/// What comparing two images found.
#[derive(Debug, Default)]
struct Compared {
    /// The first disc with the first, the second with the second, as far as both have such.
    pairs: Vec<Comparison>,
    /// How many discs each side has.
    discs: [usize; 2],
}

impl Compared {
    fn of(a: &Image, b: &Image, pool: &dyn Pool, watch: &dyn Watch) -> Result<Compared, Error> {
        let pairs = a.discs.iter().zip(&b.discs).map(|(a, b)| compare(a, b, pool, watch));
        Ok(Compared { pairs: pairs.collect::<Result<_, Error>>()?, discs: [a.discs.len(), b.discs.len()] })
    }

    fn is_same(&self) -> bool {
        self.discs[0] == self.discs[1] && self.pairs.iter().all(Comparison::is_same)
    }
}

/// The keys of the contract, of which `same` speaks of all discs, and the rest of the first; where there are several, `discs` has
/// them all.
fn as_json(a: &str, b: &str, found: &Compared) -> Value {
    let mut body = json!({ "a": a, "b": b, "same": found.is_same() });
    let first = found.pairs.first().map(pair_json).unwrap_or_default();
    if let Some(body) = body.as_object_mut() {
        body.extend(first.into_iter().filter(|(key, _)| key != "same"));
    }
    if found.discs.iter().any(|discs| *discs > 1) {
        let alone = |place: usize| {
            let side = if place < found.discs[0] { "a" } else { "b" };
            Map::from_iter([("same".to_owned(), false.into()), ("only_in".to_owned(), side.into())])
        };
        let most = found.discs.iter().max().copied().unwrap_or_default();
        let discs = (0..most).map(|place| found.pairs.get(place).map_or_else(|| alone(place), pair_json));
        body["discs"] = image::numbered(discs);
    }
    body
}

fn pair_json(found: &Comparison) -> Map<String, Value> {
    let runs = |runs: &[Difference]| -> Vec<Value> {
        runs.iter().map(|run| json!({ "track": run.track, "first_lba": run.first.0, "sectors": run.sectors })).collect()
    };
    let pair = json!({
        "same": found.is_same(), "toc": found.toc, "differences": runs(&found.differences),
        "sectors": found.sectors, "user_only": found.user_only,
        "subchannel": {
            "sectors": found.sub.sectors, "not_compared": found.sub.skipped, "differences": runs(&found.sub.differences),
        },
    });
    match pair {
        Value::Object(pair) => pair,
        _ => Map::new(),
    }
}

fn text(a: &str, b: &str, found: &Compared, all: bool) -> String {
    let [in_a, in_b] = found.discs;
    if let ([pair], true) = (found.pairs.as_slice(), in_a == in_b) {
        return pair_text(a, b, pair, all);
    }
    let mut lines: Vec<String> = Vec::new();
    for (number, pair) in (1..).zip(&found.pairs) {
        lines.push(format!("disc {number}:"));
        lines.extend(pair_text(a, b, pair, all).lines().map(|line| format!("  {line}")));
    }
    let numbers = [in_a, in_b].map(|discs| shown::count(discs as u64, "disc"));
    lines.push(match (found.is_same(), in_a == in_b) {
        (true, _) => format!("same discs, all {in_a}: {a} and {b}"),
        (false, true) => format!("different: {a} and {b}"),
        (false, false) => format!("different: {a} has {}, {b} has {}", numbers[0], numbers[1]),
    });
    lines.join("\n")
}

fn pair_text(a: &str, b: &str, found: &Comparison, all: bool) -> String {
    let mut lines = Vec::new();
    lines.extend(found.toc.iter().map(|toc| format!("tables of contents: {}", shown::name(toc))));
    lines.extend(run_lines(&found.differences, "", all));
    lines.extend(run_lines(&found.sub.differences, "subchannel of ", all));
    let [differing, subs] =
        [&found.differences, &found.sub.differences].map(|runs| runs.iter().map(|run| run.sectors).sum::<u64>());
    if found.user_only > 0 {
        lines.push(format!(
            "{} compared in their user data only, since one side stores no more",
            shown::count(found.user_only, "sector")
        ));
    }
    if found.sub.skipped > 0 {
        lines.push(format!(
            "subchannel of {} not compared, since only one side stores it, or tracks lie elsewhere",
            shown::count(found.sub.skipped, "sector")
        ));
    }
    let compared = shown::count(found.sectors, "sector");
    lines.push(match (found.is_same(), differing) {
        (true, _) => format!("same disc: {compared} compared, {a} and {b}"),
        (false, 0) if subs > 0 && found.toc.is_none() => {
            format!("different in the subchannel of {} of {compared}, {a} and {b}", shown::grouped(subs))
        }
        (false, 0) => format!("different, though the {compared} that both have are the same: {a} and {b}"),
        (false, _) if found.toc.is_some() => {
            format!("different: {} differ or are on one side only, {a} and {b}", shown::count(differing, "sector"))
        }
        (false, _) => format!("different: {} of {compared} compared, {a} and {b}", shown::grouped(differing)),
    });
    lines.join("\n")
}

/// A line for each run, `of` it what; without `all`, for the first ones.
fn run_lines(runs: &[Difference], of: &str, all: bool) -> Vec<String> {
    let shown_runs = if all { runs.len() } else { SHOWN.min(runs.len()) };
    let line = |run: &Difference| {
        let sectors = shown::count(run.sectors, "sector");
        format!("track {}: {of}{sectors} from LBA {} on", run.track, run.first)
    };
    let mut lines: Vec<String> = runs.iter().take(shown_runs).map(line).collect();
    if runs.len() > shown_runs {
        lines.push(format!("and {} more runs (-v shows all)", shown::grouped((runs.len() - shown_runs) as u64)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_core::Lba;

    #[test]
    fn every_difference_names_track_and_place() {
        let found = Comparison {
            differences: vec![Difference { track: 2, first: Lba(300), sectors: 1 }],
            sectors: 400,
            ..Comparison::default()
        };
        let found = Compared { pairs: vec![found], discs: [1, 1] };
        assert_eq!(
            text("a", "b", &found, false),
            "track 2: 1 sector from LBA 300 on\ndifferent: 1 of 400 sectors compared, a and b"
        );
        let json = as_json("a", "b", &found).to_string();
        assert_eq!(
            json,
            r#"{"a":"a","b":"b","same":false,"toc":null,"differences":[{"track":2,"first_lba":300,"sectors":1}],"sectors":400,"user_only":0,"subchannel":{"sectors":0,"not_compared":0,"differences":[]}}"#
        );
    }
}
