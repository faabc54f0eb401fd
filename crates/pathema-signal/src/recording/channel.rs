use std::borrow::Cow;
use std::ops::Range;

use super::{ChannelView, Conversion, Modality, Placement, Samples, Span, Timing};

/// One sensor's samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// What the file calls it (`EDA`, `MLII`, `EEG Fpz-Cz`).
    pub name: String,
    /// Where the sensor was worn.
    pub placement: Placement,
    /// What it measured.
    pub modality: Modality,
    /// The unit of [`values`](Channel::values) (`µS`, `g`, …); empty where the file does not say.
    pub unit: Cow<'static, str>,
    /// When the samples were taken.
    pub timing: Timing,
    /// Values per sample: 3 for accelerometers, 1 otherwise.
    pub axes: usize,
    /// The values as stored, sample by sample (`x₀ y₀ z₀ x₁ …` for three axes).
    pub samples: Samples,
    /// From stored values to the unit.
    pub conversion: Conversion,
}

impl Channel {
    /// A channel of one axis, worn nobody knows where, stored in its unit.
    ///
    /// ```
    /// use pathema_signal::{Channel, Conversion, Modality, Placement, Samples, Timing};
    /// let acc = Channel::new("ACC", Modality::Acc, "g", Timing::regular(32.0), Samples::I16(vec![0, 0, 64]))
    ///     .worn(Placement::Wrist)
    ///     .with_axes(3)
    ///     .converted(Conversion::Linear { scale: 1.0 / 64.0, offset: 0.0 });
    /// assert_eq!(acc.len(), 1);
    /// assert_eq!(acc.values(0..1)[..], [0.0, 0.0, 1.0]);
    /// ```
    pub fn new(
        name: impl Into<String>,
        modality: Modality,
        unit: impl Into<Cow<'static, str>>,
        timing: Timing,
        samples: Samples,
    ) -> Channel {
        Channel {
            name: name.into(),
            placement: Placement::Unknown,
            modality,
            unit: unit.into(),
            timing,
            axes: 1,
            samples,
            conversion: Conversion::None,
        }
    }

    /// The channel, worn there.
    pub fn worn(self, placement: Placement) -> Channel {
        Channel { placement, ..self }
    }

    /// The channel, with so many values a sample.
    pub fn with_axes(self, axes: usize) -> Channel {
        Channel { axes, ..self }
    }

    /// The channel, whose stored values become its unit by `conversion`.
    pub fn converted(self, conversion: Conversion) -> Channel {
        Channel { conversion, ..self }
    }

    /// Number of samples (not values).
    pub fn len(&self) -> usize {
        self.samples.len() / self.axes.max(1)
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Samples per second; `None` where each has its own time.
    pub fn rate(&self) -> Option<f64> {
        self.timing.rate()
    }

    /// When the first sample was taken; 0 if there is none.
    pub fn start(&self) -> f64 {
        if self.is_empty() {
            0.0
        } else {
            self.timing.time(0)
        }
    }

    /// The instant after the last sample; 0 if there is none.
    pub fn end(&self) -> f64 {
        self.timing.end(self.len())
    }

    /// Seconds from the first sample to the end of the last, gaps included.
    pub fn duration(&self) -> f64 {
        self.end() - self.start()
    }

    /// The stretches between segments of a regular channel, where nothing was recorded.
    ///
    /// ```
    /// use pathema_signal::{Channel, Modality, Samples, Segment, Span, Timing};
    /// let segments = vec![Segment { start: 0.0, first: 0 }, Segment { start: 5.0, first: 8 }];
    /// let timing = Timing::Regular { rate: 4.0, segments };
    /// let eda = Channel::new("EDA", Modality::Eda, "µS", timing, Samples::F64(vec![0.4; 12]));
    /// assert_eq!(eda.gaps(), [Span { start: 2.0, end: 5.0 }]);
    /// assert_eq!(eda.end(), 6.0);
    /// assert_eq!(eda.indices(1.75, 5.25), 7..9);
    /// ```
    pub fn gaps(&self) -> Vec<Span> {
        let segments = self.segments();
        segments
            .windows(2)
            .map(|pair| Span {
                start: pair[0].1.end,
                end: pair[1].1.start,
            })
            .filter(|gap| gap.duration() > 0.0)
            .collect()
    }

    /// The stretches without a gap: which samples, and when. Irregular times are one stretch.
    pub fn segments(&self) -> Vec<(Range<usize>, Span)> {
        self.timing.segments(self.len())
    }

    /// Indices of the samples that lie in `[start, end)`, in seconds, clipped to the recording.
    ///
    /// ```
    /// use pathema_signal::{Channel, Modality, Samples, Timing};
    /// let eda = Channel::new("EDA", Modality::Eda, "µS", Timing::regular(4.0), Samples::F64(vec![0.4; 40]));
    /// assert_eq!(eda.indices(1.0, 2.0), 4..8);
    /// assert_eq!(eda.indices(9.5, 99.0), 38..40);
    /// ```
    pub fn indices(&self, start: f64, end: f64) -> Range<usize> {
        let count = self.len();
        let first = self.timing.index(start, count);
        first..self.timing.index(end, count).max(first)
    }

    /// The values of some samples in the channel's unit, sample by sample; NaN where one is missing. Borrowed where they
    /// are stored so.
    ///
    /// # Panics
    /// If the range reaches past the end, as slicing does; [`indices`](Channel::indices) never does.
    pub fn values(&self, range: Range<usize>) -> Cow<'_, [f64]> {
        let axes = self.axes;
        self.conversion
            .values(&self.samples, range.start * axes..range.end * axes)
    }

    /// All values in the channel's unit.
    pub fn all(&self) -> Cow<'_, [f64]> {
        self.values(0..self.len())
    }

    /// What lies in `[start, end)`, in seconds. Nothing is copied.
    pub fn slice(&self, start: f64, end: f64) -> ChannelView<'_> {
        ChannelView::new(self, self.indices(start, end))
    }

    /// A channel of some of the samples, which are copied; their times stay what they are.
    ///
    /// # Panics
    /// If the range reaches past the end, as slicing does.
    pub fn part(&self, range: Range<usize>) -> Channel {
        Channel {
            name: self.name.clone(),
            unit: self.unit.clone(),
            timing: self.timing.part(range.clone()),
            samples: self
                .samples
                .part(range.start * self.axes..range.end * self.axes),
            ..*self
        }
    }
}
