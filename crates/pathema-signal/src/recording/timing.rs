use std::ops::Range;

/// A stretch of time `[start, end)`, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Its first instant.
    pub start: f64,
    /// The instant after its last.
    pub end: f64,
}

impl Span {
    /// Seconds.
    pub fn duration(&self) -> f64 {
        self.end - self.start
    }
}

/// When the samples of a channel were taken, in seconds since the start of the recording.
#[derive(Clone, Debug, PartialEq)]
pub enum Timing {
    /// At one rate, in one or more segments with gaps between them.
    Regular {
        /// Samples per second, above zero.
        rate: f64,
        /// In the order of time, the first with sample 0; at least one.
        segments: Vec<Segment>,
    },
    /// Each sample at its own time, in ascending order.
    Irregular(Vec<f64>),
}

/// A stretch of samples without a gap; it ends where the next one's first sample or the channel ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// The time of its first sample.
    pub start: f64,
    /// The index of its first sample.
    pub first: usize,
}

/// A time that rounding pushed a hair past a sample still means that sample, by this part of a sample's time.
const HAIR: f64 = 1e-6;

impl Timing {
    /// One segment from time 0 on.
    pub fn regular(rate: f64) -> Timing {
        Timing::from(0.0, rate)
    }

    /// One segment from time `start` on.
    pub fn from(start: f64, rate: f64) -> Timing {
        Timing::Regular {
            rate,
            segments: vec![Segment { start, first: 0 }],
        }
    }

    /// Samples per second; `None` where each has its own time.
    pub fn rate(&self) -> Option<f64> {
        match self {
            Timing::Regular { rate, .. } => Some(*rate),
            Timing::Irregular(_) => None,
        }
    }

    /// When sample `index` was taken; beyond the samples there are, as if the last segment went on.
    ///
    /// # Panics
    /// If the times are irregular and `index` is past their end.
    pub fn time(&self, index: usize) -> f64 {
        match self {
            Timing::Regular { rate, segments } => {
                let after = segments.partition_point(|segment| segment.first <= index);
                let segment = &segments[after.saturating_sub(1)];
                segment.start + (index - segment.first) as f64 / rate
            }
            Timing::Irregular(times) => times[index],
        }
    }

    /// The first of `count` samples that was not taken before `time`.
    pub(crate) fn index(&self, time: f64, count: usize) -> usize {
        match self {
            Timing::Regular { rate, segments } => {
                let after = segments.partition_point(|segment| segment.start <= time);
                let Some(segment) = after.checked_sub(1).map(|last| &segments[last]) else {
                    return 0;
                };
                let end = segments.get(after).map_or(count, |next| next.first);
                let steps = ((time - segment.start) * rate - HAIR).ceil().max(0.0);
                segment.first.saturating_add(steps as usize).min(end)
            }
            Timing::Irregular(times) => times.partition_point(|&sample| sample < time),
        }
    }

    /// The instant after the last of `count` samples; 0 for none.
    pub(super) fn end(&self, count: usize) -> f64 {
        match (self, count.checked_sub(1)) {
            (_, None) => 0.0,
            (Timing::Regular { rate, .. }, Some(last)) => self.time(last) + 1.0 / rate,
            (Timing::Irregular(times), Some(last)) => times[last],
        }
    }

    /// The segments of `count` samples: their indices and when they were taken. Irregular times are one segment.
    pub(super) fn segments(&self, count: usize) -> Vec<(Range<usize>, Span)> {
        let span = |range: Range<usize>, step: f64| {
            let last = self.time(range.end - 1);
            let span = Span {
                start: self.time(range.start),
                end: last + step,
            };
            (range, span)
        };
        match self {
            _ if count == 0 => Vec::new(),
            Timing::Regular { rate, segments } => {
                let ends = segments
                    .iter()
                    .skip(1)
                    .map(|segment| segment.first)
                    .chain([count]);
                let ranges = segments
                    .iter()
                    .zip(ends)
                    .map(|(segment, end)| segment.first..end.min(count));
                ranges
                    .filter(|range| !range.is_empty())
                    .map(|range| span(range, 1.0 / rate))
                    .collect()
            }
            Timing::Irregular(_) => vec![span(0..count, 0.0)],
        }
    }

    /// The times by another clock, whose seconds are shorter by the factor `stretch`.
    pub(crate) fn mapped(self, time: impl Fn(f64) -> f64, stretch: f64) -> Timing {
        match self {
            Timing::Regular { rate, mut segments } => {
                for segment in &mut segments {
                    segment.start = time(segment.start);
                }
                let rate = rate / stretch;
                Timing::Regular { rate, segments }
            }
            Timing::Irregular(times) => Timing::Irregular(times.into_iter().map(time).collect()),
        }
    }

    /// The times of some samples, as the timing of a channel of these alone.
    pub(crate) fn part(&self, range: Range<usize>) -> Timing {
        match self {
            Timing::Regular { rate, segments } => {
                let mut kept = vec![Segment {
                    start: self.time(range.start),
                    first: 0,
                }];
                // A long recording can have many segments, and is cut into many parts.
                let before = segments.partition_point(|segment| segment.first <= range.start);
                let inside = &segments[before..];
                let count = inside.partition_point(|segment| segment.first < range.end);
                kept.extend(inside[..count].iter().map(|segment| Segment {
                    start: segment.start,
                    first: segment.first - range.start,
                }));
                Timing::Regular {
                    rate: *rate,
                    segments: kept,
                }
            }
            Timing::Irregular(times) => Timing::Irregular(times[range].to_vec()),
        }
    }
}
