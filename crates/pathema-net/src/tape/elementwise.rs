//! Operations on the numbers at each place by themselves.

use super::way::add_rows;
use super::{Tape, Var};
use crate::number::Number;

impl<T: Number> Tape<'_, T> {
    /// a + b, of one shape.
    ///
    /// # Panics
    /// If the shapes differ; so do all operations here.
    pub fn add(&mut self, a: Var, b: Var) -> Var {
        let (shape, values) = (self.common(a, b), self.zip(a, b, |a, b| a + b));
        self.record(&[a, b], shape, values, move |way, of_output| {
            way.give_each(b, of_output.iter().copied());
            way.give(a, of_output);
            Ok(())
        })
    }

    /// a − b, of one shape.
    pub fn sub(&mut self, a: Var, b: Var) -> Var {
        let (shape, values) = (self.common(a, b), self.zip(a, b, |a, b| a - b));
        self.record(&[a, b], shape, values, move |way, of_output| {
            way.give_each(b, of_output.iter().map(|&x| -x));
            way.give(a, of_output);
            Ok(())
        })
    }

    /// a · b number by number, of one shape.
    pub fn mul(&mut self, a: Var, b: Var) -> Var {
        let (shape, values) = (self.common(a, b), self.zip(a, b, |a, b| a * b));
        self.record(&[a, b], shape, values, move |way, of_output| {
            let (of_a, of_b) = (way.values(b), way.values(a));
            way.give_each(a, of_output.iter().zip(of_a).map(|(&g, &b)| g * b));
            way.give_each(b, of_output.iter().zip(of_b).map(|(&g, &a)| g * a));
            Ok(())
        })
    }

    /// x plus a row, \[1, columns\], in every row.
    pub fn add_row(&mut self, x: Var, row: Var) -> Var {
        let (shape, own) = (self.shape(x), self.row_of(x, row));
        let rows = self.values(x).chunks_exact(shape.1.max(1));
        let values = rows.flat_map(|x| x.iter().zip(own).map(|(&x, &y)| x + y));
        let values = values.collect();
        self.record(&[x, row], shape, values, move |way, of_output| {
            if let Some(sum) = way.of(row) {
                add_rows(sum, &of_output);
            }
            way.give(x, of_output);
            Ok(())
        })
    }

    /// x times a row, \[1, columns\], in every row.
    pub fn mul_row(&mut self, x: Var, row: Var) -> Var {
        let (shape, own) = (self.shape(x), self.row_of(x, row));
        let columns = shape.1.max(1);
        let rows = self.values(x).chunks_exact(columns);
        let values = rows.flat_map(|x| x.iter().zip(own).map(|(&x, &y)| x * y));
        let values = values.collect();
        self.record(&[x, row], shape, values, move |way, of_output| {
            let (values, own) = (way.values(x), way.values(row));
            if let Some(sum) = way.of(row) {
                let rows = values
                    .chunks_exact(columns)
                    .zip(of_output.chunks_exact(columns));
                for (x, of_output) in rows {
                    for ((sum, &x), &g) in sum.iter_mut().zip(x).zip(of_output) {
                        *sum += x * g;
                    }
                }
            }
            let rows = of_output.chunks_exact(columns);
            way.give_each(
                x,
                rows.flat_map(|g| g.iter().zip(own).map(|(&g, &y)| g * y)),
            );
            Ok(())
        })
    }

    /// x times a column, \[rows, 1\], in every column.
    pub fn mul_column(&mut self, x: Var, column: Var) -> Var {
        let shape = self.shape(x);
        assert_eq!(self.shape(column), (shape.0, 1), "shape of a column");
        let columns = shape.1.max(1);
        let rows = self
            .values(x)
            .chunks_exact(columns)
            .zip(self.values(column));
        let values = rows.flat_map(|(x, &y)| x.iter().map(move |&x| x * y));
        let values = values.collect();
        self.record(&[x, column], shape, values, move |way, of_output| {
            let (values, own) = (way.values(x), way.values(column));
            let dot = |(x, g): (&[T], &[T])| {
                x.iter()
                    .zip(g)
                    .fold(T::default(), |sum, (&x, &g)| sum + x * g)
            };
            let rows = values
                .chunks_exact(columns)
                .zip(of_output.chunks_exact(columns));
            way.give_each(column, rows.map(dot));
            let rows = of_output.chunks_exact(columns).zip(own);
            way.give_each(x, rows.flat_map(|(g, &y)| g.iter().map(move |&g| g * y)));
            Ok(())
        })
    }

    /// x times a constant.
    pub fn scale(&mut self, x: Var, factor: f64) -> Var {
        let factor = T::of(factor);
        let values = self.values(x).iter().map(|&x| x * factor).collect();
        self.record(&[x], self.shape(x), values, move |way, of_output| {
            way.give_each(x, of_output.iter().map(|&g| g * factor));
            Ok(())
        })
    }

    /// x plus a constant.
    pub fn offset(&mut self, x: Var, constant: f64) -> Var {
        let constant = T::of(constant);
        let values = self.values(x).iter().map(|&x| x + constant).collect();
        self.record(&[x], self.shape(x), values, move |way, of_output| {
            way.give(x, of_output);
            Ok(())
        })
    }

    /// x times constants, row by row: zeros and 1 / (1 − p) are dropout with probability p.
    pub fn mask(&mut self, x: Var, factors: Vec<T>) -> Var {
        let values = self.values(x);
        assert_eq!(factors.len(), values.len(), "numbers of a mask");
        let values = values.iter().zip(&factors).map(|(&x, &y)| x * y).collect();
        self.record(&[x], self.shape(x), values, move |way, of_output| {
            way.give_each(x, of_output.iter().zip(&factors).map(|(&g, &y)| g * y));
            Ok(())
        })
    }

    fn zip(&self, a: Var, b: Var, f: impl Fn(T, T) -> T) -> Vec<T> {
        let both = self.values(a).iter().zip(self.values(b));
        both.map(|(&a, &b)| f(a, b)).collect()
    }

    fn row_of(&self, x: Var, row: Var) -> &[T] {
        assert_eq!(self.shape(row), (1, self.shape(x).1), "shape of a row");
        self.values(row)
    }
}
