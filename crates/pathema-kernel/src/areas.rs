//! What areas add to a slope: Σ_ij L_ij D f_j [f_i], f_i the field along channel i, and the way back through it (Morrill et
//! al. 2021, *Neural rough differential equations*, section 2).

use crate::evaluate::{Columns, GROUP, descend};
use crate::field::{Activation, Network, Packed};
use crate::parameters::Gathered;
use crate::product::{Left, accumulate};
use crate::simd::{Real, Vector};

/// Where the parts stand in the room that the work needs, in rows.
#[derive(Clone, Copy)]
struct Rows {
    /// Of a channel: its tangents laid out as a record's inputs, then what layers make of them before the activation,
    /// then the last layer's outputs.
    channel: usize,
    before: usize,
    last: usize,
    /// Gradients of the activations' derivatives, and of the matrix.
    of_derivatives: usize,
    of_matrix: usize,
    /// Two gradients of tangents.
    of_tangent: [usize; 2],
    all: usize,
}

impl<T: Real> Network<T> {
    /// Rows of the room that the areas' work needs.
    pub(crate) fn area_rows(&self) -> usize {
        if self.has_areas() { self.rows().all } else { 0 }
    }

    fn rows(&self) -> Rows {
        let inner = &self.layers[..self.layers.len() - 1];
        let activated: usize = inner.iter().map(|layer| layer.outputs).sum();
        let widest = self
            .layers
            .iter()
            .map(|layer| layer.inputs)
            .max()
            .unwrap_or(0);
        let channel = self.record_rows() + activated + self.hidden;
        let of_derivatives = self.channels * channel;
        let of_matrix = of_derivatives + activated;
        let of_tangent = of_matrix + self.hidden * self.channels;
        Rows {
            channel,
            before: self.record_rows(),
            last: self.record_rows() + activated,
            of_derivatives,
            of_matrix,
            of_tangent: [of_tangent, of_tangent + widest],
            all: of_tangent + 2 * widest,
        }
    }
}

/// Adds what areas make of a slope.
///
/// # Safety
/// As of [`slope`](crate::evaluate::slope), after it, on its record; `words` is good for the areas and `room` for the rows
/// of [`area_rows`](Network::area_rows).
#[inline(always)]
pub(crate) unsafe fn add_areas<V: Vector, const ROWS: usize, const WIDE: usize>(
    network: &Network<V::Item>,
    record: *const V::Item,
    words: *const V::Item,
    slope: *mut V::Item,
    room: *mut V::Item,
) {
    let rows = network.rows();
    // SAFETY: as asked of the caller; rows lie within what is told there.
    unsafe {
        tangents::<V, ROWS, WIDE>(network, record, words, room);
        for j in 0..network.channels {
            let last = room.add((j * rows.channel + rows.last) * GROUP);
            for h in 0..network.hidden {
                for at in (h * GROUP..(h + 1) * GROUP).step_by(V::LANES) {
                    let bounded = bound::<V>(network, record, h, j, at % GROUP);
                    let sum = V::load(last.add(at)).mul_add(bounded, V::load(slope.add(at)));
                    sum.store(slope.add(at));
                }
            }
        }
    }
}

/// From the gradient of a slope, areas and all, to that of the state, which is put in `to`; those of layers' outputs are
/// gathered.
///
/// # Safety
/// As of [`pull_back`](crate::evaluate::pull_back) and [`add_areas`]; `control` holds increments and areas.
#[inline(always)]
pub(crate) unsafe fn pull_back_areas<
    V: Vector,
    const ROWS: usize,
    const WIDE: usize,
    const HIGH: usize,
>(
    network: &Network<V::Item>,
    record: &[V::Item],
    control: *const V::Item,
    gradient: *const V::Item,
    gathered: &mut Gathered<V::Item>,
    to: *mut V::Item,
    room: &mut [V::Item],
) {
    let (rows, channels) = (network.rows(), network.channels);
    let last = network.layers.len() - 1;
    // SAFETY: as asked of the caller; rows lie within what is told there.
    unsafe {
        let words = control.add(channels * GROUP);
        tangents::<V, ROWS, WIDE>(network, record.as_ptr(), words, room.as_mut_ptr());
        room[rows.of_derivatives * GROUP..rows.of_matrix * GROUP].fill(V::Item::default());
        let of_matrix = room.as_mut_ptr().add(rows.of_matrix * GROUP);
        for h in 0..network.hidden {
            for c in 0..channels {
                for at in (0..GROUP).step_by(V::LANES) {
                    let slope = V::load(gradient.add(h * GROUP + at));
                    let own = slope.mul(V::load(control.add(c * GROUP + at)));
                    own.store(of_matrix.add((h * channels + c) * GROUP + at));
                }
            }
        }
        for j in 0..channels {
            if gathered.is_full() {
                gathered.sum::<V, HIGH>(network);
            }
            let own = &room[j * rows.channel * GROUP..(j + 1) * rows.channel * GROUP];
            let columns = gathered.next::<V>(network, own, false);
            of_tangents::<V, ROWS, WIDE>(
                network,
                record.as_ptr(),
                (j, words),
                gradient,
                columns,
                room.as_mut_ptr(),
            );
        }
        if gathered.is_full() {
            gathered.sum::<V, HIGH>(network);
        }
        let columns = gathered.next::<V>(network, record, true);
        let outputs = columns.rows_of(network, last);
        for row in 0..network.hidden * channels {
            for at in (0..GROUP).step_by(V::LANES) {
                let (h, c) = (row / channels, row % channels);
                let bounded = bound::<V>(network, record.as_ptr(), h, c, at);
                let own = V::load(of_matrix.add(row * GROUP + at)).mul(bounded);
                own.store(outputs.add(row * columns.ahead + at));
            }
        }
        let of_derivatives = room.as_ptr().add(rows.of_derivatives * GROUP);
        descend::<V, ROWS, WIDE>(network, record.as_ptr(), columns, Some(of_derivatives), to);
    }
}

/// Of each channel j, the tangent Σ_i L_ij f_i as it goes through the layers.
#[inline(always)]
unsafe fn tangents<V: Vector, const ROWS: usize, const WIDE: usize>(
    network: &Network<V::Item>,
    record: *const V::Item,
    words: *const V::Item,
    room: *mut V::Item,
) {
    let (rows, channels) = (network.rows(), network.channels);
    let last = network.layers.len() - 1;
    // SAFETY: as asked of the caller.
    unsafe {
        let matrix = record.add(network.matrix_row() * GROUP);
        for j in 0..channels {
            let own = room.add(j * rows.channel * GROUP);
            for h in 0..network.hidden {
                for at in (0..GROUP).step_by(V::LANES) {
                    let mut sum = V::splat(V::Item::default());
                    for i in 0..channels {
                        let word = V::load(words.add((i * channels + j) * GROUP + at));
                        let along = V::load(matrix.add((h * channels + i) * GROUP + at));
                        sum = word.mul_add(along, sum);
                    }
                    sum.store(own.add(h * GROUP + at));
                }
            }
            let mut before = rows.before;
            for k in 0..last {
                let (from, to) = (network.input_row(k), network.input_row(k + 1));
                let outputs = own.add(before * GROUP);
                product::<V, ROWS, WIDE>(
                    &network.layers[k],
                    false,
                    own.add(from * GROUP),
                    GROUP,
                    outputs,
                );
                for row in 0..network.layers[k].outputs {
                    for at in (0..GROUP).step_by(V::LANES) {
                        let derivative = derivative::<V>(network, record, k, row, at);
                        let tangent = V::load(outputs.add(row * GROUP + at)).mul(derivative);
                        tangent.store(own.add((to + row) * GROUP + at));
                    }
                }
                before += network.layers[k].outputs;
            }
            let from = own.add(network.input_row(last) * GROUP);
            product::<V, ROWS, WIDE>(
                &network.by_channel[j],
                false,
                from,
                GROUP,
                own.add(rows.last * GROUP),
            );
        }
    }
}

/// Back through the tangent of channel j: adds to the gradients of the matrix and of the activations' derivatives.
#[inline(always)]
unsafe fn of_tangents<V: Vector, const ROWS: usize, const WIDE: usize>(
    network: &Network<V::Item>,
    record: *const V::Item,
    (j, words): (usize, *const V::Item),
    gradient: *const V::Item,
    columns: Columns<V::Item>,
    room: *mut V::Item,
) {
    let (rows, channels) = (network.rows(), network.channels);
    let last = network.layers.len() - 1;
    // SAFETY: as asked of the caller.
    unsafe {
        let own = room.add(j * rows.channel * GROUP);
        let of_matrix = room.add(rows.of_matrix * GROUP);
        let matrix = record.add(network.matrix_row() * GROUP);
        let [mut one, mut other] = rows.of_tangent.map(|row| room.add(row * GROUP));
        let outputs = columns.rows_of(network, last);
        for row in 0..network.hidden * channels {
            for at in (0..GROUP).step_by(V::LANES) {
                V::splat(V::Item::default()).store(outputs.add(row * columns.ahead + at));
            }
        }
        for h in 0..network.hidden {
            for at in (0..GROUP).step_by(V::LANES) {
                let slope = V::load(gradient.add(h * GROUP + at));
                let bounded = bound::<V>(network, record, h, j, at);
                let of_last = slope.mul(bounded);
                of_last.store(outputs.add((h * channels + j) * columns.ahead + at));
                of_last.store(other.add(h * GROUP + at));
                if network.final_tanh {
                    // d (1 − m²) = −2 m dm
                    let m = V::load(matrix.add((h * channels + j) * GROUP + at));
                    let last = V::load(own.add((rows.last + h) * GROUP + at));
                    let to = of_matrix.add((h * channels + j) * GROUP + at);
                    let part = slope.mul(last).mul(m);
                    V::load(to).sub(part.add(part)).store(to);
                }
            }
        }
        product::<V, ROWS, WIDE>(&network.by_channel[j], true, other, GROUP, one);
        let mut after = rows.last;
        let mut derivatives = rows.of_matrix;
        for k in (0..last).rev() {
            let count = network.layers[k].outputs;
            after -= count;
            derivatives -= count;
            let outputs = columns.rows_of(network, k);
            for row in 0..count {
                for at in (0..GROUP).step_by(V::LANES) {
                    let of_tangent = V::load(one.add(row * GROUP + at));
                    let before = V::load(own.add((after + row) * GROUP + at));
                    let to = room.add((derivatives + row) * GROUP + at);
                    of_tangent.mul_add(before, V::load(to)).store(to);
                    let derivative = derivative::<V>(network, record, k, row, at);
                    of_tangent
                        .mul(derivative)
                        .store(outputs.add(row * columns.ahead + at));
                }
            }
            product::<V, ROWS, WIDE>(&network.layers[k], true, outputs, columns.ahead, other);
            std::mem::swap(&mut one, &mut other);
        }
        for h in 0..network.hidden {
            for i in 0..channels {
                for at in (0..GROUP).step_by(V::LANES) {
                    let word = V::load(words.add((i * channels + j) * GROUP + at));
                    let to = of_matrix.add((h * channels + i) * GROUP + at);
                    word.mul_add(V::load(one.add(h * GROUP + at)), V::load(to))
                        .store(to);
                }
            }
        }
    }
}

/// W x, or Wᵀ x, x's rows so far apart.
#[inline(always)]
unsafe fn product<V: Vector, const ROWS: usize, const WIDE: usize>(
    layer: &Packed<V::Item>,
    transposed: bool,
    from: *const V::Item,
    ahead: usize,
    to: *mut V::Item,
) {
    let (panels, rows) = if transposed {
        (&layer.transposed, layer.inputs)
    } else {
        (&layer.weight, layer.outputs)
    };
    // SAFETY: as asked of the caller.
    unsafe {
        for row in (0..rows).step_by(ROWS) {
            let mut sums = [[V::splat(V::Item::default()); WIDE]; ROWS];
            let left = Left {
                first: panels.panel_at(row),
                row: 1,
                term: panels.height(),
            };
            accumulate(&mut sums, panels.terms(), left, from, ahead);
            for (r, sums) in sums.iter().enumerate().take(ROWS.min(rows - row)) {
                for (w, sum) in sums.iter().enumerate() {
                    sum.store(to.add((row + r) * GROUP + w * V::LANES));
                }
            }
        }
    }
}

/// The derivative of the activation after a layer.
#[inline(always)]
unsafe fn derivative<V: Vector>(
    network: &Network<V::Item>,
    record: *const V::Item,
    layer: usize,
    row: usize,
    at: usize,
) -> V {
    // SAFETY: as asked of the caller.
    unsafe {
        let values = record.add(network.input_row(layer + 1) * GROUP);
        let value = V::load(values.add(row * GROUP + at));
        let one = V::splat(V::Item::of(1.0));
        match network.activation {
            Activation::Relu => one.where_positive(value),
            Activation::Tanh => one.sub(value.mul(value)),
            _ => V::load(values.add((network.layers[layer].outputs + row) * GROUP + at)),
        }
    }
}

/// The derivative of what bounds a number of the matrix.
#[inline(always)]
unsafe fn bound<V: Vector>(
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
