//! The images that are measured: made once, deterministic, kept in the build folder.

use super::iso::{self, SECTOR};
use super::tables::{Framing, RAW, Tables, USER, user_start};
use discconv_testkit::Rng;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Sectors of the pieces.
pub(super) struct Sizes {
    pub(super) disc: u32,
    pub(super) dvd: u32,
    pub(super) blu_ray: u32,
    pub(super) sparse: u32,
}

impl Sizes {
    pub(super) fn new(quick: bool) -> Self {
        if quick {
            return Self { disc: 32_768, dvd: 131_072, blu_ray: 24_414_062, sparse: 131_072 };
        }
        // 700 MiB; 4.3 GB; 50 GB; 1 GiB.
        Self { disc: 358_400, dvd: 2_100_000, blu_ray: 24_414_062, sparse: 524_288 }
    }
}

/// Every input by its name inside the folder.
pub(super) struct Inputs {
    pub(super) folder: PathBuf,
    pub(super) sizes: Sizes,
}

/// Tracks of the mixed disc: one of data, then audio, each with a stored pregap of two seconds.
const AUDIO_TRACKS: u32 = 8;
const PREGAP: u32 = 150;

impl Inputs {
    /// Makes what is not there yet.
    pub(super) fn prepare(folder: &Path, quick: bool) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|e| format!("cannot make {}: {e}.", folder.display()))?;
        let inputs = Self { folder: folder.to_owned(), sizes: Sizes::new(quick) };
        let sizes = &inputs.sizes;
        inputs.once("data.iso", |path| iso_of(path, sizes.disc, 1))?;
        inputs.once("mode1.bin", |path| frame_all(&inputs.path("data.iso"), path, Framing::Mode1))?;
        inputs.once("xa.bin", |path| frame_all(&inputs.path("data.iso"), path, Framing::Mode2Form1))?;
        inputs.once("mixed.bin", |path| mixed(&inputs.path("mode1.bin"), path, sizes.disc))?;
        inputs.once("dvd.iso", |path| iso_of(path, sizes.dvd, 2))?;
        inputs.once("blu-ray.iso", |path| hollow_iso(path, sizes.blu_ray))?;
        inputs.once("sparse.iso", |path| hollow_iso(path, sizes.sparse))?;
        inputs.sheets()?;
        inputs.split()?;
        Ok(inputs)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Length of an input in bytes; 0 if it is not there.
    pub(super) fn bytes(&self, name: &str) -> u64 {
        std::fs::metadata(self.path(name)).map_or(0, |data| data.len())
    }

    /// Reads an input once, so that it is in the page cache, which the rates are about.
    pub(super) fn warm(&self, name: &str) -> Result<(), String> {
        let file = File::open(self.path(name)).map_err(|e| format!("cannot open {name}: {e}."))?;
        let mut reader = BufReader::with_capacity(1 << 20, file);
        std::io::copy(&mut reader, &mut std::io::sink()).map_err(|e| format!("cannot read {name}: {e}."))?;
        Ok(())
    }

    /// Makes `name` if it is not there yet.
    pub(super) fn once(&self, name: &str, make: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<(), String> {
        let path = self.path(name);
        if path.exists() {
            return Ok(());
        }
        eprintln!("bench: making {name}");
        // A name of its own until complete, so that an interrupted run leaves no half input.
        let half = self.path(&format!("{name}.part"));
        make(&half)
            .and_then(|()| File::open(&half)?.sync_all())
            .and_then(|()| std::fs::rename(&half, &path))
            .map_err(|e| format!("cannot make {}: {e}.", path.display()))
    }

    fn sheet(&self, name: &str, text: &str) -> Result<(), String> {
        crate::tree::write(&self.path(name), text)
    }

    fn sheets(&self) -> Result<(), String> {
        for (name, mode) in [("mode1", "MODE1/2352"), ("xa", "MODE2/2352")] {
            let text = format!("FILE \"{name}.bin\" BINARY\r\n  TRACK 01 {mode}\r\n    INDEX 01 00:00:00\r\n");
            self.sheet(&format!("{name}.cue"), &text)?;
        }
        let mut text = String::from("FILE \"mixed.bin\" BINARY\r\n  TRACK 01 MODE1/2352\r\n    INDEX 01 00:00:00\r\n");
        for (number, start, _) in audio_tracks(self.sizes.disc) {
            let (zero, one) = (time(start), time(start + PREGAP));
            text.push_str(&format!("  TRACK {number:02} AUDIO\r\n    INDEX 00 {zero}\r\n    INDEX 01 {one}\r\n"));
        }
        self.sheet("mixed.cue", &text)
    }

    /// The mixed disc once more, one file per track.
    fn split(&self) -> Result<(), String> {
        let mut tracks = vec![(1, 0, data_sectors(self.sizes.disc))];
        tracks.extend(audio_tracks(self.sizes.disc));
        let mut text = String::new();
        for (number, start, sectors) in tracks {
            let name = format!("split (Track {number}).bin");
            let range = (u64::from(start) * RAW as u64, u64::from(sectors) * RAW as u64);
            self.once(&name, |path| cut(&self.path("mixed.bin"), path, range))?;
            let kind = if number == 1 { "MODE1/2352" } else { "AUDIO" };
            text.push_str(&format!("FILE \"{name}\" BINARY\r\n  TRACK {number:02} {kind}\r\n"));
            text.push_str(if number == 1 {
                "    INDEX 01 00:00:00\r\n"
            } else {
                "    INDEX 00 00:00:00\r\n    INDEX 01 00:02:00\r\n"
            });
        }
        self.sheet("split.cue", &text)
    }
}

fn time(sectors: u32) -> String {
    format!("{:02}:{:02}:{:02}", sectors / 4500, sectors / 75 % 60, sectors % 75)
}

/// Sectors of the data track on the mixed disc: a third.
fn data_sectors(disc: u32) -> u32 {
    disc / 3
}

/// Number, first sector (of the pregap) and sectors of each audio track.
fn audio_tracks(disc: u32) -> Vec<(u32, u32, u32)> {
    let data = data_sectors(disc);
    let each = (disc - data) / AUDIO_TRACKS;
    (0..AUDIO_TRACKS).map(|i| (i + 2, data + i * each, each)).collect()
}

/// Part of a disc's content: what one finds on discs of programs, a megabyte at a time.
fn mix(rng: &mut Rng, dictionary: &[u8], out: &mut [u8]) {
    match rng.below(100) {
        // Already packed: pictures, films, archives.
        0..=35 => rng.fill(out),
        36..=45 => out.fill(0),
        _ => program_text(rng, dictionary, out),
    }
}

/// Repeats pieces of a dictionary with something new in between; deflate halves it.
fn program_text(rng: &mut Rng, dictionary: &[u8], out: &mut [u8]) {
    let mut at = 0;
    while at < out.len() {
        let length = (4 + rng.index(28)).min(out.len() - at);
        if rng.below(4) == 0 {
            rng.fill(&mut out[at..at + length]);
        } else {
            let from = rng.index(dictionary.len() - length);
            out[at..at + length].copy_from_slice(&dictionary[from..from + length]);
        }
        at += length;
    }
}

fn iso_of(path: &Path, sectors: u32, seed: u64) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let head = iso::head(sectors);
    out.write_all(&head)?;
    let mut rng = Rng::new(seed);
    let dictionary = rng.bytes(32 << 10);
    let mut left = u64::from(sectors) * SECTOR as u64 - head.len() as u64;
    let mut chunk = vec![0; 1 << 20];
    while left > 0 {
        mix(&mut rng, &dictionary, &mut chunk);
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        out.write_all(&chunk[..take])?;
        left -= take as u64;
    }
    out.flush()
}

/// Descriptors and a root folder, then nothing but a hole.
fn hollow_iso(path: &Path, sectors: u32) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(&iso::head(sectors))?;
    file.set_len(u64::from(sectors) * SECTOR as u64)
}

fn frame_all(iso: &Path, bin: &Path, framing: Framing) -> std::io::Result<()> {
    let tables = Tables::new();
    let mut reader = BufReader::with_capacity(1 << 20, File::open(iso)?);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(bin)?);
    let at = user_start(framing);
    let sectors = iso.metadata()?.len() / USER as u64;
    for lba in 0..u32::try_from(sectors).unwrap_or(u32::MAX) {
        let mut raw = [0; RAW];
        reader.read_exact(&mut raw[at..at + USER])?;
        tables.frame(&mut raw, lba, framing);
        out.write_all(&raw)?;
    }
    out.flush()
}

fn mixed(mode1: &Path, path: &Path, disc: u32) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let data = u64::from(data_sectors(disc)) * RAW as u64;
    std::io::copy(&mut File::open(mode1)?.take(data), &mut out)?;
    let mut rng = Rng::new(4);
    let mut sector = [0; RAW];
    for (_, _, sectors) in audio_tracks(disc) {
        for i in 0..sectors {
            if i < PREGAP {
                sector.fill(0)
            } else {
                rng.fill(&mut sector)
            }
            out.write_all(&sector)?;
        }
    }
    out.flush()
}

fn cut(from: &Path, to: &Path, (start, length): (u64, u64)) -> std::io::Result<()> {
    use std::io::Seek;
    let mut source = File::open(from)?;
    source.seek(std::io::SeekFrom::Start(start))?;
    std::io::copy(&mut source.take(length), &mut File::create(to)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mixed_disc_has_no_holes_between_tracks() {
        let tracks = audio_tracks(1000);
        assert_eq!(tracks[0].1, data_sectors(1000));
        for pair in tracks.windows(2) {
            assert_eq!(pair[0].1 + pair[0].2, pair[1].1);
        }
    }

    #[test]
    fn equal_seeds_give_equal_content() {
        let make = || {
            let mut rng = Rng::new(5);
            let dictionary = rng.bytes(4096);
            let mut out = vec![0; 10_000];
            mix(&mut rng, &dictionary, &mut out);
            out
        };
        assert_eq!(make(), make());
    }
}
