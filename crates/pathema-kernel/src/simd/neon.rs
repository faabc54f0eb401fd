use std::arch::aarch64::*;

use super::exp2::Powers;
use super::register::vector;
use super::{Real, Vector, map, tanh_by_lane, tanh_of_quotient};

/// ARM's own takes the summand first.
#[inline(always)]
unsafe fn fused_f32(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
    // SAFETY: as of the trait.
    unsafe { vfmaq_f32(c, a, b) }
}

#[inline(always)]
unsafe fn fused_f64(a: float64x2_t, b: float64x2_t, c: float64x2_t) -> float64x2_t {
    // SAFETY: as of the trait.
    unsafe { vfmaq_f64(c, a, b) }
}

vector!(F32x4, float32x4_t, f32, 4, tanh_of_quotient,
    vdupq_n_f32 vld1q_f32 vst1q_f32 fused_f32 vaddq_f32 vsubq_f32 vmulq_f32 vdivq_f32 vmaxq_f32 vminq_f32
    gate_f32 vrndnq_f32 power_f32 4 transpose_f32);
vector!(F64x2, float64x2_t, f64, 2, tanh_by_lane,
    vdupq_n_f64 vld1q_f64 vst1q_f64 fused_f64 vaddq_f64 vsubq_f64 vmulq_f64 vdivq_f64 vmaxq_f64 vminq_f64
    gate_f64 vrndnq_f64 power_f64 2 transpose_f64);

#[inline(always)]
unsafe fn gate_f32(a: float32x4_t, x: float32x4_t) -> float32x4_t {
    // SAFETY: as of the trait.
    unsafe { vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(a), vcgtzq_f32(x))) }
}

#[inline(always)]
unsafe fn gate_f64(a: float64x2_t, x: float64x2_t) -> float64x2_t {
    // SAFETY: as of the trait.
    unsafe { vreinterpretq_f64_u64(vandq_u64(vreinterpretq_u64_f64(a), vcgtzq_f64(x))) }
}

/// Adds to the exponent's bits. What a NaN is converted to is 0, so that it stays.
#[inline(always)]
unsafe fn power_f32(a: float32x4_t, n: float32x4_t) -> float32x4_t {
    // SAFETY: as of the trait.
    unsafe {
        let n = vshlq_n_s32::<23>(vcvtq_s32_f32(n));
        vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(a), n))
    }
}

#[inline(always)]
unsafe fn power_f64(a: float64x2_t, n: float64x2_t) -> float64x2_t {
    // SAFETY: as of the trait.
    unsafe {
        let n = vshlq_n_s64::<52>(vcvtq_s64_f64(n));
        vreinterpretq_f64_s64(vaddq_s64(vreinterpretq_s64_f64(a), n))
    }
}

/// Weaving rows 0 and 2, 1 and 3, and then what that makes, turns a square of four.
#[inline(always)]
unsafe fn transpose_f32(from: *const f32, from_row: usize, to: *mut f32, to_row: usize) {
    // SAFETY: as of the trait.
    unsafe {
        let row = |r: usize| vld1q_f32(from.add(r * from_row));
        let (even, odd) = ([row(0), row(2)], [row(1), row(3)]);
        let (a, b) = (vzip1q_f32(even[0], even[1]), vzip1q_f32(odd[0], odd[1]));
        let (c, d) = (vzip2q_f32(even[0], even[1]), vzip2q_f32(odd[0], odd[1]));
        vst1q_f32(to, vzip1q_f32(a, b));
        vst1q_f32(to.add(to_row), vzip2q_f32(a, b));
        vst1q_f32(to.add(2 * to_row), vzip1q_f32(c, d));
        vst1q_f32(to.add(3 * to_row), vzip2q_f32(c, d));
    }
}

#[inline(always)]
unsafe fn transpose_f64(from: *const f64, from_row: usize, to: *mut f64, to_row: usize) {
    // SAFETY: as of the trait.
    unsafe {
        let (a, b) = (vld1q_f64(from), vld1q_f64(from.add(from_row)));
        vst1q_f64(to, vzip1q_f64(a, b));
        vst1q_f64(to.add(to_row), vzip2q_f64(a, b));
    }
}
