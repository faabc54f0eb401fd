//! The piecewise cubic path and its evaluation.

use crate::Smoothness;
use crate::cubic::{Parts, curvature, parts, slope};

/// A continuous, piecewise cubic path through the observations of several channels.
///
/// Made by [`ControlPath::fit`](Self::fit). All channels share the knots, which
/// are the times of all samples and what a [`Scheme`](crate::Scheme) adds to them;
/// on the interval from knot `t_i` to the next a
/// channel is `a + b s + c s² + d s³` with `s = t − t_i`.
///
/// **Outside its interval** the path is constant, with the value of its nearer
/// end, and all derivatives are zero.
///
/// **At a knot** the value is continuous, but a derivative may jump.
/// [`derivative`](Self::derivative) and
/// [`second_derivative`](Self::second_derivative) take the limit from the right,
/// [`derivative_left`](Self::derivative_left) that from the left. The interval is
/// closed: at its two ends both take the limit from inside, so that a solver
/// which evaluates at the end of its last step sees the path and not the rest
/// after it.
///
/// A path through no sample at all is zero everywhere; it has no knots until it
/// is given some by [`refined`](Self::refined) or [`spanning`](Self::spanning).
#[derive(Debug, Clone, PartialEq)]
pub struct ControlPath {
    pub(crate) knots: Vec<f64>,
    /// `[intervals × 4 × channels]`.
    pub(crate) coefficients: Vec<f64>,
    /// Values at the last knot, and after it.
    pub(crate) end: Vec<f64>,
    pub(crate) smoothness: Smoothness,
    pub(crate) causal: bool,
}

/// Where a time lies with respect to the knots.
enum Place {
    Before,
    /// In the interval of this number, so far from its left knot.
    In(usize, f64),
    /// At the last knot or after it.
    After,
}

impl ControlPath {
    /// The knots, strictly increasing: the times of all samples and those added since.
    pub fn knots(&self) -> &[f64] {
        &self.knots
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.end.len()
    }

    /// Number of intervals between knots.
    pub fn intervals(&self) -> usize {
        self.knots.len().saturating_sub(1)
    }

    /// The first and the last knot; `(0, 0)` for a path without knots.
    pub fn interval(&self) -> (f64, f64) {
        match (self.knots.first(), self.knots.last()) {
            (Some(&start), Some(&end)) => (start, end),
            _ => (0.0, 0.0),
        }
    }

    /// The coefficients, row-major `[intervals × 4 × channels]`, in the order
    /// a, b, c, d of rising powers of the time since the interval's left knot.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// What is sure of the path's smoothness at every knot between its ends.
    ///
    /// This is about the path as fitted: straight lines that happen to lie on
    /// one line are C², and a natural spline with
    /// [`Ends::Free`](crate::Ends::Free) is C⁰ if a channel's observations begin
    /// late or end early.
    pub fn smoothness(&self) -> Smoothness {
        self.smoothness
    }

    /// Whether the path up to each sample follows from the samples up to it.
    ///
    /// Precisely: for every sample time `t_k`, the path fitted on the samples
    /// `0..=k` alone equals this one up to `t_k`. (Between two samples every
    /// path here looks ahead to the later one.) True for linear, smoothed linear
    /// and Hermite paths unless a channel begins after the first sample or misses
    /// one between two of its observations: then a value there was filled in from
    /// what was seen later. Always true for the rectilinear path, which holds
    /// what was seen last. Never claimed for the natural spline, where every
    /// sample moves the whole path, nor after the path was extended to earlier
    /// times.
    pub fn is_causal(&self) -> bool {
        self.causal
    }

    /// Writes the path's value at `t` to `out`, `[channels]`; NaN if `t` is NaN.
    ///
    /// # Panics
    /// If `out` does not have one place a channel.
    pub fn value(&self, t: f64, out: &mut [f64]) {
        self.check(out);
        match self.place(t) {
            _ if t.is_nan() => out.fill(f64::NAN),
            Place::After => out.copy_from_slice(&self.end),
            Place::Before => out.copy_from_slice(self.parts(0).0),
            Place::In(interval, s) => {
                let (a, b, c, d) = self.parts(interval);
                for ((((x, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                    *x = a + s * (b + s * (c + s * d));
                }
            }
        }
    }

    /// Writes the first derivative at `t` to `out`, `[channels]`: the limit from
    /// the right at an inner knot, from inside at the ends, zero outside, NaN if
    /// `t` is NaN.
    ///
    /// # Panics
    /// If `out` does not have one place a channel.
    pub fn derivative(&self, t: f64, out: &mut [f64]) {
        self.check(out);
        self.write_slope(t, self.closed(self.place(t), t), out);
    }

    /// As [`derivative`](Self::derivative), but the limit from the left at an inner knot.
    ///
    /// # Panics
    /// If `out` does not have one place a channel.
    pub fn derivative_left(&self, t: f64, out: &mut [f64]) {
        self.check(out);
        let place = match self.closed(self.place(t), t) {
            Place::In(interval, s) if s == 0.0 && interval > 0 => self.at_right_end(interval - 1),
            place => place,
        };
        self.write_slope(t, place, out);
    }

    /// Writes the second derivative at `t` to `out`, `[channels]`; limits as for
    /// [`derivative`](Self::derivative).
    ///
    /// # Panics
    /// If `out` does not have one place a channel.
    pub fn second_derivative(&self, t: f64, out: &mut [f64]) {
        self.check(out);
        match self.closed(self.place(t), t) {
            _ if t.is_nan() => out.fill(f64::NAN),
            Place::Before | Place::After => out.fill(0.0),
            Place::In(interval, s) => {
                let (_, _, c, d) = self.parts(interval);
                for ((x, &c), &d) in out.iter_mut().zip(c).zip(d) {
                    *x = curvature([0.0, 0.0, c, d], s);
                }
            }
        }
    }

    /// The a, b, c and d of a channel in an interval.
    pub(crate) fn piece(&self, interval: usize, channel: usize) -> [f64; 4] {
        let channels = self.channels();
        let at = interval * 4 * channels + channel;
        [0, 1, 2, 3].map(|power| self.coefficients[at + power * channels])
    }

    fn write_slope(&self, t: f64, place: Place, out: &mut [f64]) {
        match place {
            _ if t.is_nan() => out.fill(f64::NAN),
            Place::Before | Place::After => out.fill(0.0),
            Place::In(interval, s) => {
                let (_, b, c, d) = self.parts(interval);
                for (((x, &b), &c), &d) in out.iter_mut().zip(b).zip(c).zip(d) {
                    *x = slope([0.0, b, c, d], s);
                }
            }
        }
    }

    fn place(&self, t: f64) -> Place {
        let knots_so_far = self.knots.partition_point(|&knot| knot <= t);
        if knots_so_far == self.knots.len() || self.intervals() == 0 {
            Place::After
        } else if knots_so_far == 0 {
            Place::Before
        } else {
            Place::In(knots_so_far - 1, t - self.knots[knots_so_far - 1])
        }
    }

    /// The same place, but the last knot belongs to the last interval.
    fn closed(&self, place: Place, t: f64) -> Place {
        match place {
            Place::After if self.intervals() > 0 && self.knots.last() == Some(&t) => {
                self.at_right_end(self.intervals() - 1)
            }
            place => place,
        }
    }

    fn at_right_end(&self, interval: usize) -> Place {
        Place::In(interval, self.knots[interval + 1] - self.knots[interval])
    }

    /// The a, b, c and d of an interval, `[channels]` each.
    pub(crate) fn parts(&self, interval: usize) -> Parts<'_> {
        let width = 4 * self.channels();
        parts(
            &self.coefficients[interval * width..(interval + 1) * width],
            self.channels(),
        )
    }

    fn check(&self, out: &[f64]) {
        assert_eq!(
            out.len(),
            self.channels(),
            "the output must have one place a channel"
        );
    }
}
