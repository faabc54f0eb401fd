//! What makes one simulated person differ from another. The ranges are argued for in `docs/simulator.md`.

use super::random::{Purpose, Random};
use super::truth::StressEffects;

/// Chance that stress fails to move one modality of one person.
const FAILURE: f64 = 0.16;

/// Everything about a person that stays for the session.
pub(super) struct Person {
    pub(super) effects: StressEffects,
    pub(super) arousal: Arousal,
    pub(super) heart: Heart,
    pub(super) breath: Breath,
    pub(super) skin: Skin,
    pub(super) vessels: Vessels,
    pub(super) warmth: Warmth,
    pub(super) body: Body,
}

/// How excitement comes and goes.
pub(super) struct Arousal {
    /// Time constants in seconds.
    pub(super) rise: f64,
    pub(super) recovery: f64,
    /// Share of the stress drive that is lost by the end of the task.
    pub(super) habituation: f64,
    /// Drive of the first minutes, that wears off.
    pub(super) settling: f64,
    /// Standard deviation of the ups and downs that no condition causes.
    pub(super) spontaneous: f64,
}

/// Rates in beats a minute, modulation depths as fractions of the rate.
pub(super) struct Heart {
    pub(super) rest: f64,
    pub(super) stress: f64,
    pub(super) amusement: f64,
    pub(super) calm: f64,
    pub(super) standing: f64,
    pub(super) drift: f64,
    pub(super) respiratory: f64,
    pub(super) vagal_withdrawal: f64,
    pub(super) mayer: f64,
    /// R wave in mV, and each of P, Q, S, T relative to its usual size.
    pub(super) r_wave: f64,
    pub(super) waves: [f64; 4],
}

/// Breaths per second, changes as fractions, depth in % of the belt's range.
pub(super) struct Breath {
    pub(super) rate: f64,
    pub(super) stress: f64,
    pub(super) calm: f64,
    pub(super) depth: f64,
}

/// Conductances in µS, rates per minute.
pub(super) struct Skin {
    pub(super) level: f64,
    pub(super) stress: f64,
    pub(super) amusement: f64,
    pub(super) responses: f64,
    pub(super) responses_stress: f64,
    pub(super) responses_amusement: f64,
    pub(super) amplitude: f64,
    pub(super) chest_level: f64,
    pub(super) chest_phasic: f64,
    pub(super) noise: f64,
}

/// Pulse wave: amplitude in the E4's units, times in seconds.
pub(super) struct Vessels {
    pub(super) amplitude: f64,
    pub(super) constriction: f64,
    pub(super) transit: f64,
    pub(super) reflection: f64,
}

/// Temperatures in °C, times in seconds.
pub(super) struct Warmth {
    pub(super) wrist: f64,
    pub(super) chest: f64,
    pub(super) wear: f64,
    pub(super) wear_time: f64,
    pub(super) stress: f64,
}

/// Muscles and movement.
pub(super) struct Body {
    /// EMG at rest, mV.
    pub(super) tone: f64,
    pub(super) tension: f64,
    pub(super) fidgeting: f64,
    pub(super) stands_in_baseline: bool,
    pub(super) stands_in_stress: bool,
}

impl Person {
    pub(super) fn new(seed: u64, index: usize) -> Person {
        let random = &mut Random::new(seed, index, Purpose::Person);
        // Some people are moved less by the whole task.
        let reactivity = random.uniform(0.75, 1.25);
        let mut effect = || reactivity * effect(random);
        Person {
            effects: StressEffects {
                heart: effect(),
                skin: effect(),
                vessels: effect(),
                temperature: effect(),
                breathing: effect(),
                muscle: effect(),
            },
            arousal: Arousal {
                rise: random.uniform(10.0, 25.0),
                recovery: random.uniform(35.0, 100.0),
                habituation: random.uniform(0.0, 0.4),
                settling: random.uniform(0.0, 0.6),
                spontaneous: random.uniform(0.1, 0.24),
            },
            heart: Heart {
                rest: random.normal(69.0, 6.5).clamp(50.0, 92.0),
                // More people near 22 than near 5 beats a minute.
                stress: 5.0 + 17.0 * random.uniform(0.0, 1.0).sqrt(),
                amusement: random.uniform(-2.0, 5.0),
                calm: random.uniform(0.0, 5.0),
                standing: random.uniform(2.0, 8.0),
                drift: random.uniform(1.0, 2.2),
                respiratory: random.log_normal(0.035, 0.35).clamp(0.01, 0.09),
                vagal_withdrawal: random.uniform(0.25, 0.65),
                mayer: random.log_normal(0.018, 0.35),
                r_wave: random.log_normal(0.8, 0.2).clamp(0.45, 1.15),
                waves: std::array::from_fn(|_| random.log_normal(1.0, 0.15)),
            },
            breath: Breath {
                rate: random.normal(14.5, 2.3).clamp(9.0, 20.0) / 60.0,
                stress: random.uniform(0.08, 0.4),
                calm: random.uniform(0.05, 0.25),
                depth: random.log_normal(6.0, 0.3),
            },
            skin: skin(random),
            vessels: Vessels {
                amplitude: random.log_normal(45.0, 0.4),
                constriction: random.uniform(0.3, 1.0),
                transit: random.normal(0.2, 0.015).clamp(0.15, 0.25),
                reflection: random.uniform(0.3, 0.5),
            },
            warmth: Warmth {
                wrist: random.normal(32.6, 0.9),
                chest: random.normal(33.8, 0.6),
                wear: random.normal(0.7, 0.6),
                wear_time: random.uniform(500.0, 1200.0),
                stress: random.uniform(0.2, 0.9),
            },
            body: Body {
                tone: random.log_normal(0.008, 0.3),
                tension: random.uniform(0.2, 1.0),
                fidgeting: random.log_normal(1.0, 0.45),
                stands_in_baseline: random.chance(0.3),
                stands_in_stress: random.chance(0.7),
            },
        }
    }
}

fn skin(random: &mut Random) -> Skin {
    let level = random.log_normal(1.6, 0.6).clamp(0.3, 8.0);
    Skin {
        level,
        stress: random.uniform(0.4, 2.0),
        amusement: random.uniform(0.0, 0.35),
        responses: random.log_normal(2.5, 0.45),
        responses_stress: random.uniform(4.0, 11.0),
        responses_amusement: random.uniform(0.0, 4.0),
        // Larger where the skin conducts better, but less than in proportion.
        amplitude: random.log_normal(0.11, 0.35) * level.powf(0.7),
        chest_level: random.log_normal(1.3, 0.5) * level,
        chest_phasic: random.log_normal(0.7, 0.4),
        noise: random.uniform(0.002, 0.006),
    }
}

/// How strongly stress moves one modality: about 1, or near 0, or the wrong way round.
fn effect(random: &mut Random) -> f64 {
    if !random.chance(FAILURE) {
        random.normal(1.0, 0.15).clamp(0.6, 1.3)
    } else if random.chance(0.5) {
        random.uniform(-0.1, 0.2)
    } else {
        random.uniform(-0.7, -0.2)
    }
}
