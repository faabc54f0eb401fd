//! Datasets, folds, models, baselines, training, metrics and reports: the library behind the program `pathema`.
//!
//! The way of a recording: [`data`] turns it into one irregular series a modality, [`loso`] hands windows out
//! fold by fold so that a held-out subject cannot be seen while fitting, [`model`] recognises, [`train`] fits,
//! [`baselines`] (some of them [`classifiers`] of features) and [`metrics`] say what it is worth, [`run`] writes everything
//! down and [`report`] shows it. [`inspect`] shows what was recorded before any of it, [`physio`] what the body did.

pub mod baselines;
pub mod classifiers;
pub mod config;
pub mod data;
pub mod inspect;
pub mod loso;
pub mod metrics;
#[cfg(feature = "libtorch")]
pub mod model;
pub mod physio;
pub mod report;
pub mod run;
#[cfg(feature = "libtorch")]
pub mod train;
