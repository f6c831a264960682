//! `crates/README.md`: a line for each crate and each dependency.

use super::edges::Package;

/// The map, relative to the top.
pub(super) const PATH: &str = "crates/README.md";

/// Crates and dependencies without a line, and lines about dependencies that nobody has.
///
/// A crate's line is a heading `### discconv-x`, a dependency's line a table row that begins with its name in backquotes.
pub(super) fn faults(packages: &[Package], map: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for package in packages.iter().filter(|p| p.name.starts_with("discconv") && p.name != "discconv-fuzz") {
        if !map.lines().any(|line| line == format!("### {}", package.name)) {
            faults.push(format!("{PATH} has no `### {}`", package.name));
        }
    }
    let mut used: Vec<&str> =
        packages.iter().flat_map(|package| package.dependencies.iter().filter(|d| !d.ours).map(|d| d.name.as_str())).collect();
    used.sort_unstable();
    used.dedup();
    let listed = dependency_rows(map);
    for name in &used {
        if !listed.contains(name) {
            faults.push(format!("{PATH} has no line on why `{name}` is used"));
        }
    }
    for name in listed.iter().filter(|name| !used.contains(name)) {
        faults.push(format!("{PATH} speaks of `{name}`, which no crate uses"));
    }
    faults
}

/// Names in the first column of the table under `## Dependencies`.
fn dependency_rows(map: &str) -> Vec<&str> {
    map.lines()
        .skip_while(|line| *line != "## Dependencies")
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::edges::Dependency;
    use super::*;

    #[test]
    fn both_directions_are_checked() {
        let dependency = |name: &str, ours| Dependency { name: name.to_owned(), dev: false, ours };
        let packages = [Package {
            name: "discconv-a".to_owned(),
            dependencies: vec![dependency("nom", false), dependency("discconv-core", true)],
        }];
        let map = "### discconv-a\n## Dependencies\n| `nom` | text |\n## Tools\n| `x` | y |\n";
        assert_eq!(faults(&packages, map), Vec::<String>::new());
        let map = "## Dependencies\n| `binrw` | headers |\n";
        assert_eq!(faults(&packages, map).len(), 3);
    }
}
