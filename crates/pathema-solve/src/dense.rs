use tch::Tensor;

/// A step's solution in between: the quartic through both ends with their slopes and through the middle.
pub(crate) struct Quartic {
    /// Coefficients of θ⁰ to θ⁴, θ from 0 to 1 over the step.
    coefficients: [Tensor; 5],
}

impl Quartic {
    /// From the states at the ends and the middle, and the slopes at the ends times the step.
    pub(crate) fn new(
        start: &Tensor,
        middle: &Tensor,
        end: &Tensor,
        slope_start: &Tensor,
        slope_end: &Tensor,
    ) -> Quartic {
        // Differences from the start cancel less than the states themselves would.
        let u = end - start;
        let v = middle - start;
        let second = &v * 16.0 - &u * 5.0 - slope_start * 4.0 + slope_end;
        let third = &u * 14.0 - &v * 32.0 + slope_start * 5.0 - slope_end * 3.0;
        let fourth = v * 16.0 - u * 8.0 - slope_start * 2.0 + slope_end * 2.0;
        Quartic {
            coefficients: [
                start.shallow_clone(),
                slope_start.shallow_clone(),
                second,
                third,
                fourth,
            ],
        }
    }

    pub(crate) fn at(&self, theta: f64) -> Tensor {
        let [c0, c1, c2, c3, c4] = &self.coefficients;
        (((c4 * theta + c3) * theta + c2) * theta + c1) * theta + c0
    }
}
