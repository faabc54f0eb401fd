//! The intervals between beats, and which of them follow each other.

use thiserror::Error;

use super::Window;
use crate::Beat;

/// The latest (and, negative, the earliest) time of a beat in seconds: some 300 years. Unix times fit; beyond, a
/// 64-bit number no longer tells milliseconds apart well.
const FARTHEST: f64 = 1e10;

/// The shortest interval in seconds. No beats come closer, and smaller divisors would overflow.
const SHORTEST: f64 = 1e-6;

/// The intervals between the beats of a recording, in order, and where they are broken.
///
/// An interval is known where both of its beats are. Two intervals are *adjacent* where the second starts with the
/// beat that the first ends with. A missing stretch, or a beat that cannot be trusted, is a *break*: no interval spans it, and
/// no difference of intervals is taken across it.
///
/// Measures are taken of a [`Window`]: all of a tachogram, or a part of it.
///
/// ```
/// use pathema_physio::hrv::Tachogram;
/// // Beats in seconds; NaN where beats were lost.
/// let tachogram = Tachogram::from_beat_times(&[0.0, 0.8, 1.7, f64::NAN, 5.0, 5.9, 6.7])?;
/// assert_eq!(tachogram.len(), 4);
/// // 0.8 → 0.9 and 0.9 → 0.8, but not from 0.9 across the break.
/// assert_eq!(tachogram.whole().pairs().count(), 2);
/// # Ok::<(), pathema_physio::hrv::TachogramError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tachogram {
    /// When intervals start, rising.
    pub(super) begins: Vec<f64>,
    /// When intervals end, rising.
    pub(super) times: Vec<f64>,
    pub(super) intervals: Vec<f64>,
    /// Whether an interval starts with the beat that the one before it ends with.
    pub(super) adjacent: Vec<bool>,
}

/// Why beats make no tachogram.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum TachogramError {
    /// A time is no time.
    #[error(
        "beat {index} lies at {time} s: times must be within ±{FARTHEST:e} s; count seconds from the start of the recording"
    )]
    Time {
        /// Index of the beat.
        index: usize,
        /// Its time, in seconds.
        time: f64,
    },
    /// A beat does not come after the one before it.
    #[error(
        "beat {index} at {time} s does not come after the beat at {before} s; sort the beats and drop repeated ones"
    )]
    Order {
        /// Index of the beat.
        index: usize,
        /// Its time, in seconds.
        time: f64,
        /// The time of the beat before it, in seconds.
        before: f64,
    },
    /// An interval is no interval.
    #[error(
        "interval {index} is {interval} s: it takes 1e-6–1e10 s; give seconds, and mark what is unknown by a break \
         between beats"
    )]
    Interval {
        /// Index of the interval, or of the beat that ends it.
        index: usize,
        /// The interval, in seconds.
        interval: f64,
    },
}

impl Tachogram {
    /// From beats: their intervals where these are known, a break where not.
    ///
    /// # Errors
    /// If a time is not finite or does not rise, or an interval is not positive.
    ///
    /// ```
    /// use pathema_physio::{Beat, hrv::Tachogram};
    /// let beat = |time, interval| Beat { time, amplitude: 1.0, interval };
    /// let beats = [beat(0.5, None), beat(1.3, Some(0.8)), beat(2.9, None), beat(3.7, Some(0.8))];
    /// assert_eq!(Tachogram::from_beats(&beats)?.intervals(), [0.8, 0.8]);
    /// # Ok::<(), pathema_physio::hrv::TachogramError>(())
    /// ```
    pub fn from_beats(beats: &[Beat]) -> Result<Tachogram, TachogramError> {
        let mut tachogram = Tachogram::with_capacity(beats.len());
        let mut before: Option<&Beat> = None;
        for (index, beat) in beats.iter().enumerate() {
            check_time(index, beat.time, before.map(|beat| beat.time))?;
            if let Some(interval) = beat.interval {
                let begin = before.map_or(beat.time - interval, |before| before.time);
                let adjacent = before.is_some_and(|before| before.interval.is_some());
                tachogram.push(index, begin, beat.time, interval, adjacent)?;
            }
            before = Some(beat);
        }
        Ok(tachogram)
    }

    /// From the times of beats in seconds. NaN stands for beats that were lost: it breaks the tachogram.
    ///
    /// # Errors
    /// If a time is infinite or does not rise.
    pub fn from_beat_times(times: &[f64]) -> Result<Tachogram, TachogramError> {
        let mut tachogram = Tachogram::with_capacity(times.len());
        let mut last: Option<f64> = None;
        // How many beats have followed each other since the last break.
        let mut run = 0usize;
        for (index, &time) in times.iter().enumerate() {
            if time.is_nan() {
                run = 0;
                continue;
            }
            check_time(index, time, last)?;
            if let Some(last) = last.filter(|_| run > 0) {
                tachogram.push(index, last, time, time - last, run > 1)?;
            }
            last = Some(time);
            run += 1;
        }
        Ok(tachogram)
    }

    /// From intervals in seconds that follow each other without a break; the first starts at `start` seconds.
    ///
    /// How much time a break took cannot be told from intervals: where there are breaks, use
    /// [`from_beat_times`](Self::from_beat_times).
    ///
    /// # Errors
    /// If an interval is not positive and finite, or the times grow too large.
    ///
    /// ```
    /// use pathema_physio::hrv::Tachogram;
    /// let tachogram = Tachogram::from_intervals(10.0, &[0.8, 0.9])?;
    /// assert_eq!(tachogram.times(), [10.8, 11.700000000000001]);
    /// # Ok::<(), pathema_physio::hrv::TachogramError>(())
    /// ```
    pub fn from_intervals(start: f64, intervals: &[f64]) -> Result<Tachogram, TachogramError> {
        check_time(0, start, None)?;
        let mut tachogram = Tachogram::with_capacity(intervals.len());
        let mut begin = start;
        for (index, &interval) in intervals.iter().enumerate() {
            check_interval(index, interval)?;
            let time = begin + interval;
            check_time(index, time, Some(begin))?;
            tachogram.push(index, begin, time, interval, index > 0)?;
            begin = time;
        }
        Ok(tachogram)
    }

    /// How many intervals there are.
    pub fn len(&self) -> usize {
        self.intervals.len()
    }

    /// Whether there is no interval.
    pub fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    /// When each interval ends, in seconds, rising: the time of its second beat.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The intervals, in seconds.
    pub fn intervals(&self) -> &[f64] {
        &self.intervals
    }

    /// All of it, from the first beat to the last.
    pub fn whole(&self) -> Window<'_> {
        let start = self.begins.first().copied().unwrap_or(0.0);
        let end = self.times.last().copied().unwrap_or(start);
        Window::new(self, 0, self.len(), start, end)
    }

    /// The intervals whose beats both lie in `start..end` (seconds). Costs two bisections and copies nothing.
    ///
    /// ```
    /// use pathema_physio::hrv::Tachogram;
    /// let tachogram = Tachogram::from_intervals(0.0, &[1.0; 100])?;
    /// // The beats at 30, 31, … 59 s make 29 intervals.
    /// assert_eq!(tachogram.window(30.0, 60.0).intervals().len(), 29);
    /// # Ok::<(), pathema_physio::hrv::TachogramError>(())
    /// ```
    pub fn window(&self, start: f64, end: f64) -> Window<'_> {
        let first = self.begins.partition_point(|&begin| begin < start);
        let last = self.times.partition_point(|&time| time < end);
        Window::new(self, first, last.max(first), start, end)
    }

    fn with_capacity(capacity: usize) -> Tachogram {
        Tachogram {
            begins: Vec::with_capacity(capacity),
            times: Vec::with_capacity(capacity),
            intervals: Vec::with_capacity(capacity),
            adjacent: Vec::with_capacity(capacity),
        }
    }

    fn push(
        &mut self,
        index: usize,
        begin: f64,
        time: f64,
        interval: f64,
        adjacent: bool,
    ) -> Result<(), TachogramError> {
        check_interval(index, interval)?;
        self.begins.push(begin);
        self.times.push(time);
        self.intervals.push(interval);
        self.adjacent.push(adjacent);
        Ok(())
    }
}

/// Whether a beat has a time, after that of the beat before it.
pub(super) fn check_time(
    index: usize,
    time: f64,
    before: Option<f64>,
) -> Result<(), TachogramError> {
    // Not a number is no time either.
    if time.is_nan() || time.abs() > FARTHEST {
        return Err(TachogramError::Time { index, time });
    }
    match before {
        Some(before) if time <= before => Err(TachogramError::Order {
            index,
            time,
            before,
        }),
        _ => Ok(()),
    }
}

fn check_interval(index: usize, interval: f64) -> Result<(), TachogramError> {
    if (SHORTEST..=2.0 * FARTHEST).contains(&interval) {
        Ok(())
    } else {
        Err(TachogramError::Interval { index, interval })
    }
}
