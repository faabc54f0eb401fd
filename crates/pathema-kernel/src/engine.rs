//! From the instruction set chosen at run time to code that was compiled for it.

use crate::adaptive::{Search, Steps};
use crate::error::KernelError;
use crate::fixed::Tape;
use crate::parameters::Gathered;
#[cfg(target_arch = "aarch64")]
use crate::simd::{F32x4, F64x2};
#[cfg(target_arch = "x86_64")]
use crate::simd::{F32x8, F32x16, F64x4, F64x8};
use crate::simd::{InstructionSet, Plain};
use crate::task::Task;

/// Work on groups of samples in numbers of a kind.
pub trait Dispatch: Sized + Send + 'static {
    /// Rows of a tile, to whose multiples rows of weights are padded.
    #[doc(hidden)]
    fn height(set: InstructionSet) -> usize;

    #[doc(hidden)]
    #[allow(private_interfaces, reason = "nobody else calls or implements it")]
    fn search(set: InstructionSet, search: &Search<'_, Self>) -> Result<Steps, KernelError>;

    #[doc(hidden)]
    #[allow(private_interfaces, reason = "nobody else calls or implements it")]
    fn forward(
        set: InstructionSet,
        task: &Task<'_, Self>,
        z0: &[Self],
        saved: &mut [Self],
    ) -> Tape<Self>;

    #[doc(hidden)]
    #[allow(private_interfaces, reason = "nobody else calls or implements it")]
    fn backward(
        set: InstructionSet,
        task: &Task<'_, Self>,
        tape: &Tape<Self>,
        of_saved: &[Self],
        of_z0: &mut [Self],
        gathered: &mut Gathered<Self>,
    );
}

macro_rules! dispatch {
    ($kind:ty: $($set:ident, $arch:literal, $features:literal, $vector:ty, $rows:literal, $wide:literal, $high:literal;)*) => {
        impl Dispatch for $kind {
            fn height(set: InstructionSet) -> usize {
                match set {
                    $(#[cfg(target_arch = $arch)]
                    InstructionSet::$set => $rows,)*
                    _ => 4,
                }
            }

            #[allow(private_interfaces, reason = "nobody else calls or implements it")]
            fn search(set: InstructionSet, search: &Search<'_, Self>) -> Result<Steps, KernelError> {
                match set {
                    $(#[cfg(target_arch = $arch)]
                    InstructionSet::$set => {
                        #[target_feature(enable = $features)]
                        fn compiled(search: &Search<'_, $kind>) -> Result<Steps, KernelError> {
                            // SAFETY: the instructions are enabled, and the vectors are a group.
                            unsafe { search.run::<$vector, $rows, $wide>() }
                        }
                        // SAFETY: the engine has seen that the instructions are here.
                        unsafe { compiled(search) }
                    })*
                    // SAFETY: these vectors need no instructions, and four of them are a group.
                    _ => unsafe { search.run::<Plain<$kind, 4>, 4, 4>() },
                }
            }

            #[allow(private_interfaces, reason = "nobody else calls or implements it")]
            fn forward(
                set: InstructionSet,
                task: &Task<'_, Self>,
                z0: &[Self],
                saved: &mut [Self],
            ) -> Tape<Self> {
                match set {
                    $(#[cfg(target_arch = $arch)]
                    InstructionSet::$set => {
                        #[target_feature(enable = $features)]
                        fn compiled(
                            task: &Task<'_, $kind>,
                            z0: &[$kind],
                            saved: &mut [$kind],
                        ) -> Tape<$kind> {
                            // SAFETY: the instructions are enabled, and the vectors are a group.
                            unsafe { task.forward::<$vector, $rows, $wide>(z0, saved) }
                        }
                        // SAFETY: the engine has seen that the instructions are here.
                        unsafe { compiled(task, z0, saved) }
                    })*
                    // SAFETY: these vectors need no instructions, and four of them are a group.
                    _ => unsafe {
                        task.forward::<Plain<$kind, 4>, 4, 4>(z0, saved)
                    },
                }
            }

            #[allow(private_interfaces, reason = "nobody else calls or implements it")]
            fn backward(
                set: InstructionSet,
                task: &Task<'_, Self>,
                tape: &Tape<Self>,
                of_saved: &[Self],
                of_z0: &mut [Self],
                gathered: &mut Gathered<Self>,
            ) {
                match set {
                    $(#[cfg(target_arch = $arch)]
                    InstructionSet::$set => {
                        #[target_feature(enable = $features)]
                        fn compiled(
                            task: &Task<'_, $kind>,
                            tape: &Tape<$kind>,
                            of_saved: &[$kind],
                            of_z0: &mut [$kind],
                            gathered: &mut Gathered<$kind>,
                        ) {
                            // SAFETY: the instructions are enabled, and the vectors are a group.
                            unsafe {
                                task.backward::<$vector, $rows, $wide, $high>(
                                    tape, of_saved, of_z0, gathered,
                                );
                            }
                        }
                        // SAFETY: the engine has seen that the instructions are here.
                        unsafe { compiled(task, tape, of_saved, of_z0, gathered) }
                    })*
                    // SAFETY: these vectors need no instructions, and four of them are a group.
                    _ => unsafe {
                        task.backward::<Plain<$kind, 4>, 4, 4, 4>(tape, of_saved, of_z0, gathered);
                    },
                }
            }
        }
    };
}

// Rows and vectors of a tile fill the registers that a set has; the last number is the height of tiles of two vectors.
dispatch! { f32:
    Avx512, "x86_64", "avx512f", F32x16, 16, 1, 8;
    Avx2, "x86_64", "avx2,fma", F32x8, 4, 2, 4;
    Neon, "aarch64", "neon", F32x4, 4, 4, 4;
}
dispatch! { f64:
    Avx512, "x86_64", "avx512f", F64x8, 8, 2, 8;
    Avx2, "x86_64", "avx2,fma", F64x4, 2, 4, 2;
    Neon, "aarch64", "neon", F64x2, 2, 8, 2;
}
