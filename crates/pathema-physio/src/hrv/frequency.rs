//! Heart rate variability in the frequency domain.

use super::band::{BandPower, FrequencyDomain, Summary, integrate, peak};
use super::grid::{self, FEWEST, Grid};
use super::moments::{at_least, varies};
use super::{Band, Window};
use crate::resample::{Interpolation, interpolate};
use crate::spectrum::{
    AutoregressionMethod, LombScargle, Normalisation, Spectrum, SpectrumError, Welch,
    autoregressive, lomb_scargle, welch,
};
use crate::{Undefined, Value};

/// How the power density of the intervals is estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// The periodogram of Lomb and Scargle on the intervals where they end ([`lomb_scargle`]): nothing is interpolated, least of
    /// all over breaks.
    ///
    /// Scaled to a density, so that a sine of amplitude a has the power a²/2: 2 · mean interval · periodogram, at steps of
    /// a quarter of 1/length. The steps of windows longer than an hour are those of an hour. Its time grows with the square of the length.
    LombScargle,
    /// Welch's method on the intervals interpolated to 4 Hz by a cubic spline, over the longest unbroken stretch: means of
    /// half overlapping Hann segments without their means. A stretch of less than an interval in 10 s is no heart's.
    Welch {
        /// Seconds of a segment; a shorter stretch is one segment.
        segment: f64,
    },
    /// An autoregressive model by Burg's method on the same interpolated stretch, read every 0.5 mHz. The line of a pure sine
    /// is narrower than that, so that its power is not to be trusted; that of a living rhythm is wider.
    Autoregressive {
        /// How many values foretell the next; 16 is usual.
        order: usize,
    },
}

impl Method {
    /// Welch's method with segments of two minutes, as the Task Force's bands from LF on take.
    pub const WELCH: Method = Method::Welch { segment: 120.0 };
    /// The autoregressive model of order 16.
    pub const AUTOREGRESSIVE: Method = Method::Autoregressive { order: 16 };
}

/// Interpolated values a second.
const RATE: f64 = 4.0;

/// Seconds per interval beyond which a stretch is none of a heart. Its curve would be drawn through nothing, and take more
/// memory than there is.
const LONGEST_MEAN: f64 = 10.0;

/// Frequencies per Hz at which the spectrum of an autoregressive model is read.
const FINENESS: f64 = 2000.0;

/// Measures a window in the frequency domain, in `bands`: [`Band::TASK_FORCE`], [`Band::WESAD`] or others.
///
/// A band is undefined where the beats do not last for a period of its lowest frequency ([`Band::needs`]). LF/HF and the normalised
/// powers are those of [`Band::LF`] and [`Band::HF`], whether or not these are among `bands`.
///
/// # Errors
/// If the method cannot be: segments of Welch's without a sample, an order outside 1–1000. What the window leaves undefined
/// is undefined measure by measure.
///
/// ```
/// use pathema_physio::{Undefined, hrv::{Band, Method, Tachogram, frequency_domain}};
/// let intervals: Vec<f64> = (0..75).map(|beat| 0.8 + 0.05 * (1.2 * f64::from(beat)).sin()).collect();
/// let tachogram = Tachogram::from_intervals(0.0, &intervals)?;
/// let hrv = frequency_domain(&tachogram.whole(), &Method::LombScargle, &Band::WESAD)?;
/// // 1.2/2π waves a beat are 0.239 Hz.
/// assert!((hrv.bands[2].peak? - 0.239).abs() < 0.005);
/// assert!((hrv.bands[2].power? / 0.00125 - 1.0).abs() < 0.1);
/// // One minute does not resolve 0.01 Hz.
/// assert!(matches!(hrv.bands[0].power, Err(Undefined::TooShort { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn frequency_domain(
    window: &Window,
    method: &Method,
    bands: &[Band],
) -> Result<FrequencyDomain, SpectrumError> {
    let all: Vec<Band> = bands.iter().copied().chain([Band::LF, Band::HF]).collect();
    let measured = match *method {
        Method::LombScargle => of_beats(window, &all)?,
        Method::Welch { segment } => of_stretch(window, &all, segment, by_welch)?,
        Method::Autoregressive { order } => {
            of_stretch(window, &all, f64::INFINITY, |values, _| {
                by_model(values, order)
            })?
        }
    };
    let powers: Vec<Value> = measured
        .iter()
        .map(|measured| measured.map(|(power, _)| power))
        .collect();
    let [given @ .., lf, hf] = &powers[..] else {
        unreachable!("LF and HF were added");
    };
    let length = window.end() - window.start();
    let summary = Summary::of(bands, given, length, *lf, *hf);
    Ok(FrequencyDomain {
        bands: bands
            .iter()
            .zip(&measured)
            .map(|(band, measured)| BandPower {
                band: *band,
                power: measured.map(|(power, _)| power),
                peak: measured.and_then(|(power, frequency)| peak(power, frequency)),
                relative: summary.relative(measured.map(|(power, _)| power)),
            })
            .collect(),
        total: summary.total,
        lf_hf: summary.lf_hf,
        lf_normalised: summary.lf_normalised,
        hf_normalised: summary.hf_normalised,
    })
}

/// Power of a band and the frequency of its highest density.
type Measured = Result<(f64, f64), Undefined>;

/// By the periodogram of the beats themselves.
fn of_beats(window: &Window, bands: &[Band]) -> Result<Vec<Measured>, SpectrumError> {
    let intervals = window.intervals();
    let mean = intervals.iter().sum::<f64>() / intervals.len() as f64;
    let enough = at_least("intervals", intervals.len(), FEWEST);
    let still = varies(intervals).is_err();
    let grid = Grid::new(bands.iter(), window.end() - window.start());
    let settings = LombScargle {
        normalisation: Normalisation::Power,
        floating_mean: false,
    };
    let mut measured = Vec::with_capacity(bands.len());
    for (band, range) in bands.iter().zip(grid.ranges) {
        let defined = enough.and_then(|()| band.resolved_by(window.span()));
        measured.push(match defined {
            Err(reason) => Err(reason),
            Ok(()) if still => Ok((0.0, band.low())),
            Ok(()) => {
                let frequencies = &grid.frequencies[range];
                let spectrum = lomb_scargle(window.times(), intervals, frequencies, &settings)?;
                // The mean interval, not the mean distance of beats: that would count breaks as recorded.
                let density = spectrum.density.iter().map(|power| 2.0 * mean * power);
                Ok(grid::integrate(frequencies, density))
            }
        });
    }
    Ok(measured)
}

/// By a spectrum of the longest unbroken stretch at even times, estimated over no more than `segment` seconds at once.
fn of_stretch(
    window: &Window,
    bands: &[Band],
    segment: f64,
    estimate: impl Fn(&[f64], f64) -> Result<Spectrum, SpectrumError>,
) -> Result<Vec<Measured>, SpectrumError> {
    let longest = window
        .stretches()
        .max_by(|a, b| a.span().total_cmp(&b.span()));
    let (times, intervals, span) = longest.map_or((&[][..], &[][..], 0.0), |longest| {
        (longest.times(), longest.intervals(), longest.span())
    });
    let needed = (span / LONGEST_MEAN).ceil() as usize;
    let beating = at_least("unbroken intervals", intervals.len(), needed);
    let even = match beating {
        Ok(()) => resample(times, intervals),
        Err(_) => Vec::new(),
    };
    // A method that cannot be is refused, whatever the window holds.
    let spectrum = match estimate(&even, segment) {
        Ok(spectrum) => Ok(spectrum),
        Err(SpectrumError::Undefined(reason)) => Err(reason),
        Err(error) => return Err(error),
    };
    let measure = |band: &Band| {
        at_least("unbroken intervals", intervals.len(), FEWEST)?;
        beating?;
        band.resolved_by(span.min(segment))?;
        if varies(intervals).is_err() {
            return Ok((0.0, band.low()));
        }
        let spectrum = spectrum.as_ref().map_err(|reason| *reason)?;
        integrate(&spectrum.frequencies, &spectrum.density, band)
    };
    Ok(bands.iter().map(measure).collect())
}

/// The natural cubic spline through values at rising times, read [`RATE`] times a second from the first time on.
fn resample(times: &[f64], values: &[f64]) -> Vec<f64> {
    // No curve goes through one value.
    let [first, .., last] = times else {
        return Vec::new();
    };
    // The sample at the end counts, although its time may be rounded to just beyond.
    let samples = ((last - first) * RATE + 1e-9).floor() as usize + 1;
    let grid: Vec<f64> = (0..samples)
        .map(|sample| (first + sample as f64 / RATE).min(*last))
        .collect();
    // The times of a tachogram rise, so that nothing is refused.
    interpolate(times, values, &[], &grid, Interpolation::NaturalCubic).unwrap_or_default()
}

fn by_welch(values: &[f64], segment: f64) -> Result<Spectrum, SpectrumError> {
    // Zero samples, as of NaN seconds, are refused below.
    let samples = (segment * RATE).round() as usize;
    let settings = Welch::of(samples.min(values.len().max(1)));
    welch(values, RATE, &settings)
}

fn by_model(values: &[f64], order: usize) -> Result<Spectrum, SpectrumError> {
    let model = autoregressive(values, RATE, order, AutoregressionMethod::Burg)?;
    let steps = (0.5 * RATE * FINENESS) as usize;
    let frequencies: Vec<f64> = (1..=steps).map(|step| step as f64 / FINENESS).collect();
    model.spectrum(&frequencies)
}
