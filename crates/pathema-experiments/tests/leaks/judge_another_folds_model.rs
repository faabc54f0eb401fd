//! A model of one fold has learned from the subject that another holds out.
//~ error[E0521]: borrowed data escapes outside of closure

use pathema_experiments::loso::{Cohort, Predictor};

fn leak(cohort: &Cohort, model: Box<dyn Predictor>) {
    cohort.with_fold(0, |one| {
        let frozen = one.training.freeze(vec![("model".into(), model)]);
        cohort.with_fold(1, |other| {
            let _ = other.held_out.judge(&frozen);
        });
    });
}

fn main() {}
