//! The methods, one a file.

mod dopri5;
mod euler;
mod midpoint;
mod rk4;

pub use dopri5::DOPRI5;
pub use euler::EULER;
pub use midpoint::MIDPOINT;
pub use rk4::RK4;
