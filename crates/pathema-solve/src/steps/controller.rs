use pathema_kernel::Controller;

use crate::error::Cause;

/// # Errors
/// [`Cause::Setting`] names what cannot be.
pub(crate) fn check(controller: &Controller) -> Result<(), Cause> {
    let settings = [
        (
            "the controller's safety",
            controller.safety,
            controller.safety > 0.0 && controller.safety <= 1.0,
            "above 0 and at most 1",
        ),
        (
            "the controller's shrink",
            controller.shrink,
            controller.shrink > 0.0
                && controller.shrink < 1.0
                && controller.shrink <= controller.safety,
            "above 0, below 1 and at most the safety",
        ),
        (
            "the controller's grow",
            controller.grow,
            controller.grow.is_finite() && controller.grow >= 1.0,
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
    let exponents = [
        controller.proportional,
        controller.integral,
        controller.derivative,
    ];
    match exponents.into_iter().find(|value| !value.is_finite()) {
        Some(value) => Err(Cause::Setting {
            name: "the controller's exponent",
            value,
            expected: "finite",
        }),
        None => Ok(()),
    }
}
