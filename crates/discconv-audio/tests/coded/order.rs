//! Samples do not depend on what was read before, nor on who else reads.

use crate::by_hand::{Coding, flac};
use crate::{Content, all_of, files, open};
use discconv_audio::Flac;
use discconv_testkit::Rng;

/// The files of encoders, and two that are long enough to be searched: frames that are counted, and frames of any length.
fn contents() -> Vec<(String, Content, Content)> {
    let made = files().into_iter().map(|(name, format, bytes, _)| (name.to_owned(), format, bytes.to_vec()));
    let sound = discconv_testkit::stored::sound(9, 200);
    let long = [4096, 500, 30_000].into_iter().flat_map(|block| {
        [false, true].map(|counted| {
            let bytes = flac(&Coding { block, counted, ..Coding::default() }, &sound);
            (format!("{block} {counted}"), &Flac as &dyn discconv_core::Format, bytes)
        })
    });
    let both = |(name, format, bytes): (String, &dyn discconv_core::Format, Vec<u8>)| {
        let (first, second) = (open(format, &name, bytes.clone()).unwrap(), open(format, &name, bytes).unwrap());
        (name, first, second)
    };
    made.chain(long).map(both).collect()
}

#[test]
fn any_part_is_that_of_the_whole() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    for (name, whole, parts) in contents() {
        let all = all_of(whole.source.as_ref());
        for _ in 0..120 {
            let start = rng.index(all.len() + 1);
            let len = rng.index((all.len() - start).min(90_000) + 1);
            let mut part = vec![0xEE; len];
            parts.source.read_exact_at(start as u64, &mut part).unwrap();
            assert!(part == all[start..start + len], "{name}: {start} + {len}");
        }
        assert!(parts.source.read_exact_at(all.len() as u64 - 1, &mut [0; 2]).is_err());
        assert!(parts.source.read_exact_at(u64::MAX, &mut [0; 2]).is_err());
    }
}

#[test]
fn sector_by_sector_and_from_the_end() {
    for (name, whole, parts) in contents() {
        let all = all_of(whole.source.as_ref());
        let mut sectors: Vec<(usize, &[u8])> = all.chunks(2352).enumerate().collect();
        for _ in 0..2 {
            for (index, expected) in &sectors {
                let mut sector = vec![0; expected.len()];
                parts.source.read_exact_at(*index as u64 * 2352, &mut sector).unwrap();
                assert!(sector == *expected, "{name}: sector {index}");
            }
            sectors.reverse();
            sectors.truncate(60);
        }
    }
}

#[test]
fn threads_do_not_disturb_each_other() {
    for (name, whole, parts) in contents() {
        let all = &all_of(whole.source.as_ref());
        let (name, source) = (&name, &parts.source);
        std::thread::scope(|scope| {
            for worker in 0..3 {
                scope.spawn(move || {
                    for (index, expected) in all.chunks(60_000).enumerate().filter(|(index, _)| index % 3 == worker) {
                        let mut part = vec![0; expected.len()];
                        source.read_exact_at(index as u64 * 60_000, &mut part).unwrap();
                        assert!(part == expected, "{name}: part {index}");
                    }
                });
            }
        });
    }
}
