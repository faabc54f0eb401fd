//! Numbers, vectors of them, and which of them a machine has.

#[cfg(any(target_arch = "aarch64", target_arch = "x86_64"))]
mod exp2;
mod loops;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(any(target_arch = "aarch64", target_arch = "x86_64"))]
mod register;
mod turn;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use loops::Loops;
#[cfg(target_arch = "aarch64")]
pub(crate) use neon::{F32x4, F64x2};
pub(crate) use portable::Plain;
pub(crate) use turn::turn;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{F32x8, F32x16, F64x4, F64x8};

use crate::error::KernelError;

/// Instructions that a solve may use. Results of one set are the same bit for bit on any machine that has it, and for
/// any number of threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionSet {
    /// 512 bits on x86.
    Avx512,
    /// 256 bits with fused multiply–add on x86.
    Avx2,
    /// 128 bits on ARM.
    Neon,
    /// What every machine has.
    Portable,
}

impl InstructionSet {
    /// The widest that this machine has.
    ///
    /// ```
    /// use pathema_kernel::InstructionSet;
    ///
    /// assert!(InstructionSet::best().is_here());
    /// ```
    pub fn best() -> InstructionSet {
        let all = [
            InstructionSet::Avx512,
            InstructionSet::Avx2,
            InstructionSet::Neon,
        ];
        let here = all.into_iter().find(|set| set.is_here());
        here.unwrap_or(InstructionSet::Portable)
    }

    /// # Errors
    /// [`KernelError::Instructions`] unless this machine has it.
    pub(crate) fn check(self) -> Result<(), KernelError> {
        if self.is_here() {
            return Ok(());
        }
        Err(KernelError::Instructions(self))
    }

    /// Whether this machine has it.
    pub fn is_here(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => is_x86_feature_detected!("avx512f"),
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => {
                is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
            }
            #[cfg(target_arch = "aarch64")]
            InstructionSet::Neon => true,
            InstructionSet::Portable => true,
            _ => false,
        }
    }
}

/// f32 or f64.
pub trait Real:
    Copy
    + Default
    + PartialEq
    + PartialOrd
    + Send
    + Sync
    + std::fmt::Debug
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + std::ops::Neg<Output = Self>
    + std::ops::AddAssign
    + crate::compiled::Compiled
    + 'static
{
    /// The nearest number of this kind.
    fn of(x: f64) -> Self;
    /// The same number.
    fn to_f64(self) -> f64;
    /// Whether it is neither infinite nor NaN.
    fn is_finite(self) -> bool;
}

macro_rules! real {
    ($kind:ty) => {
        impl Real for $kind {
            fn of(x: f64) -> Self {
                x as $kind
            }

            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            fn is_finite(self) -> bool {
                <$kind>::is_finite(self)
            }
        }
    };
}

real!(f32);
real!(f64);

/// Several numbers that one instruction works on.
///
/// # Safety
/// Of all functions: the machine has the instruction set; pointers are good for [`LANES`](Self::LANES) numbers.
#[allow(clippy::missing_safety_doc, reason = "said once for all of them")]
pub(crate) trait Vector: Copy {
    type Item: Real;
    const LANES: usize;

    unsafe fn splat(x: Self::Item) -> Self;
    unsafe fn load(from: *const Self::Item) -> Self;
    unsafe fn store(self, to: *mut Self::Item);
    /// self · b + c.
    unsafe fn mul_add(self, b: Self, c: Self) -> Self;
    unsafe fn add(self, b: Self) -> Self;
    unsafe fn sub(self, b: Self) -> Self;
    unsafe fn mul(self, b: Self) -> Self;
    /// The larger of each pair; `b` where one is not a number.
    unsafe fn max(self, b: Self) -> Self;
    /// Itself in lanes where `x` is above zero, zero elsewhere.
    unsafe fn where_positive(self, x: Self) -> Self;
    /// tanh, which keeps NaN.
    unsafe fn tanh(self) -> Self;
    /// 2 to its power, which keeps NaN; of powers that are at most a few, 0 where they are too low for a normal number or
    /// nearly so.
    unsafe fn exp2(self) -> Self;

    /// Rows of a square that [`transpose`](Self::transpose) turns, which divide a group.
    const SQUARE: usize;
    /// Rows of a square become columns; rows lie so far apart here and there.
    unsafe fn transpose(
        from: *const Self::Item,
        from_row: usize,
        to: *mut Self::Item,
        to_row: usize,
    );
}

/// Each lane by itself.
///
/// # Safety
/// As of [`Vector`].
#[inline(always)]
pub(crate) unsafe fn map<V: Vector>(x: V, f: impl Fn(V::Item) -> V::Item) -> V {
    // No vector has more lanes.
    let mut lanes = [V::Item::default(); 16];
    debug_assert!(V::LANES <= lanes.len());
    // SAFETY: the lanes fit.
    unsafe {
        x.store(lanes.as_mut_ptr());
        for lane in lanes.iter_mut().take(V::LANES) {
            *lane = f(*lane);
        }
        V::load(lanes.as_ptr())
    }
}

/// tanh as a quotient of polynomials, to a few units in the last place of single precision (the minimax coefficients that
/// Eigen publishes). Vectors of single precision take it from here.
macro_rules! tanh_of_quotient {
    () => {
        #[inline(always)]
        unsafe fn tanh(self) -> Self {
            // SAFETY: as of the trait.
            unsafe {
                const TOP: [f32; 7] = [
                    -2.760_768_5e-16,
                    2.000_188e-13,
                    -8.604_672e-11,
                    5.122_297e-8,
                    1.485_722_4e-5,
                    6.372_619_3e-4,
                    4.893_524_6e-3,
                ];
                const BOTTOM: [f32; 4] =
                    [1.198_258_4e-6, 1.185_347_1e-4, 2.268_434_6e-3, 4.893_525e-3];
                // Beyond, tanh is 1 in single precision. A NaN stays: it is the second operand.
                const LARGEST: f32 = 7.905_311;
                let x = Self::splat(LARGEST).min_of(Self::splat(-LARGEST).max(self));
                let square = x.mul(x);
                let polynomial = |coefficients: &[f32]| {
                    let mut sum = Self::splat(coefficients[0]);
                    for &coefficient in &coefficients[1..] {
                        sum = sum.mul_add(square, Self::splat(coefficient));
                    }
                    sum
                };
                x.mul(polynomial(&TOP)).div(polynomial(&BOTTOM))
            }
        }
    };
}
pub(crate) use tanh_of_quotient;

/// tanh of each lane by the standard library.
macro_rules! tanh_by_lane {
    () => {
        #[inline(always)]
        unsafe fn tanh(self) -> Self {
            // SAFETY: as of the trait.
            unsafe { map(self, |x| Real::of(Real::to_f64(x).tanh())) }
        }
    };
}
pub(crate) use tanh_by_lane;

#[cfg(test)]
mod tests {
    use super::{InstructionSet, Plain, Vector};

    fn check<V: Vector<Item = f32>>() {
        let mut worst = 0.0_f64;
        for k in -40_000..40_000 {
            let x = k as f32 * 2.5e-4 + 1e-7;
            let mut lanes = [x; 16];
            // SAFETY: the caller has seen to the instruction set, and 16 lanes are enough for any.
            unsafe { V::load(lanes.as_ptr()).tanh().store(lanes.as_mut_ptr()) };
            let truth = f64::from(x).tanh();
            worst = worst.max(((f64::from(lanes[0]) - truth) / truth).abs());
        }
        assert!(worst < 5e-7, "{worst:e}");
        let mut lanes = [f32::NAN; 16];
        // SAFETY: as above.
        unsafe { V::load(lanes.as_ptr()).tanh().store(lanes.as_mut_ptr()) };
        assert!(lanes[0].is_nan());
    }

    #[test]
    fn tanh_is_right_to_a_few_units_in_the_last_place() {
        check::<Plain<f32, 4>>();
        #[cfg(target_arch = "x86_64")]
        if InstructionSet::Avx2.is_here() {
            check::<super::F32x8>();
        }
        #[cfg(target_arch = "x86_64")]
        if InstructionSet::Avx512.is_here() {
            check::<super::F32x16>();
        }
        #[cfg(target_arch = "aarch64")]
        if InstructionSet::Neon.is_here() {
            check::<super::F32x4>();
        }
    }
}
