//! Drives in the layout of AffectiveROAD, simulated.
//!
//! What is written has the official layout, with its variety: sides as folders and as zips, a wrist that was interrupted
//! in drive 2, an index column in some of the chest's files. `simulation.json` says that nothing was measured.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::SimulateError;
use super::folder::{write_json, write_text};
use super::random::{Purpose, Random};

/// The parts of the road in the order of the columns, their seconds, and the stress that they mean.
const PARTS: [(&str, u32, f64); 9] = [
    ("Rest", 60, 0.1),
    ("Z", 20, 0.3),
    ("City1", 50, 0.85),
    ("Hwy", 40, 0.55),
    ("City2", 50, 0.8),
    ("City2.1", 40, 0.85),
    ("Hwy.1", 40, 0.5),
    ("City1.1", 50, 0.9),
    ("Z.1", 20, 0.3),
];

/// Seconds before the first part, of the E4s, the chest and the rating: each was switched on at another time.
pub const LEADS: [u32; 3] = [30, 17, 5];

/// Seconds by which the right E4 was switched on after the left.
const LATER: u32 = 4;

/// Writes `root/AffectiveROAD_Data` with so many drives.
///
/// # Errors
/// [`SimulateError::Exists`] if it is there already; [`SimulateError::Write`] with what could not be written.
pub fn write(root: &Path, seed: u64, drives: u32) -> Result<(), SimulateError> {
    let whole = root.join("AffectiveROAD_Data");
    if whole.symlink_metadata().is_ok() {
        return Err(SimulateError::Exists { path: whole });
    }
    let base = whole.join("Database");
    for folder in ["E4", "Bioharness", "Subj_metric"] {
        let folder = base.join(folder);
        fs::create_dir_all(&folder).map_err(SimulateError::writing(&folder))?;
    }
    let mark = serde_json::json!({
        "simulated": true,
        "note": "Everything in this folder is simulated; nothing was measured on a person.",
        "generator": "pathema-signal simulate affective_road",
        "seed": seed,
    });
    write_json(&whole.join("simulation.json"), &mark)?;
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
    for drive in 1..=drives {
        let random = &mut Random::new(seed, drive as usize, Purpose::Road);
        write_drive(&base, drive, random)?;
    }
    Ok(())
}

/// An annotation file: first and last sample of each part.
fn marks(id: &str, rate: u32, lead: u32, rest: bool, drives: u32) -> String {
    let (mut head, mut row) = (id.to_owned(), String::new());
    let mut now = lead;
    for (part, seconds, _) in PARTS {
        if rest || part != "Rest" {
            let _ = write!(head, ",{part}_Start,{part}_End");
            let _ = write!(row, ",{},{}", now * rate, (now + seconds) * rate - 1);
        }
        now += seconds;
    }
    let mut text = head + "\n";
    for drive in 1..=drives {
        let _ = writeln!(text, "Drv{drive}{row}");
    }
    text
}

/// The stress at a time since the first part.
fn stress(time: f64) -> f64 {
    let mut left = time;
    for (_, seconds, stress) in PARTS {
        left -= f64::from(seconds);
        if left < 0.0 {
            return stress;
        }
    }
    0.2
}

fn write_drive(base: &Path, drive: u32, random: &mut Random) -> Result<(), SimulateError> {
    let driven: u32 = PARTS.iter().map(|part| part.1).sum();
    let seconds = driven + LEADS[0] + 20;
    let folder = base.join(format!("E4/{drive}-E4-Drv{drive}"));
    fs::create_dir(&folder).map_err(SimulateError::writing(&folder))?;
    let start = 1_470_300_000 + u64::from(drive) * 86_400;
    for side in ["Left", "Right"] {
        let later = if side == "Right" { LATER } else { 0 };
        // Of drive 2 the left was interrupted after the last part.
        let pieces: &[(&str, u32, u32)] = match (drive, side) {
            (2, "Left") => &[("Left1", 0, seconds - 20), ("Left2", seconds - 10, 10)],
            (_, side) => &[(side, later, seconds - later)],
        };
        for &(name, after, length) in pieces {
            let files = wrist(random, start, after, length);
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
    let indexed = drive.is_multiple_of(3);
    let mut text = String::from(if indexed { ";" } else { "" }) + "Time;HR;BR;Posture;Activity\n";
    for second in 0..driven + LEADS[1] + 10 {
        let stress = stress(f64::from(second) - f64::from(LEADS[1]));
        if indexed {
            let _ = write!(text, "{second};");
        }
        let heart = 65.0 + 25.0 * stress + random.gauss();
        let breath = 12.0 + 6.0 * stress + 0.5 * random.gauss();
        let _ = writeln!(
            text,
            "{second};{heart:.1};{breath:.1};{};{:.2}",
            -8,
            0.05 + 0.1 * stress
        );
    }
    write_text(&base.join(format!("Bioharness/Bio_Drv{drive}.csv")), &text)?;
    let mut text = String::from("x\n");
    for sample in 0..(driven + LEADS[2]) * 4 {
        let stress = stress(f64::from(sample) / 4.0 - f64::from(LEADS[2]));
        let _ = writeln!(
            text,
            "{:.4}",
            (stress + 0.01 * random.gauss()).clamp(0.0, 1.0)
        );
    }
    write_text(&base.join(format!("Subj_metric/SM_Drv{drive}.csv")), &text)
}

/// The files of one E4 from `after` seconds on.
fn wrist(random: &mut Random, start: u64, after: u32, seconds: u32) -> Vec<(&'static str, String)> {
    let begins = start + u64::from(after);
    let at = |sample: u32, rate: u32| {
        let time = f64::from(after) + f64::from(sample) / f64::from(rate);
        (time, stress(time - f64::from(LEADS[0])))
    };
    let mut acc = format!(
        "{begins}.000000, {begins}.000000, {begins}.000000\n32.000000, 32.000000, 32.000000\n"
    );
    for sample in 0..seconds * 32 {
        let (_, stress) = at(sample, 32);
        let push = |random: &mut Random| (4.0 * stress * random.gauss()).round();
        let [x, y, z] = [-48.0, -12.0, 36.0].map(|rest| rest + push(random));
        let _ = writeln!(acc, "{x},{y},{z}");
    }
    let mut column = |rate: u32, decimals: usize, value: &mut dyn FnMut(f64, f64) -> f64| {
        let mut text = format!("{begins}.000000\n{rate}.000000\n");
        for sample in 0..seconds * rate {
            let (time, stress) = at(sample, rate);
            let noise = 0.01 * random.gauss();
            let _ = writeln!(text, "{:.decimals$}", value(time, stress) + noise);
        }
        text
    };
    let mut phase = 0.0;
    let bvp = column(64, 2, &mut |_, stress| {
        phase += (1.1 + 0.4 * stress) / 64.0;
        40.0 * (std::f64::consts::TAU * phase).sin()
    });
    let eda = column(4, 6, &mut |time, stress| {
        0.5 + 2.0 * stress + 0.1 * (time / 7.0).sin()
    });
    let temp = column(4, 2, &mut |_, stress| 33.0 - 0.8 * stress);
    vec![
        ("ACC.csv", acc),
        ("BVP.csv", bvp),
        ("EDA.csv", eda),
        ("TEMP.csv", temp),
        (
            "HR.csv",
            format!("{}.000000\n1.000000\n70.00\n", begins + 10),
        ),
        (
            "IBI.csv",
            format!("{begins}.000000, IBI\n1.500000,0.800000\n"),
        ),
        ("tags.csv", String::new()),
    ]
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
