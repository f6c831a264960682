//! What may not stand in Rust sources.

/// Above this many lines a file must say why, in a line that starts with [`LONG_MARK`].
const MAX_LINES: usize = 600;
const LONG_MARK: &str = "// tidy: long, because ";

/// Code that may touch files, threads and the terminal; all others are libraries that compile for a browser.
const HOST_FOLDERS: &[&str] = &["crates/discconv-host/", "crates/discconv-testkit/", "crates/discconv/", "xtask/", "tests/"];

/// Words that no file may contain, nor the tests. Written in two halves, so that this file passes too.
const STUBS: &[(&str, &str)] = &[("todo", "!("), ("unimplemented", "!("), ("#[ig", "nore"), ("FIX", "ME"), ("XX", "X:")];

/// Words that portable library code may not contain, and why.
const HOST_WORDS: &[(&str, &str)] = &[
    ("std::fs", "libraries read through ReadAt and write through OutputSet"),
    ("std::thread", "only the host has threads"),
    ("std::net", "nothing here talks to a network"),
    ("std::process", "only the host starts or ends processes"),
    ("println!", "libraries do not print"),
    ("eprintln!", "libraries do not print"),
];

/// File names without an idea in them.
const EMPTY_NAMES: &[&str] = &["utils.rs", "util.rs", "helpers.rs", "misc.rs", "common.rs"];

pub(super) fn faults(texts: &[(String, String)]) -> Vec<String> {
    let sources = texts.iter().filter(|(path, _)| path.ends_with(".rs"));
    sources.flat_map(|(path, text)| file_faults(path, text)).collect()
}

fn file_faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let name = path.rsplit('/').next().unwrap_or(path);
    if EMPTY_NAMES.contains(&name) {
        faults.push(format!("{path}: the name says nothing; name the file after its idea"));
    }
    let lines = text.lines().count();
    if lines > MAX_LINES && !text.lines().any(|line| line.starts_with(LONG_MARK)) {
        faults.push(format!("{path}: {lines} lines; split it, or give a reason in a line `{LONG_MARK}...`"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        for (a, b) in STUBS {
            if line.contains(&format!("{a}{b}")) {
                faults.push(format!("{path}:{number}: `{a}{b}` is left over"));
            }
        }
    }
    if is_portable(path) {
        faults.extend(host_words(path, text));
    }
    faults
}

/// Library code that is compiled for the browser too: not the host, not the program, not tests.
fn is_portable(path: &str) -> bool {
    let folders = ["/tests/", "/examples/", "/benches/", "/fuzz/"];
    let tests = folders.iter().any(|folder| path.contains(folder)) || path.ends_with("/tests.rs");
    path.starts_with("crates/") && !tests && !HOST_FOLDERS.iter().any(|folder| path.starts_with(folder))
}

fn host_words(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    // Unit tests stand at the end of a file and may do as they please.
    let code = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
    for (number, line) in (1..).zip(code) {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for (word, why) in HOST_WORDS {
            if contains_word(line, word) {
                faults.push(format!("{path}:{number}: `{word}`: {why}"));
            }
        }
    }
    faults
}

/// `word` in `line`, not as the tail of a longer word: `eprintln!` does not count as `println!`.
fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str) -> Vec<String> {
        faults(&[(path.to_owned(), text.to_owned())])
    }

    #[test]
    fn libraries_stay_portable() {
        let text = "use std::fs;\n// std::fs in a comment\n#[cfg(test)]\nmod tests { use std::fs; }\n";
        for (path, expected) in [
            ("crates/discconv-core/src/lib.rs", 1),
            ("crates/discconv-cue/src/open.rs", 1),
            ("crates/discconv-host/src/lib.rs", 0),
            ("crates/discconv/src/main.rs", 0),
            ("crates/discconv-cue/tests/corpus.rs", 0),
            ("xtask/src/main.rs", 0),
        ] {
            assert_eq!(check(path, text).len(), expected, "{path}");
        }
    }

    #[test]
    fn printing_is_counted_once() {
        let text = "eprintln!(\"x\");\n";
        assert_eq!(check("crates/discconv-core/src/a.rs", text).len(), 1);
    }

    #[test]
    fn stubs_are_found_in_tests_too() {
        let text = format!("#[cfg(test)]\nmod t {{ fn f() {{ {}{}) }} }}\n", "todo", "!(");
        assert_eq!(check("crates/discconv/src/a.rs", &text).len(), 1);
    }

    #[test]
    fn long_files_need_a_reason() {
        let long = "x\n".repeat(MAX_LINES + 1);
        assert_eq!(check("xtask/src/a.rs", &long).len(), 1);
        assert_eq!(check("xtask/src/a.rs", &format!("{LONG_MARK}it is one table\n{long}")).len(), 0);
    }

    #[test]
    fn empty_names_are_refused() {
        assert_eq!(check("crates/discconv/src/utils.rs", "").len(), 1);
    }
}
