//! CD-TEXT between packs and strings.

use crate::toc::{CdText, CdTextBlock};
use discconv_sector::cd_text::{Block, Charset, Kind, decode, encode};
use encoding_rs::SHIFT_JIS;

/// Bytes of a genre before its text: a code.
const GENRE_CODE: usize = 2;

impl CdTextBlock {
    /// What packs say, a block per language. Binary packs (TOC, size information) have no strings.
    #[must_use]
    pub fn from_packs(packs: &[[u8; 18]]) -> Vec<CdTextBlock> {
        decode(packs).iter().map(readable).collect()
    }
}

impl CdText {
    /// What the packs of an image say; `None` without packs.
    ///
    /// Packs that are no more than what [`CdText::to_packs`] makes of strings in no language are those strings again: so the
    /// texts of a sheet come back as they went in.
    #[must_use]
    pub fn from_packs(packs: &[[u8; 18]]) -> Option<CdText> {
        if packs.is_empty() {
            return None;
        }
        let text = CdText { blocks: CdTextBlock::from_packs(packs), packs: Vec::new() };
        let plain =
            matches!(&text.blocks[..], [block] if block.language == 0) && text.to_packs().is_some_and(|made| made == packs);
        Some(if plain { text } else { CdText { packs: packs.to_vec(), ..text } })
    }

    /// Does `kept`, which came back, say all that this says, packs aside?
    #[must_use]
    pub fn is_kept(&self, kept: Option<&CdText>) -> bool {
        let kept = kept.map_or(&[][..], |text| &text.blocks);
        self.blocks.iter().enumerate().all(|(index, block)| match kept.get(index) {
            Some(found) => found.language == block.language && found.texts == block.texts,
            None => block.texts.is_empty(),
        })
    }

    /// The packs as stored, else packs made of the strings: Latin letters where they do, else Shift-JIS. No packs for no
    /// strings; `None` if packs cannot hold them.
    #[must_use]
    pub fn to_packs(&self) -> Option<Vec<[u8; 18]>> {
        if !self.packs.is_empty() {
            return Some(self.packs.clone());
        }
        let blocks: Vec<Block> = (0..).zip(&self.blocks).map(|(number, block)| binary(number, block)).collect::<Option<_>>()?;
        if blocks.iter().all(|block| block.entries.is_empty()) { Some(Vec::new()) } else { encode(&blocks) }
    }
}

fn readable(block: &Block) -> CdTextBlock {
    let texts = block.entries.iter().filter_map(|((kind, track), bytes)| {
        let bytes = match kind {
            Kind::Genre => bytes.get(GENRE_CODE..)?,
            kind if kind.is_binary() => return None,
            _ => bytes,
        };
        let text = match block.charset {
            Charset::MsJis if kind.uses_charset() => SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(),
            _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
        };
        let text = text.trim_end_matches('\0').to_owned();
        (!text.is_empty()).then_some(((*kind, *track), text))
    });
    CdTextBlock { language: block.language, texts: texts.collect() }
}

fn binary(number: u8, block: &CdTextBlock) -> Option<Block> {
    let is_latin = |text: &String| text.chars().all(|letter| u32::from(letter) < 0x100);
    let charset = if block.texts.values().all(is_latin) { Charset::Latin1 } else { Charset::MsJis };
    let entries = block.texts.iter().map(|((kind, track), text)| {
        let bytes = if charset == Charset::MsJis && kind.uses_charset() {
            let (bytes, _, unmappable) = SHIFT_JIS.encode(text);
            (!unmappable).then(|| bytes.into_owned())?
        } else {
            text.chars().map(|letter| u8::try_from(letter).ok()).collect::<Option<Vec<u8>>>()?
        };
        let bytes = if *kind == Kind::Genre { [vec![0; GENRE_CODE], bytes].concat() } else { bytes };
        Some(((*kind, *track), bytes))
    });
    Some(Block { number, charset, language: block.language, entries: entries.collect::<Option<_>>()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> CdText {
        let texts = [((Kind::Title, 0), value.to_owned()), ((Kind::Genre, 0), "Folk".to_owned())].into();
        CdText { blocks: vec![CdTextBlock { language: 9, texts }], packs: Vec::new() }
    }

    #[test]
    fn strings_come_back_in_latin_letters_and_in_shift_jis() {
        for value in ["Stra\u{DF}e", "\u{65B0}\u{5EFA}", "x"] {
            let packs = text(value).to_packs().unwrap();
            assert_eq!(CdTextBlock::from_packs(&packs), text(value).blocks, "{value}");
        }
        assert_eq!(text("\u{1F4BF}").to_packs(), None);
        assert_eq!(CdText::default().to_packs(), Some(Vec::new()));
    }

    #[test]
    fn plain_strings_come_back_without_packs() {
        let mut plain = text("Stra\u{DF}e");
        plain.blocks[0].language = 0;
        assert_eq!(CdText::from_packs(&plain.to_packs().unwrap()), Some(plain.clone()));
        // A language is more than a sheet can say.
        let packs = text("Stra\u{DF}e").to_packs().unwrap();
        assert_eq!(CdText::from_packs(&packs), Some(CdText { packs, ..text("Stra\u{DF}e") }));
        assert_eq!(CdText::from_packs(&[]), None);
        assert!(plain.is_kept(Some(&plain)) && !plain.is_kept(None) && !plain.is_kept(Some(&text("Stra\u{DF}e"))));
        // A block without texts need not come back.
        let more = CdText {
            blocks: [plain.blocks.clone(), vec![CdTextBlock { language: 9, texts: [].into() }]].concat(),
            ..plain.clone()
        };
        assert!(more.is_kept(Some(&plain)) && CdText::default().is_kept(None));
    }
}
