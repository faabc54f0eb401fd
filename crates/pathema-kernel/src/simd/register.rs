//! Vectors that are one register each.

/// A vector from a register, its numbers, and the intrinsics that work on it; the fused one takes (a, b, c) for a · b + c,
/// the gate (a, x) for a where x is above zero, the power (a, n) for a · 2ⁿ.
macro_rules! vector {
    ($name:ident, $register:ty, $item:ty, $lanes:literal, $tanh:ident,
     $splat:ident $load:ident $store:ident $fma:ident $add:ident $sub:ident $mul:ident $div:ident $max:ident $min:ident $gate:ident
     $round:ident $power:ident $square:literal $transpose:ident) => {
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

            #[inline(always)]
            unsafe fn where_positive(self, x: Self) -> Self {
                // SAFETY: as of the trait.
                unsafe { $name($gate(self.0, x.0)) }
            }

            $tanh!();

            #[inline(always)]
            unsafe fn exp2(self) -> Self {
                // SAFETY: as of the trait.
                unsafe {
                    // A NaN stays: it is the second operand.
                    let x = Self::splat(<$item>::LEAST_POWER).max(self);
                    let whole = $name($round(x.0));
                    let part = x.sub(whole);
                    let mut sum = Self::splat(<$item>::TWO_TO[0]);
                    for &coefficient in &<$item>::TWO_TO[1..] {
                        sum = sum.mul_add(part, Self::splat(coefficient));
                    }
                    $name($power(sum.0, whole.0))
                }
            }

            const SQUARE: usize = $square;

            #[inline(always)]
            unsafe fn transpose(
                from: *const $item,
                from_row: usize,
                to: *mut $item,
                to_row: usize,
            ) {
                // SAFETY: as of the trait.
                unsafe { $transpose(from, from_row, to, to_row) };
            }
        }
    };
}
pub(super) use vector;
