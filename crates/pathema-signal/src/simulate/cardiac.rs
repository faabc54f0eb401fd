//! The heart: when it beats, and what the beats look like in the electrocardiogram.

use std::f64::consts::TAU;

use super::breath::Breath;
use super::person::Person;
use super::random::{Memory, Purpose, Random};
use super::state::{RATE, State, Track};

/// Integration steps per second of the pulse frequency model.
const STEPS: f64 = 100.0;
/// Beats are computed this long before and after the recording, so that its edges are whole.
const MARGIN: f64 = 3.0;

/// Instants of the R peaks in seconds, in order, from 3 s before the recording to 3 s after its end.
///
/// Integral pulse frequency modulation (Bayly 1968): a beat falls where the integral of the instantaneous
/// rate passes a whole number.
pub(super) fn beats(
    seed: u64,
    index: usize,
    person: &Person,
    state: &State,
    breath: &Breath,
    duration: f64,
) -> Vec<f64> {
    let random = &mut Random::new(seed, index, Purpose::Beats);
    let rate = rate(random, person, state, duration);
    let heart = &person.heart;
    let effect = person.effects.heart;
    let respiratory = Track::new(duration, |t| {
        let withdrawal = heart.vagal_withdrawal * state.drive(effect, t);
        heart.respiratory * (1.0 - withdrawal).clamp(0.15, 1.6) * (1.0 + 0.3 * state.calm.at(t))
    });
    let mut wander = Memory::new(random, STEPS, 20.0, 0.01);
    let mut mayer_phase = random.uniform(0.0, TAU);
    let mut done = random.uniform(0.0, 1.0);
    let mut times = Vec::new();
    for k in 0..((duration + 2.0 * MARGIN) * STEPS) as usize {
        let t = k as f64 / STEPS - MARGIN;
        let modulation =
            1.0 + respiratory.at(t) * breath.modulation(t) + heart.mayer * mayer_phase.sin();
        let step = rate.at(t) / 60.0 * modulation / STEPS;
        mayer_phase += TAU * (0.1 + wander.next(random)) / STEPS;
        done += step;
        if done >= 1.0 {
            done -= 1.0;
            times.push(t + (1.0 - done / step) / STEPS);
        }
    }
    times
}

/// Heart rate in beats a minute without its fast modulation.
fn rate(random: &mut Random, person: &Person, state: &State, duration: f64) -> Track {
    let heart = &person.heart;
    // Three time constants a factor of four apart together have about a 1/f spectrum.
    let mut drift = [20.0, 80.0, 320.0].map(|tau| Memory::new(random, RATE, tau, heart.drift));
    Track::new(duration, |t| {
        let slow: f64 = drift.iter_mut().map(|memory| memory.next(random)).sum();
        let rate = heart.rest
            + slow
            + heart.stress * state.drive(person.effects.heart, t)
            + heart.amusement * state.amusement.at(t)
            + heart.standing * state.standing.at(t)
            - heart.calm * state.calm.at(t);
        rate.clamp(40.0, 170.0)
    })
}

/// One wave of the electrocardiogram.
struct Wave {
    /// Height relative to the R wave.
    height: f64,
    /// Seconds from the R peak and width at 60 beats a minute.
    offset: f64,
    width: f64,
    /// Power of the RR interval (in s) that offset and width go with.
    power: f64,
}

/// P, Q, R, S and T as in table I of McSharry et al. 2003 (θ, a, b): the offset is θ/2π s, the width b/2π s
/// and the height a·b² over the R wave's.
const WAVES: [Wave; 5] = [
    Wave {
        height: 0.25,
        offset: -0.1667,
        width: 0.0398,
        power: 0.75,
    },
    Wave {
        height: -0.1667,
        offset: -0.0417,
        width: 0.0159,
        power: 0.5,
    },
    Wave {
        height: 1.0,
        offset: 0.0,
        width: 0.0159,
        power: 0.5,
    },
    Wave {
        height: -0.25,
        offset: 0.0417,
        width: 0.0159,
        power: 0.5,
    },
    Wave {
        height: 0.4,
        offset: 0.25,
        width: 0.0637,
        power: 0.75,
    },
];

/// The electrocardiogram in mV without wander, noise or artefacts: a sum of Gaussians around each beat.
pub(super) fn electrocardiogram(
    person: &Person,
    breath: &Breath,
    beats: &[f64],
    rate: f64,
    n: usize,
) -> Vec<f64> {
    let [p, q, s, t] = person.heart.waves;
    let mut ecg = vec![0.0; n];
    for pair in beats.windows(2) {
        let &[beat, next] = pair else { continue };
        let interval = (next - beat).clamp(0.3, 1.6);
        // The heart's axis turns with the diaphragm.
        let height = person.heart.r_wave * (1.0 + 0.06 * breath.modulation(beat));
        for (wave, own) in WAVES.iter().zip([p, q, 1.0, s, t]) {
            let stretch = interval.powf(wave.power);
            let width = wave.width * stretch;
            bump(
                &mut ecg,
                rate,
                beat + wave.offset * stretch,
                width,
                height * wave.height * own,
            );
        }
    }
    ecg
}

/// Adds a Gaussian of this height and width (its standard deviation, s) around `centre`.
pub(super) fn bump(signal: &mut [f64], rate: f64, centre: f64, width: f64, height: f64) {
    let first = ((centre - 4.5 * width) * rate).ceil().max(0.0) as usize;
    let end = (((centre + 4.5 * width) * rate).ceil().max(0.0) as usize).min(signal.len());
    for (i, value) in signal.iter_mut().enumerate().take(end).skip(first) {
        let x = (i as f64 / rate - centre) / width;
        *value += height * (-0.5 * x * x).exp();
    }
}
