//! The figures of the method that the study rebuilds, to be read beside its own.

use super::names::Family;
use crate::records::{Protocol, Row};

/// Modality, accuracy and F1 under LOSO of one modality with the fusion transformer, as the method states them.
const TRANSFORMER: [(&str, f64, f64); 3] = [
    ("heart", 0.814, 0.79),
    ("eda", 0.742, 0.71),
    ("acc", 0.786, 0.76),
];

/// Accuracy and F1 that the method states for validation of its neural CDE on 5 subjects, EDA alone.
const CONTROLLED: (f64, f64) = (0.765, 0.74);

/// Accuracy and F1 that the method states for the row's kind of model and modality. It states none for several together, nor across orders.
pub(crate) fn figure(row: &Row) -> Option<(f64, f64)> {
    if row.key.protocol != Protocol::Loso {
        return None;
    }
    let modality = match row.key.modalities.as_str() {
        "ecg" | "bvp" => "heart",
        other => other,
    };
    if Family::of(&row.key.model) == Family::Controlled {
        return (modality == "eda").then_some(CONTROLLED);
    }
    let stated = TRANSFORMER.into_iter().find(|figure| figure.0 == modality);
    stated.map(|(_, accuracy, f1)| (accuracy, f1))
}
