//! From the gradient of a path to that of the observations it was fitted on.

use crate::cubic::{Parts, parts, recentred, recentred_pull_back};
use crate::gaps::{Group, groups};
use crate::{
    Observations, PathError, Scheme, Share, divide, fill, hermite, linear, natural, rectilinear,
    smoothed,
};

/// Gradient of a number with respect to observations, from its gradient with respect to a fitted path.
///
/// Made by [`Scheme::pull_back`].
#[derive(Debug, Clone, PartialEq)]
pub struct FitGradient {
    /// Of the values, row-major `[samples × channels]`; zero where one is missing.
    ///
    /// Derived channels are values like any other: if the time channel is to count
    /// as time, add its gradient to that of the `times`.
    pub values: Vec<f64>,
    /// Of the samples' times, `[samples]`.
    pub times: Vec<f64>,
}

impl Scheme {
    /// The gradient of a number with respect to the observations, from its gradients
    /// with respect to the path that the scheme [fits](crate::ControlPath::fit) on
    /// them: the exact vector–Jacobian product of the fit, missing values included.
    ///
    /// `coefficients` and `knots` are the gradients with respect to
    /// [`ControlPath::coefficients`](crate::ControlPath::coefficients) and
    /// [`ControlPath::knots`](crate::ControlPath::knots), and have their shapes;
    /// `knots` is what remains with the coefficients held fixed. `end`,
    /// `[channels]`, is the gradient with respect to the value at the last knot
    /// and after it, as far as it is not computed from the coefficients. What a
    /// path cannot follow smoothly, such as which values are missing, has no
    /// gradient.
    ///
    /// # Errors
    /// [`PathError::GradientLength`] for a gradient of another shape than the path's;
    /// otherwise as [`ControlPath::fit`](crate::ControlPath::fit), except that an
    /// overflow is passed on in the numbers.
    ///
    /// ```
    /// use pathema_path::{Observations, Scheme};
    ///
    /// // The slope of the line from (0, 1) to (2, 5).
    /// let seen = Observations::new(vec![0.0, 2.0], vec![1.0, 5.0], 1)?;
    /// let of_slope = [0.0, 1.0, 0.0, 0.0];
    /// let gradient = Scheme::Linear.pull_back(&seen, &of_slope, &[0.0; 2], &[0.0])?;
    /// assert_eq!(gradient.values, [-0.5, 0.5]);
    /// assert_eq!(gradient.times, [1.0, -1.0]);
    /// # Ok::<(), pathema_path::PathError>(())
    /// ```
    pub fn pull_back(
        self,
        observations: &Observations,
        coefficients: &[f64],
        knots: &[f64],
        end: &[f64],
    ) -> Result<FitGradient, PathError> {
        if self == Self::Rectilinear {
            let corners = rectilinear::corners(observations)?;
            let gradient = Self::Linear.pull_back(&corners, coefficients, knots, end)?;
            return Ok(rectilinear::pull_back(observations, &gradient));
        }
        let filled = self.filled(observations);
        let (samples, channels) = (filled.len(), filled.channels());
        let path_knots = self.knots(filled.times())?;
        let intervals = path_knots.len().saturating_sub(1);
        check("the coefficients", coefficients, intervals * 4 * channels)?;
        check("the knots", knots, path_knots.len())?;
        check("the value at the end", end, channels)?;

        let mut out = FitGradient::zeros(&filled);
        let mut to_knots = knots.to_vec();
        if samples > 1 && filled.is_complete() {
            add(&mut out.values[(samples - 1) * channels..], end);
            let mut pieces = vec![0.0; coefficients.len()];
            let (times, values) = (filled.times(), filled.values());
            self.pieces(times, values, channels, &path_knots, &mut pieces);
            let fitted = Fitted {
                times,
                values,
                lanes: channels,
                pieces: &pieces,
                gradient: coefficients,
            };
            self.pull_back_pieces(&fitted, &path_knots, &mut to_knots, &mut out);
        } else {
            for group in groups(&filled) {
                self.pull_back_group(&group, &filled, coefficients, end, &mut out);
            }
        }
        match self {
            Self::SmoothedLinear(share) if share != Share::WHOLE => {
                divide::pull_back(&to_knots, share.get(), &mut out.times);
            }
            _ => add(&mut out.times, &to_knots),
        }
        if matches!(filled, std::borrow::Cow::Owned(_)) {
            out = fill::pull_back(observations, out);
        }
        Ok(out)
    }

    /// Adds what the gradient of the path makes of a group's observations.
    fn pull_back_group(
        self,
        group: &Group,
        observations: &Observations,
        coefficients: &[f64],
        end: &[f64],
        out: &mut FitGradient,
    ) {
        if group.observed.is_empty() {
            return;
        }
        let (lanes, width) = (group.channels.len(), observations.channels());
        let (times, values) = group.knots(observations);
        let mut pieces = vec![0.0; (times.len() - 1) * 4 * lanes];
        if !pieces.is_empty() {
            self.pieces(&times, &values, lanes, &times, &mut pieces);
        }
        // Against the order in which the path was made: first from its intervals
        // to the pieces of the group, then to the group's knots, then to the samples.
        let mut gradient = vec![0.0; pieces.len()];
        let mut own = FitGradient {
            values: vec![0.0; values.len()],
            times: vec![0.0; times.len()],
        };
        let block = |intervals: std::ops::Range<usize>| {
            coefficients[4 * width * intervals.start..4 * width * intervals.end]
                .chunks_exact(4 * width)
        };
        for (row, rest) in group.rests(observations.len() - 1) {
            let to = &mut own.values[row * lanes..(row + 1) * lanes];
            for from in block(rest) {
                for (to, &channel) in to.iter_mut().zip(&group.channels) {
                    *to += from[channel];
                }
            }
        }
        for (piece, covered) in group.pieces().enumerate() {
            for (interval, from) in covered.clone().zip(block(covered)) {
                let delta = observations.times()[interval] - times[piece];
                for (lane, &channel) in group.channels.iter().enumerate() {
                    let moved = recentred(piece_of(&pieces, lanes, piece, lane), delta);
                    let to_moved = [0, 1, 2, 3].map(|power| from[power * width + channel]);
                    let (cubic, to_delta) = recentred_pull_back(moved, to_moved, delta);
                    for (power, value) in cubic.into_iter().enumerate() {
                        gradient[(piece * 4 + power) * lanes + lane] += value;
                    }
                    out.times[interval] += to_delta;
                    own.times[piece] -= to_delta;
                }
            }
        }
        let last = own.values.len() - lanes;
        for (to, &channel) in own.values[last..].iter_mut().zip(&group.channels) {
            *to += end[channel];
        }
        if !pieces.is_empty() {
            let fitted = Fitted {
                times: &times,
                values: &values,
                lanes,
                pieces: &pieces,
                gradient: &gradient,
            };
            self.pull_back_pieces(&fitted, &times, &mut [], &mut own);
        }
        for (row, &sample) in group.observed.iter().enumerate() {
            out.times[sample] += own.times[row];
            for (lane, &channel) in group.channels.iter().enumerate() {
                out.values[sample * width + channel] += own.values[row * lanes + lane];
            }
        }
    }

    /// The adjoint of `Scheme::pieces`.
    fn pull_back_pieces(
        self,
        fitted: &Fitted,
        knots: &[f64],
        to_knots: &mut [f64],
        out: &mut FitGradient,
    ) {
        match self {
            Self::Linear | Self::Rectilinear => linear::pull_back(fitted, out),
            Self::SmoothedLinear(share) if share != Share::WHOLE => {
                smoothed::pull_back(fitted, knots, to_knots, out);
            }
            Self::SmoothedLinear(_) | Self::Hermite(_) => hermite::pull_back(fitted, out),
            Self::NaturalCubic(_) => natural::pull_back(fitted, out),
        }
    }
}

/// A fit on complete samples, and a gradient with respect to its coefficients.
pub(crate) struct Fitted<'a> {
    pub(crate) times: &'a [f64],
    /// `[samples × lanes]`.
    pub(crate) values: &'a [f64],
    pub(crate) lanes: usize,
    /// `[pieces × 4 × lanes]`, as is their gradient.
    pub(crate) pieces: &'a [f64],
    pub(crate) gradient: &'a [f64],
}

impl Fitted<'_> {
    pub(crate) fn width(&self, interval: usize) -> f64 {
        self.times[interval + 1] - self.times[interval]
    }

    pub(crate) fn piece(&self, piece: usize) -> Parts<'_> {
        let width = 4 * self.lanes;
        parts(&self.pieces[piece * width..(piece + 1) * width], self.lanes)
    }
}

impl FitGradient {
    pub(crate) fn zeros(observations: &Observations) -> Self {
        Self {
            values: vec![0.0; observations.values().len()],
            times: vec![0.0; observations.len()],
        }
    }

    /// Adds a gradient with respect to the time from one sample to the next.
    pub(crate) fn add_to_width(&mut self, interval: usize, gradient: f64) {
        self.times[interval + 1] += gradient;
        self.times[interval] -= gradient;
    }
}

/// The a, b, c and d of one lane in a piece.
fn piece_of(pieces: &[f64], lanes: usize, piece: usize, lane: usize) -> [f64; 4] {
    [0, 1, 2, 3].map(|power| pieces[(piece * 4 + power) * lanes + lane])
}

/// Adds to each number its counterpart.
pub(crate) fn add(to: &mut [f64], from: &[f64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

fn check(what: &'static str, gradient: &[f64], expected: usize) -> Result<(), PathError> {
    if gradient.len() == expected {
        return Ok(());
    }
    Err(PathError::GradientLength {
        what,
        found: gradient.len(),
        expected,
    })
}
