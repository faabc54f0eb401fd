//! The records of a run that never was, of the size and shape of a real one.

use super::ReportInput;
use crate::baselines::{Clock, Majority};
use crate::metrics::{Task, task_results};
use crate::run::records::{
    EpochRecord, EpochScores, FoldSummary, ModelResults, Prediction, Results, TaskPair,
};

/// Records of all subjects of a run.
pub(super) struct Records {
    pub(super) results: Results,
    pub(super) epochs: Vec<EpochRecord>,
    pub(super) predictions: Vec<Prediction>,
}

impl Records {
    pub(super) fn input(&self) -> ReportInput<'_> {
        ReportInput {
            results: &self.results,
            epochs: &self.epochs,
            predictions: &self.predictions,
            config_toml: "[train]\nepochs = 8\nlearning_rate = 0.004 # \"one-cycle\"\n",
            command: "pathema train --config loso.toml --seed 7",
            data: "WESAD",
            created: "7 June 2024, 12:30 UTC",
            version: "0.1.0",
        }
    }
}

/// Even numbers in −1–1 that are the same in every run (splitmix64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as f64 / u64::MAX as f64 * 2.0 - 1.0
    }
}

const EPOCHS: usize = 8;

/// Windows of a session in one of the two orders of WESAD: (start, truth).
fn session(index: usize, noise: &mut Noise) -> Vec<(f64, usize)> {
    let runs = if index.is_multiple_of(2) {
        [(320.0, 1180.0, 0), (2450.0, 650.0, 1), (4600.0, 380.0, 2)]
    } else {
        [(320.0, 1180.0, 0), (2100.0, 380.0, 2), (4150.0, 650.0, 1)]
    };
    let late = 200.0 * noise.next();
    runs.into_iter()
        .flat_map(|(start, length, class)| {
            let windows = ((length - 60.0) / 30.0) as u32;
            (0..=windows).map(move |k| (start + late + 30.0 * f64::from(k), class))
        })
        .collect()
}

fn prediction(
    model: &str,
    subject: &str,
    (start, truth): (f64, usize),
    p: ([f64; 3], f64),
) -> Prediction {
    Prediction {
        model: model.into(),
        subject: subject.into(),
        start,
        length: 60.0,
        truth,
        p_baseline: p.0[0],
        p_stress: p.0[1],
        p_amusement: p.0[2],
        p_stress_binary: p.1,
    }
}

/// What a recogniser of some `skill` might say, with errors that last for some windows.
fn recognised(truth: usize, skill: f64, drift: &[f64; 3], noise: &mut Noise) -> ([f64; 3], f64) {
    let logit: [f64; 3] = std::array::from_fn(|class| {
        let own = if class == truth { skill } else { 0.0 };
        // Amusement and baseline look alike.
        let alike = if class + truth == 2 && class != truth {
            0.55 * skill
        } else {
            0.0
        };
        own + alike + 1.6 * drift[class] + 0.6 * noise.next()
    });
    let sum: f64 = logit.iter().map(|l| l.exp()).sum();
    let p = logit.map(|l| l.exp() / sum);
    let stress = 1.0 / (1.0 + (-2.2 * (logit[1] - logit[0].max(logit[2]))).exp());
    (p, stress)
}

/// A run with 15 subjects, named as WESAD's are.
pub(super) fn run() -> Records {
    let mut noise = Noise(7);
    let names: Vec<String> = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17]
        .map(|number| format!("S{number}"))
        .to_vec();
    let sessions: Vec<Vec<(f64, usize)>> = (0..names.len())
        .map(|index| session(index, &mut noise))
        .collect();
    let mut predictions = Vec::new();
    for (held_out, subject) in names.iter().enumerate() {
        let (times, truth): (Vec<f64>, Vec<usize>) = (0..names.len())
            .filter(|&other| other != held_out)
            .flat_map(|other| sessions[other].iter().copied())
            .unzip();
        let (clock, majority) = (Clock::fit(&times, &truth), Majority::fit(&truth));
        let skill = 2.3 + 0.9 * noise.next();
        let mut drift = [0.0; 3];
        for &window in &sessions[held_out] {
            drift = drift.map(|d| 0.8 * d + 0.6 * noise.next());
            let said = recognised(window.1, skill, &drift, &mut noise);
            predictions.push(prediction("neural-cde", subject, window, said));
            predictions.push(prediction(
                "majority",
                subject,
                window,
                majority.probabilities(),
            ));
            predictions.push(prediction(
                "clock",
                subject,
                window,
                clock.probabilities(window.0),
            ));
        }
    }
    let models = ["neural-cde", "majority", "clock"].map(|model| {
        let own: Vec<Prediction> = predictions
            .iter()
            .filter(|p| p.model == model)
            .cloned()
            .collect();
        ModelResults {
            model: model.into(),
            binary: task_results(&own, Task::Binary),
            three_class: task_results(&own, Task::ThreeClass),
        }
    });
    let epochs: Vec<EpochRecord> = names
        .iter()
        .flat_map(|fold| fold_epochs(fold, &mut noise))
        .collect();
    let folds = names
        .iter()
        .map(|name| fold_summary(name, &names, &epochs))
        .collect();
    Records {
        results: Results {
            schema: 1,
            simulated: false,
            subjects: names,
            seed: 7,
            models: models.to_vec(),
            folds,
            parameters: 30_412,
            seconds: 421.7,
        },
        epochs,
        predictions,
    }
}

fn fold_epochs(fold: &str, noise: &mut Noise) -> Vec<EpochRecord> {
    let level = 0.06 * noise.next();
    let mut scores = |epoch: usize, start: f64, floor: f64, overfit: f64| {
        let t = epoch as f64;
        let cross_entropy = floor
            + (start - floor) * (-0.55 * t).exp()
            + overfit * t * t
            + level
            + 0.03 * noise.next();
        EpochScores {
            cross_entropy,
            accuracy: (1.02 - 0.36 * cross_entropy).min(1.0),
        }
    };
    (1..=EPOCHS)
        .map(|epoch| {
            let train = TaskPair {
                binary: scores(epoch, 0.75, 0.16, 0.0),
                three_class: scores(epoch, 1.12, 0.42, 0.0),
            };
            EpochRecord {
                fold: fold.into(),
                epoch,
                train_loss: 1.7 * (train.binary.cross_entropy + train.three_class.cross_entropy),
                train,
                validation: TaskPair {
                    binary: scores(epoch, 0.72, 0.17, 0.002),
                    three_class: scores(epoch, 1.1, 0.5, 0.003),
                },
                learning_rate: 0.004 * (std::f64::consts::PI * epoch as f64 / 9.0).sin().powi(2),
                seconds: 3.5,
            }
        })
        .collect()
}

fn fold_summary(name: &str, names: &[String], epochs: &[EpochRecord]) -> FoldSummary {
    let chosen = epochs
        .iter()
        .filter(|epoch| epoch.fold == name)
        .min_by(|a, b| {
            let loss = |e: &EpochRecord| e.validation.three_class.cross_entropy;
            loss(a).total_cmp(&loss(b))
        })
        .map_or(1, |epoch| epoch.epoch);
    let others: Vec<String> = names
        .iter()
        .filter(|other| *other != name)
        .cloned()
        .collect();
    FoldSummary {
        held_out: name.into(),
        fitted_on: others[3..].to_vec(),
        validated_on: others[..3].to_vec(),
        chosen_epoch: chosen,
        epochs: EPOCHS,
    }
}
