use crate::evaluate::GROUP;
use crate::field::{Activation, Network, Packed};
use crate::product::accumulate;
use crate::simd::{Real, Vector};

/// W x, or Wᵀ x, x's rows so far apart.
#[inline(always)]
pub(super) unsafe fn product<V: Vector, const ROWS: usize, const WIDE: usize>(
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
            accumulate(&mut sums, panels.terms(), panels.panel_at(row), from, ahead);
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
pub(super) unsafe fn derivative<V: Vector>(
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
