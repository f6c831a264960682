//! `new-format ID`: placeholder until written.

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    Err("not there yet.".to_owned())
}
