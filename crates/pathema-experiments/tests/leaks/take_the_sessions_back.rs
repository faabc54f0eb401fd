//! A cohort hands no session out.

use pathema_experiments::loso::Cohort;

fn leak(cohort: &Cohort) {
    let _ = &cohort.sessions;
}

fn main() {}
