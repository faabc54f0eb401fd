//! From observations to a path: groups of channels, their fits, and the union of knots.

use std::borrow::Cow;

use crate::cubic::{recentred, slope};
use crate::divide::divided;
use crate::fill::{self, any_gap_closes};
use crate::gaps::{Group, groups};
use crate::{
    ControlPath, Ends, Gaps, Observations, PathError, Scheme, Share, Smoothness, hermite, linear,
    natural, rectilinear, smoothed,
};

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
    /// or slopes beyond the range of a double; [`PathError::NoTimeChannel`] for a
    /// rectilinear path without one; [`PathError::IntervalIndivisible`] if an
    /// interval is too short for the knot that a rectilinear or smoothed linear
    /// path puts into it.
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
        if scheme == Scheme::Rectilinear {
            return Self::fit(Scheme::Linear, &rectilinear::corners(observations)?);
        }
        let filled = scheme.filled(observations);
        let samples = filled.len();
        let knots = scheme.knots(filled.times())?;
        let mut path = Self {
            coefficients: vec![0.0; knots.len().saturating_sub(1) * 4 * filled.channels()],
            end: vec![0.0; filled.channels()],
            smoothness: Smoothness::C2,
            causal: !matches!(scheme, Scheme::NaturalCubic(_)) && !any_gap_closes(observations),
            knots,
        };
        if samples > 1 && filled.is_complete() {
            scheme.pieces(
                filled.times(),
                filled.values(),
                filled.channels(),
                &path.knots,
                &mut path.coefficients,
            );
            path.end.copy_from_slice(filled.row(samples - 1));
            path.smoothness = inner_smoothness(scheme, &path.coefficients, path.channels());
        } else {
            for group in groups(&filled) {
                path.add(scheme, &group, &filled);
            }
        }
        path.check_finite()?;
        Ok(path)
    }

    /// Fits a group of channels and writes it to its place.
    fn add(&mut self, scheme: Scheme, group: &Group, observations: &Observations) {
        let Some(&last) = group.observed.last() else {
            return;
        };
        for &channel in &group.channels {
            self.end[channel] = observations.row(last)[channel];
        }
        if self.intervals() == 0 {
            return;
        }
        let lanes = group.channels.len();
        let (times, values) = group.knots(observations);
        let mut pieces = vec![0.0; (times.len() - 1) * 4 * lanes];
        if !pieces.is_empty() {
            scheme.pieces(&times, &values, lanes, &times, &mut pieces);
            self.smoothness = self
                .smoothness
                .min(inner_smoothness(scheme, &pieces, lanes))
                .min(smoothness_of_ends(group, &times, &pieces, self.knots.len()));
        }
        self.scatter(group, &times, &values, &pieces);
    }

    /// Expands the pieces of a group's fit on the knots of the path.
    fn scatter(&mut self, group: &Group, times: &[f64], values: &[f64], pieces: &[f64]) {
        let (lanes, width) = (group.channels.len(), self.channels());
        for (row, rest) in group.rests(self.intervals()) {
            let row = &values[row * lanes..(row + 1) * lanes];
            for out in self.coefficients[4 * width * rest.start..4 * width * rest.end]
                .chunks_exact_mut(4 * width)
            {
                for (&channel, &value) in group.channels.iter().zip(row) {
                    out[channel] = value;
                }
            }
        }
        for (piece, covered) in group.pieces().enumerate() {
            for (lane, &channel) in group.channels.iter().enumerate() {
                let own = piece_of(pieces, lanes, piece, lane);
                let mut moved = own;
                for interval in covered.clone() {
                    if interval > covered.start {
                        moved = recentred(own, self.knots[interval] - times[piece]);
                    }
                    let out = &mut self.coefficients[4 * width * interval..][..4 * width];
                    for (out, value) in out[channel..].iter_mut().step_by(width).zip(moved) {
                        *out = value;
                    }
                }
            }
        }
    }

    pub(crate) fn check_finite(&self) -> Result<(), PathError> {
        let unsound = |number: &f64| !number.is_finite();
        // Almost always all are finite, which is seen fastest many at a time.
        let any = |block: &[f64]| {
            block
                .iter()
                .fold(false, |any, number| any | unsound(number))
        };
        if !self.coefficients.chunks(64).any(any) && !any(&self.end) {
            return Ok(());
        }
        let mut all = self.coefficients.iter().chain(&self.end);
        match all.position(unsound) {
            None => Ok(()),
            Some(at) => Err(PathError::Overflow {
                channel: at % self.channels(),
                time: self.knots[at / (4 * self.channels())],
            }),
        }
    }
}

impl Scheme {
    /// The observations on which the scheme is fitted: with values in the place of
    /// missing ones, where it wants them.
    pub(crate) fn filled(self, observations: &Observations) -> Cow<'_, Observations> {
        let fill = match self {
            Self::NaturalCubic(Ends::FlatKnots) => fill::flat_ends,
            Self::Hermite(Gaps::FillLinear) | Self::SmoothedLinear(_) => fill::lines,
            _ => return Cow::Borrowed(observations),
        };
        if observations.is_complete() {
            return Cow::Borrowed(observations);
        }
        Cow::Owned(fill(observations))
    }

    /// The knots of a path through samples at `times`.
    pub(crate) fn knots(self, times: &[f64]) -> Result<Vec<f64>, PathError> {
        match self {
            Self::SmoothedLinear(share) if share != Share::WHOLE => divided(times, share.get()),
            _ => Ok(times.to_vec()),
        }
    }

    /// Coefficients on `knots` of the fit through complete samples, of which there
    /// are at least two.
    pub(crate) fn pieces(
        self,
        times: &[f64],
        values: &[f64],
        lanes: usize,
        knots: &[f64],
        coefficients: &mut [f64],
    ) {
        match self {
            // A rectilinear path is the linear one through its corners.
            Self::Linear | Self::Rectilinear => linear::fit(times, values, lanes, coefficients),
            Self::SmoothedLinear(share) if share != Share::WHOLE => {
                smoothed::fit(knots, values, lanes, coefficients);
            }
            Self::SmoothedLinear(_) | Self::Hermite(_) => {
                hermite::fit(times, values, lanes, coefficients);
            }
            Self::NaturalCubic(_) => natural::fit(times, values, lanes, coefficients),
        }
    }
}

impl Observations {
    /// Whether no value is missing.
    pub(crate) fn is_complete(&self) -> bool {
        !self.values.iter().any(|value| value.is_nan())
    }
}

/// The a, b, c and d of one lane in a piece.
pub(crate) fn piece_of(pieces: &[f64], lanes: usize, piece: usize, lane: usize) -> [f64; 4] {
    [0, 1, 2, 3].map(|power| pieces[(piece * 4 + power) * lanes + lane])
}

/// Smoothness at the knots of the fit itself: the scheme's, or better where the
/// pieces are one straight line.
pub(crate) fn inner_smoothness(scheme: Scheme, pieces: &[f64], lanes: usize) -> Smoothness {
    let by_scheme = match scheme {
        Scheme::Linear | Scheme::Rectilinear => Smoothness::C0,
        Scheme::Hermite(_) | Scheme::SmoothedLinear(_) => Smoothness::C1,
        Scheme::NaturalCubic(_) => return Smoothness::C2,
    };
    let Some((first, rest)) = pieces.split_at_checked(4 * lanes) else {
        return Smoothness::C2;
    };
    let bent = |piece: &[f64]| piece[2 * lanes..].iter().any(|&c| c != 0.0);
    let one_line = !bent(first)
        && rest
            .chunks_exact(4 * lanes)
            .all(|piece| piece[lanes..2 * lanes] == first[lanes..2 * lanes] && !bent(piece));
    if one_line { Smoothness::C2 } else { by_scheme }
}

/// Where a group's fit ends inside the path: smoothness of the join to the
/// constant outside.
fn smoothness_of_ends(group: &Group, times: &[f64], pieces: &[f64], samples: usize) -> Smoothness {
    let lanes = group.channels.len();
    let last = times.len() - 1;
    let joins = [
        (group.observed[0] > 0, 0, 0.0),
        (
            group.observed[last] + 1 < samples,
            last - 1,
            times[last] - times[last - 1],
        ),
    ];
    joins
        .into_iter()
        .filter(|join| join.0)
        .flat_map(|(_, piece, s)| {
            (0..lanes).map(move |lane| smoothness_at_rest(piece_of(pieces, lanes, piece, lane), s))
        })
        .min()
        .unwrap_or(Smoothness::C2)
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
