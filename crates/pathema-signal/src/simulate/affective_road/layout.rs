//! Where what is simulated is written, and how its files look.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{LATER, LEADS};
use crate::simulate::SimulateError;
use crate::simulate::folder::{write_json, write_text};

/// The parts of a drive's road, in order, with their seconds.
pub(super) type Parts = Vec<(&'static str, u32)>;
/// Texts and their files' names.
pub(super) type Files = Vec<(&'static str, String)>;

/// The data set's folder.
pub(super) struct Layout {
    whole: PathBuf,
    base: PathBuf,
}

impl Layout {
    /// Makes the folders, the marks of all drives, and says that all is simulated.
    pub(super) fn new(
        root: &Path,
        generator: &str,
        settings: serde_json::Value,
        drives: &[Parts],
    ) -> Result<Layout, SimulateError> {
        let whole = root.join("AffectiveROAD_Data");
        if whole.symlink_metadata().is_ok() {
            return Err(SimulateError::Exists { path: whole });
        }
        let base = whole.join("Database");
        for folder in ["E4", "Bioharness", "Subj_metric"] {
            let folder = base.join(folder);
            fs::create_dir_all(&folder).map_err(SimulateError::writing(&folder))?;
        }
        let mut mark = serde_json::json!({
            "simulated": true,
            "note": "Everything in this folder is simulated; nothing was measured on a person.",
            "generator": generator,
        });
        if let (Some(mark), serde_json::Value::Object(settings)) = (mark.as_object_mut(), settings)
        {
            mark.extend(settings);
        }
        // In both, for whoever takes the inner folder alone.
        for folder in [&whole, &base] {
            write_json(&folder.join("simulation.json"), &mark)?;
        }
        for (file, id, rate, lead, rest) in [
            ("E4/Annot_E4_Left.csv", "Drive-id", 4, LEADS[0], true),
            (
                "E4/Annot_E4_Right.csv",
                "Drive-id",
                4,
                LEADS[0] - LATER,
                true,
            ),
            (
                "Bioharness/Annot_Bioharness.csv",
                "Drive_id",
                1,
                LEADS[1],
                false,
            ),
            (
                "Subj_metric/Annot_Subjective_metric.csv",
                "Drive_id",
                4,
                LEADS[2],
                false,
            ),
        ] {
            write_text(&base.join(file), &marks(id, rate, lead, rest, drives))?;
        }
        Ok(Layout { whole, base })
    }

    /// Writes a file beside the data set's own.
    pub(super) fn put_text(&self, name: &str, text: &str) -> Result<(), SimulateError> {
        write_text(&self.whole.join(name), text)
    }

    /// Writes both E4s of a drive that was recorded for so many seconds. `files` is told the side, the Unix time of a piece, which
    /// second of the recording that is, and how many seconds it lasts.
    pub(super) fn put_wrists(
        &self,
        drive: u32,
        seconds: u32,
        files: &mut dyn FnMut(usize, u64, u32, u32) -> Files,
    ) -> Result<(), SimulateError> {
        let folder = self.base.join(format!("E4/{drive}-E4-Drv{drive}"));
        fs::create_dir(&folder).map_err(SimulateError::writing(&folder))?;
        let start = 1_470_300_000 + u64::from(drive) * 86_400;
        for (place, side) in ["Left", "Right"].into_iter().enumerate() {
            let later = if side == "Right" { LATER } else { 0 };
            // Of drive 2 the left was interrupted after the last part.
            let pieces: &[(&str, u32, u32)] = match (drive, side) {
                (2, "Left") => &[("Left1", 0, seconds - 20), ("Left2", seconds - 10, 10)],
                (_, side) => &[(side, later, seconds - later)],
            };
            for &(name, after, length) in pieces {
                let files = files(place, start + u64::from(after), after, length);
                if drive.is_multiple_of(2) {
                    put_zip(&folder.join(format!("{name}.zip")), &files)?;
                } else {
                    let folder = folder.join(name);
                    fs::create_dir(&folder).map_err(SimulateError::writing(&folder))?;
                    for (name, text) in files {
                        write_text(&folder.join(name), &text)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes heart rate, breathing rate, posture and activity of each second.
    pub(super) fn put_chest(
        &self,
        drive: u32,
        rows: impl Iterator<Item = [f64; 4]>,
    ) -> Result<(), SimulateError> {
        let indexed = drive.is_multiple_of(3);
        let mut text =
            String::from(if indexed { ";" } else { "" }) + "Time;HR;BR;Posture;Activity\n";
        for (second, [heart, breath, posture, activity]) in rows.enumerate() {
            // Writing to a string cannot fail.
            if indexed {
                let _ = write!(text, "{second};");
            }
            let _ = writeln!(
                text,
                "{second};{heart:.1};{breath:.1};{posture};{activity:.2}"
            );
        }
        let name = format!("Bioharness/Bio_Drv{drive}.csv");
        write_text(&self.base.join(name), &text)
    }

    /// Writes the ratings, four a second.
    pub(super) fn put_ratings(
        &self,
        drive: u32,
        ratings: impl Iterator<Item = f64>,
    ) -> Result<(), SimulateError> {
        let mut text = String::from("x\n");
        for rating in ratings {
            let _ = writeln!(text, "{:.4}", rating.clamp(0.0, 1.0));
        }
        let name = format!("Subj_metric/SM_Drv{drive}.csv");
        write_text(&self.base.join(name), &text)
    }
}

/// What an E4 stored.
pub(super) struct E4 {
    /// x y z x y z …, in steps of 1/64 g.
    pub(super) acc: Vec<f64>,
    pub(super) bvp: Vec<f64>,
    pub(super) eda: Vec<f64>,
    pub(super) temp: Vec<f64>,
    /// Seconds at which it saw beats.
    pub(super) beats: Vec<f64>,
}

impl E4 {
    /// Its files, of a recording that began at this Unix time.
    pub(super) fn files(&self, begins: u64) -> Files {
        let mut acc = format!(
            "{begins}.000000, {begins}.000000, {begins}.000000\n32.000000, 32.000000, 32.000000\n"
        );
        for xyz in self.acc.chunks_exact(3) {
            let _ = writeln!(acc, "{},{},{}", xyz[0], xyz[1], xyz[2]);
        }
        let column = |rate: u32, decimals: usize, values: &[f64]| {
            let mut text = format!("{begins}.000000\n{rate}.000000\n");
            for value in values {
                let _ = writeln!(text, "{value:.decimals$}");
            }
            text
        };
        let mut ibi = format!("{begins}.000000, IBI\n");
        let mut hr = format!("{}.000000\n1.000000\n", begins + 10);
        let mut next = 10.0;
        for pair in self.beats.windows(2) {
            let interval = pair[1] - pair[0];
            let _ = writeln!(ibi, "{:.6},{interval:.6}", pair[1]);
            while next <= pair[1] {
                let _ = writeln!(hr, "{:.2}", 60.0 / interval);
                next += 1.0;
            }
        }
        vec![
            ("ACC.csv", acc),
            ("BVP.csv", column(64, 2, &self.bvp)),
            ("EDA.csv", column(4, 6, &self.eda)),
            ("TEMP.csv", column(4, 2, &self.temp)),
            ("HR.csv", hr),
            ("IBI.csv", ibi),
            ("tags.csv", String::new()),
        ]
    }
}

/// An annotation file: first and last sample of each part.
fn marks(id: &str, rate: u32, lead: u32, rest: bool, drives: &[Parts]) -> String {
    let shown = |part: &str| rest || part != "Rest";
    let mut text = id.to_owned();
    for (part, _) in drives.first().into_iter().flatten() {
        if shown(part) {
            let _ = write!(text, ",{part}_Start,{part}_End");
        }
    }
    text.push('\n');
    for (drive, parts) in drives.iter().enumerate() {
        let _ = write!(text, "Drv{}", drive + 1);
        let mut now = lead;
        for (part, seconds) in parts {
            if shown(part) {
                let _ = write!(text, ",{},{}", now * rate, (now + seconds) * rate - 1);
            }
            now += seconds;
        }
        text.push('\n');
    }
    text
}

fn put_zip(path: &Path, files: &[(&str, String)]) -> Result<(), SimulateError> {
    let pack = || -> std::io::Result<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            zip.start_file(*name, SimpleFileOptions::default())?;
            zip.write_all(text.as_bytes())?;
        }
        Ok(zip.finish()?.into_inner())
    };
    let packed = pack().map_err(SimulateError::writing(path))?;
    fs::write(path, packed).map_err(SimulateError::writing(path))
}
