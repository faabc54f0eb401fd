use pathema_kernel::{Attended, Attention, AttentionGradients, Engine, KernelError, Real};

use crate::plain::numbers;

/// Queries, keys, values and the gradient of the output, all from a seed.
pub(super) struct Case<T> {
    pub(super) sizes: Attention,
    pub(super) query: Vec<T>,
    pub(super) key: Vec<T>,
    pub(super) value: Vec<T>,
    pub(super) of_output: Vec<T>,
}

impl<T: Real> Case<T> {
    /// Queries and keys so large.
    pub(super) fn new(sizes: Attention, size: f64, seed: u64) -> Case<T> {
        let numbers = |instants: usize, salt: u64, size: f64| -> Vec<T> {
            let count = sizes.batch * instants * sizes.heads * sizes.width;
            let numbers = numbers(seed ^ salt, count, size).into_iter();
            numbers.map(T::of).collect()
        };
        Case {
            sizes,
            query: numbers(sizes.queries, 1, size),
            key: numbers(sizes.keys, 2, size),
            value: numbers(sizes.keys, 3, 1.0),
            of_output: numbers(sizes.queries, 4, 1.0),
        }
    }

    pub(super) fn run(&self, engine: Engine) -> (Attended<T>, AttentionGradients<T>) {
        let attended = engine
            .attend(self.sizes, &self.query, &self.key, &self.value)
            .unwrap();
        let gradients = self.back(engine, &attended).unwrap();
        (attended, gradients)
    }

    pub(super) fn back(
        &self,
        engine: Engine,
        attended: &Attended<T>,
    ) -> Result<AttentionGradients<T>, KernelError> {
        engine.attend_back(
            attended,
            &self.query,
            &self.key,
            &self.value,
            &self.of_output,
        )
    }

    /// The output and the gradients of queries, keys and values, a loop for each number.
    pub(super) fn plain(&self) -> [Vec<f64>; 4] {
        let Attention {
            batch,
            heads,
            queries,
            keys,
            width,
        } = self.sizes;
        let row = heads * width;
        let zeros = |instants: usize| vec![0.0; batch * instants * row];
        let (mut output, mut of_query) = (zeros(queries), zeros(queries));
        let (mut of_key, mut of_value) = (zeros(keys), zeros(keys));
        let scale = 1.0 / (width as f64).sqrt();
        let [query, key, value, of_output] =
            [&self.query, &self.key, &self.value, &self.of_output].map(|x| wide(x));
        for (sample, head, q) in (0..batch).flat_map(|sample| {
            (0..heads).flat_map(move |head| (0..queries).map(move |q| (sample, head, q)))
        }) {
            let own = (sample * queries + q) * row + head * width;
            let own = own..own + width;
            let of = |k: usize| {
                let first = (sample * keys + k) * row + head * width;
                first..first + width
            };
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let scores: Vec<f64> = (0..keys)
                .map(|k| scale * dot(&query[own.clone()], &key[of(k)]))
                .collect();
            let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let powers: Vec<f64> = scores.iter().map(|s| (s - largest).exp()).collect();
            let sum: f64 = powers.iter().sum();
            let weights: Vec<f64> = powers.iter().map(|e| e / sum).collect();
            for (k, weight) in weights.iter().enumerate() {
                for (to, x) in output[own.clone()].iter_mut().zip(&value[of(k)]) {
                    *to += weight * x;
                }
            }
            let delta = dot(&output[own.clone()], &of_output[own.clone()]);
            for (k, weight) in weights.iter().enumerate() {
                let of_weight = dot(&of_output[own.clone()], &value[of(k)]);
                let of_score = scale * weight * (of_weight - delta);
                for (own, other) in own.clone().zip(of(k)) {
                    of_query[own] += of_score * key[other];
                    of_key[other] += of_score * query[own];
                    of_value[other] += weight * of_output[own];
                }
            }
        }
        [output, of_query, of_key, of_value]
    }
}

pub(super) fn wide<T: Real>(numbers: &[T]) -> Vec<f64> {
    numbers.iter().map(|x| x.to_f64()).collect()
}
