//! Fits of channels that miss samples, each on its own observations, several in step.
//!
//! Walking from sample to sample, a piece is made where a channel is observed again.
//! Walking back, the piece is expanded anew in every interval that it covers. What
//! a channel that misses a sample would make of it is computed too and dropped,
//! which costs less than to ask beforehand.
//!
//! Before its first observation a channel comes from a knot infinitely long ago
//! with the same value: that makes a constant, of which nothing depends on.

use crate::cubic::recentred;
use crate::{Observations, Scheme};

/// The first and the last sample in which a channel was observed.
pub(crate) type Span = Option<(usize, usize)>;

/// The span of each channel.
pub(crate) fn spans(observations: &Observations) -> Vec<Span> {
    let seen = |&sample: &usize, channel: usize| !observations.row(sample)[channel].is_nan();
    (0..observations.channels)
        .map(|channel| {
            let mut samples = 0..observations.len();
            let first = samples.find(|sample| seen(sample, channel))?;
            let last = samples.rfind(|sample| seen(sample, channel));
            Some((first, last.unwrap_or(first)))
        })
        .collect()
}

/// Coefficients `[(samples − 1) × 4 × channels]` of the fit; at least two samples.
pub(crate) fn fit(
    scheme: Scheme,
    observations: &Observations,
    spans: &[Span],
    coefficients: &mut [f64],
) {
    let mut from = 0;
    while from < spans.len() {
        // Two blocks of a size known when compiled are faster than one of any size.
        let fit = match spans.len() - from {
            4.. => fit_block::<4>,
            2.. => fit_block::<2>,
            _ => fit_block::<1>,
        };
        from += fit(
            scheme,
            &Block {
                observations,
                spans,
                from,
            },
            coefficients,
        );
    }
}

/// Some channels side by side.
struct Block<'a> {
    observations: &'a Observations,
    spans: &'a [Span],
    /// The first of them.
    from: usize,
}

/// A piece, made where channels were observed again.
#[derive(Clone, Copy)]
struct Piece<const L: usize> {
    /// Times and values of its start.
    start: [f64; L],
    a: [f64; L],
    b: [f64; L],
    c: [f64; L],
    d: [f64; L],
}

impl<const L: usize> Piece<L> {
    const ZERO: Self = Self {
        start: [0.0; L],
        a: [0.0; L],
        b: [0.0; L],
        c: [0.0; L],
        d: [0.0; L],
    };
}

/// Fits `L` channels and says how many those are.
fn fit_block<const L: usize>(scheme: Scheme, block: &Block, coefficients: &mut [f64]) -> usize {
    let pieces = match scheme {
        Scheme::Hermite(_) => hermite::<L>(block),
        // Through two samples a natural spline is a line, without rounding errors in c and d.
        Scheme::NaturalCubic(_) if block.observations.len() > 2 => natural::<L>(block),
        _ => lines::<L>(block),
    };
    expand(block, &pieces, coefficients);
    L
}

impl Block<'_> {
    /// All samples but the first: their times and the block's values.
    fn steps<const L: usize>(&self) -> impl DoubleEndedIterator<Item = (f64, [f64; L])> {
        let rows = self
            .observations
            .values
            .chunks_exact(self.observations.channels);
        let times = self.observations.times.iter().copied();
        times
            .zip(rows)
            .skip(1)
            .map(|(time, row)| (time, std::array::from_fn(|l| row[self.from + l])))
    }

    /// The knot from which each channel comes: its first sample, or infinitely long ago.
    fn origin<const L: usize>(&self) -> Piece<L> {
        let mut origin = Piece::ZERO;
        for l in 0..L {
            let span = self.spans[self.from + l];
            origin.start[l] = match span {
                Some((0, _)) => self.observations.times[0],
                _ => f64::NEG_INFINITY,
            };
            origin.a[l] = self.value(l, span.map(|(first, _)| first));
        }
        origin
    }

    /// The value of a channel in a sample, zero if there is none.
    fn value(&self, lane: usize, sample: Option<usize>) -> f64 {
        sample.map_or(0.0, |sample| {
            self.observations.row(sample)[self.from + lane]
        })
    }
}

fn lines<const L: usize>(block: &Block) -> Vec<Piece<L>> {
    let mut own = block.origin::<L>();
    block
        .steps::<L>()
        .map(|(time, row)| {
            let mut piece = own;
            for (l, &value) in row.iter().enumerate() {
                piece.b[l] = (value - own.a[l]) / (time - own.start[l]);
                own.start[l] = blend(!value.is_nan(), time, own.start[l]);
                own.a[l] = blend(!value.is_nan(), value, own.a[l]);
            }
            piece
        })
        .collect()
}

/// As [`hermite`](crate::hermite).
fn hermite<const L: usize>(block: &Block) -> Vec<Piece<L>> {
    let mut own = block.origin::<L>();
    let mut before = [f64::NAN; L];
    block
        .steps::<L>()
        .map(|(time, row)| {
            let mut piece = own;
            for (l, &value) in row.iter().enumerate() {
                let width = time - own.start[l];
                let chord = (value - own.a[l]) / width;
                // The first piece is a straight line.
                let slope = blend(before[l].is_nan(), chord, before[l]);
                let bend = (chord - slope) / width;
                piece.b[l] = slope;
                piece.c[l] = 2.0 * bend;
                piece.d[l] = -bend / width;
                // A chord from infinitely long ago is none, and one to a missing value neither.
                let seen = !value.is_nan();
                before[l] = blend(seen & (width < f64::INFINITY), chord, before[l]);
                own.start[l] = blend(seen, time, own.start[l]);
                own.a[l] = blend(seen, value, own.a[l]);
            }
            piece
        })
        .collect()
}

/// As [`natural`](crate::natural), with a matrix for each channel.
fn natural<const L: usize>(block: &Block) -> Vec<Piece<L>> {
    let mut own = block.origin::<L>();
    // The knot infinitely long ago needs a diagonal, whichever.
    let mut left = own
        .start
        .map(|time| if time.is_finite() { 0.0 } else { 1.0 });
    let (mut ratio, mut chord_before, mut swept_before) = ([0.0; L], [0.0; L], [0.0; L]);
    let mut reciprocals: Vec<[f64; L]> = Vec::with_capacity(block.observations.len());
    let mut pieces: Vec<Piece<L>> = Vec::with_capacity(block.observations.len());
    for (time, row) in block.steps::<L>() {
        // As in the fit of complete channels, swept sides and chords wait in the
        // places of b and c; the ratios in that of d.
        let mut piece = own;
        let mut reciprocal = [0.0; L];
        for l in 0..L {
            let right = 1.0 / (time - own.start[l]);
            let inverse = 1.0 / (2.0 * (left[l] + right) - left[l] * ratio[l]);
            let chord = (row[l] - own.a[l]) * right;
            let side = 3.0 * (left[l] * chord_before[l] + right * chord);
            let swept = (side - left[l] * swept_before[l]) * inverse;
            reciprocal[l] = right;
            piece.b[l] = swept;
            piece.c[l] = chord;
            piece.d[l] = right * inverse;
            let seen = !row[l].is_nan();
            left[l] = blend(seen, right, left[l]);
            ratio[l] = blend(seen, right * inverse, ratio[l]);
            chord_before[l] = blend(seen, chord, chord_before[l]);
            swept_before[l] = blend(seen, swept, swept_before[l]);
            own.start[l] = blend(seen, time, own.start[l]);
            own.a[l] = blend(seen, row[l], own.a[l]);
        }
        reciprocals.push(reciprocal);
        pieces.push(piece);
    }

    let mut after: [f64; L] = std::array::from_fn(|l| {
        let diagonal = left[l] * (2.0 - ratio[l]);
        let side = left[l] * (3.0 * chord_before[l] - swept_before[l]);
        // Zero for a channel with one observation, and that has no slope.
        if diagonal > 0.0 {
            side * (1.0 / diagonal)
        } else {
            0.0
        }
    });
    for (((_, row), r), piece) in block
        .steps::<L>()
        .rev()
        .zip(reciprocals.iter().rev())
        .zip(pieces.iter_mut().rev())
    {
        for l in 0..L {
            let (chord, r) = (piece.c[l], r[l]);
            let slope = piece.b[l] - piece.d[l] * after[l];
            piece.b[l] = slope;
            piece.c[l] = (3.0 * chord - 2.0 * slope - after[l]) * r;
            piece.d[l] = (slope + after[l] - 2.0 * chord) * (r * r);
            after[l] = blend(!row[l].is_nan(), slope, after[l]);
        }
    }
    pieces
}

/// From the pieces in the intervals where they end to all intervals.
fn expand<const L: usize>(block: &Block, pieces: &[Piece<L>], coefficients: &mut [f64]) {
    let (times, channels) = (&block.observations.times, block.observations.channels);
    let mut now = Piece::<L>::ZERO;
    for l in 0..L {
        now.start[l] = times[0];
        now.a[l] = block.value(l, block.spans[block.from + l].map(|(_, last)| last));
    }
    for ((((_, row), piece), &left), out) in block
        .steps::<L>()
        .rev()
        .zip(pieces.iter().rev())
        .zip(times[..times.len() - 1].iter().rev())
        .zip(coefficients.chunks_exact_mut(4 * channels).rev())
    {
        let mut moved = [[0.0; L]; 4];
        for l in 0..L {
            let seen = !row[l].is_nan();
            // The piece from infinitely long ago is a constant from anywhere.
            now.start[l] = blend(seen, piece.start[l].max(times[0]), now.start[l]);
            now.a[l] = blend(seen, piece.a[l], now.a[l]);
            now.b[l] = blend(seen, piece.b[l], now.b[l]);
            now.c[l] = blend(seen, piece.c[l], now.c[l]);
            now.d[l] = blend(seen, piece.d[l], now.d[l]);
            let own = [now.a[l], now.b[l], now.c[l], now.d[l]];
            let [a, b, c, d] = recentred(own, left - now.start[l]);
            (moved[0][l], moved[1][l], moved[2][l], moved[3][l]) = (a, b, c, d);
        }
        for (out, moved) in out.chunks_exact_mut(channels).zip(moved) {
            out[block.from..block.from + L].copy_from_slice(&moved);
        }
    }
}

/// One number or the other, without a branch: gaps are hard to predict.
#[inline]
fn blend(first: bool, x: f64, y: f64) -> f64 {
    let mask = u64::from(first).wrapping_neg();
    f64::from_bits((x.to_bits() & mask) | (y.to_bits() & !mask))
}
