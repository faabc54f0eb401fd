use super::{Tape, Var};
use crate::number::Number;
use crate::parameters::Parameter;

/// Added to variances, as is usual.
const EPSILON: f64 = 1e-5;

impl<T: Number> Tape<'_, T> {
    /// Each row less its mean, over its standard deviation (of all columns, plus 10⁻⁵ under the root), times a gain and plus
    /// a bias, \[1, columns\] both (Ba, Kiros & Hinton 2016, *Layer normalization*).
    ///
    /// # Panics
    /// If the shapes do not fit, or there are no columns.
    pub fn layer_norm(&mut self, x: Var, gain: Parameter, bias: Parameter) -> Var {
        let (rows, columns) = self.shape(x);
        let share = T::of(1.0 / columns as f64);
        let (gains, biases) = (self.parameters.values(gain), self.parameters.values(bias));
        let fits = columns > 0 && gains.len() == columns && biases.len() == columns;
        assert!(fits, "gain and bias of a norm of {columns} columns");
        let mut values = Vec::with_capacity(rows * columns);
        let mut normal = Vec::with_capacity(rows * columns);
        let mut inverse = Vec::with_capacity(rows);
        for row in self.values(x).chunks_exact(columns) {
            let mean = sum(row.iter().copied()) * share;
            let variance = sum(row.iter().map(|&x| (x - mean) * (x - mean))) * share;
            let scale = T::of(1.0) / (variance + T::of(EPSILON)).sqrt();
            let start = normal.len();
            normal.extend(row.iter().map(|&x| (x - mean) * scale));
            let parameters = gains.iter().zip(biases);
            let normal = normal[start..].iter().zip(parameters);
            values.extend(normal.map(|(&x, (&gain, &bias))| x * gain + bias));
            inverse.push(scale);
        }
        self.record_if(
            self.records,
            (rows, columns),
            values,
            move |way, of_output| {
                let gains = way.parameter(gain);
                let mut gradient = of_output;
                let rows = gradient.chunks_exact_mut(columns);
                for ((of_row, normal), &scale) in
                    rows.zip(normal.chunks_exact(columns)).zip(&inverse)
                {
                    let of_gain = way.gradients.of_mut(gain);
                    for ((sum, &g), &normal) in of_gain.iter_mut().zip(&*of_row).zip(normal) {
                        *sum += g * normal;
                    }
                    super::way::add(way.gradients.of_mut(bias), of_row);
                    for (g, &gain) in of_row.iter_mut().zip(gains) {
                        *g = *g * gain;
                    }
                    let mean = sum(of_row.iter().copied()) * share;
                    let along = sum(of_row.iter().zip(normal).map(|(&g, &x)| g * x)) * share;
                    for (g, &normal) in of_row.iter_mut().zip(normal) {
                        *g = (*g - mean - normal * along) * scale;
                    }
                }
                way.give(x, gradient);
                Ok(())
            },
        )
    }
}

fn sum<T: Number>(numbers: impl Iterator<Item = T>) -> T {
    numbers.fold(T::default(), |sum, x| sum + x)
}
