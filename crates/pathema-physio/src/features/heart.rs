//! Beats, and how their rhythm varies.

use std::sync::Arc;

use super::extract::Part;
use super::signals::{FeatureError, Signal};
use crate::hrv::{Scan, Tachogram};
use crate::{Beat, Value, pulse_peaks, r_peaks};

/// Milliseconds in a second, and their squares.
const MS: f64 = 1e3;
const MS_2: f64 = 1e6;

/// The plausible intervals that lie wholly in a window.
///
/// Scarce as they may be, they are measured: a rate is known from a few beats, and a measure that takes more says so itself.
pub(super) struct Heart {
    tachogram: Arc<Tachogram>,
    /// Made for the length of the windows, which are all alike but for a first one.
    scan: Option<(f64, Scan)>,
}

impl Heart {
    /// Of the R peaks of an ECG.
    pub(super) fn electric(signal: Signal) -> Result<Heart, FeatureError> {
        Heart::of(&r_peaks(signal.samples, signal.rate)?)
    }

    /// Of the systolic peaks of a blood volume pulse.
    pub(super) fn pulse(signal: Signal) -> Result<Heart, FeatureError> {
        Heart::of(&pulse_peaks(signal.samples, signal.rate)?)
    }

    fn of(beats: &[Beat]) -> Result<Heart, FeatureError> {
        Ok(Heart {
            tachogram: Arc::new(Tachogram::from_beats(beats)?),
            scan: None,
        })
    }
}

impl Part for Heart {
    fn window(&mut self, start: f64, length: f64, row: &mut [Value]) -> f64 {
        if self.scan.as_ref().is_none_or(|(of, _)| *of != length) {
            self.scan = Some((length, Scan::new(Arc::clone(&self.tachogram), length)));
        }
        let Some((_, scan)) = &mut self.scan else {
            return 0.0;
        };
        let of = scan.measure(start);
        let ms = |value: Value| value.map(|seconds| MS * seconds);
        let ms_2 = |value: Value| value.map(|power| MS_2 * power);
        let [ulf, lf, hf, uhf] = of.powers.map(ms_2);
        let [rel_ulf, rel_lf, rel_hf, rel_uhf] = of.relative;
        row.copy_from_slice(&[
            of.heart_rate,
            of.heart_rate_deviation,
            ms(of.mean),
            ms(of.sdnn),
            of.nn50,
            of.pnn50,
            ms(of.tinn),
            ms(of.rmssd),
            ulf,
            lf,
            hf,
            uhf,
            of.lf_hf,
            ms_2(of.total),
            rel_ulf,
            rel_lf,
            rel_hf,
            rel_uhf,
            of.lf_normalised,
            of.hf_normalised,
        ]);
        let covered: f64 = self
            .tachogram
            .window(start, start + length)
            .intervals()
            .iter()
            .sum();
        match length > 0.0 {
            true => (covered / length).min(1.0),
            false => 0.0,
        }
    }
}
