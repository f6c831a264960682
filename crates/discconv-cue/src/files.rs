//! Looking for the files that a sheet names.

use crate::sheet::{Named, Sheet};
use crate::text::{self, OTHERS};
use crate::wire::{self, Command, FileKind};
use discconv_core::{At, Error, Found, Input, Note, Result, safe_relative_name};

/// Extensions under which the data of a renamed sheet is looked for; what is missing must be called so, too.
const STEM_EXTENSIONS: [&str; 4] = ["bin", "img", "iso", "raw"];
/// Extensions of files that a sheet may be about, for advice.
const LIKELY: [&str; 12] = ["bin", "img", "iso", "raw", "wav", "aif", "aiff", "flac", "mp3", "ogg", "ecm", "gz"];
/// Bytes of a file that are looked at to tell sheets and sound from sectors.
const HEAD: usize = 4096;

/// What has been found, and what was odd about it.
pub(crate) struct Located {
    pub(crate) found: Found,
    pub(crate) notes: Vec<Note>,
}

/// The file number `file` of `sheet`.
///
/// # Errors
/// [`Error::MissingFile`] with the line, and with the only candidate as advice; [`Error::Malformed`] for a name that
/// leaves the folder, or names a sheet; [`Error::Unsupported`] for sound that is compressed.
pub(crate) fn locate(input: &Input<'_>, sheet: &Sheet, file: usize) -> Result<Located> {
    let told = &sheet.files[file];
    let at = At::Line(told.line);
    let mut notes = Vec::new();
    let mut found = by_name(input, sheet, file)?;
    if found.is_none() && used_files(sheet) == 1 && STEM_EXTENSIONS.contains(&extension(&told.name).as_str()) {
        found = by_stem(input)?;
        if let Some(found) = &found {
            notes.push(Note::oddity(format!("{}: {:?} is not there; {:?} is taken for it", sheet.name, told.name, found.name)));
        }
    }
    let Some(mut found) = found else {
        let hint = candidate(input).unwrap_or_else(|| format!("put {:?} beside the sheet", base_name(&told.name)));
        return Err(Error::MissingFile { file: sheet.name.clone(), at, wanted: told.name.clone(), hint: Some(hint) });
    };
    refuse_sheets(input, sheet, file, &found)?;
    refuse_compressed(sheet, file, &found)?;
    notes.append(&mut found.notes);
    if matches!(told.kind, FileKind::Wave | FileKind::Aiff | FileKind::Other(_)) && found.unwrapped.is_none() {
        let text = format!("{:?} is called {}, and is taken as bare samples or sectors", told.name, told.kind.word());
        notes.push(Note::oddity(format!("{}: line {}: {text}", sheet.name, told.line)));
    }
    Ok(Located { found, notes })
}

/// Files in which an index lies.
fn used_files(sheet: &Sheet) -> usize {
    (0..sheet.files.len()).filter(|file| is_used(sheet, *file)).count()
}

/// Does an index lie in it?
pub(crate) fn is_used(sheet: &Sheet, file: usize) -> bool {
    sheet.tracks.iter().any(|track| track.indexes.iter().any(|index| index.file == file))
}

fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn extension(name: &str) -> String {
    base_name(name).rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase())
}

/// As the sheet writes it, then only its last part; in the alphabet that the sheet seems to be in, then in others.
fn by_name(input: &Input<'_>, sheet: &Sheet, file: usize) -> Result<Option<Found>> {
    let told = &sheet.files[file];
    let relative = safe_relative_name(&sheet.name, At::Line(told.line), &told.name)?;
    if let Some(found) = with_base(input, &relative)? {
        return Ok(Some(found));
    }
    for name in other_readings(sheet, file) {
        if let Ok(relative) = safe_relative_name(&sheet.name, At::Line(told.line), &name)
            && let Some(found) = with_base(input, &relative)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn with_base(input: &Input<'_>, relative: &str) -> Result<Option<Found>> {
    match input.siblings.open(relative)? {
        Some(found) => Ok(Some(found)),
        None if relative.contains('/') => input.siblings.open(base_name(relative)),
        None => Ok(None),
    }
}

/// The name in other alphabets.
fn other_readings(sheet: &Sheet, file: usize) -> Vec<String> {
    let mut names = Vec::new();
    let Some(line) = sheet.lines.iter().find(|line| line.what == Named::File(file)) else { return names };
    let bytes = &sheet.text.bytes[line.range.clone()];
    if bytes.is_ascii() {
        return names;
    }
    for encoding in OTHERS.into_iter().filter(|encoding| *encoding != sheet.text.encoding) {
        if let Ok(Command::File { name, .. }) = wire::parse(&text::decode(encoding, bytes))
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

fn by_stem(input: &Input<'_>) -> Result<Option<Found>> {
    for extension in STEM_EXTENSIONS {
        if let Some(found) = input.siblings.open(&format!("{}.{extension}", input.stem()))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The only file of the folder that could be meant.
fn candidate(input: &Input<'_>) -> Option<String> {
    let names = input.siblings.list();
    let mut likely = names.iter().filter(|name| LIKELY.contains(&extension(name).as_str()));
    match (likely.next(), likely.next()) {
        (Some(only), None) => Some(format!("if {only:?} is meant, write that name into the sheet")),
        _ => None,
    }
}

/// The first bytes of a file.
fn head(found: &Found) -> Vec<u8> {
    let len = usize::try_from(found.source.len()).unwrap_or(usize::MAX).min(HEAD);
    let mut head = vec![0; len];
    match found.source.read_exact_at(0, &mut head) {
        Ok(()) => head,
        Err(_) => Vec::new(),
    }
}

fn refuse_sheets(input: &Input<'_>, sheet: &Sheet, file: usize, found: &Found) -> Result<()> {
    let told = &sheet.files[file];
    let itself = base_name(&found.name) == base_name(input.name) && !told.name.contains(['/', '\\']);
    let what = match itself {
        true => "the sheet itself",
        false if crate::is_sheet_text(&head(found)) => "another sheet",
        false => return Ok(()),
    };
    let named = format!("{:?}, which is {what}", told.name);
    let hint = candidate(input).unwrap_or_else(|| "write the name of the .bin into this line".to_owned());
    Err(Error::malformed(&sheet.name, At::Line(told.line), named, "the name of a file with sectors or sound").with_hint(hint))
}

/// Sound that no wrapper has taken off.
fn refuse_compressed(sheet: &Sheet, file: usize, found: &Found) -> Result<()> {
    const SIGNS: [(&[u8], &str); 7] = [
        (b"fLaC", "FLAC"),
        (b"OggS", "Ogg"),
        (b"ID3", "MP3"),
        (b"wvpk", "WavPack"),
        (b"MAC ", "Monkey's Audio"),
        (b"TTA1", "True Audio"),
        (b"RIFF", "RIFF"),
    ];
    if found.unwrapped.is_some() {
        return Ok(());
    }
    let told = &sheet.files[file];
    let head = head(found);
    let bare_mp3 = matches!(&told.kind, FileKind::Other(word) if word == "MP3") && head.first() == Some(&0xFF);
    let sound = SIGNS.iter().find(|(sign, _)| head.starts_with(sign)).map(|(_, name)| *name).or(bare_mp3.then_some("MP3"));
    let Some(sound) = sound else { return Ok(()) };
    let what = format!("{:?} is {sound} sound, which this program cannot decode", found.name);
    Err(Error::unsupported(&sheet.name, At::Line(told.line), what)
        .with_hint("decode it to a WAVE file of 44.1 kHz, 16 bit, stereo, and write that name into the sheet"))
}
