use serde::{Deserialize, Serialize};

use super::{FitError, Matrix};

/// Fills gaps by the median and standardises, column by column, by what it was fitted on.
///
/// A value that is not finite is a gap. A column that never varies, or that has no value at all, says nothing: it becomes
/// 0, whatever it is later.
///
/// ```
/// use pathema_experiments::classifiers::{Matrix, Preparation};
/// let x = Matrix::new(2, vec![1.0, 7.0, f64::NAN, 7.0, 3.0, 7.0])?;
/// let preparation = Preparation::fit(&x)?;
/// let ready = preparation.apply(&x);
/// assert_eq!([ready.row(1), &[ready.row(0)[1]]], [&[0.0, 0.0][..], &[0.0]]);
/// # Ok::<(), pathema_experiments::classifiers::FitError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preparation {
    columns: Vec<Column>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Column {
    /// What stands in a gap.
    median: f64,
    mean: f64,
    /// 1 / standard deviation; 0 for a column that says nothing.
    scale: f64,
}

impl Preparation {
    /// Fits medians, and means and standard deviations (divisor n) of what is filled.
    ///
    /// # Errors
    /// [`FitError::NoRows`].
    pub fn fit(x: &Matrix) -> Result<Preparation, FitError> {
        if x.rows() == 0 {
            return Err(FitError::NoRows);
        }
        let columns = (0..x.columns())
            .map(|column| {
                let values: Vec<f64> = x.column(column).filter(|value| value.is_finite()).collect();
                standard(values, x.rows())
            })
            .collect();
        Ok(Preparation { columns })
    }

    /// The same rows without gaps, standardised.
    ///
    /// # Panics
    /// If the columns are not as many as those fitted on.
    pub fn apply(&self, x: &Matrix) -> Matrix {
        assert_eq!(x.columns(), self.columns.len(), "columns");
        let mut values = Vec::with_capacity(x.rows() * x.columns());
        for row in x.iter() {
            values.extend(row.iter().zip(&self.columns).map(|(&value, column)| {
                let value = if value.is_finite() {
                    value
                } else {
                    column.median
                };
                // Far beyond all that was fitted on a standard score may overflow.
                let standard = (value - column.mean) * column.scale;
                standard.clamp(-MOST, MOST)
            }));
        }
        Matrix {
            rows: x.rows(),
            columns: x.columns(),
            values,
        }
    }
}

/// Standard deviations from the mean beyond which all is the same.
const MOST: f64 = 1e9;

fn standard(mut values: Vec<f64>, rows: usize) -> Column {
    let nothing = Column {
        median: 0.0,
        mean: 0.0,
        scale: 0.0,
    };
    if values.is_empty() {
        return nothing;
    }
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let median = if even {
        let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        lower / 2.0 + upper / 2.0
    } else {
        upper
    };
    let gaps = (rows - values.len()) as f64;
    let count = rows as f64;
    let mean = values.iter().map(|value| value / count).sum::<f64>() + median * (gaps / count);
    let square = |value: f64| (value - mean) * ((value - mean) / count);
    let variance = values.iter().map(|&value| square(value)).sum::<f64>() + gaps * square(median);
    let largest = values
        .iter()
        .fold(0.0, |most: f64, value| most.max(value.abs()));
    let deviation = variance.sqrt();
    // What rounding makes of a constant is no variation.
    if !deviation.is_finite() || deviation <= 1e-12 * largest {
        return nothing;
    }
    Column {
        median,
        mean,
        scale: 1.0 / deviation,
    }
}
