//! The frequencies at which periodograms are taken.

use std::ops::Range;

use super::Band;

/// Fewest intervals of which a periodogram is taken: a mean, and a wave of some frequency, phase and size.
pub(super) const FEWEST: usize = 4;

/// Steps of frequency per 1/length: a periodogram varies over 1/length, so that this many steps draw it smoothly.
const STEPS: f64 = 4.0;

/// The longest window, in seconds, that the steps follow. A longer one gets no finer steps: its periodogram would cost
/// hours, and its bands hold enough frequencies.
const LONGEST: f64 = 3600.0;

/// Frequencies for some bands: each band's in equal steps from its lowest to its highest.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// In Hz, band after band.
    pub(super) frequencies: Vec<f64>,
    /// Which of them are a band's.
    pub(super) ranges: Vec<Range<usize>>,
}

impl Grid {
    /// For windows of `length` seconds.
    pub(super) fn new<'a>(bands: impl Iterator<Item = &'a Band>, length: f64) -> Grid {
        let finest = 1.0 / (STEPS * length.clamp(1.0, LONGEST));
        let mut grid = Grid {
            frequencies: Vec::new(),
            ranges: Vec::new(),
        };
        for band in bands {
            let width = band.high() - band.low();
            let steps = (width / finest).ceil().max(1.0);
            let first = grid.frequencies.len();
            grid.frequencies.extend(
                (0..=steps as usize).map(|step| band.low() + width * (step as f64 / steps)),
            );
            grid.ranges.push(first..grid.frequencies.len());
        }
        grid
    }
}

/// Power and peak of a density in equal steps over all of a band.
pub(super) fn integrate(frequencies: &[f64], density: impl Iterator<Item = f64>) -> (f64, f64) {
    let last = frequencies.len() - 1;
    let step = (frequencies[last] - frequencies[0]) / last as f64;
    let mut power = 0.0;
    let mut peak = (frequencies[0], f64::NEG_INFINITY);
    for (index, (&frequency, density)) in frequencies.iter().zip(density).enumerate() {
        let weight = if index == 0 || index == last {
            0.5
        } else {
            1.0
        };
        power += weight * density;
        if density > peak.1 {
            peak = (frequency, density);
        }
    }
    (power * step, peak.0)
}
