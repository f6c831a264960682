//! What a file's name promises.

use crate::{by_id, formats};
use discconv_core::{Format, FormatInfo};

/// What the name of a file promises that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promised {
    /// The place of the format in the list.
    pub rank: usize,
    /// Does it describe other files?
    pub descriptor: bool,
}

/// The image that a name promises: by its extension, or by the one before that of a wrapper (`x.iso.gz`). An archive promises
/// nothing of its own, for most of them hold no disc.
#[must_use]
pub fn promise(name: &str) -> Option<Promised> {
    let name = name_inside(name).unwrap_or(name);
    let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
    let has = |list: &[&str]| list.contains(&extension.as_str());
    let images = || formats().map(Format::info).enumerate().filter(|(_, info)| is_image(info));
    let own = images().find(|(_, info)| has(info.extensions));
    let own = own.map(|(rank, info)| Promised { rank, descriptor: !info.companions.is_empty() });
    own.or_else(|| images().find(|(_, info)| has(info.companions)).map(|(rank, _)| Promised { rank, descriptor: false }))
}

fn is_image(info: &FormatInfo) -> bool {
    !is_archive(info) && (!info.wrapper || !info.wraps.is_empty())
}

/// Does the name say that it holds files?
#[must_use]
pub fn promises_archive(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let mut archives = formats().map(Format::info).filter(|info| is_archive(info));
    extension.is_some_and(|extension| archives.any(|info| info.extensions.contains(&extension.as_str())))
}

pub(crate) fn is_archive(info: &FormatInfo) -> bool {
    by_id(info.id).is_some_and(|format| format.archive().is_some())
}

/// `x.bin` for `x.bin.ecm`: what the file holds by its name, where that says so.
pub(crate) fn name_inside(name: &str) -> Option<&str> {
    let outer = formats().map(Format::info).filter(|info| info.appends);
    outer.map(|info| without_extension(name, info)).find(|inside| *inside != name)
}

/// What the content of a wrapper would be called: `x.bin` for `x.bin.ecm`.
pub(crate) fn without_extension<'n>(name: &'n str, wrapper: &FormatInfo) -> &'n str {
    match name.rsplit_once('.') {
        Some((stem, extension)) if wrapper.extensions.contains(&extension.to_ascii_lowercase().as_str()) => stem,
        _ => name,
    }
}

/// The name without what an image's name ends in; `v1.0` has nothing of the kind.
pub(crate) fn stem_of(name: &str) -> &str {
    let known = |extension: &str| {
        let extension = extension.to_ascii_lowercase();
        formats().map(Format::info).any(|info| info.extensions.iter().chain(info.companions).any(|own| *own == extension))
    };
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && known(extension) => stem,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_contents() {
        let wrapper = FormatInfo { extensions: &["ecm", "gz"], ..FormatInfo::BASE };
        for (name, expected) in [("x.bin.ecm", "x.bin"), ("x.BIN.GZ", "x.BIN"), ("x.bin", "x.bin"), ("x", "x")] {
            assert_eq!(without_extension(name, &wrapper), expected);
        }
    }

    #[cfg(all(feature = "cue", feature = "iso", feature = "cso", feature = "ecm", feature = "archive", feature = "audio"))]
    #[test]
    fn what_names_promise() {
        for (name, promised) in [
            ("x.iso", Some(false)),
            ("X.CUE", Some(true)),
            ("x.cue.gz", Some(true)),
            ("x.bin.ecm", Some(false)),
            ("a/x.bin.xz", Some(false)),
            ("x.cso", Some(false)),
            ("x.zip", None),
            ("x.gz", None),
            ("x.txt.gz", None),
            ("x.wav", None),
            ("x", None),
        ] {
            assert_eq!(promise(name).map(|promise| promise.descriptor), promised, "{name}");
        }
        assert!(promises_archive("x.ZIP") && !promises_archive("x.iso.gz") && !promises_archive("zip"));
        assert_eq!(["x.iso", "v1.0", ".iso", "x"].map(stem_of), ["x", "v1.0", ".iso", "x"]);
    }
}
