//! What networks need of numbers beyond the engine's own trait.

mod double;
mod product;
mod single;

pub(crate) use product::{View, product};

use pathema_kernel::Real;

/// f32 to train, f64 to check gradients.
///
/// The functions of f32 have no branches, so that loops of them become vectors; those of f64 are the standard library's.
pub trait Number: Real + sealed::Product {
    /// eˣ: of f32 to a relative error of 2·10⁻⁷, zero where it is no normal number.
    fn exp(self) -> Self;
    /// tanh x: of f32 to a relative error of 3·10⁻⁷.
    fn tanh(self) -> Self;
    /// σ(x) = 1 / (1 + e⁻ˣ): of f32 to a relative error of 3·10⁻⁷.
    fn sigmoid(self) -> Self;
    /// ln(1 + eˣ), by way of f64.
    fn softplus(self) -> Self;
    /// √x.
    fn sqrt(self) -> Self;
    /// The larger of the two; `other` if this one is not a number.
    fn larger(self, other: Self) -> Self;
}

mod sealed {
    /// Products of matrices in numbers of a kind.
    pub trait Product: Sized {
        /// C ← A B + β C, A [m, k], B [k, n], each with the way from one row and from one column to the next.
        ///
        /// # Safety
        /// All pointers are good for their matrix, and C overlaps neither of the others.
        #[allow(clippy::too_many_arguments, reason = "those of the BLAS")]
        unsafe fn gemm(
            m: usize,
            k: usize,
            n: usize,
            a: (*const Self, isize, isize),
            b: (*const Self, isize, isize),
            beta: Self,
            c: (*mut Self, isize, isize),
        );
    }
}
use sealed::Product;
