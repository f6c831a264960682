//! Names that a host can bear, and no two the same.

use super::job::{Job, Source};
use crate::shown;
use discconv_fs::safe_name;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Give every job names that can be written and that no other has, capital letters or not. Says what had to change.
pub(super) fn settle(jobs: &mut [Job]) -> Vec<String> {
    let mut taken: HashMap<String, u64> = HashMap::new();
    // What became of the folders, by the names they have on the disc.
    let mut folders: HashMap<Vec<String>, Vec<String>> = HashMap::new();
    let mut changed = 0_u64;
    let mut example = None;
    for job in jobs {
        let original = std::mem::take(&mut job.parts);
        let mut settled = Vec::new();
        for depth in 1..=original.len() {
            let (above, last) = (&original[..depth], depth == original.len());
            if let Some(known) = folders.get(above).filter(|_| !last || matches!(job.source, Source::Folder)) {
                settled.clone_from(known);
                continue;
            }
            settled.push(free(&settled, &safe_name(&original[depth - 1]), &mut taken));
            if !last || matches!(job.source, Source::Folder) {
                folders.insert(above.to_vec(), settled.clone());
            }
        }
        if settled != original {
            changed += 1;
            example.get_or_insert_with(|| format!("{} is written as {}", shown::name(&original.join("/")), settled.join("/")));
        }
        job.parts = settled;
    }
    example
        .map(|example| format!("{} changed so that every system can bear it: {example}", shown::count(changed, "name")))
        .into_iter()
        .collect()
}

/// The name, or the first of `name~2.ext`, `name~3.ext` that is free in this folder. By each name that was asked for stands the
/// last number that it got: a folder may have the same name a million times.
fn free(folder: &[String], name: &str, taken: &mut HashMap<String, u64>) -> String {
    let key = |name: &str| folder.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join("/").to_lowercase();
    let (stem, extension) =
        name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or((name, ""), |(stem, _)| (stem, &name[stem.len()..]));
    let last = taken.get(&key(name)).copied().unwrap_or(0);
    for number in last + 1.. {
        let candidate = if number == 1 { name.to_owned() } else { numbered(stem, number, extension) };
        if let Entry::Vacant(place) = taken.entry(key(&candidate)) {
            place.insert(1);
            taken.insert(key(name), number);
            return candidate;
        }
    }
    name.to_owned()
}

/// `stem~2.ext`, no longer than a name may be.
fn numbered(stem: &str, number: u64, extension: &str) -> String {
    let tail = format!("~{number}{extension}");
    let mut stem = stem.to_owned();
    while stem.len() + tail.len() > 255 && stem.pop().is_some() {}
    stem + &tail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(path: &str, source: Source) -> Job {
        Job { parts: path.split('/').map(str::to_owned).collect(), trouble: None, source }
    }

    #[test]
    fn names_are_safe_and_different() {
        let mut jobs: Vec<Job> = ["a", "A/x", "a/X", "b:c/d", "b_c", "nul.txt", "x.tar", "X.TAR"]
            .map(|path| job(path, Source::Nothing))
            .into_iter()
            .collect();
        jobs.insert(0, job("..", Source::Folder));
        jobs.push(job("../y", Source::Nothing));
        let notes = settle(&mut jobs);
        let paths: Vec<String> = jobs.iter().map(Job::path).collect();
        assert_eq!(paths, ["__", "a", "A~2/x", "a~3/X", "b_c/d", "b_c~2", "_nul.txt", "x.tar", "X~2.TAR", "__/y"]);
        // However often: numbers go on from the last.
        let mut same: Vec<Job> = (0..100_000).map(|_| job("same", Source::Nothing)).collect();
        settle(&mut same);
        assert_eq!(same.last().map(Job::path).as_deref(), Some("same~100000"));
        assert_eq!(notes, ["8 names changed so that every system can bear it: .. is written as __"]);
    }
}
