use rand::{Rng, RngExt};

use super::{Form, Prepared};
use crate::models::{Drive, PathSpec};

/// Changes of the data enter at this scale: a step of a standard deviation stays a moderate increment.
const DATA: f32 = 0.5;
/// Standardised values are held within this many standard deviations.
const LIMIT: f32 = 5.0;

/// Mean and standard deviation of each channel over what the training subjects had observed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scale {
    /// Of each channel.
    pub mean: Vec<f64>,
    /// Of each channel; 1 where it never varied.
    pub deviation: Vec<f64>,
}

/// What is done to a window's channels before it is seen: its own reference taken off, a drawn offset put on, channels hidden.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Taken off each channel beside the training subjects' mean, in the channel's unit.
    pub reference: Vec<f64>,
    /// Put on each standardised channel.
    pub offset: Vec<f32>,
    /// Channels not seen.
    pub hidden: Vec<bool>,
}

impl View {
    /// Nothing drawn.
    pub fn plain(reference: Vec<f64>) -> View {
        let channels = reference.len();
        View {
            reference,
            offset: vec![0.0; channels],
            hidden: vec![false; channels],
        }
    }

    /// With offsets of that standard deviation, and channels hidden with that chance.
    pub fn drawn(reference: Vec<f64>, offset: f64, hidden: f64, rng: &mut impl Rng) -> View {
        let channels = reference.len();
        View {
            reference,
            offset: (0..channels)
                .map(|_| (offset * normal(rng)) as f32)
                .collect(),
            hidden: (0..channels)
                .map(|_| rng.random::<f64>() < hidden)
                .collect(),
        }
    }
}

impl Scale {
    /// Over windows, each with its own reference taken off first.
    pub fn fit<'a>(windows: impl Iterator<Item = (&'a Prepared, &'a [f64])>) -> Scale {
        let mut sums: Vec<(f64, f64, f64)> = Vec::new();
        for (window, reference) in windows {
            sums.resize(window.moments.len(), (0.0, 0.0, 0.0));
            for ((sums, own), reference) in sums.iter_mut().zip(&window.moments).zip(reference) {
                // About the reference: Σ(x − c) and Σ(x − c)².
                let (count, sum, squares) = *own;
                sums.0 += count;
                sums.1 += sum - count * reference;
                sums.2 += squares - 2.0 * reference * sum + count * reference * reference;
            }
        }
        let mut scale = Scale::default();
        for (count, sum, squares) in sums {
            let mean = sum / count.max(1.0);
            let variance = (squares / count.max(1.0) - mean * mean).max(0.0);
            scale.mean.push(mean);
            scale.deviation.push(if variance.sqrt() > 1e-9 {
                variance.sqrt()
            } else {
                1.0
            });
        }
        scale
    }

    /// The control path's moves, `[steps × nodes × channels of the path]` (with areas their words too, as the kernel takes them), and
    /// the standardised start.
    ///
    /// Channels in Kidger's order: time, count, data, integrals.
    pub fn controls(
        &self,
        window: &Prepared,
        view: &View,
        path: &PathSpec,
        into: &mut Vec<f32>,
    ) -> Vec<f32> {
        let Form::Controls(controls) = &window.form else {
            unreachable!("a neural CDE is given control paths");
        };
        let channels = controls.channels;
        let width = 2 + 3 * channels;
        let shift: Vec<f32> = (0..channels)
            .map(|c| (self.mean[c] + view.reference[c]) as f32)
            .collect();
        let inverse: Vec<f32> = self
            .deviation
            .iter()
            .map(|&deviation| 1.0 / deviation as f32)
            .collect();
        let seen = |c: usize| !view.hidden[c] && !controls.start[c].is_nan();
        let with_areas = path.drive == Drive::Areas;
        for (step, moves) in controls.moves.chunks_exact(width).enumerate() {
            let begin = into.len();
            into.push(moves[0]);
            if path.intensity {
                into.push(moves[1]);
            }
            for c in 0..channels {
                let moved = moves[2 + c] * inverse[c] * DATA;
                into.push(if seen(c) {
                    moved.clamp(-LIMIT, LIMIT)
                } else {
                    0.0
                });
            }
            if path.integrals && !with_areas {
                for c in 0..channels {
                    let (integral, span) = (moves[2 + channels + c], moves[2 + 2 * channels + c]);
                    let limit = LIMIT * span.abs();
                    let level = ((integral - shift[c] * span) * inverse[c]).clamp(-limit, limit);
                    into.push(if seen(c) {
                        level + view.offset[c] * span
                    } else {
                        0.0
                    });
                }
            }
            if with_areas {
                let own = into.len() - begin;
                let raw = 2 + channels;
                let areas = &controls.areas[step * raw * raw..(step + 1) * raw * raw];
                let first = usize::from(!path.intensity);
                // Scale of each channel of the path, in its order.
                let scale = |channel: usize| match (channel + if channel > 0 { first } else { 0 })
                    .checked_sub(2)
                {
                    None => 1.0,
                    Some(c) if seen(c) => inverse[c] * DATA,
                    Some(_) => 0.0,
                };
                let raw_of = |channel: usize| if channel == 0 { 0 } else { channel + first };
                for i in 0..own {
                    for j in 0..own {
                        let area = areas[raw_of(i) * raw + raw_of(j)] * scale(i) * scale(j);
                        into.push(area.clamp(-LIMIT * LIMIT, LIMIT * LIMIT));
                    }
                }
            }
        }
        (0..channels)
            .map(|c| match seen(c) {
                true => {
                    ((controls.start[c] - shift[c]) * inverse[c]).clamp(-LIMIT, LIMIT)
                        + view.offset[c]
                }
                false => 0.0,
            })
            .collect()
    }

    /// Standardised values of a grid, `[cells × channels]`, 0, the training mean, where there is none.
    pub fn cells(&self, values: &[f32], view: &View, into: &mut Vec<f32>) {
        let channels = self.mean.len();
        for row in values.chunks_exact(channels) {
            for (c, &value) in row.iter().enumerate() {
                let shift = (self.mean[c] + view.reference[c]) as f32;
                let standard = ((value - shift) / self.deviation[c] as f32).clamp(-LIMIT, LIMIT);
                into.push(match value.is_nan() || view.hidden[c] {
                    true => 0.0,
                    false => standard + view.offset[c],
                });
            }
        }
    }
}

/// A standard normal number (Box & Muller 1958).
fn normal(rng: &mut impl Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}
