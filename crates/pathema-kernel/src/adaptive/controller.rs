/// How the next step follows from the error of this one and of those before.
///
/// With E the norm of the error relative to the tolerance and k the order of the method, a step is followed by one
/// that is longer by safety · E₀^(−α) · E₁^(β) · E₂^(−γ), E₁ and E₂ the errors of the two steps accepted before,
/// with α = (I + P + D)/k, β = (P + 2D)/k, γ = D/k (Söderlind 2003, *Digital filters in adaptive
/// time-stepping*).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Controller {
    /// P.
    pub proportional: f64,
    /// I.
    pub integral: f64,
    /// D.
    pub derivative: f64,
    /// What the error alone would ask for is taken so far only; at most 1.
    pub safety: f64,
    /// Shrink by no more than this after a step that is taken back; below 1, and no more than the safety.
    pub shrink: f64,
    /// Grow by no more than this; at least 1.
    pub grow: f64,
}

impl Controller {
    /// The classic controller, as in torchdiffeq: smooth problems, loose tolerances.
    pub const I: Controller = Controller::new(0.0, 1.0, 0.0);
    /// Fewer steps taken back where the problem is mildly stiff.
    pub const PI: Controller = Controller::new(0.4, 0.3, 0.0);
    /// With an eye to how the error changes (as ARKODE has it; Kennedy & Carpenter 2003).
    pub const PID: Controller = Controller::new(0.01, 0.47, 0.1);

    /// With a safety of 0.9, shrinking to 0.2 and growing to 10 at most.
    pub const fn new(proportional: f64, integral: f64, derivative: f64) -> Controller {
        Controller {
            proportional,
            integral,
            derivative,
            safety: 0.9,
            shrink: 0.2,
            grow: 10.0,
        }
    }

    /// What the step is multiplied with.
    ///
    /// ```
    /// use pathema_kernel::{Controller, Errors};
    ///
    /// // A method of order 5 whose error is 32 times too large: half the step, and a tenth off for safety.
    /// let factor = Controller::I.factor(32.0, false, 5, &mut Errors::NONE.clone());
    /// assert!((factor - 0.45).abs() < 1e-12);
    /// ```
    pub fn factor(&self, error: f64, accepted: bool, order: u32, past: &mut Errors) -> f64 {
        if !error.is_finite() {
            // The step may have left the domain of the field.
            return self.shrink;
        }
        let order = f64::from(order);
        let (p, i, d) = (self.proportional, self.integral, self.derivative);
        let power = |error: f64, exponent: f64| {
            if exponent == 0.0 {
                1.0
            } else {
                error.powf(exponent / order)
            }
        };
        let asked = self.safety
            * power(error, -(p + i + d))
            * power(past.last, p + 2.0 * d)
            * power(past.before, -d);
        if !accepted {
            // Without the memory of better steps this one would not be repeated at almost its length.
            return asked.clamp(self.shrink, self.safety);
        }
        past.before = past.last;
        // An error of zero says nothing of the next.
        past.last = if error > 0.0 { error } else { 1.0 };
        if asked.is_nan() {
            self.grow
        } else {
            asked.clamp(1.0, self.grow)
        }
    }
}

/// The errors of the last two steps accepted, 1 before there were any.
#[derive(Clone, Copy, Debug)]
pub struct Errors {
    last: f64,
    before: f64,
}

impl Errors {
    /// Before there were any.
    pub const NONE: Errors = Errors {
        last: 1.0,
        before: 1.0,
    };
}
