//! Traces of copy protection: only what is really there.

use crate::look::{Look, forgive};
use crate::model::{Evidence, Found, Trace};
use crate::systems::PLAYSTATION;
use discconv_core::{Form, Lba, Main, Result, Scratch};
use discconv_sector::subchannel::{Q, QContent};
use discconv_sector::{RAW, SUB, SectorKind, inspect};

/// A name in the root of a volume that only discs with this protection have.
const FILES: &[(&str, &str)] = &[
    ("SafeDisc", "00000001.TMP"),
    ("SafeDisc", "00000002.TMP"),
    ("SafeDisc", "CLCD16.DLL"),
    ("SafeDisc", "CLCD32.DLL"),
    ("SafeDisc", "CLOKSPL.EXE"),
    ("SafeDisc", "DPLAYERX.DLL"),
    ("SafeDisc", "DRVMGT.DLL"),
    ("SafeDisc", "SECDRV.SYS"),
    ("SecuROM", "CMS16.DLL"),
    ("SecuROM", "CMS_95.DLL"),
    ("SecuROM", "CMS_NT.DLL"),
    ("SecuROM", "CMS32_95.DLL"),
    ("SecuROM", "CMS32_NT.DLL"),
    ("LaserLock", "LASERLOK"),
    ("LaserLock", "LASERLOK.IN"),
    ("CD-Cops", "CDCOPS.DLL"),
    ("TAGES", "TAGES.DLL"),
    ("ProtectCD-VOB", "VOB-PCD.KEY"),
    ("Cactus Data Shield", "CACTUSPJ.EXE"),
    ("Cactus Data Shield", "YUCCA.CDS"),
    ("Cactus Data Shield", "CDSPLAYER.APP"),
    ("MediaMax", "LAUNCHCD.EXE"),
    ("XCP", "XCP.DAT"),
    ("XCP", "ECDPLAYERCONTROL.OCX"),
];

/// Protections that come with unreadable sectors near the start of the first track.
const WITH_BAD_SECTORS: &[&str] = &["SafeDisc", "LaserLock", "ProtectCD-VOB"];
/// Where those are, and how many of them are looked at.
const BAD_AREA: (i32, i32) = (800, 10_800);
const BAD_SAMPLES: i32 = 128;
/// So many bad ones are no accident of a dump.
const BAD_ENOUGH: usize = 8;

/// LBAs of the first sector of each pair that LibCrypt may alter; the second is 5 further on. They lie around 3 minutes, and
/// again around 9 minutes.
const LIBCRYPT: [i32; 16] =
    [13955, 14081, 14335, 14429, 14499, 14749, 14906, 14980, 15092, 15162, 15228, 15478, 15769, 15881, 15951, 16017];
const SECOND_OF_PAIR: i32 = 5;
/// So many pairs are no accident.
const PAIRS_ENOUGH: usize = 3;

pub(crate) fn find(look: &Look, systems: &[Found]) -> Result<Vec<Trace>> {
    let mut traces = files(look);
    if traces.iter().any(|trace| WITH_BAD_SECTORS.contains(&trace.name))
        && let Some(evidence) = bad_sectors(look)?
        && let Some(trace) = traces.iter_mut().find(|trace| WITH_BAD_SECTORS.contains(&trace.name))
    {
        trace.evidence.push(evidence);
    }
    if systems.iter().any(|found| found.system == &PLAYSTATION) {
        traces.extend(libcrypt(look)?);
    }
    Ok(traces)
}

fn files(look: &Look) -> Vec<Trace> {
    let mut traces: Vec<Trace> = Vec::new();
    for (name, file) in FILES {
        let Some(entry) = look.in_root(|entry| entry.name.eq_ignore_ascii_case(file)) else { continue };
        let evidence = Evidence::new(entry.name.clone(), "a file that comes with it");
        match traces.iter_mut().find(|trace| trace.name == *name) {
            Some(trace) => trace.evidence.push(evidence),
            None => traces.push(Trace { name, evidence: vec![evidence] }),
        }
    }
    traces
}

/// A sample of the sectors where such protections have bad ones. None where EDC is not stored.
fn bad_sectors(look: &Look) -> Result<Option<Evidence>> {
    let disc = look.disc();
    let (first, end) = BAD_AREA;
    let (mut scratch, mut raw) = (Scratch::default(), [0; RAW]);
    let (mut seen, mut bad) = (0, Vec::new());
    for nth in 0..BAD_SAMPLES {
        let lba = Lba(first + (end - first) / BAD_SAMPLES * nth);
        let stored =
            disc.extent_at(lba).and_then(|extent| extent.main).is_some_and(|place| place.form.main == Main::Frame(0, 2352));
        if !stored || forgive(disc.read_sectors(lba, &Form::RAW, &mut scratch, &mut raw))?.is_none() {
            continue;
        }
        let found = inspect(&raw, lba);
        seen += 1;
        if found.kind == SectorKind::Mode1 && !found.flaws.is_empty() {
            bad.push(lba);
        }
    }
    let (Some(first), Some(last), true) = (bad.first(), bad.last(), bad.len() >= BAD_ENOUGH) else { return Ok(None) };
    let what = format!("{} of {seen} sectors that were looked at do not hold, which is meant so or damage", bad.len());
    Ok(Some(Evidence::new(format!("LBA {first} to {last}"), what)))
}

/// Pairs of sectors whose Q does not say where they are, at the places where LibCrypt has them.
fn libcrypt(look: &Look) -> Result<Option<Trace>> {
    if look.disc().stored_sub().is_none() {
        return Ok(None);
    }
    let mut altered = Vec::new();
    for lba in LIBCRYPT {
        if is_altered(look, Lba(lba))? && is_altered(look, Lba(lba + SECOND_OF_PAIR))? {
            altered.push(lba);
        }
    }
    let (Some(first), Some(last)) = (altered.first(), altered.last()) else { return Ok(None) };
    // A dump with a bad subchannel is wrong elsewhere too: between the pairs.
    let dirty = [1, 2, 3, 4]
        .into_iter()
        .try_fold(0, |sum, after| is_altered(look, Lba(first + after)).map(|altered| sum + usize::from(altered)))?;
    if altered.len() < PAIRS_ENOUGH || dirty > 0 {
        return Ok(None);
    }
    let what = format!("subchannel Q is altered in {} pairs of sectors", altered.len());
    Ok(Some(Trace { name: "LibCrypt", evidence: vec![Evidence::new(format!("LBA {first} to {last}"), what)] }))
}

/// Is the Q that is stored for a sector wrong by its CRC, or of another place?
fn is_altered(look: &Look, lba: Lba) -> Result<bool> {
    let disc = look.disc();
    let stored = disc.extent_at(lba).is_some_and(discconv_core::Extent::stores_sub);
    let mut packed = [0; SUB];
    if !stored || forgive(disc.read_sectors(lba, &SUBCHANNEL, &mut Scratch::default(), &mut packed))?.is_none() {
        return Ok(false);
    }
    let q = Q::of_packed(&packed);
    let place: Option<Lba> = match q.decode() {
        QContent::Position { absolute, .. } => Some(Lba::from_program_msf(absolute)),
        // MCN and ISRC stand in the place of a time.
        _ => None,
    };
    Ok(!q.crc_ok() || place.is_some_and(|place| place != lba))
}

/// The subchannel alone, as twelve bytes of P, Q, ... W.
const SUBCHANNEL: Form = Form::SUB;
