//! One evaluation of the field for a group of samples, and the way back through it.
//!
//! Numbers of a group stand side by side: row after row of [`GROUP`] samples.

use crate::field::{Activation, Network};
use crate::product::accumulate;
use crate::simd::{Real, Vector, map};

/// Samples that are worked on together. It is the same for all instruction sets and any number of threads.
pub(crate) const GROUP: usize = 16;

impl<T: Real> Network<T> {
    /// Rows of a step's control at a node.
    pub(crate) fn control_rows(&self) -> usize {
        self.channels * (1 + self.by_channel.len())
    }

    fn keeps_matrix(&self) -> bool {
        self.final_tanh || self.has_areas()
    }

    pub(crate) fn has_areas(&self) -> bool {
        !self.by_channel.is_empty()
    }

    /// Rows of a record: the inputs of all layers, derivatives where the inputs do not tell them, and the matrix if it is
    /// bounded or differentiated.
    pub(crate) fn record_rows(&self) -> usize {
        let matrix = self.hidden * self.channels;
        self.matrix_row() + if self.keeps_matrix() { matrix } else { 0 }
    }

    /// Where the matrix begins in a record.
    pub(crate) fn matrix_row(&self) -> usize {
        let last = self.layers.len() - 1;
        let derivatives = last
            .checked_sub(1)
            .map(|before| self.derivative_rows(before));
        self.input_row(last) + self.layers[last].inputs + derivatives.unwrap_or(0)
    }

    /// Where the inputs of a layer begin in a record; the derivatives of the activation that made them follow.
    pub(crate) fn input_row(&self, layer: usize) -> usize {
        let before = &self.layers[..layer];
        let inputs: usize = before.iter().map(|layer| layer.inputs).sum();
        let derivatives: usize = (1..layer)
            .map(|layer| self.derivative_rows(layer - 1))
            .sum();
        inputs + derivatives
    }

    /// Rows of derivatives after a layer's activation.
    fn derivative_rows(&self, layer: usize) -> usize {
        match self.activation {
            Activation::Relu | Activation::Tanh => 0,
            Activation::Silu | Activation::Softplus if self.has_areas() => {
                2 * self.layers[layer].outputs
            }
            Activation::Silu | Activation::Softplus => self.layers[layer].outputs,
        }
    }

    /// Outputs of all layers, the last not counted twice: rows that hold their gradients.
    pub(crate) fn gradient_row(&self, layer: usize, height: usize) -> usize {
        let before = &self.layers[..layer];
        before
            .iter()
            .map(|layer| layer.outputs.next_multiple_of(height))
            .sum()
    }
}

/// The activation of a vector, and its derivative where the value does not tell it.
#[inline(always)]
unsafe fn activate<V: Vector>(activation: Activation, x: V) -> (V, V) {
    let zero = V::Item::default();
    // SAFETY: as asked of the caller.
    unsafe {
        match activation {
            // A NaN stays: it is the second operand.
            Activation::Relu => (V::splat(zero).max(x), x),
            Activation::Tanh => (x.tanh(), x),
            Activation::Silu => {
                let sigmoid = sigmoid(x);
                let value = x.mul(sigmoid);
                // σ + x σ (1 − σ)
                let derivative = value.sub(value.mul(sigmoid)).add(sigmoid);
                (value, derivative)
            }
            Activation::Softplus => {
                let value = map(x, |x| {
                    let x = x.to_f64();
                    V::Item::of(x.max(0.0) + (-x.abs()).exp().ln_1p())
                });
                (value, sigmoid(x))
            }
        }
    }
}

/// σ(x) = (1 + tanh x/2) / 2.
#[inline(always)]
unsafe fn sigmoid<V: Vector>(x: V) -> V {
    // SAFETY: as asked of the caller.
    unsafe {
        let half = V::splat(V::Item::of(0.5));
        x.mul(half).tanh().mul_add(half, half)
    }
}

/// The second derivative of an activation whose value does not tell it.
#[inline(always)]
unsafe fn second<V: Vector>(activation: Activation, x: V) -> V {
    // SAFETY: as asked of the caller.
    unsafe {
        let constant = |x: f64| V::splat(V::Item::of(x));
        let sigmoid = sigmoid(x);
        let slope = sigmoid.sub(sigmoid.mul(sigmoid));
        match activation {
            // σ (1 − σ) (2 + x (1 − 2 σ))
            Activation::Silu => {
                let bend = constant(1.0).sub(sigmoid.add(sigmoid));
                slope.mul(x.mul_add(bend, constant(2.0)))
            }
            _ => slope,
        }
    }
}

/// f(z) applied to a control: the slope of every sample of a group.
///
/// # Safety
/// The machine has the vector's instructions, WIDE vectors are a group, and the pointers are good: `record` for a record
/// whose first rows are z, `control` for the channels, `slope` for the state.
#[inline(always)]
pub(crate) unsafe fn slope<V: Vector, const ROWS: usize, const WIDE: usize>(
    network: &Network<V::Item>,
    record: *mut V::Item,
    control: *const V::Item,
    slope: *mut V::Item,
) {
    let last = network.layers.len() - 1;
    // SAFETY: as asked of the caller; rows lie within what is told there.
    unsafe {
        for k in 0..network.hidden * GROUP {
            *slope.add(k) = V::Item::default();
        }
        let matrix = record.add(network.matrix_row() * GROUP);
        for (k, layer) in network.layers.iter().enumerate() {
            let input = record.add(network.input_row(k) * GROUP);
            for row in (0..layer.outputs).step_by(ROWS) {
                let rows = ROWS.min(layer.outputs - row);
                let sums = affine::<V, ROWS, WIDE>(network, k, row, input);
                if k < last {
                    let value = record.add((network.input_row(k + 1) + row) * GROUP);
                    let derivatives = network.derivative_rows(k) > 0;
                    let derivative = value.add(layer.outputs * GROUP);
                    for (r, sums) in sums.iter().enumerate().take(rows) {
                        for (w, &sum) in sums.iter().enumerate() {
                            let at = r * GROUP + w * V::LANES;
                            let (y, dy) = activate(network.activation, sum);
                            y.store(value.add(at));
                            if derivatives {
                                dy.store(derivative.add(at));
                            }
                            if derivatives && network.has_areas() {
                                let second = second(network.activation, sum);
                                second.store(derivative.add(layer.outputs * GROUP + at));
                            }
                        }
                    }
                } else {
                    for (r, sums) in sums.iter().enumerate().take(rows) {
                        let (h, c) = ((row + r) / network.channels, (row + r) % network.channels);
                        for (w, &sum) in sums.iter().enumerate() {
                            let at = w * V::LANES;
                            let mut value = sum;
                            if network.final_tanh {
                                value = sum.tanh();
                            }
                            if network.keeps_matrix() {
                                value.store(matrix.add((row + r) * GROUP + at));
                            }
                            let to = slope.add(h * GROUP + at);
                            let control = V::load(control.add(c * GROUP + at));
                            value.mul_add(control, V::load(to)).store(to);
                        }
                    }
                }
            }
        }
    }
}

/// W x + b for some rows of a layer.
#[inline(always)]
unsafe fn affine<V: Vector, const ROWS: usize, const WIDE: usize>(
    network: &Network<V::Item>,
    layer: usize,
    row: usize,
    input: *const V::Item,
) -> [[V; WIDE]; ROWS] {
    let layer = &network.layers[layer];
    // SAFETY: as asked of the caller.
    unsafe {
        let mut sums = [[V::splat(V::Item::default()); WIDE]; ROWS];
        for (sums, &bias) in sums.iter_mut().zip(&layer.bias[row..row + ROWS]) {
            *sums = [V::splat(bias); WIDE];
        }
        let (weight, left) = (&layer.weight, layer.weight.panel_at(row));
        accumulate(&mut sums, weight.terms(), left, input, GROUP);
        sums
    }
}

/// Where the gradients of layers' outputs go: rows `ahead` apart, each group of samples in columns of its own.
#[derive(Clone, Copy)]
pub(crate) struct Columns<T> {
    pub(crate) first: *mut T,
    pub(crate) ahead: usize,
    /// Rows of a layer begin at multiples of it.
    pub(crate) height: usize,
}

impl<T: Real> Columns<T> {
    /// Where the gradients of a layer's outputs begin.
    pub(crate) fn rows_of(&self, network: &Network<T>, layer: usize) -> *mut T {
        let row = network.gradient_row(layer, self.height);
        self.first.wrapping_add(row * self.ahead)
    }
}

/// From the gradient of a slope to that of the state, which is put in `to`, and of the outputs of all layers.
///
/// # Safety
/// As of [`slope`]; `gradients` is good for all layers' rows.
#[inline(always)]
pub(crate) unsafe fn pull_back<V: Vector, const ROWS: usize, const WIDE: usize>(
    network: &Network<V::Item>,
    record: *const V::Item,
    control: *const V::Item,
    gradient: *const V::Item,
    gradients: Columns<V::Item>,
    to: *mut V::Item,
) {
    let last = network.layers.len() - 1;
    let rows_of = |layer: usize| gradients.rows_of(network, layer);
    // SAFETY: as asked of the caller; rows lie within what is told there.
    unsafe {
        for h in 0..network.hidden {
            for c in 0..network.channels {
                let row = h * network.channels + c;
                for at in (0..GROUP).step_by(V::LANES) {
                    let slope = V::load(gradient.add(h * GROUP + at));
                    let own = slope.mul(V::load(control.add(c * GROUP + at)));
                    let value = own.mul(bound::<V>(network, record, h, c, at));
                    value.store(rows_of(last).add(row * gradients.ahead + at));
                }
            }
        }
        descend::<V, ROWS, WIDE>(network, record, gradients, None, to);
    }
}

/// The derivative of what bounds a number of the matrix.
#[inline(always)]
pub(crate) unsafe fn bound<V: Vector>(
    network: &Network<V::Item>,
    record: *const V::Item,
    h: usize,
    c: usize,
    at: usize,
) -> V {
    // SAFETY: as asked of the caller.
    unsafe {
        let one = V::splat(V::Item::of(1.0));
        if !network.final_tanh {
            return one;
        }
        let row = network.matrix_row() + h * network.channels + c;
        let m = V::load(record.add(row * GROUP + at));
        one.sub(m.mul(m))
    }
}

/// From the gradient of the last layer's outputs to those of all others and of the state; `of_derivatives` those of the
/// activations' derivatives, one layer's rows after the other's, where something hangs on them.
///
/// # Safety
/// As of [`pull_back`].
#[inline(always)]
pub(crate) unsafe fn descend<V: Vector, const ROWS: usize, const WIDE: usize>(
    network: &Network<V::Item>,
    record: *const V::Item,
    gradients: Columns<V::Item>,
    of_derivatives: Option<*const V::Item>,
    to: *mut V::Item,
) {
    let rows_of = |layer: usize| gradients.rows_of(network, layer);
    // SAFETY: as asked of the caller; rows lie within what is told there.
    unsafe {
        let one = V::splat(V::Item::of(1.0));
        for k in (0..network.layers.len()).rev() {
            let layer = &network.layers[k];
            let inputs = record.add(network.input_row(k) * GROUP);
            let before: usize = network.layers[..k.max(1) - 1]
                .iter()
                .map(|layer| layer.outputs)
                .sum();
            for row in (0..layer.inputs).step_by(ROWS) {
                let mut sums = [[V::splat(V::Item::default()); WIDE]; ROWS];
                let left = layer.transposed.panel_at(row);
                accumulate(
                    &mut sums,
                    layer.outputs,
                    left,
                    rows_of(k).cast_const(),
                    gradients.ahead,
                );
                for (r, sums) in sums.iter().enumerate().take(ROWS.min(layer.inputs - row)) {
                    for (w, &sum) in sums.iter().enumerate() {
                        let at = (row + r) * GROUP + w * V::LANES;
                        if k == 0 {
                            sum.store(to.add(at));
                            continue;
                        }
                        let value = V::load(inputs.add(at));
                        let mut sum = match network.activation {
                            Activation::Relu => sum.where_positive(value),
                            Activation::Tanh => sum.mul(one.sub(value.mul(value))),
                            _ => sum.mul(V::load(inputs.add(layer.inputs * GROUP + at))),
                        };
                        if let Some(of_derivatives) = of_derivatives {
                            let of = V::load(of_derivatives.add(before * GROUP + at));
                            let second = match network.activation {
                                Activation::Relu => V::splat(V::Item::default()),
                                Activation::Tanh => {
                                    let twice = value.add(value);
                                    twice.mul(value.mul(value)).sub(twice)
                                }
                                _ => V::load(inputs.add(2 * layer.inputs * GROUP + at)),
                            };
                            sum = of.mul_add(second, sum);
                        }
                        let to = (row + r) * gradients.ahead + w * V::LANES;
                        sum.store(rows_of(k - 1).add(to));
                    }
                }
            }
        }
    }
}
