//! The first step, in which an Euler step changes little (Hairer, Nørsett & Wanner, *Solving Ordinary Differential Equations
//! I*, II.4), from norms relative to the tolerance.

/// How far to probe the slope: from the norms of the state and of its slope.
pub fn probe(state: f64, slope: f64) -> f64 {
    if state < 1e-5 || slope < 1e-5 || !state.is_finite() || !slope.is_finite() {
        1e-6
    } else {
        0.01 * state / slope
    }
}

/// The first step: from the length of the probe, the norms of the slope and of its change over the probe, and the method's
/// order.
pub fn choose(probe: f64, slope: f64, change: f64, order: u32) -> f64 {
    let curvature = change / probe;
    let asked = if slope <= 1e-15 && curvature <= 1e-15 {
        (probe * 1e-3).max(1e-6)
    } else {
        (0.01 / slope.max(curvature)).powf(1.0 / f64::from(order))
    };
    let step = (100.0 * probe).min(asked);
    if step.is_finite() && step > 0.0 {
        step
    } else {
        1e-6
    }
}
