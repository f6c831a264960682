//! Discs are made and taken apart again by a reader that is written here, from the clauses of the standards.

mod boot;
mod hostile;
mod large;
mod small;
mod support;
mod systems;
