//! As much complex arithmetic as the design of a filter takes.

use std::ops::{Add, Div, Mul, Sub};

/// A complex number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Complex {
    pub(crate) re: f64,
    pub(crate) im: f64,
}

impl Complex {
    pub(crate) fn new(re: f64, im: f64) -> Complex {
        Complex { re, im }
    }

    pub(crate) fn real(re: f64) -> Complex {
        Complex { re, im: 0.0 }
    }

    pub(crate) fn norm_squared(self) -> f64 {
        self.re * self.re + self.im * self.im
    }

    /// The root with a non-negative real part.
    pub(crate) fn sqrt(self) -> Complex {
        let norm = self.re.hypot(self.im);
        // The larger of the two parts is taken from a sum, never from a difference that would cancel.
        let larger = (0.5 * (norm + self.re.abs())).sqrt();
        if larger == 0.0 {
            return Complex::real(0.0);
        }
        let smaller = 0.5 * self.im.abs() / larger;
        let (re, im) = if self.re >= 0.0 {
            (larger, smaller)
        } else {
            (smaller, larger)
        };
        Complex::new(re, im.copysign(self.im))
    }
}

impl Add for Complex {
    type Output = Complex;

    fn add(self, other: Complex) -> Complex {
        Complex::new(self.re + other.re, self.im + other.im)
    }
}

impl Sub for Complex {
    type Output = Complex;

    fn sub(self, other: Complex) -> Complex {
        Complex::new(self.re - other.re, self.im - other.im)
    }
}

impl Mul for Complex {
    type Output = Complex;

    fn mul(self, other: Complex) -> Complex {
        Complex::new(
            self.re * other.re - self.im * other.im,
            self.re * other.im + self.im * other.re,
        )
    }
}

impl Div for Complex {
    type Output = Complex;

    fn div(self, other: Complex) -> Complex {
        let scale = other.norm_squared();
        Complex::new(
            (self.re * other.re + self.im * other.im) / scale,
            (self.im * other.re - self.re * other.im) / scale,
        )
    }
}
