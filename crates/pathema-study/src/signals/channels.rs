//! Which channels a modality has, and where they come from.

use pathema_experiments::config::ModalityGroup;
use pathema_experiments::data::Track;
use pathema_signal::{Channel, Modality, Placement, Recording};
use serde::{Deserialize, Serialize};

use super::rows::Rows;
use super::{SignalsError, heart, motion, skin};

/// Which channels are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelOptions {
    /// Whether skin temperature is among the channels of the modality EDA. It drifts with the time worn, and so knows the clock.
    pub temperature: bool,
    /// Whether channels are derived, or left as plain as sensors allow.
    pub derived: bool,
}

impl Default for ChannelOptions {
    /// All of them.
    fn default() -> Self {
        ChannelOptions {
            temperature: true,
            derived: true,
        }
    }
}

/// Channels of skin conductance, and of temperature the last two.
static SKIN: [&str; 8] = [
    "log EDA",
    "phasic EDA",
    "EDA slope",
    "log EDA activity",
    "log EDA long activity",
    "log EDA spread",
    "TEMP",
    "TEMP change",
];

/// Names of a modality's channels, in order.
pub fn channel_names(
    group: ModalityGroup,
    placement: Placement,
    options: ChannelOptions,
) -> &'static [&'static str] {
    match (group, options.derived) {
        (ModalityGroup::Heart, true) if placement == Placement::Chest => {
            &["log heart rate", "log RMSSD", "log amplitude", "coverage"]
        }
        (ModalityGroup::Heart, true) => &[
            "log heart rate",
            "log RMSSD",
            "log amplitude",
            "rise time",
            "coverage",
            "concentration",
        ],
        (ModalityGroup::Heart, false) => &["log interval", "log amplitude"],
        (ModalityGroup::Eda, true) if options.temperature => &SKIN,
        (ModalityGroup::Eda, true) => &SKIN[..SKIN.len() - 2],
        (ModalityGroup::Eda, false) if options.temperature => &["log EDA", "TEMP"],
        (ModalityGroup::Eda, false) => &["log EDA"],
        (ModalityGroup::Acc, true) => &[
            "mean x",
            "mean y",
            "mean z",
            "log spread",
            "log magnitude spread",
            "log spread x",
            "log spread y",
            "log spread z",
            "log sway",
            "log long sway",
        ],
        (ModalityGroup::Acc, false) => &["mean x", "mean y", "mean z", "log spread"],
    }
}

/// The modalities of a recording as irregular series, one a group, in their order.
///
/// **Heart**, from the BVP of a wrist or the ECG of a chest. A row a beat:
/// - `log heart rate`: of beats a minute, from the interval that the beat ends; NaN unless that can be trusted, which is judged by the
///   median of the last 11 intervals.
/// - `log RMSSD`: root mean square of the last 12 successive differences in seconds, at most 30 s old, between neighbouring intervals
///   that both can be trusted, over a floor of 5 ms; NaN with fewer than 3, and where the beat adds none.
/// - `log amplitude`: median of the last 5 beats' amplitudes, in the sensor's unit.
/// - `rise time` (wrist only, since R peaks have no foot): median of the last 5 times from foot to peak, in seconds.
///
/// And a row a second, whatever the beats do:
/// - `coverage`: part of the last 5 s that lies in intervals which can be trusted and have ended.
/// - `concentration` (wrist only, since an ECG's power lies in its harmonics): part of the power from 0.7 to 3 Hz in the last 10 s that
///   lies within 0.1 Hz of the strongest frequency; NaN where less than half of them was recorded.
///
/// Beats are sought on a control path at the sensor's rate: where samples that were observed lie at most 0.3 s apart (0.03 s in an ECG),
/// the straight line between them is followed; longer gaps stay gaps. This is the path, which a neural CDE would follow too, not an
/// imputation: no statistic of any data enters it. The filters that seek beats have no phase, so that a beat depends on about 5 s after
/// it; all else looks back.
///
/// **EDA** at the sensor's samples, at most 4 a second (faster ones are averaged in blocks, whose time is that of their last sample):
/// - `log EDA`: of µS, smoothed by 0.3 s. Below 0.001 µS contact was lost, above 100 µS nobody's skin goes: missing.
/// - `phasic EDA`: level minus slow level, in µS: a low pass of second order at 0.05 Hz, in two equal steps.
/// - `EDA slope`: sign · root of the change in µS a half second, measured over 0.5 to 2 s.
/// - `log EDA activity`, `log EDA long activity`: mean of that change's magnitude, forgotten over 10 s and over 30 s, which
///   is to say that a third of it is older, over a floor of 0.001 µS.
/// - `log EDA spread`: of the standard deviation of log EDA over the last 30 s, over a floor of 0.002; NaN where less than a quarter of
///   them was observed. It tells how far the level wanders, whatever the level.
/// - `TEMP`, `TEMP change`: °C smoothed by 1.6 s, and what it changed over 30 s; by themselves, for EDA and TEMP may lose
///   different samples.
///
/// **ACC** in blocks of 0.5 s, from the samples that were observed, where at least a quarter were; their time is that of the last of
/// them. All but the means are logarithms of standard deviations over a floor of 0.003 g:
/// - `mean x`, `mean y`, `mean z` in g: how the wrist lies, which differs from person to person.
/// - `log spread`: of the axes, their mean, within the block; `log spread x`, `log spread y`, `log spread z`: of each.
/// - `log magnitude spread`: of the magnitude.
/// - `log sway`, `log long sway`: of the blocks' means over the last 10 s and 30 s, the mean of the axes: how much the wrist changes its
///   place, however fast; NaN where less than a quarter was observed.
///
/// Without `derived`: `log interval` and `log amplitude` of each beat; `log EDA` and `TEMP` as sampled; ACC without the magnitude.
///
/// Every value lies within limits of what a body can do, which are constants.
///
/// # Errors
/// [`SignalsError::Missing`] if a channel was not recorded, [`SignalsError::Irregular`] if it has no rate, [`SignalsError::Axes`],
/// [`SignalsError::Beats`] if beats cannot be sought at its rate.
pub fn tracks(
    recording: &Recording,
    placement: Placement,
    groups: &[ModalityGroup],
    options: ChannelOptions,
) -> Result<Vec<Track>, SignalsError> {
    let one = |&group: &ModalityGroup| {
        let rows = Rows::new(channel_names(group, placement, options));
        let sensor = |modality| Sensor::of(recording, placement, modality, group);
        match group {
            ModalityGroup::Heart if placement == Placement::Chest => {
                heart::track(&sensor(Modality::Ecg)?, options.derived, rows)
            }
            ModalityGroup::Heart => heart::track(&sensor(Modality::Bvp)?, options.derived, rows),
            ModalityGroup::Eda => {
                let temperature = options
                    .temperature
                    .then(|| sensor(Modality::Temp))
                    .transpose()?;
                Ok(skin::track(
                    &sensor(Modality::Eda)?,
                    temperature.as_ref(),
                    options.derived,
                    rows,
                ))
            }
            ModalityGroup::Acc => motion::track(&sensor(Modality::Acc)?, options.derived, rows),
        }
    };
    groups.iter().map(one).collect()
}

/// A channel that has a rate.
#[derive(Debug)]
pub(super) struct Sensor<'a> {
    pub(super) subject: &'a str,
    pub(super) channel: &'a Channel,
    /// Samples a second.
    pub(super) rate: f64,
}

impl<'a> Sensor<'a> {
    fn of(
        recording: &'a Recording,
        placement: Placement,
        modality: Modality,
        group: ModalityGroup,
    ) -> Result<Sensor<'a>, SignalsError> {
        let subject = recording.subject.as_str();
        let channel =
            recording
                .channel(placement, modality)
                .ok_or_else(|| SignalsError::Missing {
                    subject: subject.to_owned(),
                    placement,
                    modality,
                    group: group.name(),
                })?;
        match channel.rate() {
            Some(rate) => Ok(Sensor {
                subject,
                channel,
                rate,
            }),
            None => Err(SignalsError::Irregular {
                subject: subject.to_owned(),
                modality,
            }),
        }
    }

    /// Samples of `length` seconds, at least one.
    pub(super) fn samples(&self, length: f64) -> usize {
        (length * self.rate).round().max(1.0) as usize
    }
}
