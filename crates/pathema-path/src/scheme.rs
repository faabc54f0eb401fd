//! The ways to join observations into a path.

use crate::gaps::Filling;

/// How the observations of a channel are joined.
///
/// | scheme | smoothness | causal | a piece depends on |
/// |---|---|---|---|
/// | [`Linear`](Self::Linear) | C⁰ | yes | the observations at its ends |
/// | [`Hermite`](Self::Hermite) | C¹ | yes | those, and the one before |
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Straight lines between a channel's own observations, constant before the
    /// first and after the last.
    Linear,
    /// Cubic Hermite pieces whose slope at a knot is the slope of the line that
    /// arrives there (backward differences; Morrill, Kidger, Yang and Lyons,
    /// "Neural controlled differential equations for online prediction tasks",
    /// 2021). The first piece is a straight line.
    Hermite(Gaps),
    /// The natural cubic spline: twice continuously differentiable, second
    /// derivative zero at the ends.
    NaturalCubic(Ends),
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

impl Scheme {
    /// Which knots the scheme is fitted on where values are missing.
    pub(crate) fn filling(self) -> Filling {
        match self {
            Self::Linear | Self::Hermite(Gaps::FitAcross) | Self::NaturalCubic(Ends::Free) => {
                Filling::Observed
            }
            Self::NaturalCubic(Ends::FlatKnots) => Filling::FlatEnds,
            Self::Hermite(Gaps::FillLinear) => Filling::EverySample,
        }
    }
}
