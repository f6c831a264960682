//! Which programs and devices take a disc as it is: facts of their own sources and papers, as data.
//!
//! What is only supposed of a program is not here, nor a form in which it would lose something (sound, Form 2, a key in the
//! subchannel): where nothing is known of a form, a row asks for the one that is.

mod rows;

use crate::shape::{Kind, Shape, Sound};
use rows::EMULATORS;

/// How it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It is in the program's source.
    Source,
    /// Its papers say so.
    Documented,
    /// People who use it report so.
    Reported,
}

impl Proof {
    /// The word for JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Proof::Source => "source",
            Proof::Documented => "documented",
            Proof::Reported => "reported",
        }
    }
}

/// A program or device.
#[derive(Debug, PartialEq, Eq)]
pub struct Emulator {
    /// The word for options.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// How it is known what it takes.
    pub proof: Proof,
    /// The systems whose discs it runs, by id.
    systems: &'static [&'static str],
    /// The formats it opens itself, by id, each with all that it asks of it.
    takes: &'static [(&'static str, &'static [Need])],
}

/// What a program asks of an image of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// So many bytes are stored of each data sector: one of these numbers.
    Data(&'static [u16]),
    /// Audio tracks are stored in one of these ways.
    Sound(&'static [Sound]),
    /// All tracks are in one file.
    OneFile,
    /// Blocks of that length.
    Block(u32),
    /// Blocks of a multiple of that length.
    BlockOf(u32),
    /// A CHD of that kind.
    Chd(Kind),
    /// It is complete without another file.
    NoParent,
    /// No subchannel is stored.
    NoSubchannel,
    /// There is no key in the subchannel, which is not read.
    NoKey,
    /// The game partition begins where the image does.
    PartitionFirst,
}

impl Need {
    fn is_met(self, shape: &Shape) -> bool {
        match self {
            Need::Data(forms) => shape.data.iter().all(|stored| forms.contains(stored)),
            Need::Sound(ways) => shape.sound.iter().all(|way| ways.contains(way)),
            Need::OneFile => shape.files <= 1,
            Need::Block(bytes) => shape.block_bytes == bytes,
            Need::BlockOf(bytes) => shape.block_bytes.is_multiple_of(bytes),
            Need::Chd(kind) => shape.kind == kind,
            Need::NoParent => !shape.parent,
            Need::NoSubchannel => !shape.subchannel,
            Need::NoKey => !shape.key,
            Need::PartitionFirst => shape.partition == Some(0),
        }
    }
}

/// Those that run discs of the system `system` from an image of that shape.
pub fn emulators<'a>(system: &'a str, shape: &'a Shape) -> impl Iterator<Item = &'static Emulator> + use<'a> {
    let takes = |row: &Emulator| {
        let mut all = row.takes.iter().filter(|(format, _)| *format == shape.format);
        all.any(|(_, needs)| needs.iter().all(|need| need.is_met(shape)))
    };
    EMULATORS.iter().filter(move |row| row.systems.contains(&system) && takes(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(system: &str, shape: &Shape) -> Vec<&'static str> {
        emulators(system, shape).map(|row| row.id).collect()
    }

    fn shape(format: &str, data: u16) -> Shape {
        Shape { format: format.to_owned(), data: vec![data], files: 1, block_bytes: 1, ..Shape::default() }
    }

    /// Does `id` take the first shape, and not the second?
    fn check(system: &str, id: &str, taken: Shape, refused: Shape) {
        assert!(ids(system, &taken).contains(&id), "{id} takes {taken:?}");
        assert!(!ids(system, &refused).contains(&id), "{id} does not take {refused:?}");
    }

    #[test]
    fn sectors_have_to_be_of_a_form() {
        check("sega-cd", "gens", shape("iso", 2352), shape("cue", 2352));
        check("psx", "epsxe", shape("iso", 2352), shape("iso", 2048));
        check("ps2", "opl", shape("iso", 2048), shape("iso", 2352));
        check("saturn", "kronos", shape("chd", 2352), shape("chd", 2048));
        assert_eq!(ids("ps3", &shape("iso", 2048)), ["rpcs3"]);
        assert!(ids("audio-cd", &shape("cue", 2352)).is_empty());
        assert!(!ids("ps2", &shape("cue", 2352)).contains(&"pcsx2"), "it takes no sheet");
    }

    #[test]
    fn sound_has_to_be_stored_in_a_way() {
        let with = |sound: &[Sound]| Shape { sound: sound.to_vec(), ..shape("cue", 2352) };
        check("psx", "duckstation", with(&[Sound::Plain, Sound::Wave]), with(&[Sound::Plain, Sound::Mp3]));
        check("sega-cd", "genesis-plus-gx", with(&[Sound::Vorbis]), with(&[Sound::Mp3]));
        check("saturn", "kronos", with(&[Sound::Plain]), with(&[Sound::Wave]));
        check("neo-geo-cd", "neocd", with(&[Sound::Flac]), with(&[Sound::Aiff]));
    }

    #[test]
    fn tracks_may_have_to_be_in_one_file() {
        let of = |files| Shape { files, ..shape("cue", 2352) };
        check("neo-geo-cd", "fbneo-neocd", of(1), of(3));
        check("psx", "epsxe", of(1), of(2));
    }

    #[test]
    fn blocks_may_have_to_be_of_a_length() {
        let of = |format: &str, block_bytes, kind| Shape { block_bytes, kind, ..shape(format, 2048) };
        check("psp", "ppsspp", of("chd", 2048, Kind::Dvd), of("chd", 4096, Kind::Dvd));
        check("ps2", "opl", of("zso", 2048, Kind::Other), of("zso", 4096, Kind::Other));
        let cd = |block_bytes| Shape { block_bytes, kind: Kind::Gd, ..shape("chd", 2352) };
        check("dreamcast", "flycast", cd(19_584), cd(19_586));
    }

    #[test]
    fn a_chd_may_have_to_be_of_a_kind_and_complete() {
        let of = |kind, parent| Shape { kind, parent, block_bytes: 19_584, ..shape("chd", 2352) };
        check("ps2", "aethersx2", of(Kind::Cd, false), of(Kind::Dvd, false));
        check("psx", "pcsx-rearmed", of(Kind::Cd, false), of(Kind::Cd, true));
        assert!(ids("psx", &of(Kind::Cd, true)).contains(&"duckstation"));
    }

    #[test]
    fn a_key_in_the_subchannel_must_not_be_lost() {
        let of =
            |format: &str, subchannel, key| Shape { subchannel, key, kind: Kind::Cd, block_bytes: 19_584, ..shape(format, 2352) };
        check("psx", "beetle-psx", of("chd", false, false), of("chd", true, false));
        check("psx", "mister-psx", of("chd", true, false), of("chd", true, true));
        check("psx", "duckstation", of("chd", true, true), of("mds", true, true));
    }

    #[test]
    fn the_game_partition_may_have_to_come_first() {
        let of = |partition| Shape { partition, ..shape("iso", 2048) };
        check("xbox", "xemu", of(Some(0)), of(Some(0x1830_0000)));
    }

    #[test]
    fn no_row_is_there_twice_and_each_takes_something() {
        for (place, row) in EMULATORS.iter().enumerate() {
            assert!(EMULATORS[..place].iter().all(|before| before.id != row.id), "{}", row.id);
            assert!(!row.takes.is_empty() && !row.systems.is_empty(), "{}", row.id);
        }
    }
}
