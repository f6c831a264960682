//! `testdata`: placeholder until the images are laid.

pub(crate) fn run(_args: &[String]) -> Result<(), String> {
    Err("there is nothing to make yet.".to_owned())
}
