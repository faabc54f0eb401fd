//! What a signal's description says that it measured.

use crate::Modality;

/// Leads of an electrocardiogram as databases name them, without case.
const LEADS: &[&str] = &[
    "i", "ii", "iii", "avr", "avl", "avf", "v", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8",
    "v9", "mcl", "mcl1", "mli", "mlii", "mliii", "mv2", "cm2", "cm4", "cm5", "cs12", "cc5", "d3",
    "d4", "modified", "vx", "vy", "vz",
];

/// The modality that a description, and where it is not clear the unit, stands for.
///
/// Databases name signals freely: by a modality's name (`EEG Fpz-Cz`), by an electrocardiogram's lead (`MLII`), or by the
/// device's word. What is not recognised is [`Modality::Other`].
pub(super) fn modality_of(description: &str, unit: &str) -> Modality {
    let lower = description.to_lowercase();
    let words = || {
        lower
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
    };
    let by_word = words().find_map(|word| {
        Some(match word {
            "ecg" | "ekg" => Modality::Ecg,
            "eda" | "gsr" | "scl" => Modality::Eda,
            "bvp" | "ppg" | "pleth" => Modality::Bvp,
            "eeg" => Modality::Eeg,
            "emg" => Modality::Emg,
            "eog" => Modality::Eog,
            "resp" | "respiration" => Modality::Resp,
            "spo2" => Modality::Spo2,
            "temp" | "temperature" => Modality::Temp,
            "acc" => Modality::Acc,
            "hr" => Modality::HeartRate,
            _ => return None,
        })
    });
    let volts = unit.ends_with('V') || unit.ends_with('v');
    let lead = || (volts && LEADS.contains(&lower.as_str())).then_some(Modality::Ecg);
    by_word.or_else(lead).unwrap_or(Modality::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_databases() {
        for (name, unit, modality) in [
            ("MLII", "mV", Modality::Ecg),
            ("V5", "mV", Modality::Ecg),
            ("V5", "mmHg", Modality::Other),
            ("ECG lead I", "mV", Modality::Ecg),
            ("EEG Fpz-Cz", "uV", Modality::Eeg),
            ("EEG (C3-A2)", "uV", Modality::Eeg),
            ("foot GSR", "mV", Modality::Eda),
            ("PLETH", "NU", Modality::Bvp),
            ("ABP", "mmHg", Modality::Other),
            ("Respiration", "", Modality::Resp),
        ] {
            assert_eq!(modality_of(name, unit), modality, "{name}");
        }
    }
}
