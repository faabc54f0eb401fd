//! The blood volume pulse at the wrist.

use super::cardiac::bump;
use super::device;
use super::random::{Memory, Purpose, Random};
use super::session::Body;
use super::state::{RATE, Track};

/// Seconds from the foot of the pulse wave to its systolic peak.
const RISE: f64 = 0.11;
/// Widths (standard deviations, s) of the systolic wave and of its reflection.
const WIDTHS: [f64; 2] = [0.085, 0.11];

pub(super) struct Pulse {
    /// Instants of the systolic peaks in seconds.
    pub(super) peaks: Vec<f64>,
    /// What the E4 stores.
    pub(super) samples: Vec<f64>,
}

/// The pulse wave that follows each beat, as two Gaussians without mean, with motion artefacts.
pub(super) fn pulse(body: &Body, rate: f64, n: usize) -> Pulse {
    let (person, state, breath) = (&body.person, &body.state, &body.breath);
    let random = &mut Random::new(body.seed, body.index, Purpose::Pulse);
    let vessels = &person.vessels;
    let duration = n as f64 / rate;
    let mut contact = Memory::new(random, RATE, 60.0, 0.18);
    let contact = Track::new(duration, |_| contact.next(random));
    let amplitude = |t: f64| {
        let constriction = vessels.constriction * state.slow_drive(person.effects.vessels, t);
        let log = contact.at(t) - constriction - 0.15 * state.standing.at(t);
        vessels.amplitude * log.exp() * (1.0 + 0.06 * breath.modulation(t))
    };
    let mut samples = vec![0.0; n];
    let mut waves = Vec::with_capacity(body.beats.len());
    for pair in body.beats.windows(2) {
        let &[beat, next] = pair else { continue };
        let interval = next - beat;
        let faster = 0.012 * state.drive(person.effects.vessels, beat);
        let peak = beat + vessels.transit - faster + 0.004 * breath.modulation(beat) + RISE;
        let height = amplitude(peak);
        let reflected = height * vessels.reflection;
        bump(&mut samples, rate, peak, WIDTHS[0], height);
        let delay = 0.27 * interval.sqrt();
        bump(&mut samples, rate, peak + delay, WIDTHS[1], reflected);
        let area = (height * WIDTHS[0] + reflected * WIDTHS[1]) * std::f64::consts::TAU.sqrt();
        waves.push((peak, area / interval));
    }
    remove_mean(&mut samples, rate, &waves);

    let mut shake = Memory::new(random, rate, 0.15, 1.0);
    for (i, value) in samples.iter_mut().enumerate() {
        let moved = body.wrist_motion.envelope.at(i as f64 / rate);
        let artefact = 6.0 * moved * vessels.amplitude * shake.next(random);
        *value = device::e4_pulse(*value + artefact + random.normal(0.0, 0.6));
    }
    let peaks = waves
        .into_iter()
        .map(|wave| wave.0)
        .filter(|t| (0.0..duration).contains(t))
        .collect();
    Pulse { peaks, samples }
}

/// Takes away each wave's mean height, linear between the peaks: the sensor gives the alternating part only,
/// and a filter would shift the peaks.
fn remove_mean(samples: &mut [f64], rate: f64, waves: &[(f64, f64)]) {
    let mut j = 0;
    for (i, value) in samples.iter_mut().enumerate() {
        let t = i as f64 / rate;
        while j + 2 < waves.len() && waves[j + 1].0 <= t {
            j += 1;
        }
        if let Some(&[(t0, a), (t1, b)]) = waves.get(j..j + 2) {
            *value -= a + (b - a) * ((t - t0) / (t1 - t0)).clamp(0.0, 1.0);
        }
    }
}
