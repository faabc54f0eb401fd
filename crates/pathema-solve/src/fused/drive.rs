use std::sync::Arc;

use pathema_kernel::{Course, Drive, Real, Way};
use pathema_path::{ControlPath, Depth};

use crate::error::Cause;
use crate::flow::{Control, Standard, log_ode};
use crate::march::Plan;
use crate::march::grid::Grids;
use crate::march::lanes::stops;
use crate::path::{derivatives, derivatives_anywhere, increment};

/// The controls of steps along paths, made when they are asked for.
pub(super) struct AlongPaths {
    grids: Grids,
    paths: Arc<Vec<ControlPath>>,
    control: Control,
    /// Of each sample, step after step, the words of the step's log-signature; empty for other controls.
    words: Vec<Vec<f64>>,
}

impl AlongPaths {
    pub(super) fn new(grids: Grids, standard: &Standard<'_>) -> Result<AlongPaths, Cause> {
        let paths = standard.path.paths();
        let words: Result<_, Cause> = match standard.control {
            Control::LogSignature(depth) => (0..paths.len())
                .map(|sample| {
                    let windows: Vec<(usize, f64, f64)> = (0..grids.steps_of(sample))
                        .map(|step| grids.ends(sample, step))
                        .map(|(from, to)| (sample, from, to))
                        .collect();
                    log_ode::words_of(standard.path, &windows, depth)
                })
                .collect(),
            _ => Ok(Vec::new()),
        };
        Ok(AlongPaths {
            grids,
            paths,
            control: standard.control,
            words: words?,
        })
    }
}

impl<T: Real> Drive<T> for AlongPaths {
    fn steps(&self) -> usize {
        self.grids.len()
    }

    fn steps_of(&self, sample: usize) -> usize {
        self.grids.steps_of(sample)
    }

    fn has_areas(&self) -> bool {
        self.control == Control::LogSignature(Depth::Two)
    }

    fn fill(&self, sample: usize, step: usize, nodes: &[f64], controls: &mut [T]) {
        let (path, (from, to)) = (&self.paths[sample], self.grids.ends(sample, step));
        if from == to {
            return controls.fill(T::default());
        }
        let (one, others) = controls.split_at_mut(controls.len() / nodes.len());
        match self.control {
            Control::Derivative => {
                return derivatives(path, (from, to), to - from, nodes, controls);
            }
            Control::Anywhere => {
                return derivatives_anywhere(path, (from, to), to - from, nodes, controls);
            }
            Control::Increment => increment(path, (from, to), one),
            Control::LogSignature(_) => {
                let own = self.words[sample].chunks_exact(one.len()).nth(step);
                for (to, &word) in one.iter_mut().zip(own.into_iter().flatten()) {
                    *to = T::of(word);
                }
            }
        }
        for other in others.chunks_exact_mut(one.len()) {
            other.copy_from_slice(one);
        }
    }
}

/// Paths along which steps are yet to be found.
pub(super) struct Searched<'a> {
    pub(super) paths: Arc<Vec<ControlPath>>,
    pub(super) start: f64,
    pub(super) end: f64,
    /// Whether all steps end at knots.
    pub(super) at_knots: bool,
    /// Of each sample.
    pub(super) stops: &'a [Vec<f64>],
    pub(super) saves: &'a [f64],
    /// Whether each state saved has to be the end of a step.
    pub(super) land: bool,
    /// Whether the end has to be reached when all is saved.
    pub(super) whole: bool,
    /// 1 forward in time, −1 backward; all times but those of the paths are ahead.
    pub(super) direction: f64,
}

impl<T: Real> Course<T> for Searched<'_> {
    fn fill(&self, sample: usize, (from, to): (f64, f64), nodes: &[f64], slopes: &mut [T]) {
        let ends = (from * self.direction, to * self.direction);
        let derivatives = if self.at_knots {
            derivatives
        } else {
            derivatives_anywhere
        };
        derivatives(&self.paths[sample], ends, self.direction, nodes, slopes);
    }

    fn way(&self, sample: usize) -> Way {
        Way {
            start: self.start,
            end: self.end,
            stops: stops(&self.stops[sample], self.saves, self.land),
            saves: self.saves.to_vec(),
            whole: self.whole,
        }
    }
}
