//! What areas add to a slope: Σ_ij L_ij D f_j [f_i], f_i the field along channel i, and the way back through it (Morrill et
//! al. 2021, *Neural rough differential equations*, section 2).

mod parts;
mod tangents;

use crate::evaluate::{GROUP, bound, descend};
use crate::field::Network;
use crate::parameters::Gathered;
use crate::simd::{Real, Vector};
use tangents::{of_tangents, tangents};

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
