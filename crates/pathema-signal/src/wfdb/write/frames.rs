//! The frames of a recording: what rate they have, and which channels have samples in which of them.

use super::unwritable;
use crate::{Channel, FormatError, Recording, Timing};

/// A recording's frames.
pub(super) struct Frames {
    /// Frames per second.
    pub(super) rate: f64,
    /// Samples of each channel in a frame.
    pub(super) per_frame: Vec<usize>,
    /// From the first frame to the last, without a gap between them: gaps are pieces of no channel.
    pub(super) pieces: Vec<Piece>,
    /// How many there are.
    pub(super) count: u64,
}

/// Frames in which the same channels have samples.
pub(super) struct Piece {
    start: u64,
    end: u64,
    /// Each channel and the first of its samples here.
    pub(super) channels: Vec<(usize, usize)>,
}

impl Piece {
    pub(super) fn frames(&self) -> u64 {
        self.end - self.start
    }
}

/// A stretch of a channel without a gap, in frames.
struct Stretch {
    channel: usize,
    start: u64,
    end: u64,
    first: usize,
}

/// Frames are at most so many samples of the slowest channel long.
const LONGEST: u32 = 64;

/// More segments than this no record has.
const MOST_PIECES: usize = 9999;

impl Frames {
    /// Finds the shortest frames of which each channel has whole ones.
    pub(super) fn of(recording: &Recording) -> Result<Frames, FormatError> {
        let mut rates = Vec::new();
        for channel in &recording.channels {
            rates.push(channel.rate().ok_or_else(|| {
                let problem = "each of its samples has its own time";
                unwritable(
                    &what(channel),
                    problem,
                    "make annotations of them, or resample it",
                )
            })?);
        }
        if rates.is_empty() {
            return Ok(Frames {
                rate: 250.0,
                per_frame: Vec::new(),
                pieces: Vec::new(),
                count: 0,
            });
        }
        let slowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
        let candidates = (1..=LONGEST).map(|samples| slowest / f64::from(samples));
        let mut problem = None;
        for rate in candidates {
            let Some(per_frame) = rates
                .iter()
                .map(|&own| samples(own, rate))
                .collect::<Option<Vec<_>>>()
            else {
                continue;
            };
            match stretches(recording, rate, &per_frame) {
                Ok(stretches) => return Frames::cut(rate, per_frame, &stretches),
                Err(index) => problem = problem.or(Some((index, rate))),
            }
        }
        Err(match problem {
            Some((index, rate)) => unwritable(
                &what(&recording.channels[index]),
                &format!(
                    "it begins, ends or has a gap within a frame of {} s",
                    1.0 / rate
                ),
                "cut its segments to whole frames",
            ),
            None => unwritable(
                "the recording",
                "its rates have no common frame",
                "write its channels apart",
            ),
        })
    }

    /// Cuts the frames wherever a stretch begins or ends.
    fn cut(rate: f64, per_frame: Vec<usize>, stretches: &[Stretch]) -> Result<Frames, FormatError> {
        let ends = stretches
            .iter()
            .flat_map(|stretch| [stretch.start, stretch.end]);
        let mut cuts: Vec<u64> = ends.chain([0]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        if cuts.len() > MOST_PIECES {
            let problem = format!("it has {} gaps", cuts.len());
            return Err(unwritable("the recording", &problem, "write it in parts"));
        }
        let mut pieces: Vec<Piece> = cuts
            .windows(2)
            .map(|pair| Piece {
                start: pair[0],
                end: pair[1],
                channels: Vec::new(),
            })
            .collect();
        // Stretches come channel by channel: so do those of a piece.
        for stretch in stretches {
            let from = pieces.partition_point(|piece| piece.start < stretch.start);
            for piece in pieces[from..]
                .iter_mut()
                .take_while(|piece| piece.end <= stretch.end)
            {
                let before = (piece.start - stretch.start) as usize * per_frame[stretch.channel];
                piece
                    .channels
                    .push((stretch.channel, stretch.first + before));
            }
        }
        let count = cuts.last().copied().unwrap_or(0);
        Ok(Frames {
            rate,
            per_frame,
            pieces,
            count,
        })
    }
}

/// Samples in a frame, if they are whole ones and give the channel's rate back.
fn samples(own: f64, rate: f64) -> Option<usize> {
    let samples = (own / rate).round();
    ((1.0..=f64::from(u16::MAX)).contains(&samples) && rate * samples == own)
        .then_some(samples as usize)
}

/// The stretches of all channels; the channel that has none of whole frames otherwise.
fn stretches(recording: &Recording, rate: f64, per_frame: &[usize]) -> Result<Vec<Stretch>, usize> {
    let mut stretches = Vec::new();
    for (index, channel) in recording.channels.iter().enumerate() {
        let mut last = 0;
        for (samples, _) in channel.segments() {
            let Timing::Regular { .. } = &channel.timing else {
                return Err(index);
            };
            let start = channel.timing.time(samples.start) * rate;
            let whole =
                (start - start.round()).abs() < 1e-6 && (0.0..1e15).contains(&start.round());
            let start = start.round() as u64;
            if !whole || !samples.len().is_multiple_of(per_frame[index]) || start < last {
                return Err(index);
            }
            last = start + (samples.len() / per_frame[index]) as u64;
            stretches.push(Stretch {
                channel: index,
                start,
                end: last,
                first: samples.start,
            });
        }
    }
    Ok(stretches)
}

fn what(channel: &Channel) -> String {
    format!("the channel {:?}", channel.name)
}
