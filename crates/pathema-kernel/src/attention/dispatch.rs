use crate::engine::dispatch;
#[cfg(target_arch = "aarch64")]
use crate::simd::{F32x4, F64x2};
#[cfg(target_arch = "x86_64")]
use crate::simd::{F32x8, F32x16, F64x4, F64x8};
use crate::simd::{InstructionSet, Real, Vector};

/// Work of an attention, written once for all vectors.
pub(crate) trait Job<T: Real> {
    type Output;

    /// By tiles of ROWS rows and WIDE vectors.
    ///
    /// # Safety
    /// The machine has the vector's instructions.
    unsafe fn run<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(self) -> Self::Output;
}

/// Attention in numbers of a kind.
pub(crate) trait Attend: Real {
    fn attend<J: Job<Self>>(set: InstructionSet, job: J) -> J::Output;
}

// A tile's sums, one factor and the vectors that it multiplies fill the registers that a set has.
dispatch! { Attend::attend(Job) for f32, else [4, 1]:
    Avx512, "x86_64", "avx512f", F32x16, [8, 2];
    Avx2, "x86_64", "avx2,fma", F32x8, [4, 2];
    Neon, "aarch64", "neon", F32x4, [8, 2];
}
dispatch! { Attend::attend(Job) for f64, else [4, 1]:
    Avx512, "x86_64", "avx512f", F64x8, [8, 2];
    Avx2, "x86_64", "avx2,fma", F64x4, [4, 2];
    Neon, "aarch64", "neon", F64x2, [8, 2];
}
