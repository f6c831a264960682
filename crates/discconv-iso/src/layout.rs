//! How the records of a headerless image lie in its file, and the kinds there are.

use discconv_core::{Form, Main, SubCoding, TrackMode, Twist};

/// Raw records begin with the whole 2352-byte frame.
const FRAME: Main = Main::Frame(0, 2352);

/// A kind of image: stride, place of the user data, what the records keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Bytes from one record to the next.
    pub(crate) stride: u32,
    /// Where the 2048 bytes of user data are in a record.
    pub(crate) user_at: u32,
    /// Which bytes of the sector it keeps.
    pub(crate) main: Main,
    /// The mode of its sectors, as far as the layout tells.
    pub(crate) mode: TrackMode,
}

const fn cell(stride: u32, user_at: u32, main: Main, mode: TrackMode) -> Cell {
    Cell { stride, user_at, main, mode }
}

const MODE1: TrackMode = TrackMode::Mode1;
const MODE2: TrackMode = TrackMode::Mode2;

/// 2048 bytes of user data.
pub(crate) const USER: Cell = cell(2048, 0, Main::User, MODE1);
/// Mode 2 without sync and header.
pub(crate) const MODE2_2336: Cell = cell(2336, 8, Main::Frame(16, 2352), MODE2);
/// Raw sectors, Mode 1 unless they say otherwise.
pub(crate) const RAW: Cell = cell(2352, 16, FRAME, MODE1);
/// Raw sectors with 96 bytes of subchannel.
pub(crate) const RAW_SUB: Cell = cell(2448, 16, FRAME, MODE1);

/// Every kind in which a volume may lie, the usual first.
pub(crate) const CELLS: &[Cell] = &[
    USER,
    RAW,
    cell(2352, 24, FRAME, MODE2),
    MODE2_2336,
    RAW_SUB,
    cell(2448, 24, FRAME, MODE2),
    cell(2368, 16, FRAME, MODE1),
    cell(2368, 24, FRAME, MODE2),
    cell(2056, 8, Main::Frame(16, 2072), MODE2),
    cell(2324, 0, Main::Frame(24, 2348), MODE2),
    cell(2328, 0, Main::Frame(24, 2352), MODE2),
    cell(2332, 8, Main::Frame(16, 2348), MODE2),
    cell(2340, 4, Main::Frame(12, 2352), MODE1),
    cell(2340, 12, Main::Frame(12, 2352), MODE2),
];

/// Strides of raw sectors: plain; with subchannel; with 294 or 296 bytes of C2 pointers; with both.
pub(crate) const RAW_STRIDES: [u32; 7] = [2352, 2448, 2368, 2646, 2648, 2742, 2744];

/// Where the 96 bytes of subchannel are in a raw record, if its stride has room for them: drives send them last.
pub(crate) fn subchannel_at(stride: u32) -> Option<u32> {
    matches!(stride, 2448 | 2742 | 2744).then(|| stride - 96)
}

impl Cell {
    /// Does it keep whole raw sectors?
    pub(crate) fn is_raw(&self) -> bool {
        self.main == FRAME
    }

    /// The form of its records; `coding` where 96 bytes of subchannel follow the frame.
    pub(crate) fn form(&self, coding: SubCoding) -> Form {
        let sub = match self.stride {
            2448 => Some(coding),
            2368 => Some(SubCoding::Pq16),
            _ => None,
        };
        Form { main: self.main, twist: Twist::None, sub, stride: self.stride }
    }
}
