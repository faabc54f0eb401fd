//! The methods, one a file.
//!
//! | method | order | evaluations a step | error estimate | use it for |
//! |---|---|---|---|---|
//! | [`EULER`] | 1 | 1 | no | comparison |
//! | [`MIDPOINT`], [`HEUN`], [`RALSTON`] | 2 | 2 | yes | training with one step a knot |
//! | [`BOSH3`] | 3 | 3 | yes | loose tolerances |
//! | [`RK4`], [`RK4_38`] | 4 | 4 | no | training with one step a knot, smooth paths |
//! | [`DOPRI5`], [`TSIT5`] | 5 | 6 | yes | accuracy; first choice |
//! | [`DOPRI8`] | 8 | 13 | yes | tolerances below 1e-8 |
//! | [`KVAERNO3`], [`KVAERNO5`] | 3, 5 | implicit | yes | stiff fields |

mod bosh3;
mod dopri5;
mod dopri8;
mod euler;
mod heun;
mod kvaerno3;
mod kvaerno5;
mod midpoint;
mod ralston;
mod rk4;
mod rk4_38;
mod tsit5;

pub use bosh3::BOSH3;
pub use dopri5::DOPRI5;
pub use dopri8::DOPRI8;
pub use euler::EULER;
pub use heun::HEUN;
pub use kvaerno3::KVAERNO3;
pub use kvaerno5::KVAERNO5;
pub use midpoint::MIDPOINT;
pub use ralston::RALSTON;
pub use rk4::RK4;
pub use rk4_38::RK4_38;
pub use tsit5::TSIT5;
