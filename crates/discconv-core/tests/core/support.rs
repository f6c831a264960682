//! Small discs made by hand.

use discconv_core::*;
use std::sync::Arc;

/// A disc of one stored extent per `(mode, form, bytes)`, each its own track, from LBA 0 on.
pub fn disc_of(tracks: &[(TrackMode, Form, Vec<u8>)]) -> Disc {
    let mut at = Lba(0);
    let mut parts = DiscParts {
        toc: Toc::single_data(Media::Cd, TrackMode::Mode1, 1),
        sources: Vec::new(),
        extents: Vec::new(),
        notes: Vec::new(),
        checks: Vec::new(),
        extras: Vec::new(),
    };
    let mut listed = Vec::new();
    for (index, (mode, form, bytes)) in tracks.iter().enumerate() {
        let sectors = i32::try_from(bytes.len() / form.record()).unwrap();
        let place = Place { source: SourceId(index as u32), offset: 0, form: *form };
        parts.sources.push(Arc::new(Bytes::new(format!("track{}", index + 1), bytes.as_slice())));
        parts.extents.push(Extent::stored(at..at + sectors, *mode, place));
        listed.push(Track {
            number: index as u8 + 1,
            mode: *mode,
            control: Control::default(),
            isrc: None,
            indexes: vec![(1, at)],
            end: at + sectors,
        });
        at = at + sectors;
    }
    parts.toc.sessions = vec![Session { kind: SessionKind::CdRom, tracks: listed, lead_out: at }];
    Disc::new("made", parts).unwrap()
}

/// All sectors of `disc` in `form`, in one call.
pub fn read_all(disc: &Disc, form: &Form) -> Result<Vec<u8>> {
    let end = disc.toc().sessions.last().unwrap().lead_out;
    let mut out = vec![0xEE; end.0 as usize * form.record()];
    disc.read_sectors(Lba(0), form, &mut Scratch::default(), &mut out)?;
    Ok(out)
}
