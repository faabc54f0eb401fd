use super::{Number, Product};

/// eʳ = 1 + r + r² P(r) for |r| ≤ ln 2 / 2: P with the lowest power first, of the smallest relative error (3.1e-9, found by
/// Lawson's algorithm).
const EXP: [f32; 5] = [
    0.499_999_94,
    0.166_665_2,
    0.041_668_393,
    0.008_368_781,
    0.001_381_446_7,
];

/// tanh x = x + x³ P(x²) for |x| ≤ 0.625, likewise (6.8e-9).
const TANH: [f32; 5] = [
    -0.333_332_6,
    0.133_308_3,
    -0.053_688,
    0.020_469_345,
    -0.005_515_083_7,
];

/// ln 2 in two parts, the first so short that its products with exponents are exact.
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];

/// Added to a number below 2²² it leaves the nearest whole number in the lowest bits: 1.5 · 2²³.
const ROUND: f32 = 12_582_912.0;

/// The Horner scheme, without fused operations: they are calls where a machine has none.
#[inline(always)]
fn polynomial(coefficients: [f32; 5], x: f32) -> f32 {
    let [a, b, c, d, e] = coefficients;
    (((e * x + d) * x + c) * x + b) * x + a
}

impl Number for f32 {
    #[inline(always)]
    fn exp(self) -> f32 {
        // Comparisons that fail keep a NaN.
        let low = if self < -87.0 { -87.0 } else { self };
        let x = if low > 89.0 { 89.0 } else { low };
        let shifted = x * std::f32::consts::LOG2_E + ROUND;
        let whole = shifted - ROUND;
        let rest = x - whole * LN_2[0] - whole * LN_2[1];
        let value = rest * rest * polynomial(EXP, rest) + rest + 1.0;
        // 2^(n − 1), whose exponent fits where that of 2ⁿ does not: all but the lowest bits of the shift fall off.
        let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(126 << 23));
        let scaled = value * power * 2.0;
        if self < -87.0 { 0.0 } else { scaled }
    }

    #[inline(always)]
    fn tanh(self) -> f32 {
        let size = self.abs();
        let square = self * self;
        let near = self + self * square * polynomial(TANH, square);
        let far = (1.0 - 2.0 / (Number::exp(2.0 * size) + 1.0)).copysign(self);
        if size < 0.625 { near } else { far }
    }

    #[inline(always)]
    fn sigmoid(self) -> f32 {
        1.0 / (1.0 + Number::exp(-self))
    }

    #[inline(always)]
    fn softplus(self) -> f32 {
        f64::from(self).softplus() as f32
    }

    #[inline(always)]
    fn sqrt(self) -> f32 {
        f32::sqrt(self)
    }

    #[inline(always)]
    fn larger(self, other: f32) -> f32 {
        if self > other { self } else { other }
    }
}

impl Product for f32 {
    unsafe fn gemm(
        m: usize,
        k: usize,
        n: usize,
        (a, a_row, a_column): (*const f32, isize, isize),
        (b, b_row, b_column): (*const f32, isize, isize),
        beta: f32,
        (c, c_row, c_column): (*mut f32, isize, isize),
    ) {
        // SAFETY: as asked of the caller.
        unsafe {
            matrixmultiply::sgemm(
                m, k, n, 1.0, a, a_row, a_column, b, b_row, b_column, beta, c, c_row, c_column,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    fn worst(range: (f64, f64), ours: impl Fn(f32) -> f32, exact: impl Fn(f64) -> f64) -> f64 {
        let mut worst = 0.0_f64;
        for k in 0..200_000 {
            let x = (range.0 + (range.1 - range.0) * (f64::from(k) + 0.37) / 2e5) as f32;
            let truth = exact(f64::from(x));
            worst = worst.max(((f64::from(ours(x)) - truth) / truth).abs());
        }
        worst
    }

    #[test]
    fn functions_are_right_to_a_few_units_in_the_last_place() {
        let exp = worst((-86.9, 88.7), Number::exp, f64::exp);
        assert!(exp < 2e-7, "{exp:e}");
        for range in [(-12.0, 12.0), (-1e-3, 1e-3), (0.6, 0.65)] {
            let tanh = worst(range, Number::tanh, f64::tanh);
            assert!(tanh < 3e-7, "{tanh:e}");
        }
        let sigmoid = worst((-86.0, 86.0), Number::sigmoid, |x| 1.0 / (1.0 + (-x).exp()));
        assert!(sigmoid < 3e-7, "{sigmoid:e}");
        let softplus = worst((-80.0, 80.0), Number::softplus, |x| x.exp().ln_1p());
        assert!(softplus < 2e-7, "{softplus:e}");
    }

    #[test]
    fn functions_have_their_limits() {
        let (inf, nan) = (f32::INFINITY, f32::NAN);
        assert_eq!(
            [Number::exp(0.0_f32), Number::exp(-inf), Number::exp(inf)],
            [1.0, 0.0, inf]
        );
        assert_eq!(
            [Number::tanh(-inf), Number::tanh(0.0_f32), Number::tanh(inf)],
            [-1.0, 0.0, 1.0]
        );
        assert_eq!(
            [(-inf).sigmoid(), 0.0_f32.sigmoid(), inf.sigmoid()],
            [0.0, 0.5, 1.0]
        );
        for f in [Number::exp, Number::tanh, Number::sigmoid, Number::softplus] {
            let f: fn(f32) -> f32 = f;
            assert!(f(nan).is_nan());
        }
    }
}
