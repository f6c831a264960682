//! Rubbish in: an error or a disc that can be read, never a panic, never a huge buffer.

use discconv_core::*;
use discconv_testkit::Rng;
use std::sync::Arc;

/// As long as it says, and zero throughout.
struct Endless(u64, u32);

impl ReadAt for Endless {
    fn len(&self) -> u64 {
        self.0
    }
    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        assert!(offset.checked_add(buf.len() as u64).is_some_and(|end| end <= self.0), "read past the end");
        assert!(buf.len() <= 8 << 20, "{} bytes at once", buf.len());
        buf.fill(0);
        Ok(())
    }
    fn block_hint(&self) -> u32 {
        self.1
    }
    fn name(&self) -> &str {
        "endless"
    }
}

fn number(rng: &mut Rng) -> i32 {
    let near = rng.below(7) as i32 - 3;
    let base = *rng.choose(&[i32::MIN, -(1 << 20), -45_150, -150, 0, 0, 0, 100, 100, 300, 449_850, 1 << 30, i32::MAX]);
    base.saturating_add(near)
}

fn lba(rng: &mut Rng) -> Lba {
    Lba(number(rng))
}

fn offset(rng: &mut Rng) -> u64 {
    *rng.choose(&[0, 0, 0, 1, 2352, 1 << 20, 1 << 40, u64::MAX / 2, u64::MAX - 2352, u64::MAX])
}

fn form(rng: &mut Rng) -> Form {
    let main = match rng.below(6) {
        0 => Main::User,
        1 => Main::None,
        2 => Main::Frame(rng.below(3000) as u16, rng.below(3000) as u16),
        3 => Main::Frame(u16::MAX, 0),
        _ => Main::Frame(0, 2352),
    };
    let twist = *rng.choose(&[Twist::None, Twist::SwapAudio, Twist::Scrambled]);
    let sub = *rng.choose(&[None, None, None, Some(SubCoding::Packed), Some(SubCoding::Interleaved), Some(SubCoding::Pq16)]);
    let stride = *rng.choose(&[0, 1, 96, 2048, 2352, 2352, 2448, 4096, 4097, u32::MAX]);
    Form { main, twist, sub, stride }
}

fn mode(rng: &mut Rng) -> TrackMode {
    *rng.choose(&[TrackMode::Audio, TrackMode::Mode0, TrackMode::Mode1, TrackMode::Mode2])
}

fn place(rng: &mut Rng, odds: u64) -> Option<Place> {
    let form = if rng.below(odds) > 0 { *rng.choose(&[Form::RAW, Form::RAW_SUB]) } else { form(rng) };
    let source = if rng.below(odds) > 0 { 0 } else { *rng.choose(&[0, 1, 2, u32::MAX]) };
    let offset = if rng.below(odds) > 0 { rng.below(9000) } else { offset(rng) };
    (rng.below(4) > 0).then_some(Place { source: SourceId(source), offset, form })
}

/// Numbers from anywhere, often just about right.
fn parts(rng: &mut Rng) -> DiscParts {
    // Some discs are nearly right, so that the last rule is reached as well.
    let odds = *rng.choose(&[6, 60, 1000]);
    let mut sessions = Vec::new();
    let mut at = Lba(0);
    let mut number = 0;
    for _ in 0..rng.below(3) + u64::from(rng.below(odds) > 0) {
        let mut tracks = Vec::new();
        for _ in 0..rng.below(4).max(u64::from(rng.below(odds) > 0)) {
            let start = if rng.below(odds) > 0 { at } else { lba(rng) };
            at = if rng.below(odds) > 0 { start + 1 + rng.below(300) as i32 } else { lba(rng) };
            let mut indexes = vec![(1, start)];
            if rng.below(odds) == 0 {
                indexes.insert(0, (0, lba(rng)));
            }
            if rng.below(odds) == 0 {
                indexes.push((rng.below(256) as u8, lba(rng)));
            }
            number = if rng.below(odds) > 0 { number + 1 } else { rng.below(200) as u8 };
            tracks.push(Track { number, mode: mode(rng), control: Control::default(), isrc: None, indexes, end: at });
        }
        let lead_out = if rng.below(odds) > 0 { at } else { lba(rng) };
        sessions.push(Session { kind: SessionKind::CdRom, tracks, lead_out });
    }
    let mut extents: Vec<Extent> = sessions
        .iter()
        .flat_map(|session| &session.tracks)
        .map(|track| Extent {
            main: place(rng, odds),
            sub: place(rng, odds).filter(|_| rng.below(odds) == 0),
            ..Extent::gap(track.start()..track.end, track.mode)
        })
        .collect();
    if rng.below(odds) == 0 {
        extents.push(Extent { main: place(rng, odds), ..Extent::gap(lba(rng)..lba(rng), mode(rng)) });
    }
    let hint = *rng.choose(&[0, 1, 2048, 19_584, u32::MAX]);
    let media = *rng.choose(&[Media::Cd, Media::Cd, Media::Cd, Media::Gd, Media::Dvd, Media::Unknown]);
    let checks = if rng.below(odds) == 0 {
        vec![Check {
            source: SourceId(rng.below(3) as u32),
            range: offset(rng)..offset(rng),
            algorithm: CheckAlgorithm::Md5,
            value: Vec::new(),
        }]
    } else {
        Vec::new()
    };
    DiscParts {
        toc: Toc { media, sessions, mcn: None, cd_text: None },
        sources: vec![Arc::new(Endless(u64::MAX, hint)), Arc::new(Endless(1 << 20, hint))],
        extents,
        notes: Vec::new(),
        checks,
        extras: Vec::new(),
    }
}

fn use_it(rng: &mut Rng, disc: &Disc) {
    let mut scratch = Scratch::default();
    let mut out = vec![0; 300 * 2448];
    for _ in 0..12 {
        let first = if rng.flip() { lba(rng) } else { Lba(rng.below(600) as i32) };
        let view = if rng.flip() { Form::RAW_SUB } else { form(rng) };
        let len = rng.index(out.len());
        let _ = disc.read_sectors(first, &view, &mut scratch, &mut out[..len]);
        let _ = disc.read_lossy(first, &view, &mut scratch, &mut Tally::default(), &mut out[..len]);
        let lbas = first..lba(rng);
        let pieces = disc.lay_out(0, lbas.clone(), &view);
        assert!(pieces.iter().all(|piece| !piece.is_empty() || view.stride == 0));
        assert!(disc.extents_in(lbas).count() <= disc.extents().len());
        let _ = (disc.extent_at(first), disc.toc().track_at(first));
    }
    for track in disc.toc().tracks() {
        let _ = survey_track(disc, track, 5, &mut scratch);
        let _ = (track.sectors(), track.pregap_sectors());
    }
    assert!(!outline::disc(disc).is_empty());
    let sectors: u64 = disc.extents().iter().map(|extent| u64::from(extent.sectors())).sum();
    if sectors < 5000 {
        let _ = verify_sectors(disc, &Serial, &Quiet);
        assert!(!matches!(compare(disc, disc, &Serial, &Quiet), Ok(found) if !found.is_same()));
    }
}

#[test]
fn rubbish_is_refused_or_read() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let mut good = 0;
    for _ in 0..3000 {
        match Disc::new("rubbish", parts(&mut rng)) {
            Ok(disc) => {
                good += 1;
                if good % 4 == 0 {
                    use_it(&mut rng, &disc);
                }
                let _ = disc.with_user_mode("rubbish", TrackMode::Mode2).map(|disc| disc.toc().track_count());
            }
            Err(error) => assert!(!error.to_string().is_empty() && !error.code().is_empty()),
        }
    }
    assert!(good > 300, "only {good} were readable");
}

/// Two short discs with different tracks: whatever they are, comparing ends with an answer or an error.
#[test]
fn any_two_discs_can_be_compared() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let mut discs: Vec<Disc> = Vec::new();
    while discs.len() < 25 {
        if let Ok(disc) = Disc::new("rubbish", parts(&mut rng))
            && disc.extents().iter().all(|extent| extent.sectors() < 2000)
        {
            discs.push(disc);
        }
    }
    for a in &discs {
        for b in &discs {
            if let (Ok(ours), Ok(theirs)) = (compare(a, b, &Serial, &Quiet), compare(b, a, &Serial, &Quiet)) {
                assert_eq!(ours.is_same(), theirs.is_same());
                let sectors = |found: &Comparison| found.differences.iter().map(|run| run.sectors).sum::<u64>();
                assert_eq!((ours.sectors, sectors(&ours)), (theirs.sectors, sectors(&theirs)));
            }
        }
    }
}

#[test]
fn addresses_far_beyond_any_disc_are_refused() {
    for (media, lead_out) in [(Media::Cd, 719_851), (Media::Dvd, (1 << 30) + 1), (Media::Dvd, i32::MAX), (Media::Cd, i32::MAX)] {
        let lead_out = Lba(lead_out);
        let mut toc = Toc::single_data(media, TrackMode::Mode1, 10);
        toc.sessions[0].lead_out = lead_out;
        let extents = vec![Extent::gap(Lba(0)..Lba(10), TrackMode::Mode1)];
        let parts = DiscParts { toc, sources: Vec::new(), extents, notes: Vec::new(), checks: Vec::new(), extras: Vec::new() };
        assert!(matches!(Disc::new("far", parts), Err(Error::Limit { .. })));
    }
}

#[test]
fn sectors_at_the_end_of_all_addresses_are_not_read_by_saying_so() {
    let extents = vec![Extent::gap(Lba(0)..Lba(10), TrackMode::Mode1)];
    let toc = Toc::single_data(Media::Cd, TrackMode::Mode1, 10);
    let parts = DiscParts { toc, sources: Vec::new(), extents, notes: Vec::new(), checks: Vec::new(), extras: Vec::new() };
    let disc = Disc::new("gap", parts).unwrap();
    for first in [i32::MAX, i32::MAX - 1, i32::MIN, 9, 10, -1] {
        let read = disc.read_sectors(Lba(first), &Form::RAW, &mut Scratch::default(), &mut [0; 2 * 2352]);
        assert!(matches!(read, Err(Error::Malformed { .. })), "{first}");
    }
}

#[test]
fn sessions_that_overlap_are_refused() {
    let mut toc = Toc::single_data(Media::Cd, TrackMode::Mode1, 10);
    let mut second = toc.sessions[0].clone();
    second.tracks[0].number = 2;
    second.tracks[0].indexes[0].1 = Lba(10);
    second.tracks[0].end = Lba(20);
    second.lead_out = Lba(20);
    toc.sessions.push(second);
    toc.sessions[0].lead_out = Lba(11);
    let extents = vec![Extent::gap(Lba(0)..Lba(20), TrackMode::Mode1)];
    let parts = DiscParts { toc, sources: Vec::new(), extents, notes: Vec::new(), checks: Vec::new(), extras: Vec::new() };
    let error = Disc::new("two", parts.clone()).map(|_| ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "two: LBA 10: found a session before the lead-out of the one before it (LBA 11); expected sessions that do not overlap"
    );
    let mut parts = parts;
    parts.toc.sessions[0].lead_out = Lba(10);
    assert!(Disc::new("two", parts).is_ok());
}
