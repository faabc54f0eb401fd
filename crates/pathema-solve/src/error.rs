use std::sync::Mutex;

use pathema_autograd::AutogradError;
use pathema_kernel::KernelError;
use pathema_path::PathError;
use tch::TchError;

use crate::Solution;

/// A solve that did not end well: why, and what there is of the solution.
///
/// Where samples are solved with steps of their own, one that fails does not stop the others:
/// [`into_partial`](Self::into_partial) has them all, and a [`Status`](crate::Status) for each.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct SolveError {
    /// Why; of the first sample that failed.
    pub cause: Cause,
    /// Behind a lock, since tensors may not be shared between threads but errors must.
    partial: Mutex<Option<Box<Solution>>>,
}

impl SolveError {
    pub(crate) fn new(cause: Cause, partial: Option<Solution>) -> SolveError {
        SolveError {
            cause,
            partial: Mutex::new(partial.map(Box::new)),
        }
    }

    /// The solution as far as it came, NaN where there is none.
    pub fn into_partial(self) -> Option<Solution> {
        let partial = self.partial.into_inner().ok().flatten();
        partial.map(|solution| *solution)
    }
}

impl<E: Into<Cause>> From<E> for SolveError {
    fn from(cause: E) -> SolveError {
        SolveError::new(cause.into(), None)
    }
}

/// Why a solve did not end well.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// A tensor does not have the shape that its place asks for.
    #[error("{what} has shape {found:?}, expected {expected}")]
    Shape {
        /// Which tensor.
        what: &'static str,
        /// Its shape.
        found: Vec<i64>,
        /// The shape asked for, in words.
        expected: String,
    },
    /// The batch of control paths is empty or its paths do not go together.
    #[error("control path {sample} of the batch {problem}")]
    Path {
        /// Which path of the batch.
        sample: usize,
        /// What is off.
        problem: String,
    },
    /// The times to save at are not finite, or do not lead away from the start in one direction.
    #[error(
        "save time {index} is {time}, after {previous}: save times must be finite and lead strictly on, in one direction"
    )]
    SaveTimes {
        /// Which of the times.
        index: usize,
        /// Its value.
        time: f64,
        /// The one before it; for the first, the start.
        previous: f64,
    },
    /// A step length, tolerance or limit cannot be used.
    #[error("{name} = {value} cannot be used: it must be {expected}")]
    Setting {
        /// Which setting.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it must be, in words.
        expected: &'static str,
    },
    /// A tensor holds numbers that cannot be solved for.
    #[error(
        "{what} holds {found:?}: a solve needs floating-point numbers, as `to_kind(Kind::Double)` makes them"
    )]
    Kind {
        /// Which tensor.
        what: &'static str,
        /// What it holds.
        found: tch::Kind,
    },
    /// The state or the vector field ceased to be finite.
    #[error(
        "{what} of sample {sample} is not finite at time {time}: \
         the inputs hold NaN or infinity, or the solution diverges"
    )]
    NonFinite {
        /// Which sample of the batch.
        sample: usize,
        /// When it was first seen, in the path's time.
        time: f64,
        /// Of what.
        what: &'static str,
    },
    /// The error estimate asks for steps below what the time's precision resolves.
    #[error(
        "a step of {step:e} of sample {sample} at time {time} is too small to move on: the problem is too stiff \
         for this solver, or the tolerance is tighter than the precision of the state"
    )]
    StepTooSmall {
        /// Which sample; the first of the batch where all share the step.
        sample: usize,
        /// Where.
        time: f64,
        /// The step asked for.
        step: f64,
    },
    /// The allowed number of steps did not suffice.
    #[error(
        "{limit} steps did not suffice for sample {sample}: time {time} of {end} was reached; loosen the tolerance or \
         raise the limit"
    )]
    MaxSteps {
        /// Which sample; the first of the batch where all share the step.
        sample: usize,
        /// Steps allowed.
        limit: usize,
        /// Time reached.
        time: f64,
        /// Time to be reached.
        end: f64,
    },
    /// The equation of an implicit stage was not solved.
    #[error(
        "the equation of stage {stage} of the step of sample {sample} at time {time} was not solved, its last \
         correction was {correction:e} of the tolerance: take smaller steps, or adaptive ones"
    )]
    DidNotConverge {
        /// Which sample of the batch.
        sample: usize,
        /// Where the step starts.
        time: f64,
        /// Which stage.
        stage: usize,
        /// Norm of the last correction relative to the tolerance.
        correction: f64,
    },
    /// Choices that do not go together.
    #[error("{what} does not go with {with}: {way_out}")]
    Conflict {
        /// One choice.
        what: &'static str,
        /// The other.
        with: &'static str,
        /// What to do instead.
        way_out: &'static str,
    },
    /// A method's numbers do not make a method.
    #[error(
        "the tableau {name} of {stages} stages has {problem}: it needs one weight and node a stage, row j of a has j weights"
    )]
    Tableau {
        /// The method.
        name: &'static str,
        /// Its stages.
        stages: usize,
        /// What is off.
        problem: String,
    },
    /// A gradient that solves anew has to build the field on parameters of its own.
    #[error(
        "the field does not tell its parameters, which this gradient needs: wrap it in \
         field::Parametrised, implement `rebuilt`, or take Gradient::Direct"
    )]
    NotRebuildable,
    /// Observations make no path.
    #[error("the path of sample {sample}: {source}")]
    Fit {
        /// Which sample of the batch.
        sample: usize,
        /// Why.
        source: PathError,
    },
    /// A custom gradient could not be attached or taken.
    #[error("{0}")]
    Autograd(#[from] AutogradError),
    /// The fused engine refused its numbers.
    #[error("the fused engine: {0}")]
    Kernel(#[from] KernelError),
    /// libtorch refused an operation.
    #[error("libtorch: {0}")]
    Tch(#[from] TchError),
}
