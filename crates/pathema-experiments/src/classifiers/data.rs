use thiserror::Error;

/// The most classes that labels may have.
const MOST_CLASSES: usize = 8;

/// Numbers in rows (windows) and columns (features).
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) values: Vec<f64>,
}

/// The class of every row.
///
/// Classes that no row has are kept out of every fit; their probability is 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    classes: usize,
    /// The classes that occur, rising.
    present: Vec<usize>,
    /// Of each row, the place of its class in `present`.
    rows: Vec<u8>,
}

/// Why nothing could be fitted.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum FitError {
    /// There is no row.
    #[error("there is nothing to learn from: no rows")]
    NoRows,
    /// There is no column.
    #[error("there is nothing to learn from: rows without a single feature")]
    NoColumns,
    /// Values that do not fill whole rows.
    #[error("{values} values do not fill rows of {columns} features")]
    Ragged {
        /// How many values.
        values: usize,
        /// How many a row takes.
        columns: usize,
    },
    /// As many rows as labels are needed.
    #[error("{rows} rows, but {labels} labels: each row needs one")]
    Lengths {
        /// How many rows.
        rows: usize,
        /// How many labels.
        labels: usize,
    },
    /// A label that is no class, or too many classes.
    #[error("label {label} is none of {classes} classes (at most {MOST_CLASSES} are possible)")]
    Class {
        /// The label.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// A value that no classifier can use.
    #[error("row {row}, feature {column} is {value}: fill gaps first (Preparation)")]
    NotFinite {
        /// From 0.
        row: usize,
        /// From 0.
        column: usize,
        /// The value.
        value: f64,
    },
    /// A setting that makes no sense.
    #[error("{name} = {value}: {must}")]
    Setting {
        /// Which.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        must: &'static str,
    },
    /// It was asked to stop.
    #[error("stopped before the fit was done")]
    Halted,
}

/// How a fit is carried out; what is learnt does not depend on it.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// Threads that share the work, at least one.
    pub threads: usize,
    /// Asked now and then: whether to give up.
    pub halted: &'a (dyn Fn() -> bool + Sync),
}

impl Work<'static> {
    /// On one thread, to the end.
    pub fn alone() -> Work<'static> {
        Work {
            threads: 1,
            halted: &|| false,
        }
    }
}

impl Work<'_> {
    pub(crate) fn check(&self) -> Result<(), FitError> {
        if (self.halted)() {
            return Err(FitError::Halted);
        }
        Ok(())
    }
}

impl Matrix {
    /// Of `values`, row by row, `columns` in each. Gaps may be NaN.
    ///
    /// # Errors
    /// [`FitError::NoColumns`], or [`FitError::Ragged`] if a row is not filled.
    pub fn new(columns: usize, values: Vec<f64>) -> Result<Matrix, FitError> {
        if columns == 0 {
            return Err(FitError::NoColumns);
        }
        if !values.len().is_multiple_of(columns) {
            return Err(FitError::Ragged {
                values: values.len(),
                columns,
            });
        }
        Ok(Matrix {
            rows: values.len() / columns,
            columns,
            values,
        })
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    pub(crate) fn iter(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.columns)
    }

    pub(crate) fn column(&self, column: usize) -> impl Iterator<Item = f64> + '_ {
        self.values[column.min(self.values.len())..]
            .iter()
            .step_by(self.columns)
            .copied()
    }

    /// What every fit needs: rows, all of finite numbers.
    pub(crate) fn check(&self) -> Result<(), FitError> {
        if self.rows == 0 {
            return Err(FitError::NoRows);
        }
        match self.values.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(at) => Err(FitError::NotFinite {
                row: at / self.columns,
                column: at % self.columns,
                value: self.values[at],
            }),
        }
    }
}

impl Labels {
    /// Of rows with these labels, each below `classes`.
    ///
    /// # Errors
    /// [`FitError::NoRows`] without labels, [`FitError::Class`] for a label that is no class, or more than 8 classes.
    pub fn new(labels: &[usize], classes: usize) -> Result<Labels, FitError> {
        let Some(&largest) = labels.iter().max() else {
            return Err(FitError::NoRows);
        };
        if largest >= classes || classes > MOST_CLASSES {
            return Err(FitError::Class {
                label: largest,
                classes,
            });
        }
        let mut place = [None; MOST_CLASSES];
        let mut present = Vec::new();
        for (class, place) in place.iter_mut().enumerate().take(classes) {
            if labels.contains(&class) {
                *place = Some(present.len() as u8);
                present.push(class);
            }
        }
        Ok(Labels {
            classes,
            present,
            rows: labels.iter().filter_map(|&label| place[label]).collect(),
        })
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Never: labels are of rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many classes occur.
    pub(crate) fn occurring(&self) -> usize {
        self.present.len()
    }

    /// Of each row, which of the occurring classes it has.
    pub(crate) fn rows(&self) -> &[u8] {
        &self.rows
    }

    /// How many rows each occurring class has.
    pub(crate) fn counts(&self) -> Vec<f64> {
        let mut counts = vec![0.0; self.present.len()];
        for &row in &self.rows {
            counts[usize::from(row)] += 1.0;
        }
        counts
    }

    /// That these are the labels of that matrix, which can be learnt from.
    pub(crate) fn check(&self, x: &Matrix) -> Result<(), FitError> {
        if x.rows() != self.len() {
            return Err(FitError::Lengths {
                rows: x.rows(),
                labels: self.len(),
            });
        }
        x.check()
    }

    pub(crate) fn spread(&self) -> Spread {
        Spread {
            classes: self.classes,
            present: self.present.clone(),
        }
    }
}

/// Brings numbers of the occurring classes to their places among all classes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spread {
    classes: usize,
    present: Vec<usize>,
}

impl Spread {
    /// Of `rows` of numbers of the occurring classes, the same among all classes; the others' are 0.
    pub(crate) fn all(&self, occurring: &[f64]) -> Vec<f64> {
        let width = self.present.len();
        let mut all = vec![0.0; occurring.len() / width * self.classes];
        for (from, to) in occurring
            .chunks_exact(width)
            .zip(all.chunks_exact_mut(self.classes))
        {
            for (&class, &value) in self.present.iter().zip(from) {
                to[class] = value;
            }
        }
        all
    }

    pub(crate) fn occurring(&self) -> usize {
        self.present.len()
    }
}

/// Turns scores into probabilities, in place. The largest is taken out first, so that none overflows.
pub(crate) fn softmax(scores: &mut [f64]) {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - largest).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
}
