//! Where on the ECG itself the R peak of a QRS complex lies.

use super::REFRACTORY_SECONDS;
use super::thresholds::Candidate;
use crate::peaks::{local_maxima, median, vertex};
use crate::stretches::{constant_run, samples};

/// Seconds around the middle of a complex's energy in which its R peak lies.
const REACH_SECONDS: f64 = 0.06;
/// Seconds around a complex whose median is the local baseline: most of them lie between the waves.
const BASELINE_SECONDS: f64 = 0.3;
/// Longest repetition of one value at a peak, in seconds: beyond, the amplifier saturated or the lead was off.
const PLATEAU_SECONDS: f64 = 0.1;

/// An R peak of a stretch.
#[derive(Clone, Copy, Debug)]
pub(super) struct RPeak {
    /// In samples, between them where the parabola puts it.
    pub(super) position: f64,
    /// Above the local baseline; negative where the peak points down.
    pub(super) amplitude: f64,
}

/// The R peaks of `complexes`, in order. A complex without an extremum within reach was a step, and is dropped.
pub(super) fn localise(stretch: &[f64], complexes: &[Candidate], rate: f64) -> Vec<RPeak> {
    let reach = samples(REACH_SECONDS, rate);
    let around =
        |at: usize, reach: usize| at.saturating_sub(reach)..(at + reach + 1).min(stretch.len());
    let baselines: Vec<f64> = complexes
        .iter()
        .map(|complex| {
            let near = around(complex.at, samples(BASELINE_SECONDS, rate));
            median(&mut stretch[near].to_vec()).unwrap_or(0.0)
        })
        .collect();

    // One polarity for the stretch, so that R does not change places with S from beat to beat.
    let mut balance: Vec<f64> = complexes
        .iter()
        .zip(&baselines)
        .map(|(complex, baseline)| {
            let near = &stretch[around(complex.at, reach)];
            let highest = near.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let lowest = near.iter().copied().fold(f64::INFINITY, f64::min);
            (highest - baseline) - (baseline - lowest)
        })
        .collect();
    let polarity = match median(&mut balance) {
        Some(balance) if balance < 0.0 => -1.0,
        _ => 1.0,
    };

    let longest_plateau = samples(PLATEAU_SECONDS, rate);
    let mut peaks: Vec<(RPeak, f64)> = Vec::new();
    for (complex, baseline) in complexes.iter().zip(baselines) {
        // One sample more on either side, for the neighbours of an extremum at the limit.
        let window = around(complex.at, reach + 1);
        let upright: Vec<f64> = stretch[window.clone()]
            .iter()
            .map(|value| polarity * value)
            .collect();
        let highest = local_maxima(&upright)
            .into_iter()
            .max_by(|&a, &b| upright[a].total_cmp(&upright[b]));
        let Some(peak) = highest else { continue };
        if constant_run(stretch, window.start + peak) >= longest_plateau {
            continue;
        }
        let (offset, height) = vertex(&upright, peak);
        let found = RPeak {
            position: (window.start + peak) as f64 + offset,
            amplitude: polarity * height - baseline,
        };
        // Two complexes may have moved towards each other; the one with less energy was no beat.
        match peaks.last_mut() {
            Some((last, energy)) if found.position - last.position < REFRACTORY_SECONDS * rate => {
                if complex.energy > *energy {
                    (*last, *energy) = (found, complex.energy);
                }
            }
            _ => peaks.push((found, complex.energy)),
        }
    }
    peaks.into_iter().map(|(peak, _)| peak).collect()
}
