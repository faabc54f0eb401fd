//! The same path on more knots or over a longer interval.

use crate::cubic::recentred;
use crate::fit::smoothness_at_rest;
use crate::{ControlPath, PathError, Smoothness};

impl ControlPath {
    /// The same path with further knots at `times`, in any order.
    ///
    /// Between its ends the function is unchanged. Times outside extend the
    /// path by constants, as it is continued there anyway; its smoothness then
    /// takes account of the old ends. Times that are knots already are ignored.
    /// A time very close to a knot makes a very short interval, and costs a
    /// solver a step.
    ///
    /// # Errors
    /// [`PathError::KnotNotFinite`] for a time that is not finite,
    /// [`PathError::SpanInfinite`] if the new interval's length overflows.
    ///
    /// ```
    /// use pathema_path::{ControlPath, Observations, Scheme};
    ///
    /// let seen = Observations::new(vec![0.0, 2.0], vec![1.0, 5.0], 1)?;
    /// let path = ControlPath::fit(Scheme::Linear, &seen)?.refined(&[0.5, 3.0, 2.0])?;
    /// assert_eq!(path.knots(), [0.0, 0.5, 2.0, 3.0]);
    /// let mut x = [0.0];
    /// path.value(1.0, &mut x);
    /// assert_eq!(x, [3.0]);
    /// # Ok::<(), pathema_path::PathError>(())
    /// ```
    pub fn refined(&self, times: &[f64]) -> Result<Self, PathError> {
        if let Some(index) = times.iter().position(|time| !time.is_finite()) {
            return Err(PathError::KnotNotFinite {
                index,
                time: times[index],
            });
        }
        let mut knots = self.knots.clone();
        knots.extend_from_slice(times);
        // Stable, so of two equal times the path's own knot stays.
        knots.sort_by(f64::total_cmp);
        knots.dedup();
        self.on_knots(knots)
    }

    /// The same path, extended by constants so that its interval is `[start, end]`.
    ///
    /// This is how the paths of several modalities, whose samples begin and end
    /// at different times, come to share a window.
    ///
    /// # Errors
    /// [`PathError::KnotNotFinite`] if `start` (index 0) or `end` (index 1) is
    /// not finite, [`PathError::SpanNotCovering`] unless the path's own interval
    /// lies within, [`PathError::SpanInfinite`] if the length overflows.
    pub fn spanning(&self, start: f64, end: f64) -> Result<Self, PathError> {
        let (first, last) = if self.knots.is_empty() {
            (start, start)
        } else {
            self.interval()
        };
        // Not-finite times are refused below, with a better word.
        if start > first || end < last {
            return Err(PathError::SpanNotCovering {
                start,
                end,
                first,
                last,
            });
        }
        self.refined(&[start, end])
    }

    fn on_knots(&self, knots: Vec<f64>) -> Result<Self, PathError> {
        let channels = self.channels();
        if let (Some(&start), Some(&end)) = (knots.first(), knots.last())
            && !(end - start).is_finite()
        {
            return Err(PathError::SpanInfinite { start, end });
        }
        let (first, last) = self.interval();
        let intervals = knots.len().saturating_sub(1);
        let mut coefficients = vec![0.0; intervals * 4 * channels];
        let mut interval = 0;
        for (&knot, out) in knots
            .iter()
            .zip(coefficients.chunks_exact_mut(4 * channels))
        {
            if self.knots.is_empty() || knot >= last {
                out[..channels].copy_from_slice(&self.end);
            } else if knot < first {
                self.value(knot, &mut out[..channels]);
            } else {
                while self.knots[interval + 1] <= knot {
                    interval += 1;
                }
                let delta = knot - self.knots[interval];
                for channel in 0..channels {
                    let mut piece = self.piece(interval, channel);
                    if delta != 0.0 {
                        piece = recentred(piece, delta);
                    }
                    for (power, value) in piece.into_iter().enumerate() {
                        out[power * channels + channel] = value;
                    }
                }
            }
        }
        let (earlier, later) = (
            knots.first().is_some_and(|&knot| knot < first) && !self.knots.is_empty(),
            knots.last().is_some_and(|&knot| knot > last) && !self.knots.is_empty(),
        );
        Ok(Self {
            smoothness: self.smoothness_extended(earlier, later),
            causal: self.causal && !earlier,
            end: self.end.clone(),
            knots,
            coefficients,
        })
    }

    fn smoothness_extended(&self, earlier: bool, later: bool) -> Smoothness {
        let mut smoothness = self.smoothness;
        if self.intervals() == 0 {
            return smoothness;
        }
        let last = self.intervals() - 1;
        let width = self.knots[last + 1] - self.knots[last];
        for channel in 0..self.channels() {
            if earlier {
                smoothness = smoothness.min(smoothness_at_rest(self.piece(0, channel), 0.0));
            }
            if later {
                smoothness = smoothness.min(smoothness_at_rest(self.piece(last, channel), width));
            }
        }
        smoothness
    }
}
