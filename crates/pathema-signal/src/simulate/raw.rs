//! The two devices' own files of a simulated session, each by its own clock.
//!
//! [`write()`] makes `root/WESAD/SX/{SX_respiban.txt, SX_E4_Data.zip, SX_quest.csv, SX_readme.txt}`, without pickles: what a
//! reader must align by itself. How far the clocks are apart is known ([`Raw`]) and stands in `simulation.json`.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::device::{self, stored};
use super::folder::{Simulation, write_text, write_with};
use super::random::{Purpose, Random};
use super::session::Body;
use super::{GENERATOR_VERSION, Session, SimulateError, SimulationConfig, session};
use crate::{Modality, Placement};

/// How the two devices' clocks stand to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Raw {
    /// Seconds from the RespiBAN's first sample to the E4's first; below 0 where the E4 was started first.
    pub offset: f64,
    /// Millionths by which an E4's second is longer than a RespiBAN's.
    pub drift_ppm: f64,
    /// Seconds by which the E4's own date is ahead of that in the RespiBAN's head.
    pub clock_error: f64,
    /// Whether the wrist is that of another person, so that nothing can align it.
    pub stranger: bool,
}

/// Writes a simulated data set of raw files in WESAD's layout.
///
/// # Errors
/// As [`simulate::write`](super::write()).
///
/// ```no_run
/// use pathema_signal::simulate::{SimulationConfig, raw};
/// let apart = raw::Raw { offset: 61.3, ..raw::Raw::default() };
/// raw::write("data/raw".as_ref(), &SimulationConfig::default(), &apart, &mut |_, _, _| {})?;
/// # Ok::<(), pathema_signal::simulate::SimulateError>(())
/// ```
pub fn write(
    root: &Path,
    config: &SimulationConfig,
    raw: &Raw,
    progress: &mut dyn FnMut(&str, usize, usize),
) -> Result<(), SimulateError> {
    let simulation = Simulation {
        simulated: true,
        note: "Everything in this folder is simulated; nothing was measured on a person.",
        generator: "pathema-signal simulate raw",
        generator_version: GENERATOR_VERSION,
        config,
        raw: Some(raw),
        subjects: Vec::new(),
    };
    write_with(root, simulation, progress, &|folder, index| {
        let session = session(config, index);
        let name = &session.subject;
        let folder = folder.join(name);
        fs::create_dir(&folder).map_err(SimulateError::writing(&folder))?;
        let quest = session.answers.file(name, &session.intervals);
        write_text(
            &folder.join(format!("{name}_respiban.txt")),
            &respiban(&session),
        )?;
        write_text(&folder.join(format!("{name}_quest.csv")), &quest)?;
        write_text(
            &folder.join(format!("{name}_readme.txt")),
            session.answers.readme(),
        )?;
        let path = folder.join(format!("{name}_E4_Data.zip"));
        let packed = empatica(config, index, &session, raw);
        let packed = packed.map_err(SimulateError::writing(&path))?;
        fs::write(&path, packed).map_err(SimulateError::writing(&path))?;
        Ok(name.clone())
    })
}

/// When the RespiBAN's recording began, in Unix seconds: 9:14:21 on 22 May 2017 by a German clock.
const START: f64 = 1_495_437_261.0;

/// `SX_respiban.txt`: the chest's values as the device stored them.
pub fn respiban(session: &Session) -> String {
    let values = |modality| {
        let channel = session.recording.channel(Placement::Chest, modality);
        channel.map_or_else(Vec::new, |channel| channel.all().into_owned())
    };
    let [ecg, eda, emg, temp, acc, resp] = [
        Modality::Ecg,
        Modality::Eda,
        Modality::Emg,
        Modality::Temp,
        Modality::Acc,
        Modality::Resp,
    ]
    .map(values);
    let mut text = String::from(HEAD);
    for (i, xyz) in acc.chunks_exact(3).enumerate() {
        let [x, y, z] = [xyz[0], xyz[1], xyz[2]].map(stored::acceleration);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{}\t0\t{}\t{}\t{}\t{}\t{x}\t{y}\t{z}\t{}\t",
            i % 65536,
            stored::potential(ecg[i]),
            stored::eda(eda[i]),
            stored::potential(emg[i]),
            stored::temperature(temp[i]),
            stored::respiration(resp[i]),
        );
    }
    text
}

const HEAD: &str = concat!(
    "# OpenSignals Text File Format\n",
    r##"# {"simulated": {"sensor": ["ECG", "EDA", "EMG", "TEMP", "XYZ", "XYZ", "XYZ", "RESPIRATION"], "##,
    r#""column": ["nSeq", "DI", "CH1", "CH2", "CH3", "CH4", "CH5", "CH6", "CH7", "CH8"], "time": "9:14:21.0", "#,
    r#""comments": "simulated", "sampling rate": 700, "resolution": [16, 16, 16, 16, 16, 16, 16, 16], "#,
    r#""date": "2017-5-22"}}"#,
    "\n# EndOfHeader\n",
);

/// Samples per second of the wrist's acceleration.
const ACC_RATE: f64 = 32.0;

/// `SX_E4_Data.zip`: the wrist's files, of the session that [`session`](super::session()) gave for the same
/// configuration and index.
///
/// # Errors
/// If a file is too large for a zip.
pub fn empatica(
    config: &SimulationConfig,
    index: usize,
    session: &Session,
    raw: &Raw,
) -> std::io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in wrist(config, index, session, raw) {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The wrist's files by name.
fn wrist(
    config: &SimulationConfig,
    index: usize,
    session: &Session,
    raw: &Raw,
) -> Vec<(&'static str, String)> {
    let stretch = 1.0 + raw.drift_ppm * 1e-6;
    // Both were switched off together.
    let seconds = (session.recording.duration() - raw.offset).max(0.0) / stretch;
    // The device dates its recording in whole seconds.
    let start = (START + raw.offset + raw.clock_error).floor();
    let who = if raw.stranger { index + 1000 } else { index };
    let body = Body::new(config, who);
    let random = &mut Random::new(config.seed, index, Purpose::RawMotion);
    let n = (seconds * ACC_RATE) as usize;
    let motion = &body.wrist_motion;
    let acc = motion.acceleration_from(raw.offset, ACC_RATE / stretch, n);
    let mut text = format!("{start:.6}, {start:.6}, {start:.6}\n32.000000, 32.000000, 32.000000\n");
    for xyz in acc.chunks_exact(3) {
        let [x, y, z] =
            [xyz[0], xyz[1], xyz[2]].map(|g| device::e4_acceleration(g + 0.006 * random.gauss()));
        let _ = writeln!(text, "{x},{y},{z}");
    }
    let mut files = vec![("ACC.csv", text)];
    // When an instant of the E4's clock was by the RespiBAN's.
    let chest_time = |time: f64| raw.offset + time * stretch;
    for (name, modality, decimals, unsettled) in [
        ("BVP.csv", Modality::Bvp, 2, &[-0.0][..]),
        ("EDA.csv", Modality::Eda, 6, &[0.0]),
        ("TEMP.csv", Modality::Temp, 2, &[382.18, 382.18]),
    ] {
        let Some(channel) = session.recording.channel(Placement::Wrist, modality) else {
            continue;
        };
        let rate = channel.rate().unwrap_or(4.0);
        let all = channel.all();
        let mut text = format!("{start:.6}\n{rate:.6}\n");
        for i in 0..(seconds * rate) as usize {
            let at = (chest_time(i as f64 / rate) * rate).round().max(0.0) as usize;
            let value = all[at.min(all.len() - 1)];
            let value = unsettled.get(i).copied().unwrap_or(value);
            let _ = writeln!(text, "{value:.decimals$}");
        }
        files.push((name, text));
    }
    let e4_time = |time: f64| (time - raw.offset) / stretch;
    let peaks = session.truth.pulse_peaks.iter().map(|&peak| e4_time(peak));
    let peaks: Vec<f64> = peaks.filter(|&peak| peak > 0.0 && peak < seconds).collect();
    let mut ibi = format!("{start:.6}, IBI\n");
    let mut hr = format!("{:.6}\n1.000000\n", start + 10.0);
    let mut next = 10.0;
    for pair in peaks.windows(2) {
        let _ = writeln!(ibi, "{:.6},{:.6}", pair[1], pair[1] - pair[0]);
        while next <= pair[1] {
            let _ = writeln!(hr, "{:.2}", 60.0 / (pair[1] - pair[0]));
            next += 1.0;
        }
    }
    files.push(("HR.csv", hr));
    files.push(("IBI.csv", ibi));
    files.push(("tags.csv", String::new()));
    let note = "Everything in this archive is simulated; nothing was measured on a person.\n";
    files.push(("info.txt", note.to_owned()));
    files
}
