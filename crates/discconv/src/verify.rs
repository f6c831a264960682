//! `verify`: the container's own checksums, and EDC and ECC of every data sector.

use crate::args::{Reading, VerifyArgs};
use crate::checks;
use crate::console::Console;
use crate::errors::{self, Failure};
use crate::image::{self, Image};
use crate::progress::Progress;
use crate::shown;
use discconv_core::{Disc, Error, Lba, Note, NoteKind, SectorReport, Watch, verify_sectors};
use discconv_host::ThreadPool;
use serde_json::{Map, Value, json};
use std::ops::Range;

/// Addresses that a list of the JSON shows.
const LISTED: usize = 1000;

/// What checking found.
struct Findings {
    /// How many digests the container promises.
    promised: usize,
    /// Those that do not hold, and the places that cannot be unpacked, as clauses.
    broken: Vec<String>,
    /// How many of them are such places.
    places: usize,
    sectors: SectorReport,
    /// What the reader found cut or unreadable.
    damage: Vec<String>,
    /// Was everything unpacked?
    blocks: bool,
}

impl Findings {
    fn is_ok(&self) -> bool {
        self.broken.is_empty() && self.sectors.is_ok() && self.damage.is_empty()
    }
}

pub(crate) fn run(args: &VerifyArgs, console: &Console) -> Result<u8, Failure> {
    let reading = Reading { forgive: true, ..args.image.reading.clone() };
    let image = image::open(&args.image.input, &reading)?;
    let progress = Progress::new(console, &image.shown, None);
    let cores = image::cores(&args.image.common);
    let mut told = Vec::new();
    let each = image.discs.iter().map(|disc| check(&image, disc, &mut told, cores, &progress));
    let found = each.collect::<Result<Vec<Findings>, Error>>()?;
    drop(progress);
    if console.json {
        console.data_json(&as_json(&image, &found));
    } else {
        console.data(&text(&image, &found));
    }
    Ok(if found.iter().all(Findings::is_ok) { errors::DONE } else { errors::DAMAGED })
}

fn check(image: &Image, disc: &Disc, told: &mut Vec<String>, cores: usize, watch: &dyn Watch) -> Result<Findings, Error> {
    let pool = ThreadPool::new(cores);
    let promises = checks::Promises::follow(disc);
    let sectors = verify_sectors(disc, &pool, watch)?;
    let mut broken = promises.broken(&pool, watch)?;
    let coded = is_coded(image, disc);
    if coded && disc.checks().is_empty() {
        checks::read_all(disc, &pool, watch)?;
    }
    // What could not be read even when it was opened counts for the first disc; each place is told once.
    let places = image.unreadable().into_iter().map(|(_, what)| what);
    let new: Vec<String> = places.filter(|what| !told.contains(what)).collect();
    told.extend(new.iter().cloned());
    let places = new.len();
    broken.extend(new);
    // What is noted around the discs is in the notes of each.
    let damage = disc.notes().iter().filter(|note| note.kind == NoteKind::Damage).map(|note| note.text.clone()).collect();
    Ok(Findings { promised: disc.checks().len(), broken, places, sectors, damage, blocks: coded })
}

/// Are the sectors of its file packed? Tracks of a sheet that are sound files are no business of the sheet.
fn is_coded(image: &Image, disc: &Disc) -> bool {
    let alone = image.format.companions.is_empty();
    !image.wrappers.is_empty() || (alone && disc.sources().iter().any(|source| source.block_hint() > 1))
}

/// The keys of the contract, of which `ok` and `container` speak of all discs, and `sectors` of the first; where there are
/// several, `discs` has them all.
fn as_json(image: &Image, found: &[Findings]) -> Value {
    let mut notes: Vec<&str> = image.notes.iter().map(|note| note.text.as_str()).collect();
    notes.extend(found.iter().flat_map(|found| &found.broken).map(String::as_str));
    let container = |found: &[Findings]| {
        let checked = found.iter().any(|found| found.promised > 0 || found.blocks);
        json!({ "checked": checked, "ok": found.iter().all(|found| found.broken.is_empty()) })
    };
    let mut body = Map::new();
    body.insert("path".to_owned(), image.path.to_string_lossy().into());
    body.insert("ok".to_owned(), found.iter().all(Findings::is_ok).into());
    body.insert("container".to_owned(), container(found));
    body.insert("sectors".to_owned(), found.first().map(|found| sectors_json(&found.sectors)).into());
    body.insert("notes".to_owned(), notes.into());
    if found.len() > 1 {
        let disc = |found: &Findings| {
            let mut body = Map::new();
            body.insert("ok".to_owned(), found.is_ok().into());
            body.insert("container".to_owned(), container(std::slice::from_ref(found)));
            body.insert("sectors".to_owned(), sectors_json(&found.sectors));
            body
        };
        body.insert("discs".to_owned(), image::numbered(found.iter().map(disc)));
    }
    Value::Object(body)
}

fn sectors_json(report: &SectorReport) -> Value {
    let lists = [("bad_edc", &report.bad_edc), ("bad_ecc", &report.bad_ecc), ("bad_header", &report.bad_header)];
    let mut map = Map::new();
    map.insert("checked".to_owned(), report.checked.into());
    for (name, list) in lists {
        map.insert(name.to_owned(), list.iter().take(LISTED).map(|lba| lba.0).collect());
    }
    map.insert("form2_without_edc".to_owned(), report.form2_without_edc.into());
    map.insert("q_checked".to_owned(), report.q_checked.into());
    map.insert("bad_q".to_owned(), report.bad_q.iter().take(LISTED).map(|lba| lba.0).collect());
    let more: usize =
        lists.iter().map(|(_, list)| *list).chain([&report.bad_q]).map(|list| list.len().saturating_sub(LISTED)).sum();
    if more > 0 {
        map.insert("more".to_owned(), more.into());
    }
    Value::Object(map)
}

fn text(image: &Image, found: &[Findings]) -> String {
    let mut lines = vec![image.shown.clone()];
    for (number, findings) in (1..).zip(found) {
        if found.len() > 1 {
            lines.push(format!("disc {number} of {}:", found.len()));
        }
        lines.extend(disc_lines(findings, &own_checks(image)));
    }
    let damaged = |note: &&Note| found.iter().any(|found| found.damage.contains(&note.text));
    let oddities = image.notes.iter().filter(|note| !damaged(note));
    lines.extend(oddities.map(|note| format!("note: {}", shown::name(&note.text))));
    lines.push(if found.iter().all(Findings::is_ok) { "ok".to_owned() } else { "not ok".to_owned() });
    lines.join("\n")
}

/// What the readers of the wrappers hold against the content by themselves, outermost first.
fn own_checks(image: &Image) -> Vec<String> {
    let wrappers = image.wrappers.iter().filter(|info| !info.checks.is_empty());
    wrappers.map(|info| format!("{}: {}", info.id, info.checks)).collect()
}

/// `own`: see [`own_checks`].
fn disc_lines(found: &Findings, own: &[String]) -> Vec<String> {
    let unpacked = shown::count(found.places as u64, "place");
    let mut lines = vec![match (found.promised, found.broken.len() - found.places) {
        (0, _) if found.places > 0 => format!("container: {unpacked} cannot be unpacked"),
        (0, _) if !own.is_empty() && found.damage.is_empty() => "container: all of it unpacks".to_owned(),
        (0, _) if !own.is_empty() => "container: damaged".to_owned(),
        (0, _) if found.blocks => "container: has no checksums of its own; all its blocks unpack".to_owned(),
        (0, _) => "container: has no checksums of its own".to_owned(),
        (promised, 0) => format!("container: {} right", shown::count(promised as u64, "checksum")),
        (promised, broken) => format!("container: {broken} of {} wrong", shown::count(promised as u64, "checksum")),
    }];
    if found.promised > 0 && found.places > 0 {
        lines.push(format!("container: {unpacked} cannot be unpacked"));
    }
    lines.extend(found.broken.iter().map(|broken| format!("  {}", shown::name(broken))));
    let held = if found.broken.is_empty() && found.damage.is_empty() { "is right" } else { "was checked" };
    lines.extend(own.iter().map(|what| format!("  {what} {held}")));
    lines.extend(sector_lines(&found.sectors));
    lines.extend(found.damage.iter().map(|damage| format!("damage: {}", shown::name(damage))));
    lines
}

fn sector_lines(report: &SectorReport) -> Vec<String> {
    let mut lines = main_lines(report);
    if report.q_checked > 0 {
        lines.push(format!("subchannel: Q of {} checked", shown::count(report.q_checked, "sector")));
    }
    if !report.bad_q.is_empty() {
        let list = &report.bad_q;
        let what = "which copy protections write on purpose, and scratches do";
        lines.push(format!("  wrong CRC, {what}: {} at LBA {}", shown::count(list.len() as u64, "sector"), runs_text(list)));
    }
    lines
}

fn main_lines(report: &SectorReport) -> Vec<String> {
    if report.checked == 0 {
        return vec!["sectors: none stores EDC or ECC, so there is nothing to check".to_owned()];
    }
    let mut lines = vec![format!("sectors: {} checked", shown::grouped(report.checked))];
    for (what, list) in
        [("wrong EDC", &report.bad_edc), ("wrong ECC", &report.bad_ecc), ("wrong sync or header", &report.bad_header)]
    {
        if !list.is_empty() {
            lines.push(format!("  {what}: {} at LBA {}", shown::count(list.len() as u64, "sector"), runs_text(list)));
        }
    }
    if report.form2_without_edc > 0 {
        lines.push(format!("  {} of Form 2 without EDC, as is legal", shown::count(report.form2_without_edc, "sector")));
    }
    lines
}

/// Addresses as the first few runs.
pub(crate) fn runs_text(list: &[Lba]) -> String {
    const SHOWN: usize = 6;
    let runs = runs(list);
    let mut text: Vec<String> = runs
        .iter()
        .take(SHOWN)
        .map(|run| if run.start == run.end { run.start.to_string() } else { format!("{}-{}", run.start, run.end) })
        .collect();
    if runs.len() > SHOWN {
        text.push(format!("and {} more runs", shown::grouped((runs.len() - SHOWN) as u64)));
    }
    text.join(", ")
}

/// Ascending addresses as runs from first to last.
fn runs(list: &[Lba]) -> Vec<Range<Lba>> {
    let mut runs: Vec<Range<Lba>> = Vec::new();
    for lba in list {
        match runs.last_mut() {
            Some(run) if run.end + 1 == *lba => run.end = *lba,
            _ => runs.push(*lba..*lba),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_and_say_so() {
        let bad_edc: Vec<Lba> = (0..1500).map(Lba).collect();
        let report = SectorReport { checked: 2000, bad_edc, bad_ecc: vec![Lba(3)], ..SectorReport::default() };
        let json = sectors_json(&report);
        assert_eq!(json["bad_edc"].as_array().map(Vec::len), Some(1000));
        assert_eq!(json["more"], 500);
        let keys: Vec<&String> = json.as_object().map(|map| map.keys().collect()).unwrap_or_default();
        assert_eq!(keys, ["checked", "bad_edc", "bad_ecc", "bad_header", "form2_without_edc", "q_checked", "bad_q", "more"]);
    }

    #[test]
    fn addresses_are_told_as_runs() {
        let list: Vec<Lba> = [1, 2, 3, 7, 9, 10].into_iter().map(Lba).collect();
        assert_eq!(runs_text(&list), "1-3, 7, 9-10");
        let far: Vec<Lba> = (0..10).map(|n| Lba(n * 2)).collect();
        assert_eq!(runs_text(&far), "0, 2, 4, 6, 8, 10, and 4 more runs");
    }
}
