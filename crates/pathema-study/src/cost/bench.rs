use std::sync::Arc;

use anyhow::{Context, Result};
use pathema_experiments::baselines::SeenFeatures;
use pathema_experiments::config::WindowConfig;
use pathema_experiments::data::{Input, Session, Track};
use pathema_physio::features::{FeatureSet, FeatureTable, Signal, Signals, Windows};
use pathema_signal::simulate::{Protocol, SimulationConfig, session};
use pathema_signal::{Modality, Placement, Recording};
use serde::{Deserialize, Serialize};

use super::Model;
use crate::models::NetSpec;
use crate::run::{Data, seen};
use crate::signals::{ChannelOptions, LoadSettings, Loaded, subject, tracks};

/// Seconds of the windows that are measured.
const LENGTH: f64 = 60.0;
/// Seconds from one to the next, and from one window of features to the next.
const SHIFT: f64 = 30.0;
/// The wrist's features.
const SET: &str = "schmidt2018-wrist";

/// Simulated people whose wrists models are measured on: the same for the same seed.
pub struct Bench {
    /// Who is measured.
    pub recording: Recording,
    /// The same person's series.
    pub session: Session,
    /// That one and another, to be learnt from.
    pub data: Data,
    /// Whose sensors.
    pub placement: Placement,
    /// Features of classifiers.
    pub set: FeatureSet,
    /// Samples of each sensor that the features take, with their rates.
    samples: Vec<(&'static str, Vec<f64>, f64)>,
}

/// Windows that classifiers, the majority and the clock learn from: how many there are decides what these cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Features of each window; missing where undefined.
    pub features: Vec<Vec<Option<f64>>>,
    /// Index of each one's class.
    pub classes: Vec<usize>,
    /// When each starts, seconds.
    pub times: Vec<f64>,
}

impl Training {
    /// Those of the first fold of a cohort, as the model sees them: whose sessions have features, unless it sums channels up.
    ///
    /// # Errors
    /// If a window has no features.
    pub fn of(data: &Data, model: &Model) -> Result<Training> {
        let seen: SeenFeatures = match model {
            Model::Channels(_, spec) => seen::channels(data, spec, 0),
            _ => Arc::new(|input| input.features().map(<[f64]>::to_vec)),
        };
        data.cohort.with_fold(0, |fold| {
            let mut training = Training::default();
            for example in fold.training.whole().examples() {
                let input: Input<'_> = example.input;
                let features = seen(&input)
                    .context("a window has no features: load the data with a set of them")?;
                let finite = features.iter().map(|&x| x.is_finite().then_some(x));
                training.features.push(finite.collect());
                training.classes.push(example.class);
                training.times.push(input.session_time());
            }
            Ok(training)
        })
    }
}

impl Bench {
    /// Two people in short sessions.
    ///
    /// # Errors
    /// None that is known: simulated people have all that is needed.
    pub fn simulated(seed: u64) -> Result<Bench> {
        let config = SimulationConfig {
            subjects: 2,
            seed,
            protocol: Protocol::Short,
        };
        let placement = Placement::Wrist;
        let set = FeatureSet::named(SET)?;
        let settings = LoadSettings::of("");
        let mut subjects = Vec::with_capacity(config.subjects);
        let mut first = None;
        for index in 0..config.subjects {
            let mut recording = session(&config, index).recording;
            // Nothing of the chest is measured: it would only take its time.
            recording.channels.retain(|own| own.placement == placement);
            let samples = samples(&recording, placement, &set);
            let mut own = subject(&recording, placement, &settings)?;
            own.features.push(table(&set, &samples)?);
            if first.is_none() {
                first = Some((recording, own.session(0), samples));
            }
            subjects.push(own);
        }
        let (recording, session, samples) = first.context("a person was simulated")?;
        let loaded = Loaded {
            subjects,
            simulated: true,
            placement,
        };
        let windows = WindowConfig {
            length: LENGTH,
            shift: SHIFT,
            train_shift: SHIFT,
        };
        Ok(Bench {
            data: Data::new(loaded, &settings.groups, Vec::new(), &windows)?,
            recording,
            session,
            placement,
            set,
            samples,
        })
    }

    /// Windows to be measured, over the whole session.
    pub fn inputs(&self) -> Vec<Input<'_>> {
        self.session.inputs(LENGTH, SHIFT)
    }

    /// Seconds of each.
    pub fn length(&self) -> f64 {
        LENGTH
    }

    /// The signals that features are computed of.
    pub fn signals(&self) -> Signals<'_> {
        signals(&self.samples)
    }

    /// Numbers that a window of all those signals is kept in.
    pub(super) fn samples_of_a_window(&self) -> u64 {
        let duration = self.recording.duration();
        let all = self.samples.iter();
        all.map(|(_, samples, _)| (samples.len() as f64 / duration * LENGTH).round() as u64)
            .sum()
    }

    /// From samples to a network's channels, of the whole recording.
    pub(super) fn sense(&self, spec: &NetSpec) -> Result<Vec<Track>> {
        let options = ChannelOptions {
            temperature: spec.temperature,
            ..ChannelOptions::default()
        };
        Ok(tracks(
            &self.recording,
            self.placement,
            &spec.modalities,
            options,
        )?)
    }
}

fn samples(
    recording: &Recording,
    placement: Placement,
    set: &FeatureSet,
) -> Vec<(&'static str, Vec<f64>, f64)> {
    let found = set.modalities.iter().filter_map(|modality| {
        let channel = recording.channel(placement, Modality::from_name(modality.name)?)?;
        Some((modality.name, channel.all().into_owned(), channel.rate()?))
    });
    found.collect()
}

fn signals<'a>(samples: &'a [(&'static str, Vec<f64>, f64)]) -> Signals<'a> {
    Signals::of(|name| {
        let (_, samples, rate) = samples.iter().find(|(own, ..)| *own == name)?;
        Some(Signal {
            samples,
            rate: *rate,
        })
    })
}

fn table(set: &FeatureSet, samples: &[(&'static str, Vec<f64>, f64)]) -> Result<FeatureTable> {
    let windows = Windows {
        length: LENGTH,
        shift: SHIFT,
    };
    Ok(set.extract(&signals(samples), &windows)?)
}
