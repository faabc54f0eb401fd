//! Which samples of a channel become knots of its fit, and with which values.

use crate::Observations;

/// The knots on which a group of channels is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filling {
    /// The observed samples alone; constant outside.
    Observed,
    /// The observed samples, and every sample before the first and after the
    /// last with the first or last value.
    FlatEnds,
    /// Every sample: flat at the ends, on a straight line in inner gaps.
    EverySample,
}

/// Channels that were observed in the same samples.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) channels: Vec<usize>,
    /// The samples observed, increasing.
    pub(crate) observed: Vec<usize>,
}

/// Knots of a group: which samples, their times, and `[knots × lanes]` values.
#[derive(Debug)]
pub(crate) struct Knots {
    pub(crate) samples: Vec<usize>,
    pub(crate) times: Vec<f64>,
    pub(crate) values: Vec<f64>,
}

/// Groups the channels by the samples in which they were observed: sensors
/// report several channels at once, and a group is solved at once.
pub(crate) fn groups(observations: &Observations) -> Vec<Group> {
    let words = observations.len().div_ceil(64);
    let mut masks = vec![0_u64; observations.channels * words];
    for sample in 0..observations.len() {
        for (channel, value) in observations.row(sample).iter().enumerate() {
            masks[channel * words + sample / 64] |= u64::from(!value.is_nan()) << (sample % 64);
        }
    }
    let mask = |channel: usize| &masks[channel * words..(channel + 1) * words];
    let mut order: Vec<usize> = (0..observations.channels).collect();
    order.sort_by(|&x, &y| mask(x).cmp(mask(y)));
    order
        .chunk_by(|&x, &y| mask(x) == mask(y))
        .map(|channels| Group {
            channels: channels.to_vec(),
            observed: (0..observations.len())
                .filter(|sample| mask(channels[0])[sample / 64] >> (sample % 64) & 1 == 1)
                .collect(),
        })
        .collect()
}

/// The knots of a group that was observed at least once.
pub(crate) fn knots(filling: Filling, group: &Group, observations: &Observations) -> Knots {
    let observed = &group.observed;
    let all = 0..observations.len();
    let (first, last) = (observed[0], observed[observed.len() - 1]);
    let samples: Vec<usize> = match filling {
        Filling::Observed => observed.clone(),
        Filling::FlatEnds => (0..first)
            .chain(observed.iter().copied())
            .chain(last + 1..all.end)
            .collect(),
        Filling::EverySample => all.collect(),
    };
    let mut values = Vec::with_capacity(samples.len() * group.channels.len());
    // The observation at or after the sample, as a place in `observed`.
    let mut after = 0;
    for &sample in &samples {
        while after < observed.len() && observed[after] < sample {
            after += 1;
        }
        let next = observed[after.min(observed.len() - 1)];
        let row = observations.row(next);
        if next <= sample || after == 0 {
            values.extend(group.channels.iter().map(|&channel| row[channel]));
        } else {
            let before = observed[after - 1];
            let start = observations.times[before];
            let share = (observations.times[sample] - start) / (observations.times[next] - start);
            let row_before = observations.row(before);
            values.extend(group.channels.iter().map(|&channel| {
                let (x, y) = (row_before[channel], row[channel]);
                x + (y - x) * share
            }));
        }
    }
    Knots {
        times: samples.iter().map(|&s| observations.times[s]).collect(),
        samples,
        values,
    }
}
