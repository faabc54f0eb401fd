//! A study that nobody ran: numbers drawn from a seed, of the shape and size of the real ones.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::material::*;
use crate::records::{Epoch, Estimate, Info, Key, Normalisation, Protocol, Row, TaskSummary};

pub(super) const MODELS: [(&str, f64); 15] = [
    ("cde-attention", 0.951),
    ("cde-linear", 0.938),
    ("cde-hermite", 0.934),
    ("cde-natural", 0.929),
    ("log-ode", 0.931),
    ("late-average", 0.936),
    ("gru-d", 0.921),
    ("ode-rnn", 0.917),
    ("lstm", 0.889),
    ("gru", 0.894),
    ("cnn", 0.902),
    ("transformer", 0.905),
    ("lda", 0.901),
    ("forest", 0.935),
    ("a model of tomorrow", 0.875),
];

const SUBJECTS: [&str; 15] = [
    "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S13", "S14", "S15", "S16", "S17",
];
const ALL: &str = "heart+eda+acc";

struct Study {
    random: ChaCha8Rng,
    rows: Vec<Row>,
}

impl Study {
    fn around(&mut self, middle: f64, wide: f64) -> f64 {
        (middle + wide * (self.random.random::<f64>() - 0.5)).clamp(0.02, 0.999)
    }

    fn estimate(&mut self, mean: f64) -> Estimate {
        let low = mean - 0.02 - 0.05 * self.random.random::<f64>();
        Estimate {
            mean,
            over_seeds: 0.002 + 0.01 * self.random.random::<f64>(),
            interval: (low, (mean + 0.03).min(1.0)),
        }
    }

    fn task(&mut self, accuracy: f64, classes: usize, subjects: &[&str]) -> TaskSummary {
        let mean = self.around(accuracy, 0.01);
        let f1 = (mean - 0.015 * classes as f64).max(0.1);
        let subjects: Vec<_> = subjects
            .iter()
            .enumerate()
            .map(|(index, &name)| {
                let own = self.around(mean - if index % 5 == 4 { 0.12 } else { -0.03 }, 0.08);
                (name.to_owned(), own, (own - 0.05).max(0.0))
            })
            .collect();
        let totals = if classes == 2 {
            vec![731.0, 311.0]
        } else {
            vec![566.0, 311.0, 165.0]
        };
        let confusion = totals.iter().enumerate().map(|(truth, total)| {
            let right: f64 = (mean - if truth == 2 { 0.3 } else { -0.02 }).clamp(0.05, 0.99);
            let wrong = (1.0 - right) / (classes - 1) as f64;
            (0..classes)
                .map(|named| total * if named == truth { right } else { wrong })
                .collect()
        });
        TaskSummary {
            confusion: confusion.collect(),
            accuracy: self.estimate(mean),
            macro_f1: self.estimate(f1),
            pooled_accuracy: mean - 0.002,
            pooled_macro_f1: f1 + 0.01,
            roc_auc: Some((mean + 0.03).min(0.998)),
            cross_entropy: 1.4 * (1.0 - mean),
            ece: self.around(0.05, 0.05),
            together: (mean + 0.004, f1 + 0.006),
            subjects,
        }
    }

    fn row(&mut self, key: Key, accuracy: f64, selection: &str, subjects: &[&str]) -> usize {
        let neural = !["clock", "majority", "lda", "forest"].contains(&key.model.as_str());
        let curves = (1..=if neural { 30 } else { 0 }).map(|epoch| {
            let left = (-f64::from(epoch) / 8.0).exp();
            Epoch {
                epoch: epoch as usize,
                loss: 0.2 + 0.9 * left,
                binary: 0.97 - 0.25 * left,
                three_class: 0.9 - 0.35 * left,
                validation_loss: Some(0.35 + 0.7 * left + 0.002 * f64::from(epoch)),
                validation_binary: Some(accuracy - 0.25 * left),
                validation_three_class: Some(accuracy - 0.14 - 0.3 * left),
            }
        });
        let info = Info {
            parameters: 26_948,
            train_seconds: 65.0,
            selection: selection.into(),
            chosen: BTreeMap::new(),
            curves: curves.collect(),
            ..Info::default()
        };
        let (binary, three_class) = match key.model.as_str() {
            "clock" => (0.957, 0.932),
            "majority" => (0.701, 0.543),
            _ => (accuracy, accuracy - 0.125),
        };
        let row = Row {
            windows: 70 * subjects.len(),
            seeds: if neural { 5 } else { 1 },
            info,
            binary: self.task(binary, 2, subjects),
            three_class: self.task(three_class, 3, subjects),
            meditation_stress: (key.model != "majority").then(|| self.around(0.12, 0.2)),
            key,
        };
        self.rows.push(row);
        self.rows.len() - 1
    }
}

pub(super) fn key(experiment: &str, model: &str) -> Key {
    Key {
        experiment: experiment.into(),
        model: model.into(),
        variant: String::new(),
        modalities: ALL.into(),
        protocol: Protocol::Loso,
        normalisation: Normalisation::Population,
        trained: "clean".into(),
        tested: "clean".into(),
        seed: 0,
    }
}

/// Every kind of experiment, and one that nothing but its rows knows of.
pub(super) fn study() -> Material {
    let mut study = Study {
        random: ChaCha8Rng::seed_from_u64(7),
        rows: Vec::new(),
    };
    method(&mut study);
    comparison(&mut study);
    missing(&mut study);
    honesty(&mut study);
    ablation(&mut study);
    road(&mut study);
    let text = ExperimentText::new;
    let mut road = text(
        "affective-road",
        "AffectiveROAD",
        "The same protocol on drivers, folds by driver, of files a generator writes.",
        Layout::Generic,
    );
    road.three_class.classes = ["low", "medium", "high"].map(String::from).into();
    road.binary.name = "high stress against the rest".into();
    let comparisons = comparisons(&study.rows);
    Material {
        title: "Stress recognised in people never seen: the study".into(),
        simulated: false,
        data: "WESAD, wrist, 15 subjects".into(),
        created: "26 November 2026".into(),
        commit: "6d13b72".into(),
        profile: "full".into(),
        machine: "2 cores, x86-64, Linux".into(),
        wall_seconds: 20_345.0,
        headline: "cde-attention".into(),
        aims: Aim::of_the_study(),
        comparisons,
        reliability: reliability(),
        roc: roc(),
        costs: costs(),
        inside: Some(inside()),
        experiments: vec![
            text(
                "comparison",
                "Model comparison",
                "Which model recognises best on the same windows, the same folds and an equal tuning budget?",
                Layout::Comparison,
            ),
            text(
                "method",
                "The method's own tables",
                "One modality each with the fusion transformer, and the neural CDE on 5 subjects and on all.",
                Layout::Method,
            ),
            text(
                "missing",
                "Irregular and missing data",
                "What is left when samples are gone, for models trained clean and with gaps?",
                Layout::Missing,
            ),
            text(
                "honesty",
                "Honesty",
                "How much do a normalisation, a protocol or a drifting sensor flatter, and what of a state never trained on?",
                Layout::Honesty,
            ),
            text(
                "ablation",
                "Ablations",
                "What each part of the headline model is worth.",
                Layout::Ablation,
            ),
            road,
        ],
        rows: study.rows,
    }
}

/// As [`study`], with fewer models, protocols and normalisations: of each kind one.
pub(super) fn small() -> Material {
    let mut material = study();
    material.rows.retain(|row| {
        let key = &row.key;
        let kept = [
            "cde-attention",
            "transformer",
            "gru-d",
            "lstm",
            "forest",
            "clock",
            "majority",
        ]
        .contains(&key.model.as_str());
        kept && (key.protocol != Protocol::CrossOrder || key.normalisation == Normalisation::Causal)
    });
    material
        .costs
        .retain(|cost| material.rows.iter().any(|row| row.key.model == cost.model));
    material
}

fn comparison(study: &mut Study) {
    let at = |protocol, normalisation, name: &str| Key {
        protocol,
        normalisation,
        ..key("comparison", name)
    };
    for protocol in [Protocol::Loso, Protocol::CrossOrder] {
        for normalisation in [
            Normalisation::Population,
            Normalisation::Causal,
            Normalisation::CausalFromStart,
            Normalisation::Transductive,
        ] {
            let shift = if protocol == Protocol::CrossOrder {
                -0.015
            } else {
                0.0
            } + 0.004 * normalisation as usize as f64;
            for (name, accuracy) in MODELS {
                study.row(
                    at(protocol, normalisation, name),
                    accuracy + shift,
                    "nested",
                    &SUBJECTS,
                );
            }
            study.row(
                at(protocol, normalisation, "cde-attention"),
                0.958 + shift,
                "post-hoc",
                &SUBJECTS,
            );
            study.row(
                at(protocol, normalisation, "clock"),
                0.0,
                "fixed",
                &SUBJECTS,
            );
            study.row(
                at(protocol, normalisation, "majority"),
                0.0,
                "fixed",
                &SUBJECTS,
            );
        }
    }
}

fn method(study: &mut Study) {
    for (modalities, accuracy) in [("heart", 0.83), ("eda", 0.9), ("acc", 0.79)] {
        let key = Key {
            modalities: modalities.into(),
            ..key("method", "transformer")
        };
        study.row(key, accuracy, "fixed", &SUBJECTS);
    }
    for (subjects, modalities) in [(5, "eda"), (5, ALL), (15, "eda"), (15, ALL)] {
        let key = Key {
            modalities: modalities.into(),
            ..key("method", "cde-attention")
        };
        study.row(key, 0.9, "fixed", &SUBJECTS[..subjects]);
    }
}

fn missing(study: &mut Study) {
    for (name, accuracy) in MODELS.into_iter().take(14) {
        for trained in ["clean", "gaps"] {
            for tested in [
                "clean",
                "random-30",
                "random-50",
                "random-70",
                "burst-30",
                "burst-50",
                "burst-70",
                "heart-half",
                "heart-gone",
            ] {
                let share = tested
                    .rsplit('-')
                    .next()
                    .and_then(|share| share.parse::<f64>().ok())
                    .unwrap_or(40.0);
                let share = if tested == "clean" { 0.0 } else { share };
                let worth = if name.contains("cde") || name.contains("ode") {
                    0.0007
                } else {
                    0.002
                };
                let lost = share
                    * worth
                    * if trained == "gaps" { 0.5 } else { 1.0 }
                    * if tested.starts_with("burst") {
                        1.3
                    } else {
                        1.0
                    };
                let key = Key {
                    trained: trained.into(),
                    tested: tested.into(),
                    ..key("missing", name)
                };
                study.row(key, accuracy - lost, "nested", &SUBJECTS);
            }
        }
    }
}

fn honesty(study: &mut Study) {
    use Normalisation::{Causal, CausalFromStart, Population, Transductive};
    for (name, accuracy) in [
        ("cde-attention", 0.951),
        ("forest", 0.935),
        ("lda", 0.9),
        ("clock", 0.0),
    ] {
        for (index, normalisation) in [Population, Causal, CausalFromStart, Transductive]
            .into_iter()
            .enumerate()
        {
            let key = Key {
                normalisation,
                ..key("honesty", name)
            };
            study.row(key, accuracy + 0.008 * index as f64, "fixed", &SUBJECTS);
        }
        let split = Key {
            protocol: Protocol::RandomSplit,
            ..key("honesty", name)
        };
        study.row(split, (accuracy + 0.045).min(0.995), "fixed", &SUBJECTS);
        let warm = Key {
            modalities: "heart+eda+acc+temp".into(),
            ..key("honesty", name)
        };
        study.row(warm, accuracy + 0.01, "fixed", &SUBJECTS);
    }
}

fn ablation(study: &mut Study) {
    for (variant, accuracy) in [
        ("", 0.951),
        ("no intensity channel", 0.944),
        ("hidden=8", 0.939),
        ("hidden=32", 0.95),
        ("dopri5, tolerance 1e-4", 0.951),
        ("no adjoint", 0.951),
        ("grid of 0.5 s", 0.936),
    ] {
        let key = Key {
            variant: variant.into(),
            ..key("ablation", "cde-attention")
        };
        study.row(key, accuracy, "fixed", &SUBJECTS);
    }
}

fn road(study: &mut Study) {
    for (experiment, name) in [
        ("affective-road", "cde-attention"),
        ("affective-road", "forest"),
        ("affective-road", "clock"),
        ("unheard-of", "lstm"),
    ] {
        let key = Key {
            modalities: "heart+eda+acc".into(),
            ..key(experiment, name)
        };
        let index = study.row(
            key,
            0.81,
            "fixed",
            &["drive 1", "drive 2", "drive 3", "drive 4"],
        );
        study.rows[index].info.simulated = true;
    }
}

fn comparisons(rows: &[Row]) -> Vec<NamedComparison> {
    let mut tests = Vec::new();
    for row in rows
        .iter()
        .filter(|row| matches!(row.key.experiment.as_str(), "comparison" | "ablation"))
    {
        let against = Key {
            model: "cde-attention".into(),
            variant: String::new(),
            ..row.key.clone()
        };
        if against == row.key {
            continue;
        }
        for task in Task::ALL {
            let difference =
                task.of(row).accuracy.mean - if task == Task::Binary { 0.951 } else { 0.826 };
            tests.push(NamedComparison {
                key: row.key.clone(),
                against: against.clone(),
                task,
                difference,
                interval: (difference - 0.03, difference + 0.025),
                p: (0.9 - 20.0 * difference.abs()).max(0.0003),
                p_holm: (1.4 - 20.0 * difference.abs()).clamp(0.0006, 1.0),
                test: "sign-flip permutation".into(),
            });
        }
    }
    tests
}

fn reliability() -> Vec<Reliability> {
    let bins = |bent: f64| -> Vec<Bin> {
        (8..15)
            .map(|bin| {
                let confidence = (f64::from(bin) + 0.5) / 15.0;
                Bin {
                    confidence,
                    accuracy: confidence - bent * (1.0 - confidence) * 2.0,
                    windows: f64::from(bin * bin),
                }
            })
            .collect()
    };
    let curve = |model: &str, task, bent| Reliability {
        key: key("comparison", model),
        task,
        before: bins(bent),
        after: bins(bent / 5.0),
        ece_before: bent / 3.0,
        ece_after: Some(bent / 12.0),
    };
    vec![
        curve("cde-attention", Task::Binary, 0.2),
        curve("cde-attention", Task::ThreeClass, 0.3),
        curve("lstm", Task::Binary, 0.5),
        curve("forest", Task::Binary, -0.2),
    ]
}

fn roc() -> Vec<Roc> {
    let curve = |model: &str, area: f64, normalisation| Roc {
        key: Key {
            normalisation,
            ..key("comparison", model)
        },
        points: (0..=60)
            .map(|step| f64::from(step) / 60.0)
            .map(|fpr| (fpr, fpr.powf(1.0 / area - 1.0)))
            .collect(),
    };
    [Normalisation::Population, Normalisation::Causal]
        .into_iter()
        .flat_map(|normalisation| {
            [
                ("cde-attention", 0.985),
                ("forest", 0.975),
                ("lstm", 0.94),
                ("gru-d", 0.96),
                ("clock", 0.988),
            ]
            .map(|(model, area)| curve(model, area, normalisation))
        })
        .collect()
}

fn costs() -> Vec<Cost> {
    let cost = |(index, (model, _)): (usize, (&str, f64))| {
        let size = 3f64.powi(index as i32 % 7 + 1);
        Cost {
            model: model.into(),
            parameters: (900.0 * size) as u64,
            multiply_adds_per_second: 2200.0 * size,
            field_evaluations_per_second: if model.contains("cde") { 8.0 } else { 0.0 },
            weight_bytes: (3600.0 * size) as u64,
            state_bytes: 256 + 64 * index as u64,
            peak_bytes: (index % 3 > 0).then_some(9_437_184 + 100_000 * index as u64),
            nanoseconds_per_second: 5400.0 * size,
            instructions_per_second: (index % 2 == 0).then_some(31_000.0 * size),
            train_seconds: 12.0 * size,
        }
    };
    MODELS.into_iter().enumerate().map(cost).collect()
}

fn inside() -> Inside {
    let phases = [(0, 20), (9, 6), (1, 11), (9, 9), (2, 6), (9, 12)];
    let truth: Vec<Option<usize>> = phases
        .into_iter()
        .flat_map(|(class, minutes)| vec![(class < 3).then_some(class); 2 * minutes])
        .collect();
    let modalities = ["heart", "eda", "acc"].map(String::from);
    let wave = |index: usize, by: f64| (index as f64 * by).sin();
    let windows = truth.iter().enumerate().map(|(index, &truth)| {
        let stress = (if truth == Some(1) { 0.86 } else { 0.12 } + 0.11 * wave(index, 0.9))
            .clamp(0.01, 0.99);
        let amusement = (1.0 - stress)
            * if truth == Some(2) {
                0.6
            } else {
                0.2 + 0.1 * wave(index, 0.4)
            };
        TimelineWindow {
            start: 30.0 * index as f64,
            length: 60.0,
            truth,
            three_class: [1.0 - stress - amusement, stress, amusement],
            stress: (stress + 0.05 * wave(index, 2.1)).clamp(0.0, 1.0),
        }
    });
    let weights = (0..3).map(|asks| {
        let over = |asked: usize| {
            (0..truth.len())
                .map(|at| 0.33 + 0.2 * wave(at, 0.05 + 0.02 * (asks * 3 + asked) as f64))
                .collect()
        };
        (0..3).map(over).collect()
    });
    let trajectory = (0..42).flat_map(|window| {
        let class = window % 3;
        (0..25).map(move |step| {
            let (time, way) = (f64::from(step) * 2.5, 1.0 - (-f64::from(step) / 7.0).exp());
            let angle = class as f64 * 2.1 + 0.5 * (window as f64).sin();
            LatentPoint {
                window,
                time,
                x: way * (2.0 * angle.cos() + 0.3 * (f64::from(step) * 0.5 + window as f64).sin()),
                y: way * (2.0 * angle.sin() + 0.3 * (f64::from(step) * 0.4 + window as f64).cos()),
                class,
            }
        })
    });
    let signal = |name: &str, unit: &str, by: f64| TimelineSignal {
        name: name.into(),
        unit: unit.into(),
        samples: (0..1000)
            .map(|at| {
                (
                    3.8 * f64::from(at),
                    2.0 + wave(at as usize, by) + 0.2 * wave(at as usize, 7.0 * by),
                )
            })
            .collect(),
    };
    Inside {
        model: "cde-attention".into(),
        subject: "S9".into(),
        attention: Some(Attention {
            modalities: modalities.into(),
            starts: (0..truth.len()).map(|index| 30.0 * index as f64).collect(),
            weights: weights.collect(),
        }),
        trajectory: trajectory.collect(),
        timeline: Some(Timeline {
            windows: windows.collect(),
            signals: vec![
                signal("EDA", "µS", 0.011),
                signal("heart rate", "1/min", 0.021),
            ],
        }),
    }
}
