//! From observations to a path: groups of channels, their fits, and the union of knots.

use crate::cubic::{recentred, slope};
use crate::gaps::{Group, Knots, groups, knots};
use crate::{ControlPath, Observations, PathError, Scheme, Smoothness, hermite, linear, natural};

impl ControlPath {
    /// Joins observations into a path.
    ///
    /// Each channel is fitted on its own observations; the scheme says what
    /// becomes of its gaps. Then every channel is expanded anew, exactly, on the
    /// times of all samples. Channels that miss the same samples are solved
    /// together.
    ///
    /// # Errors
    /// [`PathError::Overflow`] if a coefficient is not finite, which takes values
    /// or slopes beyond the range of a double.
    ///
    /// ```
    /// use pathema_path::{ControlPath, Observations, Scheme};
    ///
    /// let seen = Observations::new(vec![0.0, 1.0, 2.0], vec![1.0, f64::NAN, 5.0], 1)?;
    /// let path = ControlPath::fit(Scheme::Linear, &seen)?;
    /// let mut x = [0.0];
    /// path.value(0.5, &mut x);
    /// assert_eq!(x, [2.0]);
    /// path.value(7.0, &mut x);
    /// assert_eq!(x, [5.0]);
    /// assert!(!path.is_causal());
    /// # Ok::<(), pathema_path::PathError>(())
    /// ```
    pub fn fit(scheme: Scheme, observations: &Observations) -> Result<Self, PathError> {
        let (samples, channels) = (observations.len(), observations.channels());
        let intervals = samples.saturating_sub(1);
        let mut path = Self {
            knots: observations.times().to_vec(),
            coefficients: vec![0.0; intervals * 4 * channels],
            end: vec![0.0; channels],
            smoothness: Smoothness::C2,
            causal: !matches!(scheme, Scheme::NaturalCubic(_)),
        };
        if samples > 1 && !observations.values().iter().any(|value| value.is_nan()) {
            scheme.pieces(
                observations.times(),
                observations.values(),
                channels,
                &mut path.coefficients,
            );
            path.end.copy_from_slice(observations.row(samples - 1));
            path.smoothness = inner_smoothness(scheme, &path.coefficients, channels);
        } else {
            for group in groups(observations) {
                path.add(scheme, &group, observations);
            }
        }
        path.check_finite()?;
        Ok(path)
    }

    /// Fits a group of channels and writes it to its place.
    fn add(&mut self, scheme: Scheme, group: &Group, observations: &Observations) {
        let (Some(&first), Some(&last)) = (group.observed.first(), group.observed.last()) else {
            return;
        };
        if first > 0 || last - first >= group.observed.len() {
            self.causal = false;
        }
        for &channel in &group.channels {
            self.end[channel] = observations.row(last)[channel];
        }
        if self.intervals() == 0 {
            return;
        }
        let knots = knots(scheme.filling(), group, observations);
        let lanes = group.channels.len();
        let mut pieces = vec![0.0; (knots.times.len() - 1) * 4 * lanes];
        if !pieces.is_empty() {
            scheme.pieces(&knots.times, &knots.values, lanes, &mut pieces);
            let own = smoothness_with_ends(scheme, &knots, &pieces, lanes, self.knots.len());
            self.smoothness = self.smoothness.min(own);
        }
        self.scatter(&group.channels, &knots, &pieces);
    }

    /// Expands the pieces of a group's fit on the knots of the path.
    fn scatter(&mut self, channels: &[usize], knots: &Knots, pieces: &[f64]) {
        let (lanes, width) = (channels.len(), self.channels());
        let mut begun = 0;
        for (interval, out) in self.coefficients.chunks_exact_mut(4 * width).enumerate() {
            while begun < knots.samples.len() && knots.samples[begun] <= interval {
                begun += 1;
            }
            // Before the first knot and after the last the channel rests.
            let Some(piece) = begun.checked_sub(1).filter(|_| begun < knots.samples.len()) else {
                let row = if begun == 0 {
                    0
                } else {
                    knots.samples.len() - 1
                };
                for (lane, &channel) in channels.iter().enumerate() {
                    out[channel] = knots.values[row * lanes + lane];
                }
                continue;
            };
            let delta = self.knots[interval] - knots.times[piece];
            let from = &pieces[piece * 4 * lanes..(piece + 1) * 4 * lanes];
            for (lane, &channel) in channels.iter().enumerate() {
                let own = [0, 1, 2, 3].map(|power| from[power * lanes + lane]);
                let moved = if delta == 0.0 {
                    own
                } else {
                    recentred(own, delta)
                };
                for (power, value) in moved.into_iter().enumerate() {
                    out[power * width + channel] = value;
                }
            }
        }
    }

    fn check_finite(&self) -> Result<(), PathError> {
        match self.coefficients.iter().position(|c| !c.is_finite()) {
            None => Ok(()),
            Some(at) => Err(PathError::Overflow {
                channel: at % self.channels(),
                time: self.knots[at / (4 * self.channels())],
            }),
        }
    }
}

impl Scheme {
    /// Coefficients of the fit through complete knots, of which there are at least two.
    fn pieces(self, times: &[f64], values: &[f64], lanes: usize, coefficients: &mut [f64]) {
        match self {
            Self::Linear => linear::fit(times, values, lanes, coefficients),
            Self::Hermite(_) => hermite::fit(times, values, lanes, coefficients),
            Self::NaturalCubic(_) => natural::fit(times, values, lanes, coefficients),
        }
    }
}

/// Smoothness at the knots of the fit itself: the scheme's, or better where the
/// pieces are one straight line.
fn inner_smoothness(scheme: Scheme, pieces: &[f64], lanes: usize) -> Smoothness {
    let by_scheme = match scheme {
        Scheme::Linear => Smoothness::C0,
        Scheme::Hermite(_) => Smoothness::C1,
        Scheme::NaturalCubic(_) => return Smoothness::C2,
    };
    let (first, rest) = pieces.split_at(4 * lanes);
    let bent = |piece: &[f64]| piece[2 * lanes..].iter().any(|&c| c != 0.0);
    let one_line = !bent(first)
        && rest
            .chunks_exact(4 * lanes)
            .all(|piece| piece[lanes..2 * lanes] == first[lanes..2 * lanes] && !bent(piece));
    if one_line { Smoothness::C2 } else { by_scheme }
}

/// As [`inner_smoothness`], and where the fit ends inside the path, the join to
/// the constant outside.
fn smoothness_with_ends(
    scheme: Scheme,
    knots: &Knots,
    pieces: &[f64],
    lanes: usize,
    samples: usize,
) -> Smoothness {
    let mut smoothness = inner_smoothness(scheme, pieces, lanes);
    let last = knots.times.len() - 1;
    let joins = [
        (knots.samples[0] > 0, 0, 0.0),
        (
            knots.samples[last] + 1 < samples,
            last - 1,
            knots.times[last] - knots.times[last - 1],
        ),
    ];
    for (_, piece, s) in joins.into_iter().filter(|join| join.0) {
        let from = &pieces[piece * 4 * lanes..(piece + 1) * 4 * lanes];
        for lane in 0..lanes {
            let own = [0, 1, 2, 3].map(|power| from[power * lanes + lane]);
            smoothness = smoothness.min(smoothness_at_rest(own, s));
        }
    }
    smoothness
}

/// Smoothness where a piece meets a constant at `s`.
pub(crate) fn smoothness_at_rest(piece: [f64; 4], s: f64) -> Smoothness {
    if slope(piece, s) != 0.0 {
        Smoothness::C0
    } else if crate::cubic::curvature(piece, s) != 0.0 {
        Smoothness::C1
    } else {
        Smoothness::C2
    }
}
