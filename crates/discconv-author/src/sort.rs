//! Sort files: which files lie where on the disc, as other masterers have them: a path and a weight on each line.

use crate::options::Weight;
use discconv_core::{At, Error, Result};

/// The weights of a sort file called `name`.
///
/// A line is a path within the tree, blanks or tabs, and a whole number; the path may have blanks in it, and `/` or `./`
/// in front. Empty lines and those that begin with `#` say nothing. A path stands for all that is below it too; of several
/// the longest counts.
///
/// # Errors
/// [`Error::Malformed`] for a line that has no number at its end, with its number.
pub fn parse_sort(name: &str, text: &[u8]) -> Result<Vec<Weight>> {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let lines = (1..).zip(lines).filter(|(_, line)| !line.is_empty() && !line.starts_with(b"#"));
    lines.map(|(number, line)| weight(line).ok_or_else(|| wrong(name, number, line))).collect()
}

fn weight(line: &[u8]) -> Option<Weight> {
    let blank = line.iter().rposition(u8::is_ascii_whitespace)?;
    let (path, number) = line.split_at(blank);
    let number = std::str::from_utf8(number.trim_ascii()).ok()?.parse().ok()?;
    Some((parse_path(path.trim_ascii()), number))
}

/// The names of a path with `/` between them, without empty ones and `.`.
#[must_use]
pub fn parse_path(path: &[u8]) -> Vec<Vec<u8>> {
    path.split(|byte| *byte == b'/').filter(|name| !name.is_empty() && *name != b".").map(<[u8]>::to_vec).collect()
}

fn wrong(name: &str, number: u32, line: &[u8]) -> Error {
    Error::malformed(name, At::Line(number), format!("{:?}", String::from_utf8_lossy(line)), "a path and a weight")
        .with_hint("write a path as it is in the folder, a blank and a whole number; files with higher numbers come first")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_weights() {
        let text = b"# first\n/boot/x.img 100\n\n./a b/c\t-5\r\n";
        let names = |names: &[&str]| names.iter().map(|name| name.as_bytes().to_vec()).collect::<Vec<_>>();
        let expected = vec![(names(&["boot", "x.img"]), 100), (names(&["a b", "c"]), -5)];
        assert_eq!(parse_sort("s", text).ok(), Some(expected));
    }

    #[test]
    fn a_line_without_a_weight_is_named() {
        for text in [&b"a 1\nb\n"[..], b"\nb x", b"a 1\nb 99999999999999999999"] {
            let error = parse_sort("s", text).map(|_| String::new()).unwrap_or_else(|error| error.to_string());
            assert!(error.starts_with("s: line 2: found \"b"), "{error}");
        }
    }
}
