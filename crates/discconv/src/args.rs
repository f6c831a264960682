//! What may be typed. Nothing here looks at files.

use crate::create::CreateArgs;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Args, Command, Parser, Subcommand, ValueEnum};
use discconv_core::{ConversionMode, LossKind, LossKinds, TrackMode};
use discconv_formats::FORMATS;
use discconv_fs::Kind;
use std::ffi::OsStr;
use std::path::PathBuf;

const USAGE: &str = "discconv IN OUT [OPTIONS]
       discconv IN... --to FORMAT --out DIR [OPTIONS]
       discconv IN IN... --into OUT [OPTIONS]
       discconv VERB ...";

const EXAMPLES: &str = "\
Examples:
  discconv game.bin game.iso               the data of a raw image, as an ISO
  discconv game.iso game.cue               the other way: game.cue and game.bin
  discconv game.cue game.iso --dry-run     what would be written and lost
  discconv game.cue --to cue --split --out redump
                                           one BIN for each track
  discconv ~/dumps --to iso --out ~/isos   all that is in a folder and below it
  discconv disc1.cue disc2.cue --into game.pbp
                                           several discs in one file
  discconv info game.cue                   what is on it

Exit codes:
  0  done
  1  something failed: a file is missing or cannot be read or written, an output
     exists already, two discs differ, or some inputs of a batch failed
  2  the command line makes no sense
  3  refused, since something would be lost (see --allow-loss)
  4  the input is damaged, or is no disc image
  130  interrupted";

/// Reads disc images and rewrites them in another format, exactly and provably.
///
/// The name of OUT decides the format: .iso writes an ISO; .cue or .bin writes both a sheet and its BIN. Whatever the
/// new format cannot carry is found and listed before anything is written, and nothing is lost without --allow-loss.
/// Afterwards the output is read again and compared with the source.
#[derive(Debug, Parser)]
#[command(name = "discconv", version, override_usage = USAGE, after_long_help = EXAMPLES, term_width = 80)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, arg_required_else_help = true)]
#[command(subcommand_value_name = "VERB", subcommand_help_heading = "Verbs", disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
    /// For the help text: without a verb it is a conversion, and [`crate::words::with_verb`] says so to clap.
    #[command(flatten)]
    pub(crate) convert: Option<ConvertArgs>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Convert: the same as no verb, for a file that is called like one
    Convert(ConvertArgs),
    /// Make a disc image of a folder
    Create(CreateArgs),
    /// Say what an image is: container, sessions, tracks, indexes, oddities
    Info(InfoArgs),
    /// CRC-32, MD5, SHA-1 and SHA-256 of every track, of raw and of user data
    Hash(HashArgs),
    /// Check an image against its own checksums, and every data sector's EDC and ECC
    Verify(VerifyArgs),
    /// Correct damaged sectors by their parity, into a new image
    Repair(RepairArgs),
    /// Compare two discs, whatever containers they are in
    Diff(DiffArgs),
    /// List what is in an image, without mounting it
    Ls(LsArgs),
    /// Print a file of an image on standard output
    Cat(CatArgs),
    /// Take files, folders and audio tracks out of an image
    Extract(ExtractArgs),
    /// Show what is in an image as a folder, read only
    Mount(MountArgs),
    /// List the formats, and what each can carry
    Formats(FormatsArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man(ManArgs),
}

impl Verb {
    /// The options that every verb has.
    pub(crate) fn common(&self) -> Common {
        match self {
            Verb::Convert(args) => args.common.clone(),
            Verb::Create(args) => args.common.clone(),
            Verb::Info(args) => args.image.common.clone(),
            Verb::Hash(args) => args.image.common.clone(),
            Verb::Verify(args) => args.image.common.clone(),
            Verb::Repair(args) => args.convert.common.clone(),
            Verb::Diff(args) => args.common.clone(),
            Verb::Ls(args) => args.image.common.clone(),
            Verb::Cat(args) => args.image.common.clone(),
            Verb::Extract(args) => args.image.common.clone(),
            Verb::Mount(args) => args.image.common.clone(),
            Verb::Formats(args) => Common { json: args.json, ..Common::default() },
            Verb::Completions(_) | Verb::Man(_) => Common::default(),
        }
    }
}

/// A conversion, of one image or of many.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = EXAMPLES, override_usage = "discconv [convert] IN OUT [OPTIONS]
       discconv [convert] IN... --to FORMAT --out DIR [OPTIONS]
       discconv [convert] IN IN... --into OUT [OPTIONS]")]
pub(crate) struct ConvertArgs {
    /// Images to read, then the output (with --out: only images, and folders of them; with --into: only images)
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// Write this format (needed with --out; else the name of OUT says it)
    #[arg(long, value_name = "FORMAT", value_parser = writable(), help_heading = CONVERSION)]
    pub(crate) to: Option<String>,

    /// Write into this folder; the names of the inputs, and the tree below folders, are kept
    #[arg(long, short = 'o', value_name = "DIR", help_heading = CONVERSION)]
    pub(crate) out: Option<PathBuf>,

    /// Write all discs of the images into this one file, where its format holds several
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "original"], help_heading = CONVERSION)]
    pub(crate) into: Option<PathBuf>,

    /// With --out: the very files that the source remembers, in names, split and text
    #[arg(long, requires = "out", conflicts_with_all = ["split", "merge"], help_heading = CONVERSION)]
    pub(crate) original: bool,

    #[command(flatten)]
    pub(crate) writing: Writing,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// How an output is written, for every verb that makes one.
#[derive(Clone, Debug, Args)]
pub(crate) struct Writing {
    /// Bytes stored of each data sector [default: 2352 for BIN, 2048 for ISO]
    #[arg(long, value_name = "BYTES", value_parser = ["2048", "2336", "2352", "2448"], help_heading = CONVERSION)]
    pub(crate) sector: Option<String>,

    /// Mode of sectors that are rebuilt from 2048 bytes [default: what the volume says, else 1]
    #[arg(long, value_name = "MODE", value_parser = ["1", "2"], help_heading = CONVERSION)]
    pub(crate) mode: Option<String>,

    /// One BIN for each track, named as Redump does
    #[arg(long, conflicts_with = "merge", help_heading = CONVERSION)]
    pub(crate) split: bool,

    /// One BIN for the whole disc (the default, however the source is split)
    #[arg(long, help_heading = CONVERSION)]
    pub(crate) merge: bool,

    /// Go on although this is lost; several kinds are separated by commas
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = loss_names(), help_heading = CONVERSION)]
    pub(crate) allow_loss: Vec<String>,

    /// Print what would be written and lost; write nothing
    #[arg(long, help_heading = CONVERSION)]
    pub(crate) dry_run: bool,

    /// Replace outputs that exist (never an input)
    #[arg(long, help_heading = CONVERSION)]
    pub(crate) force: bool,

    /// Do not read the output again to prove it
    #[arg(long, help_heading = CONVERSION)]
    pub(crate) no_verify: bool,

    /// Write a receipt with the hashes of source and outputs, as JSON (of a batch: {"receipts": [...]})
    #[arg(long, value_name = "FILE", help_heading = CONVERSION)]
    pub(crate) receipt: Option<PathBuf>,

    /// How hard to compress, where the format compresses
    #[arg(long, value_enum, default_value_t = Level::Normal, help_heading = CONVERSION)]
    pub(crate) level: Level,

    /// Bytes that are compressed at a time, where the format has a choice
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..), help_heading = CONVERSION)]
    pub(crate) block: Option<u32>,

    /// Bytes of a hunk of a CHD
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..), help_heading = CONVERSION)]
    pub(crate) hunk: Option<u32>,

    /// Codecs of a CHD, separated by commas, in place of those that suit disc and level
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = CONVERSION)]
    pub(crate) codec: Vec<String>,

    /// The title that a device shows [default: what the disc is called]
    #[arg(long, value_name = "TEXT", help_heading = CONVERSION)]
    pub(crate) title: Option<String>,

    /// The picture that a device shows: a PNG file
    #[arg(long, value_name = "FILE", help_heading = CONVERSION)]
    pub(crate) icon: Option<PathBuf>,
}

/// How images are read, for every verb that opens some.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Reading {
    /// Read images as this format, whatever they look like
    #[arg(long, value_name = "FORMAT", value_parser = readable(), hide_possible_values = true, help_heading = READING)]
    pub(crate) from: Option<String>,

    /// The password of an encrypted image: the first line of this file (without it you are asked)
    #[arg(long, value_name = "FILE", help_heading = READING)]
    pub(crate) password_file: Option<PathBuf>,

    /// A CHD that the image builds upon (else one in its folder is found by its hash); may be said several times
    #[arg(long, value_name = "FILE", help_heading = READING)]
    pub(crate) parent: Vec<PathBuf>,

    /// Zeros stand in for what cannot be read, and it is told: the verb's own decision.
    #[arg(skip)]
    pub(crate) forgive: bool,

    /// Which file of an archive is meant, where it holds several images
    #[arg(long, value_name = "NAME", help_heading = READING)]
    pub(crate) member: Option<String>,

    /// Folder for the temporary file that some compressed images need [default: the system's]
    #[arg(long, value_name = "DIR", help_heading = READING)]
    pub(crate) temp: Option<PathBuf>,
}

const READING: &str = "Reading";
pub(crate) const CONVERSION: &str = "Conversion";
const INSIDE: &str = "Inside";
const EVERYWHERE: &str = "Everywhere";

/// What every verb that reads images takes.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Common {
    /// Say nothing but errors
    #[arg(long, short, conflicts_with = "verbose", help_heading = EVERYWHERE)]
    pub(crate) quiet: bool,

    /// Say more: every skipped file, every note
    #[arg(long, short, help_heading = EVERYWHERE)]
    pub(crate) verbose: bool,

    /// Print the result as one JSON object
    #[arg(long, help_heading = EVERYWHERE)]
    pub(crate) json: bool,

    /// Use so many cores [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = EVERYWHERE)]
    pub(crate) jobs: Option<u16>,

    /// Draw no progress bars
    #[arg(long, help_heading = EVERYWHERE)]
    pub(crate) no_progress: bool,
}

/// One image to look at.
#[derive(Debug, Args)]
pub(crate) struct ImageArgs {
    /// The image, or the sheet that describes it
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,

    #[command(flatten)]
    pub(crate) reading: Reading,

    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  discconv info game.cue\n  discconv info game.iso --json | jq .sessions\n\nOnly a bounded number of sectors is looked at; `discconv verify` reads them all."
)]
pub(crate) struct InfoArgs {
    #[command(flatten)]
    pub(crate) image: ImageArgs,
}

#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  discconv hash game.cue\n  discconv hash game.cue --json | jq -r '.tracks[].raw.sha1'\n\nA track's raw data is what a BIN of its own holds: from its INDEX 00 where the image\nstores the pregap, else from INDEX 01. Its user data is 2048 bytes of each sector from\nINDEX 01 on."
)]
pub(crate) struct HashArgs {
    #[command(flatten)]
    pub(crate) image: ImageArgs,
}

#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  discconv verify game.cue\n  discconv verify game.bin --json\n\nThe exit code is 4 if anything is wrong."
)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) image: ImageArgs,
}

#[derive(Debug, Args)]
#[command(
    override_usage = "discconv repair IN OUT --ecc [OPTIONS]",
    after_long_help = "Examples:\n  discconv repair scratched.cue mended.cue --ecc\n  discconv repair scratched.bin mended.iso --ecc --dry-run\n\nEvery data sector is checked. Those whose P and Q parity can correct them, so that\nthe EDC holds afterwards, are corrected in OUT; IN is never written. Damage that looks\nlike a copy protection is left alone, unless --force is given."
)]
pub(crate) struct RepairArgs {
    /// By the P and Q parity that each Mode 1 and Form 1 sector has
    #[arg(long, required = true, help_heading = CONVERSION)]
    pub(crate) ecc: bool,

    #[command(flatten)]
    pub(crate) convert: ConvertArgs,
}

/// Two discs.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  discconv diff game.cue game.iso\n\nThe exit code is 1 if they differ. A gap is the same as blank sectors that are stored."
)]
pub(crate) struct DiffArgs {
    /// One disc
    #[arg(value_name = "A")]
    pub(crate) a: PathBuf,

    /// The other
    #[arg(value_name = "B")]
    pub(crate) b: PathBuf,

    #[command(flatten)]
    pub(crate) reading: Reading,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Which file system of an image is meant.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Choice {
    /// Read the names of this file system, where the disc has several [default: the one that says most]
    #[arg(long, value_name = "KIND", value_parser = FileSystemName, help_heading = INSIDE)]
    pub(crate) fs: Option<String>,

    /// Look into this disc, where the image holds several [default: the first]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..), help_heading = INSIDE)]
    pub(crate) disc: Option<u8>,
}

#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  discconv ls game.cue\n  discconv ls game.iso DATA --long\n  discconv ls game.chd --json | jq -r '.entries[].path'\n\n--long shows the first and the last sector (LBA) of each file."
)]
pub(crate) struct LsArgs {
    #[command(flatten)]
    pub(crate) image: ImageArgs,

    /// Only this file, or what is below this folder
    #[arg(value_name = "PATH")]
    pub(crate) path: Option<String>,

    /// A line for each with mode, bytes, date, sectors and path
    #[arg(long, short, help_heading = INSIDE)]
    pub(crate) long: bool,

    #[command(flatten)]
    pub(crate) choice: Choice,
}

#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  discconv cat game.cue SYSTEM.CNF")]
pub(crate) struct CatArgs {
    #[command(flatten)]
    pub(crate) image: ImageArgs,

    /// The file
    #[arg(value_name = "PATH")]
    pub(crate) path: String,

    #[command(flatten)]
    pub(crate) choice: Choice,
}

#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  discconv extract game.iso -o game\n  discconv extract game.cue DATA 'MOVIES/*.STR' -o out --xa 2352\n  discconv extract music.cue -o music --audio flac\n\nA pattern without / is held against names, with / against whole paths; letters may be\ncapital or small. A file that is there already with the same length and date is left\nalone, so that the command can be given again after an interruption."
)]
pub(crate) struct ExtractArgs {
    #[command(flatten)]
    pub(crate) image: ImageArgs,

    /// Only these files and folders; * ? [] match as in a shell [default: all]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,

    /// Write into this folder; nothing is written outside of it
    #[arg(long, short = 'o', value_name = "DIR", required = true, help_heading = INSIDE)]
    pub(crate) out: PathBuf,

    /// Take files with sectors of Form 2 out as whole sectors of so many bytes
    #[arg(long, value_name = "BYTES", value_parser = ["2336", "2352"], help_heading = INSIDE)]
    pub(crate) xa: Option<String>,

    /// Take audio tracks out too, as files of this kind
    #[arg(long, value_enum, value_name = "KIND", help_heading = INSIDE)]
    pub(crate) audio: Option<AudioKind>,

    /// Replace files that exist (never the image)
    #[arg(long, help_heading = INSIDE)]
    pub(crate) force: bool,

    #[command(flatten)]
    pub(crate) choice: Choice,
}

#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  discconv mount game.cue ~/disc\n\nThe program stays until Ctrl-C or until the folder is unmounted. Beside the files there\nis a folder .tracks with each track as .iso or .wav, and as .bin."
)]
pub(crate) struct MountArgs {
    #[command(flatten)]
    pub(crate) image: ImageArgs,

    /// An empty folder
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,

    #[command(flatten)]
    pub(crate) choice: Choice,
}

/// `--audio`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AudioKind {
    /// WAVE, the samples as they are
    Wav,
    /// FLAC, the same samples in less room
    Flac,
}

#[derive(Debug, Args)]
pub(crate) struct FormatsArgs {
    /// Print the list as one JSON object
    #[arg(long, conflicts_with = "markdown")]
    pub(crate) json: bool,

    /// Print the table of the README
    #[arg(long, hide = true)]
    pub(crate) markdown: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  discconv completions bash > ~/.local/share/bash-completion/completions/discconv")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  discconv man | man -l -\n  discconv man info | man -l -")]
pub(crate) struct ManArgs {
    /// The page of one verb
    #[arg(value_name = "VERB")]
    pub(crate) verb: Option<String>,
}

/// `--level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// As fast as possible
    Fast,
    /// Between the two
    Normal,
    /// As small as possible
    Max,
}

impl Level {
    pub(crate) fn conversion_mode(self) -> ConversionMode {
        match self {
            Level::Fast => ConversionMode::Fast,
            Level::Normal => ConversionMode::Normal,
            Level::Max => ConversionMode::Max,
        }
    }
}

impl Writing {
    /// The losses that are accepted.
    pub(crate) fn allowed(&self) -> LossKinds {
        let kinds = self.allow_loss.iter().map(|name| match LossKind::from_name(name) {
            Some(kind) => LossKinds::of(&[kind]),
            None => LossKinds::ALL,
        });
        kinds.fold(LossKinds::NONE, |all, kinds| kinds.iter().fold(all, LossKinds::with))
    }

    /// `--mode`, as the mode of a track.
    pub(crate) fn track_mode(&self) -> Option<TrackMode> {
        self.mode.as_deref().map(|mode| if mode == "2" { TrackMode::Mode2 } else { TrackMode::Mode1 })
    }

    /// `--sector`, as a number.
    pub(crate) fn sector_bytes(&self) -> Option<u16> {
        self.sector.as_deref().and_then(|bytes| bytes.parse().ok())
    }
}

fn readable() -> PossibleValuesParser {
    let infos = FORMATS.iter().map(|format| format.info());
    PossibleValuesParser::new(infos.flat_map(|info| std::iter::once(info.id).chain(info.forced.iter().copied())))
}

pub(crate) fn writable() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.iter().map(|format| format.info()).filter(|info| info.writes).map(|info| info.id))
}

/// A kind of file system; of several volumes of a kind, in partitions of their own, the second is `hfs:2`.
#[derive(Clone)]
struct FileSystemName;

fn file_systems() -> PossibleValuesParser {
    PossibleValuesParser::new(Kind::ALL.iter().map(|kind| kind.id()))
}

impl TypedValueParser for FileSystemName {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        let numbered = value.to_str().and_then(|text| text.split_once(':'));
        let numbered = numbered.filter(|(_, number)| number.parse::<u8>().is_ok_and(|number| number > 1));
        file_systems().parse_ref(command, arg, numbered.map_or(value, |(kind, _)| OsStr::new(kind)))?;
        Ok(value.to_string_lossy().into_owned())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Kind::ALL.iter().map(|kind| PossibleValue::new(kind.id()))))
    }
}

fn loss_names() -> PossibleValuesParser {
    PossibleValuesParser::new(LossKind::ALL.into_iter().map(LossKind::name).chain(["all"]))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use clap::CommandFactory;
    use std::ffi::OsString;

    /// The arguments of a conversion.
    pub(crate) fn convert(line: &str) -> ConvertArgs {
        match Cli::try_parse_from(crate::words::with_verb(line.split(' ').map(OsString::from))).map(|cli| cli.verb) {
            Ok(Some(Verb::Convert(args))) => args,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn losses_add_up() {
        let args = |line: &str| convert(line).writing.allowed();
        assert_eq!(args("discconv a b --allow-loss audio,cd-text"), LossKinds::of(&[LossKind::Audio, LossKind::CdText]));
        assert_eq!(args("discconv a b --allow-loss all"), LossKinds::ALL);
        assert_eq!(args("discconv a b"), LossKinds::NONE);
    }
}
