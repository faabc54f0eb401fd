use pathema_signal::Label;
use pathema_signal::windows::{Window, windows};

use super::fold::{Fold, HeldOut, Training};
use crate::config::WindowConfig;
use crate::data::Session;

/// Sessions of several subjects, to be handed out fold by fold.
#[derive(Debug)]
pub struct Cohort {
    pub(super) sessions: Vec<Session>,
    pub(super) windows: WindowConfig,
}

/// Why sessions do not make a cohort.
#[derive(Debug, thiserror::Error)]
pub enum CohortError {
    /// Too few subjects.
    #[error(
        "leave-one-subject-out needs at least {needed} subjects (one held out, {validation} to choose the epoch, \
         one to learn from), the data has {found}: {}", subjects.join(", ")
    )]
    TooFew {
        /// How many there are.
        found: usize,
        /// How many it takes.
        needed: usize,
        /// How many of them choose the epoch.
        validation: usize,
        /// Who they are.
        subjects: Vec<String>,
    },
    /// A subject occurs twice: it would be on both sides of a fold.
    #[error("{subject} occurs twice: each subject is one session")]
    Twice {
        /// Who.
        subject: String,
    },
    /// A subject has no window of a class that is recognised.
    #[error(
        "{subject} has no window of {length} s within one of baseline, stress or amusement: leave the subject out \
         (--subjects) or take shorter windows"
    )]
    NoWindows {
        /// Who.
        subject: String,
        /// Seconds.
        length: f64,
    },
}

impl Cohort {
    /// A cohort whose folds set `validation` training subjects aside to choose the epoch.
    ///
    /// # Errors
    /// [`CohortError`] if the subjects are too few, occur twice, or one has nothing to recognise.
    pub fn new(
        sessions: Vec<Session>,
        windows: &WindowConfig,
        validation: usize,
    ) -> Result<Cohort, CohortError> {
        let needed = validation + 2;
        let subjects: Vec<String> = sessions.iter().map(|s| s.subject.clone()).collect();
        if sessions.len() < needed {
            return Err(CohortError::TooFew {
                found: sessions.len(),
                needed,
                validation,
                subjects,
            });
        }
        for (place, subject) in subjects.iter().enumerate() {
            if subjects[..place].contains(subject) {
                return Err(CohortError::Twice {
                    subject: subject.clone(),
                });
            }
        }
        let cohort = Cohort {
            sessions,
            windows: windows.clone(),
        };
        for (index, session) in cohort.sessions.iter().enumerate() {
            if cohort.windows(index, windows.shift).is_empty() {
                return Err(CohortError::NoWindows {
                    subject: session.subject.clone(),
                    length: windows.length,
                });
            }
        }
        Ok(cohort)
    }

    /// Whom the folds are named after, in order.
    pub fn subjects(&self) -> Vec<String> {
        self.sessions.iter().map(|s| s.subject.clone()).collect()
    }

    /// Number of subjects, and of folds.
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Never: a cohort has subjects.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// Does `work` on the fold that holds the subject at `held_out` out.
    ///
    /// # Panics
    /// If there is no such subject.
    pub fn with_fold<R>(
        &self,
        held_out: usize,
        work: impl for<'id> FnOnce(Fold<'id, '_>) -> R,
    ) -> R {
        assert!(held_out < self.len(), "fold {held_out} of {}", self.len());
        work(Fold {
            training: Training::new(self, held_out),
            held_out: HeldOut::new(self, held_out),
        })
    }

    /// Windows of one subject that lie in one of the classes recognised.
    pub(super) fn windows(&self, subject: usize, shift: f64) -> Vec<(usize, Window)> {
        let session = &self.sessions[subject];
        windows(&session.labels, self.windows.length, shift)
            .filter(|window| window.end() <= session.duration + 1e-9)
            .filter_map(|window| Some((class(window.label)?, window)))
            .collect()
    }
}

/// Index into [`crate::run::records::CLASSES`] of a label that is recognised.
fn class(label: Label) -> Option<usize> {
    match label {
        Label::Baseline => Some(0),
        Label::Stress => Some(1),
        Label::Amusement => Some(2),
        Label::Transient | Label::Meditation | Label::Ignored(_) => None,
    }
}
