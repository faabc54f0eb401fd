//! Functions of each number by itself.

use std::marker::PhantomData;

use pathema_kernel::Loops;

use super::{Tape, Var};
use crate::number::Number;

impl<T: Number> Tape<'_, T> {
    /// σ(x) = 1 / (1 + e⁻ˣ).
    pub fn sigmoid(&mut self, x: Var) -> Var {
        self.map::<Sigmoid>(x)
    }

    /// tanh x.
    pub fn tanh(&mut self, x: Var) -> Var {
        self.map::<Tanh>(x)
    }

    /// x σ(x).
    pub fn silu(&mut self, x: Var) -> Var {
        self.map::<Silu>(x)
    }

    /// max(x, 0).
    pub fn relu(&mut self, x: Var) -> Var {
        self.map::<Relu>(x)
    }

    /// eˣ.
    pub fn exp(&mut self, x: Var) -> Var {
        self.map::<Exp>(x)
    }

    /// ln(1 + eˣ).
    pub fn softplus(&mut self, x: Var) -> Var {
        self.map::<Softplus>(x)
    }

    fn map<F: Function<T>>(&mut self, x: Var) -> Var {
        let y = self.next();
        let values = self.engine.instructions.run(Forward::<T, F> {
            x: self.values(x),
            function: PhantomData,
        });
        self.record(&[x], self.shape(x), values, move |way, of_output| {
            let gradient = way.instructions().run(Backward::<T, F> {
                x: way.values(x),
                y: way.values(y),
                of_y: of_output,
                function: PhantomData,
            });
            way.give(x, gradient);
            Ok(())
        })
    }
}

/// A function of one number, and its derivative from both sides.
trait Function<T>: 'static {
    fn value(x: T) -> T;
    fn slope(x: T, y: T) -> T;
}

struct Sigmoid;
struct Tanh;
struct Silu;
struct Relu;
struct Exp;
struct Softplus;

impl<T: Number> Function<T> for Sigmoid {
    #[inline(always)]
    fn value(x: T) -> T {
        x.sigmoid()
    }

    #[inline(always)]
    fn slope(_: T, y: T) -> T {
        y * (T::of(1.0) - y)
    }
}

impl<T: Number> Function<T> for Tanh {
    #[inline(always)]
    fn value(x: T) -> T {
        x.tanh()
    }

    #[inline(always)]
    fn slope(_: T, y: T) -> T {
        T::of(1.0) - y * y
    }
}

impl<T: Number> Function<T> for Silu {
    #[inline(always)]
    fn value(x: T) -> T {
        x * x.sigmoid()
    }

    #[inline(always)]
    fn slope(x: T, y: T) -> T {
        let sigmoid = x.sigmoid();
        sigmoid + y * (T::of(1.0) - sigmoid)
    }
}

impl<T: Number> Function<T> for Relu {
    /// A NaN stays.
    #[inline(always)]
    fn value(x: T) -> T {
        T::default().larger(x)
    }

    #[inline(always)]
    fn slope(x: T, _: T) -> T {
        if x > T::default() {
            T::of(1.0)
        } else {
            T::default()
        }
    }
}

impl<T: Number> Function<T> for Exp {
    #[inline(always)]
    fn value(x: T) -> T {
        x.exp()
    }

    #[inline(always)]
    fn slope(_: T, y: T) -> T {
        y
    }
}

impl<T: Number> Function<T> for Softplus {
    #[inline(always)]
    fn value(x: T) -> T {
        x.softplus()
    }

    #[inline(always)]
    fn slope(x: T, _: T) -> T {
        x.sigmoid()
    }
}

struct Forward<'a, T, F> {
    x: &'a [T],
    function: PhantomData<F>,
}

impl<T: Number, F: Function<T>> Loops for Forward<'_, T, F> {
    type Output = Vec<T>;

    #[inline(always)]
    fn run(self) -> Vec<T> {
        let mut y = self.x.to_vec();
        for y in &mut y {
            *y = F::value(*y);
        }
        y
    }
}

struct Backward<'a, T, F> {
    x: &'a [T],
    y: &'a [T],
    of_y: Vec<T>,
    function: PhantomData<F>,
}

impl<T: Number, F: Function<T>> Loops for Backward<'_, T, F> {
    type Output = Vec<T>;

    #[inline(always)]
    fn run(self) -> Vec<T> {
        let mut gradient = self.of_y;
        for ((gradient, &x), &y) in gradient.iter_mut().zip(self.x).zip(self.y) {
            *gradient = *gradient * F::slope(x, y);
        }
        gradient
    }
}
