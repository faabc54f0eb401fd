use std::collections::BTreeMap;

use pathema_experiments::loso::Said;

use super::Data;
use super::job::{Found, Job, Part};
use super::networks::FoldOutcome;
use crate::records::{Ends, Epoch, Info};

impl Found {
    /// What all folds of a job said, in the order of its questions; `names` are what folds chose.
    pub(super) fn of(
        data: &Data,
        job: &Job,
        outcomes: &[FoldOutcome],
        names: &[String],
        selection: &str,
    ) -> Found {
        let tested: Vec<String> = job.tested.iter().map(ToString::to_string).collect();
        let mut parts: Vec<Part> = Vec::new();
        let models = outcomes.first().map_or(0, |outcome| outcome.said.len());
        for model in 0..models {
            for (ask, tested) in tested.iter().enumerate() {
                let output = outcomes[0].said[model].0.clone();
                let of = |ask: usize| {
                    let all = outcomes
                        .iter()
                        .flat_map(move |fold| &fold.said[model].1[ask]);
                    all.collect::<Vec<&Said>>()
                };
                let predictions = of(ask)
                    .iter()
                    .filter_map(|said| said.prediction(&output))
                    .collect();
                // What follows the questions about classes is the one about meditation.
                let meditation = match tested.as_str() {
                    "clean" => of(job.tested.len())
                        .iter()
                        .map(|said| Said {
                            class: Some(0),
                            ..(*said).clone()
                        })
                        .filter_map(|said| said.prediction(&output))
                        .collect(),
                    _ => Vec::new(),
                };
                parts.push(Part {
                    output,
                    tested: tested.clone(),
                    predictions,
                    meditation,
                });
            }
        }
        let chosen: BTreeMap<String, String> = outcomes
            .iter()
            .zip(names)
            .flat_map(|(outcome, name)| {
                outcome
                    .held_out
                    .iter()
                    .map(move |who| (who.clone(), name.clone()))
            })
            .collect();
        Found {
            info: Info {
                simulated: data.simulated,
                parameters: outcomes
                    .iter()
                    .map(|outcome| outcome.parameters as u64)
                    .max()
                    .unwrap_or(0),
                train_seconds: outcomes.iter().map(|outcome| outcome.seconds).sum(),
                selection: selection.to_owned(),
                chosen,
                curves: mean_curve(outcomes),
                ends: mean_ends(outcomes),
            },
            commit: String::new(),
            seconds: 0.0,
            parts,
        }
    }
}

/// Mean of the folds' ends, where all have one.
fn mean_ends(outcomes: &[FoldOutcome]) -> Option<Ends> {
    let all: Option<Vec<Ends>> = outcomes.iter().map(|outcome| outcome.ends).collect();
    Ends::mean(&all?)
}

/// Mean of the folds' curves.
fn mean_curve(outcomes: &[FoldOutcome]) -> Vec<Epoch> {
    let epochs = outcomes
        .iter()
        .map(|outcome| outcome.curve.len())
        .min()
        .unwrap_or(0);
    (0..epochs)
        .filter_map(|epoch| {
            let folds: Vec<Epoch> = outcomes
                .iter()
                .map(|outcome| outcome.curve[epoch])
                .collect();
            Epoch::mean(&folds)
        })
        .collect()
}
