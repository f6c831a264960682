//! Discs to a file.

use crate::encode::Encoder;
use crate::header::{self, Name};
use crate::icon;
use crate::index::{DiscHead, Maker};
use crate::open::{ICON, NUMBER, TITLE};
use crate::target::{self, Target};
use crate::volume::{self, Volume, is_number};
use crate::wire::{BLOCK_BYTES, DATA, MOST_DISCS, TITLE_ROOM};
use discconv_core::{At, Codec, Disc, Error, ExtraKind, Index, Part, Piece, Plan, PlannedFile, Result, Role, WriteOptions};
use std::sync::Arc;

/// Several discs begin at multiples of this.
const DISC_UNIT: u32 = 0x8000;
/// What a disc without a number gets: a PSP calls its folder of saved games by it.
const NO_NUMBER: &str = "SLUS00000";
/// What emulators do not miss.
const FOR_EMULATORS: &str = "written for emulators: a real PSP wants a signed loader (DATA.PSP) and a trailer (STARTDAT) besides, from \
                             a PBP that was made for it";
const SOUND: &str = "a real PSP does not play the sound of such discs, which it wants as ATRAC3; emulators do";

/// Plan `stem.pbp`.
///
/// # Errors
/// [`Error::DoesNotFit`] for more than five discs or what is no CD; [`Error::Unsupported`] for options that mean nothing here.
pub(crate) fn plan(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    check(discs, stem, options)?;
    let several = discs.len() > 1;
    let target = |(place, disc)| target::build(disc, place).map_err(|error| if several { error.of_disc(place) } else { error });
    let targets = discs.iter().enumerate().map(target).collect::<Result<Vec<Target>>>()?;
    let mut notes = vec![FOR_EMULATORS.to_owned()];
    let has_sound = targets.iter().any(|target| target.expected.toc.tracks().any(|track| track.mode.is_audio()));
    notes.extend(has_sound.then(|| SOUND.to_owned()));
    let mut names = Vec::new();
    for (number, disc) in (1..).zip(discs) {
        let called = name(disc, stem, options);
        notes.extend(called.notes().into_iter().map(|note| format!("{}{note}", of(discs.len(), number))));
        names.push(called.name());
    }
    let icon = options.icon.clone().or_else(|| discs.first().and_then(|disc| extra(disc, ICON)).map(Into::into));
    if let Some(own) = &options.icon {
        notes.extend(icon::check(stem, own)?);
    }
    let whole = names.first().cloned().unwrap_or_else(|| Name { title: stem.to_owned(), number: NO_NUMBER.to_owned() });
    let heads = names.into_iter().zip(&targets).map(|(name, target)| DiscHead { name, toc: target.entries.clone() }).collect();
    let file = format!("{stem}.{}", if options.extension.is_empty() { "pbp" } else { &options.extension });
    let maker = Maker { file: file.clone(), front: header::front(&whole, icon.as_ref()).into(), name: whole, discs: heads };
    Ok(gathered(file, maker, targets, notes, options))
}

fn check(discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<()> {
    if discs.is_empty() || discs.len() > usize::from(MOST_DISCS) {
        return Err(Error::DoesNotFit {
            file: stem.to_owned(),
            what: format!("{} discs do not fit into one PBP, which holds {MOST_DISCS}", discs.len()),
            hint: Some("write some of them into another file".to_owned()),
        });
    }
    match options.sector {
        None | Some(2352) => Ok(()),
        Some(other) => Err(Error::unsupported(stem, At::Whole, format!("a PBP has no sectors of {other} bytes"))
            .with_hint("leave --sector away: all sectors of a PBP have 2352 bytes")),
    }
}

/// The plan of these discs in one file.
fn gathered(file: String, maker: Maker, targets: Vec<Target>, mut notes: Vec<String>, options: &WriteOptions) -> Plan {
    let (count, several) = (targets.len(), targets.len() > 1);
    let codec = Codec(Arc::new(Encoder::new(options.level)));
    let mut parts = vec![Part::Plain(Piece::Zeros(maker.before_discs()))];
    let (mut losses, mut dropped, mut expected) = (Vec::new(), Vec::new(), Vec::new());
    for (number, target) in (1..).zip(targets) {
        parts.extend(several.then_some(Part::Align(DISC_UNIT)));
        // Head and index, written when all blocks have their places.
        parts.push(Part::Plain(Piece::Zeros(DATA)));
        parts.push(Part::Blocks { input: target.pieces, block_bytes: BLOCK_BYTES, codec: codec.clone() });
        let of = of(count, number);
        losses.extend(target.losses.into_iter().map(|loss| if several { loss.of_disc(number - 1) } else { loss }));
        notes.extend(target.notes.into_iter().map(|note| format!("{of}{note}")));
        if target.dropped.iter().any(|dropped| dropped.what == discconv_core::DroppedWhat::Subchannel) {
            let sbi = if several { format!("{}_{number}.sbi", stem_of(&file)) } else { format!("{}.sbi", stem_of(&file)) };
            notes.push(format!("{of}the subchannel is left out; emulators take what is protected in it from {sbi}"));
        }
        dropped.extend(target.dropped);
        expected.push(target.expected);
    }
    let files = vec![PlannedFile { name: file, role: Role::Data, parts, index: Some(Index(Arc::new(maker))) }];
    let (format, forced) = (crate::INFO.id, Some(crate::INFO.id));
    Plan { files, entry: 0, format, forced, inner: None, losses, dropped, discs: expected, notes }
}

fn stem_of(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// What a disc is called: as asked for, as the PBP had it that it comes from, as its volume has it, as its file.
fn name(disc: &Disc, stem: &str, options: &WriteOptions) -> Called {
    let volume = volume::look(disc);
    let kept = |kind| extra(disc, kind).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let number = volume.number.clone().or_else(|| kept(NUMBER).filter(|number| is_number(number)));
    let asked = options.title.clone();
    let title = asked.or_else(|| kept(TITLE)).or_else(|| label(&volume)).unwrap_or_else(|| stem.to_owned());
    Called { title: cut(&title), is_cut: cut(&title) != title, number }
}

/// What was found of a disc's name.
struct Called {
    title: String,
    is_cut: bool,
    number: Option<String>,
}

impl Called {
    fn notes(&self) -> Vec<String> {
        let made_up = || format!("no number of a game was found (SYSTEM.CNF): {NO_NUMBER} stands for it");
        let cut = || format!("the title is cut to {:?}: there is room for {} bytes", self.title, TITLE_ROOM - 1);
        [self.number.is_none().then(made_up), self.is_cut.then(cut)].into_iter().flatten().collect()
    }

    fn name(self) -> Name {
        Name { title: self.title, number: self.number.unwrap_or_else(|| NO_NUMBER.to_owned()) }
    }
}

/// `disc 2: `, where there are several.
fn of(discs: usize, number: usize) -> String {
    if discs > 1 { format!("disc {number}: ") } else { String::new() }
}

/// What the volume is called, unless that is only the number.
fn label(volume: &Volume) -> Option<String> {
    let bare = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    volume.label.clone().filter(|label| volume.number.as_ref().is_none_or(|number| !number.starts_with(&bare(label))))
}

/// As much of a title as there is room for, without what would end it early.
fn cut(title: &str) -> String {
    let mut fitting = String::new();
    for c in title.trim().chars().filter(|c| !c.is_control()) {
        if fitting.len() + c.len_utf8() >= TITLE_ROOM {
            break;
        }
        fitting.push(c);
    }
    fitting
}

fn extra(disc: &Disc, kind: ExtraKind) -> Option<Vec<u8>> {
    disc.extras().iter().find(|extra| extra.kind == kind).map(|extra| extra.bytes.clone())
}
