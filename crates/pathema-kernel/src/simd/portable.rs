use super::{Real, Vector, map};

/// Numbers side by side, which the compiler may make vectors of.
#[derive(Clone, Copy)]
pub(crate) struct Plain<T, const LANES: usize>([T; LANES]);

impl<T: Real, const LANES: usize> Plain<T, LANES> {
    #[inline(always)]
    fn zip(self, b: Self, f: impl Fn(T, T) -> T) -> Self {
        let mut out = self.0;
        for (out, b) in out.iter_mut().zip(b.0) {
            *out = f(*out, b);
        }
        Plain(out)
    }
}

impl<T: Real, const LANES: usize> Vector for Plain<T, LANES> {
    type Item = T;
    const LANES: usize = LANES;

    #[inline(always)]
    unsafe fn splat(x: T) -> Self {
        Plain([x; LANES])
    }

    #[inline(always)]
    unsafe fn load(from: *const T) -> Self {
        // SAFETY: the pointer is good for all lanes.
        unsafe { Plain(from.cast::<[T; LANES]>().read_unaligned()) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut T) {
        // SAFETY: the pointer is good for all lanes.
        unsafe { to.cast::<[T; LANES]>().write_unaligned(self.0) };
    }

    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        // In two steps: a fused one is a call where the machine has none.
        self.zip(b, |a, b| a * b).zip(c, |a, c| a + c)
    }

    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        self.zip(b, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn sub(self, b: Self) -> Self {
        self.zip(b, |a, b| a - b)
    }

    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        self.zip(b, |a, b| a * b)
    }

    #[inline(always)]
    unsafe fn max(self, b: Self) -> Self {
        self.zip(b, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    unsafe fn where_positive(self, x: Self) -> Self {
        self.zip(
            x,
            |own, x| if x > T::default() { own } else { T::default() },
        )
    }

    const SQUARE: usize = LANES;

    #[inline(always)]
    unsafe fn transpose(from: *const T, from_row: usize, to: *mut T, to_row: usize) {
        for r in 0..LANES {
            for c in 0..LANES {
                // SAFETY: both lie within the squares.
                unsafe { *to.add(c * to_row + r) = *from.add(r * from_row + c) };
            }
        }
    }

    #[inline(always)]
    unsafe fn tanh(self) -> Self {
        // SAFETY: as of the trait.
        unsafe { map(self, |x| T::of(x.to_f64().tanh())) }
    }

    #[inline(always)]
    unsafe fn exp2(self) -> Self {
        // SAFETY: as of the trait.
        unsafe { map(self, |x| T::of(x.to_f64().exp2())) }
    }
}
