//! How far a long step is: a bar on a terminal, a line every few seconds elsewhere.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{BinaryBytes, ProgressBar, ProgressStyle};

use crate::workspace;

pub(crate) enum Progress {
    Bar(ProgressBar),
    Lines(Lines),
}

/// Progress where nobody watches: logs, pipes.
pub(crate) struct Lines {
    name: String,
    total: Option<u64>,
    at: u64,
    /// Where and when measuring began: what an earlier run fetched says nothing of today's rate.
    start: (u64, Instant),
    last: Instant,
}

impl Progress {
    pub(crate) fn new(name: &str) -> Progress {
        if !std::io::stderr().is_terminal() {
            let now = Instant::now();
            return Progress::Lines(Lines {
                name: name.to_owned(),
                total: None,
                at: 0,
                start: (0, now),
                last: now,
            });
        }
        let bar = ProgressBar::no_length();
        let unknown = "{msg}\n  {binary_bytes} ({binary_bytes_per_sec})";
        bar.set_style(style(unknown));
        bar.set_message(name.to_owned());
        Progress::Bar(bar)
    }

    /// How much there is in all, in bytes, and how much of it was there before.
    pub(crate) fn begin(&mut self, total: Option<u64>, at: u64) {
        match self {
            Progress::Bar(bar) => {
                if let Some(total) = total {
                    bar.set_length(total);
                    bar.set_style(style(
                        "{msg}\n  [{bar:40}] {binary_bytes}/{binary_total_bytes} \
                         ({binary_bytes_per_sec}, {eta} left)",
                    ));
                }
                bar.set_position(at);
                // Without it the bytes of an earlier run would count as fetched in this instant.
                bar.reset_eta();
            }
            Progress::Lines(lines) => {
                let now = Instant::now();
                (lines.total, lines.at, lines.start, lines.last) = (total, at, (at, now), now);
            }
        }
    }

    pub(crate) fn advance(&mut self, bytes: u64) {
        match self {
            Progress::Bar(bar) => bar.inc(bytes),
            Progress::Lines(lines) => {
                lines.at += bytes;
                if lines.last.elapsed() >= Duration::from_secs(5) {
                    lines.last = Instant::now();
                    eprintln!("{}", lines.line());
                }
            }
        }
    }

    /// Says something without tearing the bar.
    pub(crate) fn note(&self, text: &str) {
        match self {
            Progress::Bar(bar) => bar.suspend(|| eprintln!("{text}")),
            Progress::Lines(_) => eprintln!("{text}"),
        }
    }

    pub(crate) fn end(self, text: &str) {
        if let Progress::Bar(bar) = &self {
            bar.finish_and_clear();
        }
        eprintln!("{text}");
    }
}

impl Lines {
    fn line(&self) -> String {
        let (from, since) = self.start;
        let seconds = since.elapsed().as_secs_f64().max(1e-3);
        let rate = (self.at - from) as f64 / seconds;
        let at = BinaryBytes(self.at);
        let mut line = format!("  {}: {at}", self.name);
        if let Some(total) = self.total.filter(|total| *total >= self.at && *total > 0) {
            let share = 100.0 * self.at as f64 / total as f64;
            line += &format!(" of {} ({share:.0} %)", BinaryBytes(total));
            if rate > 0.0 {
                let left = Duration::from_secs_f64(((total - self.at) as f64 / rate).min(1e8));
                line += &format!(", {} left", workspace::time(left));
            }
        }
        line + &format!(", {}/s", BinaryBytes(rate as u64))
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants of this file; a test reads them all.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_share_and_time_left() {
        let since = Instant::now() - Duration::from_secs(10);
        let mut lines = Lines {
            name: "a.whl".into(),
            total: Some(400 << 20),
            at: 200 << 20,
            start: (100 << 20, since),
            last: since,
        };
        // 100 MiB in 10 s: another 200 MiB take 20 s, whatever an earlier run had fetched.
        let line = lines.line();
        assert!(
            line.contains("200.00 MiB of 400.00 MiB (50 %), 20 s left"),
            "{line}"
        );
        lines.total = None;
        let line = lines.line();
        assert!(
            line.contains("200.00 MiB, ") && !line.contains("left"),
            "{line}"
        );
    }
}
