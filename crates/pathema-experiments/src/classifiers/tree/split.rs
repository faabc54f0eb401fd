//! The best split of a node.

use super::codes::Column;

/// Where a column would part a node: rows with codes up to `lower` go left, the others' codes begin at `upper`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    pub(super) lower: u32,
    pub(super) upper: u32,
    /// Minus the entropy that is left, times the weight: the more the better.
    pub(super) score: f64,
}

/// Of weights of classes, w ln w, which entropies are sums of. Whole weights, as counts are, look theirs up.
pub(super) struct Entropy {
    table: Vec<f64>,
}

impl Entropy {
    /// For weights whose sum is `most`.
    pub(super) fn new(weights: &[f64]) -> Entropy {
        let whole = weights.iter().all(|weight| weight.fract() == 0.0);
        let most: f64 = weights.iter().sum();
        let table = if whole && most < 1e7 {
            (0..=most as usize).map(|w| w_ln_w(w as f64)).collect()
        } else {
            Vec::new()
        };
        Entropy { table }
    }

    #[inline]
    fn of(&self, weight: f64) -> f64 {
        if self.table.is_empty() {
            w_ln_w(weight)
        } else {
            self.table[weight as usize]
        }
    }

    /// Minus entropy times weight of rows with these weights of classes.
    #[inline]
    pub(super) fn order<const K: usize>(&self, weights: &[f64; K]) -> f64 {
        let mut sum = 0.0;
        let mut order = 0.0;
        for &weight in weights {
            sum += weight;
            order += self.of(weight);
        }
        order - self.of(sum)
    }
}

fn w_ln_w(weight: f64) -> f64 {
    if weight > 0.0 {
        weight * weight.ln()
    } else {
        0.0
    }
}

/// A row of a node, at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) row: u32,
    pub(super) class: u8,
    pub(super) weight: f64,
}

/// What searching needs, kept from node to node.
pub(super) struct Search<const K: usize> {
    bins: Vec<[f64; K]>,
    keys: Vec<u64>,
}

impl<const K: usize> Search<K> {
    pub(super) fn new() -> Self {
        Search {
            bins: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// The best cut of these rows, whose weights of classes sum to `total`; `None` if the column is constant on them.
    pub(super) fn best(
        &mut self,
        column: &Column,
        samples: &[Sample],
        total: &[f64; K],
        entropy: &Entropy,
    ) -> Option<Cut> {
        // Counting looks at every bin, sorting compares every row some times.
        if column.bins() <= 4 * samples.len() {
            self.by_counting(column, samples, total, entropy)
        } else {
            self.by_sorting(column, samples, total, entropy)
        }
    }

    fn by_counting(
        &mut self,
        column: &Column,
        samples: &[Sample],
        total: &[f64; K],
        entropy: &Entropy,
    ) -> Option<Cut> {
        self.bins.clear();
        self.bins.resize(column.bins(), [0.0; K]);
        for sample in samples {
            let code = column.codes[sample.row as usize] as usize;
            self.bins[code][usize::from(sample.class)] += sample.weight;
        }
        let mut scan = Scan::new(total, entropy);
        for (code, group) in self.bins.iter().enumerate() {
            if group.iter().any(|&weight| weight > 0.0) {
                scan.group(code as u32, group);
            }
        }
        scan.best
    }

    fn by_sorting(
        &mut self,
        column: &Column,
        samples: &[Sample],
        total: &[f64; K],
        entropy: &Entropy,
    ) -> Option<Cut> {
        self.keys.clear();
        self.keys
            .extend(samples.iter().enumerate().map(|(place, sample)| {
                u64::from(column.codes[sample.row as usize]) << 32 | place as u64
            }));
        self.keys.sort_unstable();
        let mut scan = Scan::new(total, entropy);
        for group in self.keys.chunk_by(|a, b| a >> 32 == b >> 32) {
            let mut weights = [0.0; K];
            for key in group {
                let sample = &samples[(key & 0xffff_ffff) as usize];
                weights[usize::from(sample.class)] += sample.weight;
            }
            scan.group((group[0] >> 32) as u32, &weights);
        }
        scan.best
    }
}

/// Goes over groups of equal codes in rising order.
struct Scan<'a, const K: usize> {
    entropy: &'a Entropy,
    left: [f64; K],
    right: [f64; K],
    last: Option<(u32, Option<usize>)>,
    best: Option<Cut>,
}

impl<'a, const K: usize> Scan<'a, K> {
    fn new(total: &[f64; K], entropy: &'a Entropy) -> Self {
        Scan {
            entropy,
            left: [0.0; K],
            right: *total,
            last: None,
            best: None,
        }
    }

    #[inline]
    fn group(&mut self, code: u32, weights: &[f64; K]) {
        let only = only_class(weights);
        if let Some((lower, class)) = self.last {
            // Between groups of one and the same class no cut is best (Fayyad and Irani 1992).
            if class.is_none() || class != only {
                let score = self.entropy.order(&self.left) + self.entropy.order(&self.right);
                if self.best.is_none_or(|best| score > best.score) {
                    self.best = Some(Cut {
                        lower,
                        upper: code,
                        score,
                    });
                }
            }
        }
        for ((left, right), weight) in self.left.iter_mut().zip(&mut self.right).zip(weights) {
            *left += weight;
            // Of weights that are no counts, rounding may leave less than nothing.
            *right = (*right - weight).max(0.0);
        }
        self.last = Some((code, only));
    }
}

#[inline]
fn only_class<const K: usize>(weights: &[f64; K]) -> Option<usize> {
    let mut only = None;
    for (class, &weight) in weights.iter().enumerate() {
        if weight > 0.0 {
            if only.is_some() {
                return None;
            }
            only = Some(class);
        }
    }
    only
}
