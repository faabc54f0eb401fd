use pathema_kernel::{Activation, Drive, Gradient, Gradients, Layer, Method, Mlp, Saves};

pub(crate) const METHODS: [Method<'static>; 5] = [
    Method {
        a: &[],
        b: &[1.0],
        c: &[0.0],
        dense: &[],
    },
    Method {
        a: &[&[0.5]],
        b: &[0.0, 1.0],
        c: &[0.0, 0.5],
        dense: &[],
    },
    Method {
        a: &[&[1.0]],
        b: &[0.5, 0.5],
        c: &[0.0, 1.0],
        dense: &[],
    },
    Method {
        a: &[&[0.5], &[0.0, 0.5], &[0.0, 0.0, 1.0]],
        b: &[1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0],
        c: &[0.0, 0.5, 0.5, 1.0],
        dense: &[],
    },
    // Bogacki and Shampine's, whose last stage only the cubic inside a step needs.
    Method {
        a: &[&[0.5], &[0.0, 0.75], &[2.0 / 9.0, 1.0 / 3.0, 4.0 / 9.0]],
        b: &[2.0 / 9.0, 1.0 / 3.0, 4.0 / 9.0, 0.0],
        c: &[0.0, 0.5, 0.75, 1.0],
        dense: &[
            &[1.0, -4.0 / 3.0, 5.0 / 9.0],
            &[0.0, 1.0, -2.0 / 3.0],
            &[0.0, 4.0 / 3.0, -8.0 / 9.0],
            &[0.0, -1.0, 1.0],
        ],
    },
];

/// A field, controls and initial states, all from a seed.
pub(crate) struct Case {
    batch: usize,
    hidden: usize,
    channels: usize,
    steps: usize,
    layers: Vec<(Vec<f64>, Vec<f64>)>,
    pub(crate) z0: Vec<f64>,
    seed: u64,
}

impl Case {
    pub(crate) fn new(
        batch: usize,
        hidden: usize,
        channels: usize,
        widths: &[usize],
        steps: usize,
        seed: u64,
    ) -> Case {
        let mut inputs = hidden;
        let mut layers = Vec::new();
        for (k, &outputs) in widths.iter().chain(&[hidden * channels]).enumerate() {
            let size = 1.5 / (inputs as f64).sqrt();
            let numbers = |count, salt| numbers(seed ^ (1000 * k as u64 + salt), count, size);
            layers.push((numbers(outputs * inputs, 1), numbers(outputs, 2)));
            inputs = outputs;
        }
        Case {
            batch,
            hidden,
            channels,
            steps,
            layers,
            z0: numbers(seed ^ 77, batch * hidden, 1.0),
            seed,
        }
    }

    pub(crate) fn field(&self, activation: Activation, final_tanh: bool) -> Mlp<'_, f64> {
        Mlp {
            hidden: self.hidden,
            channels: self.channels,
            layers: layers(&self.layers),
            activation,
            final_tanh,
        }
    }

    /// The start, the end, and a point in between that is the sample's own, in a step if the method has states there.
    pub(crate) fn saves(&self, method: &Method<'_>, gradient: Gradient) -> Saves {
        let points = (0..self.batch).flat_map(|sample| self.points(sample));
        let thetas =
            (0..self.batch).flat_map(|sample| [0.0, self.theta(sample, method, gradient), 0.0]);
        Saves::inside(points.collect(), thetas.collect(), 3)
    }

    fn points(&self, sample: usize) -> [usize; 3] {
        let steps = self.steps_of(sample);
        [0, sample % (steps + 1), steps]
    }

    fn theta(&self, sample: usize, method: &Method<'_>, gradient: Gradient) -> f64 {
        let before_the_end = self.points(sample)[1] < self.steps_of(sample);
        if matches!(gradient, Gradient::Reversible { .. })
            || method.dense.is_empty()
            || !before_the_end
        {
            0.0
        } else {
            (sample % 4) as f64 / 4.0
        }
    }

    pub(crate) fn weights_of_saved(&self) -> Vec<f64> {
        numbers(self.seed ^ 99, self.batch * 3 * self.hidden, 1.0)
    }

    /// The saved states, a loop for each number.
    pub(crate) fn solve(
        &self,
        field: &Mlp<'_, f64>,
        method: &Method<'_>,
        gradient: Gradient,
    ) -> Vec<f64> {
        self.solve_from(field, method, gradient, &self.z0)
    }

    fn solve_from(
        &self,
        field: &Mlp<'_, f64>,
        method: &Method<'_>,
        gradient: Gradient,
        z0: &[f64],
    ) -> Vec<f64> {
        let mut saved = Vec::new();
        for sample in 0..self.batch {
            let mut z = z0[sample * self.hidden..(sample + 1) * self.hidden].to_vec();
            let mut y = z.clone();
            let mut states = vec![z.clone()];
            let mut inside = Vec::new();
            let (point, theta) = (self.points(sample)[1], self.theta(sample, method, gradient));
            for step in 0..self.steps {
                let slopes = self.slopes(field, method, (sample, step), &z, false);
                if let Gradient::Reversible { coupling } = gradient {
                    for (y, z) in y.iter_mut().zip(&z) {
                        *y = coupling * *y + (1.0 - coupling) * z;
                    }
                    y = plus(&y, method.b, &slopes);
                    let back = self.slopes(field, method, (sample, step), &y, true);
                    let minus: Vec<f64> = method.b.iter().map(|b| -b).collect();
                    z = plus(&z, &minus, &back);
                    states.push(y.clone());
                } else {
                    if step == point && theta > 0.0 {
                        let weight = |row: &&[f64]| {
                            let powers = row.iter().zip(1..);
                            powers.map(|(w, p)| w * theta.powi(p)).sum()
                        };
                        let weights: Vec<f64> = method.dense.iter().map(weight).collect();
                        inside = plus(&z, &weights, &slopes);
                    }
                    z = plus(&z, method.b, &slopes);
                    states.push(z.clone());
                }
            }
            let [first, _, last] = self.points(sample);
            saved.extend(&states[first]);
            saved.extend(if theta > 0.0 { &inside } else { &states[point] });
            saved.extend(&states[last]);
        }
        saved
    }

    /// At all stages of a step from `z`, or of the step the other way.
    fn slopes(
        &self,
        field: &Mlp<'_, f64>,
        method: &Method<'_>,
        (sample, step): (usize, usize),
        z: &[f64],
        backward: bool,
    ) -> Vec<Vec<f64>> {
        let mut slopes: Vec<Vec<f64>> = Vec::new();
        for (stage, &node) in method.c.iter().enumerate() {
            let row: &[f64] = if stage == 0 { &[] } else { method.a[stage - 1] };
            let input = plus(z, row, &slopes);
            let mut control = vec![0.0; self.channels];
            let (node, sign) = if backward {
                (1.0 - node, -1.0)
            } else {
                (node, 1.0)
            };
            self.fill(sample, step, &[node], &mut control);
            control.iter_mut().for_each(|x| *x *= sign);
            slopes.push(slope(field, &input, &control));
        }
        slopes
    }

    /// Along a direction of the initial states and of each layer: what gradients predict and what differences measure.
    pub(crate) fn differences(
        &self,
        field: &Mlp<'_, f64>,
        method: &Method<'_>,
        gradient: Gradient,
        gradients: &Gradients<f64>,
    ) -> Vec<(f64, f64)> {
        let weights = self.weights_of_saved();
        let loss = |layers: &[(Vec<f64>, Vec<f64>)], z0: &[f64]| {
            let field = Mlp {
                layers: self::layers(layers),
                ..field.clone()
            };
            dot(&self.solve_from(&field, method, gradient, z0), &weights)
        };
        // So short that hardly any ReLU changes sides.
        let step = match field.activation {
            Activation::Relu => 1e-8,
            _ => 1e-5,
        };
        let moved = |x: &[f64], direction: &[f64], by: f64| -> Vec<f64> {
            x.iter().zip(direction).map(|(x, d)| x + by * d).collect()
        };
        let direction = numbers(self.seed ^ 5, self.z0.len(), 1.0);
        let at = |by: f64| loss(&self.layers, &moved(&self.z0, &direction, by));
        let mut pairs = vec![(
            dot(&gradients.z0, &direction),
            (at(step) - at(-step)) / (2.0 * step),
        )];
        for (k, (of_weight, of_bias)) in gradients.layers.iter().enumerate() {
            let (weight, bias) = &self.layers[k];
            let directions = (
                numbers(self.seed ^ 6, weight.len(), 1.0),
                numbers(self.seed ^ 7, bias.len(), 1.0),
            );
            let at = |by: f64| {
                let mut layers = self.layers.clone();
                layers[k] = (
                    moved(weight, &directions.0, by),
                    moved(bias, &directions.1, by),
                );
                loss(&layers, &self.z0)
            };
            pairs.push((
                dot(of_weight, &directions.0) + dot(of_bias, &directions.1),
                (at(step) - at(-step)) / (2.0 * step),
            ));
        }
        pairs
    }
}

impl Drive<f64> for Case {
    fn steps(&self) -> usize {
        self.steps
    }

    /// From a half to all of them.
    fn steps_of(&self, sample: usize) -> usize {
        self.steps - (7 * sample + self.seed as usize % 5) % (self.steps / 2 + 1)
    }

    fn fill(&self, sample: usize, step: usize, nodes: &[f64], controls: &mut [f64]) {
        if step >= self.steps_of(sample) {
            return controls.fill(0.0);
        }
        let seed = self.seed ^ ((sample as u64) << 32) ^ step as u64;
        let (levels, slopes) = (
            numbers(seed, self.channels, 0.3),
            numbers(!seed, self.channels, 0.3),
        );
        let rows = controls.chunks_exact_mut(self.channels);
        for (&node, controls) in nodes.iter().zip(rows) {
            for ((control, level), slope) in controls.iter_mut().zip(&levels).zip(&slopes) {
                *control = level + node * slope;
            }
        }
    }
}

fn layers(of: &[(Vec<f64>, Vec<f64>)]) -> Vec<Layer<'_, f64>> {
    of.iter()
        .map(|(weight, bias)| Layer { weight, bias })
        .collect()
}

fn slope(field: &Mlp<'_, f64>, z: &[f64], control: &[f64]) -> Vec<f64> {
    let mut x = z.to_vec();
    for (k, layer) in field.layers.iter().enumerate() {
        let rows = layer.weight.chunks_exact(x.len()).zip(layer.bias);
        let outputs = rows.map(|(row, bias)| bias + dot(row, &x));
        let last = k + 1 == field.layers.len();
        x = outputs
            .map(|x| match field.activation {
                _ if last => {
                    if field.final_tanh {
                        x.tanh()
                    } else {
                        x
                    }
                }
                Activation::Relu => x.max(0.0),
                Activation::Silu => x / (1.0 + (-x).exp()),
                Activation::Tanh => x.tanh(),
                Activation::Softplus => x.exp().ln_1p(),
            })
            .collect();
    }
    let rows = x.chunks_exact(control.len());
    rows.map(|row| dot(row, control)).collect()
}

fn plus(z: &[f64], weights: &[f64], slopes: &[Vec<f64>]) -> Vec<f64> {
    let mut z = z.to_vec();
    for (weight, slope) in weights.iter().zip(slopes) {
        for (z, slope) in z.iter_mut().zip(slope) {
            *z += weight * slope;
        }
    }
    z
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Evenly from −size to size, by splitmix64 (Steele, Lea & Flood 2014).
pub(crate) fn numbers(seed: u64, count: usize, size: f64) -> Vec<f64> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut x = state;
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            size * (2.0 * ((x ^ (x >> 31)) as f64 / u64::MAX as f64) - 1.0)
        })
        .collect()
}
