//! The smooth curve that a smoothness prior finds in samples.

/// The trend t \[n\] that minimises Σ (sample − t)² over the finite samples, + `weight` · Σ (second differences of t)² over all.
///
/// It is defined where samples are missing, too. At least two samples are finite.
pub(crate) fn smooth(samples: &[f64], weight: f64) -> Vec<f64> {
    let len = samples.len();
    let line = Line::through(samples);
    // (W + weight · DᵀD) t = W · samples, W being 1 on the diagonal where a sample is finite. Each row of D adds
    // (1, −2, 1)ᵀ(1, −2, 1) to five diagonals, of which three are kept.
    let mut bands = vec![[0.0; 3]; len];
    for row in 0..len.saturating_sub(2) {
        for (at, product) in [[1.0, -2.0, 1.0], [4.0, -2.0, 0.0], [1.0, 0.0, 0.0]]
            .into_iter()
            .enumerate()
        {
            for (band, value) in bands[row + at].iter_mut().zip(product) {
                *band += weight * value;
            }
        }
    }
    let mut trend = vec![0.0; len];
    for (index, sample) in samples.iter().enumerate() {
        if sample.is_finite() {
            bands[index][0] += 1.0;
            // A line is its own trend: without it, no digit is lost of changes far smaller than the level.
            trend[index] = sample - line.at(index);
        }
    }
    // LDLᵀ in place: the diagonal becomes D, the bands beside it L.
    for index in 0..len {
        let [pivot, one, two] = bands[index];
        let (first, second) = (one / pivot, two / pivot);
        bands[index] = [pivot, first, second];
        if index + 1 < len {
            bands[index + 1][0] -= first * one;
            bands[index + 1][1] -= first * two;
            trend[index + 1] -= first * trend[index];
        }
        if index + 2 < len {
            bands[index + 2][0] -= second * two;
            trend[index + 2] -= second * trend[index];
        }
    }
    let [mut next, mut after_next] = [0.0; 2];
    for (index, [pivot, first, second]) in bands.into_iter().enumerate().rev() {
        let value = trend[index] / pivot - first * next - second * after_next;
        (next, after_next) = (value, next);
        trend[index] = value + line.at(index);
    }
    trend
}

/// A straight line over sample numbers.
struct Line {
    centre: f64,
    level: f64,
    slope: f64,
}

impl Line {
    /// The line of least squares through the finite samples.
    fn through(samples: &[f64]) -> Line {
        let present = || {
            samples
                .iter()
                .enumerate()
                .filter(|(_, sample)| sample.is_finite())
                .map(|(index, &sample)| (index as f64, sample))
        };
        let count = present().count() as f64;
        let centre = present().map(|(at, _)| at / count).sum::<f64>();
        let level = present().map(|(_, sample)| sample / count).sum::<f64>();
        let (mut products, mut squares) = (0.0, 0.0);
        for (at, sample) in present() {
            products += (at - centre) * (sample - level);
            squares += (at - centre) * (at - centre);
        }
        Line {
            centre,
            level,
            slope: products / squares,
        }
    }

    fn at(&self, index: usize) -> f64 {
        self.level + self.slope * (index as f64 - self.centre)
    }
}
