//! From observations to a path: what is filled, the fit, and how smooth it is.

use std::borrow::Cow;

use crate::cubic::slope;
use crate::divide::divided;
use crate::fill::{self, any_gap_closes};
use crate::observed::{self, Span, spans};
use crate::{
    ControlPath, Ends, Gaps, Observations, PathError, Scheme, Share, Smoothness, hermite, linear,
    natural, rectilinear, smoothed,
};

impl ControlPath {
    /// Joins observations into a path.
    ///
    /// Each channel is fitted on its own observations; the scheme says what
    /// becomes of its gaps. Every channel is expanded anew, exactly, on the times
    /// of all samples.
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
            let spans = spans(&filled);
            for (channel, span) in spans.iter().enumerate() {
                path.end[channel] = span.map_or(0.0, |(_, last)| filled.row(last)[channel]);
            }
            if samples > 1 {
                observed::fit(scheme, &filled, &spans, &mut path.coefficients);
                path.smoothness = inner_smoothness(scheme, &path.coefficients, path.channels())
                    .min(path.smoothness_of_ends(&spans));
            }
        }
        path.check_finite()?;
        Ok(path)
    }

    /// Where a channel begins late or ends early: smoothness of the join to the
    /// constant outside.
    fn smoothness_of_ends(&self, spans: &[Span]) -> Smoothness {
        let last_sample = self.intervals();
        let mut smoothness = Smoothness::C2;
        for (channel, span) in spans.iter().enumerate() {
            let &Some((first, last)) = span else { continue };
            if first > 0 && first < last_sample {
                let start = smoothness_at_rest(self.piece(first, channel), 0.0);
                smoothness = smoothness.min(start);
            }
            if last > 0 && last < last_sample {
                let width = self.knots[last] - self.knots[last - 1];
                let end = smoothness_at_rest(self.piece(last - 1, channel), width);
                smoothness = smoothness.min(end);
            }
        }
        smoothness
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
