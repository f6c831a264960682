//! Which crate may know which.

use serde_json::Value;

/// One package as `cargo metadata` tells it.
#[derive(Debug, Clone, Default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// Needed only by tests and examples.
    pub(super) dev: bool,
    /// Lies in this repository.
    pub(super) ours: bool,
}

const SECTOR: &str = "discconv-sector";
const CODEC: &str = "discconv-codec";
const CORE: &str = "discconv-core";
const HOST: &str = "discconv-host";
const FORMATS: &str = "discconv-formats";
const TESTKIT: &str = "discconv-testkit";
const FS: &str = "discconv-fs";
const IDENTIFY: &str = "discconv-identify";
const AUTHOR: &str = "discconv-author";

/// Crates with a place of their own in the architecture, and what each may know. All others are format crates.
const ROOMS: &[(&str, &[&str])] = &[
    (SECTOR, &[]),
    (CODEC, &[]),
    (CORE, &[SECTOR]),
    (HOST, &[CORE, SECTOR]),
    ("discconv", &[FORMATS, FS, IDENTIFY, AUTHOR, HOST, CORE, SECTOR]),
    (TESTKIT, &[SECTOR]),
    ("xtask", &[SECTOR, TESTKIT]),
    ("discconv-fuzz", &[FORMATS, FS, IDENTIFY, CORE, SECTOR, CODEC, TESTKIT]),
    (FS, &[CORE, SECTOR]),
    (IDENTIFY, &[CORE, SECTOR, FS]),
    (AUTHOR, &[CORE, SECTOR, FS]),
    // Planned rooms, so that their first commit meets the rule.
    ("discconv-profiles", &[CORE]),
    ("discconv-library", &[CORE, HOST, FORMATS]),
    ("discconv-web", &[FORMATS, FS, IDENTIFY]),
];

/// Formats of compressed blocks; no other may know the codecs.
const CODED: &[&str] = &["discconv-chd", "discconv-cso", "discconv-isz", "discconv-pbp"];

fn is_room(name: &str) -> bool {
    name == FORMATS || ROOMS.iter().any(|(room, _)| *room == name)
}

fn may_know(name: &str, other: &str) -> bool {
    if name == FORMATS {
        // What no format knows, identify names.
        return [CORE, SECTOR, IDENTIFY].contains(&other) || !is_room(other);
    }
    if other == CODEC && CODED.contains(&name) {
        return true;
    }
    let room = ROOMS.iter().find(|(room, _)| *room == name);
    room.map_or(&[CORE, SECTOR][..], |(_, known)| known).contains(&other)
}

/// Tests may build on the testkit, and on all formats and the host where they hold whole conversions to account. Those of
/// xtask replay what fuzzing found, in codecs, in file systems and on what is identified too.
fn tests_may_know(name: &str, other: &str) -> bool {
    let whole = [FORMATS, HOST, CORE, SECTOR].contains(&other);
    let replayed = name == "xtask" && [CODEC, FS, IDENTIFY].contains(&other);
    other == TESTKIT || may_know(name, other) || replayed || (whole && ![SECTOR, CORE, TESTKIT].contains(&name))
}

/// Edges between our crates that the architecture does not have.
pub(super) fn faults(packages: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    for package in packages {
        for dependency in package.dependencies.iter().filter(|d| d.ours) {
            let (name, other) = (&package.name, &dependency.name);
            let allowed = if dependency.dev { tests_may_know(name, other) } else { may_know(name, other) };
            if !allowed {
                let kind = if dependency.dev { "its tests" } else { "it" };
                faults.push(format!("{name} depends on {other}; {kind} must not know it (xtask/src/tidy/edges.rs)"));
            }
        }
    }
    faults
}

/// Reads the packages out of `cargo metadata --no-deps`.
///
/// # Errors
/// The text has another shape than cargo documents.
pub(super) fn packages(metadata: &Value) -> Result<Vec<Package>, String> {
    let list = metadata["packages"].as_array().ok_or("`cargo metadata` names no packages.")?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("`cargo metadata` has a package without a name.");
    list.iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().map_or(&[][..], Vec::as_slice);
            let dependencies = dependencies.iter().map(|dependency| {
                Ok(Dependency {
                    name: text(&dependency["name"])?,
                    dev: dependency["kind"].as_str() == Some("dev"),
                    ours: !dependency["path"].is_null(),
                })
            });
            Ok(Package { name: text(&package["name"])?, dependencies: dependencies.collect::<Result<_, &str>>()? })
        })
        .collect::<Result<_, &str>>()
        .map_err(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, other: &str, dev: bool) -> bool {
        let dependency = Dependency { name: other.to_owned(), dev, ours: true };
        let package = Package { name: name.to_owned(), dependencies: vec![dependency] };
        faults(&[package]).is_empty()
    }

    #[test]
    fn the_architecture() {
        for (name, other, dev, allowed) in [
            (SECTOR, CORE, false, false),
            (SECTOR, TESTKIT, true, true),
            (CORE, SECTOR, false, true),
            (CORE, HOST, false, false),
            (CORE, FORMATS, true, false),
            (HOST, "discconv-iso", false, false),
            (HOST, FORMATS, true, true),
            ("discconv-cue", CORE, false, true),
            ("discconv-cue", "discconv-audio", false, false),
            ("discconv-cue", "discconv-iso", true, false),
            ("discconv-new", SECTOR, false, true),
            ("discconv-new", HOST, false, false),
            (CODEC, SECTOR, false, false),
            ("discconv-cso", CODEC, false, true),
            ("discconv-cue", CODEC, false, false),
            (CORE, CODEC, false, false),
            (FORMATS, CODEC, false, false),
            (FORMATS, "discconv-new", false, true),
            (FORMATS, HOST, false, false),
            (FORMATS, HOST, true, true),
            ("discconv", FORMATS, false, true),
            ("discconv", "discconv-cue", false, false),
            ("discconv", TESTKIT, false, false),
            (TESTKIT, CORE, false, false),
            (TESTKIT, CORE, true, false),
        ] {
            assert_eq!(check(name, other, dev), allowed, "{name} -> {other}, dev {dev}");
        }
    }

    #[test]
    fn foreign_crates_are_no_edges() {
        let dependency = Dependency { name: "nom".to_owned(), ..Dependency::default() };
        let package = Package { name: SECTOR.to_owned(), dependencies: vec![dependency] };
        assert!(faults(&[package]).is_empty());
    }

    #[test]
    fn metadata_is_read() {
        let json = r#"{"packages":[{"name":"a","dependencies":[
            {"name":"b","kind":"dev","path":"/x"},{"name":"c","kind":null}]}]}"#;
        let packages = packages(&serde_json::from_str(json).unwrap()).unwrap();
        let seen: Vec<_> = packages[0].dependencies.iter().map(|d| (d.name.as_str(), d.dev, d.ours)).collect();
        assert_eq!(seen, [("b", true, true), ("c", false, false)]);
        assert!(super::packages(&Value::Null).is_err());
    }
}
