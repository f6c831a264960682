//! What may be typed behind `create`, and the options it makes.

use crate::args::{CONVERSION, Common, Writing, writable};
use crate::errors::Failure;
use crate::job::small_file;
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use discconv_author::{Boot, Deep, Level, Options, SYSTEMS, System, Texts, Weight, parse_path, parse_sort};
use discconv_host::Links;
use std::ffi::OsStr;
use std::path::PathBuf;

const VOLUME: &str = "Volume";
const BOOTING: &str = "Booting";

const EXAMPLES: &str = "\
Examples:
  discconv create photos photos.iso        ISO 9660 with Joliet and Rock Ridge
  discconv create films films.iso --udf    UDF beside it, for files of 4 GiB and more
  discconv create game game.cue --system psx --system-area licence.dat
                                           a PlayStation disc in raw sectors
  discconv create live live.iso --boot boot/eltorito.img --boot-info-table --uefi efi.img
                                           starts computers with a BIOS, and with UEFI

The date of the volume is SOURCE_DATE_EPOCH, if that is set, and no date on it is later; else that of the newest file.
The same files and options give the same bytes.";

#[derive(Clone, Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct CreateArgs {
    /// The folder whose content becomes the disc
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,

    /// The image; its name says the format
    #[arg(value_name = "OUT")]
    pub(crate) output: PathBuf,

    /// Write this format (else the name of OUT says it)
    #[arg(long, value_name = "FORMAT", value_parser = writable(), help_heading = CONVERSION)]
    pub(crate) to: Option<String>,

    /// What the disc is for: marks, modes and names as the system wants them
    #[arg(long, value_name = "SYSTEM", value_parser = systems(), default_value = "pc", help_heading = VOLUME)]
    system: String,

    /// The volume's name [default: the folder's]
    #[arg(long, value_name = "TEXT", help_heading = VOLUME)]
    label: Option<String>,

    /// The set of volumes that it belongs to
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, help_heading = VOLUME)]
    volume_set: String,

    /// Who publishes it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, help_heading = VOLUME)]
    publisher: String,

    /// Who prepared its data
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, help_heading = VOLUME)]
    preparer: String,

    /// For which application it is, or what made it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, help_heading = VOLUME)]
    application: String,

    /// Rules for ISO 9660 names: 1 is 8.3, 2 and 3 have 31 characters, 3 also files of 4 GiB and more [default: 3; of consoles 1]
    #[arg(long, value_name = "LEVEL", value_parser = ["1", "2", "3"], help_heading = VOLUME)]
    iso_level: Option<String>,

    /// A tree of Unicode names for Windows (the default, but for consoles)
    #[arg(long, overrides_with = "no_joliet", help_heading = VOLUME)]
    joliet: bool,

    /// No such tree
    #[arg(long, overrides_with = "joliet", help_heading = VOLUME)]
    no_joliet: bool,

    /// 103 characters in its names, which most readers take, instead of 64
    #[arg(long, help_heading = VOLUME)]
    joliet_long: bool,

    /// Full names, links and permissions for Unix (the default, but for consoles)
    #[arg(long, overrides_with = "no_rock_ridge", help_heading = VOLUME)]
    rock_ridge: bool,

    /// Nothing of the kind
    #[arg(long, overrides_with = "rock_ridge", help_heading = VOLUME)]
    no_rock_ridge: bool,

    /// A UDF file system over the same files (the default if one has 4 GiB or more)
    #[arg(long, overrides_with = "no_udf", help_heading = VOLUME)]
    udf: bool,

    /// No UDF
    #[arg(long, overrides_with = "udf", help_heading = VOLUME)]
    no_udf: bool,

    /// What is done with symbolic links
    #[arg(long, value_enum, default_value_t = LinksArg::Keep, help_heading = VOLUME)]
    links: LinksArg,

    /// Leave folders below the eighth level where they are, which ISO 9660 forbids, instead of moving them
    #[arg(long, help_heading = VOLUME)]
    deep: bool,

    /// Paths and weights, one of each on a line: files with higher weights lie nearer to the beginning
    #[arg(long, value_name = "FILE", help_heading = VOLUME)]
    sort: Option<PathBuf>,

    /// 150 empty sectors at the end, for drives that read ahead (always with --boot)
    #[arg(long, help_heading = VOLUME)]
    pad: bool,

    /// The first 16 sectors: 2048 bytes of each, or raw ones of 2336 or 2352
    #[arg(long, value_name = "FILE", help_heading = BOOTING)]
    system_area: Option<PathBuf>,

    /// The loader for a BIOS, by its path in the folder (El Torito without emulation)
    #[arg(long, value_name = "PATH", help_heading = BOOTING)]
    boot: Option<PathBuf>,

    /// Sectors of 512 bytes that a BIOS loads of it
    #[arg(long, value_name = "N", default_value_t = 4, requires = "boot", help_heading = BOOTING)]
    boot_load: u16,

    /// Tell the loader in its bytes 8 to 63 where it lies, as those of ISOLINUX and GRUB want it
    #[arg(long, requires = "boot", help_heading = BOOTING)]
    boot_info_table: bool,

    /// The image of a FAT file system for UEFI, by its path in the folder
    #[arg(long, value_name = "PATH", help_heading = BOOTING)]
    uefi: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) writing: Writing,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// `--links`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LinksArg {
    /// They stay links, where the disc can hold such
    Keep,
    /// What they lead to is stored in their places
    Follow,
    /// They are left out, with a note
    Skip,
}

fn systems() -> PossibleValuesParser {
    PossibleValuesParser::new(SYSTEMS.iter().map(|system| system.id))
}

/// More than any system area has, so that what is longer is named by its length.
const MOST_OF_A_SYSTEM_AREA: u64 = 1 << 16;
const MOST_OF_A_SORT_FILE: u64 = 64 << 20;

impl CreateArgs {
    /// `--links`, for the host.
    pub(crate) fn links(&self) -> Links {
        match self.links {
            LinksArg::Keep => Links::Keep,
            LinksArg::Follow => Links::Follow,
            LinksArg::Skip => Links::Skip,
        }
    }

    /// Everything about the volume.
    ///
    /// # Errors
    /// [`Failure`] for files that cannot be read, and for a date that is none.
    pub(crate) fn options(&self) -> Result<Options, Failure> {
        let mut options = Options::of(System::by_id(&self.system).unwrap_or(System::any()));
        options.texts = self.texts();
        match self.iso_level.as_deref() {
            Some("1") => options.level = Level::One,
            Some("2") => options.level = Level::Two,
            Some(_) => options.level = Level::Three,
            None => {}
        }
        options.joliet = chosen(self.joliet, self.no_joliet).unwrap_or(options.joliet || self.joliet_long);
        options.joliet_long = self.joliet_long;
        options.rock_ridge = chosen(self.rock_ridge, self.no_rock_ridge).unwrap_or(options.rock_ridge);
        options.udf = chosen(self.udf, self.no_udf).or(options.udf);
        options.deep = if self.deep { Deep::Allow } else { Deep::Relocate };
        options.boot = self.boot();
        options.weights = self.weights()?;
        options.system_area = self.area()?;
        options.date = source_date()?;
        options.pad = self.pad;
        Ok(options)
    }

    fn texts(&self) -> Texts {
        let own = || self.folder.canonicalize().ok().and_then(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()));
        Texts {
            label: self.label.clone().or_else(own).unwrap_or_default(),
            set: self.volume_set.clone(),
            publisher: self.publisher.clone(),
            preparer: self.preparer.clone(),
            application: self.application.clone(),
        }
    }

    fn boot(&self) -> Boot {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| parse_path(&bytes(path.as_os_str())));
        Boot { bios: path(&self.boot), load_sectors: self.boot_load, info_table: self.boot_info_table, uefi: path(&self.uefi) }
    }

    fn weights(&self) -> Result<Vec<Weight>, Failure> {
        let Some(path) = &self.sort else { return Ok(Vec::new()) };
        let text = small_file(path, "--sort", MOST_OF_A_SORT_FILE, "it is a text of paths and weights")?;
        Ok(parse_sort(&path.display().to_string(), &text)?)
    }

    fn area(&self) -> Result<Vec<u8>, Failure> {
        let read = |path: &PathBuf| small_file(path, "--system-area", MOST_OF_A_SYSTEM_AREA, "it has 16 sectors at most");
        self.system_area.as_ref().map_or(Ok(Vec::new()), read)
    }
}

/// A switch and its opposite, of which clap keeps the last.
fn chosen(yes: bool, no: bool) -> Option<bool> {
    (yes || no).then_some(yes)
}

/// A path in the bytes of the tree's names.
fn bytes(path: &OsStr) -> Vec<u8> {
    let separator = |byte: u8| if cfg!(windows) && byte == b'\\' { b'/' } else { byte };
    path.as_encoded_bytes().iter().copied().map(separator).collect()
}

/// `SOURCE_DATE_EPOCH`, where it is set.
fn source_date() -> Result<Option<i64>, Failure> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty()) else { return Ok(None) };
    let seconds = text.to_str().and_then(|text| text.parse().ok());
    seconds.map(Some).ok_or_else(|| {
        let message = format!("SOURCE_DATE_EPOCH is {:?}, which is no whole number", text.to_string_lossy());
        Failure::usage(message, "it is a date in seconds since 1970; unset it to take that of the newest file")
    })
}
