use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use pathema_study::run::Observer;

/// Units of the bar in a second of one core.
const FINE: f64 = 1000.0;
/// Work, in seconds of one core, that what was reckoned weighs as much as in the time left.
const TRUSTED: f64 = 120.0;
/// Between two lines of one job.
const QUIET: Duration = Duration::from_secs(60);

/// A bar over all work, in seconds of one core as it was reckoned; lines where nobody watches a terminal.
pub(crate) struct Bar {
    bar: ProgressBar,
    threads: usize,
    watched: bool,
    /// The job at hand, and when it was last told.
    told: Mutex<(String, Instant)>,
}

impl Bar {
    pub(crate) fn new(units: f64, threads: usize) -> Bar {
        let bar = ProgressBar::new((units * FINE) as u64);
        let style = ProgressStyle::with_template(
            "{wide_bar} {percent:>3} %  {elapsed} · {left} left\n{wide_msg}",
        );
        if let Ok(style) = style {
            bar.set_style(style.with_key(
                "left",
                move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
                    let left = left(state.elapsed(), state.pos(), state.len(), threads);
                    // A text in memory takes all that is written.
                    let _ = write!(text, "{} min", minutes(left));
                },
            ));
        }
        bar.enable_steady_tick(Duration::from_millis(500));
        Bar {
            bar,
            threads,
            watched: stderr().is_terminal(),
            told: Mutex::new((String::new(), Instant::now())),
        }
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn tell(&self, name: &str) {
        let (at, of) = (self.bar.position(), self.bar.length());
        let left = left(self.bar.elapsed(), at, of, self.threads);
        let share = 100 * at / of.unwrap_or(1).max(1);
        eprintln!("{share:>3} %  {} min left  {name}", minutes(left));
    }
}

impl Observer for Bar {
    fn began(&self, name: &str) {
        if self.watched {
            self.bar.set_message(name.to_owned());
            return;
        }
        self.tell(name);
        if let Ok(mut told) = self.told.lock() {
            *told = (name.to_owned(), Instant::now());
        }
    }

    fn did(&self, units: f64) {
        self.bar.inc((units * FINE) as u64);
        if self.watched {
            return;
        }
        if let Ok(mut told) = self.told.lock()
            && told.1.elapsed() >= QUIET
        {
            self.tell(&told.0);
            told.1 = Instant::now();
        }
    }
}

/// Time left: as fast as it went so far, and as it was reckoned for as long as little is done.
fn left(elapsed: Duration, at: u64, of: Option<u64>, threads: usize) -> Duration {
    let done = at as f64 / FINE;
    let rest = of.unwrap_or(at).saturating_sub(at) as f64 / FINE;
    let a_unit = (elapsed.as_secs_f64() + TRUSTED / threads.max(1) as f64) / (done + TRUSTED);
    Duration::from_secs_f64(rest * a_unit)
}

fn minutes(time: Duration) -> u64 {
    time.as_secs().div_ceil(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units of the bar.
    fn fine(seconds: f64) -> u64 {
        (seconds * FINE) as u64
    }

    fn left_of(elapsed: u64, done: f64, all: f64, threads: usize) -> f64 {
        let elapsed = Duration::from_secs(elapsed);
        left(elapsed, fine(done), Some(fine(all)), threads).as_secs_f64()
    }

    #[test]
    fn nothing_done_is_as_reckoned() {
        assert!((left_of(0, 0.0, 1200.0, 2) - 600.0).abs() < 1e-6);
        assert!((left_of(0, 0.0, 1200.0, 1) - 1200.0).abs() < 1e-6);
    }

    #[test]
    fn much_done_is_as_it_went() {
        // Twice as slow as was reckoned.
        let left = left_of(20_000, 20_000.0, 30_000.0, 2);
        assert!((left / 10_000.0 - 1.0).abs() < 0.01, "{left}");
    }

    #[test]
    fn all_done_leaves_nothing() {
        assert_eq!(left(Duration::from_secs(9), 5, Some(5), 2), Duration::ZERO);
        assert_eq!(left(Duration::from_secs(9), 7, Some(5), 0), Duration::ZERO);
        assert_eq!(left(Duration::from_secs(9), 7, None, 2), Duration::ZERO);
    }

    #[test]
    fn a_begun_minute_counts() {
        assert_eq!(minutes(Duration::from_secs(61)), 2);
        assert_eq!(minutes(Duration::ZERO), 0);
    }
}
