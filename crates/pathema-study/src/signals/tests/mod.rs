//! What all channels must keep to.

mod degrading;
mod filters;
mod hearts;
mod loading;
mod road;
mod senses;

use std::sync::LazyLock;

use pathema_experiments::config::ModalityGroup;
use pathema_experiments::data::Track;
use pathema_signal::simulate::{Session, SimulationConfig, session};
use pathema_signal::{Channel, Modality, Placement, Recording, Samples, Timing};

use super::{ChannelOptions, tracks};

const GROUPS: [ModalityGroup; 3] = [ModalityGroup::Heart, ModalityGroup::Eda, ModalityGroup::Acc];

/// A short session, simulated once.
static SESSION: LazyLock<Session> = LazyLock::new(|| session(&SimulationConfig::default(), 0));

/// Numbers that look random, from −1 to 1.
fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

fn channel(modality: Modality, rate: f64, values: Vec<f64>) -> Channel {
    let axes = if modality == Modality::Acc { 3 } else { 1 };
    let timing = Timing::regular(rate);
    Channel::new(modality.name(), modality, "", timing, Samples::F64(values))
        .worn(Placement::Wrist)
        .with_axes(axes)
}

fn recording(channels: Vec<Channel>) -> Recording {
    Recording {
        subject: "S2".to_owned(),
        channels,
        ..Recording::default()
    }
}

/// One modality of a wrist, with all channels.
fn wrist(recording: &Recording, group: ModalityGroup) -> Track {
    tracks(
        recording,
        Placement::Wrist,
        &[group],
        ChannelOptions::default(),
    )
    .unwrap()
    .remove(0)
}

/// Times and values of a channel where it was observed.
fn observed(track: &Track, name: &str) -> Vec<(f64, f64)> {
    let channel = track.channels.iter().position(|channel| *channel == name);
    let channel = channel.unwrap_or_else(|| panic!("no {name} in {:?}", track.channels));
    let values = track
        .values
        .iter()
        .skip(channel)
        .step_by(track.channels.len());
    let pairs = track.times.iter().copied().zip(values.copied());
    pairs.filter(|(_, value)| !value.is_nan()).collect()
}

/// The wrist's channels of the simulated session, changed.
fn changed(modality: Modality, change: impl Fn(f64, f64) -> f64) -> Recording {
    let worn = SESSION
        .recording
        .channels
        .iter()
        .filter(|channel| channel.placement == Placement::Wrist);
    let mut recording = recording(worn.cloned().collect());
    for channel in &mut recording.channels {
        if channel.modality == modality {
            let axes = channel.axes;
            let values = channel.all().into_owned();
            let values = values.iter().enumerate();
            let values = values.map(|(at, &value)| change(channel.timing.time(at / axes), value));
            channel.samples = Samples::F64(values.collect());
            channel.conversion = pathema_signal::Conversion::None;
        }
    }
    recording
}
