//! A recording: what the sensors of one person stored in one session.
//!
//! Each [`Channel`] keeps its values as they were stored, at its own rate or its own times, gaps included; what they mean
//! in physical units is a [`Conversion`], applied where values are read. All times are seconds since the start of the
//! recording. [`View`] and [`ChannelView`] are stretches of a recording that copy nothing; [`Blocks`] is a
//! recording too long for memory, read stretch by stretch.

mod annotation;
mod blocks;
mod channel;
mod conversion;
mod label;
mod modality;
mod person;
mod samples;
mod timing;
mod view;

pub use annotation::Annotation;
pub use blocks::{Blocks, Whole};
pub use channel::Channel;
pub use conversion::{Conversion, Thermistor};
pub use label::{Label, LabelRun};
pub use modality::{Modality, Placement};
pub use person::{Person, Sex, Start};
pub use samples::Samples;
pub use timing::{Segment, Span, Timing};
pub use view::{ChannelView, View};

/// What the sensors of one person stored in one session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// Who was recorded, as the data set names them (`S2`); empty where the files do not say.
    pub subject: String,
    /// What else is known of them.
    pub person: Person,
    /// When time 0 was, where the files say so.
    pub start: Option<Start>,
    /// The channels, each with its own times.
    pub channels: Vec<Channel>,
    /// Maximal stretches of one of WESAD's labels, in order, without overlap.
    pub labels: Vec<LabelRun>,
    /// What else was marked: beats, tags, events, in the order of their starts.
    pub annotations: Vec<Annotation>,
}

impl Recording {
    /// The channel of one sensor, if it was recorded; the first where there are several.
    pub fn channel(&self, placement: Placement, modality: Modality) -> Option<&Channel> {
        self.channels
            .iter()
            .find(|channel| channel.placement == placement && channel.modality == modality)
    }

    /// The channel of this name, if there is one.
    pub fn named(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }

    /// Whether any channel was worn there.
    pub fn has(&self, placement: Placement) -> bool {
        self.channels
            .iter()
            .any(|channel| channel.placement == placement)
    }

    /// Seconds until the last sample of any channel has ended.
    pub fn duration(&self) -> f64 {
        self.channels.iter().map(Channel::end).fold(0.0, f64::max)
    }

    /// All there is in `[start, end)`, in seconds. Nothing is copied.
    ///
    /// ```
    /// use pathema_signal::{Channel, Modality, Placement, Recording, Samples, Timing};
    /// let eda = Channel::new("EDA", Modality::Eda, "µS", Timing::regular(4.0), Samples::F64(vec![0.4; 40]))
    ///     .worn(Placement::Wrist);
    /// let recording = Recording { channels: vec![eda], ..Recording::default() };
    /// let second = recording.slice(2.0, 3.0);
    /// assert_eq!(second.channels().next().unwrap().values().len(), 4);
    /// assert_eq!(recording.slice(0.0, 10.0).windows(4.0, 2.0).count(), 4);
    /// ```
    pub fn slice(&self, start: f64, end: f64) -> View<'_> {
        View::new(self, start, end)
    }
}
