//! What only sound and subchannel tell: LibCrypt, the Jaguar, audio CDs.

use crate::lay::{Laid, show};
use discconv_core::{
    Bytes, Control, Disc, DiscParts, Extent, Form, Lba, Limits, Media, Place, ReadAt, Session, SessionKind, SourceId, Toc, Track,
    TrackMode,
};
use discconv_identify::identify;
use discconv_testkit::reference::{packed_block, q_position};
use std::ops::Range;
use std::sync::Arc;

/// Sectors of a disc that reaches behind LibCrypt's.
const SECTORS: i32 = 16_100;

fn place(source: u32, form: Form) -> Place {
    Place { source: SourceId(source), offset: 0, form }
}

fn shown(toc: Toc, sources: Vec<Vec<u8>>, extents: Vec<Extent>) -> String {
    let sources = sources.into_iter().map(|bytes| Arc::new(Bytes::new("x", bytes)) as Arc<dyn ReadAt>).collect();
    let parts = DiscParts { toc, sources, extents, notes: Vec::new(), checks: Vec::new(), extras: Vec::new() };
    show(&identify(&Arc::new(Disc::new("x", parts).unwrap()), &Limits::default()).unwrap())
}

/// A PlayStation's volume, and the subchannel of the whole disc with these Q altered.
fn playstation(altered: &[i32]) -> String {
    let user = Laid::volume("PLAYSTATION", &[("SYSTEM.CNF", b"BOOT = cdrom:\\SLES_123.45;1")]).0;
    let end = Lba(i32::try_from(user.len() / 2048).unwrap());
    let sub = (0..SECTORS).flat_map(|lba| {
        let mut q = q_position(4, 1, 1, lba.unsigned_abs(), lba);
        if altered.contains(&lba) {
            q[8] ^= 1;
        }
        packed_block(false, &q)
    });
    let stored = |lbas: Range<Lba>| Extent { sub: None, ..Extent::stored(lbas, TrackMode::Mode2, place(0, Form::USER)) };
    let offset = u64::from(end.0.unsigned_abs()) * 96;
    let rest = Extent { sub: Some(Place { offset, ..place(1, Form::SUB) }), ..Extent::gap(end..Lba(SECTORS), TrackMode::Mode2) };
    let first = Extent { sub: Some(place(1, Form::SUB)), ..stored(Lba(0)..end) };
    shown(Toc::single_data(Media::Cd, TrackMode::Mode2, SECTORS), vec![user, sub.collect()], vec![first, rest])
}

/// The first sectors of the pairs that are 1 in a key.
const KEY: [i32; 8] = [13955, 14335, 14429, 14906, 15092, 15228, 15769, 16017];
/// All pairs that may be.
const ALL: [i32; 16] =
    [13955, 14081, 14335, 14429, 14499, 14749, 14906, 14980, 15092, 15162, 15228, 15478, 15769, 15881, 15951, 16017];

fn pairs(firsts: &[i32]) -> Vec<i32> {
    firsts.iter().flat_map(|lba| [*lba, lba + 5]).collect()
}

#[test]
fn libcrypt_is_seen_in_pairs_of_sectors() {
    let shown = playstation(&pairs(&KEY));
    assert!(shown.ends_with("LibCrypt\n  LBA 13955 to 16017: subchannel Q is altered in 8 of 16 pairs of sectors\n"), "{shown}");
}

#[test]
fn a_sound_or_a_dirty_subchannel_is_no_protection() {
    assert!(!playstation(&[]).contains("LibCrypt"));
    assert!(!playstation(&pairs(&KEY[..5])).contains("LibCrypt"), "no key has so few ones");
    assert!(!playstation(&KEY).contains("LibCrypt"), "only one sector of each pair");
    assert!(!playstation(&pairs(&ALL)).contains("LibCrypt"), "no key is all ones");
    let dirty: Vec<i32> = (13_900..SECTORS).collect();
    assert!(!playstation(&dirty).contains("LibCrypt"), "all of it is wrong");
}

/// Two sessions of sound; the second begins with these bytes.
fn sound(second: &[u8]) -> String {
    let track = |number, lbas: Range<i32>| Track {
        number,
        mode: TrackMode::Audio,
        control: Control::default(),
        isrc: None,
        indexes: vec![(1, Lba(lbas.start))],
        end: Lba(lbas.end),
    };
    let session = |track: Track| Session { kind: SessionKind::CdRom, lead_out: track.end, tracks: vec![track] };
    let toc = Toc {
        media: Media::Cd,
        sessions: vec![session(track(1, 0..4)), session(track(2, 11_404..11_408))],
        mcn: None,
        cd_text: None,
    };
    let mut bytes = vec![0; 8 * 2352];
    bytes[4 * 2352 + 100..4 * 2352 + 100 + second.len()].copy_from_slice(second);
    let at = |lbas: Range<i32>, offset| {
        Extent::stored(Lba(lbas.start)..Lba(lbas.end), TrackMode::Audio, Place { offset, ..place(0, Form::RAW) })
    };
    shown(toc, vec![bytes], vec![at(0..4, 0), at(11_404..11_408, 4 * 2352)])
}

#[test]
fn sound_is_music_unless_atari_approved_it() {
    assert_eq!(sound(b""), "Audio CD\n  the tracks: all of them are sound\n");
    let jaguar = "Jaguar CD\n  LBA 11404: the data header that Atari approved\n";
    assert_eq!(sound(b"ATARI APPROVED DATA HEADER ATRI"), jaguar);
    assert_eq!(sound(b"TARA IPARPVODED TA AEHDAREA RT"), jaguar);
}
