use std::sync::Arc;

use anyhow::{Context, Result};
use pathema_experiments::data::Sight;
use pathema_experiments::loso::{Ask, Asked, Fold, Predictor, Said};
use serde::{Deserialize, Serialize};

use super::latents::{Latents, attention, latents};
use super::signals::Traces;
use crate::fit::{FitError, Judge, Noted, Probe, fit};
use crate::models::NetSpec;
use crate::records::Protocol;
use crate::report::material::{Inside, Timeline, TimelineWindow};
use crate::run::{Data, Held};

/// Whom is looked at, and how closely.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// The model's name in tables.
    pub model: String,
    /// The session held out.
    pub subject: String,
    /// Seconds from one window of the session to the next.
    pub shift: f64,
    /// Trajectories drawn of each class at most.
    pub trajectories: usize,
    /// Seed of the fit.
    pub seed: u64,
}

impl Looked {
    /// Every 5 s of a session, by the first seed's neural CDE.
    pub fn at(subject: &str) -> Looked {
        Looked {
            model: "cde".into(),
            subject: subject.into(),
            shift: 5.0,
            trajectories: 8,
            seed: 0,
        }
    }
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// What the report shows: its trajectory is that of all modalities side by side.
    pub inside: Inside,
    /// Of all modalities side by side, then of each.
    pub latents: Vec<Latents>,
}

/// Fits a network without the subject, in that subject's LOSO fold and from that fold's seed, and looks at it while it judges
/// them. `None` where it was stopped.
///
/// # Errors
/// If there is no such subject, or fitting or judging fails.
pub fn look(
    data: &Data,
    spec: &NetSpec,
    at: &Looked,
    halted: &dyn Fn() -> bool,
) -> Result<Option<Look>> {
    let subjects = data.cohort.subjects();
    let who = subjects.iter().position(|own| *own == at.subject);
    let who = who.with_context(|| {
        format!(
            "{} is no subject: there are {}",
            at.subject,
            subjects.join(", ")
        )
    })?;
    let folds = Protocol::Loso.folds(data);
    let place = folds.iter().position(|held| match held {
        Held::Subjects(members) => members.contains(&who),
        Held::Part(_) => false,
    });
    let place = place.with_context(|| format!("{} is held out by no fold", at.subject))?;
    let store = Arc::new(data.store(spec));
    let seed = at.seed.wrapping_mul(1009).wrapping_add(place as u64);
    let degraded = match spec.train.gaps > 0.0 {
        true => data.degraded.len(),
        false => 0,
    };
    let asks = [Asked::Everything { shift: at.shift }, Asked::Classed].map(|windows| Ask {
        windows,
        sight: Sight::default(),
    });
    folds[place].with(&data.cohort, |fold| {
        let Fold { training, held_out } = fold;
        let fitting = training.whole();
        let fitted = match fit(&fitting, None, spec, &store, degraded, seed, halted) {
            Err(FitError::Halted) => return Ok(None),
            fitted => fitted?,
        };
        let (probe, notes) = Probe::new(Judge::new(fitted, Arc::clone(&store)));
        let mut models: Vec<(String, Box<dyn Predictor>)> =
            vec![(at.model.clone(), Box::new(probe))];
        // Nobody's recording is shown.
        let remembered = data.simulated.then(|| {
            let (traces, remembered) = Traces::new(&at.subject, data.groups.len());
            models.push(("signals".into(), Box::new(traces)));
            remembered
        });
        let frozen = training.freeze(models);
        let said = held_out.judge_on(&frozen, &asks)?;
        let notes = notes
            .lock()
            .map_err(|_| anyhow::anyhow!("a thread that wrote notes has panicked"))?;
        let (_, said) = &said[0];
        let names: Vec<&str> = spec.modalities.iter().map(|group| group.name()).collect();
        let session = own(&notes[0], &said[0], &at.subject);
        let classed = own(&notes[1], &said[1], &at.subject);
        let noted: Vec<Noted> = session.iter().map(|(noted, _)| (*noted).clone()).collect();
        let tested: Vec<Noted> = classed.iter().map(|(noted, _)| (*noted).clone()).collect();
        let classes: Vec<Option<usize>> = classed.iter().map(|(_, said)| said.class).collect();
        let latents = latents(&tested, &classes, &names, at.trajectories);
        Ok(Some(Look {
            inside: Inside {
                model: at.model.clone(),
                subject: at.subject.clone(),
                told: String::new(),
                attention: attention(&noted, &names),
                trajectory: latents.first().map_or(Vec::new(), |all| all.points.clone()),
                timeline: Some(Timeline {
                    windows: session.iter().map(|(_, said)| window(said)).collect(),
                    signals: remembered.map_or(Vec::new(), |of| of.signals()),
                }),
            },
            latents,
        }))
    })
}

/// Notes and answers about one subject; others may be held out with them.
fn own<'a>(noted: &'a [Noted], said: &'a [Said], subject: &str) -> Vec<(&'a Noted, &'a Said)> {
    let all = noted.iter().zip(said);
    all.filter(|(noted, _)| noted.subject == subject).collect()
}

fn window(said: &Said) -> TimelineWindow {
    TimelineWindow {
        start: said.start,
        length: said.length,
        truth: said.class,
        three_class: said.probabilities.three_class,
        stress: said.probabilities.stress,
    }
}
