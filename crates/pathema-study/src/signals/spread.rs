//! How far values have wandered of late.

use std::collections::VecDeque;

/// The mean over series of their standard deviations, over what was seen in the last seconds.
#[derive(Clone, Debug)]
pub(super) struct RunningSpread<const SERIES: usize> {
    length: f64,
    least: usize,
    seen: VecDeque<(f64, [f64; SERIES])>,
}

impl<const SERIES: usize> RunningSpread<SERIES> {
    /// Over `length` seconds, where at least so many values are seen of them.
    pub(super) fn new(length: f64, least: usize) -> Self {
        RunningSpread {
            length,
            least: least.max(2),
            seen: VecDeque::new(),
        }
    }

    /// The spread, the new values among what was seen; NaN where that is too little.
    pub(super) fn push(&mut self, time: f64, values: [f64; SERIES]) -> f64 {
        self.seen.push_back((time, values));
        while self
            .seen
            .front()
            .is_some_and(|(then, _)| time - then > self.length)
        {
            self.seen.pop_front();
        }
        if self.seen.len() < self.least {
            return f64::NAN;
        }
        let count = self.seen.len() as f64;
        let deviation = |series: usize| {
            let of = || self.seen.iter().map(move |(_, values)| values[series]);
            let mean = of().sum::<f64>() / count;
            let squares: f64 = of().map(|value| (value - mean).powi(2)).sum();
            (squares / (count - 1.0)).sqrt()
        };
        (0..SERIES).map(deviation).sum::<f64>() / SERIES as f64
    }
}
