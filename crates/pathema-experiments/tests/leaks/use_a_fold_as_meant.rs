//! What folds are for does compile.

use pathema_experiments::baselines::Learnt;
use pathema_experiments::loso::{Cohort, Predictor};
use pathema_experiments::model::Standardiser;

fn fold(cohort: &Cohort, model: Box<dyn Predictor>) {
    cohort.with_fold(0, |fold| {
        let (fitting, validation) = fold.training.split(1, 0);
        let _ = Standardiser::fit(&fitting, 3);
        let _ = validation.examples();
        let _ = Learnt::new(&fold.training.whole());
        let frozen = fold.training.freeze(vec![("model".into(), model)]);
        let _ = fold.held_out.judge(&frozen);
    });
}

fn main() {
    let _ = fold;
}
