//! Posture, hand positions and movements, as both accelerometers see them.

use std::f64::consts::{PI, TAU};

use super::person::Person;
use super::random::{Purpose, Random, unit};
use super::schedule::Schedule;
use super::state::{RATE, State, Track};
use crate::Label;

/// Seconds in which a limb reaches its new position.
const TURN: f64 = 0.4;

/// A movement back and forth.
struct Burst {
    start: f64,
    length: f64,
    /// g
    strength: f64,
    /// Hz
    frequency: f64,
    axis: [f64; 3],
}

/// The movements of one place of the body.
pub(super) struct Motion {
    bursts: Vec<Burst>,
    /// From each instant on, the direction of gravity.
    turns: Vec<(f64, [f64; 3])>,
    /// Strength of the movement in g, for the artefacts that it makes in other sensors.
    pub(super) envelope: Track,
}

/// Movements of the wrist and of the chest; a large part of the chest's go with the wrist's.
pub(super) fn motions(
    seed: u64,
    index: usize,
    person: &Person,
    schedule: &Schedule,
    state: &State,
) -> (Motion, Motion) {
    let random = &mut Random::new(seed, index, Purpose::Motion);
    let duration = schedule.duration;
    let rate = |t: f64| {
        let label = schedule.at(t).map_or(Label::Transient, |i| i.label);
        let a_minute = match label {
            Label::Transient => 10.0,
            Label::Stress => 5.0,
            Label::Meditation => 0.4,
            Label::Amusement => 1.5,
            _ => 2.5,
        };
        person.body.fidgeting * a_minute / 60.0
    };
    let starts = random.events(duration, person.body.fidgeting * 10.0 / 60.0, rate);
    let poses = Poses::new(random);
    let (mut wrist, mut chest) = (Vec::new(), Vec::new());
    let mut wrist_turns = vec![(0.0, poses.wrist(random, state.standing.at(0.0)))];
    let mut chest_turns = vec![(0.0, poses.chest(random, state.standing.at(0.0)))];
    for start in starts {
        let burst = Burst {
            start,
            length: random.log_normal(3.0, 0.5).clamp(0.8, 12.0),
            strength: random.log_normal(0.12, 0.6).min(0.8),
            frequency: random.uniform(0.8, 3.0),
            axis: random.direction(),
        };
        let standing = state.standing.at(start + burst.length);
        if random.chance(0.6) {
            wrist_turns.push((start, poses.wrist(random, standing)));
        }
        if random.chance(0.35) {
            chest_turns.push((start, poses.chest(random, standing)));
            chest.push(Burst {
                strength: 0.3 * burst.strength,
                axis: random.direction(),
                ..burst
            });
        }
        wrist.push(burst);
    }
    // Sitting down and standing up always shows.
    for k in 1..state.standing.0.len() {
        let (before, after) = (state.standing.0[k - 1], state.standing.0[k]);
        if before != after {
            let t = k as f64 / RATE;
            wrist_turns.push((t, poses.wrist(random, after)));
            chest_turns.push((t, poses.chest(random, after)));
        }
    }
    (
        Motion::new(wrist, wrist_turns, duration),
        Motion::new(chest, chest_turns, duration),
    )
}

impl Motion {
    fn new(bursts: Vec<Burst>, mut turns: Vec<(f64, [f64; 3])>, duration: f64) -> Motion {
        turns.sort_by(|a, b| a.0.total_cmp(&b.0));
        let envelope = Track::new(duration, |t| {
            bursts.iter().map(|burst| burst.envelope(t)).sum()
        });
        Motion {
            bursts,
            turns,
            envelope,
        }
    }

    /// Acceleration in g without noise, `x₀ y₀ z₀ x₁ …`, from time 0 on.
    pub(super) fn acceleration(&self, rate: f64, n: usize) -> Vec<f64> {
        self.acceleration_from(0.0, rate, n)
    }

    /// The same from time `from` on, which may lie before the session.
    pub(super) fn acceleration_from(&self, from: f64, rate: f64, n: usize) -> Vec<f64> {
        let mut values = Vec::with_capacity(3 * n);
        let follow = 1.0 - (-1.0 / (rate * TURN)).exp();
        let mut turns = self.turns.iter().copied().peekable();
        let mut goal = turns.peek().map_or([1.0, 0.0, 0.0], |turn| turn.1);
        let mut now = goal;
        for i in 0..n {
            while let Some((_, next)) = turns.next_if(|turn| turn.0 <= from + i as f64 / rate) {
                goal = next;
            }
            for (axis, value) in now.iter_mut().enumerate() {
                *value += follow * (goal[axis] - *value);
            }
            values.extend(now);
        }
        for burst in &self.bursts {
            let first = ((burst.start - from) * rate).ceil() as usize;
            let end = (((burst.start + burst.length - from) * rate) as usize).min(n);
            for i in first..end {
                let t = from + i as f64 / rate;
                let push = burst.envelope(t) * (TAU * burst.frequency * (t - burst.start)).sin();
                for (axis, part) in burst.axis.iter().enumerate() {
                    values[3 * i + axis] += push * part;
                }
            }
        }
        values
    }
}

impl Burst {
    fn envelope(&self, t: f64) -> f64 {
        let done = (t - self.start) / self.length;
        if (0.0..1.0).contains(&done) {
            self.strength * (PI * done).sin().powi(2)
        } else {
            0.0
        }
    }
}

/// How one person's sensors lie when sitting and when standing.
struct Poses {
    wrist: [[f64; 3]; 2],
    chest: [[f64; 3]; 2],
}

impl Poses {
    fn new(random: &mut Random) -> Poses {
        // Mean orientations: of the E4 on a resting and on a hanging or gesturing arm, and of the belt.
        Poses {
            wrist: [
                near(random, [-0.75, -0.2, 0.4], 0.3),
                near(random, [-0.55, 0.5, 0.3], 0.3),
            ],
            chest: [
                near(random, [0.88, -0.05, -0.35], 0.08),
                near(random, [0.96, -0.05, -0.12], 0.06),
            ],
        }
    }

    fn wrist(&self, random: &mut Random, standing: f64) -> [f64; 3] {
        near(random, self.wrist[usize::from(standing > 0.5)], 0.35)
    }

    fn chest(&self, random: &mut Random, standing: f64) -> [f64; 3] {
        near(random, self.chest[usize::from(standing > 0.5)], 0.05)
    }
}

fn near(random: &mut Random, direction: [f64; 3], spread: f64) -> [f64; 3] {
    unit(direction.map(|x| x + spread * random.gauss()))
}
