/// The work that a solve took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SolveStats {
    /// Steps that were kept.
    pub accepted: usize,
    /// Steps that were tried and taken back.
    pub rejected: usize,
    /// Evaluations of the vector field, the whole batch at once counting as one.
    pub evaluations: usize,
    /// The shortest step kept; infinite where none was.
    pub smallest_step: f64,
    /// The longest step kept; 0 where none was.
    pub largest_step: f64,
}

impl SolveStats {
    pub(crate) fn new() -> SolveStats {
        SolveStats {
            accepted: 0,
            rejected: 0,
            evaluations: 0,
            smallest_step: f64::INFINITY,
            largest_step: 0.0,
        }
    }

    pub(crate) fn accept(&mut self, step: f64) {
        self.accepted += 1;
        self.smallest_step = self.smallest_step.min(step.abs());
        self.largest_step = self.largest_step.max(step.abs());
    }
}
