//! The rest of the world's files, by crate `infer`.

use super::{Foreign, Sort};
use discconv_core::Peek;
use infer::MatcherType;

/// Its marks are often two bytes long: what it says is never held against a reader that thinks the file may be an image.
pub(super) fn find(peek: &Peek<'_>) -> Option<Foreign> {
    let kind = infer::get(peek.head)?;
    let (what, sort) = match kind.matcher_type() {
        MatcherType::Archive => ("a packed file", Sort::Archive),
        MatcherType::Audio => ("a sound", Sort::Sound),
        MatcherType::Video => ("a film", Sort::Other),
        MatcherType::Image => ("a picture", Sort::Other),
        MatcherType::Book => ("a book", Sort::Other),
        MatcherType::Doc => ("a document", Sort::Other),
        MatcherType::Font => ("a font", Sort::Other),
        MatcherType::App => ("a program", Sort::Other),
        _ => ("a file", Sort::Other),
    };
    let name = format!("{what} ({})", kind.extension().to_uppercase());
    Some(Foreign { sure: false, ..Foreign::new(&name, kind.mime_type(), sort) })
}
