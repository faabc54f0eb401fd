//! What recurrent cells do with their gates, in one or two operations.

use pathema_kernel::Loops;

use super::way::add;
use super::{Tape, Var};
use crate::number::Number;

impl<T: Number> Tape<'_, T> {
    /// The next hidden state and cell of an LSTM (Hochreiter & Schmidhuber 1997, *Long short-term memory*; Gers et al.
    /// 2000, *Learning to forget*): c' = σ(f) c + σ(i) tanh(g) and h' = σ(o) tanh(c'), from gates \[n, 4 · hidden\] in the
    /// order i, f, g, o before their nonlinearities, and c \[n, hidden\].
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn lstm(&mut self, gates: Var, cell: Var) -> (Var, Var) {
        let (rows, hidden) = self.shape(cell);
        let fits = hidden > 0 && self.shape(gates) == (rows, 4 * hidden);
        assert!(fits, "gates of an LSTM of {hidden} hidden numbers");
        let (shape, set) = ((rows, hidden), self.engine.instructions);
        let [input, forget, candidate, open] = apart(self.values(gates), hidden);
        let (values, activated) = set.run(Cell {
            gates: [input, forget, candidate],
            cell: self.values(cell),
        });
        let next = self.record(&[gates, cell], shape, values, move |way, of_next| {
            let (set, cell_before) = (way.instructions(), way.values(cell));
            let by = set.run(CellBack {
                activated: &activated,
                cell: cell_before,
                of_next: &of_next,
            });
            if let Some(of_gates) = way.of(gates) {
                add_together(&by, hidden, 0, of_gates);
            }
            let forget = &activated[1];
            way.give_each(cell, of_next.iter().zip(forget).map(|(&g, &f)| g * f));
            Ok(())
        });
        let (values, activated) = set.run(Hidden {
            open,
            next: self.values(next),
        });
        let output = self.record(&[gates, next], shape, values, move |way, of_output| {
            let (by_open, by_next) = way.instructions().run(HiddenBack {
                activated: &activated,
                of_output: &of_output,
            });
            if let Some(of_gates) = way.of(gates) {
                add_together(&[by_open], hidden, 3, of_gates);
            }
            way.give(next, by_next);
            Ok(())
        });
        (output, next)
    }

    /// The next hidden state of a GRU (Cho et al. 2014, *Learning phrase representations using RNN encoder–decoder*), in
    /// the form whose reset gate stands after the product, as in cuDNN: r = σ(x_r + h_r), z = σ(x_z + h_z),
    /// n = tanh(x_n + r h_n), h' = (1 − z) n + z h; from what the input and the hidden state make of the gates r, z, n,
    /// \[n, 3 · hidden\] both, and h \[n, hidden\].
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn gru(&mut self, of_input: Var, of_hidden: Var, before: Var) -> Var {
        let (rows, hidden) = self.shape(before);
        let fits = hidden > 0 && self.common(of_input, of_hidden) == (rows, 3 * hidden);
        assert!(fits, "gates of a GRU of {hidden} hidden numbers");
        let (values, activated, of_candidate) = self.engine.instructions.run(Gru {
            of_input: apart(self.values(of_input), hidden),
            of_hidden: apart(self.values(of_hidden), hidden),
            before: self.values(before),
        });
        let inputs = [of_input, of_hidden, before];
        self.record(&inputs, (rows, hidden), values, move |way, of_output| {
            let [reset, update, candidate, recalled] = way.instructions().run(GruBack {
                activated: &activated,
                of_candidate: &of_candidate,
                before: way.values(before),
                of_output: &of_output,
            });
            let by = [reset, update, candidate];
            if let Some(sum) = way.of(of_input) {
                add_together(&by, hidden, 0, sum);
            }
            if let Some(sum) = way.of(of_hidden) {
                add_together(&by[..2], hidden, 0, sum);
                add_together(&[recalled], hidden, 2, sum);
            }
            let update = &activated[1];
            way.give_each(before, of_output.iter().zip(update).map(|(&g, &z)| g * z));
            Ok(())
        })
    }
}

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

struct Cell<'a, T> {
    gates: [Vec<T>; 3],
    cell: &'a [T],
}

impl<T: Number> Loops for Cell<'_, T> {
    /// The next cell, and σ(i), σ(f), tanh(g).
    type Output = (Vec<T>, [Vec<T>; 3]);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let [mut i, mut f, mut g] = self.gates;
        i.iter_mut().for_each(|x| *x = x.sigmoid());
        f.iter_mut().for_each(|x| *x = x.sigmoid());
        g.iter_mut().for_each(|x| *x = x.tanh());
        let next = each([&i, &f, &g, self.cell], |[i, f, g, cell]| f * cell + i * g);
        (next, [i, f, g])
    }
}

struct CellBack<'a, T> {
    activated: &'a [Vec<T>; 3],
    cell: &'a [T],
    of_next: &'a [T],
}

impl<T: Number> Loops for CellBack<'_, T> {
    /// By i, f and g.
    type Output = [Vec<T>; 3];

    #[inline(always)]
    fn run(self) -> Self::Output {
        let ([i, f, g], one) = (self.activated, T::of(1.0));
        [
            each([self.of_next, g, i], |[by, g, i]| by * g * i * (one - i)),
            each([self.of_next, self.cell, f], |[by, cell, f]| {
                by * cell * f * (one - f)
            }),
            each([self.of_next, i, g], |[by, i, g]| by * i * (one - g * g)),
        ]
    }
}

struct Hidden<'a, T> {
    open: Vec<T>,
    next: &'a [T],
}

impl<T: Number> Loops for Hidden<'_, T> {
    /// The next hidden state, and σ(o), tanh(c').
    type Output = (Vec<T>, [Vec<T>; 2]);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let mut open = self.open;
        open.iter_mut().for_each(|x| *x = x.sigmoid());
        let tanh = each([self.next], |[x]| x.tanh());
        (
            each([&open, &tanh], |[open, tanh]| open * tanh),
            [open, tanh],
        )
    }
}

struct HiddenBack<'a, T> {
    activated: &'a [Vec<T>; 2],
    of_output: &'a [T],
}

impl<T: Number> Loops for HiddenBack<'_, T> {
    /// By o and the cell.
    type Output = (Vec<T>, Vec<T>);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let ([open, tanh], one) = (self.activated, T::of(1.0));
        let of = [self.of_output, open, tanh];
        (
            each(of, |[by, open, tanh]| by * tanh * open * (one - open)),
            each(of, |[by, open, tanh]| by * open * (one - tanh * tanh)),
        )
    }
}

struct Gru<'a, T> {
    of_input: [Vec<T>; 3],
    of_hidden: [Vec<T>; 3],
    before: &'a [T],
}

impl<T: Number> Loops for Gru<'_, T> {
    /// The next hidden state; r, z and n; and h_n.
    type Output = (Vec<T>, [Vec<T>; 3], Vec<T>);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let ([x_r, x_z, x_n], [h_r, h_z, h_n]) = (self.of_input, self.of_hidden);
        let r = each([&x_r, &h_r], |[x, h]| (x + h).sigmoid());
        let z = each([&x_z, &h_z], |[x, h]| (x + h).sigmoid());
        let n = each([&x_n, &h_n, &r], |[x, h, r]| (x + r * h).tanh());
        let output = each([&n, &z, self.before], |[n, z, before]| n + z * (before - n));
        (output, [r, z, n], h_n)
    }
}

struct GruBack<'a, T> {
    activated: &'a [Vec<T>; 3],
    of_candidate: &'a [T],
    before: &'a [T],
    of_output: &'a [T],
}

impl<T: Number> Loops for GruBack<'_, T> {
    /// By the sums for r, z and n, and by h_n.
    type Output = [Vec<T>; 4];

    #[inline(always)]
    fn run(self) -> Self::Output {
        let ([r, z, n], one) = (self.activated, T::of(1.0));
        let by_n = each([self.of_output, z, n], |[by, z, n]| {
            by * (one - z) * (one - n * n)
        });
        let by_z = each([self.of_output, self.before, n, z], |[by, before, n, z]| {
            by * (before - n) * z * (one - z)
        });
        let by_r = each([&by_n, self.of_candidate, r], |[by, h, r]| {
            by * h * r * (one - r)
        });
        let by_h = each([&by_n, r], |[by, r]| by * r);
        [by_r, by_z, by_n, by_h]
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
