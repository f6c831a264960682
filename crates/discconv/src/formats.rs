//! `formats`: what can be read and written, and what each can carry.

use crate::args::FormatsArgs;
use crate::console::Console;
use crate::errors::{self, Failure};
use crate::shown;
use discconv_core::{FormatInfo, LossKind, LossKinds};
use discconv_formats::FORMATS;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) fn run(args: &FormatsArgs, console: &Console) -> Result<u8, Failure> {
    let infos: Vec<&FormatInfo> = FORMATS.iter().map(|format| format.info()).collect();
    if args.json {
        console.data_json(&json!({ "formats": infos.iter().map(|info| as_json(info)).collect::<Vec<_>>() }));
    } else if args.markdown {
        console.data(&markdown(&infos));
    } else {
        console.data(&table(&infos));
    }
    Ok(errors::DONE)
}

/// What may be carried at all: damage is the input's, not the format's.
fn carried(info: &FormatInfo) -> LossKinds {
    if info.writes { info.carries.without(LossKind::Damage) } else { LossKinds::NONE }
}

fn as_json(info: &FormatInfo) -> Value {
    let options: Vec<Value> = info.options.iter().map(|(flag, meaning)| json!({ "flag": flag, "meaning": meaning })).collect();
    json!({
        "id": info.id, "name": info.name, "extensions": info.extensions, "companions": info.companions, "from": info.forced,
        "read": true, "write": info.writes, "wrapper": info.wrapper,
        "carries": carried(info).iter().map(LossKind::name).collect::<Vec<_>>(),
        "carries_but": info.carries_but.iter().map(|(kind, lost)| (kind.name(), *lost)).collect::<BTreeMap<_, _>>(),
        "options": options, "spec": info.spec,
    })
}

fn dotted(extensions: &[&str]) -> String {
    let dotted: Vec<String> = extensions.iter().map(|extension| format!(".{extension}")).collect();
    dotted.join(" ")
}

fn yes(is: bool) -> String {
    if is { "yes".to_owned() } else { "-".to_owned() }
}

/// What a format carries, in the fewest words.
fn carries_words(info: &FormatInfo) -> String {
    let carried = carried(info);
    let lost = |kind: LossKind| match info.carries_but.iter().find(|(partly, _)| *partly == kind) {
        Some((_, lost)) => format!("{} ({lost})", kind.name()),
        None => kind.name().to_owned(),
    };
    let missing: Vec<String> =
        LossKind::ALL.into_iter().filter(|kind| *kind != LossKind::Damage && !carried.contains(*kind)).map(lost).collect();
    let there: Vec<&str> = carried.iter().map(LossKind::name).collect();
    match (info.writes, missing.len(), there.len()) {
        (false, ..) => "(not written)".to_owned(),
        (true, 0, _) => "everything".to_owned(),
        (true, _, 0) => "the user data of one data track".to_owned(),
        (true, few, many) if few <= many => format!("everything but {}", missing.join(", ")),
        _ => there.join(", "),
    }
}

fn table(infos: &[&FormatInfo]) -> String {
    let rows = infos.iter().map(|info| {
        let files = if info.companions.is_empty() {
            dotted(info.extensions)
        } else {
            format!("{} with {}", dotted(info.extensions), dotted(info.companions))
        };
        [info.id.to_owned(), files, "yes".to_owned(), yes(info.writes), carries_words(info)]
    });
    let mut text = shown::table(["format", "files", "read", "write", "carries"], &[], rows);
    text.push_str("\n\nIn brackets: all that is lost of a kind");
    for info in infos.iter().filter(|info| !info.forced.is_empty()) {
        text.push_str(&format!("\n\nFor files without a header, --from also takes ({})\n  {}", info.id, info.forced.join(", ")));
    }
    let options = options(infos);
    if !options.is_empty() {
        text.push_str("\n\nOptions of one format, when it is written\n");
        text.push_str(&shown::table(["format", "option", "meaning"], &[], options));
    }
    text
}

/// The options of single formats, each with the format's id.
fn options(infos: &[&FormatInfo]) -> Vec<[String; 3]> {
    let rows = infos.iter().filter(|info| info.writes).flat_map(|info| {
        let own = info.options.iter().map(|(flag, meaning)| (*flag, *meaning));
        // Where there is a choice, these options say how many files.
        let files = [("--split", "one file for each track"), ("--merge", "one file for the disc (the default)")];
        let told = |flag: &str| info.options.iter().any(|(known, _)| known.starts_with(flag));
        let files = files.into_iter().filter(move |(flag, _)| info.splits && !told(flag));
        own.chain(files).map(|(flag, meaning)| [info.id.to_owned(), flag.to_owned(), meaning.to_owned()])
    });
    rows.collect()
}

/// The table of the README.
fn markdown(infos: &[&FormatInfo]) -> String {
    const RAW: LossKinds = LossKinds::of(&[LossKind::Form2, LossKind::Subheader, LossKind::Ecc]);
    let mut text =
        "| format | files | read | write | lossless | audio | subchannel |\n|---|---|---|---|---|---|---|\n".to_owned();
    for info in infos {
        let carried = carried(info);
        let can = |kinds: LossKinds| yes(info.writes && carried.contains_all(kinds));
        let files: Vec<String> =
            info.extensions.iter().chain(info.companions).map(|extension| format!("`.{extension}`")).collect();
        let (lossless, audio, sub) =
            (can(RAW), can(LossKinds::of(&[LossKind::Audio])), can(LossKinds::of(&[LossKind::Subchannel])));
        text.push_str(&format!(
            "| {} (`{}`) | {} | yes | {} | {lossless} | {audio} | {sub} |\n",
            info.name,
            info.id,
            files.join(" "),
            yes(info.writes)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_in_every_list() {
        let infos: Vec<&FormatInfo> = FORMATS.iter().map(|format| format.info()).collect();
        for info in &infos {
            assert!(table(&infos).contains(info.id), "{}", info.id);
            assert!(markdown(&infos).contains(info.id), "{}", info.id);
        }
    }

    #[test]
    fn each_option_says_whose_it_is() {
        let infos: Vec<&FormatInfo> = FORMATS.iter().map(|format| format.info()).collect();
        let options = options(&infos);
        for (id, flag) in [("iso", "--sector"), ("cue", "--split"), ("cue", "--merge")] {
            assert!(options.iter().any(|[format, option, _]| format == id && option.starts_with(flag)), "{id} {flag}");
        }
        assert!(!options.iter().any(|[format, option, _]| format == "iso" && option == "--split"));
    }

    #[test]
    fn the_table_fits_a_terminal() {
        let infos: Vec<&FormatInfo> = FORMATS.iter().map(|format| format.info()).collect();
        for line in table(&infos).lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
        }
    }
}
