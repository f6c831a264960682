//! Discs that nobody thought of.

use discconv_testkit::files::{sheet, time};
use discconv_testkit::fixtures::Fixture;
use discconv_testkit::reference::{RAW, audio, form1, form2, mode1};
use discconv_testkit::{Files, Rng};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Audio,
    Mode1,
    Mode2,
}

/// Where the disc and its current file have got to, in sectors.
struct Making {
    rng: Rng,
    lines: Vec<String>,
    files: Files,
    bin: Vec<u8>,
    disc_lba: i32,
    split: bool,
}

/// A disc of one to six tracks: data and sound in any order, gaps stored, named or absent, indexes, flags, codes, and here
/// and there a sector that is not as it should be.
pub(crate) fn disc(seed: u64) -> Fixture {
    let mut rng = Rng::new(seed);
    let (split, tracks) = (rng.flip(), 1 + rng.below(6));
    let mut making = Making { rng, lines: Vec::new(), files: Files::new(), bin: Vec::new(), disc_lba: 0, split };
    if making.rng.flip() {
        making.lines.push("CATALOG 4006408123456".to_owned());
    }
    if !split {
        making.lines.push("FILE \"x.bin\" BINARY".to_owned());
    }
    (1..=tracks).for_each(|number| making.track(number));
    let Making { lines, mut files, bin, .. } = making;
    if !split {
        files = files.with("x.bin", bin);
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let files = files.with("x.cue", sheet(&lines));
    let name: &'static str = Box::leak(format!("random {seed:#x}").into_boxed_str());
    Fixture { name, files, entry: "x.cue".to_owned(), what: "random", spec: "", facts: "" }
}

impl Making {
    fn track(&mut self, number: u64) {
        let kind = *self.rng.choose(&[Kind::Audio, Kind::Audio, Kind::Mode1, Kind::Mode2]);
        if self.split {
            self.lines.push(format!("FILE \"x{number:02}.bin\" BINARY"));
        }
        let mode = match kind {
            Kind::Audio => "AUDIO",
            Kind::Mode1 => "MODE1/2352",
            Kind::Mode2 => "MODE2/2352",
        };
        self.lines.push(format!("  TRACK {number:02} {mode}"));
        if kind == Kind::Audio {
            let flags = *self.rng.choose(&["", "DCP", "PRE", "4CH", "DCP PRE"]);
            self.lines.extend((!flags.is_empty()).then(|| format!("    FLAGS {flags}")));
        }
        if self.rng.below(3) == 0 {
            self.lines.push(format!("    ISRC DEABC00{number:05}"));
        }
        self.gap(number, kind);
        self.index(1);
        self.body(kind);
        if self.rng.below(4) == 0 {
            self.index(2);
            self.body(kind);
        }
        if self.rng.below(6) == 0 {
            let len = 1 + self.rng.below(5);
            self.lines.push(format!("    POSTGAP {}", time(u32::try_from(len).unwrap())));
            self.disc_lba += i32::try_from(len).unwrap();
        }
        if self.split {
            let bin = std::mem::take(&mut self.bin);
            self.files = std::mem::take(&mut self.files).with(&format!("x{number:02}.bin"), bin);
        }
    }

    fn index(&mut self, number: u8) {
        let at = u32::try_from(self.bin.len() / RAW).unwrap();
        self.lines.push(format!("    INDEX {number:02} {}", time(at)));
    }

    /// Before the first track there is none: that is the pause that every disc has.
    fn gap(&mut self, number: u64, kind: Kind) {
        let len = 1 + self.rng.below(6);
        match self.rng.below(3) {
            0 if number > 1 => {
                self.lines.push(format!("    PREGAP {}", time(u32::try_from(len).unwrap())));
                self.disc_lba += i32::try_from(len).unwrap();
            }
            1 if number > 1 => {
                self.index(0);
                let blank = self.rng.flip();
                (0..len).for_each(|_| self.sector(kind, blank));
            }
            _ => {}
        }
    }

    fn body(&mut self, kind: Kind) {
        let len = 4 + self.rng.below(12);
        (0..len).for_each(|_| self.sector(kind, false));
    }

    fn sector(&mut self, kind: Kind, blank: bool) {
        let user = if blank { Vec::new() } else { self.rng.bytes(2048) };
        let mut raw = match kind {
            Kind::Audio if blank => [0; RAW],
            Kind::Audio => audio(u32::try_from(self.rng.below(9)).unwrap(), u32::try_from(self.disc_lba).unwrap()),
            Kind::Mode1 => mode1(self.disc_lba, &user),
            Kind::Mode2 if self.rng.below(5) == 0 => form2(self.disc_lba, [1, 0, 0x24, 0x7F], &user, self.rng.flip()),
            Kind::Mode2 if self.rng.below(5) == 0 => form1(self.disc_lba, [1, 2, 0x08, 0], &user),
            Kind::Mode2 => form1(self.disc_lba, [0, 0, 0x08, 0], &user),
        };
        if kind != Kind::Audio && self.rng.below(40) == 0 {
            raw[16 + self.rng.index(RAW - 16)] ^= 1;
        }
        self.bin.extend(raw);
        self.disc_lba += 1;
    }
}
