//! Iterated integrals of one cubic piece.
//!
//! On a piece of width `w` the path moves by `p(s) = b s + c s² + d s³`, one vector
//! each. With `α₁ = b w`, `α₂ = c w²`, `α₃ = d w³` its integrals are sums over the
//! powers: level 1 is `Σ αₘ`, level 2 `Σ n / (m + n) αₘ ⊗ αₙ`, and level 3
//! `Σ n / (m + n) · l / (m + n + l) αₘ ⊗ αₙ ⊗ αₗ`.

use super::tensor::{Tensor, add_outer, outer_pull_back};
use crate::cubic::recentred;
use crate::pull_back::add;
use crate::{ControlPath, Depth};

/// What of an interval between knots lies in a window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) interval: usize,
    /// Its ends, as time since the interval's left knot.
    pub(crate) start: f64,
    pub(crate) end: f64,
    /// Whether its end is the window's rather than the interval's own.
    pub(crate) cut: bool,
}

/// The parts of a path in a window, in order.
pub(crate) fn parts_of(path: &ControlPath, from: f64, to: f64) -> impl Iterator<Item = Part> {
    let knots = path.knots();
    let first = knots
        .partition_point(|&knot| knot <= from)
        .saturating_sub(1);
    (first..path.intervals())
        .take_while(move |&interval| knots[interval] < to)
        .map(move |interval| {
            let (left, right) = (knots[interval], knots[interval + 1]);
            Part {
                interval,
                start: from.max(left) - left,
                end: to.min(right) - left,
                cut: to < right,
            }
        })
}

/// α₁, α₂ and α₃ of a part, `[channels]` each; the last two may be empty for zero.
pub(crate) type Powers = [Vec<f64>; 3];

impl Part {
    pub(crate) fn width(&self) -> f64 {
        self.end - self.start
    }

    pub(crate) fn powers(&self, path: &ControlPath) -> Powers {
        let width = self.width();
        let mut powers = [const { Vec::new() }; 3];
        for channel in 0..path.channels() {
            let [_, b, c, d] = recentred(path.piece(self.interval, channel), self.start);
            powers[0].push(b * width);
            powers[1].push(c * (width * width));
            powers[2].push(d * (width * width * width));
        }
        powers
    }
}

/// The signature of the part of a path.
pub(crate) fn signature(path: &ControlPath, part: Part, depth: Depth) -> Tensor {
    let mut powers = part.powers(path);
    if powers[1..].iter().flatten().all(|&power| power == 0.0) {
        // A straight line: of the 27 products at level 3 one is left.
        powers[1].clear();
        powers[2].clear();
    }
    signature_of(&powers, depth)
}

pub(crate) fn signature_of(powers: &Powers, depth: Depth) -> Tensor {
    let mut out = Tensor::zero(powers[0].len(), depth);
    let [one, two, three] = out.levels_mut();
    for (l, z) in exponents(powers) {
        add(one, z);
        if depth >= Depth::Two {
            for (m, x) in exponents(powers) {
                add_outer(two, share(m, l), x, z);
            }
        }
        if depth >= Depth::Three {
            add_outer(three, 1.0, &but_last(powers, l), z);
        }
    }
    out
}

/// Gradient with respect to all three powers, from that of their signature.
pub(crate) fn pull_back(powers: &Powers, gradient: &Tensor) -> Powers {
    let mut out = [const { Vec::new() }; 3].map(|_: Vec<f64>| vec![0.0; gradient.channels]);
    for (l, z) in exponents(powers) {
        add(&mut out[l - 1], gradient.level(1));
        if gradient.depth >= Depth::Two {
            for x in exponents(powers) {
                product_pull_back(gradient.level(2), share(x.0, l), x, (l, z), &mut out);
            }
        }
        if gradient.depth >= Depth::Three {
            let mut to_but_last = vec![0.0; gradient.channels * gradient.channels];
            let factors = (but_last(powers, l), z);
            let to_factors = (to_but_last.as_mut_slice(), out[l - 1].as_mut_slice());
            outer_pull_back(gradient.level(3), 1.0, (&factors.0, factors.1), to_factors);
            for x in exponents(powers) {
                for y in exponents(powers) {
                    let factor = share(x.0, y.0) * share(x.0 + y.0, l);
                    product_pull_back(&to_but_last, factor, x, y, &mut out);
                }
            }
        }
    }
    out
}

/// `Σ n / (m + n) · l / (m + n + l) αₘ ⊗ αₙ`, of which αₗ is the last factor at level 3.
fn but_last(powers: &Powers, l: usize) -> Vec<f64> {
    let channels = powers[0].len();
    let mut sum = vec![0.0; channels * channels];
    for (m, x) in exponents(powers) {
        for (n, y) in exponents(powers) {
            add_outer(&mut sum, share(m, n) * share(m + n, l), x, y);
        }
    }
    sum
}

fn product_pull_back(
    gradient: &[f64],
    factor: f64,
    (m, x): (usize, &[f64]),
    (n, y): (usize, &[f64]),
    out: &mut Powers,
) {
    // Both factors may be the same power, of which only one place can be lent.
    let mut to_y = vec![0.0; y.len()];
    outer_pull_back(gradient, factor, (x, y), (&mut out[m - 1], &mut to_y));
    add(&mut out[n - 1], &to_y);
}

/// The powers that are there, with their exponents.
fn exponents(powers: &Powers) -> impl Iterator<Item = (usize, &[f64])> {
    (1..)
        .zip(powers.iter().map(Vec::as_slice))
        .filter(|(_, power)| !power.is_empty())
}

/// `∫₀¹ sᵐ d(sⁿ)`.
fn share(m: usize, n: usize) -> f64 {
    n as f64 / (m + n) as f64
}
