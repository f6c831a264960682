//! Media types of what discconv reads, by the id of the format.

/// Registered ones, and those that `shared-mime-info` has or that are written like its.
const TYPES: &[(&str, &str)] = &[
    ("iso", "application/x-iso9660-image"),
    ("cue", "application/x-cue"),
    ("toc", "application/x-cdrdao-toc"),
    ("ccd", "application/x-ccd"),
    ("mds", "application/x-mds"),
    ("nrg", "application/x-nrg"),
    ("cdi", "application/x-discjuggler-cd-image"),
    ("gdi", "application/x-gd-rom-cue"),
    ("chd", "application/x-mame-chd"),
    ("pbp", "application/x-psp-pbp"),
    ("cso", "application/x-compressed-iso"),
    ("cso2", "application/x-compressed-iso"),
    ("zso", "application/x-compressed-iso"),
    ("jso", "application/x-compressed-iso"),
    ("dax", "application/x-dax"),
    ("isz", "application/x-isz"),
    ("ecm", "application/x-ecm"),
    ("daa", "application/x-daa"),
    ("gbi", "application/x-gbi"),
    ("uif", "application/x-uif"),
    ("dmg", "application/x-apple-diskimage"),
    ("b6t", "application/x-blindwrite"),
    ("wave", "audio/vnd.wave"),
    ("aiff", "audio/x-aiff"),
    ("flac", "audio/flac"),
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("gzip", "application/gzip"),
    ("bzip2", "application/x-bzip2"),
    ("xz", "application/x-xz"),
    ("zstd", "application/zstd"),
    ("zip", "application/zip"),
    ("7z", "application/x-7z-compressed"),
];

/// Sectors without any header that are not the 2048 bytes of ISO 9660: raw, with subchannel, or sound.
const RAW: &str = "application/x-cd-image";
/// A form that has no name.
const OTHER: &str = "application/octet-stream";

/// The media type of a file of that format. `cooked`: what it stores of a data sector is its 2048 bytes and no more.
#[must_use]
pub fn mime(format: &str, cooked: bool) -> &'static str {
    match TYPES.iter().find(|(id, _)| *id == format) {
        Some(("iso", _)) if !cooked => RAW,
        Some((_, mime)) => mime,
        None => OTHER,
    }
}
