use super::{Number, Product};

impl Number for f64 {
    #[inline(always)]
    fn exp(self) -> f64 {
        f64::exp(self)
    }

    #[inline(always)]
    fn tanh(self) -> f64 {
        f64::tanh(self)
    }

    #[inline(always)]
    fn sigmoid(self) -> f64 {
        1.0 / (1.0 + f64::exp(-self))
    }

    #[inline(always)]
    fn softplus(self) -> f64 {
        self.max(0.0) + (-self.abs()).exp().ln_1p()
    }

    #[inline(always)]
    fn sqrt(self) -> f64 {
        f64::sqrt(self)
    }

    #[inline(always)]
    fn larger(self, other: f64) -> f64 {
        if self > other { self } else { other }
    }
}

impl Product for f64 {
    unsafe fn gemm(
        m: usize,
        k: usize,
        n: usize,
        (a, a_row, a_column): (*const f64, isize, isize),
        (b, b_row, b_column): (*const f64, isize, isize),
        beta: f64,
        (c, c_row, c_column): (*mut f64, isize, isize),
    ) {
        // SAFETY: as asked of the caller.
        unsafe {
            matrixmultiply::dgemm(
                m, k, n, 1.0, a, a_row, a_column, b, b_row, b_column, beta, c, c_row, c_column,
            );
        }
    }
}
