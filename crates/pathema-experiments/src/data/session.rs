use pathema_path::{Observations, PathError};
use pathema_physio::features::FeatureTable;
use pathema_signal::LabelRun;

/// One modality over a whole session: an irregular series of observations, missing values as NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Seconds since the start of the recording, increasing.
    pub times: Vec<f64>,
    /// [times × channels], row by row.
    pub values: Vec<f64>,
    /// Names of the channels.
    pub channels: &'static [&'static str],
}

/// One subject's session, ready to be cut into windows. Not to be cloned: what a [`crate::loso::Cohort`] owns
/// nobody else has.
#[derive(Debug, PartialEq)]
pub struct Session {
    /// Who.
    pub subject: String,
    /// One track a modality, in the order of the config.
    pub tracks: Vec<Track>,
    /// Features of its windows, for models that take such.
    pub features: Option<FeatureTable>,
    /// What was going on.
    pub labels: Vec<LabelRun>,
    /// Seconds.
    pub duration: f64,
}

impl Session {
    /// Windows over the whole session, whatever its labels.
    pub fn inputs(&self, length: f64, shift: f64) -> Vec<Input<'_>> {
        let count = ((self.duration - length) / shift + 1e-9).floor();
        (0..if count >= 0.0 { count as usize + 1 } else { 0 })
            .map(|k| Input {
                session: self,
                start: k as f64 * shift,
                length,
            })
            .collect()
    }

    pub(crate) fn input(&self, start: f64, length: f64) -> Input<'_> {
        Input {
            session: self,
            start,
            length,
        }
    }
}

/// What a model may see of a window: its observations, in the window's own time. No label.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    session: &'a Session,
    start: f64,
    length: f64,
}

impl<'a> Input<'a> {
    /// The features of this very window, NaN where undefined; `None` if the session's table has no window that starts when this
    /// one does and lasts as long.
    pub fn features(&self) -> Option<&'a [f64]> {
        // Starts are sums of steps: a hair of slack for their rounding.
        const SLACK: f64 = 1e-6;
        let table = self.session.features.as_ref()?;
        let near = |a: f64, b: f64| (a - b).abs() <= SLACK;
        let window = table
            .starts()
            .partition_point(|&start| start < self.start - SLACK);
        let start = *table.starts().get(window)?;
        (near(start, self.start) && near(table.length(), self.length)).then(|| table.row(window))
    }

    /// The observations of one modality in the window; times start anew at 0.
    ///
    /// # Errors
    /// [`PathError`] if the track holds what no observation can be.
    pub fn observations(&self, modality: usize) -> Result<Observations, PathError> {
        let track = &self.session.tracks[modality];
        let width = track.channels.len();
        // A hair of slack, for times that rounding pushed across the edge.
        let from = track
            .times
            .partition_point(|&time| time < self.start - 1e-9);
        let to = track
            .times
            .partition_point(|&time| time < self.start + self.length - 1e-9);
        let times = track.times[from..to]
            .iter()
            .map(|time| (time - self.start).max(0.0))
            .collect();
        Observations::new(
            times,
            track.values[from * width..to * width].to_vec(),
            width,
        )
    }

    /// Seconds.
    pub fn length(&self) -> f64 {
        self.length
    }

    /// When the window starts, in seconds since the start of the session. Only the clock, which knows nothing
    /// else, may learn from it; no recogniser is given it.
    pub fn session_time(&self) -> f64 {
        self.start
    }
}
