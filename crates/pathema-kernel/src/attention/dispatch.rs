#[cfg(target_arch = "aarch64")]
use crate::simd::{F32x4, F64x2};
#[cfg(target_arch = "x86_64")]
use crate::simd::{F32x8, F32x16, F64x4, F64x8};
use crate::simd::{InstructionSet, Plain, Real, Vector};

/// Work of an attention, written once for all vectors.
pub(crate) trait Job<T: Real> {
    /// By tiles of ROWS rows and WIDE vectors.
    ///
    /// # Safety
    /// The machine has the vector's instructions.
    unsafe fn run<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(self);
}

/// Attention in numbers of a kind.
pub trait Attend: Sized {
    #[doc(hidden)]
    #[allow(private_bounds, reason = "nobody else calls or implements it")]
    fn attend(set: InstructionSet, job: impl Job<Self>)
    where
        Self: Real;
}

macro_rules! attend {
    ($kind:ty: $($set:ident, $arch:literal, $features:literal, $vector:ty, $rows:literal, $wide:literal;)*) => {
        impl Attend for $kind {
            #[allow(private_bounds, reason = "nobody else calls or implements it")]
            fn attend(set: InstructionSet, job: impl Job<Self>) {
                match set {
                    $(#[cfg(target_arch = $arch)]
                    InstructionSet::$set => {
                        #[target_feature(enable = $features)]
                        fn compiled(job: impl Job<$kind>) {
                            // SAFETY: the instructions are enabled.
                            unsafe { job.run::<$vector, $rows, $wide>() }
                        }
                        // SAFETY: the engine has seen that the instructions are here.
                        unsafe { compiled(job) }
                    })*
                    // SAFETY: these vectors need no instructions.
                    _ => unsafe { job.run::<Plain<$kind, 4>, 4, 1>() },
                }
            }
        }
    };
}

// A tile's sums, one factor and the vectors that it multiplies fill the registers that a set has.
attend! { f32:
    Avx512, "x86_64", "avx512f", F32x16, 8, 2;
    Avx2, "x86_64", "avx2,fma", F32x8, 4, 2;
    Neon, "aarch64", "neon", F32x4, 8, 2;
}
attend! { f64:
    Avx512, "x86_64", "avx512f", F64x8, 8, 2;
    Avx2, "x86_64", "avx2,fma", F64x4, 4, 2;
    Neon, "aarch64", "neon", F64x2, 8, 2;
}
