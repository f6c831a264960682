//! Which of the entries are meant.

use crate::errors::Failure;
use globset::{GlobBuilder, GlobMatcher};
use std::cell::Cell;

/// The patterns of the command line.
pub(super) struct Patterns {
    all: Vec<Pattern>,
}

struct Pattern {
    text: String,
    matcher: GlobMatcher,
    /// Is it held against whole paths, not against names?
    whole: bool,
    used: Cell<bool>,
}

impl Patterns {
    /// # Errors
    /// A pattern that is none.
    pub(super) fn new(texts: &[String]) -> Result<Patterns, Failure> {
        let all = texts.iter().map(|text| Pattern::new(text)).collect::<Result<Vec<Pattern>, Failure>>()?;
        Ok(Patterns { all })
    }

    /// Were any given? Without, everything is meant, empty folders too.
    pub(super) fn are_some(&self) -> bool {
        !self.all.is_empty()
    }

    /// Is the entry of that path meant, by itself or by a folder above it?
    pub(super) fn wants(&self, path: &[String]) -> bool {
        if self.all.is_empty() {
            return true;
        }
        let mut wanted = false;
        for pattern in &self.all {
            if (1..=path.len()).any(|depth| pattern.matches(&path[..depth])) {
                pattern.used.set(true);
                wanted = true;
            }
        }
        wanted
    }

    /// The first pattern that nothing was found for.
    pub(super) fn unmatched(&self) -> Option<&str> {
        self.all.iter().find(|pattern| !pattern.used.get()).map(|pattern| pattern.text.as_str())
    }
}

impl Pattern {
    fn new(text: &str) -> Result<Pattern, Failure> {
        let inner = text.trim_matches('/');
        let built = GlobBuilder::new(inner).case_insensitive(true).literal_separator(true).backslash_escape(true).build();
        let glob = built.map_err(|error| {
            Failure::usage(
                format!("the pattern {text:?} makes no sense: {}", error.kind()),
                "\\ before a character takes its meaning away",
            )
        })?;
        // What was typed as a path begins at the root.
        let whole = text.trim_end_matches('/').contains('/');
        Ok(Pattern { text: text.to_owned(), matcher: glob.compile_matcher(), whole, used: Cell::new(false) })
    }

    fn matches(&self, path: &[String]) -> bool {
        match path.last() {
            Some(name) if !self.whole => self.matcher.is_match(name),
            _ => self.matcher.is_match(path.join("/")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_paths_and_what_is_below() {
        let check = |pattern: &str, path: &str, expected: bool| {
            let patterns = Patterns::new(&[pattern.to_owned()]).unwrap();
            let parts: Vec<String> = path.split('/').map(str::to_owned).collect();
            assert_eq!(patterns.wants(&parts), expected, "{pattern} {path}");
            assert_eq!(patterns.unmatched().is_none(), expected);
        };
        check("*.txt", "a/b/README.TXT", true);
        check("a/*.txt", "a/b/README.TXT", false);
        check("a/**/*.txt", "a/b/README.TXT", true);
        check("A", "a/b/c", true);
        check("/a", "a/b", true);
        check("/b", "a/b", false);
        check("b/", "a/b/c", true);
        check("[ab]?", "x/a1", true);
        check("x", "y", false);
        assert!(Patterns::new(&["[a".to_owned()]).is_err());
        assert!(Patterns::new(&[]).unwrap().wants(&["x".to_owned()]));
    }
}
