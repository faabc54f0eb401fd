use super::super::{FitError, Matrix};

/// Every value as the place of its bin among the bins of its column: what trees are grown from.
///
/// Trees need the order of values only. [`exact`](Codes::exact) has a bin for each distinct value, as CART has it. [`binned`](Codes::binned) has
/// at most so many, split at quantiles: one pass over counts then finds the best split of a large node, without sorting. Equal values
/// share a bin; where they fill several bins' shares of the rows, the bins after it are smaller.
#[derive(Clone, Debug, PartialEq)]
pub struct Codes {
    rows: usize,
    columns: Vec<Column>,
}

/// One column's bins, in rising order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    /// Of each row.
    pub(super) codes: Vec<u32>,
    /// The lowest value in each bin.
    lowest: Vec<f64>,
    /// The highest value in each bin.
    highest: Vec<f64>,
}

impl Codes {
    /// A bin for each distinct value.
    ///
    /// # Errors
    /// [`FitError`] if there is no row, or a value is not finite.
    pub fn exact(x: &Matrix) -> Result<Codes, FitError> {
        Codes::of(x, usize::MAX)
    }

    /// At most `bins` bins a column, split at quantiles.
    ///
    /// # Errors
    /// [`FitError`] if there is no row, a value is not finite, or `bins` is below 2.
    pub fn binned(x: &Matrix, bins: usize) -> Result<Codes, FitError> {
        if bins < 2 {
            return Err(FitError::Setting {
                name: "bins",
                value: bins as f64,
                must: "must be at least 2",
            });
        }
        Codes::of(x, bins)
    }

    fn of(x: &Matrix, bins: usize) -> Result<Codes, FitError> {
        x.check()?;
        Ok(Codes {
            rows: x.rows(),
            columns: (0..x.columns())
                .map(|column| Column::of(&x.column(column).collect::<Vec<f64>>(), bins))
                .collect(),
        })
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    pub(super) fn column(&self, column: usize) -> &Column {
        &self.columns[column]
    }
}

impl Column {
    fn of(values: &[f64], bins: usize) -> Column {
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        // Equal values (-0 and 0 are) come in any order: they share a bin.
        order.sort_unstable_by(|&a, &b| {
            let (a, b) = (values[a as usize], values[b as usize]);
            a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal)
        });
        let distinct = 1 + order
            .windows(2)
            .filter(|pair| values[pair[0] as usize] != values[pair[1] as usize])
            .count();
        // Fewer values than bins: each has its own.
        let full = |filled: usize, bin: usize| {
            distinct <= bins || filled * bins >= (bin + 1) * values.len()
        };
        let mut column = Column {
            codes: vec![0; values.len()],
            lowest: Vec::new(),
            highest: Vec::new(),
        };
        let mut last = f64::NAN;
        for (filled, &row) in order.iter().enumerate() {
            let value = values[row as usize];
            if value != last {
                let bin = column.lowest.len();
                if bin == 0 || full(filled, bin - 1) {
                    column.lowest.push(value);
                    column.highest.push(value);
                }
                last = value;
            }
            let bin = column.lowest.len() - 1;
            column.highest[bin] = value;
            column.codes[row as usize] = bin as u32;
        }
        column
    }

    pub(super) fn bins(&self) -> usize {
        self.lowest.len()
    }

    /// Between two bins: the middle of what lies between them, never the upper one itself.
    pub(super) fn threshold(&self, lower: u32, upper: u32) -> f64 {
        let (lower, upper) = (self.highest[lower as usize], self.lowest[upper as usize]);
        let middle = lower / 2.0 + upper / 2.0;
        if middle < upper && middle >= lower {
            middle
        } else {
            lower
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_equally_full_and_never_part_equal_values() {
        let column = Column::of(&[5.0, 1.0, 3.0, 3.0, 3.0, 9.0, 0.0, 7.0], 4);
        assert_eq!(column.codes, [2, 0, 1, 1, 1, 3, 0, 3]);
        assert_eq!(column.threshold(0, 1), 2.0);
        assert_eq!(column.threshold(1, 3), 5.0);
        let exact = Column::of(&[5.0, -0.0, 0.0, 5.0], usize::MAX);
        assert_eq!(exact.codes, [1, 0, 0, 1]);
    }

    #[test]
    fn a_threshold_never_sends_the_upper_value_down() {
        let below = 1.0 - f64::EPSILON / 2.0;
        let column = Column::of(&[below, 1.0], usize::MAX);
        let threshold = column.threshold(0, 1);
        assert!(below <= threshold && 1.0 > threshold);
        let vast = Column::of(&[-f64::MAX, f64::MAX], usize::MAX);
        assert_eq!(vast.threshold(0, 1), 0.0);
    }
}
