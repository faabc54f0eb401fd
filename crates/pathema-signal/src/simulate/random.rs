//! Seeded randomness: one independent stream of numbers for each subject and purpose.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// What a stream is for. A new purpose goes to the end, so that the others keep their numbers.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Order,
    Schedule,
    Person,
    Arousal,
    Motion,
    Breath,
    Beats,
    Ecg,
    Emg,
    Respiration,
    ChestMotion,
    ChestTemperature,
    ChestEda,
    Responses,
    WristEda,
    ChestEdaNoise,
    WristEdaNoise,
    WristMotion,
    WristTemperature,
    Pulse,
    Questionnaire,
    RawMotion,
    Road,
    Rating,
}

/// A source of random numbers.
pub(super) struct Random(ChaCha8Rng);

impl Random {
    /// The stream of one subject (or pair of subjects) for one purpose.
    ///
    /// ChaCha is counter-based: the key is the seed, the stream number the subject and purpose, so no
    /// stream depends on how much another one has drawn.
    pub(super) fn new(seed: u64, subject: usize, purpose: Purpose) -> Random {
        let mut key = *b"\0\0\0\0\0\0\0\0pathema simulator gen. 1";
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(((subject as u64) << 8) | purpose as u64);
        Random(generator)
    }

    /// Uniform in `[low, high)`.
    pub(super) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.0.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64);
        low + (high - low) * unit
    }

    /// Whether something of this probability happens.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.uniform(0.0, 1.0) < probability
    }

    /// Standard normal.
    #[inline]
    pub(super) fn gauss(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// Normal.
    pub(super) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        mean + deviation * self.gauss()
    }

    /// Log-normal by its median and the standard deviation of its logarithm.
    pub(super) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.gauss()).exp()
    }

    /// Waiting time of a Poisson process.
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.uniform(0.0, 1.0)).ln()
    }

    /// A random direction in space.
    pub(super) fn direction(&mut self) -> [f64; 3] {
        unit([self.gauss(), self.gauss(), self.gauss()])
    }

    /// Instants in `[0, end)` of a Poisson process whose rate (events per second) changes in time, by
    /// thinning a process of the rate `most` (Lewis & Shedler 1979).
    pub(super) fn events(&mut self, end: f64, most: f64, rate: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut instants = Vec::new();
        let mut t = 0.0;
        loop {
            t += self.exponential(1.0 / most);
            if t >= end {
                return instants;
            }
            if self.chance(rate(t) / most) {
                instants.push(t);
            }
        }
    }
}

/// Stationary Gaussian noise with an exponential memory (an Ornstein–Uhlenbeck process, sampled exactly).
pub(super) struct Memory {
    value: f64,
    keep: f64,
    fresh: f64,
}

impl Memory {
    /// `tau` is the time constant in seconds, `rate` the samples per second.
    pub(super) fn new(random: &mut Random, rate: f64, tau: f64, deviation: f64) -> Memory {
        let keep = (-1.0 / (rate * tau)).exp();
        Memory {
            value: random.normal(0.0, deviation),
            keep,
            fresh: deviation * (1.0 - keep * keep).sqrt(),
        }
    }

    /// The next sample.
    #[inline]
    pub(super) fn next(&mut self, random: &mut Random) -> f64 {
        self.value = self.keep * self.value + self.fresh * random.gauss();
        self.value
    }
}

/// The vector scaled to length 1; a vector of length 0 gives the first axis.
pub(super) fn unit(v: [f64; 3]) -> [f64; 3] {
    let length = (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).sqrt();
    if length > 0.0 {
        v.map(|x| x / length)
    } else {
        [1.0, 0.0, 0.0]
    }
}
