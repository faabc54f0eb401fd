//! Medians, means and classifiers of features come from the training subjects.
//~ error[E0308]: mismatched types

use pathema_experiments::baselines::Learnt;
use pathema_experiments::loso::Cohort;

fn leak(cohort: &Cohort) {
    cohort.with_fold(0, |fold| {
        let _ = Learnt::new(&fold.held_out);
    });
}

fn main() {}
