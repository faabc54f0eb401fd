use std::sync::OnceLock;

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
    /// Before each row and after the last, of each channel: how many values came so far, and their sum.
    sums: OnceLock<Vec<(f64, f64)>>,
}

/// What was observed of a channel over a stretch of time, whatever the state of its wearer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// Observations.
    pub count: f64,
    /// Their mean; 0 of none.
    pub mean: f64,
}

/// One subject's session, ready to be cut into windows. Not to be cloned: what a [`crate::loso::Cohort`] owns
/// nobody else has.
#[derive(Debug, PartialEq)]
pub struct Session {
    /// Who.
    pub subject: String,
    /// One track a modality, in the order of the config.
    pub tracks: Vec<Track>,
    /// The same after samples were taken away, once for each way to do so.
    pub degraded: Vec<Degraded>,
    /// Features of its windows, for models that take such.
    pub features: Option<FeatureTable>,
    /// What was going on.
    pub labels: Vec<LabelRun>,
    /// Seconds.
    pub duration: f64,
}

/// What is left of a session after samples were taken away.
#[derive(Debug, PartialEq)]
pub struct Degraded {
    /// One track a modality, as [`Session::tracks`].
    pub tracks: Vec<Track>,
    /// As [`Session::features`], of the same windows.
    pub features: Option<FeatureTable>,
}

impl Track {
    /// From times and values, [times × channels].
    ///
    /// # Panics
    /// If they do not fit.
    pub fn new(times: Vec<f64>, values: Vec<f64>, channels: &'static [&'static str]) -> Track {
        assert_eq!(
            times.len() * channels.len(),
            values.len(),
            "a value of each channel at each time"
        );
        Track {
            times,
            values,
            channels,
            sums: OnceLock::new(),
        }
    }

    /// Level of each channel from one time to another, the second not included.
    fn levels(&self, from: f64, to: f64) -> Vec<Level> {
        let width = self.channels.len();
        let sums = self.sums.get_or_init(|| {
            let mut sums = Vec::with_capacity(self.values.len() + width);
            sums.resize(width, (0.0, 0.0));
            for (place, value) in self.values.iter().enumerate() {
                let (count, sum): (f64, f64) = sums[place];
                sums.push(match value.is_nan() {
                    true => (count, sum),
                    false => (count + 1.0, sum + value),
                });
            }
            sums
        });
        let row = |time: f64| self.times.partition_point(|&at| at < time - 1e-9) * width;
        let (first, last) = (row(from), row(to.max(from)));
        (0..width)
            .map(|channel| {
                let ((before, sum), (count, end)) = (sums[first + channel], sums[last + channel]);
                let count = count - before;
                Level {
                    count,
                    mean: if count > 0.0 {
                        (end - sum) / count
                    } else {
                        0.0
                    },
                }
            })
            .collect()
    }
}

impl Session {
    /// Windows over the whole session, whatever its labels.
    pub fn inputs(&self, length: f64, shift: f64) -> Vec<Input<'_>> {
        let count = ((self.duration - length) / shift + 1e-9).floor();
        (0..if count >= 0.0 { count as usize + 1 } else { 0 })
            .map(|k| self.input(k as f64 * shift, length))
            .collect()
    }

    pub(crate) fn input(&self, start: f64, length: f64) -> Input<'_> {
        Input {
            session: self,
            start,
            length,
            sight: Sight::default(),
        }
    }
}

/// What is left of a recording for a model to see. The default is all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sight {
    /// Which of [`Session::degraded`] is seen, from 1; 0 is the recording as it is.
    pub degraded: usize,
    /// A modality that fails in every window, and after which share of it: 0 for the whole window.
    pub lost: Option<(usize, f64)>,
}

/// What a model may see of a window: its observations, in the window's own time. No label.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    session: &'a Session,
    start: f64,
    length: f64,
    sight: Sight,
}

impl<'a> Input<'a> {
    /// The same window, with less to be seen.
    ///
    /// # Panics
    /// If the session holds no such degraded tracks.
    pub fn through(self, sight: Sight) -> Input<'a> {
        assert!(
            sight.degraded <= self.session.degraded.len(),
            "{} has {} degraded recordings, asked for number {}",
            self.session.subject,
            self.session.degraded.len(),
            sight.degraded
        );
        Input { sight, ..self }
    }

    /// What is left to be seen.
    pub fn sight(&self) -> Sight {
        self.sight
    }

    /// Whose window it is. For the records, and for keeping what was computed of a window; no model is told.
    pub fn subject(&self) -> &'a str {
        &self.session.subject
    }

    fn track(&self, modality: usize) -> &'a Track {
        match self.sight.degraded {
            0 => &self.session.tracks[modality],
            degraded => &self.session.degraded[degraded - 1].tracks[modality],
        }
    }

    /// Channels of a modality.
    pub fn channels(&self, modality: usize) -> &'static [&'static str] {
        self.track(modality).channels
    }

    /// Level of each channel over the subject's own past: from so many seconds before the window to its start. Nothing is known
    /// of what it felt then.
    pub fn past(&self, modality: usize, seconds: f64) -> Vec<Level> {
        if self.sight.lost == Some((modality, 0.0)) {
            return vec![Level::default(); self.channels(modality).len()];
        }
        self.track(modality)
            .levels(self.start - seconds, self.start)
    }

    /// Level of each channel over the whole session, what comes after the window too: not to be had by a device, and never to be
    /// reported but as transductive.
    pub fn whole_session(&self, modality: usize) -> Vec<Level> {
        if self.sight.lost == Some((modality, 0.0)) {
            return vec![Level::default(); self.channels(modality).len()];
        }
        self.track(modality).levels(0.0, f64::INFINITY)
    }

    /// The features of this very window, NaN where undefined; `None` if the session's table has no window that starts when this
    /// one does and lasts as long.
    pub fn features(&self) -> Option<&'a [f64]> {
        // Starts are sums of steps: a hair of slack for their rounding.
        const SLACK: f64 = 1e-6;
        let table = self.table()?;
        let near = |a: f64, b: f64| (a - b).abs() <= SLACK;
        let window = table
            .starts()
            .partition_point(|&start| start < self.start - SLACK);
        let start = *table.starts().get(window)?;
        (near(start, self.start) && near(table.length(), self.length)).then(|| table.row(window))
    }

    /// Level of each feature over the subject's own past: over the windows of the table that start no more than so many seconds before
    /// this one and end before it starts. `None` without features.
    pub fn past_features(&self, seconds: f64) -> Option<Vec<Level>> {
        let table = self.table()?;
        let within = |start: f64| {
            start >= self.start - seconds - 1e-9 && start + table.length() <= self.start + 1e-9
        };
        Some(levels(table, within))
    }

    /// Level of each feature over the whole session: see [`whole_session`](Self::whole_session). `None` without features.
    pub fn features_of_session(&self) -> Option<Vec<Level>> {
        Some(levels(self.table()?, |_| true))
    }

    fn table(&self) -> Option<&'a FeatureTable> {
        match self.sight.degraded {
            0 => self.session.features.as_ref(),
            degraded => self.session.degraded[degraded - 1].features.as_ref(),
        }
    }

    /// The observations of one modality in the window; times start anew at 0.
    ///
    /// # Errors
    /// [`PathError`] if the track holds what no observation can be.
    pub fn observations(&self, modality: usize) -> Result<Observations, PathError> {
        let track = self.track(modality);
        let width = track.channels.len();
        let seen = match self.sight.lost {
            Some((lost, share)) if lost == modality => self.length * share,
            _ => self.length,
        };
        // A hair of slack, for times that rounding pushed across the edge.
        let from = track
            .times
            .partition_point(|&time| time < self.start - 1e-9);
        let to = track
            .times
            .partition_point(|&time| time < self.start + seen - 1e-9);
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

/// Every so many windows of a table are enough for a level: they overlap.
const EVERY: usize = 20;

/// Level of each feature over some windows of a table.
fn levels(table: &FeatureTable, within: impl Fn(f64) -> bool) -> Vec<Level> {
    let mut sums = vec![(0.0, 0.0); table.names().len()];
    for (window, &start) in table.starts().iter().enumerate().step_by(EVERY) {
        if within(start) {
            for (sums, &value) in sums.iter_mut().zip(table.row(window)) {
                if !value.is_nan() {
                    sums.0 += 1.0;
                    sums.1 += value;
                }
            }
        }
    }
    sums.into_iter()
        .map(|(count, sum)| Level {
            count,
            mean: if count > 0.0 { sum / count } else { 0.0 },
        })
        .collect()
}
