//! The matrices of the problem, and what they do to vectors.
//!
//! Knots lie at the multiples of the spacing, and a spline reaches less than two spacings to either side. So the samples of
//! block b, from knot b to the next, meet the four knots b − 1 to b + 2 and no other. Coefficients are stored with one
//! absent knot before the first (and as many after the last as the last block needs): block b meets `l[b..b + 4]`.

use crate::eda::point::Point;
use crate::eda::{CvxEda, Dialect};

/// The problem for samples at one rate. Missing samples have no row in the fit; the response goes on beneath them.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) present: Vec<bool>,
    /// The first row of A and M that is kept.
    pub(crate) first: usize,
    /// A's bands: diagonal, first and second subdiagonal. M's are 1, 2, 1.
    pub(crate) ar: [f64; 3],
    /// Seconds: what the filter multiplies a constant driver by, and at most any other.
    pub(crate) gain: f64,
    pub(crate) alpha: f64,
    pub(crate) gamma: f64,
    /// Samples from knot to knot.
    pub(crate) spacing: usize,
    pub(crate) knots: usize,
    /// Of the samples of a block, the splines of its four knots.
    rows: Vec<[f64; 4]>,
}

impl Model {
    pub(crate) fn new(settings: &CvxEda, present: Vec<bool>, rate: f64) -> Model {
        let n = present.len();
        let period = 1.0 / rate;
        let fast = 1.0 / settings.tau0.min(settings.tau1);
        let slow = 1.0 / settings.tau0.max(settings.tau1);
        let ar = [
            (fast * period + 2.0) * (slow * period + 2.0),
            2.0 * fast * slow * period * period - 8.0,
            (fast * period - 2.0) * (slow * period - 2.0),
        ]
        .map(|band| band / ((fast - slow) * period * period));
        let spacing = ((settings.knot_distance * rate).round() as usize).max(1);
        let (first, knots) = match settings.dialect {
            // Knots 0, s, 2s, … below n + s/2, and below n.
            Dialect::AllRows => (0, (2 * n + spacing).div_ceil(2 * spacing)),
            Dialect::WithoutFirstTwo => (2, n.div_ceil(spacing)),
        };
        Model {
            present,
            first,
            ar,
            gain: 1.0 / slow - 1.0 / fast,
            alpha: settings.alpha,
            gamma: settings.gamma,
            spacing,
            knots,
            rows: block_rows(spacing),
        }
    }

    /// How many samples.
    pub(crate) fn len(&self) -> usize {
        self.present.len()
    }

    /// How many blocks the samples make.
    pub(crate) fn blocks(&self) -> usize {
        self.len().div_ceil(self.spacing)
    }

    pub(crate) fn zero(&self) -> Point {
        Point {
            q: vec![0.0; self.len()],
            l: vec![0.0; self.blocks() + 3],
            d: [0.0; 2],
        }
    }

    /// Whether the coefficient stored at `index` belongs to a knot.
    pub(crate) fn is_knot(&self, index: usize) -> bool {
        (1..=self.knots).contains(&index)
    }

    /// The splines at each sample of block `block`, without those of absent knots.
    pub(crate) fn block_rows(&self, block: usize) -> impl Iterator<Item = [f64; 4]> {
        let kept = [0, 1, 2, 3].map(|k| f64::from(u8::from(self.is_knot(block + k))));
        self.rows
            .iter()
            .map(move |row| [0, 1, 2, 3].map(|k| kept[k] * row[k]))
    }

    /// The knots whose splines reach a sample, and the splines there.
    pub(crate) fn splines(&self, index: usize) -> impl Iterator<Item = (usize, f64)> {
        let block = index / self.spacing;
        let row = self.rows[index % self.spacing];
        (0..4)
            .filter(move |k| self.is_knot(block + k))
            .map(move |k| (block + k - 1, row[k]))
    }

    /// The drift's line at a sample; its constant is 1.
    pub(crate) fn slope(&self, index: usize) -> f64 {
        (index + 1) as f64 / self.len() as f64
    }

    /// Aq, into `driver`; 0 in the rows left out.
    pub(crate) fn driver(&self, q: &[f64], driver: &mut [f64]) {
        self.filtered(q, self.ar, driver);
    }

    /// Mq, into `phasic`.
    pub(crate) fn phasic(&self, q: &[f64], phasic: &mut [f64]) {
        self.filtered(q, [1.0, 2.0, 1.0], phasic);
    }

    fn filtered(&self, q: &[f64], bands: [f64; 3], output: &mut [f64]) {
        let [b0, b1, b2] = bands;
        let (mut before, mut last) = (0.0, 0.0);
        for (output, &q) in output.iter_mut().zip(q) {
            *output = b0 * q + b1 * last + b2 * before;
            (before, last) = (last, q);
        }
        let left_out = self.first.min(q.len());
        output[..left_out].fill(0.0);
    }

    /// Bl + Cd, into `tonic`.
    pub(crate) fn tonic(&self, point: &Point, tonic: &mut [f64]) {
        for (block, samples) in tonic.chunks_mut(self.spacing).enumerate() {
            let l = &point.l[block..block + 4];
            let start = block * self.spacing;
            for (offset, (value, row)) in samples.iter_mut().zip(&self.rows).enumerate() {
                let spline = row[0] * l[0] + row[1] * l[1] + row[2] * l[2] + row[3] * l[3];
                *value = spline + point.d[0] + point.d[1] * self.slope(start + offset);
            }
        }
    }

    /// Adds (Mᵀ, Bᵀ, Cᵀ) `fit` and Aᵀ `dual` to `gradient`.
    pub(crate) fn add_transposed(&self, fit: &[f64], dual: &[f64], gradient: &mut Point) {
        let n = self.len();
        let [a0, a1, a2] = self.ar;
        // Rows past the end, and those left out, are zero.
        let row = |index: usize| {
            if index >= self.first && index < n {
                (fit[index], dual[index])
            } else {
                (0.0, 0.0)
            }
        };
        let (mut here, mut next) = (row(0), row(1));
        for index in 0..n {
            let after = row(index + 2);
            gradient.q[index] +=
                here.0 + 2.0 * next.0 + after.0 + (a0 * here.1 + a1 * next.1 + a2 * after.1);
            (here, next) = (next, after);
        }
        for (block, samples) in fit.chunks(self.spacing).enumerate() {
            let mut sums = [0.0; 4];
            let mut drift = [0.0; 2];
            let start = block * self.spacing;
            for (offset, (&value, row)) in samples.iter().zip(&self.rows).enumerate() {
                for (sum, row) in sums.iter_mut().zip(row) {
                    *sum += row * value;
                }
                drift[0] += value;
                drift[1] += value * self.slope(start + offset);
            }
            for (k, sum) in sums.into_iter().enumerate() {
                if self.is_knot(block + k) {
                    gradient.l[block + k] += sum;
                }
            }
            gradient.d[0] += drift[0];
            gradient.d[1] += drift[1];
        }
    }
}

/// The cubic B-spline's samples, triangle ⊛ triangle with its maximum at 1, as each sample of a block meets them.
fn block_rows(spacing: usize) -> Vec<[f64; 4]> {
    // A triangle is a box ⊛ a box, and so four boxes make the spline: four running sums.
    let mut spline = vec![0.0; 4 * spacing - 3];
    spline[0] = 1.0;
    for _ in 0..4 {
        let mut sum = 0.0;
        let mut recent = std::collections::VecDeque::with_capacity(spacing + 1);
        for value in &mut spline {
            sum += *value;
            recent.push_back(*value);
            if recent.len() > spacing {
                sum -= recent.pop_front().unwrap_or(0.0);
            }
            *value = sum;
        }
    }
    let centre = 2 * spacing - 2;
    let top = spline[centre];
    // Distance to the right of a knot; the spline is symmetric.
    let at = |distance: usize| {
        spline
            .get(centre + distance)
            .map_or(0.0, |value| value / top)
    };
    (0..spacing)
        .map(|offset| {
            [
                at(spacing + offset),
                at(offset),
                at(spacing - offset),
                at(2 * spacing - offset),
            ]
        })
        .collect()
}
