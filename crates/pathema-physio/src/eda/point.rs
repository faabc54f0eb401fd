//! Vectors over all unknowns of the problem.

/// A point of the problem, or a gradient: the filter's state q, the spline coefficients with the absent ones around
/// them, the drift.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) q: Vec<f64>,
    pub(crate) l: Vec<f64>,
    pub(crate) d: [f64; 2],
}

impl Point {
    pub(crate) fn clear(&mut self) {
        self.q.fill(0.0);
        self.l.fill(0.0);
        self.d = [0.0; 2];
    }

    /// Becomes −`other`.
    pub(crate) fn set_negated(&mut self, other: &Point) {
        self.clear();
        self.add(-1.0, other);
    }

    /// Adds `length` times `step`.
    pub(crate) fn add(&mut self, length: f64, step: &Point) {
        let along = |values: &mut [f64], steps: &[f64]| {
            for (value, step) in values.iter_mut().zip(steps) {
                *value += length * step;
            }
        };
        along(&mut self.q, &step.q);
        along(&mut self.l, &step.l);
        along(&mut self.d, &step.d);
    }

    /// The largest magnitude of any component.
    pub(crate) fn largest(&self) -> f64 {
        let components = self.q.iter().chain(&self.l).chain(&self.d);
        components.fold(0.0, |largest, value| largest.max(value.abs()))
    }
}
