//! From a disc to the files to write.

use super::wire::{Header, MAGIC};
use super::{INFO, Sample};
use discconv_core::{
    Disc, Error, ExpectedDisc, Form, FormatWriter, Lba, Piece, Plan, PlannedFile, Result, Role, Run, WriteOptions,
};

impl FormatWriter for Sample {
    fn plan(&self, discs: &[Disc], stem: &str, _: &WriteOptions) -> Result<Plan> {
        let name = format!("{stem}.{}", INFO.extensions[0]);
        let [disc] = discs else {
            let what = format!("{} discs; it holds one", discs.len());
            return Err(Error::DoesNotFit { file: name, what, hint: None });
        };
        let end = single_data_end(disc, &name)?;
        let sectors = Lba(0).sectors_to(end);
        let header = Header { magic: MAGIC, sectors };
        let pieces = vec![Piece::Bytes(header.bytes()), Piece::Sectors { disc: 0, lbas: Lba(0)..end, form: Form::USER }];
        let run = Run { at: Lba(0), disc: 0, from: Lba(0), sectors, form: Form::USER };
        Ok(Plan {
            files: vec![PlannedFile::new(name, Role::Data, pieces)],
            entry: 0,
            format: INFO.id,
            forced: None,
            inner: None,
            // What the table of contents says and the format cannot; what only sectors say is found while writing.
            losses: Vec::new(),
            dropped: Vec::new(),
            discs: vec![ExpectedDisc { toc: disc.toc().clone(), runs: vec![run], says_mode: false }],
            notes: Vec::new(),
        })
    }
}

/// The end of the only track, which must be data from LBA 0.
fn single_data_end(disc: &Disc, name: &str) -> Result<Lba> {
    let mut tracks = disc.toc().tracks();
    match (tracks.next(), tracks.next()) {
        (Some(track), None) if !track.mode.is_audio() && track.first() == Lba(0) => Ok(track.end),
        _ => Err(Error::DoesNotFit {
            file: name.to_owned(),
            what: "the disc is more than one data track from LBA 0".to_owned(),
            hint: Some("cue keeps every kind of disc".to_owned()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_core::memory::MemoryFiles;
    use discconv_core::{Execution, Format, Input, LossKinds, Opened, Quiet, Serial, execute};

    fn open(files: &MemoryFiles, name: &str) -> Result<Vec<Disc>> {
        let source = files.source(name).expect("it is there");
        let input = Input::new(name, source, files);
        discs(&input)
    }

    fn discs(input: &Input<'_>) -> Result<Vec<Disc>> {
        match Sample.open(input)? {
            Opened::Discs(discs) => Ok(discs),
            Opened::Bytes { .. } => unreachable!("it is no wrapper"),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let files = MemoryFiles::new();
        let mut bytes = Header { magic: MAGIC, sectors: 3 }.bytes();
        bytes.extend((0..3 * 2048u32).map(|i| i.to_le_bytes()[1]));
        files.insert("a.sample", bytes);
        let source = open(&files, "a.sample").expect("it is sound");
        let plan = Sample.plan(&source, "b", &WriteOptions::default()).expect("it fits");
        let how = Execution {
            outputs: Some(&files),
            pool: &Serial,
            watch: &Quiet,
            allow: LossKinds::NONE,
            prove: true,
            source_name: "a.sample",
            reader: &|input| discs(input),
        };
        execute(&plan, &source, &how).expect("nothing is lost");
        assert_eq!(files.get("a.sample"), files.get("b.sample"));
    }

    #[test]
    fn a_header_that_promises_too_much_is_refused() {
        let files = MemoryFiles::new();
        files.insert("a.sample", Header { magic: MAGIC, sectors: 1 }.bytes());
        let error = open(&files, "a.sample").err().expect("it is cut");
        assert!(error.to_string().contains("1 to the 0"), "{error}");
    }
}
