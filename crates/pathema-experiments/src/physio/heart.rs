//! What one sensor saw of the heart.

use serde::Serialize;

use super::{Measures, Signal};

/// Seconds of a strip.
const STRIP: f64 = 10.0;
/// Seconds of silence between beats that count as a gap worth a strip.
pub(super) const SILENCE: f64 = 3.0;

/// Beats and their variability, of one signal. All times are seconds since the start of the recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Heart {
    /// What the file calls the signal.
    pub name: String,
    /// `ECG` or `BVP`.
    pub modality: &'static str,
    /// Where the sensor was worn.
    pub placement: &'static str,
    /// The unit of the signal; empty where the file does not say.
    pub unit: String,
    /// Samples per second.
    pub rate: f64,
    /// When the first sample was taken.
    pub start: f64,
    /// The samples, NaN where one is missing.
    #[serde(skip)]
    pub values: Vec<f64>,
    /// Where nothing was recorded.
    pub gaps: Vec<[f64; 2]>,
    /// When the beats are that were found.
    pub beats: Vec<f64>,
    /// What artefact correction changed.
    pub corrections: Vec<Correction>,
    /// The intervals after correction.
    pub intervals: Intervals,
    /// The spectrum of the intervals over the whole recording.
    pub spectrum: Option<Spectrum>,
    /// Measures of heart rate variability, over the whole recording and over each labelled stretch.
    pub measures: Measures,
    /// How good the signal is, stretch by stretch.
    pub quality: Vec<Quality>,
    /// What speaks against the measures.
    pub problems: Vec<String>,
    /// Stretches of ten seconds to look at.
    #[serde(skip)]
    pub strips: Vec<Strip>,
}

/// A change that artefact correction made to the beats.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Correction {
    /// When the beat is, or was.
    pub time: f64,
    /// What was done: `moved`, `inserted`, `removed`, or what the beat was taken for.
    pub what: &'static str,
}

/// Intervals between beats.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Intervals {
    /// When each ends.
    pub times: Vec<f64>,
    /// How long each is, in seconds.
    pub seconds: Vec<f64>,
    /// Whether each starts with the beat that the one before it ends with.
    pub adjacent: Vec<bool>,
}

/// A power spectral density, with the bands that measures are taken over.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Spectrum {
    /// In Hz, rising.
    pub frequencies: Vec<f64>,
    /// In s²/Hz.
    pub density: Vec<f64>,
    /// The bands: name, and from where to where each reaches, in Hz.
    pub bands: Vec<(&'static str, [f64; 2])>,
    /// How it was estimated, in words.
    pub method: String,
}

/// How good a stretch of a signal is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// Its first instant.
    pub start: f64,
    /// The instant after its last.
    pub end: f64,
    /// From 0, worthless, to 1, faultless.
    pub score: f64,
    /// Whether nothing speaks against it.
    pub usable: bool,
    /// What speaks against it.
    pub reasons: Vec<String>,
}

/// A stretch to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// Why it is shown.
    pub why: String,
    /// From when to when.
    pub span: [f64; 2],
}

impl Intervals {
    /// Each two adjacent intervals, in seconds.
    pub(crate) fn pairs(&self) -> Vec<[f64; 2]> {
        self.seconds
            .windows(2)
            .zip(self.adjacent.iter().skip(1))
            .filter(|(_, adjacent)| **adjacent)
            .map(|(pair, _)| [pair[0], pair[1]])
            .collect()
    }
}

impl Heart {
    /// Of a signal, nothing found in it yet.
    pub(crate) fn of(signal: &Signal) -> Heart {
        Heart {
            name: signal.name.clone(),
            modality: signal.modality.name(),
            placement: signal.placement.name(),
            unit: signal.unit.clone(),
            rate: signal.rate,
            start: signal.start,
            gaps: signal.gaps(),
            ..Heart::default()
        }
    }

    /// The instant after the last sample.
    pub(super) fn end(&self) -> f64 {
        self.start + self.values.len() as f64 / self.rate
    }

    /// Chooses the stretches to look at: one of middling quality, the worst, and that around the longest silence.
    pub(super) fn choose_strips(&mut self) {
        let mut strips = Vec::new();
        let whole = |quality: &&Quality| {
            let gap = |gap: &[f64; 2]| gap[0] < quality.end && gap[1] > quality.start;
            !self.gaps.iter().any(gap)
        };
        let mut ranked: Vec<&Quality> = self.quality.iter().filter(whole).collect();
        ranked.sort_by(|a, b| a.score.total_cmp(&b.score));
        let around = |quality: &Quality| self.strip_at(0.5 * (quality.start + quality.end));
        match (ranked.get(ranked.len() / 2), ranked.first()) {
            (Some(typical), Some(worst)) => {
                strips.push(Strip {
                    why: format!("of middling quality, {:.2}", typical.score),
                    span: around(typical),
                });
                if worst.score < typical.score {
                    let reasons = match worst.reasons.is_empty() {
                        true => String::new(),
                        false => format!(": {}", worst.reasons.join("; ")),
                    };
                    strips.push(Strip {
                        why: format!("of the worst quality, {:.2}{reasons}", worst.score),
                        span: around(worst),
                    });
                }
            }
            _ if !self.values.is_empty() => strips.push(Strip {
                why: "the middle".to_owned(),
                span: self.strip_at(0.5 * (self.start + self.end())),
            }),
            _ => {}
        }
        if let Some((from, to)) = self.longest_silence() {
            // Of a long one its end, which shows how beats come back; unless the recording ends with it.
            let centre = match to - from < STRIP {
                true => 0.5 * (from + to),
                false if to >= self.end() => from,
                false => to,
            };
            strips.push(Strip {
                why: format!(
                    "around the longest stretch without a beat, {:.1} s",
                    to - from
                ),
                span: self.strip_at(centre),
            });
        }
        self.strips = strips;
    }

    fn strip_at(&self, centre: f64) -> [f64; 2] {
        let latest = (self.end() - STRIP).max(self.start);
        let from = (centre - 0.5 * STRIP).clamp(self.start, latest);
        [from, from + STRIP]
    }

    fn longest_silence(&self) -> Option<(f64, f64)> {
        let ends = [self.start].into_iter().chain(self.beats.iter().copied());
        let begins = self.beats.iter().copied().chain([self.end()]);
        ends.zip(begins)
            .filter(|(from, to)| to - from >= SILENCE)
            .max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)))
    }
}
