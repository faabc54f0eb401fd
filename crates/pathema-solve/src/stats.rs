use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Engine;
use crate::flow::Span;

/// The work that a solve took.
///
/// A batch or a part of it, evaluated at once, counts as one evaluation. Where samples have steps of their own,
/// accepted and rejected steps are those of all samples.
#[derive(Clone, Debug)]
pub struct SolveStats {
    /// Steps that were kept.
    pub accepted: usize,
    /// Steps that were tried and taken back.
    pub rejected: usize,
    /// Evaluations of the vector field on the way forward.
    pub evaluations: usize,
    /// The shortest step kept; infinite where none was.
    pub smallest_step: f64,
    /// The longest step kept; 0 where none was.
    pub largest_step: f64,
    /// What did the work.
    pub engine: Engine,
    pub(crate) backward: Backward,
}

/// Counts evaluations of a backward pass, which comes after the solve.
pub(crate) type Backward = Arc<AtomicUsize>;

impl SolveStats {
    pub(crate) fn new() -> SolveStats {
        SolveStats {
            accepted: 0,
            rejected: 0,
            evaluations: 0,
            smallest_step: f64::INFINITY,
            largest_step: 0.0,
            engine: Engine::General,
            backward: Arc::default(),
        }
    }

    /// Evaluations of the vector field in the backward passes so far. None with the direct gradient, which
    /// differentiates the forward ones.
    pub fn backward_evaluations(&self) -> usize {
        self.backward.load(Ordering::Relaxed)
    }

    /// Counts a step that all rows of a batch take together, each of its own length.
    pub(crate) fn accept_span(&mut self, span: &Span, batch: usize) {
        self.accepted += 1;
        for row in 0..batch {
            let step = (span.to.at(row) - span.from.at(row)).abs();
            // A row that stands still takes no step.
            if step > 0.0 {
                self.note(step);
            }
        }
    }

    pub(crate) fn accept(&mut self, step: f64) {
        self.accepted += 1;
        self.note(step.abs());
    }

    fn note(&mut self, step: f64) {
        self.smallest_step = self.smallest_step.min(step);
        self.largest_step = self.largest_step.max(step);
    }
}
