//! What one sensor saw of the skin's conductance.

use serde::Serialize;

use super::{Measures, Quality, Signal};

/// Seconds of the stretch that is drawn large.
const CLOSE: f64 = 120.0;

/// Skin conductance and its parts, of one signal. All times are seconds since the start of the recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Skin {
    /// What the file calls the signal.
    pub name: String,
    /// Where the sensor was worn.
    pub placement: &'static str,
    /// The unit of the signal; empty where the file does not say.
    pub unit: String,
    /// Where nothing was recorded.
    pub gaps: Vec<[f64; 2]>,
    /// The signal and its parts.
    #[serde(skip)]
    pub traces: Traces,
    /// How the parts were computed, in words.
    pub method: String,
    /// How far each solved stretch is from the optimum.
    pub certificates: Vec<Certificate>,
    /// The responses that were found.
    pub responses: Vec<Response>,
    /// Measures of level and responses, over the whole recording and over each labelled stretch.
    pub measures: Measures,
    /// How good the signal is, stretch by stretch.
    pub quality: Vec<Quality>,
    /// What could not be computed, and why.
    pub problems: Vec<String>,
}

/// A signal and its parts, sample by sample; NaN where one is missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traces {
    /// Samples per second.
    pub rate: f64,
    /// When the first sample was taken.
    pub start: f64,
    /// What was measured.
    pub measured: Vec<f64>,
    /// The tonic part, in the signal's unit.
    pub tonic: Vec<f64>,
    /// The phasic part, in the signal's unit.
    pub phasic: Vec<f64>,
    /// The driver of the phasic part.
    pub driver: Vec<f64>,
}

/// By how much a solution misses the conditions of an optimum (Karush, Kuhn and Tucker); all zero for the optimum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Certificate {
    /// The stretch that was solved.
    pub span: [f64; 2],
    /// Largest component of the Lagrangian's gradient.
    pub stationarity: f64,
    /// How far the driver goes below zero at most.
    pub primal: f64,
    /// How far a multiplier goes below zero at most.
    pub dual: f64,
    /// Complementarity: by how much the objective exceeds its minimum.
    pub gap: f64,
    /// The objective.
    pub objective: f64,
}

/// A skin conductance response.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Response {
    /// When it begins.
    pub onset: f64,
    /// When it is largest.
    pub peak: f64,
    /// How far it rises, in the signal's unit.
    pub amplitude: f64,
    /// Seconds from onset to peak.
    pub rise_time: f64,
    /// Seconds from the peak until half of the amplitude is lost, if that was seen.
    pub half_recovery: Option<f64>,
}

impl Skin {
    /// Of a signal, nothing found in it yet.
    pub(crate) fn of(signal: &Signal) -> Skin {
        Skin {
            name: signal.name.clone(),
            placement: signal.placement.name(),
            unit: signal.unit.clone(),
            gaps: signal.gaps(),
            traces: Traces {
                rate: signal.rate,
                start: signal.start,
                measured: signal.values.clone(),
                ..Traces::default()
            },
            ..Skin::default()
        }
    }

    /// The stretch with the most responses, to be drawn large; `None` where all of the signal is no longer.
    pub(crate) fn close(&self) -> Option<[f64; 2]> {
        let end = self.traces.end();
        if end - self.traces.start <= 1.5 * CLOSE {
            return None;
        }
        let busiest = (0..self.responses.len()).max_by_key(|&first| {
            let from = self.responses[first].onset;
            let inside = |response: &&Response| response.peak < from + CLOSE - 10.0;
            let after = self.responses[first..].iter().take_while(inside).count();
            // Of equally busy ones the first.
            (after, usize::MAX - first)
        })?;
        let latest = end - CLOSE;
        let from = (self.responses[busiest].onset - 5.0).clamp(self.traces.start, latest);
        Some([from, from + CLOSE])
    }
}

impl Certificate {
    /// The largest of the four residuals.
    pub(crate) fn worst(&self) -> f64 {
        let residuals = [self.stationarity, self.primal, self.dual, self.gap];
        residuals.into_iter().fold(0.0, f64::max)
    }
}

impl Traces {
    /// The instant after the last sample.
    pub(crate) fn end(&self) -> f64 {
        self.start + self.measured.len() as f64 / self.rate
    }

    /// Samples `[first, last)` that lie between two times.
    pub(crate) fn range(&self, [from, to]: [f64; 2]) -> std::ops::Range<usize> {
        let index = |time: f64| {
            let index = ((time - self.start) * self.rate).round().max(0.0) as usize;
            index.min(self.measured.len())
        };
        index(from)..index(to).max(index(from))
    }
}
