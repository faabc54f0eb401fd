use super::data::{Spread, softmax};
use super::gram::{add_outer, cholesky, mirror, solve};
use super::lda::linear;
use super::{FitError, Labels, Matrix, Work};

/// Newton steps at most; some ten are usual.
const STEPS: usize = 100;
/// Halvings of a step at most.
const HALVINGS: usize = 40;
/// Nats, over all rows, that a further step would gain at most once the fit is done.
const ENOUGH: f64 = 1e-11;

/// Multinomial logistic regression with an L2 penalty.
///
/// Minimises Σₖ −ln p(cₖ | xₖ) + ‖W‖² / (2 C), intercepts free, by Newton's method with the full Hessian. Two classes have one weight
/// vector, for the second; more have one each, so that the penalty prefers no class.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic {
    /// [classes × (columns + 1)], the intercept last.
    weights: Vec<f64>,
    columns: usize,
    spread: Spread,
}

impl Logistic {
    /// Fits with the inverse penalty C.
    ///
    /// # Errors
    /// [`FitError`] says what is off with rows, labels or C, or that it was stopped.
    pub fn fit(x: &Matrix, labels: &Labels, c: f64, work: Work<'_>) -> Result<Logistic, FitError> {
        labels.check(x)?;
        if !(c > 0.0 && c.is_finite()) {
            return Err(FitError::Setting {
                name: "C",
                value: c,
                must: "must be finite and above zero",
            });
        }
        let problem = Problem {
            x,
            labels,
            free: match labels.occurring() {
                2 => 1,
                classes => classes,
            },
            penalty: 1.0 / c,
        };
        let columns = x.columns();
        let mut weights = problem.minimise(work)?;
        if labels.occurring() == 2 {
            weights.splice(0..0, std::iter::repeat_n(0.0, columns + 1));
        }
        Ok(Logistic {
            weights,
            columns,
            spread: labels.spread(),
        })
    }

    /// Probabilities of all classes [rows × classes].
    ///
    /// # Panics
    /// If the columns are not as many as those fitted on.
    pub fn probabilities(&self, x: &Matrix) -> Vec<f64> {
        self.spread.all(&linear(&self.weights, self.columns, x))
    }
}

struct Problem<'a> {
    x: &'a Matrix,
    labels: &'a Labels,
    /// Weight vectors.
    free: usize,
    penalty: f64,
}

impl Problem<'_> {
    fn minimise(&self, work: Work<'_>) -> Result<Vec<f64>, FitError> {
        let width = self.x.columns() + 1;
        let size = self.free * width;
        let mut weights = vec![0.0; size];
        let mut loss = self.loss(&weights);
        for _ in 0..STEPS {
            work.check()?;
            let (gradient, hessian) = self.derivatives(&weights);
            let Some(factor) = cholesky(hessian, size) else {
                break;
            };
            let mut step = gradient.clone();
            solve(&factor, &mut step);
            let gain: f64 = gradient.iter().zip(&step).map(|(g, s)| g * s).sum();
            if gain / 2.0 <= ENOUGH {
                break;
            }
            let Some((next, lower)) = self.descend(&weights, &step, loss, gain) else {
                break;
            };
            (weights, loss) = (next, lower);
        }
        Ok(weights)
    }

    /// The first of the halved steps that lowers the loss by enough (Armijo); `None` once rounding hides all gain.
    fn descend(
        &self,
        weights: &[f64],
        step: &[f64],
        loss: f64,
        gain: f64,
    ) -> Option<(Vec<f64>, f64)> {
        let mut length = 1.0;
        for _ in 0..HALVINGS {
            let next: Vec<f64> = weights
                .iter()
                .zip(step)
                .map(|(w, s)| w - length * s)
                .collect();
            let lower = self.loss(&next);
            if lower <= loss - 1e-4 * length * gain {
                return Some((next, lower));
            }
            length /= 2.0;
        }
        None
    }

    /// Scores of all occurring classes, for one row. The first of two classes has none of its own.
    fn scores(&self, weights: &[f64], row: &[f64], scores: &mut [f64]) {
        let width = row.len() + 1;
        let first = scores.len() - self.free;
        scores[..first].fill(0.0);
        for (score, weights) in scores[first..].iter_mut().zip(weights.chunks_exact(width)) {
            let product: f64 = weights.iter().zip(row).map(|(w, x)| w * x).sum();
            *score = product + weights[width - 1];
        }
    }

    fn loss(&self, weights: &[f64]) -> f64 {
        let mut scores = vec![0.0; self.labels.occurring()];
        let mut loss = 0.0;
        for (row, &class) in self.x.iter().zip(self.labels.rows()) {
            self.scores(weights, row, &mut scores);
            let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = scores.iter().map(|score| (score - largest).exp()).sum();
            loss += sum.ln() + largest - scores[usize::from(class)];
        }
        let width = self.x.columns() + 1;
        let square: f64 = weights
            .chunks_exact(width)
            .flat_map(|weights| &weights[..width - 1])
            .map(|w| w * w)
            .sum();
        loss + self.penalty / 2.0 * square
    }

    fn derivatives(&self, weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
        const BLOCK: usize = 4;
        let (free, width) = (self.free, self.x.columns() + 1);
        let first = self.labels.occurring() - free;
        let mut gradient = vec![0.0; free * width];
        // Of each pair of classes a ≤ b the block Σ p_a ([a = b] − p_b) x xᵀ, upper triangle.
        let pairs: Vec<(usize, usize)> = (0..free)
            .flat_map(|a| (a..free).map(move |b| (a, b)))
            .collect();
        let mut blocks = vec![0.0; pairs.len() * width * width];
        let mut rows = vec![0.0; BLOCK * width];
        let mut said = vec![0.0; BLOCK * self.labels.occurring()];
        let classes = self.labels.occurring();
        for from in (0..self.x.rows()).step_by(BLOCK) {
            rows.fill(0.0);
            said.fill(0.0);
            let here = (from..self.x.rows())
                .zip(rows.chunks_exact_mut(width))
                .zip(said.chunks_exact_mut(classes));
            for ((row, to), said) in here {
                let x = self.x.row(row);
                to[..width - 1].copy_from_slice(x);
                to[width - 1] = 1.0;
                self.scores(weights, x, said);
                softmax(said);
                let truth = usize::from(self.labels.rows()[row]);
                for (class, gradient) in gradient.chunks_exact_mut(width).enumerate() {
                    let class = class + first;
                    let error = said[class] - f64::from(u8::from(class == truth));
                    gradient
                        .iter_mut()
                        .zip(&*to)
                        .for_each(|(g, x)| *g += error * x);
                }
            }
            let (a, rest) = rows.split_at(width);
            let (b, rest) = rest.split_at(width);
            let (c, d) = rest.split_at(width);
            for (&(one, other), block) in pairs.iter().zip(blocks.chunks_exact_mut(width * width)) {
                let curvature = |row: usize| {
                    let said = &said[row * classes + first..];
                    said[one] * (f64::from(u8::from(one == other)) - said[other])
                };
                add_outer(block, [a, b, c, d], [0, 1, 2, 3].map(curvature));
            }
        }
        (
            self.penalised(gradient, weights),
            self.hessian(&pairs, &mut blocks, width),
        )
    }

    fn penalised(&self, mut gradient: Vec<f64>, weights: &[f64]) -> Vec<f64> {
        let width = self.x.columns() + 1;
        for (gradient, weights) in gradient
            .chunks_exact_mut(width)
            .zip(weights.chunks_exact(width))
        {
            for (gradient, weight) in gradient[..width - 1].iter_mut().zip(weights) {
                *gradient += self.penalty * weight;
            }
        }
        gradient
    }

    fn hessian(&self, pairs: &[(usize, usize)], blocks: &mut [f64], width: usize) -> Vec<f64> {
        let size = self.free * width;
        let mut hessian = vec![0.0; size * size];
        for (&(a, b), block) in pairs.iter().zip(blocks.chunks_exact_mut(width * width)) {
            mirror(block, width);
            for i in 0..width {
                for j in 0..width {
                    let value = block[i * width + j];
                    hessian[(a * width + i) * size + b * width + j] = value;
                    hessian[(b * width + i) * size + a * width + j] = value;
                }
            }
        }
        // The same added to all intercepts changes nothing: a hair of curvature makes that direction's step nought, and the
        // gradient along it is nought already.
        let hair = 1e-9 * (1.0 + self.x.rows() as f64);
        for at in 0..size {
            let intercept = at % width == width - 1;
            hessian[at * size + at] += if intercept { hair } else { self.penalty };
        }
        hessian
    }
}
