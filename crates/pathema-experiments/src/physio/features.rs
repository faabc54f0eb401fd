//! Features of the windows of recordings, as a table.

use std::path::Path;

use pathema_physio::features::{
    FeatureError, FeatureSet, FeatureTable, Signal as Sampled, Signals, UnknownSet, Windows,
};
use pathema_signal::table::{Column, Table, Values};
use pathema_signal::{FormatError, Modality, Placement};
use thiserror::Error;

use super::signal::{Gathered, Signal};

/// Where a set's sensors are looked for, the first place first.
const CHEST: [Placement; 4] = [
    Placement::Chest,
    Placement::Unknown,
    Placement::Wrist,
    Placement::LeftWrist,
];
const WRIST: [Placement; 5] = [
    Placement::Wrist,
    Placement::LeftWrist,
    Placement::RightWrist,
    Placement::Unknown,
    Placement::Chest,
];

/// Why features could not be computed or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FeaturesError {
    /// There is no such set.
    #[error(transparent)]
    Set(#[from] UnknownSet),
    /// They cannot be computed.
    #[error("{recording}: {source}")]
    Features {
        /// Of which recording.
        recording: String,
        /// Why.
        source: FeatureError,
    },
    /// They cannot be written.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The file's name does not say in which format.
    #[error(
        "{file} is neither .parquet nor .csv; name the file so, and its ending chooses the format"
    )]
    Ending {
        /// The file.
        file: String,
    },
}

/// Features of the windows of several recordings.
#[derive(Clone, Debug)]
pub struct Features {
    set: FeatureSet,
    windows: Windows,
    found: Vec<Found>,
}

#[derive(Clone, Debug)]
struct Found {
    recording: String,
    /// When the first window starts, in seconds since the start of the recording.
    origin: f64,
    table: FeatureTable,
}

impl Features {
    /// Of the set of this name, of windows like these.
    ///
    /// # Errors
    /// If there is no set of this name.
    pub fn new(set: &str, windows: Windows) -> Result<Features, FeaturesError> {
        Ok(Features {
            set: FeatureSet::named(set)?,
            windows,
            found: Vec::new(),
        })
    }

    /// Takes in the windows of one more recording.
    ///
    /// # Errors
    /// If it lacks a signal of the set, or one that does not serve.
    pub fn add(&mut self, recording: &str, gathered: &Gathered) -> Result<(), FeaturesError> {
        let signals: Vec<&Signal> = self
            .set
            .modalities
            .iter()
            .filter_map(|modality| self.sensor(gathered, Modality::from_name(modality.name)?))
            .collect();
        // All must start together: with the recording, or with what was recorded before its time 0.
        let origin = signals
            .iter()
            .fold(0.0, |least: f64, signal| least.min(signal.start));
        let aligned: Vec<(Modality, Vec<f64>, f64)> = signals
            .into_iter()
            .map(|signal| (signal.modality, from(signal, origin), signal.rate))
            .collect();
        let signals = Signals::of(|name| {
            let modality = Modality::from_name(name)?;
            let (_, samples, rate) = aligned.iter().find(|(of, ..)| *of == modality)?;
            Some(Sampled {
                samples,
                rate: *rate,
            })
        });
        let table = self
            .set
            .extract(&signals, &self.windows)
            .map_err(|source| FeaturesError::Features {
                recording: recording.to_owned(),
                source,
            })?;
        self.found.push(Found {
            recording: recording.to_owned(),
            origin,
            table,
        });
        Ok(())
    }

    /// Whether there are features of no recording yet.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The sensor of a modality, at the place that the set is for if there is one.
    fn sensor<'a>(&self, gathered: &'a Gathered, modality: Modality) -> Option<&'a Signal> {
        let places: &[Placement] = match self.set.name.ends_with("wrist") {
            true => &WRIST,
            false => &CHEST,
        };
        places.iter().find_map(|place| {
            let mut signals = gathered.signals.iter();
            signals.find(|signal| signal.modality == modality && signal.placement == *place)
        })
    }

    /// The windows as a table: recording, start and length, which part of each window each modality covers, and the
    /// features with their units and formulas.
    ///
    /// # Errors
    /// None that is known: the columns are of one length and have names of their own.
    pub fn to_table(&self) -> Result<Table, FormatError> {
        let mut table = Table::new(self.set.name, self.set.about);
        let windows = || {
            let each = |found: &Found| found.table.starts().len();
            self.found
                .iter()
                .flat_map(move |found| (0..each(found)).map(move |window| (found, window)))
        };
        let number = |of: &dyn Fn(&Found, usize) -> f64| {
            let values = windows().map(|(found, window)| of(found, window));
            // What is undefined is missing in a table.
            Values::F64(
                values
                    .map(|value| value.is_finite().then_some(value))
                    .collect(),
            )
        };
        let names = windows().map(|(found, _)| Some(found.recording.clone()));
        table.push(
            Column::new("recording", Values::Text(names.collect()))
                .described("the recording, as its data set names it"),
        )?;
        table.push(
            Column::new(
                "start",
                number(&|found, window| found.origin + found.table.starts()[window]),
            )
            .unit("s")
            .described("when the window starts, since the start of the recording"),
        )?;
        table.push(
            Column::new("length", number(&|found, _| found.table.length()))
                .unit("s")
                .described("how long the window lasts"),
        )?;
        for (index, modality) in self.set.modalities.iter().enumerate() {
            table.push(
                Column::new(
                    format!("{}_coverage", modality.name),
                    number(&|found, window| found.table.coverage(window)[index]),
                )
                .described("which part of the window was recorded, from 0 to 1"),
            )?;
        }
        for (index, feature) in self.set.features().enumerate() {
            table.push(
                Column::new(
                    feature.name,
                    number(&|found, window| found.table.row(window)[index]),
                )
                .unit(feature.unit)
                .described(feature.formula),
            )?;
        }
        Ok(table)
    }
}

/// The samples from `origin` on, NaN before the first.
fn from(signal: &Signal, origin: f64) -> Vec<f64> {
    let missing = ((signal.start - origin) * signal.rate).round().max(0.0) as usize;
    let mut values = vec![f64::NAN; missing * signal.axes];
    values.extend_from_slice(&signal.values);
    values
}

/// Whether a file's ending names a format that tables are written in, before anything is computed in vain.
///
/// # Errors
/// For another ending than `.parquet` and `.csv`.
pub fn check_ending(path: &Path) -> Result<(), FeaturesError> {
    ending(path).map(|_| ())
}

/// Writes a table in the format that the file's ending names: `.parquet` or `.csv`.
///
/// # Errors
/// For another ending, or if the file cannot be written.
pub fn write_table(table: &Table, path: &Path) -> Result<(), FeaturesError> {
    match ending(path)? {
        Ending::Parquet => table.write_parquet(path)?,
        Ending::Csv => table.write_csv(path)?,
    }
    Ok(())
}

enum Ending {
    Parquet,
    Csv,
}

fn ending(path: &Path) -> Result<Ending, FeaturesError> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("parquet") => Ok(Ending::Parquet),
        Some("csv") => Ok(Ending::Csv),
        _ => Err(FeaturesError::Ending {
            file: path.display().to_string(),
        }),
    }
}
