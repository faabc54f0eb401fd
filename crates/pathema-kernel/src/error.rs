/// Why a solve or an attention was not begun, or did not end well.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum KernelError {
    /// A slice has not as many numbers as its place asks for.
    #[error("{what} has {found} numbers, expected {expected}")]
    Shape {
        /// Which slice.
        what: String,
        /// Its length.
        found: usize,
        /// The length asked for.
        expected: usize,
    },
    /// The state ceased to be finite.
    #[error(
        "the state of sample {sample} is not finite before step {point}: the inputs hold NaN or infinity, or the \
         solution diverges"
    )]
    NonFinite {
        /// Which sample of the batch.
        sample: usize,
        /// The point of its way at which it was seen.
        point: usize,
    },
    /// A point to save at does not lie on the way.
    #[error(
        "point {point} to save sample {sample} at cannot be used: points must not decrease, and the last of {steps} \
         steps ends at {steps}"
    )]
    Point {
        /// Which sample of the batch.
        sample: usize,
        /// The point, and how far into the step after it.
        point: f64,
        /// Steps of the way.
        steps: usize,
    },
    /// States inside steps are asked for where there are none.
    #[error(
        "states inside steps need a method with dense weights, and another gradient than the reversible one: save at the \
         ends of steps"
    )]
    Inside,
    /// A sample does not come to its end.
    #[error(
        "sample {sample} comes no further than time {time}: {why}; allow a larger error or more steps, or look at its inputs"
    )]
    Steps {
        /// Which sample of the batch.
        sample: usize,
        /// How far it came, in the direction of the solve.
        time: f64,
        /// What it asks for.
        why: &'static str,
    },
    /// The coupling of a reversible solve cannot be used.
    #[error("the coupling {0} cannot be used: it must be above 0 and at most 1")]
    Coupling(f64),
    /// The machine lacks an instruction set.
    #[error("{0:?} is not here: take InstructionSet::best()")]
    Instructions(crate::InstructionSet),
    /// A solve did not keep what the way back needs.
    #[error(
        "the solve kept nothing for the way back: solve with another gradient than Gradient::Nothing"
    )]
    NotKept,
}

impl KernelError {
    /// # Errors
    /// [`KernelError::Shape`] unless there are as many numbers as expected.
    pub(crate) fn unless_fits(
        what: impl Into<String>,
        found: usize,
        expected: usize,
    ) -> Result<(), KernelError> {
        if found == expected {
            return Ok(());
        }
        Err(KernelError::Shape {
            what: what.into(),
            found,
            expected,
        })
    }
}
