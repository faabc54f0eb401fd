//! Rates changed by a ratio of whole numbers.

use super::ResampleError;
use crate::filter::{Window, dot, windowed};
use crate::stretches::runs;

/// Largest number of a reduced ratio; the kernel has twenty taps for each.
const LARGEST: usize = 20_000;

/// Zero crossings of the kernel on each side.
const LOBES: usize = 10;

/// What a stretch is taken to be beyond its ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Padding {
    /// Zero. Right only for a signal that rests at zero, else both ends bend towards it.
    Zero,
    /// The straight line through the first and the last sample, continued.
    #[default]
    Line,
}

/// How a rate is changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Polyphase {
    /// The window of the kernel.
    pub window: Window,
    /// What lies beyond the ends.
    pub padding: Padding,
}

impl Default for Polyphase {
    /// SciPy's window, Kaiser's with β = 5, and lines beyond the ends.
    fn default() -> Polyphase {
        Polyphase {
            window: Window::Kaiser(5.0),
            padding: Padding::Line,
        }
    }
}

/// Multiplies the sampling rate of `signal` by `up / down`. Sample m of the result lies at the time of sample
/// m · down / up of the signal, and the result spans as much time.
///
/// Between zeros put between the samples, a low-pass at half the lower of both rates interpolates, without a phase. Over a
/// finite signal it equals `scipy.signal.resample_poly(signal, up, down, window=window, padtype=padding)` (SciPy's default
/// padding is zero).
///
/// A result is missing if a sample is missing in the kernel's central lobe, that is, less than one sampling interval of
/// the lower rate away from it. Where the smaller lobes reach beyond a gap, the finite stretch is padded as at the ends of
/// a signal, so that nothing passes from one stretch to another. A ratio of 1 returns the signal, with infinite
/// samples missing.
///
/// # Errors
/// A ratio with a number of 0 or, reduced, above 20,000, or a Kaiser window out of range.
///
/// ```
/// use pathema_physio::resample::{Polyphase, resample};
/// // From 64 Hz to 4 Hz: a slow sine stays what it is, and one missing sample takes the nearest results with it.
/// let sine = |t: f64| (std::f64::consts::TAU * 0.2 * t).sin();
/// let mut signal: Vec<f64> = (0..1280).map(|i| sine(f64::from(i) / 64.0)).collect();
/// signal[648] = f64::NAN;
/// let slow = resample(&signal, 1, 16, &Polyphase::default())?;
/// assert_eq!(slow.len(), 80);
/// assert!((slow[20] - sine(5.0)).abs() < 1e-3);
/// assert!(slow[40].is_nan() && slow[41].is_nan() && !slow[39].is_nan() && !slow[42].is_nan());
/// # Ok::<(), pathema_physio::resample::ResampleError>(())
/// ```
pub fn resample(
    signal: &[f64],
    up: usize,
    down: usize,
    settings: &Polyphase,
) -> Result<Vec<f64>, ResampleError> {
    let ratio = || ResampleError::Ratio {
        up,
        down,
        largest: LARGEST,
    };
    if up == 0 || down == 0 {
        return Err(ratio());
    }
    if !settings.window.is_valid() {
        return Err(ResampleError::Window {
            window: settings.window,
        });
    }
    let divisor = greatest_common_divisor(up, down);
    let (up, down) = (up / divisor, down / divisor);
    if up.max(down) > LARGEST {
        return Err(ratio());
    }
    let len = signal
        .len()
        .checked_mul(up)
        .ok_or_else(ratio)?
        .div_ceil(down);
    let mut resampled = vec![f64::NAN; len];
    let finite = runs(signal.len(), |index| signal[index].is_finite());
    if up == 1 && down == 1 {
        for range in finite {
            resampled[range.clone()].copy_from_slice(&signal[range]);
        }
        return Ok(resampled);
    }
    let kernel = Kernel::new(up, down, settings.window);
    for range in finite {
        // The lobe, in intervals of the upsampled signal, must not reach a sample next to the stretch.
        let lobe = up.max(down);
        let first = match range.start {
            0 => 0,
            start => ((start - 1) * up + lobe).div_ceil(down),
        };
        let after = if range.end == signal.len() {
            len
        } else {
            (range.end * up).saturating_sub(lobe) / down + usize::from(range.end * up >= lobe)
        };
        // Among many gaps most stretches are too short for a result, and must not cost a kernel each.
        if first >= after {
            continue;
        }
        let padded = kernel.pad(&signal[range.clone()], settings.padding);
        let within = resampled.iter_mut().enumerate().take(after).skip(first);
        for (index, value) in within {
            *value = kernel.at(&padded, index * down - range.start * up);
        }
    }
    Ok(resampled)
}

/// Divides the sampling rate of `signal` by `factor`, with a Hamming-windowed kernel of 20 · `factor` + 1 taps. It equals
/// `scipy.signal.decimate(signal, factor, ftype="fir")` where `padding` is zero. Gaps are as in [`resample`].
///
/// # Errors
/// A factor of 0 or above 20,000.
pub fn decimate(
    signal: &[f64],
    factor: usize,
    padding: Padding,
) -> Result<Vec<f64>, ResampleError> {
    let settings = Polyphase {
        window: Window::Hamming,
        padding,
    };
    resample(signal, 1, factor, &settings)
}

fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The low-pass, sorted by phase: each result meets every `up`-th tap.
struct Kernel {
    up: usize,
    /// For each phase, the taps in the order of the samples that they meet.
    phases: Vec<Vec<f64>>,
    /// Samples before the present one that taps can meet.
    reach: usize,
}

impl Kernel {
    fn new(up: usize, down: usize, window: Window) -> Kernel {
        let half = LOBES * up.max(down);
        let cutoff = 1.0 / up.max(down) as f64;
        let filter = windowed(2 * half + 1, &[[0.0, cutoff]], window)
            .expect("the ratio and the window were checked");
        let taps = filter.taps();
        let reach = half / up + 1;
        let phases = (0..up)
            .map(|phase| {
                // Sample `offset` after the last at or before a result meets the tap at their distance.
                let tap = |index: usize| {
                    let distance = (half + phase + reach * up).checked_sub(index * up)?;
                    taps.get(distance).map(|tap| tap * up as f64)
                };
                (0..=2 * reach)
                    .map(|index| tap(index).unwrap_or(0.0))
                    .collect()
            })
            .collect();
        Kernel { up, phases, reach }
    }

    /// The stretch with as many samples at each end as the taps can meet.
    fn pad(&self, stretch: &[f64], padding: Padding) -> Vec<f64> {
        let [first, last] = [stretch[0], stretch[stretch.len() - 1]];
        let slope = match padding {
            Padding::Line if stretch.len() > 1 => (last - first) / (stretch.len() - 1) as f64,
            _ => 0.0,
        };
        let [first, last] = match padding {
            Padding::Line => [first, last],
            Padding::Zero => [0.0; 2],
        };
        let steps = 1..=self.reach;
        let mut padded = Vec::with_capacity(stretch.len() + 2 * self.reach);
        padded.extend(steps.clone().rev().map(|step| first - slope * step as f64));
        padded.extend_from_slice(stretch);
        padded.extend(steps.map(|step| last + slope * step as f64));
        padded
    }

    /// The result at `position`, in intervals of the upsampled signal since the start of the stretch.
    fn at(&self, padded: &[f64], position: usize) -> f64 {
        let taps = &self.phases[position % self.up];
        let first = position / self.up;
        dot(&padded[first..first + taps.len()], taps)
    }
}
