use pathema_kernel::Loops;

use super::{add_together, apart, each};
use crate::number::Number;
use crate::tape::{Tape, Var};

impl<T: Number> Tape<'_, T> {
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
