use std::ops::Range;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::number::Number;

/// One matrix of [`Parameters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    index: usize,
    rows: usize,
    columns: usize,
}

/// All that is trained of a network: named matrices, in the order in which they were made.
///
/// ```
/// use pathema_net::Parameters;
/// use rand::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(0);
/// let mut parameters = Parameters::<f32>::new();
/// let weight = parameters.matrix("weight", 3, 2, 1.0, &mut rng);
/// let bias = parameters.vector("bias", 3, 0.5);
/// assert_eq!((parameters.len(), parameters.count()), (2, 9));
/// assert_eq!((parameters.name(weight), parameters.shape(weight)), ("weight", (3, 2)));
/// assert_eq!(parameters.values(bias), [0.5; 3]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T> {
    values: Vec<T>,
    names: Vec<String>,
    places: Vec<Place>,
}

/// Where a matrix stands.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    range: Range<usize>,
    rows: usize,
    columns: usize,
}

/// What moves a loss, by each of [`Parameters`] and in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients<T> {
    values: Vec<T>,
    places: Vec<Place>,
}

impl<T: Number> Parameters<T> {
    /// None yet.
    pub fn new() -> Parameters<T> {
        Parameters {
            values: Vec::new(),
            names: Vec::new(),
            places: Vec::new(),
        }
    }

    /// A matrix \[rows, columns\] of normal numbers with variance scale² / columns, which keeps the size of what `columns`
    /// inputs of size one make (LeCun et al. 1998, *Efficient BackProp*).
    pub fn matrix(
        &mut self,
        name: impl Into<String>,
        rows: usize,
        columns: usize,
        scale: f64,
        rng: &mut ChaCha8Rng,
    ) -> Parameter {
        let size = scale / (columns as f64).sqrt();
        let values: Vec<T> = (0..rows * columns)
            .map(|_| T::of(size * normal(rng)))
            .collect();
        self.push(name.into(), rows, columns, values)
    }

    /// A row of equal numbers, \[1, columns\].
    pub fn vector(&mut self, name: impl Into<String>, columns: usize, value: f64) -> Parameter {
        self.push(name.into(), 1, columns, vec![T::of(value); columns])
    }

    fn push(&mut self, name: String, rows: usize, columns: usize, values: Vec<T>) -> Parameter {
        let start = self.values.len();
        self.values.extend(values);
        self.names.push(name);
        self.places.push(Place {
            range: start..self.values.len(),
            rows,
            columns,
        });
        Parameter {
            index: self.places.len() - 1,
            rows,
            columns,
        }
    }

    /// Numbers in all matrices together.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// Matrices.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The numbers of a matrix, row by row.
    pub fn values(&self, parameter: Parameter) -> &[T] {
        &self.values[self.places[parameter.index].range.clone()]
    }

    /// The numbers of a matrix, to be changed.
    pub fn values_mut(&mut self, parameter: Parameter) -> &mut [T] {
        &mut self.values[self.places[parameter.index].range.clone()]
    }

    /// The name of a matrix.
    pub fn name(&self, parameter: Parameter) -> &str {
        &self.names[parameter.index]
    }

    /// Rows and columns of a matrix.
    pub fn shape(&self, parameter: Parameter) -> (usize, usize) {
        (parameter.rows, parameter.columns)
    }

    /// The handles of all matrices, in their order.
    pub fn handles(&self) -> impl Iterator<Item = Parameter> + '_ {
        let places = self.places.iter().enumerate();
        places.map(|(index, place)| Parameter {
            index,
            rows: place.rows,
            columns: place.columns,
        })
    }

    /// Name, (rows, columns) and numbers of each matrix.
    pub fn iter(&self) -> impl Iterator<Item = (&str, (usize, usize), &[T])> {
        let all = self.names.iter().zip(&self.places);
        all.map(|(name, place)| {
            let shape = (place.rows, place.columns);
            (name.as_str(), shape, &self.values[place.range.clone()])
        })
    }

    /// The numbers of all matrices, one after the other.
    pub fn all(&self) -> &[T] {
        &self.values
    }

    /// The numbers of all matrices, to be changed.
    pub fn all_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// Gradients that are zero.
    pub(crate) fn zeros(&self) -> Gradients<T> {
        Gradients {
            values: vec![T::default(); self.values.len()],
            places: self.places.clone(),
        }
    }
}

impl<T: Number> Default for Parameters<T> {
    fn default() -> Parameters<T> {
        Parameters::new()
    }
}

impl Parameter {
    /// Rows: of a weight its outputs.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns: of a weight its inputs.
    pub fn columns(&self) -> usize {
        self.columns
    }
}

impl<T: Number> Gradients<T> {
    /// Of one matrix, row by row.
    pub fn of(&self, parameter: Parameter) -> &[T] {
        &self.values[self.places[parameter.index].range.clone()]
    }

    pub(crate) fn of_mut(&mut self, parameter: Parameter) -> &mut [T] {
        &mut self.values[self.places[parameter.index].range.clone()]
    }

    /// Of all matrices, one after the other.
    pub fn all(&self) -> &[T] {
        &self.values
    }

    /// Of all matrices, to be changed: to add those of parts of a batch, say.
    pub fn all_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// The Euclidean norm over all matrices.
    pub fn norm(&self) -> f64 {
        let squares = self.values.iter().map(|x| x.to_f64() * x.to_f64());
        squares.sum::<f64>().sqrt()
    }
}

/// A standard normal number (Box & Muller 1958).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    // From above 0 to 1, so that the logarithm is finite.
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}
