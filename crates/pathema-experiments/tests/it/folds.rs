//! Who is on which side of a fold.

use pathema_experiments::config::{TrainConfig, WindowConfig};
use pathema_experiments::data::{Session, Track};
use pathema_experiments::loso::{Cohort, CohortError, Fitting, Predictor, Probabilities};
use pathema_experiments::model::Standardiser;
use pathema_signal::{Label, LabelRun};

/// A session of ten minutes whose single channel is `level` throughout.
fn session(subject: &str, level: f64) -> Session {
    let run = |label, start, end| LabelRun { label, start, end };
    Session {
        subject: subject.into(),
        tracks: vec![Track::new(
            (0..600).map(f64::from).collect(),
            vec![level; 600],
            &["level"],
        )],
        degraded: Vec::new(),
        features: None,
        labels: vec![
            run(Label::Baseline, 0.0, 200.0),
            run(Label::Transient, 200.0, 290.0),
            run(Label::Stress, 290.0, 400.0),
            run(Label::Amusement, 400.0, 590.0),
        ],
        duration: 600.0,
    }
}

fn cohort() -> Cohort {
    let sessions = (0..5).map(|k| session(&format!("S{}", k + 2), f64::from(k)));
    Cohort::new(sessions.collect(), &WindowConfig::default(), 2).unwrap()
}

struct Even;

impl Predictor for Even {
    fn predict(
        &self,
        inputs: &[pathema_experiments::data::Input<'_>],
    ) -> anyhow::Result<Vec<Probabilities>> {
        let even = Probabilities {
            three_class: [1.0 / 3.0; 3],
            stress: 0.5,
        };
        Ok(vec![even; inputs.len()])
    }
}

#[test]
fn every_subject_is_held_out_once_and_on_one_side_only() {
    let cohort = cohort();
    for held_out in 0..cohort.len() {
        cohort.with_fold(held_out, |fold| {
            let name = fold.held_out.name().to_owned();
            let (fitting, validation) = fold.training.split(2, 7);
            let mut all = [fitting.subjects(), validation.subjects()].concat();
            assert_eq!(
                (fitting.subjects().len(), validation.subjects().len()),
                (2, 2)
            );
            assert!(!all.contains(&name));
            all.push(name.clone());
            all.sort();
            assert_eq!(all, cohort.subjects());
            let frozen = fold.training.freeze(vec![("even".into(), Box::new(Even))]);
            let predictions = fold.held_out.judge(&frozen).unwrap();
            assert!(
                predictions
                    .iter()
                    .all(|row| row.subject == name && row.model == "even")
            );
        });
    }
}

#[test]
fn few_people_are_set_aside_where_there_are_few() {
    let train = TrainConfig::default();
    for (subjects, fitted, aside) in [(3, 1, 1), (5, 3, 1), (15, 12, 2)] {
        let sessions = (0..subjects).map(|k| session(&format!("S{k}"), f64::from(k)));
        let cohort = Cohort::new(sessions.collect(), &WindowConfig::default(), aside).unwrap();
        cohort.with_fold(0, |fold| {
            let aside_by_rule = train.aside(fold.training.len());
            let (fitting, validation) = fold.training.split(aside_by_rule, train.seed);
            assert_eq!(
                (fitting.subjects().len(), validation.subjects().len()),
                (fitted, aside)
            );
        });
    }
}

#[test]
fn windows_lie_within_one_label() {
    let cohort = cohort();
    cohort.with_fold(0, |fold| {
        let frozen = fold.training.freeze(vec![("even".into(), Box::new(Even))]);
        let rows = fold.held_out.judge(&frozen).unwrap();
        let found: Vec<(usize, f64)> = rows.iter().map(|row| (row.truth, row.start)).collect();
        let expected = [
            (0, [0.0, 30.0, 60.0, 90.0, 120.0].as_slice()),
            (1, &[290.0, 320.0]),
            (2, &[400.0, 430.0, 460.0, 490.0, 520.0]),
        ];
        let expected: Vec<(usize, f64)> = expected
            .into_iter()
            .flat_map(|(truth, starts)| starts.iter().map(move |&start| (truth, start)))
            .collect();
        assert_eq!(found, expected);
    });
}

#[test]
fn the_same_seed_draws_the_same_validation_subjects() {
    let cohort = cohort();
    let draw = |seed| cohort.with_fold(1, |fold| fold.training.split(2, seed).1.subjects());
    assert_eq!(draw(4), draw(4));
    assert!((0..20).any(|seed| draw(seed) != draw(4)));
}

/// Each subject has a level of their own, so the mean tells who was looked at.
#[test]
fn statistics_are_those_of_the_subjects_fitted_on() {
    let cohort = cohort();
    for held_out in 0..cohort.len() {
        cohort.with_fold(held_out, |fold| {
            let (fitting, _) = fold.training.split(2, 0);
            let standardiser = Standardiser::fit(&fitting, 1).unwrap();
            let levels: Vec<f64> = levels(&fitting);
            let mean = levels.iter().sum::<f64>() / levels.len() as f64;
            let input = fitting.examples()[0].input;
            let observed = input.observations(0).unwrap();
            let standard = standardiser.apply(0, &observed, &[]).unwrap();
            let half = (levels[0] - levels[1]).abs() / 2.0;
            let expected = (observed.values()[0] - mean) / half;
            assert!((standard.values()[0] - expected).abs() < 1e-9);
        });
    }
}

fn levels(fitting: &Fitting<'_, '_>) -> Vec<f64> {
    let subjects = fitting.subjects();
    subjects
        .iter()
        .map(|name| name[1..].parse::<f64>().unwrap() - 2.0)
        .collect()
}

#[test]
fn a_cohort_needs_enough_different_subjects() {
    let windows = WindowConfig::default();
    let alone = Cohort::new(vec![session("S2", 0.0)], &windows, 2).unwrap_err();
    assert!(matches!(
        alone,
        CohortError::TooFew {
            found: 1,
            needed: 4,
            ..
        }
    ));
    assert!(alone.to_string().contains("at least 4 subjects"), "{alone}");
    let twins = ["S2", "S3", "S4", "S3"].map(|name| session(name, 0.0));
    let twice = Cohort::new(twins.into(), &windows, 2).unwrap_err();
    assert!(matches!(twice, CohortError::Twice { .. }), "{twice}");
    let long = WindowConfig {
        length: 300.0,
        ..windows
    };
    let some = ["S2", "S3", "S4", "S5"].map(|name| session(name, 0.0));
    let none = Cohort::new(some.into(), &long, 2).unwrap_err();
    assert!(none.to_string().contains("no window of 300 s"), "{none}");
}
