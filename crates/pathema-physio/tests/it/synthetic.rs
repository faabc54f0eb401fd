//! Small signals whose beats are known.

use std::f64::consts::TAU;

/// A signal and the times of its beats, in seconds.
pub(crate) struct Known {
    pub(crate) samples: Vec<f64>,
    pub(crate) beats: Vec<f64>,
}

/// Height, time after the R peak and width, in mV and s, of P, Q, R, S and T.
const ECG_WAVES: [[f64; 3]; 5] = [
    [0.12, -0.16, 0.025],
    [-0.10, -0.03, 0.010],
    [1.20, 0.0, 0.011],
    [-0.25, 0.03, 0.010],
    [0.30, 0.26, 0.055],
];

/// The systolic wave and its reflection.
const PULSE_WAVES: [[f64; 3]; 2] = [[30.0, 0.0, 0.085], [9.0, 0.28, 0.10]];

/// `seconds` of an ECG in mV with baseline wander and white noise of the given standard deviation.
pub(crate) fn ecg(seconds: f64, rate: f64, heart_rate: f64, noise: f64, seed: u64) -> Known {
    let mut known = waves(seconds, rate, heart_rate, &ECG_WAVES);
    let mut random = Random(seed);
    for (index, sample) in known.samples.iter_mut().enumerate() {
        let wander = 0.2 * (TAU * 0.27 * index as f64 / rate).sin();
        *sample += wander + noise * random.normal();
    }
    known
}

/// `seconds` of a blood volume pulse with slow drift and white noise of the given standard deviation.
pub(crate) fn pulse(seconds: f64, rate: f64, heart_rate: f64, noise: f64, seed: u64) -> Known {
    let mut known = waves(seconds, rate, heart_rate, &PULSE_WAVES);
    let mut random = Random(seed);
    for (index, sample) in known.samples.iter_mut().enumerate() {
        let drift = 10.0 * (TAU * 0.11 * index as f64 / rate).sin();
        *sample += drift + noise * random.normal();
    }
    known
}

fn waves(seconds: f64, rate: f64, heart_rate: f64, shape: &[[f64; 3]]) -> Known {
    let mut samples = vec![0.0; (seconds * rate) as usize];
    let mut beats = Vec::new();
    let mut beat = 0.6;
    while beat < seconds - 0.4 {
        for [height, delay, width] in shape {
            let centre = beat + delay;
            let first = (((centre - 6.0 * width) * rate).ceil().max(0.0)) as usize;
            let last = ((centre + 6.0 * width) * rate) as usize;
            for (index, sample) in samples.iter_mut().enumerate().take(last + 1).skip(first) {
                let away = (index as f64 / rate - centre) / width;
                *sample += height * (-0.5 * away * away).exp();
            }
        }
        beats.push(beat);
        // Sinus arrhythmia: the interval follows the breath by 5 %.
        beat += 60.0 / heart_rate * (1.0 + 0.05 * (TAU * 0.25 * beat).sin());
    }
    Known { samples, beats }
}

/// A small generator (SplitMix64), so that a seed names the same noise for ever.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// Uniform in [0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Near normal, of variance 1: the sum of twelve uniforms.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}
