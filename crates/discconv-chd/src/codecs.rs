//! Which codecs a file has, as the command line calls them and as the header does.

use crate::wire::FourCc;
use discconv_core::{At, ConversionMode, Error, Result, WriteOptions};

/// What packs the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Deflate,
    Lzma,
    /// Huffman codes of single bytes.
    Huff,
    Flac,
    Zstd,
}

impl Codec {
    /// Does it pack anything that can be packed?
    pub(crate) fn is_general(self) -> bool {
        matches!(self, Codec::Deflate | Codec::Lzma | Codec::Zstd)
    }
}

/// What a hunk holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Frames of a CD, packed in parts: sectors and subchannel.
    Frames,
    /// Sectors of 2048 bytes, packed as they are.
    Sectors,
}

struct Name {
    codec: Codec,
    /// Of sectors; it also stands for the one of frames.
    sectors: &'static str,
    /// Of frames, if they can be packed so.
    frames: Option<&'static str>,
}

const NAMES: [Name; 5] = [
    Name { codec: Codec::Deflate, sectors: "zlib", frames: Some("cdzl") },
    Name { codec: Codec::Lzma, sectors: "lzma", frames: Some("cdlz") },
    Name { codec: Codec::Huff, sectors: "huff", frames: None },
    Name { codec: Codec::Flac, sectors: "flac", frames: Some("cdfl") },
    Name { codec: Codec::Zstd, sectors: "zstd", frames: Some("cdzs") },
];

/// No compression.
const NONE: &str = "none";
/// The header has room for so many.
const MOST: usize = 4;

impl Content {
    fn named(self, name: &Name) -> Option<&'static str> {
        match self {
            Content::Frames => name.frames,
            Content::Sectors => Some(name.sectors),
        }
    }

    /// What `--codec` takes.
    fn choices(self) -> String {
        let names: Vec<&str> = NAMES.iter().filter_map(|name| self.named(name)).chain([NONE]).collect();
        names.join(", ")
    }

    /// Those that every reader knows, in the order of other programs; or the fast ones.
    fn usual(self, mode: ConversionMode) -> Vec<Codec> {
        match (self, mode) {
            (Content::Frames, ConversionMode::Fast) => vec![Codec::Zstd, Codec::Flac],
            (Content::Sectors, ConversionMode::Fast) => vec![Codec::Zstd],
            (Content::Frames, _) => vec![Codec::Lzma, Codec::Deflate, Codec::Flac],
            (Content::Sectors, _) => vec![Codec::Lzma, Codec::Deflate, Codec::Huff, Codec::Flac],
        }
    }
}

/// The codecs to write with, in the order of the header; none for no compression. `file` is the output.
///
/// # Errors
/// [`Error::Unsupported`] for a name that is none, or none for such content, twice the same, or too many.
pub(crate) fn chosen(content: Content, options: &WriteOptions, file: &str) -> Result<Vec<Codec>> {
    match &options.codecs[..] {
        [] => return Ok(content.usual(options.level)),
        [name] if name == NONE => return Ok(Vec::new()),
        _ => {}
    }
    let refused = |what: String| {
        let kind = if content == Content::Frames { "a CD" } else { "this disc" };
        Error::unsupported(file, At::Whole, what)
            .with_hint(format!("for {kind} --codec takes up to {MOST} of {}", content.choices()))
    };
    let mut codecs = Vec::new();
    for asked in &options.codecs {
        let matches = |name: &&Name| {
            let own = content.named(name);
            own == Some(asked) || (own.is_some() && name.sectors == asked)
        };
        let Some(name) = NAMES.iter().find(matches) else {
            return Err(refused(format!("there is no codec {asked:?} for such hunks")));
        };
        if codecs.contains(&name.codec) {
            return Err(refused(format!("codec {asked:?} is named twice")));
        }
        codecs.push(name.codec);
    }
    if codecs.len() > MOST {
        return Err(refused(format!("{} codecs are more than a header holds", codecs.len())));
    }
    Ok(codecs)
}

/// The four letters of each codec for the header.
pub(crate) fn letters(content: Content, codecs: &[Codec]) -> [FourCc; MOST] {
    let mut letters = [[0; 4]; MOST];
    for (to, codec) in letters.iter_mut().zip(codecs) {
        let name = NAMES.iter().find(|name| name.codec == *codec).and_then(|name| content.named(name));
        if let Some(name) = name.and_then(|name| name.as_bytes().first_chunk()) {
            *to = *name;
        }
    }
    letters
}
