//! Steps whose length an error estimate controls, of each sample its own.

mod begin;
mod controller;
mod course;
mod find;
pub mod first_step;
mod lane;
mod norms;
mod search;
mod walker;

pub use controller::{Controller, Errors};
pub use course::{Course, Norm, Steps, Tolerance, Way};
pub use lane::{Judged, Lane};
pub(crate) use search::Search;
