//! Acceleration: how a limb lies and moves.

mod features;

pub use features::{AccError, AccFeatures, AccWindows, Axis};

/// The length of the vector of acceleration at each sample, in the unit of the axes: NaN where an axis is missing, and as
/// long as the shortest axis.
///
/// ```
/// use pathema_physio::acc::magnitude;
/// let [x, y, z] = [[3.0, 0.0], [4.0, f64::NAN], [0.0, 1.0]];
/// let magnitude = magnitude([&x, &y, &z]);
/// assert!(magnitude[0] == 5.0 && magnitude[1].is_nan());
/// ```
pub fn magnitude(axes: [&[f64]; 3]) -> Vec<f64> {
    let [x, y, z] = axes;
    x.iter()
        .zip(y)
        .zip(z)
        .map(|((x, y), z)| (x * x + y * y + z * z).sqrt())
        .collect()
}
