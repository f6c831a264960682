//! The shape of the repository: top level and manifests.

use super::edges::Package;

const TOP_FOLDERS: &[&str] = &["crates", "xtask", "tests", "testdata"];
const TOP_FILES: &[&str] = &["Cargo.toml", "Cargo.lock", "README.md", "CHANGELOG.md"];

/// Entries of the top level that do not belong there.
pub(super) fn top_level(files: &[String]) -> Vec<String> {
    let mut strangers: Vec<&str> = files
        .iter()
        .filter_map(|file| match file.split_once('/') {
            Some((folder, _)) => (!TOP_FOLDERS.contains(&folder) && !folder.starts_with('.')).then_some(folder),
            None => {
                let known = TOP_FILES.contains(&file.as_str()) || file.starts_with("LICENSE-");
                (!known && !file.starts_with('.')).then_some(file.as_str())
            }
        })
        .collect();
    strangers.dedup();
    strangers.iter().map(|name| format!("{name} does not belong to the top level")).collect()
}

/// Manifests of packages without `[lints] workspace = true`.
pub(super) fn manifests(texts: &[(String, String)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in texts {
        let package = path.ends_with("/Cargo.toml") && text.lines().any(|line| line.trim() == "[package]");
        // A package outside the workspace has nothing to inherit from.
        let outside = text.lines().any(|line| line.trim() == "[workspace]");
        if package && !outside && !inherits_lints(text) {
            faults.push(format!("{path} lacks `[lints]` with `workspace = true`"));
        }
    }
    faults
}

/// Lines of `[workspace.dependencies]` in the top manifest that no package uses.
pub(super) fn unused(texts: &[(String, String)], packages: &[Package]) -> Vec<String> {
    let Some((_, manifest)) = texts.iter().find(|(path, _)| path == "Cargo.toml") else { return Vec::new() };
    let used = |name: &str| packages.iter().any(|package| package.dependencies.iter().any(|d| d.name == name));
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('=').map(|(name, _)| name.trim()))
        .filter(|name| !name.starts_with('#') && !used(name))
        .map(|name| format!("Cargo.toml names `{name}`, which no package uses"))
        .collect()
}

fn inherits_lints(manifest: &str) -> bool {
    let mut lines = manifest.lines().map(str::trim).skip_while(|line| *line != "[lints]").skip(1);
    lines.by_ref().take_while(|line| !line.starts_with('[')).any(|line| line == "workspace = true")
}

#[cfg(test)]
mod tests {
    use super::super::edges::Dependency;
    use super::*;

    #[test]
    fn strangers_at_the_top_are_named_once() {
        let files =
            [".ci/run", ".gitignore", "Cargo.lock", "LICENSE-MIT", "crates/a/src/lib.rs", "docs/a.md", "docs/b.md", "notes.txt"];
        let files: Vec<String> = files.map(str::to_owned).to_vec();
        assert_eq!(top_level(&files), ["docs does not belong to the top level", "notes.txt does not belong to the top level"]);
    }

    #[test]
    fn forgotten_dependencies_are_named() {
        let manifest = "[workspace.dependencies]\n# why\nnom = \"8\"\nbinrw = { version = \"1\" }\n[profile.dev]\na = 1\n";
        let texts = [("Cargo.toml".to_owned(), manifest.to_owned())];
        let nom = Dependency { name: "nom".to_owned(), ..Dependency::default() };
        let package = Package { name: "a".to_owned(), dependencies: vec![nom] };
        assert_eq!(unused(&texts, &[package]), ["Cargo.toml names `binrw`, which no package uses"]);
    }

    #[test]
    fn lints_must_be_inherited() {
        for (text, faults) in [
            ("[package]\nname = \"a\"\n[lints]\nworkspace = true\n", 0),
            ("[package]\nversion.workspace = true\n[lints]\n[dependencies]\nworkspace = true\n", 1),
            ("[package]\n", 1),
            ("[package]\n[workspace]\n", 0),
            ("[workspace]\n", 0),
        ] {
            let texts = [("crates/a/Cargo.toml".to_owned(), text.to_owned())];
            assert_eq!(manifests(&texts).len(), faults, "{text:?}");
        }
    }
}
