//! What killed runs left in the folder, whichever files they were writing.

use super::folder::or_current;
use super::temporary::{Kind, Mark, is_abandoned, parse, shortened};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

struct Left {
    path: PathBuf,
    target: String,
    kind: Kind,
}

/// Remove from `folder` what killed runs left, and undo what they had begun to replace.
///
/// What cannot be removed stays: it does no harm.
pub(super) fn clear(folder: &Path) {
    for (mark, group) in groups(folder) {
        if group.iter().all(|left| is_abandoned(&left.path, mark)) {
            settle(folder, &group);
        }
    }
}

/// All temporaries in the folder, by the set that made them.
fn groups(folder: &Path) -> BTreeMap<Mark, Vec<Left>> {
    let mut groups: BTreeMap<Mark, Vec<Left>> = BTreeMap::new();
    for entry in std::fs::read_dir(or_current(folder)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if let Some((target, mark, kind)) = name.to_str().and_then(parse) {
            groups.entry(mark).or_default().push(Left { path: folder.join(&name), target: target.to_owned(), kind });
        }
    }
    groups
}

fn settle(folder: &Path, group: &[Left]) {
    // As long as one new file has not got its name, the set as a whole is not there, and the old one has to be.
    let unfinished = group.iter().any(|left| left.kind == Kind::New);
    for left in group.iter().filter(|left| left.kind == Kind::Old && unfinished) {
        // A shortened target is not its name; then the old file is left for a person to find.
        if shortened(&left.target) != left.target || std::fs::rename(&left.path, folder.join(&left.target)).is_err() {
            return;
        }
    }
    for left in group {
        // The old ones are gone by the rename above, except that renaming one link of a file to another does nothing.
        let _ = std::fs::remove_file(&left.path);
    }
}
