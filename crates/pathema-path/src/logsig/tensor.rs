//! The tensor algebra up to a depth, without its scalars.

use crate::pull_back::add;
use crate::{Depth, PathError};

/// Levels 1 to `depth` of an element of the tensor algebra, one after the other.
///
/// Level 0 is known from what the element is: 1 for a signature, 0 for its logarithm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) channels: usize,
    pub(crate) depth: Depth,
    pub(crate) terms: Vec<f64>,
}

impl Tensor {
    pub(crate) fn zero(channels: usize, depth: Depth) -> Self {
        Self {
            channels,
            depth,
            terms: vec![0.0; terms(channels, depth)],
        }
    }

    pub(crate) fn has_shape_of(&self, other: &Self) -> bool {
        (self.channels, self.depth) == (other.channels, other.depth)
    }

    /// One level, `[channelsᵏ]`; empty outside 1 to the depth.
    pub(crate) fn level(&self, k: usize) -> &[f64] {
        let c = self.channels;
        match k {
            1 => &self.terms[..c],
            2 if self.depth >= Depth::Two => &self.terms[c..c + c * c],
            3 if self.depth >= Depth::Three => &self.terms[c + c * c..],
            _ => &[],
        }
    }

    /// All levels, to be written; those beyond the depth are empty.
    pub(crate) fn levels_mut(&mut self) -> [&mut [f64]; 3] {
        let c = self.channels;
        let (one, rest) = self.terms.split_at_mut(c);
        let (two, three) = rest.split_at_mut(if self.depth >= Depth::Two { c * c } else { 0 });
        [one, two, three]
    }

    fn levels(&self) -> [&[f64]; 3] {
        [1, 2, 3].map(|k| self.level(k))
    }

    /// `(1 + self) ⊗ (1 + other) − 1`.
    pub(crate) fn product(&self, other: &Self) -> Self {
        let mut out = self.clone();
        add(&mut out.terms, &other.terms);
        let ([x1, x2, _], [y1, y2, _]) = (self.levels(), other.levels());
        let [_, two, three] = out.levels_mut();
        add_outer(two, 1.0, x1, y1);
        add_outer(three, 1.0, x1, y2);
        add_outer(three, 1.0, x2, y1);
        out
    }

    /// Gradients with respect to both factors, from that of their [`product`](Self::product).
    pub(crate) fn product_pull_back(&self, other: &Self, gradient: &Self) -> (Self, Self) {
        let (mut to_self, mut to_other) = (gradient.clone(), gradient.clone());
        let ([x1, x2, _], [y1, y2, _]) = (self.levels(), other.levels());
        let [_, g2, g3] = gradient.levels();
        let [to_x1, to_x2, _] = to_self.levels_mut();
        let [to_y1, to_y2, _] = to_other.levels_mut();
        outer_pull_back(g2, 1.0, (x1, y1), (to_x1, to_y1));
        outer_pull_back(g3, 1.0, (x1, y2), (to_x1, to_y2));
        outer_pull_back(g3, 1.0, (x2, y1), (to_x2, to_y1));
        (to_self, to_other)
    }

    /// `log(1 + self)`, that is `x − x⊗x / 2 + x⊗x⊗x / 3`.
    pub(crate) fn log(&self) -> Self {
        self.series(-1.0 / 2.0, 1.0 / 3.0)
    }

    /// `exp(self) − 1`, that is `x + x⊗x / 2 + x⊗x⊗x / 6`.
    pub(crate) fn exp(&self) -> Self {
        self.series(1.0 / 2.0, 1.0 / 6.0)
    }

    /// `x + second · x⊗x + third · x⊗x⊗x`, cut off.
    fn series(&self, second: f64, third: f64) -> Self {
        let mut out = self.clone();
        let [x1, x2, _] = self.levels();
        let [_, two, three] = out.levels_mut();
        add_outer(two, second, x1, x1);
        add_outer(three, second, x1, x2);
        // x₂ ⊗ x₁ and x₁ ⊗ x₁ ⊗ x₁ at once.
        let mut both: Vec<f64> = x2.iter().map(|x| second * x).collect();
        add_outer(&mut both, third, x1, x1);
        add_outer(three, 1.0, &both, x1);
        out
    }

    /// Gradient with respect to the signature, from that of its [`log`](Self::log).
    pub(crate) fn log_pull_back(&self, gradient: &Self) -> Self {
        let (second, third) = (-1.0 / 2.0, 1.0 / 3.0);
        let mut out = gradient.clone();
        let [x1, x2, _] = self.levels();
        let [_, g2, g3] = gradient.levels();
        let mut both: Vec<f64> = x2.iter().map(|x| second * x).collect();
        add_outer(&mut both, third, x1, x1);
        let mut to_both = vec![0.0; both.len()];
        let mut to_x1 = [vec![0.0; x1.len()], vec![0.0; x1.len()]];
        let [left, right] = &mut to_x1;
        let [out_1, out_2, _] = out.levels_mut();
        outer_pull_back(g3, 1.0, (&both, x1), (&mut to_both, right));
        outer_pull_back(&to_both, third, (x1, x1), (left, right));
        outer_pull_back(g2, second, (x1, x1), (left, right));
        outer_pull_back(g3, second, (x1, x2), (left, out_2));
        for (out, to_both) in out_2.iter_mut().zip(&to_both) {
            *out += second * to_both;
        }
        add(out_1, left);
        add(out_1, right);
        out
    }

    pub(crate) fn check_finite(self, from: f64, to: f64) -> Result<Self, PathError> {
        if self.terms.iter().all(|term| term.is_finite()) {
            Ok(self)
        } else {
            Err(PathError::SignatureOverflow { from, to })
        }
    }
}

/// How many numbers the levels have together.
pub(crate) fn terms(channels: usize, depth: Depth) -> usize {
    (1..=depth as u32).map(|k| channels.pow(k)).sum()
}

/// Adds `factor · x ⊗ y` to `out`, unless that level is beyond the depth and empty.
pub(crate) fn add_outer(out: &mut [f64], factor: f64, x: &[f64], y: &[f64]) {
    if y.is_empty() {
        return;
    }
    for (row, x) in out.chunks_exact_mut(y.len()).zip(x) {
        let scaled = factor * x;
        for (out, y) in row.iter_mut().zip(y) {
            *out += scaled * y;
        }
    }
}

/// Adds the gradients of both factors, from that of `factor · x ⊗ y`.
pub(crate) fn outer_pull_back(
    gradient: &[f64],
    factor: f64,
    (x, y): (&[f64], &[f64]),
    (to_x, to_y): (&mut [f64], &mut [f64]),
) {
    if y.is_empty() {
        return;
    }
    for ((row, x), to_x) in gradient.chunks_exact(y.len()).zip(x).zip(to_x) {
        let scaled = factor * x;
        let mut sum = 0.0;
        for ((gradient, y), to_y) in row.iter().zip(y).zip(to_y.iter_mut()) {
            sum += gradient * y;
            *to_y += scaled * gradient;
        }
        *to_x += factor * sum;
    }
}
