//! How a recording's samples fall into data records: of what length, and how many.

use super::field;
use super::index::tolerance;
use crate::recording::Timing;
use crate::{Channel, FormatError};

/// The data records of a file to be written.
#[derive(Debug)]
pub(super) struct Schedule {
    /// Seconds a record; 0 where there is no channel.
    pub(super) duration: f64,
    /// Samples (not values) a record of each channel.
    pub(super) samples: Vec<usize>,
    /// The stretches without a gap.
    pub(super) stretches: Vec<Stretch>,
}

/// Records that follow each other without a gap.
#[derive(Debug)]
pub(super) struct Stretch {
    /// Seconds since the start of the recording.
    pub(super) start: f64,
    /// How many records.
    pub(super) records: u64,
    /// Which samples of each channel; as many as fill the records, or fewer where they are to be padded.
    pub(super) samples: Vec<std::ops::Range<usize>>,
}

/// A record should not be longer, says the format.
const RECORD_BYTES: u64 = 61_440;

/// What eight digits can say.
const MOST: u64 = 99_999_999;

/// Divides the channels' samples into records; `pad` allows for records that the samples do not fill.
pub(super) fn plan(channels: &[Channel], width: usize, pad: bool) -> Result<Schedule, FormatError> {
    let mut rates = Vec::new();
    for channel in channels {
        let Timing::Regular { rate, .. } = channel.timing else {
            return Err(refused(
                &channel.name,
                "its samples have times of their own",
                "write it as CSV, or bring it to one rate",
            ));
        };
        rates.push(fraction(rate).ok_or_else(|| {
            refused(
                &channel.name,
                &format!("its rate, {rate} Hz, is no fraction that a record's length could give"),
                "bring it to another rate",
            )
        })?);
    }
    if rates.is_empty() {
        return Ok(Schedule {
            duration: 0.0,
            samples: Vec::new(),
            stretches: Vec::new(),
        });
    }
    let base = Base::of(&rates).ok_or_else(|| no_length(channels))?;
    let mut stretches = stretches(channels)?;
    let counts: Vec<Vec<u64>> = stretches
        .iter()
        .map(|stretch| {
            stretch
                .samples
                .iter()
                .map(|range| range.len() as u64)
                .collect()
        })
        .collect();
    if !pad {
        for counts in &counts {
            base.whole(channels, counts)?;
        }
    }
    let axes: Vec<u64> = channels.iter().map(|channel| channel.axes as u64).collect();
    let fits = |k: u64| {
        let even = |(&count, &step): (&u64, &u64)| count.is_multiple_of(step * k);
        pad || counts
            .iter()
            .all(|counts| counts.iter().zip(&base.steps).all(even))
    };
    // One of these lengths is near a second for any rate below 100 kHz.
    let best = (1..=100_000)
        .filter(|&k| fits(k))
        .filter_map(|k| {
            let duration = base.duration(k)?;
            let values: u64 = base
                .steps
                .iter()
                .zip(&axes)
                .map(|(step, axes)| step * k * axes)
                .sum();
            let long = values
                .saturating_mul(width as u64)
                .saturating_sub(RECORD_BYTES);
            Some((long, duration.ln().abs(), k, duration))
        })
        .min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let Some((_, _, k, duration)) = best else {
        return Err(no_length(channels));
    };
    for (stretch, counts) in stretches.iter_mut().zip(&counts) {
        let records = counts
            .iter()
            .zip(&base.steps)
            .map(|(count, step)| count.div_ceil(step * k));
        stretch.records = records.max().unwrap_or(0);
    }
    stretches.retain(|stretch| stretch.records > 0);
    let records: u64 = stretches.iter().map(|stretch| stretch.records).sum();
    if records > MOST {
        return Err(refused(
            &channels[0].name,
            &format!("it needs {records} data records, and no more than {MOST} can be counted"),
            "write it in parts",
        ));
    }
    Ok(Schedule {
        duration,
        samples: base.steps.iter().map(|step| (step * k) as usize).collect(),
        stretches,
    })
}

fn refused(what: &str, problem: &str, way_out: &str) -> FormatError {
    FormatError::Unwritable {
        what: format!("the channel {}", crate::error::quoted(what)),
        format: "EDF or BDF",
        problem: problem.to_owned(),
        way_out: way_out.to_owned(),
    }
}

fn no_length(channels: &[Channel]) -> FormatError {
    refused(
        &channels[0].name,
        "no length of a record of at most 8 characters gives all channels the rates that they have",
        "bring a channel to another rate, write channels of different rates to different files, or allow for padding",
    )
}

/// The shortest record in which every channel has a whole number of samples; all others are multiples.
struct Base {
    rates: Vec<f64>,
    /// Seconds, as a fraction.
    length: (u64, u64),
    /// Each channel's samples in it.
    steps: Vec<u64>,
}

impl Base {
    /// `None` where no rate is given, or a channel has more samples in it than can be counted.
    fn of(rates: &[(u64, u64)]) -> Option<Base> {
        let mut rates_left = rates.iter();
        let &first = rates_left.next()?;
        let (above, below) = rates_left.try_fold(first, |(above, below), &(a, b)| {
            Some((gcd(above, a), lcm(below, b)?))
        })?;
        let step = |&(a, b): &(u64, u64)| {
            let step = (a / above).checked_mul(below / b)?;
            (step <= MOST).then_some(step)
        };
        // Samples of each in `below` seconds have `above` as a divisor: the rates are in lowest terms.
        Some(Base {
            rates: rates.iter().map(|&(a, b)| a as f64 / b as f64).collect(),
            length: (below, above),
            steps: rates.iter().map(step).collect::<Option<_>>()?,
        })
    }

    /// The seconds of `k` of it, if eight characters can say them, and each rate comes out as it was.
    fn duration(&self, k: u64) -> Option<f64> {
        let duration = self.length.0.checked_mul(k)? as f64 / self.length.1 as f64;
        let exact =
            |(&step, &rate): (&u64, &f64)| step * k <= MOST && (step * k) as f64 / duration == rate;
        let fits = field::number(duration).is_some();
        (fits && self.steps.iter().zip(&self.rates).all(exact)).then_some(duration)
    }

    /// Whether the samples of a stretch fill a whole number of base records, the same for all channels.
    fn whole(&self, channels: &[Channel], counts: &[u64]) -> Result<(), FormatError> {
        let most = counts
            .iter()
            .zip(&self.steps)
            .map(|(count, step)| count.div_ceil(*step))
            .max();
        let records = most.unwrap_or(0);
        for ((channel, &count), &step) in channels.iter().zip(counts).zip(&self.steps) {
            let full = records.saturating_mul(step);
            if count != full {
                return Err(refused(
                    &channel.name,
                    &format!(
                        "a stretch of it has {count} samples, and {full} would fill the data records ({step} or a multiple in each, for all channels to have whole numbers)"
                    ),
                    "cut all channels to a common length, or allow for padding",
                ));
            }
        }
        Ok(())
    }
}

/// The stretches without a gap, which must be the same for all channels.
fn stretches(channels: &[Channel]) -> Result<Vec<Stretch>, FormatError> {
    let fastest = channels
        .iter()
        .filter_map(Channel::rate)
        .fold(0.0, f64::max);
    let hair = tolerance(1.0 / fastest);
    let mut stretches: Vec<Stretch> = Vec::new();
    for (index, channel) in channels.iter().enumerate() {
        let mut found: Vec<(std::ops::Range<usize>, f64, f64)> = Vec::new();
        for (range, span) in channel.segments() {
            match found.last_mut() {
                // A reader would see no gap there.
                Some((last, _, end)) if (span.start - *end).abs() <= hair => {
                    last.end = range.end;
                    *end = span.end;
                }
                Some((_, _, end)) if span.start < *end => {
                    return Err(refused(
                        &channel.name,
                        &format!(
                            "a segment starts at {} s, before the one before it ends",
                            span.start
                        ),
                        "put its segments in order",
                    ));
                }
                _ => found.push((range, span.start, span.end)),
            }
        }
        if index == 0 {
            stretches = found
                .iter()
                .map(|(range, start, _)| Stretch {
                    start: *start,
                    records: 0,
                    samples: vec![range.clone()],
                })
                .collect();
            continue;
        }
        let same = found.len() == stretches.len()
            && found
                .iter()
                .zip(&stretches)
                .all(|((_, start, _), stretch)| (start - stretch.start).abs() <= hair);
        if !same {
            return Err(refused(
                &channel.name,
                &format!(
                    "it does not start, or does not have its gaps, when {} does",
                    crate::error::quoted(&channels[0].name)
                ),
                "cut all channels to common stretches, or write them to different files",
            ));
        }
        for (stretch, (range, ..)) in stretches.iter_mut().zip(found) {
            stretch.samples.push(range);
        }
    }
    Ok(stretches)
}

/// A rate as a fraction in lowest terms that is the same double, by its continued fraction.
fn fraction(rate: f64) -> Option<(u64, u64)> {
    if !(1e-7..=1e8).contains(&rate) {
        return None;
    }
    let (mut above, mut below) = ((1_u64, 0_u64), (0_u64, 1_u64));
    let mut rest = rate;
    for _ in 0..32 {
        let whole = rest.floor();
        if whole > 1e15 {
            return None;
        }
        let next =
            |(last, before): (u64, u64)| (whole as u64).checked_mul(last)?.checked_add(before);
        above = (next(above)?, above.0);
        below = (next(below)?, below.0);
        if below.0 > 1_000_000_000 {
            return None;
        }
        if above.0 as f64 / below.0 as f64 == rate {
            return Some((above.0, below.0));
        }
        rest = 1.0 / (rest - whole);
    }
    None
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn lcm(a: u64, b: u64) -> Option<u64> {
    (a / gcd(a, b)).checked_mul(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Modality, Samples};

    #[test]
    fn rates_are_fractions() {
        for (rate, expected) in [
            (256.0, Some((256, 1))),
            (0.25, Some((1, 4))),
            (1.0 / 3.0, Some((1, 3))),
            (4.03, Some((403, 100))),
            (62.5, Some((125, 2))),
            (0.0, None),
            (f64::NAN, None),
        ] {
            assert_eq!(fraction(rate), expected, "{rate}");
        }
    }

    #[test]
    fn records_hold_whole_numbers_of_samples() {
        for (rates, seconds, duration, samples) in [
            (
                &[700.0, 64.0, 32.0, 4.0][..],
                10.0,
                1.0,
                &[700, 64, 32, 4][..],
            ),
            (&[1.0 / 3.0, 1.0], 9.0, 3.0, &[1, 3]),
            (&[4.03], 200.0, 100.0, &[403]),
            (&[0.25, 0.5], 8.0, 4.0, &[1, 2]),
            (&[256.0], 0.75, 0.75, &[192]),
            (&[50_000.0], 2.0, 0.5, &[25_000]),
        ] {
            let channel = |&rate: &f64| {
                let count = (rate * seconds).round() as usize;
                let timing = Timing::regular(rate);
                Channel::new(
                    "x",
                    Modality::Other,
                    "",
                    timing,
                    Samples::I16(vec![0; count]),
                )
            };
            let channels: Vec<Channel> = rates.iter().map(channel).collect();
            let schedule = plan(&channels, 2, false).unwrap();
            assert_eq!(
                (schedule.duration, &schedule.samples[..]),
                (duration, samples)
            );
        }
    }
}
