//! A cohort hands no session out.
//~ error[E0616]: field `sessions` of struct `Cohort` is private

use pathema_experiments::loso::Cohort;

fn leak(cohort: &Cohort) {
    let _ = &cohort.sessions;
}

fn main() {}
