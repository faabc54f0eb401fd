//! Channels that miss the same samples, of which gradients are pulled back together.

use std::ops::Range;

use crate::Observations;

/// Channels that were observed in the same samples.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) channels: Vec<usize>,
    /// The samples observed, increasing.
    pub(crate) observed: Vec<usize>,
}

/// Groups the channels by the samples in which they were observed: sensors
/// report several channels at once.
pub(crate) fn groups(observations: &Observations) -> Vec<Group> {
    let mut seen: Vec<(Vec<usize>, usize)> = (0..observations.channels)
        .map(|channel| {
            let column = observations.rows().map(|row| row[channel]);
            let mut observed = vec![0; observations.len()];
            let mut count = 0;
            for (sample, value) in column.enumerate() {
                // Without a branch, which would be mispredicted at every other gap.
                observed[count] = sample;
                count += usize::from(!value.is_nan());
            }
            observed.truncate(count);
            (observed, channel)
        })
        .collect();
    seen.sort();
    let mut groups: Vec<Group> = Vec::new();
    for (observed, channel) in seen {
        match groups.last_mut() {
            Some(group) if group.observed == observed => group.channels.push(channel),
            _ => groups.push(Group {
                channels: vec![channel],
                observed,
            }),
        }
    }
    groups
}

impl Group {
    /// Times of the group's observations, and their values, `[observed × lanes]`.
    pub(crate) fn knots(&self, observations: &Observations) -> (Vec<f64>, Vec<f64>) {
        let times = self.observed.iter().map(|&s| observations.times[s]);
        let mut values = Vec::with_capacity(self.observed.len() * self.channels.len());
        for &sample in &self.observed {
            let row = observations.row(sample);
            values.extend(self.channels.iter().map(|&channel| row[channel]));
        }
        (times.collect(), values)
    }

    /// The intervals between samples that each piece of the group's fit covers.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Range<usize>> {
        self.observed.windows(2).map(|pair| pair[0]..pair[1])
    }

    /// The intervals in which the group rests, before its first observation and
    /// after its last, each with the number of that observation in the group.
    pub(crate) fn rests(&self, intervals: usize) -> [(usize, Range<usize>); 2] {
        let last = self.observed.len() - 1;
        [
            (0, 0..self.observed[0]),
            (last, self.observed[last]..intervals),
        ]
    }
}
