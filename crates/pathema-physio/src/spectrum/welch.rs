//! Averages over the transforms of overlapping segments.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use super::error::check_rate;
use super::{Detrend, Spectrum, SpectrumError, Window};
use crate::Undefined;

/// Longest transform in samples; 2²⁸ of them take 2 GiB by themselves.
const LONGEST_TRANSFORM: usize = 1 << 28;

/// How a signal is cut into segments, and what is done to each (Welch 1967, *The use of fast Fourier transform for the
/// estimation of power spectra*).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Welch {
    /// Samples in a segment.
    pub segment: usize,
    /// Samples that two neighbouring segments share.
    pub overlap: usize,
    /// Samples of the transform: a segment is filled up with zeros, which spaces the frequencies more closely but
    /// resolves no more. `None` takes the segment as it is.
    pub transform: Option<usize>,
    /// The periodic window that tapers each segment.
    pub window: Window,
    /// What is taken away from each segment before that.
    pub detrend: Detrend,
}

impl Welch {
    /// Hann-windowed segments of `segment` samples that overlap by half, without their means: the defaults of
    /// `scipy.signal.welch`.
    pub const fn of(segment: usize) -> Welch {
        Welch {
            segment,
            overlap: segment / 2,
            transform: None,
            window: Window::Hann,
            detrend: Detrend::Constant,
        }
    }

    /// One segment of `len` samples without a window, less its mean: the defaults of `scipy.signal.periodogram`.
    pub const fn periodogram(len: usize) -> Welch {
        Welch {
            overlap: 0,
            window: Window::Rectangular,
            ..Welch::of(len)
        }
    }
}

/// Estimates spectra of many signals with the same settings, without allocating for each.
///
/// ```
/// use pathema_physio::spectrum::{Spectrum, Welch, WelchPlan};
/// let mut plan = WelchPlan::new(64.0, &Welch::of(128))?;
/// let mut spectrum = Spectrum::default();
/// let signal: Vec<f64> = (0..640).map(|sample| (0.5 * f64::from(sample)).sin()).collect();
/// let mut powers = Vec::new();
/// for window in signal.windows(320).step_by(64) {
///     let segments = plan.estimate(window, &mut spectrum)?;
///     assert_eq!(segments, 4);
///     powers.push(spectrum.power(0.0, 33.0)?);
/// }
/// assert!(powers.iter().all(|power| (power - 0.5).abs() < 0.01));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct WelchPlan {
    settings: Welch,
    window: Vec<f64>,
    frequencies: Vec<f64>,
    /// What makes a squared magnitude a density, the doubling of a one-sided spectrum included.
    scale: f64,
    transform: Arc<dyn RealToComplex<f64>>,
    samples: Vec<f64>,
    transformed: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
}

impl WelchPlan {
    /// A plan for signals of `rate` Hz.
    ///
    /// # Errors
    /// A rate that is not positive, segments that cannot be laid out, or a Kaiser window out of range.
    pub fn new(rate: f64, settings: &Welch) -> Result<WelchPlan, SpectrumError> {
        check_rate(rate)?;
        let Welch {
            segment,
            overlap,
            window,
            ..
        } = *settings;
        let transform = settings.transform.unwrap_or(segment);
        if !(overlap < segment && segment <= transform && transform <= LONGEST_TRANSFORM) {
            return Err(SpectrumError::Segment {
                segment,
                overlap,
                transform,
                largest: LONGEST_TRANSFORM,
            });
        }
        if !window.is_valid() {
            return Err(SpectrumError::Window { window });
        }
        let window = window.periodic(segment);
        let power: f64 = window.iter().map(|weight| weight * weight).sum();
        let resolution = rate / transform as f64;
        let planned = RealFftPlanner::new().plan_fft_forward(transform);
        Ok(WelchPlan {
            settings: *settings,
            window,
            frequencies: (0..=transform / 2)
                .map(|bin| bin as f64 * resolution)
                .collect(),
            scale: 2.0 / (rate * power),
            samples: planned.make_input_vec(),
            transformed: planned.make_output_vec(),
            scratch: planned.make_scratch_vec(),
            transform: planned,
        })
    }

    /// Estimates the spectrum of `signal` into `spectrum` (what that held is overwritten), and says of how many segments
    /// it is the mean. A segment that holds a missing sample is left out.
    ///
    /// # Errors
    /// No segment is whole, or the signal is shorter than one; `spectrum` is left as it was.
    pub fn estimate(
        &mut self,
        signal: &[f64],
        spectrum: &mut Spectrum,
    ) -> Result<usize, Undefined> {
        let Welch {
            segment, overlap, ..
        } = self.settings;
        let missing = |samples: &[f64]| samples.iter().rposition(|value| !value.is_finite());
        let mut segments = 0;
        // Samples before this one are known to be whole back to the last missing one.
        let mut whole_from = 0;
        let mut seen = 0;
        let mut start = 0;
        while start + segment <= signal.len() {
            // A sample is looked at once, however much the segments overlap.
            let unseen = seen.max(start);
            if let Some(last) = missing(&signal[unseen..start + segment]) {
                whole_from = unseen + last + 1;
            }
            seen = start + segment;
            if whole_from <= start {
                if segments == 0 {
                    spectrum.density.clear();
                    spectrum.density.resize(self.frequencies.len(), 0.0);
                }
                segments += 1;
                self.add(&signal[start..seen], &mut spectrum.density);
            }
            start += segment - overlap;
        }
        if segments == 0 {
            return Err(self.too_few(signal));
        }
        spectrum.frequencies.clear();
        spectrum.frequencies.extend_from_slice(&self.frequencies);
        self.finish(segments, &mut spectrum.density);
        Ok(segments)
    }

    /// How much the fullest segment lacks.
    fn too_few(&self, signal: &[f64]) -> Undefined {
        let Welch {
            segment, overlap, ..
        } = self.settings;
        let step = segment - overlap;
        let present = |range: Range<usize>| {
            let samples = signal[range].iter();
            samples.filter(|value| value.is_finite()).count()
        };
        let mut found = present(0..segment.min(signal.len()));
        let mut most = found;
        let mut end = segment;
        // From segment to segment, so that a sample is looked at twice, however much they overlap.
        while end + step <= signal.len() {
            found = found + present(end..end + step) - present(end - segment..end - overlap);
            most = most.max(found);
            end += step;
        }
        Undefined::TooFew {
            what: "samples of a segment",
            found: most,
            needed: segment,
        }
    }

    /// Adds the squared magnitudes of one segment.
    fn add(&mut self, segment: &[f64], density: &mut [f64]) {
        let (samples, rest) = self.samples.split_at_mut(segment.len());
        samples.copy_from_slice(segment);
        rest.fill(0.0);
        self.settings.detrend.remove(samples);
        for (value, weight) in samples.iter_mut().zip(&self.window) {
            *value *= weight;
        }
        self.transform
            .process_with_scratch(&mut self.samples, &mut self.transformed, &mut self.scratch)
            .expect("the buffers are those that the plan made");
        for (sum, value) in density.iter_mut().zip(&self.transformed) {
            *sum += value.norm_sqr();
        }
    }

    fn finish(&self, segments: usize, density: &mut [f64]) {
        let scale = self.scale / segments as f64;
        density.iter_mut().for_each(|value| *value *= scale);
        // Zero and half the sampling rate have no mirror among the negative frequencies.
        density[0] *= 0.5;
        if self.samples.len().is_multiple_of(2) {
            density[self.samples.len() / 2] *= 0.5;
        }
    }
}

impl fmt::Debug for WelchPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.frequencies.last();
        f.debug_struct("WelchPlan")
            .field("settings", &self.settings)
            .field("last_frequency", &last)
            .finish_non_exhaustive()
    }
}

/// The spectrum of `signal`, sampled at `rate` Hz, by Welch's method. It equals
/// `scipy.signal.welch(signal, rate, window, segment, overlap, transform, detrend)`, except that a segment that holds a
/// missing sample is left out, and that a signal shorter than one segment is refused instead of shortening it.
///
/// For many windows of one recording, make a [`WelchPlan`] once.
///
/// # Errors
/// Settings that [`WelchPlan::new`] refuses, or no whole segment ([`SpectrumError::Undefined`]).
pub fn welch(signal: &[f64], rate: f64, settings: &Welch) -> Result<Spectrum, SpectrumError> {
    let mut spectrum = Spectrum::default();
    WelchPlan::new(rate, settings)?.estimate(signal, &mut spectrum)?;
    Ok(spectrum)
}

/// The spectrum of a whole `signal`, sampled at `rate` Hz, at its own resolution of one over its duration. It equals
/// `scipy.signal.periodogram(signal, rate, window, detrend=detrend)`.
///
/// # Errors
/// A rate or window that is refused, or a signal that is empty or has a missing sample ([`SpectrumError::Undefined`]).
///
/// ```
/// use pathema_physio::spectrum::{Detrend, Window, periodogram};
/// let spectrum = periodogram(&[1.0, -1.0, 1.0, -1.0], 4.0, Window::Rectangular, Detrend::Constant)?;
/// assert_eq!(spectrum.frequencies, [0.0, 1.0, 2.0]);
/// assert_eq!(spectrum.density, [0.0, 0.0, 1.0]);
/// # Ok::<(), pathema_physio::spectrum::SpectrumError>(())
/// ```
pub fn periodogram(
    signal: &[f64],
    rate: f64,
    window: Window,
    detrend: Detrend,
) -> Result<Spectrum, SpectrumError> {
    if signal.is_empty() {
        check_rate(rate)?;
        return Err(SpectrumError::Undefined(Undefined::TooFew {
            what: "samples",
            found: 0,
            needed: 1,
        }));
    }
    let settings = Welch {
        window,
        detrend,
        ..Welch::periodogram(signal.len())
    };
    welch(signal, rate, &settings)
}
