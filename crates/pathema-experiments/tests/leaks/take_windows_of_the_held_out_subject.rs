//! The subject held out gives no window away.
//~ error[E0599]: no method named `examples` found for struct `HeldOut

use pathema_experiments::loso::Cohort;

fn leak(cohort: &Cohort) {
    cohort.with_fold(0, |fold| {
        let _ = fold.held_out.examples();
    });
}

fn main() {}
