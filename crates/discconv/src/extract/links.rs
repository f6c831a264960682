//! Links to other names.

use super::Outcome;
use super::job::Job;
use super::work::Shop;

/// Make a link, unless it would lead out of the folder.
pub(super) fn make(shop: &Shop<'_>, job: &Job, to: &str, outcome: &mut Outcome) {
    if !stays_inside(job.parts.len() - 1, to) {
        outcome.notes.push(format!("{}: a link to {to:?}, which leads out of the folder, or may, is not made", job.path()));
        return;
    }
    match shop.tree.link(&job.parts, to) {
        Ok(()) => {}
        Err(error) => outcome.failed.push((job.path(), error.into())),
    }
}

/// Does a link in a folder so deep surely lead nowhere above the root? A `..` behind a name may: that name can be a link itself.
fn stays_inside(depth: usize, to: &str) -> bool {
    if to.is_empty() || to.starts_with('/') || to.contains(['\\', ':', '\0']) {
        return false;
    }
    let parts = || to.split('/').filter(|part| !matches!(*part, "" | "."));
    let up = parts().take_while(|part| *part == "..").count();
    up <= depth && parts().skip(up).all(|part| part != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_out_are_known() {
        let check = |depth, to: &str, inside: bool| assert_eq!(stays_inside(depth, to), inside, "{depth} {to}");
        check(0, "a", true);
        check(0, "../a", false);
        check(1, "../a", true);
        check(1, "../../a", false);
        check(2, ".././../a/./b", true);
        check(2, "../../../a", false);
        check(1, "b/../a", false);
        check(3, "/etc/passwd", false);
        check(3, "", false);
        check(3, "c:x", false);
    }
}
