//! What the fuzzer begins with, besides the small images of `testdata`: those, written in every format. A mutation of a right
//! file reaches further than one of noise.

use super::folder::MARK;
use super::{laid, laid_fs, laid_gd, laid_hfs, sealed};
use discconv_codec::deflate::Deflater;
use discconv_codec::lz4::Lz4Encoder;
use discconv_codec::{Level, bzip2};
use discconv_core::memory::MemoryFiles;
use discconv_core::{Disc, Execution, Input, LossKinds, Outputs, Quiet, Serial, WriteOptions, execute};
use discconv_formats::{by_id, plan_to, reader_for};
use discconv_testkit::{Fixture, consoles, iso9660, udf};
use std::path::Path;

/// An input and its name.
pub type Seed = (String, Vec<u8>);

/// Fixtures above this are too large to be mutated quickly.
const MAX_FIXTURE_BYTES: u64 = 36 << 10;

/// Inputs above this would be cut by the fuzzer, and many formats have their tables at the end.
const MAX_SEED_BYTES: usize = 96 << 10;

/// The seeds of a target, for a repository in the folder `root`.
pub fn of(target: &str, root: &Path) -> Vec<Seed> {
    let mut seeds = all_of(target, root);
    seeds.retain(|(_, bytes)| bytes.len() <= MAX_SEED_BYTES);
    seeds
}

fn all_of(target: &str, root: &Path) -> Vec<Seed> {
    match target {
        // Nero and DiscJuggler store 150 sectors before the first track, which alone is too much.
        "nrg" => laid::nrg(),
        "cdi" => laid_gd::cdi(),
        "fs_iso" => laid_fs::iso(),
        "gdi" => laid_gd::gdi(),
        "mds" => written(&["mds"], Some(2448)).into_iter().chain(written(&["mds"], None)).collect(),
        "ccd" => written(&["ccd"], None),
        "chd" => written(&["chd"], None),
        "toc" => written(&["toc"], None).into_iter().chain(written(&["toc"], Some(2448))).collect(),
        "cso" => written(&["cso", "cso2", "zso", "dax"], None).into_iter().chain([laid::jso()]).collect(),
        "ecm" => written(&["ecm"], None).into_iter().chain(written(&["ecm"], Some(2336))).collect(),
        "wrapped" => files(&root.join("crates/discconv-archive/tests/data")),
        "isz" => split_isz(written(&["isz"], None)),
        "pbp" => written(&["pbp"], None).into_iter().filter_map(laid::pbp_in_parts).collect(),
        "audio" => sounds(&root.join("crates/discconv-audio/tests/data")),
        "codec" => blocks(),
        "fs_udf" => vec![("udf".to_owned(), sealed::pack(&udf::volume("LABEL", "FILE.TXT", b"content")))],
        "fs_others" => [("xdvdfs", consoles::xdvdfs()), ("opera", consoles::opera())]
            .into_iter()
            .map(|(name, user)| (name.to_owned(), user))
            .chain(laid_hfs::all())
            .map(|(name, user)| (name, sealed::pack(&user)))
            .collect(),
        "identify" => [("playstation", game()), ("xdvdfs", consoles::xdvdfs()), ("opera", consoles::opera())]
            .into_iter()
            .map(|(name, user)| (name.to_owned(), user))
            .chain(laid_hfs::all())
            .collect(),
        _ => Vec::new(),
    }
}

/// A volume that says which game it is.
fn game() -> Vec<u8> {
    let boot = b"BOOT = cdrom:\\SLXX_000.01;1\r\nTCB = 4\r\n".to_vec();
    let volume =
        iso9660::Volume { system: "PLAYSTATION", label: "GAME", files: vec![("SYSTEM.CNF", boot)], ..Default::default() };
    volume.build().user
}

/// All small fixtures that go into those formats, with the files of each one behind another.
fn written(ids: &[&str], sector: Option<u16>) -> Vec<Seed> {
    let small = discconv_testkit::all_good().into_iter().filter(|fixture| fixture.files.total_bytes() <= MAX_FIXTURE_BYTES);
    let opened: Vec<(Fixture, Vec<Disc>)> = small.filter_map(|fixture| Some((fixture.clone(), discs(&fixture)?))).collect();
    let options = WriteOptions { sector, ..WriteOptions::default() };
    let seeds = ids.iter().flat_map(|id| {
        let options = &options;
        opened.iter().filter_map(move |(fixture, discs)| {
            let sector = sector.map(|sector| format!("-{sector}")).unwrap_or_default();
            Some((format!("{}-{id}{sector}", fixture.name), write(id, discs, options)?))
        })
    });
    seeds.collect()
}

fn discs(fixture: &Fixture) -> Option<Vec<Disc>> {
    let files: MemoryFiles = fixture.files.0.iter().map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
    let source = files.source(&fixture.entry)?;
    discconv_formats::open(&Input::new(&fixture.entry, source, &files)).ok().map(|image| image.discs)
}

/// The descriptor first, then the others.
fn write(id: &str, discs: &[Disc], options: &WriteOptions) -> Option<Vec<u8>> {
    // Descriptors name their files: they are to be those of the targets.
    let plan = plan_to(by_id(id)?, discs, "x", options).ok()?;
    let files = MemoryFiles::new();
    let reader = reader_for(&plan);
    let how = Execution {
        outputs: Some(&files as &dyn Outputs),
        pool: &Serial,
        watch: &Quiet,
        allow: LossKinds::ALL,
        prove: false,
        source_name: "the seed",
        reader: &reader,
    };
    execute(&plan, discs, &how).ok()?;
    let entry = &plan.files[plan.entry].name;
    let others = plan.files.iter().map(|file| &file.name).filter(|name| *name != entry);
    let parts: Vec<_> = [entry].into_iter().chain(others).filter_map(|name| files.get(name)).collect();
    Some(parts.join(MARK))
}

/// Each image as it is, in two files, and with a mark that says it is encrypted.
fn split_isz(images: Vec<Seed>) -> Vec<Seed> {
    let halves = images.iter().filter_map(|(name, image)| Some((format!("{name}-split"), laid::isz_in_two(image)?)));
    let secret = images.iter().map(|(name, image)| {
        let mut image = image.clone();
        // The header's byte for the kind of encryption: AES-128.
        image[16] = 2;
        (format!("{name}-secret"), image)
    });
    let more: Vec<Seed> = halves.chain(secret).collect();
    images.into_iter().chain(more).collect()
}

/// The coded sound that the tests of the sound crate have.
fn sounds(folder: &Path) -> Vec<Seed> {
    let names = ["mono.mp3", "mono.ogg", "sound.flac", "sound.mp3", "sound.ogg", "vbr.mp3"];
    names.iter().filter_map(|name| Some(((*name).to_owned(), std::fs::read(folder.join(name)).ok()?))).collect()
}

/// All files of a folder that are no text.
fn files(folder: &Path) -> Vec<Seed> {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let packed =
        names.filter(|path| path.extension().is_some_and(|extension| !["md", "py", "txt"].iter().any(|text| extension == *text)));
    let seed = |path: std::path::PathBuf| Some((path.file_name()?.to_str()?.to_owned(), std::fs::read(&path).ok()?));
    let mut seeds: Vec<Seed> = packed.filter_map(seed).collect();
    seeds.sort();
    seeds
}

/// Blocks of every kind, each behind the length that it unpacks to.
fn blocks() -> Vec<Seed> {
    let sound: Vec<u8> = (0..1024_u32).flat_map(|at| ((at * at) >> 7).to_le_bytes()).collect();
    let text = b"Volume descriptors begin at sector 16. ".repeat(30);
    let mut seeds = Vec::new();
    for (name, raw) in [("sound", &sound[..]), ("text", &text), ("zeros", &[0; 2048])] {
        let mut add = |kind: &str, pack: &mut dyn FnMut(&mut Vec<u8>)| {
            let mut block = u16::try_from(raw.len()).unwrap_or(u16::MAX).to_le_bytes().to_vec();
            pack(&mut block);
            seeds.push((format!("{name}-{kind}"), block));
        };
        add("raw", &mut |out| out.extend(raw));
        add("bzip2", &mut |out| bzip2::encode(raw, out));
        for level in [Level::Fast, Level::Normal, Level::Max] {
            add(&format!("deflate-{level:?}"), &mut |out| Deflater::new(level).raw(raw, out));
            add(&format!("zlib-{level:?}"), &mut |out| Deflater::new(level).zlib(raw, out));
            add(&format!("lz4-{level:?}"), &mut |out| Lz4Encoder::new(level).encode(raw, out));
        }
    }
    // LZO1X: 4 literals, a match of 4 bytes one byte back, the end.
    seeds.push(("text-lzo".to_owned(), [&[8, 0, 21][..], b"disc", &[0x60, 0x00, 0x11, 0, 0]].concat()));
    seeds
}
