//! CD-TEXT: items of the text to packs, and back.

use crate::sheet::{Sheet, Texts, Value};
use crate::wire::Quoted;
use discconv_core::{CdText, CdTextBlock, Loss, LossKind, Note, Toc};
use discconv_sector::cd_text::{Block, Charset, Kind, decode, encode};
use encoding_rs::SHIFT_JIS;
use std::collections::BTreeSet;

/// Place of the charset, and of the languages, in the size information.
const CHARSET: usize = 0;
const LANGUAGES: usize = 28;
/// The code of a genre, before its text.
const NO_GENRE: [u8; 2] = [0, 0];

/// All CD-TEXT of the sheet.
pub(crate) fn cd_text(sheet: &Sheet) -> (Option<CdText>, Option<Note>) {
    let numbers: BTreeSet<u8> = sheet.texts.items.keys().map(|(block, ..)| *block).collect();
    let blocks: Vec<Block> = numbers.into_iter().map(|number| block(&sheet.texts, number)).collect();
    if blocks.iter().all(|block| block.entries.is_empty()) {
        return (None, None);
    }
    match encode(&blocks) {
        Some(packs) => (read(&packs), None),
        None => {
            let text = format!("{}: the CD-TEXT is too long for the packs of a disc; its strings are kept", sheet.name);
            (Some(CdText { blocks: blocks.iter().map(strings).collect(), packs: Vec::new() }), Some(Note::oddity(text)))
        }
    }
}

/// What `packs` say. Packs that are no more than what [`CdText::to_packs`] makes of strings in no language are those strings.
fn read(packs: &[[u8; 18]]) -> Option<CdText> {
    if packs.is_empty() {
        return None;
    }
    let text = CdText { blocks: CdTextBlock::from_packs(packs), packs: Vec::new() };
    let plain = text.blocks.len() == 1 && text.blocks[0].language == 0 && text.to_packs().is_some_and(|made| made == packs);
    Some(if plain { text } else { CdText { packs: packs.to_vec(), ..text } })
}

/// The bytes of one language.
fn block(texts: &Texts, number: u8) -> Block {
    let sizes = match texts.items.get(&(number, Kind::SizeInfo, 0)) {
        Some(Value::Bytes(bytes)) => bytes.as_slice(),
        _ => &[],
    };
    let charset = texts.encodings.get(&number).or(sizes.get(CHARSET)).copied();
    let language = texts.languages.get(&number).or(sizes.get(LANGUAGES + usize::from(number))).copied().unwrap_or(0);
    let own = texts.items.iter().filter(|((block, kind, _), _)| *block == number && *kind != Kind::SizeInfo);
    let own: Vec<_> = own.map(|((_, kind, track), value)| ((*kind, *track), value)).collect();
    let charset = charset.map_or_else(|| guessed(&own), Charset::from_byte);
    let entries = own.into_iter().map(|(key, value)| (key, bytes(key.0, value, charset)));
    Block { number, charset, language, entries: entries.collect() }
}

/// Letters of the text file, unless the string gives bytes of the disc.
fn letters(text: &Quoted) -> Option<&str> {
    if text.octal || text.bytes.is_ascii() { None } else { std::str::from_utf8(&text.bytes).ok() }
}

/// Where nobody says it: Latin letters if they do.
fn guessed(items: &[((Kind, u8), &Value)]) -> Charset {
    let foreign = items.iter().any(|(_, value)| match value {
        Value::Text(text) => letters(text).is_some_and(|text| text.chars().any(|letter| u32::from(letter) > 0xFF)),
        Value::Bytes(_) => false,
    });
    if foreign { Charset::MsJis } else { Charset::Latin1 }
}

fn bytes(kind: Kind, value: &Value, charset: Charset) -> Vec<u8> {
    match value {
        Value::Bytes(bytes) => {
            let end = if kind.is_binary() || kind == Kind::Genre { None } else { bytes.iter().position(|byte| *byte == 0) };
            bytes[..end.unwrap_or(bytes.len())].to_vec()
        }
        Value::Text(text) => {
            let coded = coded(text, charset);
            if kind == Kind::Genre { [&NO_GENRE[..], &coded].concat() } else { coded }
        }
    }
}

/// The string as the disc has it.
fn coded(text: &Quoted, charset: Charset) -> Vec<u8> {
    let Some(letters) = letters(text) else { return text.bytes.clone() };
    let coded = match charset {
        Charset::Latin1 => letters.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect(),
        Charset::MsJis => {
            Some(SHIFT_JIS.encode(letters)).filter(|(.., unmappable)| !unmappable).map(|(bytes, ..)| bytes.into_owned())
        }
        _ => None,
    };
    coded.unwrap_or_else(|| text.bytes.clone())
}

/// The strings of a block that no packs can hold.
fn strings(block: &Block) -> CdTextBlock {
    let texts = block.entries.iter().filter(|((kind, _), _)| !kind.is_binary()).map(|(key, bytes)| {
        let bytes = if key.0 == Kind::Genre { bytes.get(NO_GENRE.len()..).unwrap_or_default() } else { bytes };
        let text = match block.charset {
            Charset::MsJis => SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(),
            _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
        };
        (*key, text)
    });
    CdTextBlock { language: block.language, texts: texts.collect() }
}

/// The blocks to be written, whether with size information, and what cannot be said.
pub(crate) struct ToWrite {
    pub(crate) blocks: Vec<Block>,
    /// The charset is not the one that goes without saying.
    pub(crate) with_sizes: bool,
    pub(crate) loss: Option<Loss>,
}

pub(crate) fn to_write(toc: &Toc) -> ToWrite {
    let nothing = ToWrite { blocks: Vec::new(), with_sizes: false, loss: None };
    let Some(text) = &toc.cd_text else { return nothing };
    match text.to_packs() {
        Some(packs) => {
            let blocks = decode(&packs);
            let with_sizes = blocks.iter().any(|block| block.charset != Charset::Latin1);
            ToWrite { blocks, with_sizes, loss: None }
        }
        None => {
            let what = "CD-TEXT with letters or lengths that the packs of a disc cannot hold";
            ToWrite { loss: Some(Loss::new(LossKind::CdText, 1, what)), ..nothing }
        }
    }
}

/// Do `read` texts say all that `wanted` says?
pub(crate) fn say(read: Option<&CdText>, wanted: &CdText) -> bool {
    let found = read.map_or(&[][..], |text| &text.blocks);
    wanted.blocks.iter().enumerate().all(|(index, block)| match found.get(index) {
        Some(found) => found.language == block.language && found.texts == block.texts,
        None => block.texts.is_empty(),
    })
}
