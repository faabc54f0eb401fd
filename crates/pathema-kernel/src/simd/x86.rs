use std::arch::x86_64::*;

use super::exp2::Powers;
use super::register::vector;
use super::{Real, Vector, map, tanh_by_lane, tanh_of_quotient};

vector!(F32x16, __m512, f32, 16, tanh_of_quotient,
    _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_fmadd_ps _mm512_add_ps _mm512_sub_ps _mm512_mul_ps
    _mm512_div_ps _mm512_max_ps _mm512_min_ps gate_512_ps
    round_512_ps power_512_ps 8 transpose_ps);
vector!(F64x8, __m512d, f64, 8, tanh_by_lane,
    _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_fmadd_pd _mm512_add_pd _mm512_sub_pd _mm512_mul_pd
    _mm512_div_pd _mm512_max_pd _mm512_min_pd gate_512_pd
    round_512_pd power_512_pd 4 transpose_pd);
vector!(F32x8, __m256, f32, 8, tanh_of_quotient,
    _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_fmadd_ps _mm256_add_ps _mm256_sub_ps _mm256_mul_ps
    _mm256_div_ps _mm256_max_ps _mm256_min_ps gate_256_ps
    round_256_ps power_256_ps 8 transpose_ps);
vector!(F64x4, __m256d, f64, 4, tanh_by_lane,
    _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_fmadd_pd _mm256_add_pd _mm256_sub_pd _mm256_mul_pd
    _mm256_div_pd _mm256_max_pd _mm256_min_pd gate_256_pd
    round_256_pd power_256_pd 4 transpose_pd);

#[inline(always)]
unsafe fn gate_512_ps(a: __m512, x: __m512) -> __m512 {
    // SAFETY: as of the trait.
    unsafe { _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(x, _mm512_setzero_ps()), a) }
}

#[inline(always)]
unsafe fn gate_512_pd(a: __m512d, x: __m512d) -> __m512d {
    // SAFETY: as of the trait.
    unsafe { _mm512_maskz_mov_pd(_mm512_cmp_pd_mask::<_CMP_GT_OQ>(x, _mm512_setzero_pd()), a) }
}

#[inline(always)]
unsafe fn gate_256_ps(a: __m256, x: __m256) -> __m256 {
    // SAFETY: as of the trait.
    unsafe { _mm256_and_ps(a, _mm256_cmp_ps::<_CMP_GT_OQ>(x, _mm256_setzero_ps())) }
}

#[inline(always)]
unsafe fn gate_256_pd(a: __m256d, x: __m256d) -> __m256d {
    // SAFETY: as of the trait.
    unsafe { _mm256_and_pd(a, _mm256_cmp_pd::<_CMP_GT_OQ>(x, _mm256_setzero_pd())) }
}

/// To the nearest whole number, which raises no flag.
const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

#[inline(always)]
unsafe fn round_512_ps(x: __m512) -> __m512 {
    // SAFETY: as of the trait.
    unsafe { _mm512_roundscale_ps::<NEAREST>(x) }
}

#[inline(always)]
unsafe fn round_512_pd(x: __m512d) -> __m512d {
    // SAFETY: as of the trait.
    unsafe { _mm512_roundscale_pd::<NEAREST>(x) }
}

#[inline(always)]
unsafe fn round_256_ps(x: __m256) -> __m256 {
    // SAFETY: as of the trait.
    unsafe { _mm256_round_ps::<NEAREST>(x) }
}

#[inline(always)]
unsafe fn round_256_pd(x: __m256d) -> __m256d {
    // SAFETY: as of the trait.
    unsafe { _mm256_round_pd::<NEAREST>(x) }
}

/// Adds to the exponent's bits. What a NaN is converted to has none there, so that it stays.
#[inline(always)]
unsafe fn power_512_ps(a: __m512, n: __m512) -> __m512 {
    // SAFETY: as of the trait.
    unsafe {
        let n = _mm512_slli_epi32::<23>(_mm512_cvtps_epi32(n));
        _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), n))
    }
}

#[inline(always)]
unsafe fn power_512_pd(a: __m512d, n: __m512d) -> __m512d {
    // SAFETY: as of the trait.
    unsafe {
        let n = _mm512_slli_epi64::<52>(_mm512_cvtepi32_epi64(_mm512_cvtpd_epi32(n)));
        _mm512_castsi512_pd(_mm512_add_epi64(_mm512_castpd_si512(a), n))
    }
}

#[inline(always)]
unsafe fn power_256_ps(a: __m256, n: __m256) -> __m256 {
    // SAFETY: as of the trait.
    unsafe {
        let n = _mm256_slli_epi32::<23>(_mm256_cvtps_epi32(n));
        _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), n))
    }
}

#[inline(always)]
unsafe fn power_256_pd(a: __m256d, n: __m256d) -> __m256d {
    // SAFETY: as of the trait.
    unsafe {
        let n = _mm256_slli_epi64::<52>(_mm256_cvtepi32_epi64(_mm256_cvtpd_epi32(n)));
        _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(a), n))
    }
}

/// Pairs of rows are woven by one number, then by two, then by half a register.
#[inline(always)]
unsafe fn transpose_ps(from: *const f32, from_row: usize, to: *mut f32, to_row: usize) {
    // SAFETY: as of the trait.
    unsafe {
        let mut rows = [_mm256_setzero_ps(); 8];
        for (r, row) in rows.iter_mut().enumerate() {
            *row = _mm256_loadu_ps(from.add(r * from_row));
        }
        let mut ones = rows;
        for r in (0..8).step_by(2) {
            ones[r] = _mm256_unpacklo_ps(rows[r], rows[r + 1]);
            ones[r + 1] = _mm256_unpackhi_ps(rows[r], rows[r + 1]);
        }
        let mut twos = rows;
        for r in [0, 4] {
            for high in [0, 1] {
                let (a, b) = (ones[r + high], ones[r + 2 + high]);
                twos[r + 2 * high] = _mm256_shuffle_ps::<0b01_00_01_00>(a, b);
                twos[r + 2 * high + 1] = _mm256_shuffle_ps::<0b11_10_11_10>(a, b);
            }
        }
        for r in 0..4 {
            let (a, b) = (twos[r], twos[r + 4]);
            _mm256_storeu_ps(to.add(r * to_row), _mm256_permute2f128_ps::<0x20>(a, b));
            let below = to.add((r + 4) * to_row);
            _mm256_storeu_ps(below, _mm256_permute2f128_ps::<0x31>(a, b));
        }
    }
}

#[inline(always)]
unsafe fn transpose_pd(from: *const f64, from_row: usize, to: *mut f64, to_row: usize) {
    // SAFETY: as of the trait.
    unsafe {
        let row = |r: usize| _mm256_loadu_pd(from.add(r * from_row));
        let (low, high) = (
            _mm256_unpacklo_pd(row(0), row(1)),
            _mm256_unpackhi_pd(row(0), row(1)),
        );
        let (lower, higher) = (
            _mm256_unpacklo_pd(row(2), row(3)),
            _mm256_unpackhi_pd(row(2), row(3)),
        );
        for (r, (a, b)) in [(low, lower), (high, higher)].into_iter().enumerate() {
            _mm256_storeu_pd(to.add(r * to_row), _mm256_permute2f128_pd::<0x20>(a, b));
            let below = to.add((r + 2) * to_row);
            _mm256_storeu_pd(below, _mm256_permute2f128_pd::<0x31>(a, b));
        }
    }
}
