//! What was computed, and how to go back.

mod attention;
mod cells;
mod convolution;
mod differential;
mod elementwise;
mod functions;
mod groups;
mod linear;
mod loss;
mod normalise;
mod shapes;
mod way;

use pathema_kernel::Engine;

use crate::error::NetError;
use crate::number::Number;
use crate::parameters::{Gradients, Parameter, Parameters};
use way::Way;

/// A matrix on a [`Tape`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Var(usize);

/// Operations on matrices, each computed at once and recorded for the way back.
///
/// ```
/// use pathema_net::{Parameters, Tape};
///
/// // d/dw (w² / 2) = w
/// let mut parameters = Parameters::<f64>::new();
/// let weight = parameters.vector("weight", 1, 3.0);
/// let mut tape = Tape::new(&parameters);
/// let w = tape.parameter(weight);
/// let square = tape.mul(w, w);
/// let half = tape.scale(square, 0.5);
/// assert_eq!(tape.values(half), [4.5]);
/// assert_eq!(tape.backward(half)?.of(weight), [3.0]);
/// # Ok::<(), pathema_net::NetError>(())
/// ```
pub struct Tape<'p, T: Number> {
    parameters: &'p Parameters<T>,
    nodes: Vec<Node<T>>,
    records: bool,
    engine: Engine,
    multiply_adds: u64,
    evaluations: u64,
}

/// Adds to the gradients of what made a matrix, from its own.
type Back<T> = Box<dyn Fn(&mut Way<'_, T>, Vec<T>) -> Result<(), NetError> + Send>;

struct Node<T: Number> {
    rows: usize,
    columns: usize,
    values: Values<T>,
    /// Whether a parameter moves it, and that is recorded.
    moves: bool,
    back: Option<Back<T>>,
}

enum Values<T> {
    Own(Vec<T>),
    Of(Parameter),
}

impl<'p, T: Number> Tape<'p, T> {
    /// A tape that records the way back to these parameters.
    pub fn new(parameters: &'p Parameters<T>) -> Tape<'p, T> {
        Tape {
            parameters,
            nodes: Vec::new(),
            records: true,
            engine: Engine::new(),
            multiply_adds: 0,
            evaluations: 0,
        }
    }

    /// A tape that only computes: nothing is kept for a way back.
    pub fn without_gradients(parameters: &'p Parameters<T>) -> Tape<'p, T> {
        Tape {
            records: false,
            ..Tape::new(parameters)
        }
    }

    /// Numbers that nothing moves, row by row.
    ///
    /// # Panics
    /// Unless there are rows · columns of them.
    pub fn input(&mut self, rows: usize, columns: usize, values: Vec<T>) -> Var {
        assert_eq!(values.len(), rows * columns, "numbers of an input");
        self.push(rows, columns, Values::Own(values), false)
    }

    /// A parameter as a matrix; it is not copied.
    pub fn parameter(&mut self, parameter: Parameter) -> Var {
        let (rows, columns) = self.parameters.shape(parameter);
        self.push(rows, columns, Values::Of(parameter), self.records)
    }

    /// The numbers of a matrix, row by row.
    pub fn values(&self, var: Var) -> &[T] {
        match &self.nodes[var.0].values {
            Values::Own(values) => values,
            Values::Of(parameter) => self.parameters.values(*parameter),
        }
    }

    /// Rows and columns of a matrix.
    pub fn shape(&self, var: Var) -> (usize, usize) {
        (self.nodes[var.0].rows, self.nodes[var.0].columns)
    }

    /// The parameters that it computes with.
    pub fn parameters(&self) -> &'p Parameters<T> {
        self.parameters
    }

    /// Multiplications with an addition each, so far: of layers, convolutions, attention and the fields of controlled
    /// differential equations.
    pub fn multiply_adds(&self) -> u64 {
        self.multiply_adds
    }

    /// Evaluations of the fields of controlled differential equations so far, each of one sample.
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// The gradients of a loss, a matrix of one number, by all parameters; zero by those that do not move it.
    ///
    /// # Errors
    /// [`NetError::NotRecorded`] by a tape that only computes, [`NetError::NotANumber`] from a larger matrix,
    /// [`NetError::NotFinite`] from a loss that is not finite, [`NetError::Solve`] if the engine cannot go back.
    pub fn backward(&self, loss: Var) -> Result<Gradients<T>, NetError> {
        if !self.records {
            return Err(NetError::NotRecorded);
        }
        let (rows, columns) = self.shape(loss);
        if (rows, columns) != (1, 1) {
            return Err(NetError::NotANumber { rows, columns });
        }
        let value = self.values(loss)[0].to_f64();
        if !value.is_finite() {
            return Err(NetError::NotFinite(value));
        }
        let mut way = Way::new(self, loss.0 + 1);
        way.give(loss, vec![T::of(1.0)]);
        for at in (0..=loss.0).rev() {
            if let (Some(of_output), Some(back)) = (way.take(at), &self.nodes[at].back) {
                back(&mut way, of_output)?;
            }
        }
        Ok(way.gradients)
    }

    fn push(&mut self, rows: usize, columns: usize, values: Values<T>, moves: bool) -> Var {
        self.nodes.push(Node {
            rows,
            columns,
            values,
            moves,
            back: None,
        });
        Var(self.nodes.len() - 1)
    }

    /// Records what these made, and how to go back if one of them moves: `back` is given the gradient of the output.
    fn record(
        &mut self,
        of: &[Var],
        (rows, columns): (usize, usize),
        values: Vec<T>,
        back: impl Fn(&mut Way<'_, T>, Vec<T>) -> Result<(), NetError> + Send + 'static,
    ) -> Var {
        let moves = of.iter().any(|&var| self.nodes[var.0].moves);
        self.record_if(moves, (rows, columns), values, back)
    }

    fn record_if(
        &mut self,
        moves: bool,
        (rows, columns): (usize, usize),
        values: Vec<T>,
        back: impl Fn(&mut Way<'_, T>, Vec<T>) -> Result<(), NetError> + Send + 'static,
    ) -> Var {
        debug_assert_eq!(values.len(), rows * columns, "numbers of what was made");
        let var = self.push(rows, columns, Values::Own(values), moves);
        if moves {
            self.nodes[var.0].back = Some(Box::new(back));
        }
        var
    }

    /// Of what will be recorded next.
    fn next(&self) -> Var {
        Var(self.nodes.len())
    }

    fn moves(&self, of: &[Var]) -> bool {
        of.iter().any(|&var| self.nodes[var.0].moves)
    }

    fn add_to_cost(&mut self, multiply_adds: usize) {
        self.multiply_adds += multiply_adds as u64;
    }

    /// The shape of two matrices.
    fn common(&self, a: Var, b: Var) -> (usize, usize) {
        let (a, b) = (self.shape(a), self.shape(b));
        assert_eq!(a, b, "two matrices that are to be of one shape");
        a
    }
}
