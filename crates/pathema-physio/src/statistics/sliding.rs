//! Statistics of any window of one signal.

use std::borrow::Cow;
use std::ops::Range;

use super::Moments;

/// Samples of a leaf: what windows do not share with whole leaves is gone through sample by sample.
const LEAF: usize = 32;

/// The [`Moments`] of any window of a signal, each from about 2 log₂(window / 32) merges and at most 62 samples.
///
/// A tree holds the moments of every 32 samples, and of every 2, 4, 8, … such leaves.
///
/// ```
/// use pathema_physio::statistics::{SlidingMoments, std};
/// let signal: Vec<f64> = (0..10_000).map(|index| (0.01 * index as f64).sin()).collect();
/// let sliding = SlidingMoments::new(&signal);
/// for first in (0..9_000).step_by(8) {
///     let window = first..first + 960;
///     let plain = std(&signal[window.clone()])?;
///     assert!((sliding.window(window).std()? - plain).abs() < 1e-12);
/// }
/// # Ok::<(), pathema_physio::Undefined>(())
/// ```
#[derive(Clone, Debug)]
pub struct SlidingMoments<'a> {
    signal: Cow<'a, [f64]>,
    /// Level 0 has the leaves that are whole, each further level the pairs of the one before that are whole.
    levels: Vec<Vec<Moments>>,
}

impl<'a> SlidingMoments<'a> {
    /// Goes through the signal (a slice or a vector) once; NaN marks missing samples.
    pub fn new(signal: impl Into<Cow<'a, [f64]>>) -> SlidingMoments<'a> {
        let signal = signal.into();
        let leaves = signal.chunks_exact(LEAF).map(Moments::of).collect();
        let mut levels: Vec<Vec<Moments>> = vec![leaves];
        while let Some(last) = levels.last()
            && last.len() > 1
        {
            let merged = last
                .chunks_exact(2)
                .map(|pair| pair[0].merge(pair[1]))
                .collect();
            levels.push(merged);
        }
        SlidingMoments { signal, levels }
    }

    /// The samples.
    pub fn signal(&self) -> &[f64] {
        &self.signal
    }

    /// The moments of the samples at `window`. What lies beyond the signal's end is missing.
    pub fn window(&self, window: Range<usize>) -> Moments {
        let end = window.end.min(self.signal.len());
        let start = window.start.min(end);
        let missing = window.len() - (end - start).min(window.len());
        let (mut first, mut last) = (start.div_ceil(LEAF), end / LEAF);
        if first >= last {
            return Moments::of(&self.signal[start..end]).followed_by_nothing(missing);
        }
        let mut before = Moments::of(&self.signal[start..first * LEAF]);
        let mut after = Moments::of(&self.signal[last * LEAF..end]);
        // Whole subtrees from both sides inwards, one level up at a time.
        for level in &self.levels {
            if first >= last {
                break;
            }
            if first % 2 == 1 {
                before = before.merge(level[first]);
                first += 1;
            }
            if last % 2 == 1 {
                last -= 1;
                after = level[last].merge(after);
            }
            first /= 2;
            last /= 2;
        }
        before.merge(after).followed_by_nothing(missing)
    }
}
