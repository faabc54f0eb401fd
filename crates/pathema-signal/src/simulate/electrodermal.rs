//! Sweat: the tonic level, the phasic responses, and what the electrodes make of them.

use super::motion::Motion;
use super::person::Person;
use super::random::{Memory, Purpose, Random};
use super::state::{RATE, State, Track};

/// Time constants of the Bateman function in seconds: decay and rise.
const TAUS: [f64; 2] = [2.0, 0.7];
/// Losses of contact per second: one in 90 minutes.
const LOSSES: f64 = 1.0 / 5400.0;
/// Greatest rate of responses, per second: they do not pile up without limit.
const MOST: f64 = 25.0 / 60.0;

/// Skin conductance responses of the wrist.
pub(super) struct Responses {
    /// Seconds.
    pub(super) onsets: Vec<f64>,
    /// Height that each adds at its peak, µS.
    pub(super) amplitudes: Vec<f64>,
}

pub(super) fn responses(
    seed: u64,
    index: usize,
    person: &Person,
    state: &State,
    duration: f64,
) -> Responses {
    let random = &mut Random::new(seed, index, Purpose::Responses);
    let skin = &person.skin;
    let effect = person.effects.skin;
    let rate = |t: f64| {
        let a_minute = skin.responses * (1.0 - 0.5 * state.calm.at(t))
            + skin.responses_stress * state.drive(effect, t)
            + skin.responses_amusement * state.amusement.at(t);
        (a_minute / 60.0).clamp(0.3 / 60.0, MOST)
    };
    let onsets = random.events(duration, MOST, rate);
    let amplitudes = onsets
        .iter()
        .map(|&t| {
            let excited = (1.0 + 0.4 * state.drive(effect, t)).max(0.3);
            random.log_normal(skin.amplitude * excited, 0.6).min(6.0)
        })
        .collect();
    Responses { onsets, amplitudes }
}

/// The phasic course: each response is the Bateman function (e^(−t/2 s) − e^(−t/0.7 s)) scaled to its
/// amplitude at the peak.
///
/// Exact at every sample, also between samples of a slower rate.
pub(super) fn phasic(responses: &Responses, rate: f64, n: usize) -> Vec<f64> {
    let [slow, fast] = TAUS;
    let top = (slow / fast).ln() * slow * fast / (slow - fast);
    let scale = 1.0 / ((-top / slow).exp() - (-top / fast).exp());
    let keep = TAUS.map(|tau| (-1.0 / (rate * tau)).exp());
    let mut state = [0.0; 2];
    let mut events = responses
        .onsets
        .iter()
        .zip(&responses.amplitudes)
        .peekable();
    (0..n)
        .map(|i| {
            let t = i as f64 / rate;
            for (value, keep) in state.iter_mut().zip(keep) {
                *value *= keep;
            }
            while let Some((onset, amplitude)) = events.next_if(|event| *event.0 <= t) {
                for (value, tau) in state.iter_mut().zip(TAUS) {
                    *value += amplitude * scale * ((onset - t) / tau).exp();
                }
            }
            state[0] - state[1]
        })
        .collect()
}

/// The tonic level in µS at the wrist and at the chest.
pub(super) fn tonic(
    seed: u64,
    index: usize,
    person: &Person,
    state: &State,
    duration: f64,
) -> (Track, Track) {
    let skin = &person.skin;
    let excitement = |t: f64| {
        let effect = person.effects.skin;
        // The level follows the ups and downs of everyday arousal less than the responses do.
        let drive = effect * state.slow_stress.at(t) + 0.6 * state.spontaneous.at(t);
        (1.0 + skin.stress).ln() * drive + skin.amusement * state.amusement.at(t)
            - 0.1 * state.calm.at(t)
    };
    let course = |purpose, level: f64, share: f64| {
        let random = &mut Random::new(seed, index, purpose);
        let mut drift = Memory::new(random, RATE, 250.0, 0.12);
        // The gel and the sweat under an electrode take minutes to settle.
        let wetting = random.normal(0.0, 0.15);
        Track::new(duration, |t| {
            let log = share * excitement(t) + drift.next(random) + wetting * (-t / 300.0).exp();
            (level * log.exp()).clamp(0.05, 15.0)
        })
        // Sweat rises and dries over seconds: whatever is faster belongs to the responses.
        .smoothed(5.0)
    };
    (
        course(Purpose::WristEda, skin.level, 1.0),
        course(Purpose::ChestEda, skin.chest_level, 0.6),
    )
}

/// What electrodes measure of `clean`: with noise, a touch of movement, and rare losses of contact.
///
/// Returns the samples before the device rounds them and the stretches `[start, end)` without contact.
pub(super) fn electrodes(
    random: &mut Random,
    clean: impl ExactSizeIterator<Item = f64>,
    rate: f64,
    noise: f64,
    motion: &Motion,
) -> (Vec<f64>, Vec<[f64; 2]>) {
    let duration = clean.len() as f64 / rate;
    let lost: Vec<[f64; 2]> = random
        .events(duration, LOSSES, |_| LOSSES)
        .into_iter()
        .map(|start| [start, (start + random.uniform(4.0, 20.0)).min(duration)])
        .collect();
    let mut shake = Memory::new(random, rate, 0.5, 1.0);
    let samples = clean
        .enumerate()
        .map(|(i, value)| {
            let t = i as f64 / rate;
            let artefact = 0.06 * value.min(2.0) * motion.envelope.at(t) * shake.next(random);
            let measured = value + artefact + noise * random.gauss();
            if lost.iter().any(|[start, end]| (*start..*end).contains(&t)) {
                0.0
            } else {
                measured
            }
        })
        .collect();
    (samples, lost)
}
