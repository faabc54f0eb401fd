use pathema_signal::windows::{Window, windows};
use pathema_signal::{Label, LabelRun};

use super::fold::{Fold, Share};
use super::{HeldOut, Training};
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
    /// The features are of windows of another length.
    #[error(
        "the features of {subject} are of windows of {found} s, the windows last {length} s: compute them anew"
    )]
    OtherWindows {
        /// Who.
        subject: String,
        /// Seconds that a window of the features lasts.
        found: f64,
        /// Seconds that a window lasts.
        length: f64,
    },
    /// Sessions that cannot be learnt from together.
    #[error(
        "the features of {subject} are not those of {first}: compute the same set for all subjects"
    )]
    OtherFeatures {
        /// Who.
        subject: String,
        /// Whose features others must have.
        first: String,
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
        for session in &sessions {
            same_features(session, &sessions[0], windows.length)?;
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
        self.with_group(&[held_out], work)
    }

    /// Does `work` on the fold that holds several subjects out together.
    ///
    /// # Panics
    /// If there is no such subject, none is named, or nobody is left to learn from.
    pub fn with_group<R>(
        &self,
        held_out: &[usize],
        work: impl for<'id> FnOnce(Fold<'id, '_>) -> R,
    ) -> R {
        let left = (0..self.len()).filter(|subject| !held_out.contains(subject));
        assert!(
            !held_out.is_empty() && held_out.iter().all(|&subject| subject < self.len()),
            "fold {held_out:?} of {}",
            self.len()
        );
        assert!(left.count() > 0, "nobody is left to learn from");
        self.fold(held_out, Share::All, work)
    }

    /// Does `work` on a fold whose test windows are one part of so many, drawn from all subjects' windows: **not** held-out subjects.
    /// It learns from windows of those whom it is judged on, even from windows that overlap those judged, as random splits in papers do;
    /// here to measure how much that flatters.
    ///
    /// # Panics
    /// If there is no such part.
    pub fn with_part<R>(
        &self,
        part: usize,
        of: usize,
        seed: u64,
        work: impl for<'id> FnOnce(Fold<'id, '_>) -> R,
    ) -> R {
        assert!(part < of, "part {part} of {of}");
        let everyone: Vec<usize> = (0..self.len()).collect();
        self.fold(&everyone, Share::Part { part, of, seed }, work)
    }

    fn fold<R>(
        &self,
        held_out: &[usize],
        share: Share,
        work: impl for<'id> FnOnce(Fold<'id, '_>) -> R,
    ) -> R {
        work(Fold {
            training: Training::new(self, held_out, share),
            held_out: HeldOut::new(self, held_out, share),
        })
    }

    /// Who was stressed before being amused, and who after: the orders in which a protocol takes its states. Who lacks one of
    /// them is in neither.
    pub fn orders(&self) -> [Vec<usize>; 2] {
        let mut orders = [Vec::new(), Vec::new()];
        for (subject, session) in self.sessions.iter().enumerate() {
            let first = |label| session.labels.iter().find(|run| run.label == label);
            if let (Some(stress), Some(amusement)) = (first(Label::Stress), first(Label::Amusement))
            {
                orders[usize::from(amusement.start < stress.start)].push(subject);
            }
        }
        orders
    }

    /// Windows of one subject that lie in one of the classes recognised.
    ///
    /// Where there are features, windows start where theirs do: the first of a run of a label at the first start in it.
    pub(super) fn windows(&self, subject: usize, shift: f64) -> Vec<(usize, Window)> {
        let classed = |window: Window| Some((class(window.label)?, window));
        let all = self.labelled_windows(subject, shift);
        all.into_iter().filter_map(classed).collect()
    }

    /// As [`windows`](Self::windows), of every label.
    pub(super) fn labelled_windows(&self, subject: usize, shift: f64) -> Vec<Window> {
        let session = &self.sessions[subject];
        let length = self.windows.length;
        let inside = |window: &Window| window.end() <= session.duration + 1e-9;
        match &session.features {
            None => windows(&session.labels, length, shift)
                .filter(inside)
                .collect(),
            Some(table) => session
                .labels
                .iter()
                .flat_map(|run| at_starts(table.starts(), run, length, shift))
                .filter(inside)
                .collect(),
        }
    }
}

/// Windows inside one run of a label that start at some of `starts`, at least `shift` apart.
fn at_starts(starts: &[f64], run: &LabelRun, length: f64, shift: f64) -> Vec<Window> {
    let mut found = Vec::new();
    let mut next = run.start;
    for &start in &starts[starts.partition_point(|&start| start < run.start - 1e-9)..] {
        if start + length > run.end + 1e-9 {
            break;
        }
        if start >= next - 1e-9 {
            found.push(Window {
                label: run.label,
                start,
                length,
            });
            next = start + shift;
        }
    }
    found
}

fn same_features(session: &Session, first: &Session, length: f64) -> Result<(), CohortError> {
    let names = |session: &Session| {
        let table = session.features.as_ref();
        table.map(|table| table.names().to_vec())
    };
    if names(session) != names(first) {
        return Err(CohortError::OtherFeatures {
            subject: session.subject.clone(),
            first: first.subject.clone(),
        });
    }
    match &session.features {
        Some(table) if (table.length() - length).abs() > 1e-6 => Err(CohortError::OtherWindows {
            subject: session.subject.clone(),
            found: table.length(),
            length,
        }),
        _ => Ok(()),
    }
}

/// Index into [`crate::run::records::CLASSES`] of a label that is recognised.
pub(super) fn class(label: Label) -> Option<usize> {
    match label {
        Label::Baseline => Some(0),
        Label::Stress => Some(1),
        Label::Amusement => Some(2),
        Label::Transient | Label::Meditation | Label::Ignored(_) => None,
    }
}
