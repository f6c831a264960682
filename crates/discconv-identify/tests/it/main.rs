//! What discs and files are recognised as, and that nothing hostile gets further.

#![allow(clippy::unwrap_used, reason = "tests")]

mod discs;
mod films;
mod foreign;
mod hostile;
mod lay;
mod places;
mod protection;
mod subchannel;
