//! Log-signatures over consecutive windows, and the path that they make.

use super::{Depth, LogSignature, check_window, lyndon_words};
use crate::fit::inner_smoothness;
use crate::pull_back::add;
use crate::{ControlPath, PathError, Scheme};

/// The log-signatures of `path` over the windows between consecutive `ends`; none
/// if there are fewer than two.
///
/// # Errors
/// As [`Signature::of`](super::Signature::of), for any of the windows; `ends` may
/// be equal, but not fall.
pub fn log_signatures(
    path: &ControlPath,
    ends: &[f64],
    depth: Depth,
) -> Result<Vec<LogSignature>, PathError> {
    ends.windows(2)
        .map(|window| LogSignature::of(path, window[0], window[1], depth))
        .collect()
}

impl ControlPath {
    /// The path of neural rough differential equations: linear, with knots at
    /// `ends`, and as channels the [Lyndon coordinates](LogSignature::lyndon) of
    /// this path's log-signatures over the windows between them, summed up.
    ///
    /// It starts at this path's value at the first end, and zero in the channels
    /// of higher levels; so its first channels meet this path at all ends. On a
    /// window its derivative is the log-signature by the window's length, as the
    /// log-ODE method wants it (Morrill et al. 2021). A solver takes a step a
    /// window, however many samples are in it.
    ///
    /// [`is_causal`](Self::is_causal) is that of this path, with the ends for
    /// samples: a window looks ahead to its end, and an end between two samples
    /// to the later one.
    ///
    /// # Errors
    /// As [`log_signatures`], and [`PathError::Window`] for two equal ends;
    /// [`PathError::Overflow`] if a sum or a slope is not finite.
    ///
    /// ```
    /// use pathema_path::{ControlPath, Depth, Observations, Scheme};
    ///
    /// let seen = Observations::new(vec![0.0, 1.0, 2.0], vec![3.0, 0.0, 4.0, 0.0, 4.0, 1.0], 2)?;
    /// let path = ControlPath::fit(Scheme::Linear, &seen)?;
    /// let coarse = path.log_signature_path(&[0.0, 2.0], Depth::Two)?;
    /// assert_eq!((coarse.knots(), coarse.channels()), ([0.0, 2.0].as_slice(), 3));
    /// let mut x = [0.0; 3];
    /// coarse.value(2.0, &mut x);
    /// assert_eq!(x, [4.0, 1.0, 0.5]);
    /// # Ok::<(), pathema_path::PathError>(())
    /// ```
    pub fn log_signature_path(&self, ends: &[f64], depth: Depth) -> Result<Self, PathError> {
        let knots = ends.to_vec();
        if let (Some(&start), Some(&end)) = (ends.first(), ends.last()) {
            check_window(start, end)?;
            if !(end - start).is_finite() {
                return Err(PathError::SpanInfinite { start, end });
            }
        }
        let channels = lyndon_words(self.channels(), depth).len();
        let mut value = vec![0.0; channels];
        if let Some(&start) = ends.first() {
            self.value(start, &mut value[..self.channels()]);
        }
        let mut coefficients = Vec::with_capacity(ends.len().saturating_sub(1) * 4 * channels);
        for window in ends.windows(2) {
            let (from, to) = (window[0], window[1]);
            if from == to {
                return Err(PathError::Window { from, to });
            }
            let increment = LogSignature::of(self, from, to, depth)?.lyndon();
            coefficients.extend_from_slice(&value);
            coefficients.extend(increment.iter().map(|x| x / (to - from)));
            coefficients.extend(std::iter::repeat_n(0.0, 2 * channels));
            add(&mut value, &increment);
        }
        let smoothness = inner_smoothness(Scheme::Linear, &coefficients, channels);
        let earlier = ends.first().is_some_and(|&end| end < self.interval().0);
        let path = Self {
            knots,
            coefficients,
            end: value,
            smoothness,
            causal: self.is_causal() && !earlier,
        };
        path.check_finite()?;
        Ok(path)
    }
}
