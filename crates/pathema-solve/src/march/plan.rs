use crate::flow::Span;
use crate::save::Put;

/// The steps of a solve and what is saved in them, to be gone through again.
pub(crate) trait Plan: Send {
    /// Number of steps.
    fn len(&self) -> usize;
    fn span(&self, step: usize) -> Span;
    /// What is saved inside a step or at its end.
    fn puts(&self, step: usize) -> Vec<Put>;
    /// What is saved before the first step.
    fn first_puts(&self) -> Vec<Put>;
}

/// A step that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) span: Span,
    pub(crate) puts: Vec<Put>,
}

/// Steps that an error estimate has chosen.
pub(crate) struct Record {
    pub(crate) first: Vec<Put>,
    pub(crate) steps: Vec<Recorded>,
}

impl Plan for Record {
    fn len(&self) -> usize {
        self.steps.len()
    }

    fn span(&self, step: usize) -> Span {
        self.steps[step].span.clone()
    }

    fn puts(&self, step: usize) -> Vec<Put> {
        self.steps[step].puts.clone()
    }

    fn first_puts(&self) -> Vec<Put> {
        self.first.clone()
    }
}
