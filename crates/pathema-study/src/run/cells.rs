use pathema_experiments::run::records::Prediction;

use super::{Fitted, Found};
use crate::plan::{Planned, Question};
use crate::records::{Cell, Key};

/// The cells that a job's outcome gives an experiment.
pub fn cells(planned: &Planned, found: &Found, question: Question) -> Vec<Cell> {
    let shown = |output: &str| output.is_empty() || planned.outputs.iter().any(|own| own == output);
    let modalities: Vec<&str> = planned.key.modalities.split('+').collect();
    let own_heads = planned.outputs.iter().any(|own| own == "modalities");
    let parts = found.parts.iter().filter_map(|part| {
        let key = Key {
            tested: part.tested.clone(),
            ..planned.key.clone()
        };
        let key = match part.output.as_str() {
            name if planned.job.model == Fitted::WithoutSignals => Key {
                model: name.to_owned(),
                ..key
            },
            "" => key,
            "recalibrated" | "alone" if shown(&part.output) => Key {
                variant: joined(
                    &key.variant,
                    if part.output == "alone" {
                        "one member"
                    } else {
                        "recalibrated"
                    },
                ),
                ..key
            },
            "fused" if shown("fused") => named(key, "attention"),
            "late" if shown("late") => named(key, "late"),
            "both" if shown("both") => named(key, "both"),
            name if own_heads && modalities.contains(&name) => Key {
                modalities: name.to_owned(),
                variant: joined(&key.variant, "own head"),
                ..key
            },
            _ => return None,
        };
        let asked = |predictions: &[Prediction]| -> Vec<Prediction> {
            let own = predictions.iter().map(|own| Prediction {
                model: key.model.clone(),
                ..own.clone()
            });
            match question {
                Question::Stress => own.collect(),
                Question::Baseline => own.map(turned).collect(),
            }
        };
        Some(Cell {
            info: found.info.clone(),
            predictions: asked(&part.predictions),
            meditation: match question {
                Question::Stress => asked(&part.meditation),
                Question::Baseline => Vec::new(),
            },
            key,
        })
    });
    parts.collect()
}

fn named(key: Key, output: &str) -> Key {
    Key {
        model: format!("{}-{output}", key.model),
        ..key
    }
}

fn joined(variant: &str, more: &str) -> String {
    if variant.is_empty() {
        more.to_owned()
    } else {
        format!("{variant}, {more}")
    }
}

/// Baseline in the place of stress, and stress in that of baseline: so the binary task asks for the baseline.
fn turned(prediction: Prediction) -> Prediction {
    Prediction {
        truth: match prediction.truth {
            0 => 1,
            1 => 0,
            other => other,
        },
        p_baseline: prediction.p_stress,
        p_stress: prediction.p_baseline,
        p_stress_binary: prediction.p_baseline,
        ..prediction
    }
}
