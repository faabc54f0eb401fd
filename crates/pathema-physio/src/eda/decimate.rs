/// Blocks of samples whose means are solved in their place.
#[derive(Debug)]
pub(crate) struct Blocks {
    len: usize,
    /// Samples of a block; the last may have fewer.
    size: usize,
    /// Blocks per second.
    pub(crate) rate: f64,
}

impl Blocks {
    /// The smallest blocks of `len` samples of `rate` Hz that come at `highest` Hz or slower.
    pub(crate) fn new(len: usize, rate: f64, highest: f64) -> Blocks {
        let size = ((rate / highest).ceil() as usize).max(1);
        Blocks {
            len,
            size,
            rate: rate / size as f64,
        }
    }

    /// The mean of each block; NaN where fewer than half of its samples are present.
    pub(crate) fn means(&self, samples: &[f64]) -> Vec<f64> {
        samples
            .chunks(self.size)
            .map(|block| {
                let present = || block.iter().filter(|value| value.is_finite());
                let count = present().count();
                if 2 * count < block.len() || count == 0 {
                    return f64::NAN;
                }
                present().map(|value| value / count as f64).sum()
            })
            .collect()
    }

    /// Straight lines between the centres of the blocks, level beyond the first and the last.
    pub(crate) fn interpolate(&self, values: &[f64], samples: &mut [f64]) {
        let centre = |block: usize| {
            let start = block * self.size;
            let end = (start + self.size).min(self.len);
            0.5 * (start + end - 1) as f64
        };
        let mut block = 0;
        for (index, sample) in samples.iter_mut().enumerate() {
            let at = index as f64;
            while block + 1 < values.len() && centre(block + 1) <= at {
                block += 1;
            }
            let from = centre(block);
            *sample = match values.get(block + 1) {
                Some(next) if at > from => {
                    let part = (at - from) / (centre(block + 1) - from);
                    values[block] + part * (next - values[block])
                }
                _ => values[block],
            };
        }
    }
}
