//! CD-TEXT: items of the text to packs, and back.

use crate::sheet::{Sheet, Texts, Value};
use crate::wire::Quoted;
use discconv_core::{CdText, CdTextBlock, Loss, LossKind, Note, Toc};
use discconv_sector::cd_text::{Block, Charset, Kind, Pack, decode, encode};
use encoding_rs::SHIFT_JIS;
use std::collections::BTreeSet;

/// Place of the charset, and of the languages, in the size information.
const CHARSET: usize = 0;
const LANGUAGES: usize = 28;
/// Bytes of size information, in three packs of twelve.
pub(crate) const SIZES: usize = 36;
/// What of it is no sum: first and last track, copyright. The first track of a disc without texts of tracks, say.
const FREE: std::ops::Range<usize> = 1..4;
/// The code of a genre, before its text.
const NO_GENRE: [u8; 2] = [0, 0];

/// All CD-TEXT of the sheet.
pub(crate) fn cd_text(sheet: &Sheet) -> (Option<CdText>, Option<Note>) {
    let numbers: BTreeSet<u8> = sheet.texts.items.keys().map(|(block, ..)| *block).collect();
    let mut blocks: Vec<Block> = numbers.into_iter().map(|number| block(&sheet.texts, number)).collect();
    blocks.iter_mut().for_each(|block| split_times(block, sheet.first_number));
    if blocks.iter().all(|block| block.entries.is_empty()) {
        return (None, None);
    }
    match encode(&blocks) {
        Some(mut packs) => {
            blocks.iter().for_each(|block| told_sizes(&sheet.texts, block.number, &mut packs));
            (read(&packs), None)
        }
        None => {
            let text = format!("{}: the CD-TEXT is too long for the packs of a disc; its strings are kept", sheet.name);
            (Some(CdText { blocks: blocks.iter().map(strings).collect(), packs: Vec::new() }), Some(Note::oddity(text)))
        }
    }
}

/// The size information of a block, as its packs have it.
fn sizes(packs: &[[u8; 18]], number: u8) -> Option<[u8; SIZES]> {
    let mut sizes = [0; SIZES];
    for (part, out) in (0..).zip(sizes.chunks_exact_mut(12)) {
        let is_it = |pack: &Pack| pack.kind() == Some(Kind::SizeInfo) && pack.block() == number && pack.track() == part;
        out.copy_from_slice(&packs.iter().copied().map(Pack).find(is_it)?.data());
    }
    Some(sizes)
}

/// Let the size information of the text count where it agrees with the packs that were made.
fn told_sizes(texts: &Texts, number: u8, packs: &mut [[u8; 18]]) {
    let (Some(Value::Bytes(told)), Some(made)) = (texts.items.get(&(number, Kind::SizeInfo, 0)), sizes(packs, number)) else {
        return;
    };
    let agrees = told.len() == SIZES && (0..SIZES).all(|at| FREE.contains(&at) || told[at] == made[at]);
    let is_first = |pack: &&mut [u8; 18]| {
        let pack = Pack(**pack);
        pack.kind() == Some(Kind::SizeInfo) && pack.block() == number && pack.track() == 0
    };
    if let Some(first) = packs.iter_mut().find(is_first).filter(|_| agrees) {
        let mut pack = Pack(*first);
        pack.0[4..][FREE].copy_from_slice(&told[FREE]);
        pack.seal();
        *first = pack.0;
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

/// Data bytes of a pack.
const PACK: usize = 12;

/// Which track stands in each pack of the times of tracks: the first pack is of the disc, the others have four tracks each.
fn times_of(first: u8) -> impl Iterator<Item = u8> {
    std::iter::once(0).chain((first..=99).step_by(4))
}

/// The times of tracks, which lie in packs of several tracks, as the one list that a TOC has of them; `None` if they lie
/// otherwise.
pub(crate) fn times(block: &Block, first: u8) -> Option<Vec<u8>> {
    let packs: Vec<(u8, &Vec<u8>)> =
        block.entries.range((Kind::Toc, 0)..=(Kind::Toc, u8::MAX)).map(|((_, track), data)| (*track, data)).collect();
    let in_order = packs.iter().zip(times_of(first)).all(|((track, data), expected)| *track == expected && data.len() == PACK);
    (in_order && !packs.is_empty()).then(|| packs.into_iter().flat_map(|(_, data)| data).copied().collect())
}

/// The list of times pack by pack.
fn split_times(block: &mut Block, first: u8) {
    let Some(all) = block.entries.remove(&(Kind::Toc, 0)) else { return };
    for (part, track) in all.chunks(PACK).zip(times_of(first)) {
        let mut data = part.to_vec();
        data.resize(PACK, 0);
        block.entries.insert((Kind::Toc, track), data);
    }
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

/// The blocks to be written, with their size information where it does not go without saying, and what cannot be said.
#[derive(Default)]
pub(crate) struct ToWrite {
    pub(crate) blocks: Vec<(Block, Option<[u8; SIZES]>)>,
    pub(crate) loss: Option<Loss>,
}

pub(crate) fn to_write(toc: &Toc) -> ToWrite {
    let Some(text) = &toc.cd_text else { return ToWrite::default() };
    let Some(packs) = text.to_packs() else {
        let what = "CD-TEXT with letters or lengths that the packs of a disc cannot hold";
        return ToWrite { loss: Some(Loss::new(LossKind::CdText, 1, what)), ..ToWrite::default() };
    };
    let blocks = decode(&packs);
    let with_sizes = !text.packs.is_empty() || blocks.iter().any(|block| block.charset != Charset::Latin1);
    let with_sizes = |block: Block| (sizes(&packs, block.number).filter(|_| with_sizes), block);
    ToWrite { blocks: blocks.into_iter().map(with_sizes).map(|(sizes, block)| (block, sizes)).collect(), loss: None }
}

/// What packs say beside their strings, if `read` does not say it.
pub(crate) fn binary_loss(read: Option<&CdText>, wanted: &CdText) -> Option<Loss> {
    let entries = |packs: &[[u8; 18]]| decode(packs).into_iter().map(|block| block.entries).collect::<Vec<_>>();
    let lost = !wanted.packs.is_empty() && entries(&wanted.packs) != entries(&read?.to_packs()?);
    lost.then(|| Loss::new(LossKind::CdText, 1, "CD-TEXT that is no string, such as the times of tracks"))
}

/// Do `read` texts say all that `wanted` says?
pub(crate) fn say(read: Option<&CdText>, wanted: &CdText) -> bool {
    let found = read.map_or(&[][..], |text| &text.blocks);
    wanted.blocks.iter().enumerate().all(|(index, block)| match found.get(index) {
        Some(found) => found.language == block.language && found.texts == block.texts,
        None => block.texts.is_empty(),
    })
}
