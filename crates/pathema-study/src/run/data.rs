use pathema_experiments::config::{ModalityGroup, WindowConfig};
use pathema_experiments::data::{Degraded, Session};
use pathema_experiments::loso::{Cohort, CohortError};
use pathema_signal::Placement;

use crate::models::{Encoder, NetSpec, Skin};
use crate::records::ClassNames;
use crate::signals::{ChannelOptions, Loaded, channel_names};
use crate::windows::{Cut, Part, Shape, Store};

/// The recordings of a study, ready to be handed out fold by fold.
#[derive(Debug)]
pub struct Data {
    /// The subjects.
    pub cohort: Cohort,
    /// The modalities of their tracks, in order.
    pub groups: Vec<ModalityGroup>,
    /// Whose sensors.
    pub placement: Placement,
    /// Where several sessions are of one person: each session's. Such are held out together.
    pub people: Option<Vec<String>>,
    /// What the classes are called.
    pub classes: ClassNames,
    /// Names of the degraded recordings, in the order in which sessions hold them.
    pub degraded: Vec<String>,
    /// Whether the recordings are simulated.
    pub simulated: bool,
}

impl Data {
    /// From what was loaded, with all its degraded versions.
    ///
    /// # Errors
    /// [`CohortError`] if the subjects are too few, occur twice, or one has nothing to recognise.
    pub fn new(
        loaded: Loaded,
        groups: &[ModalityGroup],
        degraded: Vec<String>,
        windows: &WindowConfig,
    ) -> Result<Data, CohortError> {
        let sessions = loaded.subjects.into_iter().map(|subject| {
            let mut versions = subject.versions.into_iter();
            let mut features = subject.features.into_iter();
            let clean = features.next();
            Session {
                subject: subject.subject,
                tracks: versions.next().unwrap_or_default(),
                degraded: versions
                    .map(|tracks| Degraded {
                        tracks,
                        features: features.next(),
                    })
                    .collect(),
                features: clean,
                labels: subject.labels,
                duration: subject.duration,
            }
        });
        Ok(Data {
            cohort: Cohort::new(sessions.collect(), windows, 0)?,
            groups: groups.to_vec(),
            placement: loaded.placement,
            people: None,
            classes: ClassNames::default(),
            degraded,
            simulated: loaded.simulated,
        })
    }

    /// A store of windows as a network takes them.
    ///
    /// # Panics
    /// If the network asks for a modality that was not loaded.
    pub fn store(&self, spec: &NetSpec) -> Store {
        let shape = match spec.encoder {
            Encoder::Cde => Shape::Path(Cut::of(&spec.path)),
            _ => Shape::Grid(spec.cell),
        };
        let all = ChannelOptions::default();
        let parts = spec.modalities.iter().map(|&group| {
            let track = self.groups.iter().position(|&own| own == group);
            let names = channel_names(group, self.placement, all);
            let decomposed = group == ModalityGroup::Eda && spec.skin == Skin::Cvxeda;
            let seen = |name: &&str| {
                let omitted = spec.omit.iter().any(|own| own == name);
                // What is taken apart is the level.
                (!omitted || decomposed) && (spec.temperature || !name.starts_with("TEMP"))
            };
            Part {
                group,
                track: track.unwrap_or_else(|| panic!("{} was not loaded", group.name())),
                channels: (0..names.len())
                    .filter(|&channel| seen(&names[channel]))
                    .collect(),
                decomposed,
            }
        });
        Store::new(shape, parts.collect())
    }
}
