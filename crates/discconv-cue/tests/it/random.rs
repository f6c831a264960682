//! Random discs, as any reader could hand them over, written and read back.

use crate::written::write;
use discconv_core::{
    Bytes, Control, Disc, DiscParts, Extent, Form, Isrc, Lba, LossKinds, Mcn, Media, Place, Quiet, ReadAt, Serial, Session,
    SessionKind, SourceId, Toc, Track, TrackMode, WriteOptions, compare,
};
use discconv_testkit::Rng;
use discconv_testkit::reference::{audio, form1, mode1};
use std::sync::Arc;

/// A disc being made: everything stored lies in one raw source.
struct Making {
    lba: i32,
    number: u8,
    bytes: Vec<u8>,
    extents: Vec<Extent>,
}

impl Making {
    fn gap(&mut self, mode: TrackMode, sectors: i32) {
        if sectors > 0 {
            self.extents.push(Extent::gap(Lba(self.lba)..Lba(self.lba + sectors), mode));
            self.lba += sectors;
        }
    }

    fn stored(&mut self, rng: &mut Rng, mode: TrackMode, sectors: i32) {
        if sectors == 0 {
            return;
        }
        let place = Place { source: SourceId(0), offset: self.bytes.len() as u64, form: Form::RAW };
        self.extents.push(Extent::stored(Lba(self.lba)..Lba(self.lba + sectors), mode, place));
        for _ in 0..sectors {
            let sector = match mode {
                TrackMode::Audio => audio(u32::from(self.number), self.lba.unsigned_abs()),
                TrackMode::Mode2 => form1(self.lba, [0, 0, 8, 0], &rng.bytes(2048)),
                _ => mode1(self.lba, &rng.bytes(2048)),
            };
            self.bytes.extend_from_slice(&sector);
            self.lba += 1;
        }
    }

    fn track(&mut self, rng: &mut Rng, first: bool) -> Track {
        let mode = *rng.choose(&[TrackMode::Audio, TrackMode::Audio, TrackMode::Mode1, TrackMode::Mode2]);
        let small = |rng: &mut Rng, n: u64| i32::try_from(rng.below(n)).unwrap();
        let begin = self.lba;
        if !first || rng.flip() {
            let gap = if rng.below(3) == 0 { small(rng, 5) } else { 0 };
            // 150 at the very start must be stored (there a PREGAP means another gap), and a blank Mode 2 sector has two forms.
            let gap = if rng.below(8) == 0 && (begin > 0 || mode != TrackMode::Mode2) { 150 } else { gap };
            self.gap(mode, gap);
            let lead = if rng.below(3) == 0 { small(rng, 5) } else { 0 };
            self.stored(rng, mode, lead);
        }
        let start = self.lba;
        let sectors = 1 + small(rng, 9);
        self.stored(rng, mode, sectors);
        let mut indexes = vec![(1, Lba(start))];
        for number in 2..2 + rng.below(3) {
            let last = indexes.last().map_or(start, |(_, lba): &(u8, Lba)| lba.0);
            if last + 1 < self.lba {
                indexes.push((u8::try_from(number).unwrap(), Lba(last + 1)));
            }
        }
        if begin < start {
            indexes.insert(0, (0, Lba(begin)));
        }
        let post = if rng.below(4) == 0 { small(rng, 5) } else { 0 };
        self.gap(mode, post);
        let control = Control { dcp: rng.flip(), four_channel: rng.flip(), pre_emphasis: rng.flip(), scms: rng.flip() };
        let isrc = rng.flip().then(|| Isrc::new("DEABC0000001").unwrap());
        self.number += 1;
        Track { number: self.number, mode, control, isrc, indexes, end: Lba(self.lba) }
    }
}

fn disc(rng: &mut Rng) -> Disc {
    let first = u8::try_from(rng.below(20)).unwrap();
    let mut making = Making { lba: 0, number: first, bytes: Vec::new(), extents: Vec::new() };
    let mut sessions: Vec<Session> = Vec::new();
    for session in 0..1 + rng.below(3) {
        if session > 0 {
            // The usual lengths, or others.
            making.lba += match rng.below(3) {
                0 => 400 + i32::try_from(rng.below(9000)).unwrap(),
                _ if session == 1 => 11_400,
                _ => 6_900,
            };
        }
        let tracks: Vec<Track> = (0..1 + rng.below(4)).map(|place| making.track(rng, place == 0)).collect();
        sessions.push(Session { kind: SessionKind::CdRom, tracks, lead_out: Lba(making.lba) });
    }
    let mcn = rng.flip().then(|| Mcn::new("4006408123456").unwrap());
    let toc = Toc { media: Media::Cd, sessions, mcn, cd_text: None };
    let sources: Vec<Arc<dyn ReadAt>> = vec![Arc::new(Bytes::new("made", making.bytes))];
    let parts = DiscParts { toc, sources, extents: making.extents, notes: Vec::new(), checks: Vec::new(), extras: Vec::new() };
    Disc::new("made", parts).unwrap()
}

#[test]
fn random_discs_come_back() {
    let mut rng = Rng::seed_from_env("CUE_SEED");
    for round in 0..300 {
        let disc = disc(&mut rng);
        let size = [None, Some(2048), Some(2352)][rng.index(3)];
        let options = WriteOptions { split: rng.flip(), sector: size, ..WriteOptions::default() };
        let told = || format!("round {round}, {options:?}\n{}", discconv_core::outline::disc(&disc));
        let (folder, report) =
            write(&disc, "out", &options, LossKinds::NONE).unwrap_or_else(|error| panic!("{error}\n{}", told()));
        assert!(report.losses.is_empty());
        let back = folder.open("out.cue").unwrap();
        let found = compare(&disc, &back, &Serial, &Quiet).unwrap();
        assert!(found.is_same(), "{found:?}\n{}", told());
        // Written again in another way, and back.
        let again = WriteOptions { split: !options.split, ..WriteOptions::default() };
        let (folder, _) =
            write(&back, "again", &again, LossKinds::NONE).unwrap_or_else(|error| panic!("again: {error}\n{}", told()));
        let found = compare(&disc, &folder.open("again.cue").unwrap(), &Serial, &Quiet).unwrap();
        assert!(found.is_same(), "again: {found:?}\n{}", told());
    }
}
