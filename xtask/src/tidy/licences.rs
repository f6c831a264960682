//! Licences of everything in the lock file, from what the packages say themselves; works without a network.
//!
//! Known advisories are not looked up: that needs a database from the network.

use super::parse;
use crate::sh;
use serde_json::Value;

/// Licences that a program under MIT OR Apache-2.0 may be built with.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "LZMA-SDK-9.22", // that it is in the public domain
    "MIT",
    "MIT-0",
    "MPL-2.0", // symphonia: its files stay under it, programs that link them need not
    "NCSA",
    "Unicode-3.0",
    "bzip2-1.0.6", // bzip2 and its port to Rust: terms of the BSD kind
    "Unlicense",
    "Zlib",
];

/// A licence that a package does not name, read by a person. It holds for that version only.
struct Clarified {
    package: &'static str,
    version: &'static str,
    expression: &'static str,
    /// Where it says so, and what it covers.
    read: &'static str,
}

const CLARIFIED: &[Clarified] = &[Clarified {
    package: "lzma-sdk-sys",
    version: "0.1.2+25.01",
    expression: "MIT AND LZMA-SDK-9.22",
    read: "the bindings: LICENSE is the text of MIT; the 9 C files that build.rs compiles (those wrapper.h includes) and their headers: \
           `Igor Pavlov : Public domain` in the first two lines of each. The other files of 7z/ (LGPL, BSD) are not compiled, nor \
           are the objects in precompiled-asm/ linked without the feature `enable-asm`",
}];

pub(super) fn check() -> Result<Vec<String>, String> {
    let words = ["metadata", "--format-version", "1", "--locked"];
    let metadata = parse(&sh::output(sh::cargo().args(words))?)?;
    let packages = metadata["packages"].as_array().ok_or("`cargo metadata` names no packages.")?;
    Ok(packages.iter().filter_map(package_fault).collect())
}

fn package_fault(package: &Value) -> Option<String> {
    let name = package["name"].as_str().unwrap_or("a package");
    let version = package["version"].as_str().unwrap_or_default();
    let clarified = CLARIFIED.iter().find(|known| known.package == name);
    match (package["license"].as_str(), clarified) {
        (Some(_), Some(known)) => Some(format!("{name} names its licence now; take it out of CLARIFIED ({})", known.read)),
        (None, Some(known)) if known.version != version => {
            Some(format!("{name} {version}: its licence was read in {}: {}; read it again", known.version, known.read))
        }
        (None, None) => Some(format!("{name} names no licence")),
        (Some(expression), None) => unlisted(name, expression),
        (None, Some(known)) => unlisted(name, known.expression),
    }
}

fn unlisted(name: &str, expression: &str) -> Option<String> {
    (!allowed(expression)).then(|| format!("{name}: the licence `{expression}` is not on the list"))
}

/// An SPDX expression (AND, OR, WITH, parentheses, and the old `/` for OR) that the list satisfies.
fn allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any_of(&mut rest) == Some(true) && rest.is_empty()
}

fn any_of(words: &mut &[&str]) -> Option<bool> {
    let mut value = all_of(words)?;
    while let Some(rest) = take(words, "OR") {
        *words = rest;
        value |= all_of(words)?;
    }
    Some(value)
}

fn all_of(words: &mut &[&str]) -> Option<bool> {
    let mut value = single(words)?;
    while let Some(rest) = take(words, "AND") {
        *words = rest;
        value &= single(words)?;
    }
    Some(value)
}

fn single(words: &mut &[&str]) -> Option<bool> {
    if let Some(rest) = take(words, "(") {
        *words = rest;
        let value = any_of(words)?;
        *words = take(words, ")")?;
        return Some(value);
    }
    let (name, rest) = words.split_first()?;
    *words = rest;
    match **words {
        ["WITH", exception, ref rest @ ..] => {
            let name = format!("{name} WITH {exception}");
            *words = rest;
            Some(ALLOWED.contains(&name.as_str()))
        }
        _ => Some(ALLOWED.contains(name)),
    }
}

fn take<'a, 'b>(words: &&'a [&'b str], word: &str) -> Option<&'a [&'b str]> {
    words.split_first().filter(|(first, _)| **first == word).map(|(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT OR GPL-3.0", true),
            ("MIT/Apache-2.0", true),
            ("MIT AND GPL-3.0", false),
            ("(MIT OR GPL-3.0) AND Unicode-3.0", true),
            ("Apache-2.0 WITH LLVM-exception OR GPL-2.0", true),
            ("GPL-2.0 WITH Classpath-exception-2.0", false),
            ("(MIT", false),
            ("MIT MIT", false),
            ("", false),
        ] {
            assert_eq!(allowed(expression), expected, "{expression:?}");
        }
    }

    #[test]
    fn a_package_without_licence_is_named() {
        let package = serde_json::json!({"name": "x", "license": null});
        assert!(package_fault(&package).unwrap().contains('x'));
    }

    #[test]
    fn what_was_read_holds_for_one_version() {
        for known in CLARIFIED {
            let package = |version: &str, license: Option<&str>| {
                package_fault(&serde_json::json!({"name": known.package, "version": version, "license": license}))
            };
            assert_eq!(package(known.version, None), None);
            assert!(package("99.0.0", None).unwrap().contains("read it again"));
            assert!(package(known.version, Some("MIT")).unwrap().contains("CLARIFIED"));
        }
    }
}
