//! What drives the body: slow courses at 4 Hz that all modalities of a session share.

use super::person::Person;
use super::random::{Memory, Purpose, Random};
use super::schedule::Schedule;
use crate::Label;

/// Samples per second of a [`Track`].
pub(super) const RATE: f64 = 4.0;

/// A slow course in time.
#[derive(Clone, Debug)]
pub(super) struct Track(pub(super) Vec<f64>);

impl Track {
    pub(super) fn new(duration: f64, mut value: impl FnMut(f64) -> f64) -> Track {
        let n = (duration * RATE) as usize + 1;
        Track((0..n).map(|k| value(k as f64 / RATE)).collect())
    }

    /// Without what is faster than `tau` seconds (two first-order low-passes that start settled).
    pub(super) fn smoothed(mut self, tau: f64) -> Track {
        let follow = 1.0 - (-1.0 / (RATE * tau)).exp();
        for _ in 0..2 {
            let mut now = self.0.first().copied().unwrap_or(0.0);
            for value in &mut self.0 {
                now += follow * (*value - now);
                *value = now;
            }
        }
        self
    }

    /// The value at an instant, linear between samples and constant beyond the ends.
    #[inline]
    pub(super) fn at(&self, t: f64) -> f64 {
        let x = (t * RATE).max(0.0);
        let k = x as usize;
        match (self.0.get(k), self.0.get(k + 1)) {
            (Some(a), Some(b)) => a + (x - k as f64) * (b - a),
            _ => self.0.last().copied().unwrap_or(0.0),
        }
    }
}

/// The drives of a session.
pub(super) struct State {
    /// 0 at rest, about 1 in stress.
    pub(super) stress: Track,
    /// The same for what follows only within a minute or two (sweat, vessels of the skin).
    pub(super) slow_stress: Track,
    pub(super) amusement: Track,
    pub(super) calm: Track,
    /// 1 while standing.
    pub(super) standing: Track,
    /// Ups and downs that no condition causes.
    pub(super) spontaneous: Track,
}

impl State {
    pub(super) fn new(seed: u64, index: usize, person: &Person, schedule: &Schedule) -> State {
        let random = &mut Random::new(seed, index, Purpose::Arousal);
        let arousal = &person.arousal;
        let duration = schedule.duration;
        let follow = |label: Label, rise: f64, recovery: f64| {
            let mut now = 0.0;
            Track::new(duration, |t| {
                let goal = match schedule.at(t) {
                    Some(interval) if interval.label == label => match label {
                        Label::Stress => task(
                            (t - interval.start) / (interval.end - interval.start),
                            arousal.habituation,
                        ),
                        _ => 1.0,
                    },
                    // What is about to come is known: the last seconds before the task already count.
                    _ if label == Label::Stress
                        && schedule
                            .at(t + 15.0)
                            .is_some_and(|next| next.label == label) =>
                    {
                        0.5
                    }
                    _ => 0.0,
                };
                let tau = if goal > now { rise } else { recovery };
                now += (goal - now) * (1.0 - (-1.0 / (RATE * tau)).exp());
                now
            })
        };
        let stress = follow(Label::Stress, arousal.rise, arousal.recovery);
        let mut ups = Memory::new(random, RATE, 45.0, arousal.spontaneous);
        State {
            slow_stress: followed(&stress, duration),
            amusement: follow(Label::Amusement, 15.0, 30.0),
            calm: follow(Label::Meditation, 30.0, 40.0),
            standing: Track::new(duration, |t| {
                f64::from(u8::from(stands(person, schedule, t)))
            }),
            spontaneous: Track::new(duration, |t| {
                ups.next(random) + arousal.settling * (-t / 90.0).exp()
            })
            .smoothed(3.0),
            stress,
        }
    }

    /// Of somebody who sits and drives, and is stressed so much at each time: from 0 to about 1.
    pub(super) fn driving(
        seed: u64,
        index: usize,
        person: &Person,
        duration: f64,
        goal: impl Fn(f64) -> f64,
    ) -> State {
        let random = &mut Random::new(seed, index, Purpose::Arousal);
        let arousal = &person.arousal;
        let mut now = goal(0.0);
        let stress = Track::new(duration, |t| {
            let goal = goal(t);
            let tau = if goal > now {
                arousal.rise
            } else {
                arousal.recovery
            };
            now += (goal - now) * (1.0 - (-1.0 / (RATE * tau)).exp());
            now
        });
        let mut ups = Memory::new(random, RATE, 45.0, arousal.spontaneous);
        State {
            slow_stress: followed(&stress, duration),
            amusement: Track::new(duration, |_| 0.0),
            calm: Track::new(duration, |_| 0.0),
            standing: Track::new(duration, |_| 0.0),
            spontaneous: Track::new(duration, |_| ups.next(random)).smoothed(3.0),
            stress,
        }
    }

    /// The fast drive of one modality whose stress effect is `effect`.
    #[inline]
    pub(super) fn drive(&self, effect: f64, t: f64) -> f64 {
        effect * self.stress.at(t) + self.spontaneous.at(t)
    }

    /// The slow drive of one modality whose stress effect is `effect`.
    #[inline]
    pub(super) fn slow_drive(&self, effect: f64, t: f64) -> f64 {
        effect * self.slow_stress.at(t) + self.spontaneous.at(t)
    }
}

/// What follows the stress within a minute or two.
fn followed(stress: &Track, duration: f64) -> Track {
    let mut slow = 0.0;
    Track::new(duration, |t| {
        slow += (stress.at(t) - slow) / (RATE * 40.0);
        slow
    })
}

/// Preparation, speech and mental arithmetic of the Trier Social Stress Test, with habituation.
fn task(done: f64, habituation: f64) -> f64 {
    let phase = if done < 0.3 {
        0.8
    } else if done < 0.65 {
        1.0
    } else {
        0.9
    };
    phase * (1.0 - habituation * done)
}

fn stands(person: &Person, schedule: &Schedule, t: f64) -> bool {
    schedule
        .nearest(t)
        .is_some_and(|interval| match interval.label {
            Label::Baseline => person.body.stands_in_baseline,
            Label::Stress => person.body.stands_in_stress,
            _ => false,
        })
}
