use crate::error::Cause;

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

    pub(crate) fn check(&self) -> Result<(), Cause> {
        let settings = [
            (
                "the controller's safety",
                self.safety,
                self.safety > 0.0 && self.safety <= 1.0,
                "above 0 and at most 1",
            ),
            (
                "the controller's shrink",
                self.shrink,
                self.shrink > 0.0 && self.shrink < 1.0 && self.shrink <= self.safety,
                "above 0, below 1 and at most the safety",
            ),
            (
                "the controller's grow",
                self.grow,
                self.grow.is_finite() && self.grow >= 1.0,
                "finite and at least 1",
            ),
        ];
        for (name, value, holds, expected) in settings {
            if !holds {
                return Err(Cause::Setting {
                    name,
                    value,
                    expected,
                });
            }
        }
        let exponents = [self.proportional, self.integral, self.derivative];
        match exponents.into_iter().find(|value| !value.is_finite()) {
            Some(value) => Err(Cause::Setting {
                name: "the controller's exponent",
                value,
                expected: "finite",
            }),
            None => Ok(()),
        }
    }

    /// What the step is multiplied with.
    pub(crate) fn factor(&self, error: f64, accepted: bool, order: u32, past: &mut Errors) -> f64 {
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
pub(crate) struct Errors {
    last: f64,
    before: f64,
}

impl Errors {
    pub(crate) const NONE: Errors = Errors {
        last: 1.0,
        before: 1.0,
    };
}
