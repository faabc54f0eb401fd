use std::hint::black_box;

use anyhow::{Result, bail};
use pathema_experiments::baselines::{Clock, Majority};
use pathema_experiments::classifiers::{Matrix, Preparation};
use pathema_experiments::config::ClassifierKind;
use pathema_experiments::data::Input;
use pathema_experiments::loso::Predictor;
use pathema_physio::Value;
use pathema_physio::features::Extraction;

use super::classifier::{Classifier, Sizes};
use super::workload::{Counts, Runs, Stage};
use super::{Bench, NUMBER, Training};

/// A classifier, and what its columns were like where it was fitted.
pub(super) struct Fitted {
    preparation: Preparation,
    classifier: Classifier,
    width: usize,
}

impl Fitted {
    /// Of windows that have as many columns as what is seen of those to be judged.
    pub(super) fn new(
        kind: ClassifierKind,
        training: &Training,
        (what, width): (&str, usize),
    ) -> Result<Fitted> {
        let columns = training.features.first().map_or(0, Vec::len);
        if columns != width {
            bail!(
                "windows to learn from have {columns} columns, {what} has {width}: give windows of these"
            );
        }
        let known = training.features.iter().flatten();
        let raw = Matrix::new(width, known.map(|x| x.unwrap_or(f64::NAN)).collect())?;
        let preparation = Preparation::fit(&raw)?;
        let classifier = Classifier::fit(kind, preparation.apply(&raw), &training.classes)?;
        Ok(Fitted {
            preparation,
            classifier,
            width,
        })
    }

    /// What can be counted, of a state of so many numbers.
    pub(super) fn counts(&self, state: u64) -> Counts {
        let Sizes {
            numbers,
            multiply_adds,
        } = self.classifier.sizes();
        // Median, mean and standard deviation of each column are learnt too.
        let parameters = numbers + 3 * self.width as u64;
        Counts {
            parameters,
            multiply_adds,
            field_evaluations: 0,
            weight_bytes: parameters * NUMBER,
            state_bytes: state * NUMBER,
        }
    }

    pub(super) fn predict(&self, row: &[f64]) -> Result<()> {
        let row = Matrix::new(row.len(), row.to_vec())?;
        black_box(
            self.classifier
                .probabilities(&self.preparation.apply(&row))?,
        );
        Ok(())
    }
}

/// A classifier with the features that it looks at.
pub(super) struct Featured<'a> {
    bench: &'a Bench,
    extraction: Extraction<'a>,
    fitted: Fitted,
    starts: Vec<f64>,
    /// Each window's features.
    rows: Vec<Vec<f64>>,
}

impl<'a> Featured<'a> {
    pub(super) fn new(
        bench: &'a Bench,
        kind: ClassifierKind,
        training: &Training,
    ) -> Result<Featured<'a>> {
        let columns = (bench.set.name, bench.set.features().count());
        let fitted = Fitted::new(kind, training, columns)?;
        let starts: Vec<f64> = bench.inputs().iter().map(Input::session_time).collect();
        let mut extraction = Extraction::new(&bench.set, &bench.signals())?;
        let rows = starts
            .iter()
            .map(|&start| numbers(extraction.window(start, bench.length()).values))
            .collect();
        Ok(Featured {
            bench,
            extraction,
            fitted,
            starts,
            rows,
        })
    }

    pub(super) fn counts(&self) -> Counts {
        self.fitted.counts(self.bench.samples_of_a_window())
    }
}

fn numbers(values: &[Value]) -> Vec<f64> {
    let known = values.iter().map(|value| value.unwrap_or(f64::NAN));
    known.collect()
}

impl Runs for Featured<'_> {
    fn windows(&self) -> usize {
        self.starts.len()
    }

    fn run(&mut self, stage: Stage, window: usize) -> Result<()> {
        match stage {
            Stage::Sensing => {
                self.extraction = Extraction::new(&self.bench.set, &self.bench.signals())?;
            }
            Stage::Preparing => {
                let row = self
                    .extraction
                    .window(self.starts[window], self.bench.length());
                black_box(numbers(row.values));
            }
            Stage::Predicting => self.fitted.predict(&self.rows[window])?,
        }
        Ok(())
    }
}

/// The majority or the clock: they look at nothing.
pub(super) struct Silent<'a> {
    model: Box<dyn Predictor>,
    numbers: u64,
    inputs: Vec<Input<'a>>,
}

impl<'a> Silent<'a> {
    pub(super) fn majority(bench: &'a Bench, training: &Training) -> Silent<'a> {
        Silent {
            model: Box::new(Majority::fit(&training.classes)),
            numbers: 4,
            inputs: bench.inputs(),
        }
    }

    pub(super) fn clock(bench: &'a Bench, training: &Training) -> Silent<'a> {
        Silent {
            model: Box::new(Clock::fit(&training.times, &training.classes)),
            // When each window was, and its class.
            numbers: 2 * training.classes.len() as u64,
            inputs: bench.inputs(),
        }
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            parameters: self.numbers,
            multiply_adds: 0,
            field_evaluations: 0,
            weight_bytes: self.numbers * NUMBER,
            // The time.
            state_bytes: NUMBER,
        }
    }
}

impl Runs for Silent<'_> {
    fn windows(&self) -> usize {
        self.inputs.len()
    }

    fn run(&mut self, stage: Stage, window: usize) -> Result<()> {
        if stage == Stage::Predicting {
            black_box(self.model.predict(&self.inputs[window..=window])?);
        }
        Ok(())
    }
}
