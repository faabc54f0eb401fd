use std::borrow::Cow;
use std::ops::Range;

use super::{Annotation, Channel, LabelRun, Recording};

/// A stretch of a recording, `[start, end)` in seconds since the start of the whole. Nothing is copied.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    recording: &'a Recording,
    start: f64,
    end: f64,
}

impl<'a> View<'a> {
    pub(super) fn new(recording: &'a Recording, start: f64, end: f64) -> View<'a> {
        View {
            recording,
            start,
            end: end.max(start),
        }
    }

    /// Its first instant.
    pub fn start(&self) -> f64 {
        self.start
    }

    /// The instant after its last.
    pub fn end(&self) -> f64 {
        self.end
    }

    /// The recording that it is a stretch of.
    pub fn recording(&self) -> &'a Recording {
        self.recording
    }

    /// Every channel's samples in the stretch, in the recording's order.
    pub fn channels(&self) -> impl ExactSizeIterator<Item = ChannelView<'a>> {
        let (start, end) = (self.start, self.end);
        self.recording
            .channels
            .iter()
            .map(move |channel| channel.slice(start, end))
    }

    /// The label runs that reach into the stretch, cut to it.
    pub fn labels(&self) -> impl Iterator<Item = LabelRun> + 'a {
        let (start, end) = (self.start, self.end);
        self.recording
            .labels
            .iter()
            .filter(move |run| run.start < end && run.end > start)
            .map(move |run| LabelRun {
                label: run.label,
                start: run.start.max(start),
                end: run.end.min(end),
            })
    }

    /// The annotations that begin in the stretch or reach into it.
    pub fn annotations(&self) -> impl Iterator<Item = &'a Annotation> {
        let (start, end) = (self.start, self.end);
        self.recording.annotations.iter().filter(move |annotation| {
            annotation.span.start < end
                && (annotation.span.end > start || annotation.span.start >= start)
        })
    }

    /// Windows of `length` seconds, `shift` seconds apart, that lie whole in the stretch; none if either is not above 0.
    pub fn windows(&self, length: f64, shift: f64) -> impl ExactSizeIterator<Item = View<'a>> {
        let (recording, start) = (self.recording, self.start);
        (0..crate::windows::count(self.end - start, length, shift)).map(move |index| {
            let start = start + index as f64 * shift;
            View::new(recording, start, start + length)
        })
    }
}

/// Some samples of a channel that lie side by side. Nothing is copied.
#[derive(Clone, Debug)]
pub struct ChannelView<'a> {
    channel: &'a Channel,
    range: Range<usize>,
}

impl<'a> ChannelView<'a> {
    pub(super) fn new(channel: &'a Channel, range: Range<usize>) -> ChannelView<'a> {
        ChannelView { channel, range }
    }

    /// The channel.
    pub fn channel(&self) -> &'a Channel {
        self.channel
    }

    /// Which of the channel's samples.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Number of samples (not values).
    pub fn len(&self) -> usize {
        self.range.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.range.is_empty()
    }

    /// The values in the channel's unit, sample by sample; borrowed where they are stored so.
    pub fn values(&self) -> Cow<'a, [f64]> {
        self.channel.values(self.range())
    }

    /// When the samples were taken, in seconds since the start of the recording.
    pub fn times(&self) -> impl ExactSizeIterator<Item = f64> + 'a {
        let timing = &self.channel.timing;
        self.range().map(move |index| timing.time(index))
    }
}
