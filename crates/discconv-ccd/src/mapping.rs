//! Which sector of the image is which of the disc. The descriptor does not say what of the area between sessions is stored:
//! the number of sectors does, or what they say of themselves.

use discconv_core::Lba;
use discconv_sector::PREGAP_SECTORS;

/// What of a session could be stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    /// INDEX 00 of the first track as told, else INDEX 01.
    pub(crate) first: Lba,
    /// INDEX 01 of the first track.
    pub(crate) start: Lba,
    pub(crate) lead_out: Lba,
}

/// Where each session begins in the image: the address of its first stored sector. Each ends at its lead-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    pub(crate) starts: Vec<Lba>,
    /// All sectors.
    pub(crate) sectors: u64,
}

impl Mapping {
    /// `None` if it would store anything twice, or of a session nothing.
    fn new(spans: &[Span], starts: Vec<Lba>) -> Option<Mapping> {
        let mut free_from = Lba(i32::MIN);
        let mut sectors = 0;
        for (span, start) in spans.iter().zip(&starts) {
            if *start < free_from || *start > span.start {
                return None;
            }
            free_from = span.lead_out;
            sectors += u64::from(start.sectors_to(span.lead_out));
        }
        Some(Mapping { starts, sectors })
    }

    /// The sector of the image with which session `number` (from 0) begins.
    pub(crate) fn base(&self, spans: &[Span], number: usize) -> u64 {
        let before = spans.iter().zip(&self.starts).take(number);
        before.map(|(span, start)| u64::from(start.sectors_to(span.lead_out))).sum()
    }
}

/// All mappings that programs make, the likeliest first.
fn candidates(spans: &[Span]) -> Vec<Mapping> {
    let Some(first) = spans.first() else { return Vec::new() };
    let later = |start: &dyn Fn(&Span, Lba) -> Lba| -> Vec<Lba> {
        spans.windows(2).map(|pair| start(&pair[1], pair[0].lead_out)).collect()
    };
    let styles = [
        later(&|span, _| span.first),
        later(&|span, _| span.start),
        later(&|span, _| span.start - PREGAP_SECTORS),
        later(&|_, lead_out| lead_out),
    ];
    // A part of a disc, such as a lone later session, begins where it begins.
    let firsts = [Lba::ZERO.min(first.start), first.first.max(Lba::ZERO), first.start];
    let mut found: Vec<Mapping> = Vec::new();
    for style in styles {
        for first in firsts {
            let starts = [&[first][..], &style].concat();
            if let Some(mapping) = Mapping::new(spans, starts).filter(|mapping| !found.contains(mapping)) {
                found.push(mapping);
            }
        }
    }
    found
}

/// The mapping of an image of so many whole `sectors`. `confirmed` counts the sessions whose first sectors say that they
/// are where a mapping has them.
pub(crate) fn choose(spans: &[Span], sectors: u64, confirmed: impl Fn(&Mapping) -> usize) -> Option<Mapping> {
    let all = candidates(spans);
    if let Some(exact) = all.iter().find(|mapping| mapping.sectors == sectors) {
        return Some(exact.clone());
    }
    // The first of the best.
    let best = all.iter().map(&confirmed).max()?;
    all.into_iter().find(|mapping| confirmed(mapping) == best)
}
