use std::arch::aarch64::*;

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
    vdupq_n_f32 vld1q_f32 vst1q_f32 fused_f32 vaddq_f32 vsubq_f32 vmulq_f32 vdivq_f32 vmaxq_f32 vminq_f32);
vector!(F64x2, float64x2_t, f64, 2, tanh_by_lane,
    vdupq_n_f64 vld1q_f64 vst1q_f64 fused_f64 vaddq_f64 vsubq_f64 vmulq_f64 vdivq_f64 vmaxq_f64 vminq_f64);
