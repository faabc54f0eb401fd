//! The measures of short windows, many and fast.

use std::sync::Arc;

use super::band::Summary;
use super::grid::{self, FEWEST, Grid};
use super::moments::{Moments, at_least, varies};
use super::time::{Differences, heart_rates};
use super::{Band, Tachogram, Window, triangle};
use crate::Value;

/// How many intervals' cosines and sines are kept. Windows with more intervals work, but compute some anew.
const SLOTS: usize = 256;

/// Heart rate variability of a short window: what the WESAD baseline takes (Schmidt et al. 2018, table 1). Seconds, unless said
/// otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShortTerm {
    /// Mean of the heart rates 60/interval, in beats a minute.
    pub heart_rate: Value,
    /// Their standard deviation.
    pub heart_rate_deviation: Value,
    /// Mean interval.
    pub mean: Value,
    /// Standard deviation of the intervals.
    pub sdnn: Value,
    /// How many differences of adjacent intervals exceed 50 ms.
    pub nn50: Value,
    /// NN50 in percent of the differences.
    pub pnn50: Value,
    /// Baseline of the triangle that fits the histogram of intervals, see [`TimeDomain`](super::TimeDomain).
    pub tinn: Value,
    /// Root of the mean squared difference of adjacent intervals.
    pub rmssd: Value,
    /// Power of each of [`Band::WESAD`], in s².
    pub powers: [Value; 4],
    /// Power of each over the total.
    pub relative: [Value; 4],
    /// Their sum, see [`FrequencyDomain`](super::FrequencyDomain).
    pub total: Value,
    /// The power of LF over that of HF.
    pub lf_hf: Value,
    /// The power of LF over that of LF and HF.
    pub lf_normalised: Value,
    /// The power of HF over that of LF and HF.
    pub hf_normalised: Value,
}

/// Measures many windows of one length along a tachogram.
///
/// The values are those of [`time_domain`](super::time_domain) and, with
/// [`Method::LombScargle`](super::Method::LombScargle), of [`frequency_domain`](super::frequency_domain). Windows that overlap share
/// work: the cosines and sines of an interval's time are computed once. Nothing is allocated for a window. A window's values do
/// not depend on which windows came before it.
///
/// ```
/// use pathema_physio::hrv::{Scan, Tachogram};
/// // Ten minutes at 75 beats a minute, breathing at 0.25 Hz with an amplitude of 40 ms.
/// let mut times = vec![0.0];
/// while times.last() < Some(&600.0) {
///     let now = times[times.len() - 1];
///     times.push(now + 0.8 + 0.04 * (std::f64::consts::TAU * 0.25 * now).sin());
/// }
/// let tachogram = Tachogram::from_beat_times(&times)?;
/// let mut scan = Scan::new(tachogram, 60.0);
/// let starts = (0..2000).map(|step| 0.25 * f64::from(step));
/// for start in starts {
///     let hrv = scan.measure(start);
///     assert!(hrv.lf_hf? < 0.1);
///     // A sine of amplitude a has the power a²/2.
///     assert!((hrv.powers[2]? / 0.0008 - 1.0).abs() < 0.1);
///     // 60 s do not hold a period of 0.01 Hz.
///     assert!(hrv.powers[0].is_err());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scan {
    tachogram: Arc<Tachogram>,
    length: f64,
    grid: Grid,
    /// Which interval's cosines and sines a slot holds.
    held: Vec<usize>,
    /// Each slot's cosines at all frequencies, then its sines.
    slots: Vec<f64>,
    sums: Vec<Sums>,
    sorted: Vec<f64>,
}

/// What the fit of a cosine and a sine to the intervals takes, at one frequency.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    /// Intervals (without their mean) times cosines.
    cosine: f64,
    /// Intervals times sines.
    sine: f64,
    /// Squared cosines.
    squares: f64,
    /// Cosines times sines.
    products: f64,
}

impl Scan {
    /// For windows of `length` seconds. Takes memory for the frequencies: 1 MB for 60 s.
    pub fn new(tachogram: impl Into<Arc<Tachogram>>, length: f64) -> Scan {
        let grid = Grid::new(Band::WESAD.iter(), length);
        let width = grid.frequencies.len();
        Scan {
            tachogram: tachogram.into(),
            length,
            grid,
            held: vec![usize::MAX; SLOTS],
            slots: vec![0.0; SLOTS * 2 * width],
            sums: vec![Sums::default(); width],
            sorted: Vec::new(),
        }
    }

    /// Measures the window that starts at `start` seconds.
    pub fn measure(&mut self, start: f64) -> ShortTerm {
        let tachogram = Arc::clone(&self.tachogram);
        let window = tachogram.window(start, start + self.length);
        self.sorted.clear();
        self.sorted.extend_from_slice(window.intervals());
        self.sorted.sort_unstable_by(f64::total_cmp);

        let rates = heart_rates(&window);
        let spread = Moments::of(window.intervals().iter().copied());
        let steps = Differences::of(&window);
        let powers = self.powers(&window);
        let summary = Summary::of(
            &Band::WESAD,
            &powers,
            window.end() - window.start(),
            powers[1],
            powers[2],
        );
        ShortTerm {
            heart_rate: rates.mean("intervals"),
            heart_rate_deviation: rates.deviation("intervals"),
            mean: spread.mean("intervals"),
            sdnn: spread.deviation("intervals"),
            nn50: steps.beyond(steps.over_50_ms),
            pnn50: steps.percent(steps.over_50_ms),
            tinn: triangle::tinn(&self.sorted),
            rmssd: steps.rmssd(),
            powers,
            relative: powers.map(|power| summary.relative(power)),
            total: summary.total,
            lf_hf: summary.lf_hf,
            lf_normalised: summary.lf_normalised,
            hf_normalised: summary.hf_normalised,
        }
    }

    /// The power of each band, by the periodogram of Lomb and Scargle.
    fn powers(&mut self, window: &Window) -> [Value; 4] {
        let intervals = window.intervals();
        let spread = Moments::of(intervals.iter().copied());
        let enough = at_least("intervals", intervals.len(), FEWEST);
        let varies = varies(intervals).is_ok();
        if enough.is_ok() && varies {
            self.fit(window, spread.mean("intervals").unwrap_or(0.0));
        }
        let seconds = window.span();
        std::array::from_fn(|index| {
            enough?;
            Band::WESAD[index].resolved_by(seconds)?;
            if !varies {
                return Ok(0.0);
            }
            let range = self.grid.ranges[index].clone();
            let count = intervals.len() as f64;
            let mean = spread.mean("intervals")?;
            let density = self.sums[range.clone()]
                .iter()
                .map(|sums| 2.0 * mean * sums.power(count));
            Ok(grid::integrate(&self.grid.frequencies[range], density).0)
        })
    }

    /// Sums over the window's intervals at each frequency.
    fn fit(&mut self, window: &Window, mean: f64) {
        let width = self.grid.frequencies.len();
        self.sums.fill(Sums::default());
        let origin = self.tachogram.times[0];
        for (offset, (&interval, &time)) in
            window.intervals().iter().zip(window.times()).enumerate()
        {
            let index = window.first() + offset;
            let slot = index % SLOTS;
            let held = &mut self.slots[slot * 2 * width..(slot + 1) * 2 * width];
            let (cosines, sines) = held.split_at_mut(width);
            if self.held[slot] != index {
                let turns = std::f64::consts::TAU * (time - origin);
                for ((cosine, sine), frequency) in cosines
                    .iter_mut()
                    .zip(&mut *sines)
                    .zip(&self.grid.frequencies)
                {
                    (*sine, *cosine) = (turns * frequency).sin_cos();
                }
                self.held[slot] = index;
            }
            let value = interval - mean;
            for ((sums, &cosine), &sine) in self.sums.iter_mut().zip(&*cosines).zip(&*sines) {
                sums.cosine += value * cosine;
                sums.sine += value * sine;
                sums.squares += cosine * cosine;
                sums.products += cosine * sine;
            }
        }
    }
}

impl Sums {
    /// Half of the square that the best cosine and sine take from the intervals' variance.
    ///
    /// This is Scargle's (1982) periodogram, equation 10: his phase makes cosine and sine orthogonal, which solves
    /// the same two normal equations.
    fn power(&self, count: f64) -> f64 {
        let Sums {
            cosine,
            sine,
            squares,
            products,
        } = *self;
        let rest = count - squares;
        let determinant = squares * rest - products * products;
        if determinant > 1e-12 * count * count {
            0.5 * (cosine * cosine * rest + sine * sine * squares - 2.0 * cosine * sine * products)
                / determinant
        } else {
            // All times have the same phase, or the opposite one: one wave is all that can be fitted.
            0.5 * (cosine * cosine + sine * sine) / count
        }
    }
}
