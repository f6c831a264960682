//! Films: Video CD and its kin, DVD, Blu-ray.
//!
//! Layout: psx-spx for the information of Video CDs; libdvdetect for the video manager of a DVD.

use crate::look::Look;
use crate::model::Fields;
use crate::text::{be, disc_of, field, part, utf8};
use discconv_core::{Lba, Result};

/// `INFO.VCD` or `INFO.SVD` is in this sector of track 1.
const INFO: i32 = 150;
/// Bytes of a disc library's text.
const META: usize = 16 << 10;

/// | byte | length | field (big-endian) |
/// |---|---|---|
/// | 8, 9 | 1, 1 | version, profile |
/// | 10 | 16 | album id |
/// | 26, 28 | 2, 2 | discs of the album, and which this is |
pub(super) fn video_cd(look: &Look, base: Lba) -> Result<Fields> {
    let info = look.bytes(base + INFO, 0, 64)?;
    let version = match part(&info, 0, 10) {
        [b'V', .., 1, 0] => "1.0".to_owned(),
        [b'V', .., 1, 1] => "1.1".to_owned(),
        [b'V', .., 2, _] => "2.0".to_owned(),
        [.., version, profile] => format!("{version}.{profile}"),
        _ => String::new(),
    };
    let disc = disc_of(be(&info, 28, 2), be(&info, 26, 2));
    let mut fields = Fields { title: field(part(&info, 10, 16)), version, disc, ..Fields::default() };
    let volume = look.systems.first().map(|system| system.about());
    if fields.title.is_empty() {
        fields.title = volume.map(|about| about.label.clone()).unwrap_or_default();
    }
    Ok(fields)
}

/// The volume's name, which is all that most films tell.
fn labelled(look: &Look) -> Fields {
    let label = look.systems.first().map(|system| system.about().label.clone());
    Fields { title: label.unwrap_or_default(), ..Fields::default() }
}

/// | byte | length | field of the video manager (big-endian) |
/// |---|---|---|
/// | 0 | 12 | `DVDVIDEO-VMG` |
/// | 21h | 1 | version: major and minor in 4 bits each |
/// | 23h | 1 | a bit for each region where it is not played |
/// | 26h, 28h, 2Ah | 2, 2, 1 | volumes, which this is, side |
/// | 3Eh | 2 | title sets |
/// | 40h | 32 | provider |
pub(super) fn dvd_video(look: &Look, _: Lba) -> Result<Fields> {
    let manager = look.file("VIDEO_TS/VIDEO_TS.IFO", 0x60)?.unwrap_or_default();
    let mut fields = labelled(look);
    if !manager.starts_with(b"DVDVIDEO-VMG") {
        return Ok(fields);
    }
    let (version, closed) = (be(&manager, 0x21, 1), be(&manager, 0x23, 1));
    fields.version = format!("{}.{}", version >> 4, version & 15);
    fields.regions = match closed {
        0 => vec!["all".to_owned()],
        closed => (1..=8).filter(|region| closed >> (region - 1) & 1 == 0).map(|region| format!("region {region}")).collect(),
    };
    fields.disc = disc_of(be(&manager, 0x28, 2), be(&manager, 0x26, 2));
    fields.maker = field(part(&manager, 0x40, 32));
    fields.tell("title sets", be(&manager, 0x3E, 2).to_string());
    Ok(fields)
}

pub(super) fn dvd_audio(look: &Look, _: Lba) -> Result<Fields> {
    let manager = look.file("AUDIO_TS/AUDIO_TS.IFO", 0x60)?.unwrap_or_default();
    let mut fields = labelled(look);
    if manager.starts_with(b"DVDAUDIO-AMG") {
        let version = be(&manager, 0x21, 1);
        fields.version = format!("{}.{}", version >> 4, version & 15);
    }
    Ok(fields)
}

/// `INDX` and the version in four digits; the title is in a library that not all discs have.
pub(super) fn blu_ray(look: &Look, _: Lba) -> Result<Fields> {
    let index = look.file("BDMV/index.bdmv", 8)?.unwrap_or_default();
    let mut fields = labelled(look);
    if let [b'I', b'N', b'D', b'X', a, b, c, d] = index[..] {
        fields.version = field(&[a, b, c, d]);
    }
    let meta = look.file("BDMV/META/DL/bdmt_eng.xml", META)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&meta);
    let name = text.split_once("<di:name>").and_then(|(_, rest)| rest.split_once("</di:name>"));
    if let Some((name, _)) = name {
        fields.title = utf8(name.as_bytes());
    }
    Ok(fields)
}
