//! What is measured, against what, and how good it has to be.

/// One command. `IN/` and `OUT/` stand for the folders of inputs and outputs.
pub(super) struct Row {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) command: &'static str,
    /// The row whose time is 1.00; empty for none.
    pub(super) yardstick: &'static str,
    pub(super) goal: Goal,
    /// Only once: long, and run for its memory.
    pub(super) once: bool,
    /// Memory that discconv may take, in KiB.
    pub(super) peak_kib: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Goal {
    /// For comparison only.
    None,
    /// At most this many times the yardstick.
    Ratio(f64),
    /// At most this many milliseconds.
    Millis(f64),
    /// At least this many GB of the named input per second.
    Rate(&'static str, f64),
    /// The output takes no more room than the named input, whose holes it keeps.
    Holes(&'static str),
}

/// Memory that discconv may take where nothing else is said, in KiB.
pub(super) const PEAK_KIB: u64 = 64 << 10;
/// Rows whose minimum counts need at least this many rounds.
pub(super) const ROUNDS: usize = 7;

pub(super) const fn row(id: &'static str, name: &'static str, command: &'static str, yardstick: &'static str, goal: Goal) -> Row {
    Row { id, name, command, yardstick, goal, once: false, peak_kib: PEAK_KIB }
}

const fn once(id: &'static str, name: &'static str, command: &'static str) -> Row {
    Row { id, name, command, yardstick: "", goal: Goal::None, once: true, peak_kib: PEAK_KIB }
}

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("cp", "`cp` of the BIN, then sync", "cp IN/mode1.bin OUT/x.bin", "cp", Goal::None),
    row("cp-mixed", "`cp` of the BIN with audio, then sync", "cp IN/mixed.bin OUT/x.bin", "cp-mixed", Goal::None),

    row("iso-bin", "ISO to BIN/CUE, `--no-verify`", "discconv --no-verify IN/data.iso OUT/x.cue", "cp", Goal::Ratio(1.0)),
    row("iso-bin-proof", "ISO to BIN/CUE, proven", "discconv IN/data.iso OUT/x.cue", "cp", Goal::Ratio(1.4)),
    row("iso-xa", "ISO to Mode 2 BIN/CUE, `--no-verify`", "discconv --no-verify --mode 2 IN/data.iso OUT/x.cue", "cp", Goal::Ratio(1.0)),
    row("iso-xa-proof", "ISO to Mode 2 BIN/CUE, proven", "discconv --mode 2 IN/data.iso OUT/x.cue", "cp", Goal::Ratio(1.4)),
    row("bin-iso", "BIN/CUE to ISO, `--no-verify`", "discconv --no-verify IN/mode1.cue OUT/x.iso", "cp", Goal::Ratio(1.0)),
    row("bin-iso-proof", "BIN/CUE to ISO, proven", "discconv IN/mode1.cue OUT/x.iso", "cp", Goal::Ratio(1.4)),
    row("xa-iso", "Mode 2 BIN/CUE to ISO, `--no-verify`", "discconv --no-verify IN/xa.cue OUT/x.iso", "cp", Goal::Ratio(1.0)),
    row("xa-iso-proof", "Mode 2 BIN/CUE to ISO, proven", "discconv IN/xa.cue OUT/x.iso", "cp", Goal::Ratio(1.4)),
    row("bchunk", "BIN/CUE to ISO by bchunk", "bchunk IN/mode1.bin IN/mode1.cue OUT/x", "cp", Goal::None),
    row("ccd2iso", "BIN to ISO by ccd2iso", "ccd2iso IN/mode1.bin OUT/x.iso", "cp", Goal::None),
    row("iat", "BIN to ISO by iat", "iat IN/mode1.bin OUT/x.iso", "cp", Goal::None),

    row("new-sheet", "BIN to BIN with a new sheet, `--no-verify`", "discconv --no-verify IN/mixed.cue OUT/x.cue", "cp-mixed", Goal::Ratio(1.1)),
    row("new-sheet-proof", "BIN to BIN with a new sheet, proven", "discconv IN/mixed.cue OUT/x.cue", "cp-mixed", Goal::None),
    row("split", "one BIN to one per track, `--no-verify`", "discconv --no-verify --split IN/mixed.cue OUT/x.cue", "cp-mixed", Goal::Ratio(1.1)),
    row("split-proof", "one BIN to one per track, proven", "discconv --split IN/mixed.cue OUT/x.cue", "cp-mixed", Goal::None),
    row("merge", "one BIN per track to one, `--no-verify`", "discconv --no-verify --merge IN/split.cue OUT/x.cue", "cp-mixed", Goal::Ratio(1.1)),
    row("merge-proof", "one BIN per track to one, proven", "discconv --merge IN/split.cue OUT/x.cue", "cp-mixed", Goal::None),
    row("holes", "sparse ISO to `.img`: holes stay holes", "discconv --no-verify IN/sparse.iso OUT/x.img", "", Goal::Holes("sparse.iso")),

    row("verify", "`verify` of a raw image, one worker", "discconv verify --jobs 1 IN/mode1.cue", "", Goal::Rate("mode1.bin", 2.0)),
    row("verify-xa", "`verify` of a Mode 2 image, one worker", "discconv verify --jobs 1 IN/xa.cue", "", Goal::Rate("xa.bin", 2.0)),
    row("hash", "`hash`: four digests, raw and user data", "discconv hash IN/mode1.cue", "cp", Goal::None),
    row("receipt", "ISO to BIN/CUE, proven, `--receipt`", "discconv --receipt OUT/x.json IN/data.iso OUT/x.cue", "cp", Goal::None),
    row("md5sum", "`md5sum` of the BIN", "md5sum IN/mode1.bin", "cp", Goal::None),

    row("info-iso", "`info` of the ISO", "discconv info IN/data.iso", "", Goal::Millis(20.0)),
    row("info-cue", "`info` of the BIN/CUE with audio", "discconv info IN/mixed.cue", "", Goal::Millis(20.0)),
    row("info-dvd", "`info` of a DVD image", "discconv info IN/dvd.iso", "", Goal::Millis(20.0)),
    row("info-bd", "`info` of 50 GB, sparse", "discconv info IN/blu-ray.iso", "", Goal::Millis(20.0)),
    once("dvd", "DVD image to `.img`, proven", "discconv IN/dvd.iso OUT/x.img"),
    once("dry-run-bd", "`--dry-run` of 50 GB, sparse", "discconv --dry-run IN/blu-ray.iso OUT/x.img"),
];

/// Compares two rows: the first takes at most this part of the time of the second.
pub(super) type Claim = (&'static str, f64, &'static str);

#[rustfmt::skip]
pub(super) const CLAIMS: &[Claim] = &[
    ("bin-iso", 0.5, "bchunk"),
    ("bin-iso-proof", 1.0, "bchunk"),
];

impl Row {
    pub(super) const fn peak(self, peak_kib: u64) -> Row {
        Row { peak_kib, ..self }
    }

    /// Is it discconv that runs?
    pub(super) fn is_ours(&self) -> bool {
        self.words().0 == "discconv"
    }

    /// The program and its arguments.
    pub(super) fn words(&self) -> (&'static str, Vec<&'static str>) {
        let mut words = self.command.split_whitespace();
        (words.next().unwrap_or_default(), words.collect())
    }
}
