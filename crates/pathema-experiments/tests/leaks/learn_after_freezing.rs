//! Once models are frozen nothing more is learned in the fold.
//~ error[E0382]: borrow of moved value: `fold.training`

use pathema_experiments::loso::{Cohort, Predictor};

fn leak(cohort: &Cohort, model: Box<dyn Predictor>) {
    cohort.with_fold(0, |fold| {
        let frozen = fold.training.freeze(vec![("model".into(), model)]);
        let _ = fold.held_out.judge(&frozen);
        let _ = fold.training.split(1, 0);
    });
}

fn main() {}
