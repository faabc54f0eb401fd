use std::ops::Range;

use crate::eda::decimate::Blocks;
use crate::eda::settings::check_finite;
use crate::eda::{CvxEda, EdaError, Kkt, Scaling, Solution};
use crate::stretches::runs;

/// A missing stretch longer than so many slow time constants ends the problem: of a response before it nothing (e⁻⁵) is left
/// after it.
const FORGOTTEN: f64 = 5.0;
/// Spread of the samples, relative to the largest, below which they are constant: rounding makes no response.
const CONSTANT: f64 = 1e-12;

/// The parts of an electrodermal signal, sample by sample, NaN where the signal is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// The slow level \[n\], in the unit of the signal.
    pub tonic: Vec<f64>,
    /// The responses \[n\], in the unit of the signal.
    pub phasic: Vec<f64>,
    /// What drives the responses \[n\], in the unit of the signal: the density in time of their impulses.
    pub driver: Vec<f64>,
    /// The signal without both \[n\].
    pub residual: Vec<f64>,
    /// What was subtracted from the signal and divided by before it was solved.
    pub scale: Scale,
    /// Which samples were solved together, in order.
    pub stretches: Vec<Stretch>,
}

/// A signal's mean and standard deviation (by n − 1) over its present samples; 0 and 1 where nothing is scaled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// In the unit of the signal.
    pub mean: f64,
    /// In the unit of the signal; 0 if the signal is constant.
    pub deviation: f64,
}

/// Samples that were solved together.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// Which samples, from the first present one to the last. Missing samples may lie between.
    pub range: Range<usize>,
    /// Samples per second of the problem, at most [`CvxEda::highest_rate`].
    pub rate: f64,
    /// The optimum, in the scaled unit and at `rate`. `None` where the stretch is constant, or too short to tell a
    /// response from the level: then it is all tonic.
    pub solution: Option<Solution>,
    /// The certificate of the optimum.
    pub kkt: Option<Kkt>,
}

impl CvxEda {
    /// Decomposes `eda` \[n\] (µS, NaN where missing) of `rate` Hz into tonic level and phasic responses.
    ///
    /// * The scale ([`Scaling`]) is taken over all present samples, so that the driver is as sparse in one part of a
    ///   recording as in another.
    /// * Missing samples have no weight, and no value in the result. The response goes on beneath them: a gap of up to
    ///   five slow time constants (10 s) is bridged, what lies on either side of a longer one is solved by itself.
    /// * A stretch shorter than the slow time constant (2 s), and one that does not vary, is all tonic, at its mean.
    /// * Rates above [`highest_rate`](CvxEda::highest_rate) are decimated first, by the means of blocks, which lie at the
    ///   blocks' centres; the parts are interpolated linearly. An integer factor to 25 Hz, as from 700 Hz, also cancels the
    ///   mains hum of 50 Hz.
    ///
    /// # Errors
    /// A rate or a setting out of range, an infinite sample, or an optimum that was not reached.
    ///
    /// ```
    /// use pathema_physio::eda::CvxEda;
    /// let mut eda: Vec<f64> = (0..400).map(|k| 3.0 + (0.05 * f64::from(k)).sin()).collect();
    /// eda[100..110].fill(f64::NAN);
    /// let parts = CvxEda::default().decompose(&eda, 4.0)?;
    /// assert!(parts.tonic[105].is_nan() && parts.phasic[105].is_nan());
    /// assert_eq!(parts.stretches.len(), 1);
    /// let whole = parts.tonic[200] + parts.phasic[200] + parts.residual[200];
    /// assert!((whole - eda[200]).abs() < 1e-12);
    /// # Ok::<(), pathema_physio::eda::EdaError>(())
    /// ```
    pub fn decompose(&self, eda: &[f64], rate: f64) -> Result<Decomposition, EdaError> {
        self.check(rate)?;
        check_finite(eda)?;
        let (scale, constant) = self.scale(eda);
        let nan = || vec![f64::NAN; eda.len()];
        let mut parts = Decomposition {
            tonic: nan(),
            phasic: nan(),
            driver: nan(),
            residual: nan(),
            scale,
            stretches: Vec::new(),
        };
        for range in bridged(eda, FORGOTTEN * self.tau0.max(self.tau1) * rate) {
            let stretch = self.stretch(eda, rate, range, constant, &mut parts)?;
            parts.stretches.push(stretch);
        }
        for index in 0..eda.len() {
            if eda[index].is_nan() {
                for part in [&mut parts.tonic, &mut parts.phasic, &mut parts.driver] {
                    part[index] = f64::NAN;
                }
            } else {
                parts.residual[index] = eda[index] - parts.tonic[index] - parts.phasic[index];
            }
        }
        Ok(parts)
    }

    /// Solves one stretch and writes its parts.
    fn stretch(
        &self,
        eda: &[f64],
        rate: f64,
        range: Range<usize>,
        constant: bool,
        parts: &mut Decomposition,
    ) -> Result<Stretch, EdaError> {
        let samples = &eda[range.clone()];
        let blocks = Blocks::new(samples.len(), rate, self.highest_rate);
        let mut stretch = Stretch {
            range: range.clone(),
            rate: blocks.rate,
            solution: None,
            kkt: None,
        };
        let means = blocks.means(samples);
        let level = mean(samples);
        let varies = means.iter().filter(|value| value.is_finite());
        let varies = varies
            .clone()
            .any(|value| Some(value) != varies.clone().next());
        let long_enough = samples.len() as f64 >= self.tau0.max(self.tau1) * rate;
        if constant || !varies || !long_enough || means.len() < 3 {
            parts.tonic[range.clone()].fill(level);
            parts.phasic[range.clone()].fill(0.0);
            parts.driver[range].fill(0.0);
            return Ok(stretch);
        }
        let Scale { mean, deviation } = parts.scale;
        let scaled: Vec<f64> = means
            .iter()
            .map(|value| (value - mean) / deviation)
            .collect();
        let (solution, kkt) = self.solve_and_certify(&scaled, blocks.rate)?;
        blocks.interpolate(&solution.tonic, &mut parts.tonic[range.clone()]);
        blocks.interpolate(&solution.phasic, &mut parts.phasic[range.clone()]);
        blocks.interpolate(&solution.driver, &mut parts.driver[range.clone()]);
        for index in range {
            parts.tonic[index] = parts.tonic[index] * deviation + mean;
            parts.phasic[index] *= deviation;
            parts.driver[index] *= deviation;
        }
        stretch.solution = Some(solution);
        stretch.kkt = Some(kkt);
        Ok(stretch)
    }

    /// The scale, and whether the signal is constant.
    fn scale(&self, eda: &[f64]) -> (Scale, bool) {
        let present = || eda.iter().filter(|value| value.is_finite());
        let count = present().count();
        // In units of the largest, so that no square overflows.
        let largest = present().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        let (mean, deviation) = if largest > 0.0 {
            let mean = present().map(|value| value / largest).sum::<f64>() / count as f64;
            let squares: f64 = present()
                .map(|value| (value / largest - mean).powi(2))
                .sum();
            (
                mean,
                (squares / count.saturating_sub(1).max(1) as f64).sqrt(),
            )
        } else {
            (0.0, 0.0)
        };
        let constant = deviation <= CONSTANT;
        let scale = match self.scaling {
            Scaling::Unscaled => Scale {
                mean: 0.0,
                deviation: 1.0,
            },
            Scaling::ZScore => Scale {
                mean: mean * largest,
                deviation: if constant { 0.0 } else { deviation * largest },
            },
        };
        (scale, constant)
    }
}

/// Around the first sample, so that the mean of a constant is that constant.
fn mean(samples: &[f64]) -> f64 {
    let present = || samples.iter().filter(|value| value.is_finite());
    let first = present().next().copied().unwrap_or(f64::NAN);
    let count = present().count() as f64;
    first + present().map(|value| (value - first) / count).sum::<f64>()
}

/// Ranges that start and end with a present sample, and lack no more than `longest` samples in a row.
pub(crate) fn bridged(signal: &[f64], longest: f64) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for run in runs(signal.len(), |index| signal[index].is_finite()) {
        match found.last_mut() {
            Some(last) if (run.start - last.end) as f64 <= longest => last.end = run.end,
            _ => found.push(run),
        }
    }
    found
}
