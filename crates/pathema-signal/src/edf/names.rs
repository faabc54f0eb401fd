//! What labels, units and transducers mean, both ways.

use std::borrow::Cow;

use crate::{Modality, Placement};

/// The words of a label that say what was measured. The first word of a label that stands here counts; the names of
/// [`Modality`] stand for themselves.
const WORDS: &[(&str, Modality)] = &[
    ("ekg", Modality::Ecg),
    ("gsr", Modality::Eda),
    ("ppg", Modality::Bvp),
    ("pleth", Modality::Bvp),
    ("plethysmogram", Modality::Bvp),
    ("respiration", Modality::Resp),
    ("thorax", Modality::Resp),
    ("abdomen", Modality::Resp),
    ("airflow", Modality::Resp),
    ("sao2", Modality::Spo2),
    ("temperature", Modality::Temp),
    ("accelerometer", Modality::Acc),
    ("acceleration", Modality::Acc),
];

/// What a label says was measured.
pub(super) fn modality(label: &str) -> Modality {
    label
        .split(|c: char| !c.is_alphanumeric())
        .find_map(|word| {
            let listed = WORDS
                .iter()
                .find(|(listed, _)| listed.eq_ignore_ascii_case(word));
            let named = Modality::from_name(word).filter(|&named| named != Modality::Other);
            listed.map(|&(_, modality)| modality).or(named)
        })
        .unwrap_or(Modality::Other)
}

/// EDF+ has no `µ`, `°` and `Ω`, and says what stands for them. Each of these is a whole unit or its beginning.
const SPELLINGS: &[(&str, &str)] = &[
    ("uV", "µV"),
    ("uS", "µS"),
    ("uA", "µA"),
    ("degC", "°C"),
    ("degF", "°F"),
    ("Ohm", "Ω"),
    ("kOhm", "kΩ"),
    ("MOhm", "MΩ"),
];

/// The unit that a file's spelling stands for.
pub(super) fn unit(spelling: &str) -> String {
    let known = SPELLINGS.iter().find(|(ascii, _)| *ascii == spelling);
    known.map_or(spelling, |(_, unit)| unit).to_owned()
}

/// A unit as a file spells it.
pub(super) fn spelling(unit: &str) -> Cow<'_, str> {
    // Micro has two code points.
    let unit = unit.replace('\u{3bc}', "µ");
    match SPELLINGS.iter().find(|(_, known)| *known == unit) {
        Some((ascii, _)) => Cow::Borrowed(*ascii),
        None => Cow::Owned(unit),
    }
}

/// What our own writer puts into a transducer where the label does not say it: `wrist ACC axis 1 of 3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sensor {
    pub(super) placement: Placement,
    pub(super) modality: Modality,
    /// Which axis, from 0, of how many.
    pub(super) axis: (usize, usize),
}

const PLACEMENTS: [Placement; 4] = [
    Placement::LeftWrist,
    Placement::RightWrist,
    Placement::Wrist,
    Placement::Chest,
];

impl Sensor {
    pub(super) fn parse(transducer: &str) -> Option<Sensor> {
        let (text, axis) = match transducer.split_once(" axis ") {
            None => (transducer, (0, 1)),
            Some((text, axis)) => {
                let (index, count) = axis.split_once(" of ")?;
                let (index, count): (usize, usize) = (index.parse().ok()?, count.parse().ok()?);
                if index < 1 || index > count {
                    return None;
                }
                (text, (index - 1, count))
            }
        };
        let worn = PLACEMENTS.into_iter().find_map(|placement| {
            Some((
                placement,
                text.strip_prefix(placement.name())?.strip_prefix(' ')?,
            ))
        });
        let (placement, name) = worn.unwrap_or((Placement::Unknown, text));
        Some(Sensor {
            placement,
            modality: Modality::from_name(name).filter(|modality| modality.name() == name)?,
            axis,
        })
    }

    pub(super) fn text(&self) -> String {
        let worn = match self.placement {
            Placement::Unknown => String::new(),
            placement => format!("{placement} "),
        };
        let axis = match self.axis {
            (_, 1) => String::new(),
            (index, count) => format!(" axis {} of {count}", index + 1),
        };
        format!("{worn}{}{axis}", self.modality)
    }
}

/// The label of one axis of a channel: `ACC x`; with more than three axes `ACC 1`.
pub(super) fn axis_label(name: &str, index: usize, count: usize) -> String {
    match (count, index) {
        (1, _) => name.to_owned(),
        (2 | 3, 0..=2) => format!("{name} {}", ["x", "y", "z"][index]),
        _ => format!("{name} {}", index + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_say_what_was_measured() {
        for (label, expected) in [
            ("EEG Fpz-Cz", Modality::Eeg),
            ("EOG horizontal", Modality::Eog),
            ("Resp oro-nasal", Modality::Resp),
            ("EMG submental", Modality::Emg),
            ("Temp rectal", Modality::Temp),
            ("ECG", Modality::Ecg),
            ("ekg-2", Modality::Ecg),
            ("SaO2", Modality::Spo2),
            ("GSR", Modality::Eda),
            ("Event marker", Modality::Other),
            ("other", Modality::Other),
            ("", Modality::Other),
        ] {
            assert_eq!(modality(label), expected, "{label}");
        }
    }

    #[test]
    fn sensors_come_back() {
        for &modality in Modality::ALL {
            for placement in [
                Placement::Unknown,
                Placement::Chest,
                Placement::Wrist,
                Placement::LeftWrist,
                Placement::RightWrist,
            ] {
                for axis in [(0, 1), (2, 3)] {
                    let sensor = Sensor {
                        placement,
                        modality,
                        axis,
                    };
                    assert_eq!(Sensor::parse(&sensor.text()), Some(sensor));
                }
            }
        }
        for foreign in [
            "",
            "AgAgCl electrode",
            "wrist",
            "ecg",
            "ECG axis 4 of 3",
            "ECG axis 0 of 1",
        ] {
            assert_eq!(Sensor::parse(foreign), None, "{foreign}");
        }
    }
}
