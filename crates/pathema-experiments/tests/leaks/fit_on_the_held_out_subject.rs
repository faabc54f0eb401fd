//! Statistics are fitted on the training subjects; the subject held out has nothing to fit on.
//~ error[E0308]: mismatched types

use pathema_experiments::loso::Cohort;
use pathema_experiments::model::Standardiser;

fn leak(cohort: &Cohort) {
    cohort.with_fold(0, |fold| {
        let _ = Standardiser::fit(&fold.held_out, 3);
    });
}

fn main() {}
