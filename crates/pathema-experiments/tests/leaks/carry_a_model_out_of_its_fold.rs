//! A frozen model stays in its fold.
//~ error: lifetime may not live long enough

use pathema_experiments::loso::{Cohort, Predictor};

fn leak(cohort: &Cohort, model: Box<dyn Predictor>) {
    let frozen = cohort.with_fold(0, |fold| fold.training.freeze(vec![("model".into(), model)]));
    drop(frozen);
}

fn main() {}
