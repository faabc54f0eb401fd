/// Principal components of rows: the directions along which they vary most (Pearson 1901; Hotelling 1933).
///
/// Eigenvectors of the covariance by Jacobi's rotations. A direction's sign is that which makes its largest coordinate positive, the
/// first of equally large ones: the same rows give the same picture.
///
/// ```
/// use pathema_study::inside::Components;
/// // Along the diagonal, and a little off it.
/// let rows = [1.0, 1.0, -1.0, -1.0, 0.1, -0.1, -0.1, 0.1];
/// let components = Components::fit(&rows, 2);
/// let [x, y] = components.plane(&[3.0, 3.0]);
/// assert!((x - 18.0_f64.sqrt()).abs() < 1e-12 && y.abs() < 1e-12);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    mean: Vec<f64>,
    /// Of unit length, that of the largest variance first.
    directions: Vec<Vec<f64>>,
    variances: Vec<f64>,
}

/// Rotations of all pairs after which nothing is left to be rotated away; half a dozen do as a rule.
const MOST_SWEEPS: usize = 60;

impl Components {
    /// Of rows of `width` numbers each, `[rows × width]`.
    ///
    /// # Panics
    /// If there is no row, or rows are not whole.
    pub fn fit(rows: &[f64], width: usize) -> Components {
        assert!(
            width > 0 && !rows.is_empty() && rows.len().is_multiple_of(width),
            "{} numbers in rows of {width}",
            rows.len()
        );
        let count = (rows.len() / width) as f64;
        let mut mean = vec![0.0; width];
        for row in rows.chunks_exact(width) {
            mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        mean.iter_mut().for_each(|sum| *sum /= count);
        let mut covariance = vec![0.0; width * width];
        for row in rows.chunks_exact(width) {
            for i in 0..width {
                for j in 0..width {
                    covariance[i * width + j] += (row[i] - mean[i]) * (row[j] - mean[j]) / count;
                }
            }
        }
        let vectors = diagonalise(&mut covariance, width);
        let mut found: Vec<(f64, Vec<f64>)> = (0..width)
            .map(|k| {
                let direction = (0..width).map(|i| vectors[i * width + k]).collect();
                (covariance[k * width + k].max(0.0), signed(direction))
            })
            .collect();
        // A stable sort: equal variances keep their order.
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (variances, directions) = found.into_iter().unzip();
        Components {
            mean,
            directions,
            variances,
        }
    }

    /// Directions of unit length, that of the largest variance first.
    pub fn directions(&self) -> &[Vec<f64>] {
        &self.directions
    }

    /// Variances along them, divisor the number of rows.
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// Shares of the whole variance along the first two; 0 where nothing varies.
    pub fn explained(&self) -> [f64; 2] {
        let all: f64 = self.variances.iter().sum();
        std::array::from_fn(|k| match self.variances.get(k) {
            Some(own) if all > 0.0 => own / all,
            _ => 0.0,
        })
    }

    /// A row in the plane of the first two; of rows of one number the second coordinate is 0.
    ///
    /// # Panics
    /// If it is not as wide as those fitted on.
    pub fn plane(&self, row: &[f64]) -> [f64; 2] {
        assert_eq!(row.len(), self.mean.len(), "numbers of a row");
        std::array::from_fn(|k| {
            self.directions.get(k).map_or(0.0, |direction| {
                let centred = row.iter().zip(&self.mean).map(|(x, mean)| x - mean);
                direction.iter().zip(centred).map(|(d, x)| d * x).sum()
            })
        })
    }
}

/// Makes a symmetric matrix diagonal by rotations, pair by pair (Jacobi 1846; angles as in Golub & Van Loan 2013, § 8.5): its eigenvalues
/// are left on the diagonal, its eigenvectors are the columns returned.
fn diagonalise(a: &mut [f64], size: usize) -> Vec<f64> {
    let mut vectors = vec![0.0; size * size];
    (0..size).for_each(|i| vectors[i * size + i] = 1.0);
    let whole: f64 = a.iter().map(|x| x * x).sum();
    for _ in 0..MOST_SWEEPS {
        let off: f64 = (0..size)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| a[i * size + j] * a[i * size + j])
            .sum();
        if off <= 1e-30 * whole {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                let apq = a[p * size + q];
                if apq == 0.0 {
                    continue;
                }
                let tau = (a[q * size + q] - a[p * size + p]) / (2.0 * apq);
                let tan = tau.signum() / (tau.abs() + tau.hypot(1.0));
                let cos = 1.0 / tan.hypot(1.0);
                let sin = tan * cos;
                for k in 0..size {
                    rotate(a, (k * size + p, k * size + q), (cos, sin));
                    rotate(&mut vectors, (k * size + p, k * size + q), (cos, sin));
                }
                for k in 0..size {
                    rotate(a, (p * size + k, q * size + k), (cos, sin));
                }
            }
        }
    }
    vectors
}

fn rotate(of: &mut [f64], (p, q): (usize, usize), (cos, sin): (f64, f64)) {
    let (x, y) = (of[p], of[q]);
    of[p] = cos * x - sin * y;
    of[q] = sin * x + cos * y;
}

fn signed(mut direction: Vec<f64>) -> Vec<f64> {
    let mut largest = 0.0_f64;
    for &x in &direction {
        // Rounding decides between coordinates that are equally large no more.
        if x.abs() > largest.abs() + 1e-9 {
            largest = x;
        }
    }
    if largest < 0.0 {
        direction.iter_mut().for_each(|x| *x = -*x);
    }
    direction
}
