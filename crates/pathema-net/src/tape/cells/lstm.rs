use pathema_kernel::Loops;

use super::{add_together, apart, each};
use crate::number::Number;
use crate::tape::{Tape, Var};

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
