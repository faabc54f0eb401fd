use pathema_kernel::{Engine, InstructionSet};

use super::{Tape, Values, Var};
use crate::number::Number;
use crate::parameters::{Gradients, Parameter};

/// On the way back along a tape.
pub(super) struct Way<'a, T: Number> {
    tape: &'a Tape<'a, T>,
    /// Of each matrix that is its own, once something has been added.
    own: Vec<Option<Vec<T>>>,
    pub(super) gradients: Gradients<T>,
}

impl<'a, T: Number> Way<'a, T> {
    pub(super) fn new(tape: &'a Tape<'a, T>, matrices: usize) -> Way<'a, T> {
        Way {
            tape,
            own: (0..matrices).map(|_| None).collect(),
            gradients: tape.parameters.zeros(),
        }
    }

    pub(super) fn take(&mut self, at: usize) -> Option<Vec<T>> {
        self.own[at].take()
    }

    pub(super) fn values(&self, var: Var) -> &'a [T] {
        self.tape.values(var)
    }

    pub(super) fn parameter(&self, parameter: Parameter) -> &'a [T] {
        self.tape.parameters.values(parameter)
    }

    pub(super) fn engine(&self) -> Engine {
        self.tape.engine
    }

    pub(super) fn instructions(&self) -> InstructionSet {
        self.tape.engine.instructions
    }

    /// Whether its gradient leads anywhere.
    pub(super) fn moves(&self, var: Var) -> bool {
        self.tape.nodes[var.0].moves
    }

    /// The gradient of a matrix as it is so far, to be added to: none if it leads nowhere.
    pub(super) fn of(&mut self, var: Var) -> Option<&mut [T]> {
        let node = &self.tape.nodes[var.0];
        if !node.moves {
            return None;
        }
        match &node.values {
            Values::Of(parameter) => Some(self.gradients.of_mut(*parameter)),
            Values::Own(values) => {
                let zeros = || vec![T::default(); values.len()];
                Some(self.own[var.0].get_or_insert_with(zeros))
            }
        }
    }

    /// Adds to the gradient of a matrix.
    pub(super) fn give(&mut self, var: Var, gradient: Vec<T>) {
        let node = &self.tape.nodes[var.0];
        if !node.moves {
            return;
        }
        if let Values::Own(values) = &node.values {
            debug_assert_eq!(values.len(), gradient.len(), "numbers of a gradient");
            if self.own[var.0].is_none() {
                self.own[var.0] = Some(gradient);
                return;
            }
        }
        if let Some(sum) = self.of(var) {
            add(sum, &gradient);
        }
    }

    /// Adds numbers made one by one to the gradient of a matrix.
    pub(super) fn give_each(&mut self, var: Var, numbers: impl Iterator<Item = T>) {
        if self.moves(var) {
            self.give(var, numbers.collect());
        }
    }

    /// Adds a product to the gradient of a matrix.
    pub(super) fn give_product(
        &mut self,
        var: Var,
        a: crate::number::View<'_, T>,
        b: crate::number::View<'_, T>,
    ) {
        if let Some(sum) = self.of(var) {
            crate::number::product(a, b, true, sum);
        }
    }
}

pub(super) fn add<T: Number>(sum: &mut [T], with: &[T]) {
    for (sum, &x) in sum.iter_mut().zip(with) {
        *sum += x;
    }
}

/// Adds all rows to one.
pub(super) fn add_rows<T: Number>(sum: &mut [T], rows: &[T]) {
    for row in rows.chunks_exact(sum.len().max(1)) {
        add(sum, row);
    }
}
