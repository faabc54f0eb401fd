//! There is one look at the subject held out: none to choose a model by.
//~ error[E0382]: use of moved value: `fold.held_out`

use pathema_experiments::loso::{Cohort, Predictor};

fn leak(cohort: &Cohort, model: Box<dyn Predictor>) {
    cohort.with_fold(0, |fold| {
        let frozen = fold.training.freeze(vec![("model".into(), model)]);
        let _ = fold.held_out.judge(&frozen);
        let _ = fold.held_out.judge(&frozen);
    });
}

fn main() {}
