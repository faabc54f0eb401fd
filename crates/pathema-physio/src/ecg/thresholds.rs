//! Adaptive thresholds after Pan & Tompkins (1985), on two signals that must agree.

/// A maximum of the energy of an ECG's slope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Sample since the start of the stream near which the wave lies.
    pub(super) centre: u64,
    /// The integrated signal there: the energy of the slope.
    pub(super) energy: f64,
    /// Largest magnitude of the band-passed signal in the wave.
    pub(super) band: f64,
    /// Largest slope, up or down, in the wave.
    pub(super) slope: f64,
}

/// Weight of a new beat or noise peak in the running estimates, and that of a beat found by searching back.
pub(super) const WEIGHT: f64 = 0.125;
pub(super) const WEIGHT_SEARCHED: f64 = 0.25;
/// Where the threshold lies between noise (0) and beats (1).
const THRESHOLD: f64 = 0.25;
/// A beat counts at most so many times the usual one, so that an artefact does not deafen the detector.
const LOUDEST: f64 = 4.0;

/// Which of the two thresholds of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// For what is heard.
    First,
    /// For the search back, and for an irregular rhythm.
    Second,
}

/// Running estimates of the peaks of beats (SPK) and of what is none (NPK) in one signal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    beat: f64,
    noise: f64,
}

impl Levels {
    pub(super) fn new(beat: f64, noise: f64) -> Levels {
        Levels { beat, noise }
    }

    /// The first threshold, or the second, which is half of it.
    ///
    /// In noise half of it would lie below the noise itself, and each false beat make the rhythm more irregular and so
    /// let in more. So the second is no lower than half way from the noise to the first; where there is none, that is the same.
    fn threshold(&self, order: Order) -> f64 {
        let above = THRESHOLD * (self.beat - self.noise);
        match order {
            Order::First => self.noise + above,
            Order::Second => self.noise + 0.5 * above,
        }
    }

    fn hear_beat(&mut self, peak: f64, weight: f64) {
        self.beat += weight * (peak.min(LOUDEST * self.beat) - self.beat);
    }

    fn hear_noise(&mut self, peak: f64) {
        self.noise += WEIGHT * (peak - self.noise);
    }
}

/// The levels of both signals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thresholds {
    energy: Levels,
    band: Levels,
}

impl Thresholds {
    /// From what was heard while learning, in the order of time, both equally long. Reorders them.
    pub(super) fn learn(energies: &mut [i64], bands: &mut [i64]) -> Thresholds {
        let largest = |values: &[i64]| values.iter().copied().max().unwrap_or(0) as f64;
        let part = |values: &mut [i64], share: usize| {
            let at = values.len() / share;
            let (_, &mut value, _) = values.select_nth_unstable(at);
            value as f64
        };
        // The largest may be an artefact or an early beat, so the usual one is taken to have half its energy. Beats of
        // 170 a minute fill more than half of the time, so it is the lower quarter of the energies that is noise.
        let energy = 0.5 * largest(energies);
        let band = 0.5f64.sqrt() * largest(bands);
        Thresholds {
            energy: Levels::new(energy, part(energies, 4).min(energy)),
            band: Levels::new(band, part(bands, 2).min(band)),
        }
    }

    /// Whether both signals are over their thresholds, and the energy over `floor`.
    pub(super) fn exceeded(&self, candidate: &Candidate, order: Order, floor: f64) -> bool {
        candidate.energy > self.energy.threshold(order).max(floor)
            && candidate.band > self.band.threshold(order)
    }

    pub(super) fn hear_beat(&mut self, beat: &Candidate, weight: f64) {
        self.energy.hear_beat(beat.energy, weight);
        self.band.hear_beat(beat.band, weight);
    }

    pub(super) fn hear_noise(&mut self, noise: &Candidate) {
        self.energy.hear_noise(noise.energy);
        self.band.hear_noise(noise.band);
    }
}
