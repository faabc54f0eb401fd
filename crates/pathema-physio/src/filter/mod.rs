//! Filters: second-order sections and finite impulse responses.
//!
//! Offline analysis must not move a beat in time: `zero_phase` runs a filter forward and then backward, which leaves no
//! phase and squares the magnitude. Online only the past is known: `filter` and [`Stream`] run forward alone, and give
//! the same numbers to the last bit. Second-order sections ([`Sos`]) keep narrow bands at high rates accurate, where one
//! long polynomial would not; finite responses ([`Fir`]) delay all frequencies alike.
//!
//! A missing sample stays missing, and the filter starts anew after it: no filter runs across a gap.
//!
//! ```
//! use pathema_physio::filter::{Sos, Start};
//! let low_pass = Sos::butterworth_low_pass(4, 5.0, 64.0)?;
//! assert!((low_pass.response(5.0, 64.0).magnitude - 0.5_f64.sqrt()).abs() < 1e-12);
//! let mut stream = low_pass.stream(Start::Steady);
//! assert!((stream.push(20.0) - 20.0).abs() < 1e-12);
//! assert!(stream.push(f64::NAN).is_nan());
//! assert!((stream.push(30.0) - 30.0).abs() < 1e-12);
//! # Ok::<(), pathema_physio::filter::FilterError>(())
//! ```

mod butterworth;
mod error;
mod extend;
mod fir;
mod fir_design;
mod notch;
mod sos;
mod stream;

pub use crate::window::Window;
pub use error::FilterError;
pub use fir::Fir;
pub(crate) use fir::dot;
pub use fir_design::kaiser_order;
pub(crate) use fir_design::windowed;
pub use sos::{Section, Sos};
pub use stream::{Start, Stream};

use crate::complex::Complex;

/// What a filter does to one frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// By what the amplitude is multiplied.
    pub magnitude: f64,
    /// By what the phase is advanced, in radians from −π to π; a delay is negative.
    pub phase: f64,
}

impl From<Complex> for Response {
    fn from(response: Complex) -> Response {
        Response {
            magnitude: response.re.hypot(response.im),
            phase: response.im.atan2(response.re),
        }
    }
}

/// e^(−iω), one sample's delay, of a frequency in Hz.
fn delay(frequency: f64, rate: f64) -> Complex {
    let (sin, cos) = (std::f64::consts::TAU * frequency / rate).sin_cos();
    Complex::new(cos, -sin)
}
