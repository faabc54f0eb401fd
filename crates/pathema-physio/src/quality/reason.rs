//! The verdict on a window.

use thiserror::Error;

use crate::beat::BeatError;
use crate::resp::RespError;
use crate::{Undefined, Value};

/// What a window of a signal is good for.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// From 0, worthless, to 1, faultless.
    pub score: f64,
    /// Whether nothing speaks against the window.
    pub usable: bool,
    /// What speaks against it. Empty if it is usable.
    pub reasons: Vec<Reason>,
}

/// What can be wrong with a sample.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// It was not recorded.
    #[error("missing")]
    Missing,
    /// It repeats its neighbours for too long.
    #[error("flat")]
    Flat,
    /// It lies at an end of what the sensor can tell.
    #[error("clipped")]
    Clipped,
    /// It lies where the body cannot be.
    #[error("out of range")]
    OutOfRange,
    /// It changes faster than the body can.
    #[error("too steep")]
    Steep,
    /// The skin beside it is too cold or too warm for the sensor to be worn.
    #[error("taken off the skin")]
    NotWorn,
}

/// Why a window is not usable.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// Too many samples have a fault.
    #[error("{share:.2} of the samples are {fault}: at most {allowed} may be")]
    Samples {
        /// What is wrong with them.
        fault: Fault,
        /// Part of the samples, from 0 to 1.
        share: f64,
        /// The part that may be so.
        allowed: f64,
    },
    /// A measure lies outside its range.
    #[error("the {measure} is {found:.3}: it should lie in {low}–{high}")]
    Measure {
        /// What is measured.
        measure: &'static str,
        /// Its value.
        found: f64,
        /// The lowest value that is good.
        low: f64,
        /// The highest value that is good.
        high: f64,
    },
    /// A measure has no value.
    #[error("the {measure} is undefined: {why}")]
    Unknown {
        /// What should be measured.
        measure: &'static str,
        /// Why it could not be.
        why: Undefined,
    },
    /// Beats could not be looked for.
    #[error(transparent)]
    Beats(#[from] BeatError),
    /// Breaths could not be looked for.
    #[error(transparent)]
    Breaths(#[from] RespError),
}

/// Gathers what speaks against a window.
#[derive(Debug)]
pub(super) struct Findings {
    samples: usize,
    /// Whether each sample is without fault.
    good: Vec<bool>,
    /// How well the shape of the whole is, from 0 to 1.
    pub(super) shape: f64,
    pub(super) reasons: Vec<Reason>,
}

impl Findings {
    pub(super) fn of(samples: usize) -> Findings {
        Findings {
            samples,
            good: vec![true; samples],
            shape: 1.0,
            reasons: Vec::new(),
        }
    }

    /// Counts the samples with a fault, of which `allowed` (a part) may be.
    pub(super) fn fault(&mut self, fault: Fault, allowed: f64, faulty: impl Fn(usize) -> bool) {
        let mut count = 0;
        for (index, good) in self.good.iter_mut().enumerate() {
            if faulty(index) {
                count += 1;
                *good = false;
            }
        }
        let share = count as f64 / self.samples.max(1) as f64;
        if share > allowed {
            self.reasons.push(Reason::Samples {
                fault,
                share,
                allowed,
            });
        }
    }

    /// Asks for a measure between two bounds, and gives it on.
    pub(super) fn measure(
        &mut self,
        measure: &'static str,
        value: Value,
        [low, high]: [f64; 2],
    ) -> Option<f64> {
        match value {
            Ok(found) if (low..=high).contains(&found) => Some(found),
            // Of samples so large that their squares overflowed.
            Ok(found) if found.is_nan() => {
                let why = Undefined::Absent {
                    what: "finite value",
                };
                self.reasons.push(Reason::Unknown { measure, why });
                None
            }
            Ok(found) => {
                self.reasons.push(Reason::Measure {
                    measure,
                    found,
                    low,
                    high,
                });
                Some(found)
            }
            Err(why) => {
                self.reasons.push(Reason::Unknown { measure, why });
                None
            }
        }
    }

    pub(super) fn quality(self) -> Quality {
        let good = self.good.iter().filter(|good| **good).count();
        Quality {
            score: good as f64 / self.samples.max(1) as f64 * self.shape.clamp(0.0, 1.0),
            usable: self.reasons.is_empty(),
            reasons: self.reasons,
        }
    }
}
