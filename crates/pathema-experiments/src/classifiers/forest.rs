use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::data::Spread;
use super::tree::{Draw, grow};
use super::{Codes, FitError, Labels, Matrix, Tree, Work, parallel};

/// A random forest (Breiman 2001): trees on bootstrap samples, each node split on a few columns drawn for it.
///
/// A row drawn several times counts as one row of that weight. Probabilities are means of the trees' leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    trees: Vec<Tree>,
    spread: Spread,
}

/// How a forest grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ForestSettings {
    /// How many trees.
    pub trees: usize,
    /// Nodes of fewer rows are not split.
    pub min_split: usize,
    /// Columns drawn for each node; 0 for the root of their number, rounded down.
    pub columns: usize,
    /// Of all that is drawn.
    pub seed: u64,
}

impl Forest {
    /// Fits the trees, each from random numbers of its own.
    ///
    /// # Errors
    /// [`FitError`] says what is off with labels or settings, or that it was stopped.
    pub fn fit(
        codes: &Codes,
        labels: &Labels,
        settings: &ForestSettings,
        work: Work<'_>,
    ) -> Result<Forest, FitError> {
        if settings.trees == 0 {
            return Err(FitError::Setting {
                name: "trees",
                value: 0.0,
                must: "must be at least 1",
            });
        }
        let columns = match settings.columns {
            0 => codes.columns().isqrt(),
            fixed => fixed.min(codes.columns()),
        };
        let trees = parallel::map(settings.trees, work.threads, |tree| {
            work.check()?;
            let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
            rng.set_stream(tree as u64);
            let mut weights = vec![0.0; labels.len()];
            for _ in 0..labels.len() {
                weights[rng.random_range(0..labels.len())] += 1.0;
            }
            grow(
                codes,
                labels,
                &weights,
                settings.min_split,
                Draw::Some(columns, &mut rng),
            )
        });
        let trees: Result<Vec<Tree>, FitError> = trees.into_iter().collect();
        Ok(Forest {
            trees: trees?,
            spread: labels.spread(),
        })
    }

    /// Leaves of all trees together.
    pub fn leaves(&self) -> usize {
        self.trees.iter().map(Tree::leaves).sum()
    }

    /// Probabilities of all classes [rows × classes].
    ///
    /// # Panics
    /// If the columns are not as many as those fitted on.
    pub fn probabilities(&self, x: &Matrix) -> Vec<f64> {
        self.trees.iter().for_each(|tree| tree.check(x));
        let width = self.spread.occurring();
        let mut shares = vec![0.0; x.rows() * width];
        for (row, sum) in x.iter().zip(shares.chunks_exact_mut(width)) {
            for tree in &self.trees {
                for (sum, share) in sum.iter_mut().zip(tree.shares_of(row)) {
                    *sum += share;
                }
            }
            for sum in sum {
                *sum /= self.trees.len() as f64;
            }
        }
        self.spread.all(&shares)
    }
}
