//! File systems as whole volumes show them.

mod consoles;
mod foreign;
mod hostile;
mod lay;
mod show;
mod udf;
