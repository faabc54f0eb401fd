//! From recordings to irregular series, one a modality, each at its own times.
//!
//! [`degrade`] takes raw samples away first, where an experiment asks for it: what is derived from a signal with gaps has artefacts
//! at their edges that no gap made afterwards has. [`tracks`] then derives channels, and [`load`] does both for all subjects of a
//! data set in WESAD's layout, [`load_road`] for AffectiveROAD.
//!
//! Nothing is filled in. A gap in the samples is a gap in the series: filters go on at the next sample there is, and values that
//! cannot be known are NaN, or have no row at all.
//!
//! What a row says was known at its time, with one exception: beats are sought by filters without phase, which look about 5 s ahead
//! ([`Heart`](pathema_experiments::config::ModalityGroup::Heart) in [`tracks`]).
//!
//! ```
//! use pathema_experiments::config::ModalityGroup;
//! use pathema_signal::{Channel, Modality, Placement, Recording, Samples, Timing};
//! use pathema_study::signals::{ChannelOptions, Degradation, degrade, tracks};
//!
//! let eda = Samples::F64((0..2400).map(|k| 2.0 + 0.001 * f64::from(k)).collect());
//! let recording = Recording {
//!     subject: "S2".into(),
//!     channels: vec![
//!         Channel::new("EDA", Modality::Eda, "µS", Timing::regular(4.0), eda).worn(Placement::Wrist),
//!     ],
//!     ..Recording::default()
//! };
//! let options = ChannelOptions { temperature: false, derived: true };
//! let groups = [ModalityGroup::Eda];
//! let clean = tracks(&recording, Placement::Wrist, &groups, options)?;
//! assert_eq!(clean[0].channels[..3], ["log EDA", "phasic EDA", "EDA slope"]);
//! assert_eq!(clean[0].times.len(), 2400);
//!
//! let half = Degradation::Random { share: 0.5 };
//! let degraded = degrade(&recording, Placement::Wrist, &half, 7)?;
//! assert_eq!(tracks(&degraded, Placement::Wrist, &groups, options)?[0].times.len(), 1200);
//! # Ok::<(), pathema_study::signals::SignalsError>(())
//! ```

mod channels;
mod concentration;
mod degrade;
mod error;
mod exponential;
mod heart;
mod load;
mod motion;
mod pulse;
mod road;
mod rows;
mod skin;
mod spread;
#[cfg(test)]
mod tests;

pub use channels::{ChannelOptions, channel_names, tracks};
pub use degrade::{Degradation, degrade};
pub use error::SignalsError;
pub use load::{LoadSettings, Loaded, Subject, load, subject};
pub use road::{LoadedRoad, RoadLabels, RoadSettings, Wrist, load_road};
