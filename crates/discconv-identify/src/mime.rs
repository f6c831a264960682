//! Media types of what discconv reads, by the id of the format.
//!
//! Only types that are registered or that others use too: of IANA's list, of `shared-mime-info` (the list of desktops), of the
//! magic of `file`, and of rom-properties. What has none there is [`OCTETS`].

/// Bytes of which nothing more is known, or that nobody named.
pub(crate) const OCTETS: &str = "application/octet-stream";

const TYPES: &[(&str, &str)] = &[
    // IANA
    ("wave", "audio/vnd.wave"),
    ("flac", "audio/flac"),
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("gzip", "application/gzip"),
    ("zstd", "application/zstd"),
    ("zip", "application/zip"),
    // shared-mime-info
    ("cue", "application/x-cue"),
    ("toc", "application/x-cdrdao-toc"),
    ("cdi", "application/x-discjuggler-cd-image"),
    ("gdi", "application/x-gd-rom-cue"),
    ("chd", "application/x-mame-chd"),
    ("cso", "application/x-compressed-iso"),
    ("cso2", "application/x-compressed-iso"),
    ("dmg", "application/x-apple-diskimage"),
    ("aiff", "audio/x-aiff"),
    ("bzip2", "application/x-bzip2"),
    ("xz", "application/x-xz"),
    ("7z", "application/x-7z-compressed"),
    // file
    ("iso", "application/x-iso9660-image"),
    ("nrg", "application/x-nrg"),
    // rom-properties
    ("zso", "application/x-psp-ziso-image"),
    ("jso", "application/x-psp-jiso-image"),
    ("dax", "application/x-psp-dax-image"),
];

/// Sectors without any header that are not the 2048 bytes of ISO 9660: raw, with subchannel, or sound (shared-mime-info).
const RAW: &str = "application/x-cd-image";

/// The media type of a file of that format. `cooked`: what it stores of a data sector is its 2048 bytes and no more.
#[must_use]
pub fn mime(format: &str, cooked: bool) -> &'static str {
    match TYPES.iter().find(|(id, _)| *id == format) {
        Some(("iso", _)) if !cooked => RAW,
        Some((_, mime)) => mime,
        None => OCTETS,
    }
}

/// Is it a type that says something?
#[must_use]
pub fn is_telling(mime: &str) -> bool {
    mime != OCTETS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_named_is_octets() {
        assert_eq!((mime("cue", false), mime("mds", false), mime("ecm", true)), ("application/x-cue", OCTETS, OCTETS));
        assert_eq!((mime("iso", true), mime("iso", false)), ("application/x-iso9660-image", RAW));
        assert!(is_telling(RAW) && !is_telling(mime("isz", true)));
    }
}
