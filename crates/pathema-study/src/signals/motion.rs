//! Acceleration.

use pathema_experiments::data::Track;

use super::SignalsError;
use super::channels::Sensor;
use super::rows::Rows;
use super::spread::RunningSpread;

/// Seconds of a block.
const BLOCK: f64 = 0.5;
/// Part of a block's samples that must have been observed.
const LEAST_SHARE: f64 = 0.25;
/// g, beyond which no sensor worn for this measures.
const RANGE: f64 = 16.0;
/// g: the noise of a sensor at rest.
const FLOOR: f64 = 3e-3;
/// Seconds over which blocks' means sway, of which as large a share must have been observed.
const SWAY: f64 = 10.0;
const LONG_SWAY: f64 = 30.0;

pub(super) fn track(
    sensor: &Sensor<'_>,
    derived: bool,
    mut rows: Rows,
) -> Result<Track, SignalsError> {
    let axes = sensor.channel.axes;
    if axes != 3 {
        return Err(SignalsError::Axes {
            subject: sensor.subject.to_owned(),
            axes,
        });
    }
    let per_block = sensor.samples(BLOCK);
    // One sample has no spread.
    let least = ((LEAST_SHARE * per_block as f64).ceil() as usize).max(2);
    let values = sensor.channel.all();
    let mut sway = [SWAY, LONG_SWAY]
        .map(|length| RunningSpread::new(length, (LEAST_SHARE * length / BLOCK) as usize));
    for (range, span) in sensor.channel.segments() {
        let samples = &values[range.start * 3..range.end * 3];
        for (block, samples) in samples.chunks(per_block * 3).enumerate() {
            if let Some((last, row)) = row(samples, least) {
                let time = span.start + (block * per_block + last) as f64 / sensor.rate;
                let [x, y, z, ..] = row;
                if derived {
                    let swayed = sway
                        .each_mut()
                        .map(|sway| (sway.push(time, [x, y, z]) + FLOOR).ln());
                    rows.push(time, 0, &[&row[..], &swayed].concat());
                } else {
                    rows.push(time, 0, &row[..4]);
                }
            }
        }
    }
    Ok(rows.track())
}

/// The channels of a block by itself, and which sample was the last one observed.
fn row(samples: &[f64], least: usize) -> Option<(usize, [f64; 8])> {
    let mut moments = [Moments::default(); 4];
    let mut last = 0;
    for (index, sample) in samples.chunks_exact(3).enumerate() {
        // NaN is not within the range either.
        if !sample.iter().all(|value| value.abs() <= RANGE) {
            continue;
        }
        let magnitude = sample.iter().map(|value| value * value).sum::<f64>().sqrt();
        for (moments, value) in moments.iter_mut().zip(sample.iter().chain([&magnitude])) {
            moments.push(*value);
        }
        last = index;
    }
    if moments[0].count < least {
        return None;
    }
    let log = |spread: f64| (spread + FLOOR).ln();
    let [x, y, z, magnitude] = moments;
    let spread = (x.deviation() + y.deviation() + z.deviation()) / 3.0;
    let row = [
        x.mean,
        y.mean,
        z.mean,
        log(spread),
        log(magnitude.deviation()),
        log(x.deviation()),
        log(y.deviation()),
        log(z.deviation()),
    ];
    Some((last, row))
}

/// Mean and spread as samples come (Welford 1962).
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: usize,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn push(&mut self, value: f64) {
        self.count += 1;
        let off = value - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (value - self.mean);
    }

    /// With n − 1: few samples do not look calmer than many.
    fn deviation(&self) -> f64 {
        (self.squares / (self.count.max(2) - 1) as f64).sqrt()
    }
}
