//! What a file is that no reader of this build knows: so that the error can say it.

use crate::by_id;
use discconv_core::{Peek, Score};
use discconv_identify::{Foreign, Sort};

/// What the file is, if it can be seen and is not of a format that is read here.
pub(crate) fn what_is(peek: &Peek<'_>) -> Option<Foreign> {
    discconv_identify::foreign(peek).filter(|foreign| foreign.format.is_none_or(|id| by_id(id).is_none()))
}

/// Does it count more than a probe that is `sure` so far?
///
/// A guess does not stand against a signature. And a container that is marked at its end (CDI, DMG) begins with sectors: a
/// headerless image by all signs, but reading it as one would add its tables to the disc and lose its tracks.
pub(crate) fn outranks(foreign: &Foreign, sure: Score) -> bool {
    foreign.sure && (sure <= Score::MAYBE || (foreign.at_end && sure < Score::CERTAIN))
}

/// What to do with it.
pub(crate) fn hint(foreign: &Foreign) -> &'static str {
    match foreign.sort {
        Sort::Archive => "unpack it, and name the image inside",
        Sort::Image => "this version does not read it; `discconv formats` lists what is read",
        Sort::Console => {
            "make a plain ISO of it first: Dolphin or nodtool do so for the GameCube and Wii, xdvdfs or Repackinator for the Xbox"
        }
        Sort::Sheet => "this version does not read it; name the file with the sectors instead",
        Sort::Disk => "it is not an optical disc; --from iso2048 reads it as sectors of 2048 bytes all the same",
        Sort::Sound => "sound belongs to a disc through a cue sheet: open that",
        Sort::Other => "look where it came from: a failed download often leaves a page or another file under the image's name",
    }
}
