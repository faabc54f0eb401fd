use std::arch::x86_64::*;

use super::register::vector;
use super::{Real, Vector, map, tanh_by_lane, tanh_of_quotient};

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
