use std::arch::aarch64::*;

use super::{Real, Vector, map, tanh_by_lane, tanh_of_quotient};

macro_rules! vector {
    ($name:ident, $register:ty, $item:ty, $lanes:literal, $tanh:ident,
     $splat:ident $load:ident $store:ident $fma:ident $add:ident $sub:ident $mul:ident $div:ident $max:ident $min:ident) => {
        /// One register.
        #[derive(Clone, Copy)]
        pub(crate) struct $name($register);

        impl $name {
            #[allow(dead_code, reason = "only single precision's tanh takes it")]
            #[inline(always)]
            unsafe fn div(self, b: Self) -> Self {
                // SAFETY: as of the trait.
                unsafe { $name($div(self.0, b.0)) }
            }

            /// The smaller of each pair; `b` where one is not a number.
            #[allow(dead_code, reason = "only single precision's tanh takes it")]
            #[inline(always)]
            unsafe fn min_of(self, b: Self) -> Self {
                // SAFETY: as of the trait.
                unsafe { $name($min(self.0, b.0)) }
            }
        }

        impl Vector for $name {
            type Item = $item;
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn splat(x: $item) -> Self {
                // SAFETY: as of the trait.
                unsafe { $name($splat(x)) }
            }

            #[inline(always)]
            unsafe fn load(from: *const $item) -> Self {
                // SAFETY: as of the trait.
                unsafe { $name($load(from)) }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $item) {
                // SAFETY: as of the trait.
                unsafe { $store(to, self.0) }
            }

            #[inline(always)]
            unsafe fn mul_add(self, b: Self, c: Self) -> Self {
                // SAFETY: as of the trait.
                unsafe { $name($fma(c.0, self.0, b.0)) }
            }

            #[inline(always)]
            unsafe fn add(self, b: Self) -> Self {
                // SAFETY: as of the trait.
                unsafe { $name($add(self.0, b.0)) }
            }

            #[inline(always)]
            unsafe fn sub(self, b: Self) -> Self {
                // SAFETY: as of the trait.
                unsafe { $name($sub(self.0, b.0)) }
            }

            #[inline(always)]
            unsafe fn mul(self, b: Self) -> Self {
                // SAFETY: as of the trait.
                unsafe { $name($mul(self.0, b.0)) }
            }

            #[inline(always)]
            unsafe fn max(self, b: Self) -> Self {
                // SAFETY: as of the trait.
                unsafe { $name($max(self.0, b.0)) }
            }

            $tanh!();
        }
    };
}

vector!(F32x4, float32x4_t, f32, 4, tanh_of_quotient,
    vdupq_n_f32 vld1q_f32 vst1q_f32 vfmaq_f32 vaddq_f32 vsubq_f32 vmulq_f32 vdivq_f32 vmaxq_f32 vminq_f32);
vector!(F64x2, float64x2_t, f64, 2, tanh_by_lane,
    vdupq_n_f64 vld1q_f64 vst1q_f64 vfmaq_f64 vaddq_f64 vsubq_f64 vmulq_f64 vdivq_f64 vmaxq_f64 vminq_f64);
