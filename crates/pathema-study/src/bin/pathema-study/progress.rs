use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use pathema_study::run::Observer;

/// A bar over all work, in seconds of one core as it was reckoned; lines where nobody watches a terminal.
pub(crate) struct Bar {
    bar: ProgressBar,
    watched: bool,
}

impl Bar {
    pub(crate) fn new(units: f64) -> Bar {
        let bar = ProgressBar::new((units * 1000.0) as u64);
        let style = ProgressStyle::with_template(
            "{wide_bar} {percent:>3} %  {elapsed} · {eta} left\n{wide_msg}",
        );
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(500));
        Bar {
            bar,
            watched: stderr().is_terminal(),
        }
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Bar {
    fn began(&self, name: &str) {
        if self.watched {
            self.bar.set_message(name.to_owned());
        } else {
            let (at, of) = (self.bar.position(), self.bar.length().unwrap_or(1).max(1));
            let left = self.bar.eta().as_secs();
            eprintln!(
                "{:>3} %  {} min left  {name}",
                100 * at / of,
                left.div_ceil(60)
            );
        }
    }

    fn did(&self, units: f64) {
        self.bar.inc((units * 1000.0) as u64);
    }
}
