//! The ways to join observations into a path.

use crate::PathError;

/// How the observations of a channel are joined.
///
/// | scheme | smoothness | causal | a piece depends on |
/// |---|---|---|---|
/// | [`Linear`](Self::Linear) | C⁰ | yes | the observations at its ends |
/// | [`Rectilinear`](Self::Rectilinear) | C⁰ | yes, with gaps too | the observations up to its end |
/// | [`SmoothedLinear`](Self::SmoothedLinear) | C¹ | yes | the observations at its ends, and the one before |
/// | [`Hermite`](Self::Hermite) | C¹ | yes | the observations at its ends, and the one before |
/// | [`NaturalCubic`](Self::NaturalCubic) | C² | no | all observations |
///
/// Causal means: up to a sample in which every channel was observed, the path
/// stays as it is, whatever is observed later. Where a channel has gaps this does
/// not hold at every sample; for the path at hand see
/// [`ControlPath::is_causal`](crate::ControlPath::is_causal).
///
/// A channel with one observation is constant, a channel with none is zero; in
/// both cases its derivative is zero, and only an intensity channel says how
/// much was seen.
///
/// Linear and Hermite paths are the fast choice for training, with one step of
/// a fixed-step solver per interval; the natural spline is the classical choice
/// of neural controlled differential equations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scheme {
    /// Straight lines between a channel's own observations, constant before the
    /// first and after the last.
    Linear,
    /// Time first, then the data (Kidger's rectilinear path; Morrill et al. 2021):
    /// in the first half of the interval between two samples only the time channel
    /// moves, on to the time of the later one; in the second half everything else
    /// moves on to what was observed there, counts included.
    ///
    /// Needs [`Observations::with_time`](crate::Observations::with_time). A missing
    /// value is the one observed last; before a channel's first observation it is
    /// zero, as it is for a channel never observed, since anything else would tell
    /// of the future: standardise the data, so that zero is what one would guess.
    /// So the path is causal whatever is missing. It has knots half-way between
    /// the samples, too.
    Rectilinear,
    /// Straight lines whose corners are rounded (Morrill et al. 2021): for a
    /// [`Share`] of each interval after a sample, a cubic leads from the slope of
    /// the line before to the own line, and follows it from there.
    ///
    /// Gaps are filled as by [`Gaps::FillLinear`], so a line across a gap is
    /// rounded within its first interval alone. There are knots where the
    /// cubics end, too. With [`Share::WHOLE`] this is `Hermite(Gaps::FillLinear)`.
    SmoothedLinear(Share),
    /// Cubic Hermite pieces whose slope at a knot is the slope of the line that
    /// arrives there (backward differences; Morrill, Kidger, Yang and Lyons,
    /// "Neural controlled differential equations for online prediction tasks",
    /// 2021). The first piece is a straight line.
    Hermite(Gaps),
    /// The natural cubic spline: twice continuously differentiable, second
    /// derivative zero at the ends.
    NaturalCubic(Ends),
}

/// A share of an interval, more than 0 and up to 1: of every line of
/// [`Scheme::SmoothedLinear`], how much rounds the corner before it.
///
/// ```
/// use pathema_path::{ControlPath, Observations, Scheme, Share};
///
/// let seen = Observations::new(vec![0.0, 1.0, 2.0], vec![0.0, 1.0, 0.0], 1)?;
/// let path = ControlPath::fit(Scheme::SmoothedLinear(Share::new(0.25)?), &seen)?;
/// assert_eq!(path.knots(), [0.0, 0.25, 1.0, 1.25, 2.0]);
/// let mut slope = [0.0];
/// path.derivative(1.0, &mut slope);
/// assert_eq!(slope, [1.0]);
/// path.derivative(1.25, &mut slope);
/// assert_eq!(slope, [-1.0]);
/// assert!(Share::new(0.0).is_err());
/// # Ok::<(), pathema_path::PathError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share(f64);

impl Share {
    /// The whole interval.
    pub const WHOLE: Self = Self(1.0);

    /// Checks a share.
    ///
    /// # Errors
    /// [`PathError::Share`] unless `0 < share ≤ 1`.
    pub const fn new(share: f64) -> Result<Self, PathError> {
        if share > 0.0 && share <= 1.0 {
            Ok(Self(share))
        } else {
            Err(PathError::Share { share })
        }
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// What a Hermite path does where a channel misses samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gaps {
    /// Fill the gaps at the sample times first, inner ones by straight lines and
    /// the ends flat, then fit through observed and filled values alike, as
    /// torchcde does: C¹ throughout, but after its last observation a channel
    /// swings on for one interval.
    FillLinear,
    /// One cubic piece from one observation to the next across a gap. (diffrax
    /// begins the same piece, but bends it anew at every sample time in the gap,
    /// which leaves a kink at the observation after it.) Before the first observation and after the last the channel holds
    /// its value; the slope jumps there, so a channel with such a gap makes the
    /// path C⁰.
    FitAcross,
}

/// What a natural spline does before a channel's first observation and after
/// its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ends {
    /// Fit on the observations alone, and hold the first and last value outside.
    /// The slope jumps there, so a channel with such a gap makes the path C⁰.
    Free,
    /// Fill the ends flat at every sample time, then fit through those knots
    /// too, as torchcde does: C² throughout, but the spline near the gap is
    /// bent by values that nobody observed.
    FlatKnots,
}
