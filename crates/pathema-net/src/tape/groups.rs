//! Groups of neighbouring rows, such as the steps of a sequence.

use super::way::{add, add_rows};
use super::{Tape, Var};
use crate::number::Number;

impl<T: Number> Tape<'_, T> {
    /// The mean of each so many rows, \[n · group, columns\] to \[n, columns\].
    ///
    /// # Panics
    /// If groups are not whole or empty.
    pub fn mean_groups(&mut self, x: Var, group: usize) -> Var {
        let (shape, columns) = self.grouped(x, group);
        let share = T::of(1.0 / group as f64);
        let mut values = vec![T::default(); shape.0 * columns];
        let groups = self.values(x).chunks_exact((group * columns).max(1));
        for (mean, rows) in values.chunks_exact_mut(columns.max(1)).zip(groups) {
            add_rows(mean, rows);
            mean.iter_mut().for_each(|mean| *mean = *mean * share);
        }
        self.record(&[x], shape, values, move |way, of_output| {
            let mut gradient = Vec::with_capacity(of_output.len() * group);
            for of_mean in of_output.chunks_exact(columns.max(1)) {
                for _ in 0..group {
                    gradient.extend(of_mean.iter().map(|&g| g * share));
                }
            }
            way.give(x, gradient);
            Ok(())
        })
    }

    /// The largest of each so many rows in every column, \[n · group, columns\] to \[n, columns\]; the gradient goes to
    /// the first of those that are largest.
    ///
    /// # Panics
    /// If groups are not whole or empty.
    pub fn max_groups(&mut self, x: Var, group: usize) -> Var {
        let (shape, columns) = self.grouped(x, group);
        let all = self.values(x);
        let mut values = Vec::with_capacity(shape.0 * columns);
        let mut places = Vec::with_capacity(shape.0 * columns);
        for n in 0..shape.0 {
            for column in 0..columns {
                let at = |k: usize| (n * group + k) * columns + column;
                let mut place = at(0);
                for k in 1..group {
                    // The first that is not a number stays.
                    if all[at(k)] > all[place] || (is_nan(all[at(k)]) && !is_nan(all[place])) {
                        place = at(k);
                    }
                }
                values.push(all[place]);
                places.push(place);
            }
        }
        self.record(&[x], shape, values, move |way, of_output| {
            if let Some(sum) = way.of(x) {
                for (&place, &g) in places.iter().zip(&of_output) {
                    sum[place] += g;
                }
            }
            Ok(())
        })
    }

    /// Each row so many times, \[n, columns\] to \[n · times, columns\].
    pub fn repeat_rows(&mut self, x: Var, times: usize) -> Var {
        let (rows, columns) = self.shape(x);
        let mut values = Vec::with_capacity(rows * times * columns);
        for row in self.values(x).chunks_exact(columns.max(1)) {
            for _ in 0..times {
                values.extend_from_slice(row);
            }
        }
        self.record(
            &[x],
            (rows * times, columns),
            values,
            move |way, of_output| {
                if let Some(sum) = way.of(x) {
                    let groups = of_output.chunks_exact((times * columns).max(1));
                    for (sum, rows) in sum.chunks_exact_mut(columns.max(1)).zip(groups) {
                        for row in rows.chunks_exact(columns.max(1)) {
                            add(sum, row);
                        }
                    }
                }
                Ok(())
            },
        )
    }

    fn grouped(&self, x: Var, group: usize) -> ((usize, usize), usize) {
        let (rows, columns) = self.shape(x);
        let whole = group > 0 && rows.is_multiple_of(group);
        assert!(whole, "{rows} rows in groups of {group}");
        ((rows / group, columns), columns)
    }
}

#[allow(clippy::eq_op, reason = "only what is no number differs from itself")]
fn is_nan<T: Number>(x: T) -> bool {
    x != x
}
