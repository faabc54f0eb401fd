//! What a solve and an attention consist of, compiled here for each kind of numbers, and nowhere else.
//!
//! What is generic is compiled where it is called: each library and each test that solves would compile all of it again, for
//! every instruction set. These functions are not, so others only call them.

use crate::adaptive::{Search, Steps};
use crate::attention::{Attend, AttendBackward, AttendForward};
use crate::engine::{Dispatch, Height};
use crate::error::KernelError;
use crate::fixed::{Backward, Forward, Tape};
use crate::simd::{InstructionSet, Real};

/// Work in numbers of a kind, by an instruction set that the machine has.
#[allow(
    private_interfaces,
    reason = "nobody else calls or implements what it consists of"
)]
pub trait Compiled: Sized {
    #[doc(hidden)]
    fn height(set: InstructionSet) -> usize;

    #[doc(hidden)]
    fn forward(set: InstructionSet, job: Forward<'_, Self>) -> Tape<Self>
    where
        Self: Real;

    #[doc(hidden)]
    fn backward(set: InstructionSet, job: Backward<'_, Self>)
    where
        Self: Real;

    #[doc(hidden)]
    fn search(set: InstructionSet, job: Search<'_, Self>) -> Result<Steps, KernelError>
    where
        Self: Real;

    #[doc(hidden)]
    fn attend(set: InstructionSet, job: AttendForward<'_, Self>)
    where
        Self: Real;

    #[doc(hidden)]
    fn attend_back(set: InstructionSet, job: AttendBackward<'_, Self>)
    where
        Self: Real;
}

macro_rules! compiled {
    ($kind:ty) => {
        #[allow(private_interfaces, reason = "as of the trait")]
        impl Compiled for $kind {
            fn height(set: InstructionSet) -> usize {
                <$kind as Dispatch>::work(set, Height)
            }

            #[inline(never)]
            fn forward(set: InstructionSet, job: Forward<'_, $kind>) -> Tape<$kind> {
                <$kind as Dispatch>::work(set, job)
            }

            #[inline(never)]
            fn backward(set: InstructionSet, job: Backward<'_, $kind>) {
                <$kind as Dispatch>::work(set, job);
            }

            #[inline(never)]
            fn search(set: InstructionSet, job: Search<'_, $kind>) -> Result<Steps, KernelError> {
                <$kind as Dispatch>::work(set, job)
            }

            #[inline(never)]
            fn attend(set: InstructionSet, job: AttendForward<'_, $kind>) {
                <$kind as Attend>::attend(set, job);
            }

            #[inline(never)]
            fn attend_back(set: InstructionSet, job: AttendBackward<'_, $kind>) {
                <$kind as Attend>::attend(set, job);
            }
        }
    };
}

compiled!(f32);
compiled!(f64);
