//! Whole signals in memory, on a regular grid with NaN where nothing was recorded.

use pathema_signal::{Blocks, Channel, FormatError, Modality, Placement};
use thiserror::Error;

use super::{Present, Stretch};

/// The most values of one signal: 1 GiB in memory, four days at 360 Hz.
const MOST_VALUES: usize = 1 << 27;
/// Seconds of a block while reading.
const BLOCK: f64 = 600.0;

/// What physiology knows to use.
const KNOWN: [Modality; 7] = [
    Modality::Ecg,
    Modality::Bvp,
    Modality::Eda,
    Modality::Resp,
    Modality::Emg,
    Modality::Temp,
    Modality::Acc,
];

/// One sensor's whole signal.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// What the file calls it.
    pub name: String,
    /// Where the sensor was worn.
    pub placement: Placement,
    /// What it measured.
    pub modality: Modality,
    /// The unit of the values; empty where the file does not say.
    pub unit: String,
    /// Samples per second.
    pub rate: f64,
    /// When the first sample was taken, in seconds since the start of the recording.
    pub start: f64,
    /// Values per sample.
    pub axes: usize,
    /// The values, sample by sample; NaN where one is missing.
    pub values: Vec<f64>,
}

/// A recording whose signals are in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gathered {
    /// The signals that were asked for.
    pub signals: Vec<Signal>,
    /// All signals that physiology knows to use.
    pub present: Vec<Present>,
    /// What the person was doing.
    pub labels: Vec<Stretch>,
    /// Seconds until the last sample of any signal.
    pub duration: f64,
    /// What is odd about the files, and which signals are of no use.
    pub odd: Vec<String>,
}

/// Why a recording cannot be held in memory.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SignalError {
    /// It cannot be read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// It is too long.
    #[error(
        "{name} lasts {seconds:.0} s with its gaps, {values} values at {rate} Hz; {MOST_VALUES} can be analysed at a time: \
         cut the recording into parts"
    )]
    Long {
        /// The signal.
        name: String,
        /// How long it lasts.
        seconds: f64,
        /// How many values that are.
        values: usize,
        /// Its rate.
        rate: f64,
    },
}

impl Signal {
    /// A channel's samples on one grid; `None` if each has its own time.
    ///
    /// # Errors
    /// If the channel is too long, with its gaps.
    pub fn of(channel: &Channel) -> Result<Option<Signal>, SignalError> {
        let Some(rate) = channel.rate() else {
            return Ok(None);
        };
        let mut signal = Signal::before(channel, rate);
        signal.extend(channel)?;
        Ok(Some(signal))
    }

    /// A signal that starts with a channel's first sample and has none yet.
    fn before(channel: &Channel, rate: f64) -> Signal {
        Signal {
            name: channel.name.clone(),
            placement: channel.placement,
            modality: channel.modality,
            unit: channel.unit.to_string(),
            rate,
            start: channel.start(),
            axes: channel.axes.max(1),
            values: Vec::new(),
        }
    }

    /// Takes in samples that come after those there are.
    fn extend(&mut self, channel: &Channel) -> Result<(), SignalError> {
        for (range, span) in channel.segments() {
            let first = ((span.start - self.start) * self.rate).round().max(0.0) as usize;
            let len = self.len();
            let end = first.saturating_add(range.len());
            if end.saturating_mul(self.axes) > MOST_VALUES {
                return Err(SignalError::Long {
                    name: self.name.clone(),
                    seconds: end as f64 / self.rate,
                    values: end.saturating_mul(self.axes),
                    rate: self.rate,
                });
            }
            self.values.resize(first.max(len) * self.axes, f64::NAN);
            // Segments that overlap by a rounded sample: what came first stays.
            let skipped = len.saturating_sub(first).min(range.len());
            let values = channel.values(range.start + skipped..range.end);
            self.values.extend_from_slice(&values);
        }
        Ok(())
    }

    /// The instant after the last sample, in seconds since the start of the recording.
    pub fn end(&self) -> f64 {
        self.start + self.len() as f64 / self.rate
    }

    /// Number of samples (not values).
    pub fn len(&self) -> usize {
        self.values.len() / self.axes.max(1)
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The stretches in which values are missing, in seconds since the start of the recording.
    pub fn gaps(&self) -> Vec<[f64; 2]> {
        let time = |sample: usize| self.start + sample as f64 / self.rate;
        let mut gaps: Vec<[f64; 2]> = Vec::new();
        let mut first = None;
        for (index, sample) in self.values.chunks(self.axes.max(1)).enumerate() {
            let missing = sample.iter().any(|value| !value.is_finite());
            match (missing, first) {
                (true, None) => first = Some(index),
                (false, Some(start)) => {
                    gaps.push([time(start), time(index)]);
                    first = None;
                }
                _ => {}
            }
        }
        gaps.extend(first.map(|start| [time(start), self.end()]));
        gaps
    }
}

/// Where a channel's samples go while the blocks come.
struct Growing {
    /// Where in a block the channel stands.
    channel: usize,
    /// Whether the values are wanted, not only their number.
    wanted: bool,
    /// When its first sample was taken.
    start: Option<f64>,
    signal: Option<Signal>,
    present: Present,
    there: u64,
}

/// Reads a recording whole and keeps the values of the modalities that are `wanted`; of several sensors of one modality
/// at one place, of the first. `progress` is told the seconds that have been read.
///
/// # Errors
/// Whatever keeps the recording from being read, and signals too long for memory.
pub fn gather(
    blocks: &mut dyn Blocks,
    wanted: &[Modality],
    progress: &mut dyn FnMut(f64),
) -> Result<Gathered, SignalError> {
    let mut growing = begin(&blocks.header().channels, wanted);
    let mut gathered = Gathered {
        labels: blocks.header().labels.iter().map(stretch).collect(),
        ..Gathered::default()
    };
    let told = !gathered.labels.is_empty();
    while let Some(block) = blocks.next_block(BLOCK)? {
        // What the head says already does not count twice.
        if !told {
            gathered.labels.extend(block.labels.iter().map(stretch));
        }
        for one in &mut growing {
            if let Some(channel) = block.channels.get(one.channel) {
                one.add(channel)?;
            }
        }
        gathered.duration = gathered.duration.max(block.duration());
        progress(gathered.duration);
    }
    gathered.odd = blocks.odd();
    for one in growing {
        let present = one.finish(&mut gathered);
        gathered.present.push(present);
    }
    Ok(gathered)
}

fn begin(channels: &[Channel], wanted: &[Modality]) -> Vec<Growing> {
    let known = channels
        .iter()
        .enumerate()
        .filter(|(_, channel)| KNOWN.contains(&channel.modality));
    let mut taken = Vec::new();
    known
        .map(|(index, channel)| {
            let key = (channel.placement, channel.modality);
            let first = !taken.contains(&key);
            taken.push(key);
            Growing {
                channel: index,
                wanted: first && wanted.contains(&channel.modality),
                start: None,
                signal: None,
                present: Present {
                    name: channel.name.clone(),
                    placement: channel.placement.name(),
                    modality: channel.modality.name(),
                    rate: channel.rate(),
                    seconds: 0.0,
                    present: 0.0,
                },
                there: 0,
            }
        })
        .collect()
}

impl Growing {
    fn add(&mut self, channel: &Channel) -> Result<(), SignalError> {
        if channel.is_empty() {
            return Ok(());
        }
        let axes = channel.axes.max(1);
        let there = |values: &[f64]| {
            let samples = values.chunks(axes);
            samples
                .filter(|sample| sample.iter().all(|value| value.is_finite()))
                .count()
        };
        // A channel that is not wanted may be longer than memory, but its block is not.
        self.there += there(&channel.all()) as u64;
        let Some(rate) = channel.rate() else {
            self.present.seconds += channel.duration();
            return Ok(());
        };
        let start = *self.start.get_or_insert(channel.start());
        self.present.seconds = channel.end() - start;
        if self.wanted {
            let signal = self
                .signal
                .get_or_insert_with(|| Signal::before(channel, rate));
            signal.extend(channel)?;
        }
        Ok(())
    }

    /// What is told of the signal; the signal itself goes to `gathered`.
    fn finish(self, gathered: &mut Gathered) -> Present {
        let mut present = self.present;
        let samples = present.rate.map(|rate| (present.seconds * rate).round());
        present.present = match samples {
            Some(samples) if samples > 0.0 => (self.there as f64 / samples).min(1.0),
            Some(_) => 0.0,
            None => 1.0,
        };
        if let Some(signal) = self.signal {
            gathered.signals.push(signal);
        } else if self.wanted && present.rate.is_none() {
            gathered.odd.push(format!(
                "{} has no rate of its own, so it was not analysed",
                present.name
            ));
        }
        present
    }
}

fn stretch(run: &pathema_signal::LabelRun) -> Stretch {
    use pathema_signal::Label;
    let name = match run.label {
        Label::Transient => "transient",
        Label::Baseline => "baseline",
        Label::Stress => "stress",
        Label::Amusement => "amusement",
        Label::Meditation => "meditation",
        Label::Ignored(_) => "ignored",
    };
    Stretch {
        code: run.label.code(),
        name,
        start: run.start,
        end: run.end,
    }
}
