//! What recurrent cells do with their gates, in one or two operations.

mod gru;
mod lstm;

use super::way::add;
use crate::number::Number;

/// Of each gate its numbers one after the other, of whatever rows they stand in: loops over them are long.
fn apart<T: Number, const N: usize>(gates: &[T], hidden: usize) -> [Vec<T>; N] {
    let mut parts = [(); N].map(|()| Vec::with_capacity(gates.len() / N));
    for row in gates.chunks_exact(N * hidden) {
        for (part, own) in parts.iter_mut().zip(row.chunks_exact(hidden)) {
            part.extend_from_slice(own);
        }
    }
    parts
}

/// Adds what [`apart`] took apart to the gates from the `first` on.
fn add_together<T: Number>(parts: &[Vec<T>], hidden: usize, first: usize, gates: &mut [T]) {
    let rows = parts.first().map_or(0, |part| part.len() / hidden);
    if rows == 0 {
        return;
    }
    let width = gates.len() / rows;
    for (row, gates) in gates.chunks_exact_mut(width).enumerate() {
        let own = gates[first * hidden..].chunks_exact_mut(hidden);
        for (gate, part) in own.zip(parts) {
            add(gate, &part[row * hidden..][..hidden]);
        }
    }
}

/// From the numbers at each place of slices of one length.
#[inline(always)]
fn each<T: Number, const N: usize>(of: [&[T]; N], f: impl Fn([T; N]) -> T) -> Vec<T> {
    // Said once, so that nothing is checked in the loop.
    let count = of[0].len();
    let of = of.map(|x| &x[..count]);
    let mut made = vec![T::default(); count];
    for (k, made) in made.iter_mut().enumerate() {
        *made = f(of.map(|x| x[k]));
    }
    made
}
