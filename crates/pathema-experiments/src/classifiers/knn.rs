use super::{FitError, Labels, Matrix, Work, parallel};

/// Columns after which a distance is looked at: whether it can still be among the nearest.
const STRIDE: usize = 16;
/// Rows that are searched together: their nearest stay at hand while the rows learnt from stream by.
const TOGETHER: usize = 16;

/// The nearest rows of those learnt from, by Euclidean distance.
///
/// Brute force: with tens of features no tree of regions excludes anything. A sum of squares is given up once it exceeds
/// that of the k-th nearest so far. Of rows equally far the earlier is nearer. A distance that is no number, or overflows, is
/// infinite: a row has k neighbours, whatever it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    x: Matrix,
    k: usize,
}

/// k nearest neighbours, each with one vote.
#[derive(Clone, Debug, PartialEq)]
pub struct Knn {
    neighbours: Neighbours,
    labels: Labels,
}

impl Neighbours {
    /// Remembers rows. Where there are fewer than `k`, all are near.
    ///
    /// # Errors
    /// [`FitError`] if there is no row, one is not finite, or k is 0.
    pub fn new(x: Matrix, k: usize) -> Result<Neighbours, FitError> {
        x.check()?;
        if k == 0 {
            return Err(FitError::Setting {
                name: "k",
                value: 0.0,
                must: "must be at least 1",
            });
        }
        let k = k.min(x.rows());
        Ok(Neighbours { x, k })
    }

    /// How many neighbours a row has.
    pub fn k(&self) -> usize {
        self.k
    }

    /// Of each row of `x`, the places of its k nearest, the nearest first [rows × k].
    ///
    /// # Errors
    /// [`FitError::Halted`] if it was stopped.
    ///
    /// # Panics
    /// If the columns are not as many as those remembered.
    pub fn of(&self, x: &Matrix, work: Work<'_>) -> Result<Vec<usize>, FitError> {
        assert_eq!(x.columns(), self.x.columns(), "columns");
        let parts = parallel::map(x.rows().div_ceil(TOGETHER), work.threads, |part| {
            work.check()?;
            let rows = part * TOGETHER..x.rows().min((part + 1) * TOGETHER);
            Ok(self.search(x, rows))
        });
        let parts: Result<Vec<Vec<usize>>, FitError> = parts.into_iter().collect();
        Ok(parts?.concat())
    }

    /// The shares of all classes [rows × classes] among neighbours [rows × k] that [`of`](Self::of) found, whose labels these are.
    ///
    /// # Panics
    /// If a neighbour has no label.
    pub fn votes(&self, nearest: &[usize], labels: &Labels) -> Vec<f64> {
        let spread = labels.spread();
        let width = spread.occurring();
        let mut shares = vec![0.0; nearest.len() / self.k * width];
        for (nearest, shares) in nearest
            .chunks_exact(self.k)
            .zip(shares.chunks_exact_mut(width))
        {
            for &place in nearest {
                shares[usize::from(labels.rows()[place])] += 1.0;
            }
            shares.iter_mut().for_each(|share| *share /= self.k as f64);
        }
        spread.all(&shares)
    }

    fn search(&self, x: &Matrix, rows: std::ops::Range<usize>) -> Vec<usize> {
        let mut nearest: Vec<Vec<(f64, usize)>> = rows
            .clone()
            .map(|_| Vec::with_capacity(self.k + 1))
            .collect();
        for (place, known) in self.x.iter().enumerate() {
            for (row, nearest) in rows.clone().zip(&mut nearest) {
                let farthest = match nearest.last() {
                    Some(&(farthest, _)) if nearest.len() == self.k => Some(farthest),
                    _ => None,
                };
                if let Some(distance) = square_within(x.row(row), known, farthest) {
                    let at = nearest.partition_point(|&(other, _)| other <= distance);
                    nearest.truncate(self.k - 1);
                    nearest.insert(at.min(nearest.len()), (distance, place));
                }
            }
        }
        nearest
            .iter()
            .flat_map(|nearest| nearest.iter().map(|&(_, place)| place))
            .collect()
    }
}

impl Knn {
    /// Remembers rows and labels.
    ///
    /// # Errors
    /// [`FitError`] says what is off with rows, labels or k.
    pub fn fit(x: Matrix, labels: Labels, k: usize) -> Result<Knn, FitError> {
        labels.check(&x)?;
        Ok(Knn {
            neighbours: Neighbours::new(x, k)?,
            labels,
        })
    }

    /// Probabilities of all classes [rows × classes]: their shares among the neighbours.
    ///
    /// # Errors
    /// [`FitError::Halted`] if it was stopped.
    ///
    /// # Panics
    /// If the columns are not as many as those fitted on.
    pub fn probabilities(&self, x: &Matrix, work: Work<'_>) -> Result<Vec<f64>, FitError> {
        let nearest = self.neighbours.of(x, work)?;
        Ok(self.neighbours.votes(&nearest, &self.labels))
    }
}

/// The squared distance of two rows, unless it reaches `limit`, if there is one.
fn square_within(a: &[f64], b: &[f64], limit: Option<f64>) -> Option<f64> {
    let mut sum = 0.0;
    let (strides, others) = (a.chunks_exact(STRIDE), b.chunks_exact(STRIDE));
    let rest = strides.remainder().iter().zip(others.remainder());
    for (a, b) in strides.zip(others) {
        // Four sums side by side, which the processor adds at once.
        let mut lanes = [0.0; 4];
        for (a, b) in a.chunks_exact(4).zip(b.chunks_exact(4)) {
            for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
                *lane += (a - b) * (a - b);
            }
        }
        sum += (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
        if limit.is_some_and(|limit| sum >= limit) {
            return None;
        }
    }
    for (a, b) in rest {
        sum += (a - b) * (a - b);
    }
    let sum = if sum.is_nan() { f64::INFINITY } else { sum };
    limit.is_none_or(|limit| sum < limit).then_some(sum)
}
