//! The picture of the menu.

use discconv_core::{At, Error, Result};

/// The first bytes of a PNG (its specification, 5.2).
const PNG: &[u8; 8] = b"\x89PNG\r\n\x1A\n";
/// The first chunk: its length and its kind (11.2.1).
const IHDR: &[u8; 8] = b"\0\0\0\x0DIHDR";
/// What a PSP shows.
const SIZE: (u32, u32) = (80, 80);

/// What there is to say of the picture, if anything.
///
/// # Errors
/// [`Error::Unsupported`] if it is no PNG, or one without a size.
pub(crate) fn check(stem: &str, bytes: &[u8]) -> Result<Option<String>> {
    let size = bytes.strip_prefix(PNG).and_then(|rest| rest.strip_prefix(IHDR)).and_then(<[u8]>::first_chunk::<8>);
    let Some([a, b, c, d, e, f, g, h]) = size.copied() else {
        let error = Error::unsupported(stem, At::Whole, "the file of --icon is no PNG picture");
        return Err(error.with_hint("give a PNG of 80 x 80 pixels, or leave --icon away"));
    };
    let (width, height) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
    if width == 0 || height == 0 {
        let error = Error::unsupported(stem, At::Whole, format!("the picture of --icon has {width} x {height} pixels"));
        return Err(error.with_hint("give a PNG of 80 x 80 pixels, or leave --icon away"));
    }
    Ok(((width, height) != SIZE).then(|| format!("the picture has {width} x {height} pixels; a PSP shows 80 x 80")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures() {
        let png = |width: u32, height: u32| [&PNG[..], IHDR, &width.to_be_bytes(), &height.to_be_bytes(), &[8, 6]].concat();
        let said = |bytes: &[u8]| check("x", bytes).map_err(|error| error.to_string());
        assert_eq!(said(&png(80, 80)), Ok(None));
        assert_eq!(said(&png(144, 80)), Ok(Some("the picture has 144 x 80 pixels; a PSP shows 80 x 80".to_owned())));
        assert_eq!(said(&png(0, 80)), Err("x: the picture of --icon has 0 x 80 pixels".to_owned()));
        for bytes in [&b""[..], b"GIF89a", &png(80, 80)[..20], &png(80, 80)[..8]] {
            assert_eq!(said(bytes), Err("x: the file of --icon is no PNG picture".to_owned()));
        }
    }
}
