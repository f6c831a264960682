//! What discs and files are recognised as, and that nothing hostile gets further.

mod discs;
mod films;
mod foreign;
mod hostile;
mod lay;
