//! R peaks in an electrocardiogram.

mod cascade;
mod detector;
mod localise;
mod rhythm;
mod scan;
mod stretch;
mod thresholds;

pub use detector::RPeakDetector;

use crate::beat::{Beat, BeatError, check_finite};
use crate::intervals::{Plausibility, set_intervals};

const SIGNAL: &str = "ECG";
const LOWEST_RATE: f64 = 100.0;
/// Seconds after a beat in which the heart cannot beat again.
const REFRACTORY_SECONDS: f64 = 0.2;

/// The R peaks of an ECG: `ecg` in any unit and of either polarity, `rate` in samples per second (at least 100).
///
/// The detector of Pan & Tompkins (*IEEE Trans. Biomed. Eng.* 32, 1985) for any rate, which then goes back to the ECG:
///
/// 1. Integer filters as in the paper, with lengths that suit the rate, pass 5–15 Hz; the squared slope is integrated over
///    150 ms. Their delay is known exactly.
/// 2. A maximum that no other within 200 ms exceeds is a beat where the integrated *and* the band-passed signal exceed
///    their thresholds, a quarter of the way from running estimates of noise (NPK) to those of beats (SPK). They are
///    learnt from 2 s. A maximum within 360 ms of a beat and with less than half its slope is a T wave.
/// 3. Where no beat came for 1.66 times the second average of RR intervals, the largest maximum over half the thresholds
///    is one. An irregular rhythm halves the first thresholds.
/// 4. The beat is then located on the ECG itself: the largest extremum, of the polarity that most of the last 17 had,
///    within 60 ms of the band-passed wave, seen from the slope of the baseline, placed between the samples by a parabola.
///
/// Where the paper leaves off, this goes on: after 2.5 s without a beat the thresholds are learnt anew from these, eight
/// irregular intervals in a row are taken for the new rhythm, half a threshold is no nearer to the noise than half way
/// from the threshold, and noise of under a thirtieth of the amplitude of the last beats is never one. A stretch that
/// holds nothing except noise can yield some.
///
/// Samples that are NaN, and a second or more of one repeated value, are gaps: what lies between two gaps is processed
/// by itself if it lasts 2 s or more. A peak at which one value repeats for 100 ms or more is a saturated amplifier, and
/// no beat.
///
/// [`RPeakDetector`] finds the very same beats while the signal is being recorded. This function adds a judgement of the
/// intervals: those that are implausible ([`Plausibility::ECG`]) are `None`.
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
    let mut detector = RPeakDetector::new(rate)?;
    check_finite(SIGNAL, ecg)?;
    let mut beats = detector.extend(ecg);
    beats.extend(detector.finish());
    // A beat without an interval is the first after a gap.
    for stretch in beats.chunk_by_mut(|_, next| next.interval.is_some()) {
        set_intervals(stretch, &Plausibility::ECG);
    }
    Ok(beats)
}
