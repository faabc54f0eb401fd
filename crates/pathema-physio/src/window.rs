//! Windows: what tapers a segment before its transform, and what cuts an endless filter to a finite one.

use std::f64::consts::PI;

/// Largest β of a Kaiser window: beyond it the Bessel function overflows.
const LARGEST_BETA: f64 = 700.0;

/// A window function.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Window {
    /// 1 throughout.
    Rectangular,
    /// 0.5 − 0.5 cos: zero at both ends.
    Hann,
    /// 0.54 − 0.46 cos.
    Hamming,
    /// 0.42 − 0.5 cos + 0.08 cos of twice the angle.
    Blackman,
    /// Kaiser's, with the parameter β from 0 (rectangular) to 700.
    Kaiser(f64),
}

impl Window {
    /// The window whose two ends are alike, `len` values. It equals `scipy.signal.get_window(…, fftbins=False)`.
    ///
    /// ```
    /// use pathema_physio::spectrum::Window;
    /// assert_eq!(Window::Hann.symmetric(3), [0.0, 1.0, 0.0]);
    /// assert_eq!(Window::Rectangular.symmetric(2), [1.0, 1.0]);
    /// ```
    pub fn symmetric(&self, len: usize) -> Vec<f64> {
        self.values(len, len.saturating_sub(1))
    }

    /// One period of the window, `len` values: the value after the last would be the first again. It equals
    /// `scipy.signal.get_window(…, fftbins=True)`, and is what a spectrum takes.
    pub fn periodic(&self, len: usize) -> Vec<f64> {
        self.values(len, len)
    }

    /// Whether the parameter, if there is one, is in its range.
    pub(crate) fn is_valid(&self) -> bool {
        match self {
            Window::Kaiser(beta) => (0.0..=LARGEST_BETA).contains(beta),
            _ => true,
        }
    }

    fn values(&self, len: usize, span: usize) -> Vec<f64> {
        if len <= 1 {
            return vec![1.0; len];
        }
        (0..len).map(|index| self.at(index, span)).collect()
    }

    /// The value at `index` of a window that ends at `span`.
    fn at(&self, index: usize, span: usize) -> f64 {
        // Measured from the nearer end, so that the two halves are the same to the last bit.
        let index = index.min(span - index) as f64;
        let span = span as f64;
        let cosine = |harmonic: f64| (2.0 * PI * harmonic * index / span).cos();
        match *self {
            Window::Rectangular => 1.0,
            Window::Hann => 0.5 - 0.5 * cosine(1.0),
            Window::Hamming => 0.54 - 0.46 * cosine(1.0),
            Window::Blackman => 0.42 - 0.5 * cosine(1.0) + 0.08 * cosine(2.0),
            Window::Kaiser(beta) => {
                let from_centre = 2.0 * index / span - 1.0;
                bessel_i0(beta * (1.0 - from_centre * from_centre).max(0.0).sqrt())
                    / bessel_i0(beta)
            }
        }
    }
}

/// The modified Bessel function of order zero, Σ ((x / 2)ᵏ / k!)²: all terms are positive, so that none cancel.
fn bessel_i0(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let (mut sum, mut term, mut order) = (1.0, 1.0, 1.0);
    while term > 1e-17 * sum {
        term *= quarter / (order * order);
        sum += term;
        order += 1.0;
    }
    sum
}
