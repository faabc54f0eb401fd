use std::hint::black_box;

use anyhow::{Context, Result};
use pathema_experiments::baselines::SeenFeatures;
use pathema_experiments::config::ClassifierKind;
use pathema_experiments::data::Input;

use super::features::Fitted;
use super::workload::{Counts, Runs, Stage};
use super::{Bench, Training};
use crate::models::NetSpec;
use crate::run::seen;

/// Numbers that mean, deviation and slope are followed with: how many observations, sums of times and values, of their squares, and of
/// their products.
const FOLLOWED: u64 = 6;

/// A classifier with the channels of a network that it sums up.
pub(super) struct Summed<'a> {
    bench: &'a Bench,
    spec: NetSpec,
    seen: SeenFeatures,
    fitted: Fitted,
    inputs: Vec<Input<'a>>,
    rows: Vec<Vec<f64>>,
}

impl<'a> Summed<'a> {
    pub(super) fn new(
        bench: &'a Bench,
        kind: ClassifierKind,
        spec: &NetSpec,
        training: &Training,
    ) -> Result<Summed<'a>> {
        let seen = seen::channels(&bench.data, spec, 0);
        let inputs = bench.inputs();
        let rows = inputs.iter().map(|input| seen(input).context(UNSEEN));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        let width = rows.first().map_or(0, Vec::len);
        Ok(Summed {
            bench,
            spec: spec.clone(),
            fitted: Fitted::new(kind, training, ("what is made of channels", width))?,
            seen,
            inputs,
            rows,
        })
    }

    pub(super) fn counts(&self) -> Counts {
        let channels = self.rows.first().map_or(0, Vec::len) as u64 / 3;
        self.fitted.counts(FOLLOWED * channels)
    }
}

const UNSEEN: &str = "a window's observations make no path";

impl Runs for Summed<'_> {
    fn windows(&self) -> usize {
        self.inputs.len()
    }

    fn run(&mut self, stage: Stage, window: usize) -> Result<()> {
        match stage {
            Stage::Sensing => {
                black_box(self.bench.sense(&self.spec)?);
            }
            Stage::Preparing => {
                black_box((self.seen)(&self.inputs[window]).context(UNSEEN)?);
            }
            Stage::Predicting => self.fitted.predict(&self.rows[window])?,
        }
        Ok(())
    }
}
