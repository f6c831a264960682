//! `info`: what an image is, from its descriptor and a bounded sample of its sectors.

use crate::args::InfoArgs;
use crate::console::Console;
use crate::errors::{self, Failure};
use crate::identity::{self, Known};
use crate::image::{self, Image};
use crate::shown;
use discconv_core::{
    CdTextKind, Disc, Error, Lba, Media, Note, NoteKind, Scratch, Session, SubCoding, Track, TrackSurvey, survey_track,
};
use serde_json::{Map, Value, json};

/// Sectors that are looked at in a track, and in a whole disc, at most.
const SAMPLES_TRACK: u32 = 64;
const SAMPLES_DISC: u32 = 512;
/// Columns of a line.
const LINE: usize = 80;
/// Notes that a person is told, if the image itself has not more.
const NOTES: usize = 6;

pub(crate) fn run(args: &InfoArgs, console: &Console) -> Result<u8, Failure> {
    let image = image::open(&args.image.input, &args.image.reading)?;
    let looked = image.discs.iter().map(|disc| Looked::at(&image, disc)).collect::<Result<Vec<Looked>, Error>>()?;
    if console.json {
        console.data_json(&as_json(&image, &looked));
    } else {
        console.data(&text(&image, &looked));
    }
    Ok(errors::DONE)
}

/// What a look at a disc showed.
struct Looked {
    /// What each track's sectors are, in the order of the tracks.
    surveys: Vec<TrackSurvey>,
    /// What it is for.
    known: Known,
}

impl Looked {
    fn at(image: &Image, disc: &Disc) -> Result<Looked, Error> {
        Ok(Looked { surveys: surveys(disc)?, known: identity::of(image, disc) })
    }
}

fn surveys(disc: &Disc) -> Result<Vec<TrackSurvey>, Error> {
    let tracks = u32::try_from(disc.toc().track_count()).unwrap_or(u32::MAX).max(1);
    let samples = (SAMPLES_DISC / tracks).clamp(4, SAMPLES_TRACK);
    let mut scratch = Scratch::default();
    disc.toc().tracks().map(|track| survey_track(disc, track, samples, &mut scratch)).collect()
}

/// The keys of the contract, which speak of the first disc; where there are several, `discs` has them all.
fn as_json(image: &Image, looked: &[Looked]) -> Value {
    let mut discs = image.discs.iter().zip(looked).map(|(disc, looked)| disc_json(disc, looked));
    let mut body = Map::new();
    body.insert("path".to_owned(), image.path.to_string_lossy().into());
    body.insert("format".to_owned(), image.container().id.into());
    let first = discs.next().unwrap_or_default();
    body.extend(first.clone());
    body.insert("mime".to_owned(), mime(image).into());
    body.insert("size_bytes".to_owned(), image.size_bytes().into());
    body.insert("notes".to_owned(), image.notes.iter().map(|note| note.text.as_str()).collect());
    if image.discs.len() > 1 {
        body.insert("discs".to_owned(), image::numbered(std::iter::once(first).chain(discs)));
    }
    Value::Object(body)
}

/// What is said of one disc.
fn disc_json(disc: &Disc, looked: &Looked) -> Map<String, Value> {
    let mut surveys = looked.surveys.iter();
    let sessions = disc.toc().sessions.iter().enumerate().map(|(place, session)| {
        let tracks: Vec<Value> =
            session.tracks.iter().zip(&mut surveys).map(|(track, survey)| track_json(track, survey)).collect();
        json!({ "number": place + 1, "start_lba": start(session).0, "lead_out_lba": session.lead_out.0, "tracks": tracks })
    });
    let sessions: Vec<Value> = sessions.collect();
    let mut body = Map::new();
    body.insert("media".to_owned(), disc.toc().media.name().into());
    body.insert("sessions".to_owned(), sessions.into());
    body.insert("mcn".to_owned(), disc.toc().mcn.as_ref().map(ToString::to_string).into());
    body.insert("subchannel".to_owned(), disc.stored_sub().map(SubCoding::name).into());
    body.extend(looked.known.json());
    body
}

/// INDEX 01 of the session's first track.
fn start(session: &Session) -> Lba {
    session.tracks.first().map_or(session.lead_out, Track::start)
}

fn track_json(track: &Track, survey: &TrackSurvey) -> Value {
    let indexes: Vec<Value> = track.indexes.iter().map(|(number, lba)| json!({ "number": number, "lba": lba.0 })).collect();
    json!({
        "number": track.number, "mode": survey.kind, "stored_bytes": survey.stored_bytes, "start_lba": track.start().0,
        "sectors": track.sectors(), "pregap_sectors": track.pregap_sectors(), "indexes": indexes,
        "flags": track.control.names(), "isrc": track.isrc.as_ref().map(ToString::to_string),
    })
}

/// The media type of the file itself.
fn mime(image: &Image) -> &'static str {
    let cooked = image.discs.first().is_some_and(|disc| identity::stored_bytes(disc) == 2048);
    discconv_identify::mime(image.container().id, cooked)
}

/// What the file is, and what is in it if it is a wrapper.
fn kind_words(image: &Image) -> String {
    let names = image.wrappers.iter().chain([&image.format]).map(|info| format!("{} ({})", info.name, info.id));
    names.collect::<Vec<_>>().join(" around ")
}

fn media_words(media: Media) -> &'static str {
    match media {
        Media::Cd => "CD",
        Media::Gd => "GD-ROM",
        Media::Dvd => "DVD",
        Media::Bd => "Blu-ray disc",
        Media::Umd => "UMD",
        Media::Unknown => "medium unknown",
    }
}

fn text(image: &Image, looked: &[Looked]) -> String {
    let several = image.discs.len() > 1;
    let what = match image.discs.as_slice() {
        [disc] => media_words(disc.toc().media).to_owned(),
        discs => shown::count(discs.len() as u64, "disc"),
    };
    let size = shown::size(image.size_bytes());
    let mut lines = vec![image.shown.clone(), format!("{}, {what}, {size}", kind_words(image))];
    lines.push(format!("type      {}", mime(image)));
    for (number, (disc, looked)) in (1..).zip(image.discs.iter().zip(looked)) {
        if several {
            lines.push(format!("\ndisc {number} of {}, {}", image.discs.len(), media_words(disc.toc().media)));
        }
        lines.extend(looked.known.lines());
        lines.extend(disc_lines(disc, &looked.surveys));
    }
    if image.discs.iter().any(|disc| disc.toc().media.has_raw()) {
        lines.push("length and pregap are in minutes:seconds:frames".to_owned());
    }
    for (number, disc) in (1..).zip(&image.discs) {
        let of = if several { format!("disc {number}, ") } else { String::new() };
        lines.extend(further_indexes(disc).into_iter().chain(titles(disc)).map(|line| format!("{of}{line}")));
    }
    lines.extend(note_lines(image, looked));
    lines.join("\n")
}

/// What was noted of the image, then of its volumes: each once, and no more than a person reads.
fn note_lines(image: &Image, looked: &[Looked]) -> Vec<String> {
    let mut notes: Vec<&Note> = Vec::new();
    for note in image.notes.iter().chain(looked.iter().flat_map(|looked| looked.known.notes())) {
        if notes.iter().all(|known| known.text != note.text) {
            notes.push(note);
        }
    }
    let further = notes.len().saturating_sub(NOTES.max(image.notes.len()));
    let told = notes[..notes.len() - further].iter().map(|note| note_line(image, note));
    let mut lines: Vec<String> = told.collect();
    lines.extend((further > 0).then(|| format!("note: {} more, which --json tells", shown::count(further as u64, "note"))));
    if !lines.is_empty() {
        lines.insert(0, String::new());
    }
    lines
}

/// The file that all is about is named once, above.
fn note_line(image: &Image, note: &Note) -> String {
    let kind = if note.kind == NoteKind::Damage { "damage" } else { "note" };
    let own = note.text.strip_prefix(&*image.path.to_string_lossy()).and_then(|rest| rest.strip_prefix(": "));
    let text = format!("{kind}: {}", shown::name(own.unwrap_or(&note.text)));
    let mut wrapped = shown::wrapped(&text, LINE - 2).into_iter();
    let first = wrapped.next().unwrap_or_default();
    std::iter::once(first).chain(wrapped.map(|line| format!("  {line}"))).collect::<Vec<_>>().join("\n")
}

/// Codes, and a table for each session.
fn disc_lines(disc: &Disc, surveys: &[TrackSurvey]) -> Vec<String> {
    let toc = disc.toc();
    let mut lines: Vec<String> =
        toc.mcn.as_ref().map(|mcn| format!("MCN {}", shown::name(&mcn.to_string()))).into_iter().collect();
    lines.extend(disc.stored_sub().map(|sub| format!("subchannel stored, {}", sub.name())));
    let mut rest = surveys;
    for (place, session) in toc.sessions.iter().enumerate() {
        lines.push(String::new());
        if toc.sessions.len() > 1 {
            lines.push(format!("session {}, lead-out at LBA {}", place + 1, session.lead_out));
        }
        let (these, others) = rest.split_at(session.tracks.len().min(rest.len()));
        rest = others;
        lines.push(track_table(session, these, toc.media.has_raw()));
    }
    lines
}

/// `timed`: of a medium on which lengths are times.
fn track_table(session: &Session, surveys: &[TrackSurvey], timed: bool) -> String {
    let rows = session.tracks.iter().zip(surveys).map(|(track, survey)| {
        let number = track.number.to_string();
        let stored = if survey.stored_bytes == 0 { "-".to_owned() } else { survey.stored_bytes.to_string() };
        let length = if timed { time(track.sectors()) } else { shown::size(u64::from(track.sectors()) * 2048) };
        let pregap = if track.pregap_sectors() == 0 { "-".to_owned() } else { time(track.pregap_sectors()) };
        let mut said = track.control.names().join(" ");
        if let Some(isrc) = &track.isrc {
            said = format!("{said} {}", shown::name(&isrc.to_string())).trim_start().to_owned();
        }
        [
            number,
            survey.kind.to_owned(),
            stored,
            track.start().to_string(),
            shown::grouped(track.sectors().into()),
            length,
            pregap,
            said,
        ]
    });
    let head = ["track", "mode", "stored", "LBA", "sectors", "length", "pregap", "flags, ISRC"];
    shown::table(head, &[0, 2, 3, 4, 5, 6], rows)
}

/// So many sectors as minutes, seconds and frames of 1/75 s.
fn time(sectors: u32) -> String {
    format!("{:02}:{:02}:{:02}", sectors / 75 / 60, sectors / 75 % 60, sectors % 75)
}

/// INDEX 02 and up, a line for each track that has them.
fn further_indexes(disc: &Disc) -> Vec<String> {
    let lines = disc.toc().tracks().filter_map(|track| {
        let further: Vec<String> =
            track.indexes.iter().filter(|(number, _)| *number > 1).map(|(number, lba)| format!("{number:02} at {lba}")).collect();
        (!further.is_empty()).then(|| format!("track {}: INDEX {}", track.number, further.join(", ")))
    });
    lines.collect()
}

/// CD-TEXT of the first language: a line for the disc and one for each track.
fn titles(disc: &Disc) -> Vec<String> {
    let Some(block) = disc.toc().cd_text.as_ref().and_then(|text| text.blocks.first()) else {
        return Vec::new();
    };
    let lines = block.texts.iter().filter_map(|((kind, track), text)| {
        let whose = if *track == 0 { "disc".to_owned() } else { format!("track {track}") };
        Some((*track, format!("{whose}: {} {}", text_word(*kind)?, shown::name(text))))
    });
    let mut lines: Vec<(u8, String)> = lines.collect();
    lines.sort_by_key(|(track, _)| *track);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Kinds of CD-TEXT that people read.
fn text_word(kind: CdTextKind) -> Option<&'static str> {
    match kind {
        CdTextKind::Title => Some("title"),
        CdTextKind::Performer => Some("performer"),
        CdTextKind::Songwriter => Some("songwriter"),
        CdTextKind::Composer => Some("composer"),
        CdTextKind::Arranger => Some("arranger"),
        CdTextKind::Message => Some("message"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_core::{Toc, TrackMode};

    #[test]
    fn a_track_has_the_promised_keys_in_order() {
        let toc = Toc::single_data(Media::Cd, TrackMode::Mode1, 100);
        let survey = TrackSurvey { kind: "mode1", stored_bytes: 2048 };
        let json: Vec<String> = toc.tracks().map(|track| track_json(track, &survey).to_string()).collect();
        let expected = r#"{"number":1,"mode":"mode1","stored_bytes":2048,"start_lba":0,"sectors":100,"pregap_sectors":0,"indexes":[{"number":1,"lba":0}],"flags":[],"isrc":null}"#;
        assert_eq!(json, [expected]);
    }

    #[test]
    fn lengths_are_times() {
        assert_eq!(time(75 * 61 + 74), "01:01:74");
        assert_eq!(time(449_849), "99:57:74");
    }
}
