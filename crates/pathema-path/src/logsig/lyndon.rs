//! The Lyndon basis of the free Lie algebra up to depth 3.

use super::tensor::Tensor;
use crate::Depth;

/// The Lyndon words of up to `depth` channels, by length, then as in a dictionary;
/// channels counted from zero.
///
/// A word is a Lyndon word if it comes before all its proper suffixes in the
/// dictionary.
///
/// ```
/// use pathema_path::{Depth, lyndon_words};
///
/// let words = lyndon_words(2, Depth::Three);
/// assert_eq!(words, [vec![0], vec![1], vec![0, 1], vec![0, 0, 1], vec![0, 1, 1]]);
/// ```
pub fn lyndon_words(channels: usize, depth: Depth) -> Vec<Vec<usize>> {
    let mut words: Vec<Vec<usize>> = (0..channels).map(|i| vec![i]).collect();
    if depth >= Depth::Two {
        words.extend(pairs(channels).map(|(i, j)| vec![i, j]));
    }
    if depth >= Depth::Three {
        words.extend(triples(channels).map(|(i, j, k)| vec![i, j, k]));
    }
    words
}

/// The coordinates of a Lie element.
///
/// Of all brackets only that of `ijk` has the word `ijk` in it, and only those of
/// `ijk` and `ikj` have `ikj`: −1 times and once. So the coordinates of words with
/// two equal letters, and of those whose letters rise, are their coefficients.
pub(crate) fn coordinates(lie: &Tensor) -> Vec<f64> {
    let c = lie.channels;
    let mut out = lie.level(1).to_vec();
    if lie.depth >= Depth::Two {
        let two = lie.level(2);
        out.extend(pairs(c).map(|(i, j)| two[i * c + j]));
    }
    if lie.depth >= Depth::Three {
        let three = lie.level(3);
        let at = |i: usize, j: usize, k: usize| three[(i * c + j) * c + k];
        out.extend(triples(c).map(|(i, j, k)| {
            if i < k && k < j {
                at(i, j, k) + at(i, k, j)
            } else {
                at(i, j, k)
            }
        }));
    }
    out
}

fn pairs(channels: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..channels).flat_map(move |i| (i + 1..channels).map(move |j| (i, j)))
}

fn triples(channels: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..channels).flat_map(move |i| {
        (i..channels).flat_map(move |j| {
            // iik needs k > i; otherwise any k that is not i or before it.
            (i + 1..channels).map(move |k| (i, j, k))
        })
    })
}
