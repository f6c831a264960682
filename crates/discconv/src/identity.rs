//! What `info` says of a disc's content: its system, volumes, what starts from it, what runs it.

use crate::image::Image;
use crate::shown;
use discconv_core::{Disc, Limits, Note, NoteKind};
use discconv_fs::{About, BootEntry, Catalogue, Emulation, Platform};
use discconv_identify::{Boot, Emulator, Evidence, Fields, Found, Identity, Shape, Trace, emulators};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Columns of the words in front, and of a line.
const LABEL: usize = 10;
const LINE: usize = 80;
/// What a person is shown of a list.
const LISTED: usize = 8;
/// Characters of a text from the disc.
const LONGEST: usize = 120;

/// What is known of one disc.
pub(crate) struct Known {
    identity: Identity,
    runs: Vec<&'static Emulator>,
    /// Why nothing could be looked at.
    trouble: Option<String>,
}

/// Look at a disc of `image`. What cannot be read there keeps nobody from being told the rest.
pub(crate) fn of(image: &Image, disc: &Disc) -> Known {
    let (identity, trouble) = match discconv_identify::identify(&Arc::new(disc.clone()), &Limits::default()) {
        Ok(identity) => (identity, None),
        Err(error) => (Identity::default(), Some(error.to_string())),
    };
    let format = image.container().id;
    // Of these only a CHD may be the difference to another file, and else it is one file.
    let parent = format == "chd" && image.files.len() > 1;
    let shape = Shape::of(disc, &identity, format, parent);
    let mut runs: Vec<&Emulator> = Vec::new();
    for found in &identity.systems {
        runs.extend(emulators(found.system.id, &shape));
    }
    Known { identity, runs, trouble }
}

/// Bytes that the image stores of the first sector.
pub(crate) fn stored_bytes(disc: &Disc) -> u16 {
    let main = disc.extents().iter().find_map(|extent| extent.main);
    main.map_or(0, |place| u16::try_from(place.form.main.len()).unwrap_or(u16::MAX))
}

impl Known {
    /// Lines for a person.
    pub(crate) fn lines(&self) -> Vec<String> {
        let Known { identity, runs, trouble } = self;
        let mut lines = Vec::new();
        let mut say = |label: &str, text: String| {
            if !text.is_empty() {
                lines.push(labelled(label, &text));
            }
        };
        if identity.systems.is_empty() {
            say("system", "unknown".to_owned());
        }
        for found in &identity.systems {
            say("system", system_words(found));
            for (label, text) in field_words(&found.fields) {
                say(label, text);
            }
        }
        say("volume", volume_words(&identity.volumes));
        say("boot", boot_words(&identity.boot));
        say("protected", joined(identity.protection.iter().map(trace_words)));
        for form in identity.systems.iter().filter_map(form) {
            say("form", text(form));
        }
        say("runs in", joined(runs.iter().map(|row| row.name.to_owned())));
        say("trouble", trouble.as_deref().map(shown::name).unwrap_or_default());
        lines
    }

    /// What is odd in its volumes.
    pub(crate) fn notes(&self) -> impl Iterator<Item = &Note> {
        self.identity.volumes.iter().flat_map(|about| &about.notes)
    }

    /// The same for scripts, with all evidence.
    pub(crate) fn json(&self) -> Map<String, Value> {
        let Known { identity, runs, trouble } = self;
        let runs = runs.iter().map(|row| json!({ "id": row.id, "name": row.name, "evidence": row.proof.name() }));
        let identity_json = json!({
            "systems": identity.systems.iter().map(found_json).collect::<Value>(),
            "boot": boot_json(&identity.boot),
            "protection": identity.protection.iter().map(trace_json).collect::<Value>(),
            "emulators": runs.collect::<Value>(),
            "trouble": trouble,
        });
        let mut body = Map::new();
        body.insert("system".to_owned(), identity.systems.first().map(|found| found.system.id).into());
        body.insert("identity".to_owned(), identity_json);
        body.insert("file_systems".to_owned(), identity.volumes.iter().map(volume_json).collect());
        body
    }
}

fn labelled(label: &str, text: &str) -> String {
    format!("{label:LABEL$}{}", shown::wrapped(text, LINE - LABEL).join(&format!("\n{:LABEL$}", "")))
}

/// A list with commas, shortened where it is long.
fn joined(texts: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    let further = all.len().saturating_sub(LISTED);
    let mut list = all[..all.len() - further].join(", ");
    if further > 0 {
        list.push_str(&format!(" and {further} more"));
    }
    list
}

/// A text from the disc, safe to print and not endless.
fn text(text: &str) -> String {
    let short: String = text.chars().take(LONGEST).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("{}{dots}", shown::name(&short))
}

fn system_words(found: &Found) -> String {
    let signs = found.evidence.iter().take(2).map(|sign| format!("{}: {}", text(&sign.place), text(&sign.what)));
    format!("{} ({})", found.system.name, signs.collect::<Vec<_>>().join("; "))
}

fn field_words(fields: &Fields) -> [(&'static str, String); 4] {
    let named = |word: &str, value: &str| if value.is_empty() { String::new() } else { format!("{word}{}", text(value)) };
    let disc = match fields.disc {
        Some((disc, 0)) => format!("disc {disc}"),
        Some((disc, discs)) => format!("disc {disc} of {discs}"),
        None => String::new(),
    };
    let serial = [text(&fields.serial), named("version ", &fields.version), disc];
    let made = [named("by ", &fields.maker), text(&fields.date)];
    [
        ("title", text(&fields.title)),
        ("serial", joined(serial.into_iter())),
        ("region", joined(fields.regions.iter().map(|region| text(region)))),
        ("made", joined(made.into_iter())),
    ]
}

/// What is said of the form of a disc that is not as it was sold, or is of two kinds.
fn form(found: &Found) -> Option<&str> {
    found.fields.more.iter().find(|(word, _)| *word == "form").map(|(_, text)| text.as_str())
}

/// Volumes, those of one name together.
fn volume_words(volumes: &[About]) -> String {
    let mut named: Vec<(&str, Vec<String>)> = Vec::new();
    for about in volumes {
        let kind = format!("{} {}", about.kind.name(), text(&about.version)).trim_end().to_owned();
        match named.iter_mut().find(|(label, _)| *label == about.label) {
            Some((_, kinds)) => kinds.push(kind),
            None => named.push((&about.label, vec![kind])),
        }
    }
    let volumes = named.into_iter().map(|(label, kinds)| {
        let kinds = kinds.join(", ");
        if label.is_empty() { kinds } else { format!("\"{}\" ({kinds})", text(label)) }
    });
    joined(volumes)
}

fn boot_words(boot: &Boot) -> String {
    let entries = boot.catalogue.iter().flat_map(|catalogue| &catalogue.entries).filter(|entry| entry.bootable);
    let stick = (!boot.stick.is_empty()).then(|| "may be written to a USB stick as it is".to_owned());
    joined(entries.map(|entry| format!("{} ({})", platform(entry), emulation(entry))).chain(stick))
}

fn platform(entry: &BootEntry) -> String {
    match entry.platform {
        Platform::Bios => "BIOS".to_owned(),
        Platform::PowerPc => "PowerPC".to_owned(),
        Platform::Mac => "Mac".to_owned(),
        Platform::Efi => "UEFI".to_owned(),
        Platform::Other(number) => format!("platform {number:02X}h"),
    }
}

fn emulation(entry: &BootEntry) -> String {
    match entry.emulation {
        Emulation::None => "no emulation".to_owned(),
        Emulation::Floppy(bytes) => format!("a floppy of {} KiB", bytes / 1024),
        Emulation::HardDisk => "a hard disk".to_owned(),
        Emulation::Other(number) => format!("emulation {number}"),
    }
}

fn trace_words(trace: &Trace) -> String {
    let signs = trace.evidence.iter().take(3).map(|sign| format!("{}: {}", text(&sign.place), text(&sign.what)));
    let probably = if trace.proven { "" } else { "probably " };
    format!("{probably}{} ({})", trace.name, signs.collect::<Vec<_>>().join("; "))
}

fn evidence_json(evidence: &[Evidence]) -> Value {
    evidence.iter().map(|sign| json!({ "place": sign.place, "what": sign.what })).collect()
}

/// `null` where nothing is said.
fn said(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}

fn found_json(found: &Found) -> Value {
    let fields = &found.fields;
    let more: Map<String, Value> = fields.more.iter().map(|(word, text)| ((*word).to_owned(), text.as_str().into())).collect();
    json!({
        "id": found.system.id, "name": found.system.name, "title": said(&fields.title), "serial": said(&fields.serial),
        "regions": fields.regions, "version": said(&fields.version), "maker": said(&fields.maker), "date": said(&fields.date),
        "disc": fields.disc.map(|(disc, _)| disc), "discs": fields.disc.map(|(_, discs)| discs).filter(|discs| *discs > 0),
        "more": more, "evidence": evidence_json(&found.evidence),
    })
}

fn boot_json(boot: &Boot) -> Value {
    let catalogue = boot.catalogue.as_ref().map(|Catalogue { maker, entries, .. }| {
        let entries = entries.iter().map(|entry| {
            json!({
                "platform": platform(entry), "emulation": emulation(entry), "bootable": entry.bootable, "lba": entry.block,
                "load_sectors": entry.sectors, "bytes": entry.bytes,
            })
        });
        json!({ "maker": said(maker), "entries": entries.collect::<Value>() })
    });
    json!({ "el_torito": catalogue, "usb_stick": !boot.stick.is_empty(), "evidence": evidence_json(&boot.stick) })
}

fn trace_json(trace: &Trace) -> Value {
    json!({ "name": trace.name, "proven": trace.proven, "evidence": evidence_json(&trace.evidence) })
}

fn volume_json(about: &About) -> Value {
    let date = |stamp: Option<discconv_fs::Stamp>| stamp.map(|stamp| stamp.to_string());
    let notes: Vec<Value> =
        about.notes.iter().map(|note| json!({ "damage": note.kind == NoteKind::Damage, "text": note.text })).collect();
    json!({
        "kind": about.kind.id(), "name": about.kind.name(), "version": said(&about.version), "label": said(&about.label),
        "system": said(&about.system), "set": said(&about.set), "publisher": said(&about.publisher),
        "preparer": said(&about.preparer), "application": said(&about.application), "created": date(about.created),
        "modified": date(about.modified), "block_bytes": about.block_bytes, "blocks": about.blocks, "notes": notes,
    })
}
