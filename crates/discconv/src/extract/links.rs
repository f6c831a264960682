//! Links to other names.

use super::Outcome;
use super::job::Job;
use super::work::Shop;

/// Make a link, unless it would lead out of the folder.
pub(super) fn make(shop: &Shop<'_>, job: &Job, to: &str, outcome: &mut Outcome) {
    if !stays_inside(job.parts.len() - 1, to) {
        outcome.notes.push(format!("{}: a link to {to:?}, which leads out of the folder, is not made", job.path()));
        return;
    }
    match shop.tree.link(&job.parts, to) {
        Ok(()) => {}
        Err(error) => outcome.failed.push((job.path(), error.into())),
    }
}

/// Does a link in a folder so deep lead nowhere above the root?
fn stays_inside(depth: usize, to: &str) -> bool {
    if to.is_empty() || to.starts_with('/') || to.contains(['\\', ':', '\0']) {
        return false;
    }
    let mut left = depth;
    to.split('/').all(|part| match part {
        "" | "." => true,
        ".." => left.checked_sub(1).map(|now| left = now).is_some(),
        _ => {
            left += 1;
            true
        }
    })
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
        check(1, "b/../../a", true);
        check(1, "b/../../../a", false);
        check(3, "/etc/passwd", false);
        check(3, "", false);
        check(3, "c:x", false);
    }
}
