//! Windows of equal length that never cross a change of label.

use crate::recording::{Label, LabelRun};

/// A window `[start, start + length)`, in seconds since the start of the recording, inside one label run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// What the whole window is labelled.
    pub label: Label,
    /// Its first instant.
    pub start: f64,
    /// Seconds.
    pub length: f64,
}

impl Window {
    /// The instant after its last.
    pub fn end(&self) -> f64 {
        self.start + self.length
    }
}

/// All windows of `length` seconds, `shift` seconds apart, that lie whole inside one run of a label.
///
/// Each run is cut from its own start, so that a window never depends on what came before the run. Runs
/// shorter than `length` give none, and so does a `length` or `shift` that is not above zero.
///
/// ```
/// use pathema_signal::{Label, LabelRun};
/// use pathema_signal::windows::windows;
/// let run = |label, start, end| LabelRun { label, start, end };
/// let runs = [run(Label::Baseline, 10.0, 130.0), run(Label::Stress, 130.0, 180.0)];
/// let starts: Vec<f64> = windows(&runs, 60.0, 30.0).map(|window| window.start).collect();
/// assert_eq!(starts, [10.0, 40.0, 70.0]);
/// ```
pub fn windows(runs: &[LabelRun], length: f64, shift: f64) -> impl Iterator<Item = Window> {
    runs.iter().flat_map(move |run| {
        (0..count(run.duration(), length, shift)).map(move |i| Window {
            label: run.label,
            start: run.start + i as f64 * shift,
            length,
        })
    })
}

/// How many windows of `length`, `shift` apart, fit into `duration`; none if either is not above zero.
pub(crate) fn count(duration: f64, length: f64, shift: f64) -> usize {
    let room = duration - length;
    if !(length > 0.0 && shift > 0.0 && room >= -1e-9) {
        return 0;
    }
    ((room + 1e-9) / shift).floor().max(0.0) as usize + 1
}
