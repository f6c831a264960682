//! Names of files in archives.

use discconv_core::{At, safe_relative_name};

/// What is behind 127 in the code page that zip archives have where they do not say UTF-8 (437).
const CODE_PAGE: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// A name as text: UTF-8 where it is that, which many writers do not say; else of the old code page.
pub(crate) fn text_of_name(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(
        |_| {
            let high = |byte: u8| CODE_PAGE.chars().nth(usize::from(byte) - 0x80).unwrap_or('?');
            bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { high(*byte) }).collect()
        },
        str::to_owned,
    )
}

/// The name as a path within the archive; `None` for one that leads out of it.
pub(crate) fn safe_name(name: &str) -> Option<String> {
    safe_relative_name("", At::Whole, name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_either_code() {
        assert_eq!(CODE_PAGE.chars().count(), 128);
        assert_eq!(text_of_name("Spiel für zwei".as_bytes()), "Spiel für zwei");
        assert_eq!(text_of_name(b"Spiel f\x81r zwei"), "Spiel für zwei");
        assert_eq!(text_of_name(b"\xFF"), "\u{a0}");
        assert_eq!(safe_name("a\\b.iso").as_deref(), Some("a/b.iso"));
        assert_eq!(safe_name("../b.iso"), None);
        assert_eq!(safe_name("/etc/b.iso").as_deref(), Some("etc/b.iso"));
    }
}
