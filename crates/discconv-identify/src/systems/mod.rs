//! Which systems a disc is for: a table of signs, and what each system's structures tell.

mod computers;
mod consoles;
mod microsoft;
mod nintendo;
mod playstation;
mod rules;
mod sega;
mod sfo;
mod sony;
mod sound;
mod video;

use crate::look::Look;
use crate::model::{Evidence, Fields, Found, System};
use discconv_core::{Lba, Result};
use discconv_fs::Kind;
use rules::RULES;

pub(crate) use rules::PLAYSTATION;

/// A sign of a system.
enum Sign {
    /// A mark that core knows, by the name it has there.
    Mark(&'static str),
    /// A file or directory of that path.
    Path(&'static str),
    /// A volume whose system or application identifier begins so.
    Volume(&'static str),
    /// A volume of one of these kinds.
    Kind(&'static [Kind]),
    /// What else there is to see.
    Test(fn(&Look) -> Result<Option<Evidence>>),
}

/// How a system is seen, and what is told of it then. The sector is the one from which its mark counts, or 0.
struct Rule {
    system: &'static System,
    sign: Sign,
    tell: fn(&Look, Lba) -> Result<Fields>,
}

/// Every system whose signs are there, in the order of the rules.
pub(crate) fn find(look: &Look) -> Result<Vec<Found>> {
    let mut all: Vec<Found> = Vec::new();
    for rule in RULES {
        let Some((base, evidence)) = rule.sign.seen(look)? else { continue };
        let fields = (rule.tell)(look, base)?;
        match all.iter_mut().find(|found| found.system == rule.system) {
            Some(found) => {
                found.evidence.push(evidence);
                found.fields.complete(fields);
            }
            None => all.push(Found { system: rule.system, evidence: vec![evidence], fields }),
        }
    }
    Ok(all)
}

impl Sign {
    fn seen(&self, look: &Look) -> Result<Option<(Lba, Evidence)>> {
        let at_start = |evidence| (Lba(0), evidence);
        Ok(match self {
            Sign::Mark(name) => look.mark(name),
            Sign::Path(path) => {
                let found = look.find(path)?;
                found.map(|(_, entry)| {
                    at_start(Evidence::new(*path, if entry.is_directory() { "the directory" } else { "the file" }))
                })
            }
            Sign::Volume(name) => volume(look, name).map(at_start),
            Sign::Kind(kinds) => look.volume(kinds).map(|system| {
                let about = system.about();
                at_start(Evidence::new(format!("LBA {}", about.start / 2048), format!("a volume of {}", about.kind.name())))
            }),
            Sign::Test(test) => test(look)?.map(at_start),
        })
    }
}

fn volume(look: &Look, name: &str) -> Option<Evidence> {
    let abouts = look.systems.iter().map(|system| system.about());
    let said = abouts.flat_map(|about| [("system", &about.system), ("application", &about.application)]);
    let (which, text) = said.into_iter().find(|(_, text)| text.starts_with(name))?;
    Some(Evidence::new(format!("the volume's {which} identifier"), text.clone()))
}

/// Nothing is told.
fn nothing(_: &Look, _: Lba) -> Result<Fields> {
    Ok(Fields::default())
}
