use std::marker::PhantomData;

use anyhow::Result;
use pathema_signal::Label;

use super::Cohort;
use super::cohort::class;
use super::fold::{Brand, Frozen, Predictor, Probabilities, Share, names};
use crate::data::{Input, Sight};
use crate::run::records::Prediction;

/// The subjects held out. They give no sample away.
#[derive(Debug)]
pub struct HeldOut<'id, 'a> {
    cohort: &'a Cohort,
    subjects: Vec<usize>,
    share: Share,
    brand: Brand<'id>,
}

/// What the subjects held out are to be judged on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ask {
    /// Which of their windows.
    pub windows: Asked,
    /// What is left to be seen of them.
    pub sight: Sight,
}

/// Windows to be judged on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asked {
    /// Those of the classes recognised.
    Classed,
    /// Those of a label that nothing is trained on.
    Labelled(Label),
    /// All of the session, so many seconds apart, whatever its labels.
    Everything {
        /// Seconds from one window to the next.
        shift: f64,
    },
}

/// What a model said of a window of a subject held out.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Whose.
    pub subject: String,
    /// Seconds since the start of the recording.
    pub start: f64,
    /// Seconds.
    pub length: f64,
    /// The truth, where the window lies in one of the classes recognised: an index into [`crate::run::records::CLASSES`].
    pub class: Option<usize>,
    /// What was said.
    pub probabilities: Probabilities,
}

impl<'id, 'a> HeldOut<'id, 'a> {
    pub(super) fn new(cohort: &'a Cohort, subjects: &[usize], share: Share) -> Self {
        HeldOut {
            cohort,
            subjects: subjects.to_vec(),
            share,
            brand: PhantomData,
        }
    }

    /// Who; the first of them where there are several.
    pub fn name(&self) -> &'a str {
        &self.cohort.sessions[self.subjects[0]].subject
    }

    /// Who, all of them.
    pub fn names(&self) -> Vec<String> {
        names(self.cohort, &self.subjects)
    }

    /// Has the frozen models judged, once: every window of the subjects, every model.
    ///
    /// # Errors
    /// If a model fails on a window.
    pub fn judge(self, frozen: &Frozen<'id>) -> Result<Vec<Prediction>> {
        let all = Ask {
            windows: Asked::Classed,
            sight: Sight::default(),
        };
        let mut judged = self.judge_on(frozen, &[all])?;
        let mut predictions = Vec::new();
        for (model, mut said) in judged.drain(..) {
            predictions.extend(
                said.remove(0)
                    .iter()
                    .filter_map(|said| said.prediction(&model)),
            );
        }
        Ok(predictions)
    }

    /// Has the frozen models judged, once, on all that is asked: of each model, by its name, what it said to each question.
    ///
    /// # Errors
    /// If a model fails on a window.
    pub fn judge_on(
        self,
        frozen: &Frozen<'id>,
        asks: &[Ask],
    ) -> Result<Vec<(String, Vec<Vec<Said>>)>> {
        let asked: Vec<Vec<(Option<usize>, Input<'_>)>> =
            asks.iter().map(|ask| self.windows(ask)).collect();
        let of_model = |(name, predictor): &(String, Box<dyn Predictor>)| {
            let answers = asked.iter().map(|windows| {
                let inputs: Vec<Input<'_>> = windows.iter().map(|&(_, input)| input).collect();
                let said = predictor.predict(&inputs)?;
                Ok(windows
                    .iter()
                    .zip(said)
                    .map(|(&(class, input), probabilities)| Said {
                        subject: input.subject().to_owned(),
                        start: input.session_time(),
                        length: input.length(),
                        class,
                        probabilities,
                    })
                    .collect())
            });
            Ok((name.clone(), answers.collect::<Result<_>>()?))
        };
        frozen.models.iter().map(of_model).collect()
    }

    fn windows(&self, ask: &Ask) -> Vec<(Option<usize>, Input<'a>)> {
        let mut found = Vec::new();
        for &subject in &self.subjects {
            let session = &self.cohort.sessions[subject];
            let length = self.cohort.windows.length;
            let windows: Vec<(Option<usize>, Input<'a>)> = match ask.windows {
                Asked::Everything { shift } => {
                    let class_of = |start: f64| {
                        let mut runs = session.labels.iter();
                        let run = runs.find(|run| run.start <= start && start + length <= run.end);
                        run.and_then(|run| class(run.label))
                    };
                    let inputs = session.inputs(length, shift).into_iter();
                    inputs
                        .map(|input| (class_of(input.session_time()), input))
                        .collect()
                }
                Asked::Classed | Asked::Labelled(_) => self
                    .cohort
                    .labelled_windows(subject, self.cohort.windows.shift)
                    .into_iter()
                    .filter(|window| match ask.windows {
                        Asked::Labelled(label) => window.label == label,
                        _ => class(window.label).is_some(),
                    })
                    .filter(|window| self.share.holds(subject, window.start))
                    .map(|window| {
                        (
                            class(window.label),
                            session.input(window.start, window.length),
                        )
                    })
                    .collect(),
            };
            let seen = |(class, input): (_, Input<'a>)| (class, input.through(ask.sight));
            found.extend(windows.into_iter().map(seen));
        }
        found
    }
}

impl Said {
    /// As a row of predictions; `None` where there is no truth.
    pub fn prediction(&self, model: &str) -> Option<Prediction> {
        let [p_baseline, p_stress, p_amusement] = self.probabilities.three_class;
        Some(Prediction {
            model: model.to_owned(),
            subject: self.subject.clone(),
            start: self.start,
            length: self.length,
            truth: self.class?,
            p_baseline,
            p_stress,
            p_amusement,
            p_stress_binary: self.probabilities.stress,
        })
    }
}
