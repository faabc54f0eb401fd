use serde::Serialize;

use super::{Envelope, Limits};
use crate::{Channel, Span};

/// What one channel is like. Times are seconds, values in the channel's unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChannelReport {
    /// The channel's name.
    pub name: String,
    /// Where it was worn.
    pub placement: &'static str,
    /// What it measured.
    pub modality: &'static str,
    /// The unit; empty where it is not known.
    pub unit: String,
    /// Values a sample.
    pub axes: usize,
    /// Samples per second; `None` where each has its own time.
    pub rate: Option<f64>,
    /// Number of samples.
    pub samples: u64,
    /// When the first sample was taken; `None` if there is none.
    pub start: Option<f64>,
    /// The instant after the last.
    pub end: Option<f64>,
    /// The least value.
    pub low: Option<f64>,
    /// The mean of all values.
    pub mean: Option<f64>,
    /// The greatest value.
    pub high: Option<f64>,
    /// Values that are missing: NaN, or the file's mark for a lost sample.
    pub missing: u64,
    /// Stretches in which nothing was recorded: how many.
    pub gaps: u64,
    /// Their seconds together.
    pub gap_seconds: f64,
    /// The first of them.
    pub first_gaps: Vec<[f64; 2]>,
    /// Seconds in which the value stayed the same for too long.
    pub flat_seconds: f64,
    /// The first such stretches.
    pub first_flat: Vec<[f64; 2]>,
    /// Values in runs of three or more at the least or the greatest value of their axis.
    pub clipped: u64,
    /// Values beyond what the modality can have.
    pub out_of_range: u64,
    /// The outline of each axis.
    #[serde(skip)]
    pub outline: Vec<Envelope>,
}

/// As many stretches are named; the others are counted.
const NAMED: usize = 8;
/// Fewer equal samples than this at an extreme are chance.
const CLIP: u64 = 3;
/// Seconds of the finest stretch of an outline; a channel of a lower rate has one sample to a stretch.
const FINEST: f64 = 1.0 / 64.0;

/// A channel, as its blocks come.
#[derive(Debug)]
pub(super) struct Watch {
    report: ChannelReport,
    limits: Limits,
    sum: f64,
    values: u64,
    /// The sample that has come again and again, and since when.
    still: (Vec<f64>, f64),
    /// How often in a row each axis has had the value it has.
    runs: Vec<Run>,
    /// What has been at the least and at the greatest value of each axis.
    extremes: Vec<[Extreme; 2]>,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    value: f64,
    samples: u64,
}

/// An extreme value: how many samples in long runs have been there.
#[derive(Clone, Copy, Debug)]
struct Extreme {
    value: f64,
    clipped: u64,
}

impl Watch {
    pub(super) fn new(channel: &Channel) -> Watch {
        let axes = channel.axes.max(1);
        let limits = Limits::of(channel.modality);
        let step = channel
            .rate()
            .map_or(FINEST, |rate| (1.0 / rate).max(FINEST));
        let extreme = |value| Extreme { value, clipped: 0 };
        Watch {
            report: ChannelReport {
                name: channel.name.clone(),
                placement: channel.placement.name(),
                modality: channel.modality.name(),
                unit: channel.unit.clone().into_owned(),
                axes,
                rate: channel.rate(),
                samples: 0,
                start: None,
                end: None,
                low: None,
                mean: None,
                high: None,
                missing: 0,
                gaps: 0,
                gap_seconds: 0.0,
                first_gaps: Vec::new(),
                flat_seconds: 0.0,
                first_flat: Vec::new(),
                clipped: 0,
                out_of_range: 0,
                outline: vec![Envelope::new(step); axes],
            },
            limits: Limits {
                range: limits.range.clone().filter(|_| limits.unit == channel.unit),
                ..limits
            },
            sum: 0.0,
            values: 0,
            still: (vec![f64::NAN; axes], 0.0),
            runs: vec![
                Run {
                    value: f64::NAN,
                    samples: 0
                };
                axes
            ],
            extremes: vec![[extreme(f64::INFINITY), extreme(f64::NEG_INFINITY)]; axes],
        }
    }

    /// The instant after the last sample so far.
    pub(super) fn end(&self) -> f64 {
        self.report.end.unwrap_or(0.0)
    }

    pub(super) fn add(&mut self, part: &Channel) {
        // Not all at once: values may have to be converted, and copied for it.
        const CHUNK: usize = 4096;
        for (range, span) in part.segments() {
            self.gap(span.start);
            let mut first = range.start;
            while first < range.end {
                let chunk = first..range.end.min(first + CHUNK);
                let values = part.values(chunk.clone());
                for (offset, sample) in values.chunks_exact(self.report.axes).enumerate() {
                    let time = part.timing.time(first + offset);
                    if sample != self.still.0 {
                        self.end_still(time);
                        self.still.0.copy_from_slice(sample);
                        self.still.1 = time;
                    }
                    for (axis, &value) in sample.iter().enumerate() {
                        self.value(axis, time, value);
                    }
                }
                self.report.samples += chunk.len() as u64;
                first = chunk.end;
            }
            self.report.start.get_or_insert(span.start);
            self.report.end = Some(span.end);
        }
    }

    pub(super) fn finish(mut self) -> ChannelReport {
        self.break_off(self.end());
        self.report.mean = (self.values > 0).then(|| self.sum / self.values as f64);
        let all = |which: usize| {
            self.extremes
                .iter()
                .map(move |extremes| extremes[which].value)
        };
        if self.values > 0 {
            self.report.low = Some(all(0).fold(f64::INFINITY, f64::min));
            self.report.high = Some(all(1).fold(f64::NEG_INFINITY, f64::max));
        }
        if self.limits.clips {
            // Of an axis that never changes, least and greatest are the same, and it is flat, not clipped.
            let changing = self
                .extremes
                .iter()
                .filter(|[low, high]| low.value < high.value);
            self.report.clipped = changing.flatten().map(|extreme| extreme.clipped).sum();
        }
        self.report
    }

    /// Notes what lies between the last sample and the next segment.
    fn gap(&mut self, start: f64) {
        let Some(end) = self.report.end else {
            return;
        };
        let hair = self.report.rate.map_or(f64::INFINITY, |rate| 0.5 / rate);
        if start - end > hair {
            self.report.gaps += 1;
            self.report.gap_seconds += start - end;
            note(
                &mut self.report.first_gaps,
                Span {
                    start: end,
                    end: start,
                },
            );
            self.break_off(end);
        }
    }

    /// Ends all that has gone on until now.
    fn break_off(&mut self, end: f64) {
        self.end_still(end);
        self.still.0.fill(f64::NAN);
        for axis in 0..self.report.axes {
            self.end_run(axis);
            self.runs[axis].value = f64::NAN;
        }
    }

    fn value(&mut self, axis: usize, time: f64, value: f64) {
        if value != self.runs[axis].value {
            self.end_run(axis);
            self.runs[axis] = Run { value, samples: 0 };
        }
        self.runs[axis].samples += 1;
        if value.is_nan() {
            self.report.missing += 1;
            return;
        }
        self.values += 1;
        self.sum += value;
        if self
            .limits
            .range
            .as_ref()
            .is_some_and(|range| !range.contains(&value))
        {
            self.report.out_of_range += 1;
        }
        self.report.outline[axis].add(time, value);
        let [low, high] = &mut self.extremes[axis];
        if value < low.value {
            *low = Extreme { value, clipped: 0 };
        }
        if value > high.value {
            *high = Extreme { value, clipped: 0 };
        }
    }

    /// Judges the stretch of one and the same sample that ends at `end`.
    fn end_still(&mut self, end: f64) {
        let since = self.still.1;
        let known = self.still.0.iter().all(|value| !value.is_nan());
        if known && end - since >= self.limits.flat {
            self.report.flat_seconds += end - since;
            note(&mut self.report.first_flat, Span { start: since, end });
        }
    }

    /// Judges the run of one and the same value that has come to its end.
    fn end_run(&mut self, axis: usize) {
        let run = self.runs[axis];
        if run.samples >= CLIP {
            for extreme in &mut self.extremes[axis] {
                if extreme.value == run.value {
                    extreme.clipped += run.samples;
                }
            }
        }
    }
}

fn note(spans: &mut Vec<[f64; 2]>, span: Span) {
    if spans.len() < NAMED {
        spans.push([span.start, span.end]);
    }
}
