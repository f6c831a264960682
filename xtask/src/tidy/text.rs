//! What may not stand in any tracked text: traces of the machine it was written on.

/// First folders of absolute paths that belong to one machine.
const MACHINE_FOLDERS: &[&str] = &["work", "root", "farm", "home", "Users"];

/// Hosts of package registries; where packages come from is a matter of the machine's configuration.
/// Written in parts, so that this file passes too.
const REGISTRY_HOSTS: &[&[&str]] = &[
    &["index", "crates", "io"],
    &["static", "crates", "io"],
    &["registry", "npmjs", "org"],
    &["files", "pythonhosted", "org"],
    &["deb", "debian", "org"],
    &["proxy", "golang", "org"],
];

pub(super) fn faults(texts: &[(String, String)]) -> Vec<String> {
    let hosts: Vec<String> = REGISTRY_HOSTS.iter().map(|parts| parts.join(".")).collect();
    let mut faults = Vec::new();
    for (path, text) in texts {
        for (number, line) in (1..).zip(text.lines()) {
            if path.ends_with("Cargo.lock") && line.starts_with("source = \"registry+") {
                continue;
            }
            if let Some(found) = machine_path(line) {
                faults.push(format!("{path}:{number}: `{found}` is a path of one machine"));
            }
            if let Some(host) = hosts.iter().find(|host| line.contains(*host)) {
                faults.push(format!("{path}:{number}: `{host}` is a registry's host name"));
            }
        }
    }
    faults
}

/// An absolute path into a [`MACHINE_FOLDERS`] folder; one that begins with a name or with `..` is none.
fn machine_path(line: &str) -> Option<String> {
    MACHINE_FOLDERS.iter().map(|folder| format!("/{folder}/")).find(|needle| {
        line.match_indices(needle.as_str()).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || "_-.~}*)>".contains(c))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, line: &str) -> usize {
        faults(&[(path.to_owned(), line.to_owned())]).len()
    }

    #[test]
    fn paths_of_one_machine() {
        let absolute = format!("see /{}/notes", "work");
        assert_eq!(check("README.md", &absolute), 1);
        for before in ["framework", "..", "${HOME}"] {
            let relative = format!("{before}/{}/x", "root");
            assert_eq!(check("README.md", &relative), 0, "{relative}");
        }
        assert_eq!(check("README.md", "a work/life balance"), 0);
    }

    #[test]
    fn registry_hosts() {
        let host = REGISTRY_HOSTS[0].join(".");
        assert_eq!(check("README.md", &format!("https://{host}/")), 1);
        assert_eq!(check("Cargo.lock", &format!("source = \"registry+https://{host}/\"")), 0);
    }
}
