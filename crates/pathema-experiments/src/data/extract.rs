use pathema_physio::{Beat, BeatError, pulse_peaks, r_peaks};
use pathema_signal::{Channel, Modality, Placement, Recording};

use super::Track;
use crate::config::ModalityGroup;

/// EDA and TEMP are taken at this rate, the E4's own.
const SLOW_RATE: f64 = 4.0;
/// Acceleration is summed up over this many seconds.
const ACC_BLOCK: f64 = 0.5;
/// Below this many µS the electrodes have no contact; the E4 then stores 0.
const NO_CONTACT: f64 = 1e-3;
/// Sensor noise of the accelerometer in g: keeps the logarithm of the spread finite at rest.
const ACC_FLOOR: f64 = 3e-3;

/// Why a modality could not be made from a recording.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// A channel that the modality needs was not recorded.
    #[error(
        "{subject} has no {placement} {modality}, which the modality {group} needs: leave the modality out \
         (--modalities) or choose another --placement"
    )]
    Missing {
        /// Who.
        subject: String,
        /// Where it should have been worn.
        placement: Placement,
        /// What is missing.
        modality: Modality,
        /// For which modality of the recogniser.
        group: &'static str,
    },
    /// No beats could be sought.
    #[error("beats of {subject}: {source}")]
    Beats {
        /// Who.
        subject: String,
        /// Why.
        source: BeatError,
    },
}

/// One modality of a recording as an irregular series.
pub(crate) fn track(
    recording: &Recording,
    placement: Placement,
    group: ModalityGroup,
) -> Result<Track, ExtractError> {
    let channel = |modality| {
        recording
            .channel(placement, modality)
            .ok_or_else(|| ExtractError::Missing {
                subject: recording.subject.clone(),
                placement,
                modality,
                group: group.name(),
            })
    };
    match group {
        ModalityGroup::Eda => Ok(slow(channel(Modality::Eda)?, channel(Modality::Temp)?)),
        ModalityGroup::Acc => Ok(acceleration(channel(Modality::Acc)?)),
        ModalityGroup::Heart => {
            let channel = match placement {
                Placement::Chest => channel(Modality::Ecg)?,
                _ => channel(Modality::Bvp)?,
            };
            let (samples, rate) = (channel.all(), rate(channel));
            let beats = match placement {
                Placement::Chest => r_peaks(&samples, rate),
                _ => pulse_peaks(&samples, rate),
            };
            Ok(heart(&beats.map_err(|source| ExtractError::Beats {
                subject: recording.subject.clone(),
                source,
            })?))
        }
    }
}

/// Each beat where it lies: the interval that it ends and its amplitude, both as logarithms, since both vary
/// between people by factors. A beat after a gap has no interval, and none is made up.
fn heart(beats: &[Beat]) -> Track {
    let log = |value: Option<f64>| value.filter(|&value| value > 0.0).map_or(f64::NAN, f64::ln);
    Track::new(
        beats.iter().map(|beat| beat.time).collect(),
        beats
            .iter()
            .flat_map(|beat| [log(beat.interval), log(Some(beat.amplitude))])
            .collect(),
        &["log interval", "log amplitude"],
    )
}

/// Log skin conductance and temperature at 4 Hz.
fn slow(eda: &Channel, temp: &Channel) -> Track {
    let eda: Vec<f64> = block_means(eda, 1.0 / SLOW_RATE)
        .into_iter()
        .map(|level| {
            if level > NO_CONTACT {
                level.ln()
            } else {
                f64::NAN
            }
        })
        .collect();
    let temp = block_means(temp, 1.0 / SLOW_RATE);
    let count = eda.len().min(temp.len());
    Track::new(
        (0..count).map(|k| k as f64 / SLOW_RATE).collect(),
        eda.into_iter()
            .zip(temp)
            .flat_map(|(eda, temp)| [eda, temp])
            .collect(),
        &["log EDA", "TEMP"],
    )
}

/// Mean of each axis and the logarithm of the spread, in g, over blocks of 0.5 s; a block's time is its middle.
fn acceleration(acc: &Channel) -> Track {
    let per_block = (ACC_BLOCK * rate(acc)).round().max(1.0) as usize;
    let samples = acc.all();
    let axes = acc.axes;
    let (mut times, mut values) = (Vec::new(), Vec::new());
    for (block, rows) in samples.chunks_exact(per_block * axes).enumerate() {
        let mut spread = 0.0;
        for axis in 0..3 {
            let of_axis = || rows.iter().skip(axis).step_by(axes);
            let mean = of_axis().sum::<f64>() / per_block as f64;
            let variance =
                of_axis().map(|value| (value - mean).powi(2)).sum::<f64>() / per_block as f64;
            values.push(finite_or_missing(mean));
            spread += variance.sqrt() / 3.0;
        }
        values.push(finite_or_missing((spread + ACC_FLOOR).ln()));
        times.push((block as f64 + 0.5) * ACC_BLOCK);
    }
    Track::new(times, values, &["mean x", "mean y", "mean z", "log spread"])
}

/// Means of blocks of `length` seconds; the samples themselves where they are that far apart. A block that
/// holds a missing sample is missing.
fn block_means(channel: &Channel, length: f64) -> Vec<f64> {
    let per_block = (length * rate(channel)).round().max(1.0) as usize;
    channel
        .all()
        .chunks_exact(per_block)
        .map(|block| finite_or_missing(block.iter().sum::<f64>() / per_block as f64))
        .collect()
}

/// Samples per second; the channels of WESAD have one.
fn rate(channel: &Channel) -> f64 {
    channel.rate().unwrap_or(f64::NAN)
}

fn finite_or_missing(value: f64) -> f64 {
    if value.is_finite() { value } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use pathema_signal::{Conversion, Samples, Timing};

    use super::*;

    fn channel(
        modality: Modality,
        unit: &'static str,
        rate: f64,
        axes: usize,
        values: Vec<f64>,
    ) -> Channel {
        Channel::new(
            "",
            modality,
            unit,
            Timing::regular(rate),
            Samples::F64(values),
        )
        .with_axes(axes)
    }

    #[test]
    fn lost_contact_is_missing_not_zero() {
        let eda = channel(Modality::Eda, "µS", 4.0, 1, vec![1.0, 0.0, f64::NAN, 1.0]);
        let temp = channel(Modality::Temp, "°C", 4.0, 1, vec![33.0; 4]);
        let track = slow(&eda, &temp);
        assert_eq!(track.times, [0.0, 0.25, 0.5, 0.75]);
        let missing: Vec<bool> = track.values.iter().map(|value| value.is_nan()).collect();
        assert_eq!(
            missing,
            [false, false, true, false, true, false, false, false]
        );
    }

    #[test]
    fn chest_samples_are_averaged_to_4_hz() {
        let ramp: Vec<f64> = (0..350).map(|k| f64::from(k / 175) + 1.0).collect();
        let eda = channel(Modality::Eda, "µS", 700.0, 1, ramp);
        let temp = channel(Modality::Temp, "°C", 700.0, 1, vec![33.0; 350]);
        let track = slow(&eda, &temp);
        assert_eq!(track.times.len(), 2);
        assert!((track.values[2] - 2.0_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn acceleration_of_a_wrist_at_rest_is_gravity() {
        let rows: Vec<f64> = std::iter::repeat_n([0.0, 0.0, 64.0], 32)
            .flatten()
            .collect();
        let stored = Conversion::Linear {
            scale: 1.0 / 64.0,
            offset: 0.0,
        };
        let acc = channel(Modality::Acc, "g", 32.0, 3, rows).converted(stored);
        let track = acceleration(&acc);
        assert_eq!(track.times, [0.25, 0.75]);
        assert_eq!(track.values[..3], [0.0, 0.0, 1.0]);
        assert!((track.values[3] - ACC_FLOOR.ln()).abs() < 1e-12);
    }

    #[test]
    fn a_beat_after_a_gap_has_no_interval() {
        let beat = |time, interval| Beat {
            time,
            amplitude: 1.0,
            interval,
        };
        let track = heart(&[beat(0.5, None), beat(1.5, Some(1.0))]);
        assert!(track.values[0].is_nan());
        assert_eq!(track.values[2], 0.0);
    }
}
