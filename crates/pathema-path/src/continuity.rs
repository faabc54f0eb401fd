//! How smooth a path is: promised by its scheme, and measured.

use crate::ControlPath;
use crate::cubic::{curvature, slope};

/// Up to which derivative a path is continuous everywhere between its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Smoothness {
    /// The value: a solver must take up the derivative anew after each knot.
    C0,
    /// The value and the first derivative.
    C1,
    /// The value and the first two derivatives.
    C2,
}

/// The largest jumps at the inner knots of a path, by order of derivative.
///
/// Made by [`ControlPath::verify_continuity`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContinuityReport {
    /// Jumps of the value.
    pub value: Jump,
    /// Jumps of the first derivative.
    pub derivative: Jump,
    /// Jumps of the second derivative.
    pub second_derivative: Jump,
}

/// The largest jump of one derivative.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Jump {
    /// Its size, in the channel's unit per unit of time to the order of the derivative.
    pub size: f64,
    /// The knot's time and the channel; `None` if nothing jumps at all.
    pub place: Option<(f64, usize)>,
    /// The largest size over the scale of its channel. The scale is the largest
    /// `|X| / hᵏ`, `|X'| / hᵏ⁻¹`, …, `|X⁽ᵏ⁾|` over the pieces, of width `h`, for
    /// the k-th derivative: what rounding errors are proportional to.
    pub relative: f64,
}

impl ContinuityReport {
    /// Whether the jumps up to the given order are within `tolerance` of their
    /// channel's scale; 1e-9 leaves ample room for rounding.
    pub fn holds(&self, smoothness: Smoothness, tolerance: f64) -> bool {
        let orders = match smoothness {
            Smoothness::C0 => 1,
            Smoothness::C1 => 2,
            Smoothness::C2 => 3,
        };
        [&self.value, &self.derivative, &self.second_derivative][..orders]
            .iter()
            .all(|jump| jump.relative <= tolerance)
    }
}

impl ControlPath {
    /// Measures how far the path is from being continuous with two derivatives: the largest jump of the value and of both derivatives over the inner knots.
    ///
    /// ```
    /// use pathema_path::{ControlPath, Gaps, Observations, Scheme, Smoothness};
    ///
    /// let seen = Observations::new(vec![0.0, 1.0, 3.0, 4.0], vec![0.0, 2.0, 1.0, 1.5], 1)?;
    /// let path = ControlPath::fit(Scheme::Hermite(Gaps::FitAcross), &seen)?;
    /// let report = path.verify_continuity();
    /// assert!(report.holds(Smoothness::C1, 1e-12));
    /// assert!(!report.holds(Smoothness::C2, 1e-3));
    /// // At the first inner knot X'' jumps from 0 to 4 (Δ₁ − Δ₀) / h = −5.
    /// assert_eq!(report.second_derivative.place, Some((1.0, 0)));
    /// # Ok::<(), pathema_path::PathError>(())
    /// ```
    pub fn verify_continuity(&self) -> ContinuityReport {
        let mut jumps = [Jump::default(); 3];
        for channel in 0..self.channels() {
            let mut scales = [0.0_f64; 3];
            let mut largest = [0.0_f64; 3];
            for interval in 0..self.intervals() {
                let piece = self.piece(interval, channel);
                let width = self.knots()[interval + 1] - self.knots()[interval];
                let start = [piece[0], piece[1], 2.0 * piece[2]];
                let mut scale = 0.0_f64;
                for order in 0..3 {
                    scale = (scale / width).max(start[order].abs());
                    scales[order] = scales[order].max(scale);
                }
                if interval + 1 == self.intervals() {
                    continue;
                }
                let next = self.piece(interval + 1, channel);
                let after = [next[0], next[1], 2.0 * next[2]];
                let [a, b, c, d] = piece;
                let end = [
                    a + width * (b + width * (c + width * d)),
                    slope(piece, width),
                    curvature(piece, width),
                ];
                for order in 0..3 {
                    let size = (after[order] - end[order]).abs();
                    largest[order] = largest[order].max(size);
                    if size > jumps[order].size {
                        jumps[order].size = size;
                        jumps[order].place = Some((self.knots()[interval + 1], channel));
                    }
                }
            }
            for order in 0..3 {
                if largest[order] > 0.0 {
                    let relative = largest[order] / scales[order];
                    jumps[order].relative = jumps[order].relative.max(relative);
                }
            }
        }
        let [value, derivative, second_derivative] = jumps;
        ContinuityReport {
            value,
            derivative,
            second_derivative,
        }
    }
}
