use tch::TchError;

/// Why a solve did not end well.
#[derive(Debug, thiserror::Error)]
pub enum SolveError {
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
    /// The times to save at are not increasing or not finite.
    #[error(
        "save time {index} is {time}, after {previous}: save times must be finite and increasing"
    )]
    SaveTimes {
        /// Which of the times.
        index: usize,
        /// Its value.
        time: f64,
        /// The one before it; minus infinity for the first.
        previous: f64,
    },
    /// A step length, tolerance or limit cannot be used.
    #[error(
        "{name} = {value} cannot be used: it must be finite, above zero, and a step not so small that a solve takes \
         more than a million"
    )]
    Setting {
        /// Which setting.
        name: &'static str,
        /// Its value.
        value: f64,
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
        "a step of {step:e} at time {time} is too small to move on: the problem is too stiff for \
         this solver, or the tolerance is tighter than the precision of the state"
    )]
    StepTooSmall {
        /// Where.
        time: f64,
        /// The step asked for.
        step: f64,
    },
    /// The allowed number of steps did not suffice.
    #[error(
        "{limit} steps did not suffice: time {time} of {end} was reached; loosen the tolerance or raise the limit"
    )]
    MaxSteps {
        /// Steps allowed.
        limit: usize,
        /// Time reached.
        time: f64,
        /// Time to be reached.
        end: f64,
    },
    /// libtorch refused an operation.
    #[error("libtorch: {0}")]
    Tch(#[from] TchError),
}
