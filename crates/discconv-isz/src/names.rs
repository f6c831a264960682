//! What the files of a split image are called.

/// The name of file `number` (from 0 on) of the image whose first file is `first`, and `None` where that is no name of one.
pub(crate) fn segment(first: &str, number: usize) -> Option<String> {
    if number == 0 {
        return Some(first.to_owned());
    }
    // The longest ending first: `x.part01.isz` is also an `x.isz`.
    if let Some((stem, 1, digits)) = part(first) {
        return Some(format!("{stem}.part{:0digits$}.isz", number + 1));
    }
    stem_of(first, ".isz").map(|stem| format!("{stem}.i{number:02}"))
}

/// The name of the first file of the image that a later file, called `later`, belongs to.
pub(crate) fn first(later: &str) -> Option<String> {
    if let Some((stem, number, digits)) = part(later)
        && number > 1
    {
        return Some(format!("{stem}.part{:0digits$}.isz", 1));
    }
    let (stem, extension) = later.rsplit_once('.')?;
    let number = extension.strip_prefix(['i', 'I'])?;
    (number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("{stem}.isz"))
}

/// Stem, number and digits of `x.part01.isz` or `x.part001.isz`.
fn part(name: &str) -> Option<(&str, usize, usize)> {
    let stem = stem_of(name, ".isz")?;
    let (stem, number) = stem.rsplit_once('.')?;
    let digits = number.get(..4).filter(|word| word.eq_ignore_ascii_case("part")).and(number.get(4..))?;
    let right = matches!(digits.len(), 2 | 3) && digits.bytes().all(|byte| byte.is_ascii_digit());
    right.then(|| digits.parse().ok()).flatten().map(|number| (stem, number, digits.len()))
}

/// `name` without `ending`, whose case does not count.
fn stem_of<'a>(name: &'a str, ending: &str) -> Option<&'a str> {
    let at = name.len().checked_sub(ending.len())?;
    let (stem, end) = (name.get(..at)?, name.get(at..)?);
    end.eq_ignore_ascii_case(ending).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_files() {
        for (name, number, expected) in [
            ("x.isz", 0, Some("x.isz")),
            ("x.isz", 1, Some("x.i01")),
            ("X.ISZ", 99, Some("X.i99")),
            ("x.part01.isz", 1, Some("x.part02.isz")),
            ("x.Part01.ISZ", 9, Some("x.part10.isz")),
            ("x.part001.isz", 1, Some("x.part002.isz")),
            ("x.part1.isz", 1, Some("x.part1.i01")),
            ("x.part0001.isz", 1, Some("x.part0001.i01")),
            ("x.part05.isz", 1, Some("x.part05.i01")),
            ("\u{e9}.isz", 2, Some("\u{e9}.i02")),
            ("x.bin", 1, None),
            ("isz", 1, None),
            ("\u{e9}sz", 1, None),
        ] {
            assert_eq!(segment(name, number).as_deref(), expected, "{name} {number}");
        }
    }

    #[test]
    fn first_files() {
        for (name, expected) in [
            ("x.i01", Some("x.isz")),
            ("x.y.I99", Some("x.y.isz")),
            ("x.part02.isz", Some("x.part01.isz")),
            ("x.part010.isz", Some("x.part001.isz")),
            ("x.isz", None),
            ("x.iso", None),
            ("x", None),
        ] {
            assert_eq!(first(name).as_deref(), expected, "{name}");
        }
    }
}
