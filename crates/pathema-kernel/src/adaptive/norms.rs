use super::{Norm, Tolerance};
use crate::evaluate::GROUP;
use crate::simd::Real;

impl Tolerance<'_> {
    /// The norm of each lane's numbers relative to the tolerance at the larger of two states.
    #[inline(always)]
    pub(super) fn norms<T: Real>(
        &self,
        hidden: usize,
        x: &[T],
        one: &[T],
        other: &[T],
    ) -> [f64; GROUP] {
        let (rtol, atol) = (T::of(self.rtol), T::of(self.atol));
        let rows = match self.norm {
            Norm::Rms(features) => features.min(hidden),
            Norm::Max => hidden,
        };
        let abs = |x: T| if x < T::default() { -x } else { x };
        let mut norms = [0.0_f64; GROUP];
        for row in 0..rows {
            let own = row * GROUP..(row + 1) * GROUP;
            let scales = one[own.clone()].iter().zip(&other[own.clone()]);
            for ((norm, &x), (&one, &other)) in norms.iter_mut().zip(&x[own]).zip(scales) {
                let (one, other) = (abs(one), abs(other));
                let scale = if one > other { one } else { other } * rtol + atol;
                let ratio = (x / scale).to_f64();
                *norm = match self.norm {
                    Norm::Rms(_) => *norm + ratio * ratio,
                    // Not a number stays.
                    Norm::Max if *norm >= ratio.abs() => *norm,
                    Norm::Max => ratio.abs(),
                };
            }
        }
        if let Norm::Rms(_) = self.norm {
            for norm in &mut norms {
                *norm = (*norm / rows as f64).sqrt();
            }
        }
        norms
    }
}
