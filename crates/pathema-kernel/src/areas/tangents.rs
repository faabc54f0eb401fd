use super::parts::{derivative, product};
use crate::evaluate::{Columns, GROUP, bound};
use crate::field::Network;
use crate::simd::Vector;

/// Of each channel j, the tangent Σ_i L_ij f_i as it goes through the layers.
#[inline(always)]
pub(super) unsafe fn tangents<V: Vector, const ROWS: usize, const WIDE: usize>(
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
pub(super) unsafe fn of_tangents<V: Vector, const ROWS: usize, const WIDE: usize>(
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
