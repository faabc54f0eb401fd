//! Leave one subject out, so that the subject left out cannot be seen.
//!
//! A [`Cohort`] owns the sessions and hands none out. A [`Fold`] has two halves: [`Training`], through which all
//! that is learned is learned, and [`HeldOut`], which gives no sample away and does one thing, once: it has
//! models judged, after the training half has been given up ([`Training::freeze`]). The lifetime `'id` ties the
//! halves of one fold together: a model frozen in one fold is no model for another, where the subject that it
//! is to be judged on took part in its training.

mod cohort;
mod fold;
mod held_out;
mod training;

pub use cohort::{Cohort, CohortError};
pub use fold::{Fold, Frozen, Predictor, Probabilities};
pub use held_out::{Ask, Asked, HeldOut, Said};
pub use training::{Choice, Example, Fitting, ForeignChoice, Training, Validation};
