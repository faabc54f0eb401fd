//! What recurrent cells do with their gates, in one or two operations.

use pathema_kernel::Loops;

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
        let shape = (rows, hidden);
        let (values, activated) = self.engine.instructions.run(Cell {
            gates: self.values(gates),
            cell: self.values(cell),
            hidden,
        });
        let next = self.record(&[gates, cell], shape, values, move |way, of_next| {
            let (set, before) = (way.instructions(), way.values(cell));
            if let Some(of_gates) = way.of(gates) {
                set.run(CellBack {
                    activated: &activated,
                    cell: before,
                    of_next: &of_next,
                    of_gates,
                    hidden,
                });
            }
            let rows = of_next
                .chunks_exact(hidden)
                .zip(activated.chunks_exact(3 * hidden));
            let kept = rows.flat_map(|(g, own)| g.iter().zip(&own[hidden..]));
            way.give_each(cell, kept.map(|(&g, &forget)| g * forget));
            Ok(())
        });
        let (values, activated) = self.engine.instructions.run(Hidden {
            gates: self.values(gates),
            next: self.values(next),
            hidden,
        });
        let output = self.record(&[gates, next], shape, values, move |way, of_output| {
            let mut of_next = of_output;
            let set = way.instructions();
            let back = HiddenBack {
                activated: &activated,
                of_output: &mut of_next,
                of_gates: way.of(gates),
                hidden,
            };
            set.run(back);
            way.give(next, of_next);
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
        let (values, activated) = self.engine.instructions.run(Gru {
            of_input: self.values(of_input),
            of_hidden: self.values(of_hidden),
            before: self.values(before),
            hidden,
        });
        let inputs = [of_input, of_hidden, before];
        self.record(&inputs, (rows, hidden), values, move |way, of_output| {
            let (by_input, by_hidden) = way.instructions().run(GruBack {
                activated: &activated,
                of_hidden: way.values(of_hidden),
                before: way.values(before),
                of_output: &of_output,
                hidden,
            });
            way.give(of_input, by_input);
            way.give(of_hidden, by_hidden);
            let rows = of_output
                .chunks_exact(hidden)
                .zip(activated.chunks_exact(3 * hidden));
            let kept = rows.flat_map(|(g, own)| g.iter().zip(&own[hidden..]));
            way.give_each(before, kept.map(|(&g, &update)| g * update));
            Ok(())
        })
    }
}

struct Cell<'a, T> {
    gates: &'a [T],
    cell: &'a [T],
    hidden: usize,
}

impl<T: Number> Loops for Cell<'_, T> {
    /// The next cell, and σ(i), σ(f), tanh(g).
    type Output = (Vec<T>, Vec<T>);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let hidden = self.hidden;
        let mut next = vec![T::default(); self.cell.len()];
        let mut activated = vec![T::default(); 3 * self.cell.len()];
        let rows = next
            .chunks_exact_mut(hidden)
            .zip(activated.chunks_exact_mut(3 * hidden));
        let given = self
            .gates
            .chunks_exact(4 * hidden)
            .zip(self.cell.chunks_exact(hidden));
        for ((next, activated), (gates, cell)) in rows.zip(given) {
            let (input, rest) = activated.split_at_mut(hidden);
            let (forget, candidate) = rest.split_at_mut(hidden);
            let [i, f, g] = [0, 1, 2].map(|k| &gates[k * hidden..][..hidden]);
            for k in 0..hidden {
                let (own_i, own_f, own_g) = (i[k].sigmoid(), f[k].sigmoid(), g[k].tanh());
                next[k] = own_f * cell[k] + own_i * own_g;
                input[k] = own_i;
                forget[k] = own_f;
                candidate[k] = own_g;
            }
        }
        (next, activated)
    }
}

struct CellBack<'a, T> {
    activated: &'a [T],
    cell: &'a [T],
    of_next: &'a [T],
    of_gates: &'a mut [T],
    hidden: usize,
}

impl<T: Number> Loops for CellBack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (hidden, one) = (self.hidden, T::of(1.0));
        let rows = self
            .of_gates
            .chunks_exact_mut(4 * hidden)
            .zip(self.of_next.chunks_exact(hidden));
        let given = self
            .activated
            .chunks_exact(3 * hidden)
            .zip(self.cell.chunks_exact(hidden));
        for ((of_gates, of_next), (activated, cell)) in rows.zip(given) {
            let (of_i, rest) = of_gates.split_at_mut(hidden);
            let (of_f, rest) = rest.split_at_mut(hidden);
            let of_g = &mut rest[..hidden];
            let [i, f, g] = [0, 1, 2].map(|k| &activated[k * hidden..][..hidden]);
            for k in 0..hidden {
                of_i[k] += of_next[k] * g[k] * i[k] * (one - i[k]);
                of_f[k] += of_next[k] * cell[k] * f[k] * (one - f[k]);
                of_g[k] += of_next[k] * i[k] * (one - g[k] * g[k]);
            }
        }
    }
}

struct Hidden<'a, T> {
    gates: &'a [T],
    next: &'a [T],
    hidden: usize,
}

impl<T: Number> Loops for Hidden<'_, T> {
    /// The next hidden state, and σ(o), tanh(c').
    type Output = (Vec<T>, Vec<T>);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let hidden = self.hidden;
        let mut output = vec![T::default(); self.next.len()];
        let mut activated = vec![T::default(); 2 * self.next.len()];
        let rows = output
            .chunks_exact_mut(hidden)
            .zip(activated.chunks_exact_mut(2 * hidden));
        let given = self
            .gates
            .chunks_exact(4 * hidden)
            .zip(self.next.chunks_exact(hidden));
        for ((output, activated), (gates, next)) in rows.zip(given) {
            let (opened, bounded) = activated.split_at_mut(hidden);
            let o = &gates[3 * hidden..][..hidden];
            for k in 0..hidden {
                let (open, tanh) = (o[k].sigmoid(), next[k].tanh());
                output[k] = open * tanh;
                opened[k] = open;
                bounded[k] = tanh;
            }
        }
        (output, activated)
    }
}

struct HiddenBack<'a, T> {
    activated: &'a [T],
    /// Becomes that of the cell.
    of_output: &'a mut [T],
    of_gates: Option<&'a mut [T]>,
    hidden: usize,
}

impl<T: Number> Loops for HiddenBack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (hidden, one) = (self.hidden, T::of(1.0));
        if let Some(of_gates) = self.of_gates {
            let rows = of_gates.chunks_exact_mut(4 * hidden);
            let given = self
                .activated
                .chunks_exact(2 * hidden)
                .zip(self.of_output.chunks_exact(hidden));
            for (of_gates, (activated, of_output)) in rows.zip(given) {
                let of_o = &mut of_gates[3 * hidden..][..hidden];
                let (open, tanh) = activated.split_at(hidden);
                for k in 0..hidden {
                    of_o[k] += of_output[k] * tanh[k] * open[k] * (one - open[k]);
                }
            }
        }
        let rows = self.of_output.chunks_exact_mut(hidden);
        for (of_output, activated) in rows.zip(self.activated.chunks_exact(2 * hidden)) {
            let (open, tanh) = activated.split_at(hidden);
            for k in 0..hidden {
                of_output[k] = of_output[k] * open[k] * (one - tanh[k] * tanh[k]);
            }
        }
    }
}

struct Gru<'a, T> {
    of_input: &'a [T],
    of_hidden: &'a [T],
    before: &'a [T],
    hidden: usize,
}

impl<T: Number> Loops for Gru<'_, T> {
    /// The next hidden state, and r, z, n.
    type Output = (Vec<T>, Vec<T>);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let hidden = self.hidden;
        let mut output = vec![T::default(); self.before.len()];
        let mut activated = vec![T::default(); 3 * self.before.len()];
        let rows = output
            .chunks_exact_mut(hidden)
            .zip(activated.chunks_exact_mut(3 * hidden));
        let gates = self
            .of_input
            .chunks_exact(3 * hidden)
            .zip(self.of_hidden.chunks_exact(3 * hidden));
        let given = gates.zip(self.before.chunks_exact(hidden));
        for ((output, activated), ((x, h), before)) in rows.zip(given) {
            let (reset, rest) = activated.split_at_mut(hidden);
            let (update, candidate) = rest.split_at_mut(hidden);
            let [x_r, x_z, x_n] = [0, 1, 2].map(|k| &x[k * hidden..][..hidden]);
            let [h_r, h_z, h_n] = [0, 1, 2].map(|k| &h[k * hidden..][..hidden]);
            for k in 0..hidden {
                let r = (x_r[k] + h_r[k]).sigmoid();
                let z = (x_z[k] + h_z[k]).sigmoid();
                let n = (x_n[k] + r * h_n[k]).tanh();
                output[k] = n + z * (before[k] - n);
                reset[k] = r;
                update[k] = z;
                candidate[k] = n;
            }
        }
        (output, activated)
    }
}

struct GruBack<'a, T> {
    activated: &'a [T],
    of_hidden: &'a [T],
    before: &'a [T],
    of_output: &'a [T],
    hidden: usize,
}

impl<T: Number> Loops for GruBack<'_, T> {
    /// By what the input made of the gates, and by what the hidden state did.
    type Output = (Vec<T>, Vec<T>);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let (hidden, one) = (self.hidden, T::of(1.0));
        let mut by_input = vec![T::default(); self.activated.len()];
        let mut by_hidden = vec![T::default(); self.activated.len()];
        let rows = by_input
            .chunks_exact_mut(3 * hidden)
            .zip(by_hidden.chunks_exact_mut(3 * hidden));
        let gates = self
            .activated
            .chunks_exact(3 * hidden)
            .zip(self.of_hidden.chunks_exact(3 * hidden));
        let states = self
            .before
            .chunks_exact(hidden)
            .zip(self.of_output.chunks_exact(hidden));
        for ((by_x, by_h), ((own, h), (before, g))) in rows.zip(gates.zip(states)) {
            let (x_r, rest) = by_x.split_at_mut(hidden);
            let (x_z, x_n) = rest.split_at_mut(hidden);
            let (h_r, rest) = by_h.split_at_mut(hidden);
            let (h_z, h_n) = rest.split_at_mut(hidden);
            let [r, z, n] = [0, 1, 2].map(|k| &own[k * hidden..][..hidden]);
            let hidden_n = &h[2 * hidden..][..hidden];
            for k in 0..hidden {
                let of_n = g[k] * (one - z[k]) * (one - n[k] * n[k]);
                let of_z = g[k] * (before[k] - n[k]) * z[k] * (one - z[k]);
                let of_r = of_n * hidden_n[k] * r[k] * (one - r[k]);
                (x_r[k], x_z[k], x_n[k]) = (of_r, of_z, of_n);
                (h_r[k], h_z[k], h_n[k]) = (of_r, of_z, of_n * r[k]);
            }
        }
        (by_input, by_hidden)
    }
}
