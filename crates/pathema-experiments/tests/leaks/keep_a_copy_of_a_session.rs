//! What a cohort owns nobody else has.
//~ error[E0599]: the method `clone` exists for struct `Vec<Session>`, but its trait bounds were not satisfied

use pathema_experiments::config::WindowConfig;
use pathema_experiments::data::Session;
use pathema_experiments::loso::Cohort;

fn leak(sessions: Vec<Session>) {
    let copies = sessions.clone();
    let _ = Cohort::new(sessions, &WindowConfig::default(), 1);
    drop(copies);
}

fn main() {}
