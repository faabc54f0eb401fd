//! Breathing: the phase that the belt, the heart and the chest's acceleration share.

use std::f64::consts::TAU;

use super::person::Person;
use super::random::{Memory, Purpose, Random};
use super::state::{RATE, State, Track};

pub(super) struct Breath {
    /// Radians; inspiration runs from about −1.2 to 1.2.
    phase: Track,
    /// In % of the belt's range.
    depth: Track,
}

impl Breath {
    pub(super) fn new(
        seed: u64,
        index: usize,
        person: &Person,
        state: &State,
        duration: f64,
    ) -> Breath {
        let random = &mut Random::new(seed, index, Purpose::Breath);
        let habit = &person.breath;
        let mut irregular = Memory::new(random, RATE, 12.0, 1.0);
        let mut depth = Memory::new(random, RATE, 15.0, 0.18);
        let sighs = random.events(duration, 1.0 / 120.0, |_| 1.0 / 120.0);
        let mut phase = random.uniform(0.0, TAU);
        let phases = Track::new(duration, |t| {
            let now = phase;
            // Speaking, which most of the stress task is, breaks the rhythm.
            let spread = 0.06 + 0.1 * state.stress.at(t);
            let change = 1.0 + habit.stress * state.drive(person.effects.breathing, t)
                - habit.calm * state.calm.at(t)
                + 0.05 * state.amusement.at(t);
            let rate = habit.rate * change * (spread * irregular.next(random)).exp();
            phase += TAU * rate.clamp(0.07, 0.6) / RATE;
            now
        });
        let depths = Track::new(duration, |t| {
            let sigh = sighs
                .iter()
                .map(|at| (-((t - at) / 2.0).powi(2)).exp())
                .sum::<f64>();
            habit.depth
                * depth.next(random).exp()
                * (1.0 + 1.2 * sigh + 0.25 * state.calm.at(t)
                    - 0.12 * state.drive(person.effects.breathing, t))
                .max(0.3)
        });
        Breath {
            phase: phases,
            depth: depths,
        }
    }

    /// Respiratory modulation in −1 to 1.
    #[inline]
    pub(super) fn modulation(&self, t: f64) -> f64 {
        self.phase.at(t).sin()
    }

    /// Extension of the chest in % of the belt's range; rises in 38 % of a breath, falls in 62 %.
    #[inline]
    pub(super) fn extension(&self, t: f64) -> f64 {
        let phase = self.phase.at(t);
        self.depth.at(t) * (phase + 0.4 * phase.sin()).sin()
    }
}
