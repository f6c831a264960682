//! Discs by chance: tracks, gaps, sessions, every stored form, strides, twists, subchannel inside and beside.

use discconv_core::*;
use discconv_sector::{RAW, Subheader, build_form1, build_form2, build_mode0, build_mode1, scramble, subchannel};
use discconv_testkit::Rng;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the sectors of a disc truly are, whatever form they are stored in.
pub struct Truth {
    pub disc: Disc,
    /// The frame of every stored sector.
    pub raw: BTreeMap<i32, [u8; RAW]>,
    /// The packed subchannel of every sector that stores one.
    pub sub: BTreeMap<i32, [u8; 96]>,
}

struct Builder<'r> {
    rng: &'r mut Rng,
    files: Vec<Vec<u8>>,
    extents: Vec<Extent>,
    truth_raw: BTreeMap<i32, [u8; RAW]>,
    truth_sub: BTreeMap<i32, [u8; 96]>,
}

/// A disc of up to six tracks and two sessions; `modes` are the track modes to choose from.
pub fn disc(rng: &mut Rng, modes: &[TrackMode]) -> Truth {
    let mut builder =
        Builder { files: vec![Vec::new(); 3], rng, extents: Vec::new(), truth_raw: BTreeMap::new(), truth_sub: BTreeMap::new() };
    let mut at = if builder.rng.flip() { -150 } else { 0 };
    let count = 1 + builder.rng.below(6) as u8;
    let break_after = builder.rng.below(8) as u8;
    let mut sessions = Vec::new();
    let mut tracks = Vec::new();
    for number in 1..=count {
        tracks.push(builder.track(number, &mut at, modes));
        if number == break_after && number < count {
            sessions.push(Session { kind: SessionKind::CdRom, tracks: std::mem::take(&mut tracks), lead_out: Lba(at) });
            at += 11_400;
        }
    }
    sessions.push(Session { kind: SessionKind::CdRom, tracks, lead_out: Lba(at) });
    let sources = builder.files.into_iter().enumerate();
    let disc = Disc::new(
        "random",
        DiscParts {
            toc: Toc { media: Media::Cd, sessions, mcn: None, cd_text: None },
            sources: sources.map(|(n, file)| Arc::new(Bytes::new(format!("file{n}"), file)) as Arc<dyn ReadAt>).collect(),
            extents: builder.extents,
            notes: Vec::new(),
            checks: Vec::new(),
            extras: Vec::new(),
        },
    )
    .unwrap();
    Truth { disc, raw: builder.truth_raw, sub: builder.truth_sub }
}

impl Builder<'_> {
    fn track(&mut self, number: u8, at: &mut i32, modes: &[TrackMode]) -> Track {
        let mode = *self.rng.choose(modes);
        let mut indexes = Vec::new();
        if *at < 0 || self.rng.below(3) == 0 {
            indexes.push((0, Lba(*at)));
            let len = if *at < 0 { -*at } else { 1 + self.rng.below(20) as i32 };
            self.extents(at, mode, len);
        }
        indexes.push((1, Lba(*at)));
        let len = 1 + self.rng.below(60) as i32;
        if self.rng.flip() {
            indexes.push((2, Lba(*at + self.rng.below(len as u64) as i32)));
        }
        self.extents(at, mode, len);
        let control = Control::from_nibble(self.rng.below(16) as u8);
        Track { number, mode, control, isrc: None, indexes, end: Lba(*at) }
    }

    /// Extents of together `len` sectors.
    fn extents(&mut self, at: &mut i32, mode: TrackMode, mut len: i32) {
        while len > 0 {
            let take = 1 + self.rng.below(len as u64) as i32;
            self.extent(*at..*at + take, mode);
            *at += take;
            len -= take;
        }
    }

    fn extent(&mut self, lbas: std::ops::Range<i32>, mode: TrackMode) {
        let mut extent = Extent::gap(Lba(lbas.start)..Lba(lbas.end), mode);
        extent.fill.form2_edc = self.rng.flip();
        if self.rng.below(6) > 0 {
            let form = self.form(mode);
            let raws: Vec<[u8; RAW]> = lbas.clone().map(|lba| self.sector(lba, mode, &form, extent.fill.form2_edc)).collect();
            let sub_beside = form.sub.is_none() && self.rng.below(4) == 0;
            extent.main = Some(self.store(&raws, lbas.start, mode, form));
            if sub_beside {
                let form = Form {
                    main: Main::None,
                    twist: Twist::None,
                    ..with_sub(self.rng, Form { stride: 0, main: Main::None, ..Form::RAW })
                };
                extent.sub = Some(self.store(&raws, lbas.start, mode, form));
            }
            self.truth_raw.extend(lbas.zip(raws));
        }
        self.extents.push(extent);
    }

    /// A form that sectors of `mode` can be rebuilt from.
    fn form(&mut self, mode: TrackMode) -> Form {
        let frames: &[(u16, u16)] = match mode {
            TrackMode::Audio => &[(0, 2352)],
            TrackMode::Mode0 => &[(0, 2352), (16, 2064), (16, 2352)],
            TrackMode::Mode1 => &[(0, 2352), (0, 2352), (12, 2352), (16, 2064), (16, 2352), (0, 2064), (0, 2340)],
            TrackMode::Mode2 => &[(0, 2352), (0, 2352), (12, 2352), (16, 2352), (16, 2072), (16, 2348), (24, 2072), (24, 2352)],
        };
        let (start, end) = *self.rng.choose(frames);
        let user = !mode.is_audio() && self.rng.below(4) == 0;
        let main = if user { Main::User } else { Main::Frame(start, end) };
        let twist = match (mode, main) {
            (TrackMode::Audio, _) if self.rng.flip() => Twist::SwapAudio,
            (TrackMode::Mode1 | TrackMode::Mode2, Main::Frame(0, 2352)) if self.rng.below(4) == 0 => Twist::Scrambled,
            _ => Twist::None,
        };
        let form = Form { main, twist, sub: None, stride: main.len() as u32 };
        if self.rng.below(3) == 0 { with_sub(self.rng, form) } else { padded(self.rng, form) }
    }

    /// A sector that comes back from `form`.
    fn sector(&mut self, lba: i32, mode: TrackMode, form: &Form, form2_edc: bool) -> [u8; RAW] {
        let mut raw: [u8; RAW] = self.rng.bytes(RAW).try_into().unwrap();
        let has_subheader = matches!(form.main, Main::Frame(..=16, _));
        match mode {
            TrackMode::Audio => {}
            TrackMode::Mode0 => build_mode0(Lba(lba), &mut raw),
            TrackMode::Mode1 => build_mode1(Lba(lba), &mut raw),
            TrackMode::Mode2 if has_subheader && self.rng.below(3) == 0 && form.main != Main::Frame(16, 2072) => {
                let subheader = Subheader { file: 1, channel: self.rng.below(32) as u8, submode: 0x64, coding: 1 };
                build_form2(Lba(lba), &mut raw, subheader, form2_edc);
            }
            TrackMode::Mode2 if has_subheader && self.rng.flip() => {
                let subheader = Subheader { channel: 3, ..Subheader::with_submode(0x89) };
                build_form1(Lba(lba), &mut raw, subheader);
            }
            TrackMode::Mode2 => build_form1(Lba(lba), &mut raw, Subheader::DATA),
        }
        raw
    }

    /// Append records to a file, somewhere behind rubbish; the last one is not padded.
    fn store(&mut self, raws: &[[u8; RAW]], first: i32, mode: TrackMode, form: Form) -> Place {
        let id = self.rng.index(self.files.len());
        let junk = self.rng.index(3000);
        let junk = self.rng.bytes(junk);
        self.files[id].extend(junk);
        let offset = self.files[id].len() as u64;
        for (index, (raw, lba)) in raws.iter().zip(first..).enumerate() {
            let mut raw = *raw;
            match form.twist {
                Twist::None => {}
                Twist::SwapAudio => raw.chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1)),
                Twist::Scrambled => scramble::apply(&mut raw),
            }
            let main = match (form.main, mode) {
                (Main::None, _) => &[][..],
                (Main::User, TrackMode::Mode2) => &raw[24..2072],
                (Main::User, _) => &raw[16..2064],
                (Main::Frame(start, end), _) => &raw[usize::from(start)..usize::from(end)],
            };
            self.files[id].extend(main);
            if let Some(coding) = form.sub {
                let stored = self.sub(coding);
                self.truth_sub.insert(lba, stored.0);
                self.files[id].extend(stored.1);
            }
            if index + 1 < raws.len() {
                let padding = self.rng.bytes(form.record() - form.used());
                self.files[id].extend(padding);
            }
        }
        Place { source: SourceId(id as u32), offset, form }
    }

    /// Subchannel, packed and as `coding` stores it.
    fn sub(&mut self, coding: SubCoding) -> ([u8; 96], Vec<u8>) {
        let mut packed: [u8; 96] = self.rng.bytes(96).try_into().unwrap();
        let stored = match coding {
            SubCoding::Packed => packed.to_vec(),
            SubCoding::Interleaved => {
                let mut symbols = [0; 96];
                subchannel::interleave(&packed, &mut symbols);
                symbols.to_vec()
            }
            SubCoding::Pq16 => {
                let pq = subchannel::pq16_from_packed(&packed);
                packed = subchannel::packed_from_pq16(&pq);
                pq.to_vec()
            }
        };
        (packed, stored)
    }
}

fn padded(rng: &mut Rng, form: Form) -> Form {
    let extra = if rng.below(3) == 0 { rng.below(100) as u32 } else { 0 };
    Form { stride: form.used() as u32 + extra, ..form }
}

fn with_sub(rng: &mut Rng, form: Form) -> Form {
    let sub = Some(*rng.choose(&[SubCoding::Interleaved, SubCoding::Packed, SubCoding::Pq16]));
    padded(rng, Form { sub, ..form })
}

/// Any view at all.
pub fn view(rng: &mut Rng) -> Form {
    let start = rng.below(2351) as u16;
    let random = Main::Frame(start, start + 1 + rng.below(u64::from(2352 - start)) as u16);
    let main = *rng.choose(&[Main::User, Main::Frame(0, 2352), Main::Frame(0, 2352), Main::Frame(16, 2352), random]);
    let twist = *rng.choose(&[Twist::None, Twist::None, Twist::SwapAudio, Twist::Scrambled]);
    let form = Form { main, twist, sub: None, stride: main.len() as u32 };
    match rng.below(4) {
        0 => with_sub(rng, form),
        1 => with_sub(rng, Form { main: Main::None, stride: 0, ..form }),
        _ => padded(rng, form),
    }
}
