//! R peaks in an electrocardiogram.

mod localise;
mod thresholds;

use crate::beat::{Beat, BeatError, magnitude};
use crate::filter::Sos;
use crate::intervals::{Plausibility, set_intervals};
use crate::peaks::{keep_distant, local_maxima, moving_mean};
use crate::stretches::{alive, samples};

use localise::localise;
use thresholds::{Candidate, select};

/// Hz. Where a QRS complex has most of its energy, and P waves, T waves and muscle the least (Pan & Tompkins 1985).
const BAND: [f64; 2] = [5.0, 15.0];
const ORDER: usize = 2;
const LOWEST_RATE: f64 = 100.0;

/// Seconds over which the energy of the slope is gathered, the length of a wide QRS complex.
const ENERGY_SECONDS: f64 = 0.15;
/// Seconds after a beat in which the heart cannot beat again.
const REFRACTORY_SECONDS: f64 = 0.2;

/// The R peaks of an ECG: `ecg` in any unit and of either polarity, `rate` in samples per second (at least 100).
///
/// A simplified form of the detector of Pan & Tompkins (*IEEE Trans. Biomed. Eng.* 32, 1985), for whole recordings
/// and any rate. The signal is band-passed from 5 to 15 Hz without phase; the energy of its derivative is averaged
/// over a triangle of 150 ms; its maxima, at least 200 ms apart, are beats where they exceed a threshold between
/// running estimates of beats and noise, with the paper's weights, T-wave rule and search back. The thresholds are
/// learnt at the start, and anew when no beat came for 2.5 s. Each beat is then located on the ECG itself: the largest
/// extremum, of the polarity that dominates, within 60 ms, placed between the samples by a parabola.
///
/// Samples that are NaN, and a second or more of one repeated value, are gaps: what lies between two gaps is processed
/// by itself if it lasts 2 s or more. Noise of under a thirtieth of a stretch's usual QRS amplitude is never a beat,
/// but a stretch that holds nothing except noise can yield some.
///
/// # Errors
/// [`BeatError::Rate`] for a rate outside 100 Hz to 100 kHz, [`BeatError::Infinite`] for an infinite sample. A signal
/// without beats gives none.
///
/// ```
/// // A beat a second, upside down, with three seconds missing.
/// let rate = 700.0;
/// let mut ecg: Vec<f64> = (0..14_000)
///     .map(|sample| {
///         let phase = (sample as f64 / rate) % 1.0 - 0.5;
///         -1.2 * (-0.5 * (phase / 0.01).powi(2)).exp()
///     })
///     .collect();
/// ecg[7_000..9_100].fill(f64::NAN);
/// let beats = pathema_physio::r_peaks(&ecg, rate)?;
/// assert_eq!(beats.len(), 17);
/// assert!((beats[10].time - 13.5).abs() < 1e-3);
/// assert!((beats[10].amplitude + 1.2).abs() < 0.01);
/// assert_eq!(beats[10].interval, None);
/// # Ok::<(), pathema_physio::BeatError>(())
/// ```
pub fn r_peaks(ecg: &[f64], rate: f64) -> Result<Vec<Beat>, BeatError> {
    const SIGNAL: &str = "ECG";
    let scale = magnitude(SIGNAL, ecg, rate, LOWEST_RATE)?;
    let filter = Sos::butterworth_band_pass(ORDER, BAND[0], BAND[1], rate).map_err(|source| {
        BeatError::Filter {
            signal: SIGNAL,
            source,
        }
    })?;
    let mut beats = Vec::new();
    for range in alive(ecg, rate) {
        let stretch: Vec<f64> = ecg[range.clone()]
            .iter()
            .map(|value| value / scale)
            .collect();
        let mut found: Vec<Beat> = localise(&stretch, &complexes(&stretch, &filter, rate), rate)
            .into_iter()
            .map(|peak| Beat {
                time: (range.start as f64 + peak.position) / rate,
                amplitude: peak.amplitude * scale,
                interval: None,
            })
            .collect();
        set_intervals(&mut found, &Plausibility::ECG);
        beats.append(&mut found);
    }
    Ok(beats)
}

/// The QRS complexes of one stretch, each at the middle of its energy.
fn complexes(stretch: &[f64], filter: &Sos, rate: f64) -> Vec<Candidate> {
    // Long enough for the filter to forget how it started.
    let filtered = filter.zero_phase_padded(stretch, samples(2.0 / BAND[0], rate));
    let slope = slope(&filtered, rate);
    let squares: Vec<f64> = slope.iter().map(|value| value * value).collect();
    // Two boxes make a triangle. One box alone has a flat top wherever the complex is shorter than it.
    let half = samples(0.25 * ENERGY_SECONDS, rate);
    let energy = moving_mean(&moving_mean(&squares, half), half);

    let mut maxima = local_maxima(&energy);
    keep_distant(&mut maxima, &energy, samples(REFRACTORY_SECONDS, rate));
    let reach = samples(0.5 * ENERGY_SECONDS, rate);
    let candidates: Vec<Candidate> = maxima
        .into_iter()
        .map(|at| {
            let last = (at + reach).min(slope.len() - 1);
            let steepest = slope[at.saturating_sub(reach)..=last]
                .iter()
                .fold(0.0, |steepest: f64, value| steepest.max(value.abs()));
            Candidate {
                at,
                energy: energy[at],
                steepest,
            }
        })
        .collect();
    select(&candidates, &energy, rate)
}

/// The central difference, as the change over 10 ms: of the order of the signal at any rate.
fn slope(signal: &[f64], rate: f64) -> Vec<f64> {
    let mut slope = vec![0.0; signal.len()];
    for (slope, around) in slope.iter_mut().skip(1).zip(signal.windows(3)) {
        *slope = 0.005 * rate * (around[2] - around[0]);
    }
    slope
}
