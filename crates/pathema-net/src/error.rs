use pathema_kernel::KernelError;

/// Why a pass forward or back did not end well.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NetError {
    /// The engine could not solve an equation, or could not go back through it.
    #[error("solving a controlled differential equation failed: {0}")]
    Solve(#[from] KernelError),
    /// The gradient of something else than one number was asked for.
    #[error(
        "the loss is a matrix of {rows} rows and {columns} columns: go back from one number, such as a mean"
    )]
    NotANumber {
        /// Rows of what was given.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// The loss itself is infinite or NaN.
    #[error("the loss is {0}: look at the inputs, or take a lower learning rate")]
    NotFinite(f64),
    /// The tape did not record what the way back needs.
    #[error("this tape records nothing to go back by: make it with Tape::new")]
    NotRecorded,
}
