use super::Lane;
use crate::error::KernelError;

/// A sample under way.
pub(super) struct Walker {
    pub(super) sample: usize,
    pub(super) at: Lane,
    pub(super) ends: Vec<f64>,
    pub(super) rejected: usize,
    pub(super) evaluations: usize,
    pub(super) last_save: f64,
    pub(super) whole: bool,
    /// How far its slope was probed for the first step.
    pub(super) probe: f64,
    /// Whether its first slope is yet to be evaluated.
    pub(super) fresh: bool,
}

impl Walker {
    pub(super) fn is_done(&self) -> bool {
        let goal = if self.whole {
            self.at.end()
        } else {
            self.last_save
        };
        self.at.time >= goal
    }

    /// Whether its first step is yet to be chosen.
    pub(super) fn begins(&self) -> bool {
        self.at.tried == 0 && self.at.natural == 0.0
    }

    /// The end of the piece that begins here.
    pub(super) fn piece_end(&self) -> f64 {
        let stop = self.at.stop();
        if stop.is_finite() { stop } else { self.at.time }
    }

    pub(super) fn error(&self, why: &'static str) -> KernelError {
        KernelError::Steps {
            sample: self.sample,
            time: self.at.time,
            why,
        }
    }
}
