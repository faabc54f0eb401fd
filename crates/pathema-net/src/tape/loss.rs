use std::ops::Range;

use super::{Tape, Var};
use crate::number::Number;

impl<T: Number> Tape<'_, T> {
    /// The mean over rows of weight\[truth\] · (−ln softmax(logits)\[truth\]), \[1, 1\]: logits \[n, classes\], a class for
    /// each row and a weight for each class.
    ///
    /// # Panics
    /// If there are no rows, the numbers do not fit, or a truth is no class.
    pub fn cross_entropy(&mut self, logits: Var, truth: &[usize], weights: &[T]) -> Var {
        let (rows, classes) = self.shape(logits);
        assert!(
            rows > 0 && truth.len() == rows,
            "a truth for each of {rows} rows"
        );
        assert_eq!(weights.len(), classes, "a weight for each class");
        let mut gradient = Vec::with_capacity(rows * classes);
        let mut sum = 0.0;
        let share = 1.0 / rows as f64;
        for (row, &truth) in self.values(logits).chunks_exact(classes).zip(truth) {
            assert!(truth < classes, "class {truth} of {classes}");
            let weight = weights[truth].to_f64() * share;
            let scores: Vec<f64> = row.iter().map(|x| x.to_f64()).collect();
            let largest = largest(&scores);
            let total: f64 = scores.iter().map(|x| (x - largest).exp()).sum();
            sum += weight * (total.ln() + (largest - scores[truth]));
            for (class, score) in scores.iter().enumerate() {
                let probability = (score - largest).exp() / total;
                let hit = if class == truth { 1.0 } else { 0.0 };
                gradient.push(T::of(weight * (probability - hit)));
            }
        }
        self.record(
            &[logits],
            (1, 1),
            vec![T::of(sum)],
            move |way, of_output| {
                way.give_each(logits, gradient.iter().map(|&g| g * of_output[0]));
                Ok(())
            },
        )
    }

    /// The mean over rows of the weighted squared distance to a truth of the same shape, Σ over columns, \[1, 1\].
    ///
    /// # Panics
    /// If the shapes differ or there are no rows.
    pub fn squared_error(&mut self, x: Var, truth: Var) -> Var {
        let difference = self.sub(x, truth);
        let square = self.mul(difference, difference);
        let rows = self.shape(x).0;
        let sum = self.sum(square);
        self.scale(sum, 1.0 / rows as f64)
    }

    /// The sum of all numbers, \[1, 1\].
    pub fn sum(&mut self, x: Var) -> Var {
        let sum: f64 = self.values(x).iter().map(|x| x.to_f64()).sum();
        let count = self.values(x).len();
        self.record(&[x], (1, 1), vec![T::of(sum)], move |way, of_output| {
            way.give(x, vec![of_output[0]; count]);
            Ok(())
        })
    }

    /// The softmax over some columns of each row, \[rows, range\], to look at: nothing is recorded.
    ///
    /// # Panics
    /// If there are not so many columns.
    pub fn probabilities(&self, logits: Var, range: Range<usize>) -> Vec<f64> {
        let columns = self.shape(logits).1;
        let rows = self.values(logits).chunks_exact(columns.max(1));
        rows.flat_map(|row| {
            let scores: Vec<f64> = row[range.clone()].iter().map(|x| x.to_f64()).collect();
            softmax(&scores).collect::<Vec<f64>>()
        })
        .collect()
    }
}

/// Of shares that add up to 1.
pub(super) fn softmax(scores: &[f64]) -> impl Iterator<Item = f64> {
    let largest = largest(scores);
    let total: f64 = scores.iter().map(|x| (x - largest).exp()).sum();
    scores.iter().map(move |x| (x - largest).exp() / total)
}

fn largest(scores: &[f64]) -> f64 {
    scores.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
