//! A file system of an image, as the verbs that look inside get it.

use crate::args::{Choice, ImageArgs};
use crate::errors::Failure;
use crate::image::{self, Image};
use crate::shown;
use discconv_core::{At, Disc, Error, Limits};
use discconv_fs::{About, Entry, FileSystem, Kind, Space, lookup};
use std::sync::Arc;

/// An image whose disc is looked into.
pub(crate) struct Inside {
    /// The image; the disc that was chosen is not in it any more.
    pub(crate) image: Image,
    /// The bytes of the disc.
    pub(crate) space: Arc<Space>,
    /// Every file system on it.
    pub(crate) systems: Vec<Box<dyn FileSystem>>,
    chosen: usize,
}

/// Open the image, and find what is on the disc that is meant.
///
/// # Errors
/// As [`image::open`]; a disc or a file system that is not there.
pub(crate) fn open(args: &ImageArgs, choice: &Choice) -> Result<Inside, Failure> {
    let mut image = image::open(&args.input, &args.reading)?;
    let disc = Arc::new(disc(&mut image, choice.disc)?);
    let space = Arc::new(Space::new(disc));
    let systems = discconv_fs::find(&space, &Limits::default())?;
    let wanted = choice.fs.as_deref();
    let chosen = match wanted {
        None => 0,
        Some(wanted) => ids(&systems).position(|id| id == wanted).ok_or_else(|| lacks(&image, wanted, &systems))?,
    };
    Ok(Inside { image, space, systems, chosen })
}

fn disc(image: &mut Image, wanted: Option<u8>) -> Result<Disc, Failure> {
    let (wanted, all) = (usize::from(wanted.unwrap_or(1)), image.discs.len());
    if wanted > all {
        return Err(Failure::usage(
            format!(
                "{}: disc {wanted} was asked for, but there {} {}",
                image.shown,
                if all == 1 { "is" } else { "are" },
                shown::count(all as u64, "disc")
            ),
            "`discconv info` lists the discs of an image",
        ));
    }
    Ok(image.discs.swap_remove(wanted - 1))
}

/// What --fs calls each of them: of several of one kind the second is `hfs:2`.
fn ids(systems: &[Box<dyn FileSystem>]) -> impl Iterator<Item = String> {
    let kind = |place: usize| systems.get(place).map(|system| system.about().kind);
    (0..systems.len()).map(move |place| {
        let id = systems[place].about().kind.id();
        match (0..place).filter(|before| kind(*before) == kind(place)).count() {
            0 => id.to_owned(),
            before => format!("{id}:{}", before + 1),
        }
    })
}

fn lacks(image: &Image, wanted: &str, systems: &[Box<dyn FileSystem>]) -> Failure {
    let there: Vec<String> = ids(systems).collect();
    let there = if there.is_empty() { "no file system".to_owned() } else { there.join(", ") };
    Failure::usage(
        format!("{}: there is no {wanted} on it, only {there}", image.shown),
        "leave --fs away, or name one that is there",
    )
}

impl Inside {
    /// The file system that was chosen.
    ///
    /// # Errors
    /// There is none at all.
    pub(crate) fn system(&self) -> Result<&dyn FileSystem, Failure> {
        self.systems.get(self.chosen).map(AsRef::as_ref).ok_or_else(|| self.no_system().into())
    }

    fn no_system(&self) -> Error {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        let expected = format!("a file system that is known ({})", names.join(", "));
        let audio = self.space.disc().toc().tracks().all(|track| track.mode.is_audio());
        let hint = if audio {
            "these are audio tracks: `discconv extract --audio wav -o DIR` takes them out"
        } else {
            "`discconv info` tells what the disc is"
        };
        Error::malformed(&self.image.path.to_string_lossy(), At::Whole, "no file system", expected).with_hint(hint)
    }

    /// The entry of that path.
    ///
    /// # Errors
    /// There is none; reading.
    pub(crate) fn entry(&self, path: &str) -> Result<Entry, Failure> {
        let system = self.system()?;
        lookup(system, path)?.ok_or_else(|| no_such(path, &self.image))
    }

    /// The chosen file system in a few words.
    pub(crate) fn words(&self) -> Result<String, Failure> {
        let about = self.system()?.about();
        Ok(format!("{}{}", about.kind.name(), label_words(about)))
    }

    /// The others, and how to choose them, if there are any.
    pub(crate) fn others(&self) -> Option<String> {
        let others = || (0..).zip(&self.systems).zip(ids(&self.systems)).filter(|((place, _), _)| *place != self.chosen);
        let names: Vec<String> = others().map(|((_, system), _)| name_words(system.about())).collect();
        let ids: Vec<String> = others().map(|(_, id)| id).collect();
        (!names.is_empty()).then(|| format!("also {} (--fs {})", names.join(", "), ids.join(", ")))
    }

    /// Is there another volume, which may hold other files, rather than only other trees of names for the same?
    pub(crate) fn has_other_volumes(&self) -> bool {
        let tree = |kind| matches!(kind, Kind::Iso9660 | Kind::RockRidge | Kind::Joliet | Kind::Enhanced);
        let volumes = self.systems.iter().filter(|system| !tree(system.about().kind)).count();
        volumes + usize::from(self.systems.iter().any(|system| tree(system.about().kind))) > 1
    }

    /// What --fs calls the chosen one.
    pub(crate) fn id(&self) -> Option<String> {
        ids(&self.systems).nth(self.chosen)
    }
}

/// The refusal of a path that is not in the image.
pub(crate) fn no_such(path: &str, image: &Image) -> Failure {
    let hint = Some("`discconv ls` lists what is there; --fs chooses other names".to_owned());
    Error::Refused { file: image.path.to_string_lossy().into_owned(), what: format!("has no {path:?} in it"), hint }.into()
}

/// The kind, and the volume's name where that may be what tells it from others.
fn name_words(about: &About) -> String {
    let own = matches!(about.kind, Kind::Hfs | Kind::HfsPlus);
    if own { format!("{}{}", about.kind.name(), label_words(about)) } else { about.kind.name().to_owned() }
}

fn label_words(about: &About) -> String {
    if about.label.is_empty() { String::new() } else { format!(", volume {}", shown::name(&about.label)) }
}
