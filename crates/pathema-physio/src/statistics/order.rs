//! Order statistics of any window of one signal.

use std::ops::Range;

use super::plain::{between, is_present, order_statistic};
use crate::{Undefined, Value};

/// The percentiles of any window of a signal, each from two walks of log₂(number of distinct values) steps.
///
/// A wavelet matrix (Claude & Navarro 2012): the samples as ranks among all distinct values, one bit a level from the
/// highest on, each level sorted stably by the bits above it. A window stays a range from level to level, and the count
/// of its zeros says on which side the wanted rank lies. Memory is about a quarter byte a sample and level.
///
/// ```
/// use pathema_physio::statistics::SlidingQuantiles;
/// let signal = [5.0, 1.0, f64::NAN, 4.0, 2.0];
/// let quantiles = SlidingQuantiles::new(&signal);
/// assert_eq!(quantiles.median(0..4), Ok(4.0));
/// assert_eq!(quantiles.percentile(0..5, 25.0), Ok(1.75));
/// ```
#[derive(Clone, Debug)]
pub struct SlidingQuantiles {
    /// Distinct values, rising.
    values: Vec<f64>,
    /// From the highest bit of the ranks to the lowest.
    levels: Vec<Bits>,
    /// Which samples are present.
    present: Bits,
    len: usize,
}

impl SlidingQuantiles {
    /// Sorts the values of a signal once; NaN marks missing samples.
    pub fn new(signal: &[f64]) -> SlidingQuantiles {
        let present = Bits::new(signal.iter().map(|value| is_present(*value)));
        // −0 is 0.
        let samples = || {
            let there = signal.iter().filter(|value| is_present(**value));
            there.map(|value| value + 0.0)
        };
        let mut values: Vec<f64> = samples().collect();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        let mut ranks: Vec<usize> = samples()
            .map(|sample| values.partition_point(|value| *value < sample))
            .collect();
        let depth = usize::BITS - values.len().saturating_sub(1).leading_zeros();
        let mut levels = Vec::with_capacity(depth as usize);
        let mut ones = Vec::new();
        for bit in (0..depth).rev() {
            let level = Bits::new(ranks.iter().map(|rank| rank >> bit & 1 == 1));
            ones.clear();
            ranks.retain(|rank| {
                let zero = rank >> bit & 1 == 0;
                if !zero {
                    ones.push(*rank);
                }
                zero
            });
            ranks.extend_from_slice(&ones);
            levels.push(level);
        }
        SlidingQuantiles {
            values,
            levels,
            present,
            len: signal.len(),
        }
    }

    /// As [`percentile`](super::percentile()), of the samples at `window`; what lies beyond the signal's end is missing.
    ///
    /// # Errors
    /// As there.
    pub fn percentile(&self, window: Range<usize>, percent: f64) -> Value {
        let end = window.end.min(self.len);
        let first = self.present.ones_before(window.start.min(end));
        let last = self.present.ones_before(end);
        if first == last {
            return Err(Undefined::TooFew {
                what: "samples",
                found: 0,
                needed: 1,
            });
        }
        let (below, part) = order_statistic(last - first, percent)?;
        let above = (below + 1).min(last - first - 1);
        let lower = self.ranked(first..last, below);
        if part == 0.0 {
            return Ok(lower);
        }
        Ok(between(lower, self.ranked(first..last, above), part))
    }

    /// As [`median`](super::median()), of the samples at `window`.
    ///
    /// # Errors
    /// As there.
    pub fn median(&self, window: Range<usize>) -> Value {
        self.percentile(window, 50.0)
    }

    /// The value of rank `rank` among the present samples of a range.
    fn ranked(&self, mut range: Range<usize>, mut rank: usize) -> f64 {
        let mut value = 0;
        for level in &self.levels {
            let (first, last) = (level.ones_before(range.start), level.ones_before(range.end));
            let zeros = range.len() - (last - first);
            value <<= 1;
            if rank < zeros {
                range = range.start - first..range.end - last;
            } else {
                rank -= zeros;
                value |= 1;
                range = level.zeros + first..level.zeros + last;
            }
        }
        self.values[value]
    }
}

/// Bits whose ones can be counted from the start.
#[derive(Clone, Debug)]
struct Bits {
    /// 64 bits, and how many ones lie before them. One more than needed, for the end.
    words: Vec<(u64, usize)>,
    zeros: usize,
}

impl Bits {
    fn new(bits: impl Iterator<Item = bool>) -> Bits {
        let mut words = Vec::with_capacity(bits.size_hint().1.unwrap_or(0) / 64 + 1);
        let (mut word, mut ones, mut len) = (0u64, 0, 0usize);
        for bit in bits {
            word |= u64::from(bit) << (len % 64);
            len += 1;
            if len.is_multiple_of(64) {
                words.push((word, ones));
                ones += word.count_ones() as usize;
                word = 0;
            }
        }
        words.push((word, ones));
        ones += word.count_ones() as usize;
        Bits {
            words,
            zeros: len - ones,
        }
    }

    #[inline]
    fn ones_before(&self, index: usize) -> usize {
        let (word, before) = self.words[index / 64];
        let below = word & ((1 << (index % 64)) - 1);
        before + below.count_ones() as usize
    }
}
