//! Traces of copy protection: only what is really there, and how sure it is.
//!
//! | what | where |
//! |---|---|
//! | names of files in the root | [`names`]: most are told only when there are several |
//! | signatures in the headers of programs in the root | [`programs`] |
//! | sectors that were mastered wrong, where names or signatures say that there should be some | [`gap`] |
//! | subchannel Q of a PlayStation disc | [`libcrypt`] |
//!
//! Sectors are never sampled on a mere suspicion: what is bad elsewhere is damage as well, and `verify` looks at all of them.

mod gap;
mod libcrypt;
mod names;
mod programs;

use crate::look::Look;
use crate::model::{Evidence, Found, Trace};
use crate::systems::PLAYSTATION;
use discconv_core::Result;

/// What a sign is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Worth {
    /// Other discs may have it by chance: so many different ones of a protection are enough.
    OneOf(usize),
    /// Enough alone, although it is only a name.
    Telling,
    /// The protection itself.
    Proof,
}

/// A sign of a protection.
struct Sign {
    name: &'static str,
    worth: Worth,
    evidence: Evidence,
}

impl Sign {
    fn new(name: &'static str, worth: Worth, place: impl Into<String>, what: impl Into<String>) -> Sign {
        Sign { name, worth, evidence: Evidence::new(place, what) }
    }
}

pub(crate) fn find(look: &Look, systems: &[Found]) -> Result<Vec<Trace>> {
    let mut signs = names::find(look);
    signs.extend(programs::find(look)?);
    if signs.iter().any(|sign| sign.name == SAFEDISC) {
        signs.extend(gap::find(look)?);
    }
    if systems.iter().any(|found| found.system == &PLAYSTATION) {
        signs.extend(libcrypt::find(look)?);
    }
    Ok(traces(signs))
}

const SAFEDISC: &str = "SafeDisc";
const SECUROM: &str = "SecuROM";

/// The signs of each protection together, where they are enough.
fn traces(signs: Vec<Sign>) -> Vec<Trace> {
    let mut order: Vec<&'static str> = Vec::new();
    for sign in &signs {
        if !order.contains(&sign.name) {
            order.push(sign.name);
        }
    }
    let of = |name| signs.iter().filter(move |sign: &&Sign| sign.name == name);
    let enough = |name| {
        let count = of(name).count();
        of(name).any(|sign| match sign.worth {
            Worth::OneOf(several) => count >= several,
            Worth::Telling | Worth::Proof => true,
        })
    };
    let trace = |name| {
        // What proves it comes first: people are not shown a long list.
        let (proofs, others): (Vec<&Sign>, Vec<&Sign>) = of(name).partition(|sign| sign.worth == Worth::Proof);
        let proven = !proofs.is_empty();
        Trace { name, proven, evidence: proofs.into_iter().chain(others).map(|sign| sign.evidence.clone()).collect() }
    };
    order.into_iter().filter(|name| enough(*name)).map(trace).collect()
}
