//! BioHarness and rating, whose files say at what rate they were sampled but not when.

use super::Finding;
use super::table::Table;
use crate::FormatError;
use crate::files::Tree;
use crate::recording::{Channel, Modality, Placement, Samples, Timing};

/// The devices without a clock.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Chest,
    Rating,
}

impl Kind {
    /// The device's channels, from time 0 on; none, with a finding, where the file is not there.
    pub(super) fn read(
        self,
        tree: &Tree,
        number: u32,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<Channel>, FormatError> {
        let file = match self {
            Kind::Chest => format!("Bioharness/Bio_Drv{number}.csv"),
            Kind::Rating => format!("Subj_metric/SM_Drv{number}.csv"),
        };
        let Some(text) = tree.text(&file)? else {
            findings.push(Finding::MissingFile { file });
            return Ok(Vec::new());
        };
        let table = Table::parse(&tree.full_name(&file), &text)?;
        let columns = match self {
            Kind::Chest => &CHEST[..],
            Kind::Rating => &RATING[..],
        };
        let mut channels = Vec::new();
        for &(name, modality, unit) in columns {
            let column = table.column(name)?;
            let values = table.values(column)?;
            let count = values.iter().filter(|value| value.is_nan()).count();
            if count > 0 {
                let (file, column) = (file.clone(), name.to_owned());
                findings.push(Finding::MissingValues {
                    file,
                    column,
                    count,
                });
            }
            let (placement, rate) = match self {
                Kind::Chest => (Placement::Chest, 1.0),
                Kind::Rating => {
                    let outside = |value: &f64| *value < 0.0 || *value > 1.0;
                    if let Some(at) = values.iter().position(outside) {
                        let (line, row) = &table.rows[at];
                        return Err(table.off(*line, column, &row[column], "stress from 0 to 1"));
                    }
                    (Placement::Unknown, 4.0)
                }
            };
            let timing = Timing::regular(rate);
            let channel = Channel::new(name, modality, unit, timing, Samples::F64(values));
            channels.push(channel.worn(placement));
        }
        Ok(channels)
    }
}

const CHEST: [(&str, Modality, &str); 4] = [
    ("HR", Modality::HeartRate, "1/min"),
    ("BR", Modality::BreathingRate, "1/min"),
    ("Posture", Modality::Other, "°"),
    ("Activity", Modality::Other, "g"),
];

const RATING: [(&str, Modality, &str); 1] = [("x", Modality::Stress, "")];
