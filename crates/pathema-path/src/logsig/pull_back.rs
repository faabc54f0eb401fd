//! From the gradient of a log-signature to that of the path.

use super::tensor::{Tensor, terms};
use super::{Depth, LogSignature, check_window, piece};
use crate::cubic::{recentred, recentred_pull_back};
use crate::{ControlPath, PathError};

/// Gradient of a number with respect to a path, as [`Scheme::pull_back`](crate::Scheme::pull_back) takes it.
///
/// Made by [`LogSignature::pull_back`], which does not depend on the path's end
/// but through the coefficients.
#[derive(Debug, Clone, PartialEq)]
pub struct PathGradient {
    /// Of the coefficients, `[intervals × 4 × channels]`.
    pub coefficients: Vec<f64>,
    /// Of the knots, `[knots]`, with the coefficients held fixed.
    pub knots: Vec<f64>,
}

impl LogSignature {
    /// The gradient of a number with respect to `path`, from its `gradient` with
    /// respect to the [terms](Self::terms) of the path's log-signature over a window.
    ///
    /// # Errors
    /// [`PathError::GradientLength`] for a gradient of another shape;
    /// [`PathError::Window`] as [`Signature::of`](super::Signature::of).
    ///
    /// ```
    /// use pathema_path::{ControlPath, Depth, LogSignature, Observations, Scheme};
    ///
    /// let seen = Observations::new(vec![0.0, 2.0], vec![1.0, 5.0], 1)?;
    /// let path = ControlPath::fit(Scheme::Linear, &seen)?;
    /// // The increment over half of the interval is b · 1 + c · 1² + d · 1³.
    /// let gradient = LogSignature::pull_back(&path, 0.0, 1.0, Depth::One, &[1.0])?;
    /// assert_eq!(gradient.coefficients, [0.0, 1.0, 1.0, 1.0]);
    /// # Ok::<(), pathema_path::PathError>(())
    /// ```
    pub fn pull_back(
        path: &ControlPath,
        from: f64,
        to: f64,
        depth: Depth,
        gradient: &[f64],
    ) -> Result<PathGradient, PathError> {
        check_window(from, to)?;
        let channels = path.channels();
        let expected = terms(channels, depth);
        if gradient.len() != expected {
            return Err(PathError::GradientLength {
                what: "the log-signature",
                found: gradient.len(),
                expected,
            });
        }
        let mut out = PathGradient {
            coefficients: vec![0.0; path.coefficients().len()],
            knots: vec![0.0; path.knots().len()],
        };
        // The signature of all before each part, then against the order in which
        // they were made.
        let mut whole = Tensor::zero(channels, depth);
        let mut parts = Vec::new();
        for part in piece::parts_of(path, from, to) {
            let powers = part.powers(path);
            let own = piece::signature_of(&powers, depth);
            let after = whole.product(&own);
            parts.push((part, powers, own, std::mem::replace(&mut whole, after)));
        }
        let mut to_whole = whole.log_pull_back(&Tensor {
            channels,
            depth,
            terms: gradient.to_vec(),
        });
        for (part, powers, own, before) in parts.into_iter().rev() {
            let (to_before, to_own) = before.product_pull_back(&own, &to_whole);
            out.add(path, part, &piece::pull_back(&powers, &to_own));
            to_whole = to_before;
        }
        Ok(out)
    }
}

impl PathGradient {
    /// Adds what the gradient of a part's powers makes of its coefficients and of
    /// the knots around it.
    fn add(&mut self, path: &ControlPath, part: piece::Part, to_powers: &piece::Powers) {
        let channels = path.channels();
        let (width, interval) = (part.width(), part.interval);
        let (mut to_start, mut to_end) = (0.0, 0.0);
        for channel in 0..channels {
            let moved = recentred(path.piece(interval, channel), part.start);
            let [b, c, d] = to_powers.each_ref().map(|power| power[channel]);
            let to_width =
                b * moved[1] + width * (2.0 * c * moved[2] + width * (3.0 * d * moved[3]));
            let scaled = [
                0.0,
                b * width,
                c * (width * width),
                d * (width * width * width),
            ];
            let (cubic, to_delta) = recentred_pull_back(moved, scaled, part.start);
            to_end += to_width;
            to_start += to_delta - to_width;
            for (power, gradient) in cubic.into_iter().enumerate() {
                self.coefficients[(interval * 4 + power) * channels + channel] += gradient;
            }
        }
        // A part starts at the window's start or at its left knot, from which both
        // of its ends are counted.
        if part.start > 0.0 {
            self.knots[interval] -= to_start;
        }
        self.knots[interval] -= to_end;
        if !part.cut {
            self.knots[interval + 1] += to_end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Observations, Scheme};

    /// Each coefficient and knot by itself, which no fit can move.
    #[test]
    fn equals_finite_differences() {
        let values = vec![0.0, 1.0, 2.0, -1.0, 0.5, 0.3, 3.0, 2.0, 1.0, 1.0];
        let seen = Observations::new(vec![0.0, 1.0, 2.5, 3.0, 4.0], values, 2).unwrap();
        for scheme in [Scheme::Linear, Scheme::NaturalCubic(crate::Ends::Free)] {
            let path = ControlPath::fit(scheme, &seen).unwrap();
            for (from, to) in [(0.0, 4.0), (0.3, 3.2), (1.2, 2.3), (-1.0, 9.0), (1.0, 3.0)] {
                check(&path, from, to);
            }
        }
    }

    #[track_caller]
    fn check(path: &ControlPath, from: f64, to: f64) {
        let weights: Vec<f64> = (0..14).map(|k| (f64::from(k) * 1.7).sin()).collect();
        let number = |path: &ControlPath| -> f64 {
            let log = LogSignature::of(path, from, to, Depth::Three).unwrap();
            log.terms().iter().zip(&weights).map(|(x, w)| x * w).sum()
        };
        let gradient = LogSignature::pull_back(path, from, to, Depth::Three, &weights).unwrap();
        let step = 1e-6;
        let differences = |moved: &dyn Fn(&mut ControlPath, f64)| {
            let [plus, minus] = [step, -step].map(|by| {
                let mut path = path.clone();
                moved(&mut path, by);
                number(&path)
            });
            (plus - minus) / (2.0 * step)
        };
        for (at, &found) in gradient.coefficients.iter().enumerate() {
            let expected = differences(&|path, by| path.coefficients[at] += by);
            assert!(
                (found - expected).abs() < 1e-7 * (1.0 + expected.abs()),
                "coefficient {at} from {from} to {to}: {found} is not {expected}"
            );
        }
        for (at, &found) in gradient.knots.iter().enumerate() {
            if path.knots()[at] == from || path.knots()[at] == to {
                // Moved one way it is in the window, moved the other it is not.
                continue;
            }
            let expected = differences(&|path, by| path.knots[at] += by);
            assert!(
                (found - expected).abs() < 1e-7 * (1.0 + expected.abs()),
                "knot {at} from {from} to {to}: {found} is not {expected}"
            );
        }
    }
}
