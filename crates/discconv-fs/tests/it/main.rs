//! File systems as whole volumes show them.

mod foreign;
mod lay;
mod show;
