//! The filters of Pan & Tompkins (1985) for any sampling rate: integers, causal, and of a delay that is known exactly.
//!
//! Every filter is made of moving sums, which integers add up without error: whatever artefact has passed is forgotten
//! to the last bit once it has left the sums, and the same samples give the same numbers on every machine.

use super::REFRACTORY_SECONDS;
use crate::stretches::samples;

/// Hz. Samples are averaged in groups so that no more than twice as many groups a second are left: QRS complexes lie at
/// 5–15 Hz, and what an average folds back from near the rate of the groups it has suppressed.
const GROUPS_RATE: f64 = 150.0;
/// Length of each of the two moving sums of the low-pass, in seconds (6 samples at 200 Hz).
const LOW_PASS_SECONDS: f64 = 0.03;
/// Length of the moving sum that the high-pass takes away, in seconds (32 samples at 200 Hz).
const HIGH_PASS_SECONDS: f64 = 0.16;
/// Length of the moving sum of the squared slope, in seconds: that of a wide QRS complex.
const ENERGY_SECONDS: f64 = 0.15;
/// Groups by which the five-point derivative lags.
const SLOPE_DELAY: usize = 2;

/// Samples are scaled so that their range while learning fills so many bits.
pub(super) const BITS: i32 = 20;
/// What is beyond this is cut off: the sums must not overflow.
pub(super) const LARGEST: f64 = (1u64 << 40) as f64;
/// A slope beyond 128 times the range while learning is cut off, so that the sum of squares fits 63 bits.
const STEEPEST: i64 = 1 << 27;

/// The lengths of all filters at one sampling rate, in groups of samples.
#[derive(Clone, Debug)]
pub(super) struct Design {
    /// Samples in a group.
    pub(super) group: usize,
    /// Groups a second.
    pub(super) rate: f64,
    low: usize,
    high: usize,
    /// Length of the moving sum of the squared slope.
    pub(super) window: usize,
    /// Groups by which the band-passed signal lags.
    pub(super) delay: usize,
    /// Groups in which the heart cannot beat twice.
    pub(super) refractory: usize,
    /// Groups from a wave to the one at which its maximum of energy is certain, at most.
    pub(super) certain: usize,
    /// The gain of band-pass and derivative, as a power of two.
    shift: u32,
}

impl Design {
    pub(super) fn new(rate: f64) -> Design {
        let group = ((rate / GROUPS_RATE) as usize).max(1);
        let rate = rate / group as f64;
        let low = samples(LOW_PASS_SECONDS, rate).max(2);
        // Odd, so that its middle is a group.
        let high = 2 * samples(0.5 * HIGH_PASS_SECONDS, rate) + 1;
        let window = samples(ENERGY_SECONDS, rate);
        let delay = low - 1 + (high - 1) / 2;
        let refractory = samples(REFRACTORY_SECONDS, rate);
        Design {
            group,
            rate,
            low,
            high,
            window,
            delay,
            refractory,
            certain: delay + SLOPE_DELAY + window + refractory,
            shift: (8 * low * low * high).ilog2(),
        }
    }

    /// Groups before the moving sum's last one in which the band-passed wave lies whose slopes it holds, both inclusive.
    pub(super) fn wave_before_energy(&self) -> [usize; 2] {
        [self.window + SLOPE_DELAY - 1, SLOPE_DELAY]
    }
}

/// What the filters say of one group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filtered {
    /// The band-passed signal, as a magnitude.
    pub(super) band: i64,
    /// Its slope, as a magnitude.
    pub(super) slope: i64,
    /// The squared slope, summed over the window.
    pub(super) energy: i64,
}

/// The filters at work.
#[derive(Clone, Debug)]
pub(super) struct Cascade {
    low: [MovingSum; 2],
    high: MovingSum,
    middle: Delay,
    high_len: i64,
    shift: u32,
    /// The last four band-passed values, the newest first.
    recent: [i64; 4],
    energy: MovingSum,
}

impl Cascade {
    /// As if zeros had come before.
    pub(super) fn new(design: &Design) -> Cascade {
        Cascade {
            low: [MovingSum::new(design.low), MovingSum::new(design.low)],
            high: MovingSum::new(design.high),
            middle: Delay::new((design.high - 1) / 2),
            high_len: design.high as i64,
            shift: design.shift,
            recent: [0; 4],
            energy: MovingSum::new(design.window),
        }
    }

    #[inline]
    pub(super) fn push(&mut self, value: i64) -> Filtered {
        let [first, second] = &mut self.low;
        let low = second.push(first.push(value));
        let band = self.high_len * self.middle.push(low) - self.high.push(low);
        let [one, _, three, four] = self.recent;
        let slope = 2 * (band - four) + one - three;
        self.recent = [band, one, self.recent[1], three];
        let slope = (slope >> self.shift).clamp(-STEEPEST, STEEPEST);
        Filtered {
            band: band.abs(),
            slope: slope.abs(),
            energy: self.energy.push(slope * slope),
        }
    }
}

/// The sum of the last values.
#[derive(Clone, Debug)]
struct MovingSum {
    values: Box<[i64]>,
    oldest: usize,
    sum: i64,
}

impl MovingSum {
    fn new(len: usize) -> MovingSum {
        MovingSum {
            values: vec![0; len].into(),
            oldest: 0,
            sum: 0,
        }
    }

    #[inline]
    fn push(&mut self, value: i64) -> i64 {
        let oldest = &mut self.values[self.oldest];
        self.sum += value - *oldest;
        *oldest = value;
        self.oldest += 1;
        if self.oldest == self.values.len() {
            self.oldest = 0;
        }
        self.sum
    }
}

/// The value that came so many values ago.
#[derive(Clone, Debug)]
struct Delay {
    values: Box<[i64]>,
    oldest: usize,
}

impl Delay {
    fn new(len: usize) -> Delay {
        Delay {
            values: vec![0; len].into(),
            oldest: 0,
        }
    }

    #[inline]
    fn push(&mut self, value: i64) -> i64 {
        let oldest = std::mem::replace(&mut self.values[self.oldest], value);
        self.oldest += 1;
        if self.oldest == self.values.len() {
            self.oldest = 0;
        }
        oldest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The band-passed impulse response, without the magnitude taken.
    fn impulse(design: &Design) -> Vec<f64> {
        let mut cascade = Cascade::new(design);
        (0..4 * design.high)
            .map(|index| {
                cascade.push(if index == 0 { 1 << 20 } else { 0 });
                cascade.recent[0] as f64
            })
            .collect()
    }

    #[test]
    fn the_band_pass_is_symmetric_about_its_delay() {
        for rate in [100.0, 128.0, 250.0, 360.0, 700.0, 1000.0, 100_000.0] {
            let design = Design::new(rate);
            let response = impulse(&design);
            for away in 0..=design.delay {
                let [before, after] = [design.delay - away, design.delay + away];
                assert_eq!(response[before], response[after], "{rate} Hz, {away}");
            }
            assert!(response[2 * design.delay + 1..].iter().all(|&v| v == 0.0));
        }
    }

    #[test]
    fn the_band_reaches_from_5_to_15_hz_at_every_rate() {
        for rate in [100.0, 128.0, 250.0, 360.0, 500.0, 700.0, 1000.0] {
            let design = Design::new(rate);
            let response = impulse(&design);
            let gain = |frequency: f64| {
                let step = std::f64::consts::TAU * frequency / design.rate;
                let part = |wave: fn(f64) -> f64| {
                    let turned = |(index, value): (usize, &f64)| value * wave(step * index as f64);
                    response.iter().enumerate().map(turned).sum::<f64>()
                };
                part(f64::cos).hypot(part(f64::sin))
            };
            let peak = gain(9.0);
            assert!(gain(5.0) > 0.5 * peak && gain(13.0) > 0.5 * peak, "{rate}");
            assert!(gain(0.0) < 1e-9 * peak && gain(1.0) < 0.2 * peak, "{rate}");
            assert!(gain(30.0) < 0.15 * peak, "{rate}");
        }
    }

    #[test]
    fn an_artefact_is_forgotten() {
        let design = Design::new(360.0);
        let (mut quiet, mut disturbed) = (Cascade::new(&design), Cascade::new(&design));
        for index in 0..1000i64 {
            let value = index * 37 % 101;
            let artefact = if index < 500 { value << 33 } else { value };
            let (a, b) = (quiet.push(value), disturbed.push(artefact));
            if index > 600 {
                assert_eq!((a.band, a.energy), (b.band, b.energy));
            }
        }
    }
}
