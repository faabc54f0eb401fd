//! Time first, then the data: the observations whose linear path is the rectilinear one.

use crate::divide::{self, divided};
use crate::{FitGradient, Observations, PathError};

/// Half of an interval belongs to the time channel, half to all others.
const SHARE: f64 = 0.5;

/// The corners of the path: at each sample its row, missing values being those
/// observed last, or zero; half-way to the next sample the same row with the
/// next time.
pub(crate) fn corners(observations: &Observations) -> Result<Observations, PathError> {
    let Some(time) = observations.time_channel() else {
        return Err(PathError::NoTimeChannel);
    };
    let times = divided(&observations.times, SHARE)?;
    let mut held = vec![0.0; observations.channels];
    let mut values = Vec::with_capacity(times.len() * held.len());
    for row in observations.rows() {
        if !values.is_empty() {
            held[time] = row[time];
            values.extend_from_slice(&held);
        }
        for (held, &value) in held.iter_mut().zip(row) {
            if !value.is_nan() {
                *held = value;
            }
        }
        values.extend_from_slice(&held);
    }
    Ok(Observations {
        times,
        values,
        ..*observations
    })
}

/// What a gradient with respect to the corners is with respect to the observations.
pub(crate) fn pull_back(observations: &Observations, corners: &FitGradient) -> FitGradient {
    let channels = observations.channels;
    let mut out = FitGradient::zeros(observations);
    divide::pull_back(&corners.times, SHARE, &mut out.times);
    let mut last: Vec<Option<usize>> = vec![None; channels];
    for (sample, own) in corners.values.chunks(2 * channels).enumerate() {
        let row = observations.row(sample);
        for channel in 0..channels {
            if !row[channel].is_nan() {
                last[channel] = Some(sample);
            }
            let Some(seen) = last[channel] else { continue };
            out.values[seen * channels + channel] += own[channel];
            if let Some(&half_way) = own.get(channels + channel) {
                // There the time is that of the next sample already.
                let ahead = usize::from(observations.time_channel() == Some(channel));
                out.values[(seen + ahead) * channels + channel] += half_way;
            }
        }
    }
    out
}
