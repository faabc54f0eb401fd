use super::data::{Spread, softmax};
use super::gram::{add_outer, cholesky, mirror, solve};
use super::{FitError, Labels, Matrix};

/// Linear discriminant analysis: classes are normal, with means of their own and one covariance.
///
/// The score of class c is xᵀ Σ⁻¹ μ_c − ½ μ_cᵀ Σ⁻¹ μ_c + ln π_c, with the classes' shares π_c, and Σ the covariance within classes
/// (divisor n), shrunk towards a multiple of the identity (see [`Shrinkage`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Lda {
    /// [classes × (columns + 1)], the constant last.
    weights: Vec<f64>,
    columns: usize,
    spread: Spread,
}

/// How far the covariance S of p features is drawn towards m I, with m = tr S / p: Σ = (1 − λ) S + λ m I.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shrinkage {
    /// λ from the data (Ledoit and Wolf 2004, lemma 3.2 and after): the least expected squared error. Many rows hardly shrink.
    LedoitWolf,
    /// This λ, from 0 to 1.
    Fixed(f64),
}

impl Lda {
    /// Fits means, shares and the covariance.
    ///
    /// A covariance that is singular all the same (λ = 0 and features that depend on each other) is shrunk by the
    /// smallest power of ten that helps, from 10⁻¹² on.
    ///
    /// # Errors
    /// [`FitError`] says what is off with rows, labels or λ.
    pub fn fit(x: &Matrix, labels: &Labels, shrinkage: Shrinkage) -> Result<Lda, FitError> {
        labels.check(x)?;
        if let Shrinkage::Fixed(lambda) = shrinkage
            && !(0.0..=1.0).contains(&lambda)
        {
            return Err(FitError::Setting {
                name: "shrinkage",
                value: lambda,
                must: "must lie in [0, 1]",
            });
        }
        let (width, classes) = (x.columns(), labels.occurring());
        let counts = labels.counts();
        let rows = x.rows() as f64;
        let means = means(x, labels, &counts);
        let within = within(x, labels, &means);
        let level = (0..width).map(|i| within.sum[i * width + i]).sum::<f64>() / width as f64;
        let mut lambda = match shrinkage {
            Shrinkage::Fixed(lambda) => lambda,
            Shrinkage::LedoitWolf => ledoit_wolf(&within, width, rows, level),
        };
        let factor = loop {
            // Without any variation within classes only the shares are left: any covariance will do.
            let level = if level > 0.0 { level } else { 1.0 };
            let mut shrunk: Vec<f64> = within.sum.iter().map(|s| (1.0 - lambda) * s).collect();
            for i in 0..width {
                shrunk[i * width + i] += lambda * level;
            }
            if let Some(factor) = cholesky(shrunk, width) {
                break factor;
            }
            if lambda >= 1.0 {
                return Err(FitError::Setting {
                    name: "shrinkage",
                    value: lambda,
                    must: "the covariance within classes is not finite: standardise the features first",
                });
            }
            lambda = (lambda * 10.0).clamp(1e-12, 1.0);
        };
        let mut weights = Vec::with_capacity(classes * (width + 1));
        for (mean, count) in means.chunks_exact(width).zip(&counts) {
            let mut direction = mean.to_vec();
            solve(&factor, &mut direction);
            let half: f64 = direction.iter().zip(mean).map(|(d, m)| d * m).sum::<f64>() / 2.0;
            weights.extend(direction);
            weights.push((count / rows).ln() - half);
        }
        Ok(Lda {
            weights,
            columns: width,
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

/// Softmax of affine scores: [rows × classes] from weights [classes × (columns + 1)].
pub(super) fn linear(weights: &[f64], columns: usize, x: &Matrix) -> Vec<f64> {
    assert_eq!(x.columns(), columns, "columns");
    let classes = weights.len() / (columns + 1);
    let mut said = Vec::with_capacity(x.rows() * classes);
    for row in x.iter() {
        let from = said.len();
        said.extend(weights.chunks_exact(columns + 1).map(|weights| {
            let product: f64 = weights.iter().zip(row).map(|(w, x)| w * x).sum();
            product + weights[columns]
        }));
        softmax(&mut said[from..]);
    }
    said
}

fn means(x: &Matrix, labels: &Labels, counts: &[f64]) -> Vec<f64> {
    let width = x.columns();
    let mut means = vec![0.0; counts.len() * width];
    for (row, &class) in x.iter().zip(labels.rows()) {
        let mean = &mut means[usize::from(class) * width..][..width];
        mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
    for (mean, count) in means.chunks_exact_mut(width).zip(counts) {
        mean.iter_mut().for_each(|sum| *sum /= count);
    }
    means
}

/// The covariance within classes, and what Ledoit and Wolf's λ needs of the rows.
struct Within {
    /// [columns × columns].
    sum: Vec<f64>,
    /// Mean over rows of the fourth power of a row's distance to its class's mean.
    fourth: f64,
}

fn within(x: &Matrix, labels: &Labels, means: &[f64]) -> Within {
    const BLOCK: usize = 4;
    let width = x.columns();
    let mut sum = vec![0.0; width * width];
    let mut fourth = 0.0;
    let mut block = vec![0.0; BLOCK * width];
    for from in (0..x.rows()).step_by(BLOCK) {
        block.fill(0.0);
        for (row, to) in (from..x.rows()).zip(block.chunks_exact_mut(width)) {
            let mean = &means[usize::from(labels.rows()[row]) * width..][..width];
            let mut square = 0.0;
            for ((to, x), mean) in to.iter_mut().zip(x.row(row)).zip(mean) {
                *to = x - mean;
                square += *to * *to;
            }
            fourth += square * square;
        }
        let (a, rest) = block.split_at(width);
        let (b, rest) = rest.split_at(width);
        let (c, d) = rest.split_at(width);
        add_outer(&mut sum, [a, b, c, d], [1.0; BLOCK]);
    }
    mirror(&mut sum, width);
    let rows = x.rows() as f64;
    sum.iter_mut().for_each(|sum| *sum /= rows);
    Within {
        sum,
        fourth: fourth / rows,
    }
}

/// λ = b² / d² with d² = ‖S − m I‖², b² = min(d², (mean ‖xₖ xₖᵀ − S‖²) / n); a hair at least, against features that repeat
/// each other.
fn ledoit_wolf(within: &Within, width: usize, rows: f64, level: f64) -> f64 {
    const LEAST: f64 = 1e-10;
    let square: f64 = within.sum.iter().map(|s| s * s).sum();
    let distance = square - width as f64 * level * level;
    if distance.is_nan() || distance <= 0.0 {
        return 1.0;
    }
    // Σₖ ‖xₖ xₖᵀ − S‖² / n = Σₖ ‖xₖ‖⁴ / n − ‖S‖².
    let scatter = ((within.fourth - square) / rows).max(0.0);
    (scatter / distance).clamp(LEAST, 1.0)
}
