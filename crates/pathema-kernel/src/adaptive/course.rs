use super::Controller;

/// dX/dt along which an adaptive solve goes. Times increase in the direction of the solve.
pub trait Course<T>: Sync {
    /// Puts dX/dt at nodes of a step from one time to another (0 its start, 1 its end) in `slopes`, `[nodes, channels]`: of
    /// the piece in which the step's middle lies. Zero where the sample stands still.
    fn fill(&self, sample: usize, ends: (f64, f64), nodes: &[f64], slopes: &mut [T]);

    /// Where a sample goes.
    fn way(&self, sample: usize) -> Way;
}

/// Where a sample goes. Times increase in the direction of the solve.
#[derive(Clone, Debug)]
pub struct Way {
    /// Where it starts.
    pub start: f64,
    /// The last time that is ever asked for.
    pub end: f64,
    /// Times at which a step has to end, increasing.
    pub stops: Vec<f64>,
    /// Times to save at, increasing.
    pub saves: Vec<f64>,
    /// Whether the solve goes on to the end when all is saved.
    pub whole: bool,
}

/// Which error is allowed, and what follows from it.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance<'a> {
    /// Relative to the state.
    pub rtol: f64,
    /// Where the state is near zero.
    pub atol: f64,
    /// b minus the weights of the embedded method.
    pub error: &'a [f64],
    /// Order of the method.
    pub order: u32,
    /// From errors to steps.
    pub controller: Controller,
    /// From errors to one error.
    pub norm: Norm,
    /// The first step; chosen by itself where there is none.
    pub first_step: Option<f64>,
    /// Steps tried before a sample is given up.
    pub max_steps: usize,
    /// Whether dX/dt jumps at stops.
    pub jumps: bool,
}

/// How a sample's error, number by number relative to the tolerance, becomes one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// Root mean square over the first so many numbers of the state.
    Rms(usize),
    /// The largest.
    Max,
}

/// The steps that were found.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    /// Of each sample, where steps end, after the start.
    pub ends: Vec<Vec<f64>>,
    /// Of each sample, steps that were taken back.
    pub rejected: Vec<usize>,
    /// Evaluations of the field, each of a group of samples.
    pub evaluations: usize,
}
