//! Parts of matrices, and matrices of parts.

use std::ops::Range;

use super::way::add;
use super::{Tape, Var};
use crate::number::Number;

impl<T: Number> Tape<'_, T> {
    /// Matrices of as many rows side by side.
    ///
    /// # Panics
    /// If there are none or their rows differ.
    pub fn concat(&mut self, parts: &[Var]) -> Var {
        let rows = self.shape(parts[0]).0;
        let widths: Vec<usize> = parts.iter().map(|&part| self.shape(part).1).collect();
        let columns = widths.iter().sum();
        let mut values = Vec::with_capacity(rows * columns);
        for &part in parts {
            assert_eq!(self.shape(part).0, rows, "rows of parts side by side");
        }
        for row in 0..rows {
            for (&part, &width) in parts.iter().zip(&widths) {
                values.extend_from_slice(&self.values(part)[row * width..(row + 1) * width]);
            }
        }
        let own = parts.to_vec();
        self.record(parts, (rows, columns), values, move |way, of_output| {
            let mut first = 0;
            for (&part, &width) in own.iter().zip(&widths) {
                if way.moves(part) {
                    let of_rows = of_output.chunks_exact(columns.max(1));
                    let of_part = of_rows.flat_map(|row| &row[first..first + width]);
                    way.give(part, of_part.copied().collect());
                }
                first += width;
            }
            Ok(())
        })
    }

    /// Some neighbouring columns.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn columns(&mut self, x: Var, range: Range<usize>) -> Var {
        let (rows, columns) = self.shape(x);
        let width = range.len();
        let mut values = Vec::with_capacity(rows * width);
        for row in self.values(x).chunks_exact(columns.max(1)) {
            values.extend_from_slice(&row[range.clone()]);
        }
        self.record(&[x], (rows, width), values, move |way, of_output| {
            if let Some(sum) = way.of(x) {
                let rows = sum.chunks_exact_mut(columns.max(1));
                for (row, of_output) in rows.zip(of_output.chunks_exact(width.max(1))) {
                    add(&mut row[range.clone()], of_output);
                }
            }
            Ok(())
        })
    }

    /// Rows by their places, any of them as often as asked for.
    ///
    /// # Panics
    /// If a place is beyond the last row.
    pub fn rows(&mut self, x: Var, places: Vec<usize>) -> Var {
        let (_, columns) = self.shape(x);
        let mut values = Vec::with_capacity(places.len() * columns);
        for &place in &places {
            let start = place * columns;
            values.extend_from_slice(&self.values(x)[start..start + columns]);
        }
        let shape = (places.len(), columns);
        self.record(&[x], shape, values, move |way, of_output| {
            if let Some(sum) = way.of(x) {
                for (&place, of_row) in places.iter().zip(of_output.chunks_exact(columns.max(1))) {
                    add(&mut sum[place * columns..][..columns], of_row);
                }
            }
            Ok(())
        })
    }

    /// Step `t` of sequences of so many: rows t, t + length, …; \[batch · length, columns\] to \[batch, columns\].
    ///
    /// # Panics
    /// If there is no such step, or sequences are not whole.
    pub fn step(&mut self, x: Var, t: usize, length: usize) -> Var {
        let rows = self.shape(x).0;
        assert!(
            t < length && rows.is_multiple_of(length),
            "step {t} of {length}, {rows} rows"
        );
        self.rows(x, (t..rows).step_by(length).collect())
    }

    /// Sequences of all steps, \[batch, columns\] each; \[batch · steps, columns\].
    ///
    /// # Panics
    /// If there is no step or their shapes differ.
    pub fn stack_steps(&mut self, steps: &[Var]) -> Var {
        let (batch, columns) = self.shape(steps[0]);
        let length = steps.len();
        let wide = self.concat(steps);
        assert_eq!(self.shape(wide).1, columns * length, "columns of steps");
        self.reshape(wide, batch * length, columns)
    }

    /// The same numbers in other rows.
    ///
    /// # Panics
    /// If there are not as many.
    pub fn reshape(&mut self, x: Var, rows: usize, columns: usize) -> Var {
        let values = self.values(x).to_vec();
        assert_eq!(values.len(), rows * columns, "numbers in another shape");
        self.record(&[x], (rows, columns), values, move |way, of_output| {
            way.give(x, of_output);
            Ok(())
        })
    }
}
