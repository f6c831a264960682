//! Discs of several sessions: the last one's volume is the disc's.

use crate::lay::{Laid, ROOT, directory, folder, record};
use discconv_core::{Bytes, Disc, DiscParts, Extent, Form, Lba, Limits, Media, Place, SourceId, Toc, TrackMode};
use discconv_fs::{FileSystem, Space, find};
use std::sync::Arc;

/// Where the second session begins.
const SECOND: u32 = 11_702;

/// Both volumes in a session each.
fn two(first: Laid, second: Laid) -> Arc<Space> {
    let starts = [Lba(0), Lba(SECOND as i32)];
    let mut toc = Toc::single_data(Media::Cd, TrackMode::Mode1, 64);
    let mut session = toc.sessions[0].clone();
    session.lead_out = starts[1] + 64;
    (session.tracks[0].number, session.tracks[0].end) = (2, session.lead_out);
    session.tracks[0].indexes = vec![(1, starts[1])];
    toc.sessions.push(session);
    let extent = |number: u32| {
        let start = starts[number as usize];
        let place = Place { source: SourceId(number), offset: 0, form: Form::USER };
        Extent::stored(start..start + 64, TrackMode::Mode1, place)
    };
    let parts = DiscParts {
        toc,
        sources: vec![Arc::new(Bytes::new("1.iso", first.0)), Arc::new(Bytes::new("2.iso", second.0))],
        extents: vec![extent(0), extent(1)],
        notes: Vec::new(),
        checks: Vec::new(),
        extras: Vec::new(),
    };
    Arc::new(Space::new(Arc::new(Disc::new("1.iso", parts).unwrap())))
}

fn systems(space: &Arc<Space>) -> Vec<Box<dyn FileSystem>> {
    find(space, &Limits::default()).unwrap()
}

fn names(system: &dyn FileSystem) -> Vec<String> {
    system.list(&system.root()).unwrap().into_iter().map(|entry| entry.name).collect()
}

/// Its files may lie in the session before.
#[test]
fn the_last_session_counts() {
    let mut later = Laid::new(&[]);
    later.put_at(16, 156, &folder("\0", SECOND + ROOT).bytes());
    let files = [record("NEW.;1", SECOND + 30, 2), record("OLD.;1", 30, 2), record("BETWEEN.;1", 100, 2)];
    later.put(ROOT, &directory(SECOND + ROOT, SECOND + ROOT, &files));
    let space = two(Laid::new(&[record("OLD.;1", 30, 2)]), later);
    let system = systems(&space).remove(0);
    assert_eq!((names(system.as_ref()), system.about().start), (["NEW", "OLD", "BETWEEN"].map(str::to_owned).to_vec(), 0));
    let entries = system.list(&system.root()).unwrap();
    let at = |entry| system.runs(entry).unwrap()[0].at.unwrap() / 2048;
    assert_eq!([at(&entries[0]), at(&entries[1])], [u64::from(SECOND) + 30, 30]);
    // Between the sessions there is nothing to read.
    assert!(
        discconv_fs::Content::new(space.clone(), system.as_ref(), &entries[2])
            .is_ok_and(|content| { discconv_core::ReadAt::read_exact_at(&content, 0, &mut [0; 2]).is_err() })
    );
}

/// Two volumes that each count from their own start: the second's root is not that of the first.
#[test]
fn each_session_may_count_from_its_start() {
    let space = two(Laid::new(&[record("FIRST.;1", 30, 2)]), Laid::new(&[record("SECOND.;1", 30, 2)]));
    let system = systems(&space).remove(0);
    assert_eq!((names(system.as_ref()), system.about().start), (vec!["SECOND".to_owned()], u64::from(SECOND) * 2048));
}

/// A last session without a volume hides none.
#[test]
fn a_session_without_a_volume() {
    let space = two(Laid::new(&[record("FIRST.;1", 30, 2)]), Laid(vec![0; 64 * 2048]));
    assert_eq!(names(systems(&space)[0].as_ref()), ["FIRST"]);
}
