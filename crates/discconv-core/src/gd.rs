//! What is the same on every GD-ROM: a short area that a CD player can read, and the high-density one behind it.

use discconv_sector::Lba;

/// Where the high-density area begins: the boot sector of its first track, MSF 10:02:00.
pub const HIGH_DENSITY: Lba = Lba(45_000);

/// Where it ends: 504,150 sectors later is the lead-out of every disc.
pub const LEAD_OUT: Lba = Lba(549_150);
