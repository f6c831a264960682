//! CHDs beside chdman: Debian's, which is the faster build, and 0.289 for what that does not know.

use super::inputs::{code, run};
use super::music;
use super::rows::{Pair, pair};
use crate::bench::inputs::Inputs;
use crate::peers;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::process::Command;

/// Memory for any of these, in KiB.
const PEAK_KIB: u64 = 256 << 10;
/// As small, give or take what nobody sees.
const ALIKE: f64 = 1.004;
const NO_LARGER: f64 = 1.0;
/// Of the program built without its C libraries.
const PURE_TIME: f64 = 0.7;
const PURE_SIZE: f64 = 1.007;
/// A whole CD, and a gigabyte: more sectors than any CD has.
const FULL_CD: u32 = 300_000;
const GIGABYTE: u32 = 524_288;
/// 2.5, 1.5 and 4 times the rate.
const UNPACK: f64 = 0.4;
const UNPACK_CORE: f64 = 0.67;
const UNPACK_ZSTD: f64 = 0.25;

const fn chd(id: &'static str, name: &'static str, image: &'static str, ours: &'static str, peer: &'static str) -> Pair {
    pair(id, name, image, ours, peer).peak(PEAK_KIB)
}

#[rustfmt::skip]
pub(super) const PAIRS: &[Pair] = &[
    chd("chd-cd", "CHD of a data CD, 39 MB", "chd-data.bin", "discconv --no-verify IN/chd-data.cue OUT/x.chd", "chdman createcd -np 3 -i IN/chd-data.cue -o OUT/x.chd").time(0.55).size(ALIKE),
    chd("chd-700", "CHD of a data CD, 800 MB", "chd-700.bin", "discconv --no-verify IN/chd-700.cue OUT/x.chd", "chdman createcd -np 3 -i IN/chd-700.cue -o OUT/x.chd").time(0.55).size(ALIKE),
    chd("chd-half-700", "CHD of a CD, half of it sound, 700 MB", "chd-half-700.bin", "discconv --no-verify IN/chd-half-700.cue OUT/x.chd", "chdman createcd -np 3 -i IN/chd-half-700.cue -o OUT/x.chd").time(0.5).size(ALIKE),
    chd("chd-audio-700", "CHD of an audio CD, 700 MB", "chd-audio-700.bin", "discconv --no-verify IN/chd-audio-700.cue OUT/x.chd", "chdman createcd -np 3 -i IN/chd-audio-700.cue -o OUT/x.chd").time(0.35).size(ALIKE),
    chd("chd-dvd-2g", "CHD of a DVD, 2 GB", "pack2g.iso", "discconv --no-verify IN/pack2g.iso OUT/x.chd", "chdman createraw -np 3 -hs 4096 -us 2048 -c lzma,zlib,huff,flac -i IN/pack2g.iso -o OUT/x.chd").time(0.55).size(ALIKE),
    chd("chd-dvd-code-1g", "CHD of a DVD of programs, 1 GB", "chd-code-1g.iso", "discconv --no-verify --from iso2048 IN/chd-code-1g.iso OUT/x.chd", "chdman createraw -np 3 -hs 4096 -us 2048 -c lzma,zlib,huff,flac -i IN/chd-code-1g.iso -o OUT/x.chd").time(0.55).size(ALIKE),
    chd("chd-half", "CHD of a CD, half of it sound", "chd-half.bin", "discconv --no-verify IN/chd-half.cue OUT/x.chd", "chdman createcd -np 3 -i IN/chd-half.cue -o OUT/x.chd").time(0.5).size(ALIKE),
    chd("chd-audio", "CHD of an audio CD, 39 MB", "chd-audio.bin", "discconv --no-verify IN/chd-audio.cue OUT/x.chd", "chdman createcd -np 3 -i IN/chd-audio.cue -o OUT/x.chd").time(0.35).size(ALIKE),
    chd("chd-dvd", "CHD of a DVD, 34 MB", "chd-dvd.iso", "discconv --no-verify IN/chd-dvd.iso OUT/x.chd", "chdman createraw -np 3 -hs 4096 -us 2048 -c lzma,zlib,huff,flac -i IN/chd-dvd.iso -o OUT/x.chd").time(0.55).size(ALIKE),
    chd("chd-dvd-code", "CHD of a DVD of programs, 34 MB", "chd-dvd-code.iso", "discconv --no-verify IN/chd-dvd-code.iso OUT/x.chd", "chdman createraw -np 3 -hs 4096 -us 2048 -c lzma,zlib,huff,flac -i IN/chd-dvd-code.iso -o OUT/x.chd").time(0.55).size(ALIKE),
    chd("chd-dvd-zstd", "CHD of a DVD of programs, `--codec zstd`, 0.289", "chd-dvd-code.iso", "discconv --no-verify --codec zstd IN/chd-dvd-code.iso OUT/x.chd", "chdman-0.289 createdvd -np 3 -c zstd -i IN/chd-dvd-code.iso -o OUT/x.chd").time(0.4).size(1.015),
    chd("chd-dvd-fast", "CHD of a DVD, `--level fast`, 0.289", "chd-dvd.iso", "discconv --no-verify --level fast IN/chd-dvd.iso OUT/x.chd", "chdman-0.289 createdvd -np 3 -c zstd -i IN/chd-dvd.iso -o OUT/x.chd").time(0.1).size(1.03),
    chd("chd-cd-max", "CHD of a data CD `--level max`", "chd-data.bin", "discconv --no-verify --level max IN/chd-data.cue OUT/x.chd", "chdman createcd -np 3 -i IN/chd-data.cue -o OUT/x.chd").size(NO_LARGER),
    chd("chd-audio-max", "CHD of an audio CD `--level max`", "chd-audio.bin", "discconv --no-verify --level max IN/chd-audio.cue OUT/x.chd", "chdman createcd -np 3 -i IN/chd-audio.cue -o OUT/x.chd").size(NO_LARGER),
    chd("chd-cd-fast", "CHD of a data CD `--level fast`, 0.289", "chd-data.bin", "discconv --no-verify --level fast IN/chd-data.cue OUT/x.chd", "chdman-0.289 createcd -np 3 -c cdzs,cdfl -i IN/chd-data.cue -o OUT/x.chd").time(0.1).size(1.03),
    chd("chd-code-fast", "CHD of programs `--level fast`, 0.289", "chd-code.bin", "discconv --no-verify --level fast IN/chd-code.cue OUT/x.chd", "chdman-0.289 createcd -np 3 -c cdzs,cdfl -i IN/chd-code.cue -o OUT/x.chd").time(0.1).size(1.05),
    chd("chd-cd-zstd", "CHD of a data CD `--codec cdzs,cdfl`, 0.289", "chd-data.bin", "discconv --no-verify --codec cdzs,cdfl IN/chd-data.cue OUT/x.chd", "chdman-0.289 createcd -np 3 -c cdzs,cdfl -i IN/chd-data.cue -o OUT/x.chd").time(0.4).size(1.015),
    chd("chd-code", "CHD of a CD of programs, 39 MB", "chd-code.bin", "discconv --no-verify IN/chd-code.cue OUT/x.chd", "chdman createcd -np 3 -i IN/chd-code.cue -o OUT/x.chd").time(0.55).size(ALIKE),
    chd("chd-cd-pure", "CHD of a data CD, without C", "chd-data.bin", "discconv-pure --no-verify IN/chd-data.cue OUT/x.chd", "chdman createcd -np 3 -i IN/chd-data.cue -o OUT/x.chd").time(PURE_TIME).size(PURE_SIZE),
    chd("chd-code-pure", "CHD of a CD of programs, without C", "chd-code.bin", "discconv-pure --no-verify IN/chd-code.cue OUT/x.chd", "chdman createcd -np 3 -i IN/chd-code.cue -o OUT/x.chd").time(PURE_TIME).size(PURE_SIZE),

    chd("un-chd-cd", "CHD of a data CD to BIN", "chd-data.bin", "discconv --no-verify IN/chd-data.chd OUT/x.cue", "chdman extractcd -i IN/chd-data.chd -o OUT/x.cue -ob OUT/x.bin").time(UNPACK),
    chd("un-chd-core", "CHD of a data CD to BIN, one core", "chd-data.bin", "discconv --jobs 1 --no-verify IN/chd-data.chd OUT/x.cue", "chdman extractcd -i IN/chd-data.chd -o OUT/x.cue -ob OUT/x.bin").time(UNPACK_CORE),
    chd("un-chd-audio", "CHD of an audio CD to BIN", "chd-audio.bin", "discconv --no-verify IN/chd-audio.chd OUT/x.cue", "chdman extractcd -i IN/chd-audio.chd -o OUT/x.cue -ob OUT/x.bin").time(UNPACK),
    chd("un-chd-zstd", "CHD of a data CD (Zstandard) to BIN, 0.289", "chd-data.bin", "discconv --no-verify IN/chd-zstd.chd OUT/x.cue", "chdman-0.289 extractcd -i IN/chd-zstd.chd -o OUT/x.cue -ob OUT/x.bin").time(UNPACK_ZSTD),
    chd("un-chd-verify", "CHD of a data CD verified", "chd-data.bin", "discconv verify IN/chd-data.chd", "chdman verify -i IN/chd-data.chd").time(UNPACK),
];

/// Makes what is not there yet.
pub(super) fn prepare(inputs: &Inputs, quick: bool) -> Result<(), String> {
    let sectors = if quick { 1600 } else { 16_384 };
    let (full, gigabyte) = if quick { (3200, 6400) } else { (FULL_CD, GIGABYTE) };
    inputs.once("chd-code.iso", |path| code(path, sectors))?;
    inputs.once("chd-dvd.iso", |path| dvd(&inputs.path("sample.iso"), path))?;
    inputs.once("chd-dvd-code.iso", |path| dvd(&inputs.path("chd-code.iso"), path))?;
    raw(inputs, "sample.iso", "chd-data")?;
    raw(inputs, "chd-code.iso", "chd-code")?;
    raw(inputs, "pack.iso", "chd-700")?;
    inputs.once("chd-audio.bin", |path| music::write(path, sectors))?;
    sheet(inputs, "chd-audio", &["AUDIO"], sectors)?;
    inputs.once("chd-half.bin", |path| half(inputs, ["chd-data.bin", "chd-audio.bin"], path, sectors))?;
    sheet(inputs, "chd-half", &["MODE1/2352", "AUDIO"], sectors)?;
    inputs.once("chd-audio-700.bin", |path| music::write(path, full))?;
    sheet(inputs, "chd-audio-700", &["AUDIO"], full)?;
    inputs.once("chd-half-700.bin", |path| half(inputs, ["chd-700.bin", "chd-audio-700.bin"], path, full))?;
    sheet(inputs, "chd-half-700", &["MODE1/2352", "AUDIO"], full)?;
    inputs.once("chd-code-1g.iso", |path| code(path, gigabyte))?;
    for (name, program, words) in [
        ("chd-data.chd", "chdman", &["createcd", "-i", "chd-data.cue"][..]),
        ("chd-audio.chd", "chdman", &["createcd", "-i", "chd-audio.cue"]),
        ("chd-zstd.chd", "chdman-0.289", &["createcd", "-c", "cdzs,cdfl", "-i", "chd-data.cue"]),
    ] {
        inputs.once(name, |path| run(Command::new(peers::program(program)).args(words).args(["-f", "-o"]).arg(path), inputs))?;
    }
    Ok(())
}

/// The same with the mark of a system that never came on CD, for its size does not say that it is a DVD.
fn dvd(from: &Path, path: &Path) -> std::io::Result<()> {
    let mut bytes = std::fs::read(from)?;
    if let Some(mark) = bytes.get_mut(GAMECUBE_AT..GAMECUBE_AT + GAMECUBE.len()) {
        mark.copy_from_slice(&GAMECUBE);
    }
    std::fs::write(path, bytes)
}

/// The magic of a GameCube disc, and where it stands in the first sector.
const GAMECUBE: [u8; 4] = [0xC2, 0x33, 0x9F, 0x3D];
const GAMECUBE_AT: usize = 0x1C;

/// The image as raw sectors, and a sheet.
fn raw(inputs: &Inputs, iso: &str, name: &str) -> Result<(), String> {
    let bin = format!("{name}.bin");
    inputs.once(&bin, |path| {
        let cue = inputs.path(&format!("{name}.cue"));
        let ours = crate::tree::target().join("release/discconv");
        let words = ["--force", "--from", "iso2048", "--no-verify", "--sector", "2352", iso];
        run(Command::new(ours).args(words).arg(&cue), inputs)?;
        // Its name must say the format while it is being made.
        std::fs::copy(inputs.path(&bin), path).map(|_| ())
    })
}

/// Tracks of `kinds`, each as long as the others.
fn sheet(inputs: &Inputs, name: &str, kinds: &[&str], sectors: u32) -> Result<(), String> {
    inputs.once(&format!("{name}.cue"), |path| {
        let mut out = format!("FILE \"{name}.bin\" BINARY\n");
        let each = sectors / u32::try_from(kinds.len()).unwrap_or(1);
        for (number, kind) in (0_u32..).zip(kinds) {
            let at = number * each;
            let (minute, second, frame) = (at / 4500, at / 75 % 60, at % 75);
            out += &format!("  TRACK {:02} {kind}\n    INDEX 01 {minute:02}:{second:02}:{frame:02}\n", number + 1);
        }
        std::fs::write(path, out)
    })
}

/// The first half of the data, then the first half of the sound.
fn half(inputs: &Inputs, names: [&str; 2], path: &Path, sectors: u32) -> std::io::Result<()> {
    use std::io::Read;
    let mut out = BufWriter::new(File::create(path)?);
    for name in names {
        let part = BufReader::new(File::open(inputs.path(name))?);
        std::io::copy(&mut part.take(u64::from(sectors / 2) * 2352), &mut out)?;
    }
    out.flush()
}
