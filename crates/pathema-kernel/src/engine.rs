//! From the instruction set chosen at run time to code that was compiled for it.

use crate::simd::InstructionSet;
#[cfg(target_arch = "aarch64")]
use crate::simd::{F32x4, F64x2};
#[cfg(target_arch = "x86_64")]
use crate::simd::{F32x8, F32x16, F64x4, F64x8};
use crate::simd::{Real, Vector};

/// Work on groups of samples, written once for all vectors.
pub(crate) trait Job<T: Real> {
    type Output;

    /// By tiles of ROWS rows and WIDE vectors, and by those of HIGH rows and two vectors.
    ///
    /// # Safety
    /// The machine has the vector's instructions, WIDE vectors are a group, and two are no more than the columns of a
    /// gathered block.
    unsafe fn run<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize, const HIGH: usize>(
        self,
    ) -> Self::Output;
}

/// Work on groups of samples in numbers of a kind.
pub(crate) trait Dispatch: Real {
    fn work<J: Job<Self>>(set: InstructionSet, job: J) -> J::Output;
}

/// Rows of a tile, to whose multiples rows of weights are padded.
pub(crate) struct Height;

impl<T: Real> Job<T> for Height {
    type Output = usize;

    unsafe fn run<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize, const HIGH: usize>(
        self,
    ) -> usize {
        ROWS
    }
}

/// Implements a trait's one function for a kind of numbers: of each instruction set the vector, and the numbers that a job's
/// `run` takes beside it; the first are those of what needs no instructions.
macro_rules! dispatch {
    ($trait:ident::$function:ident($job:ident) for $kind:ty, else [$($plain:literal),*]:
     $($set:ident, $arch:literal, $features:literal, $vector:ty, [$($tile:literal),*];)*) => {
        impl $trait for $kind {
            fn $function<J: $job<$kind>>(set: $crate::simd::InstructionSet, job: J) -> J::Output {
                match set {
                    $(#[cfg(target_arch = $arch)]
                    $crate::simd::InstructionSet::$set => {
                        #[target_feature(enable = $features)]
                        fn compiled<J: $job<$kind>>(job: J) -> J::Output {
                            // SAFETY: the instructions are enabled, and the numbers are as the job asks.
                            unsafe { job.run::<$vector, $($tile),*>() }
                        }
                        // SAFETY: the engine has seen that the instructions are here.
                        unsafe { compiled(job) }
                    })*
                    // SAFETY: these vectors need no instructions, and the numbers are as the job asks.
                    _ => unsafe { job.run::<$crate::simd::Plain<$kind, 4>, $($plain),*>() },
                }
            }
        }
    };
}
pub(crate) use dispatch;

// Rows and vectors of a tile fill the registers that a set has; the last number is the height of tiles of two vectors.
dispatch! { Dispatch::work(Job) for f32, else [4, 4, 4]:
    Avx512, "x86_64", "avx512f", F32x16, [16, 1, 8];
    Avx2, "x86_64", "avx2,fma", F32x8, [4, 2, 4];
    Neon, "aarch64", "neon", F32x4, [4, 4, 4];
}
dispatch! { Dispatch::work(Job) for f64, else [4, 4, 4]:
    Avx512, "x86_64", "avx512f", F64x8, [8, 2, 8];
    Avx2, "x86_64", "avx2,fma", F64x4, [2, 4, 2];
    Neon, "aarch64", "neon", F64x2, [2, 8, 2];
}
