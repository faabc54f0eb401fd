//! Raw samples taken away, before any processing.

use pathema_signal::{Channel, Conversion, Modality, Placement, Recording, Samples};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::SignalsError;

/// Seconds that are left between two bursts at least, where the share allows.
const LEAST_BETWEEN: f64 = 0.5;

/// Which raw samples are taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Degradation {
    /// None.
    #[default]
    None,
    /// Single samples at random, exactly so many.
    Random {
        /// Part of the samples, from 0 up to but not including 1.
        share: f64,
    },
    /// Stretches at random.
    Bursts {
        /// Part of the time, from 0 up to but not including 1.
        share: f64,
        /// Seconds of the shortest.
        shortest: f64,
        /// Seconds of the longest.
        longest: f64,
    },
}

impl Degradation {
    /// Stretches of 5 to 15 s, in all this part of the time: as a radio loses them.
    pub fn bursts(share: f64) -> Degradation {
        Degradation::Bursts {
            share,
            shortest: 5.0,
            longest: 15.0,
        }
    }

    /// The name in files and tables: `clean`, `random-50`, `burst-70`; lengths of bursts other than 5 to 15 s are told too.
    ///
    /// ```
    /// use pathema_study::signals::Degradation;
    /// assert_eq!(Degradation::Random { share: 0.3 }.name(), "random-30");
    /// assert_eq!(Degradation::bursts(0.7).name(), "burst-70");
    /// ```
    pub fn name(&self) -> String {
        let percent = |share: &f64| (100.0 * share * 1e3).round() / 1e3;
        match self {
            Degradation::None => "clean".to_owned(),
            Degradation::Random { share } => format!("random-{}", percent(share)),
            Degradation::Bursts { share, .. } if *self == Degradation::bursts(*share) => {
                format!("burst-{}", percent(share))
            }
            Degradation::Bursts {
                share,
                shortest,
                longest,
            } => format!("burst-{}-{shortest}-{longest}", percent(share)),
        }
    }

    /// # Errors
    /// [`SignalsError::Share`] and [`SignalsError::Bursts`].
    fn check(&self) -> Result<(), SignalsError> {
        let (share, [shortest, longest]) = match *self {
            Degradation::None => return Ok(()),
            Degradation::Random { share } => (share, [1.0, 1.0]),
            Degradation::Bursts {
                share,
                shortest,
                longest,
            } => (share, [shortest, longest]),
        };
        if !(0.0..1.0).contains(&share) {
            return Err(SignalsError::Share { share });
        }
        if !(shortest > 0.0 && shortest <= longest && longest.is_finite()) {
            return Err(SignalsError::Bursts { shortest, longest });
        }
        Ok(())
    }
}

/// The channels worn at `placement` of which a study makes series, with samples taken away: these are NaN. Labels and all else stay.
///
/// What is taken depends on the seed, the subject, the placement and the modality alone; each modality loses its own. Of
/// [`Bursts`](Degradation::Bursts) the lengths are drawn evenly and what lies between as in a Poisson process, then fitted to the
/// share, which is met to a sample a burst; a recording too short for one burst loses a shorter one.
///
/// # Errors
/// [`SignalsError::Share`], [`SignalsError::Bursts`].
pub fn degrade(
    recording: &Recording,
    placement: Placement,
    degradation: &Degradation,
    seed: u64,
) -> Result<Recording, SignalsError> {
    const SERVED: [Modality; 5] = [
        Modality::Acc,
        Modality::Bvp,
        Modality::Ecg,
        Modality::Eda,
        Modality::Temp,
    ];
    degradation.check()?;
    let served =
        |channel: &&Channel| channel.placement == placement && SERVED.contains(&channel.modality);
    let without = |channel: &Channel| {
        let mut random = random(seed, &recording.subject, channel);
        let lost = match *degradation {
            Degradation::None => return channel.clone(),
            Degradation::Random { share } => single(&mut random, channel.len(), share),
            Degradation::Bursts {
                share,
                shortest,
                longest,
            } => {
                let length = channel.duration();
                stretches(
                    channel,
                    &bursts(&mut random, length, share, [shortest, longest]),
                )
            }
        };
        lossy(channel, &lost)
    };
    Ok(Recording {
        subject: recording.subject.clone(),
        person: recording.person.clone(),
        start: recording.start,
        channels: recording
            .channels
            .iter()
            .filter(served)
            .map(without)
            .collect(),
        labels: recording.labels.clone(),
        annotations: recording.annotations.clone(),
    })
}

/// The numbers of one channel of one subject.
fn random(seed: u64, subject: &str, channel: &Channel) -> ChaCha8Rng {
    let hash = Sha256::new()
        .chain_update(b"pathema degradation 1\0")
        .chain_update(seed.to_le_bytes())
        .chain_update(subject)
        .chain_update([0])
        .chain_update(channel.placement.name())
        .chain_update([0])
        .chain_update(channel.modality.name());
    ChaCha8Rng::from_seed(hash.finalize().into())
}

/// From 0 up to but not including 1.
fn uniform(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
}

/// Which of `count` samples are lost: every choice of so many is as likely (Knuth, *The Art of Computer Programming* 2, §3.4.2,
/// algorithm S).
fn single(random: &mut ChaCha8Rng, count: usize, share: f64) -> Vec<bool> {
    let mut still = (share * count as f64).round() as usize;
    (0..count)
        .map(|index| {
            let lost = uniform(random) * ((count - index) as f64) < still as f64;
            still -= usize::from(lost);
            lost
        })
        .collect()
}

/// Starts and ends of bursts in seconds, in order, of `length` seconds.
pub(super) fn bursts(
    random: &mut ChaCha8Rng,
    length: f64,
    share: f64,
    [shortest, longest]: [f64; 2],
) -> Vec<[f64; 2]> {
    let total = share * length;
    if total.is_nan() || total <= 0.0 {
        return Vec::new();
    }
    let count = (total / (0.5 * (shortest + longest))).round().max(1.0) as usize;
    let parts: Vec<f64> = (0..count).map(|_| uniform(random)).collect();
    let lengths: Vec<f64> = if longest > shortest && total >= shortest {
        let asked = (total - count as f64 * shortest) / (longest - shortest);
        let fitted = fitted(parts, asked.clamp(0.0, count as f64));
        let length = |part: f64| shortest + part * (longest - shortest);
        fitted.into_iter().map(length).collect()
    } else {
        vec![shortest.min(total); count]
    };
    let between = length - lengths.iter().sum::<f64>();
    let least = LEAST_BETWEEN.min(0.5 * between / count as f64).max(0.0);
    let mut waits: Vec<f64> = (0..=count).map(|_| -(1.0 - uniform(random)).ln()).collect();
    // What is to be shared out beyond the least between two bursts.
    let rest = (between - least * (count - 1) as f64).max(0.0);
    let scale = rest / waits.iter().sum::<f64>();
    waits.iter_mut().for_each(|wait| *wait *= scale);
    let mut now = 0.0;
    lengths
        .iter()
        .enumerate()
        .map(|(burst, length)| {
            now += waits[burst] + if burst > 0 { least } else { 0.0 };
            let start = now;
            now += length;
            [start, now]
        })
        .collect()
}

/// Numbers from 0 to 1, moved towards an end together so that their sum is as asked.
pub(super) fn fitted(mut parts: Vec<f64>, asked: f64) -> Vec<f64> {
    let (count, sum) = (parts.len() as f64, parts.iter().sum::<f64>());
    for part in &mut parts {
        *part = if sum > asked {
            *part * asked / sum
        } else if sum < count {
            1.0 - (1.0 - *part) * (count - asked) / (count - sum)
        } else {
            *part
        };
    }
    parts
}

/// Which samples of a channel lie in bursts, counted from its start.
fn stretches(channel: &Channel, bursts: &[[f64; 2]]) -> Vec<bool> {
    let mut lost = vec![false; channel.len()];
    for [from, to] in bursts {
        let range = channel.indices(channel.start() + from, channel.start() + to);
        lost[range].fill(true);
    }
    lost
}

/// The channel in its unit, NaN where lost.
fn lossy(channel: &Channel, lost: &[bool]) -> Channel {
    let mut values = channel.all().into_owned();
    for (sample, _) in values
        .chunks_exact_mut(channel.axes.max(1))
        .zip(lost)
        .filter(|(_, lost)| **lost)
    {
        sample.fill(f64::NAN);
    }
    Channel {
        name: channel.name.clone(),
        unit: channel.unit.clone(),
        timing: channel.timing.clone(),
        samples: Samples::F64(values),
        conversion: Conversion::None,
        ..*channel
    }
}
