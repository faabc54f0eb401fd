use std::arch::x86_64::*;

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
                unsafe { $name($fma(self.0, b.0, c.0)) }
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

vector!(F32x16, __m512, f32, 16, tanh_of_quotient,
    _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_fmadd_ps _mm512_add_ps _mm512_sub_ps _mm512_mul_ps
    _mm512_div_ps _mm512_max_ps _mm512_min_ps);
vector!(F64x8, __m512d, f64, 8, tanh_by_lane,
    _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_fmadd_pd _mm512_add_pd _mm512_sub_pd _mm512_mul_pd
    _mm512_div_pd _mm512_max_pd _mm512_min_pd);
vector!(F32x8, __m256, f32, 8, tanh_of_quotient,
    _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_fmadd_ps _mm256_add_ps _mm256_sub_ps _mm256_mul_ps
    _mm256_div_ps _mm256_max_ps _mm256_min_ps);
vector!(F64x4, __m256d, f64, 4, tanh_by_lane,
    _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_fmadd_pd _mm256_add_pd _mm256_sub_pd _mm256_mul_pd
    _mm256_div_pd _mm256_max_pd _mm256_min_pd);
