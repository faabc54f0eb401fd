//! The wrist's sensors: Empatica E4.

use super::device;
use super::electrodermal;
use super::pulse::{Pulse, pulse};
use super::random::{Purpose, Random};
use super::session::Body;
use super::temperature;
use crate::empatica::ACCELERATION;
use crate::{Channel, Modality, Placement, Samples, Timing};

const ACC_RATE: f64 = 32.0;
const BVP_RATE: f64 = 64.0;
/// Samples per second of EDA and TEMP, and of the ground truth of EDA.
pub(super) const EDA_RATE: f64 = 4.0;

/// All channels in the order of the official files, the instants of the pulse's peaks, and the stretches
/// without EDA.
pub(super) fn channels(body: &Body) -> (Vec<Channel>, Vec<f64>, Vec<[f64; 2]>) {
    let duration = body.schedule.duration;
    let Pulse { peaks, samples } = pulse(body, BVP_RATE, (duration * BVP_RATE) as usize);
    let n = (duration * EDA_RATE) as usize;
    let (eda, lost) = eda(body, n);
    let acceleration = acceleration(body, (duration * ACC_RATE) as usize);
    let channel = |modality: Modality, unit, rate, samples| {
        let timing = Timing::regular(rate);
        Channel::new(
            modality.name(),
            modality,
            unit,
            timing,
            Samples::F64(samples),
        )
        .worn(Placement::Wrist)
    };
    let channels = vec![
        channel(Modality::Acc, "g", ACC_RATE, acceleration)
            .with_axes(3)
            .converted(ACCELERATION),
        channel(Modality::Bvp, "a.u.", BVP_RATE, samples),
        channel(Modality::Eda, "µS", EDA_RATE, eda),
        channel(Modality::Temp, "°C", EDA_RATE, skin(body, n)),
    ];
    (channels, peaks, lost)
}

fn eda(body: &Body, n: usize) -> (Vec<f64>, Vec<[f64; 2]>) {
    let random = &mut Random::new(body.seed, body.index, Purpose::WristEdaNoise);
    let phasic = electrodermal::phasic(&body.responses, EDA_RATE, n);
    let clean = body
        .wrist_tonic
        .0
        .iter()
        .zip(&phasic)
        .map(|(tonic, phasic)| tonic + phasic);
    let noise = body.person.skin.noise;
    let (mut samples, lost) =
        electrodermal::electrodes(random, clean, EDA_RATE, noise, &body.wrist_motion);
    for value in &mut samples {
        *value = device::e4_eda(*value);
    }
    (samples, lost)
}

fn skin(body: &Body, n: usize) -> Vec<f64> {
    let random = &mut Random::new(body.seed, body.index, Purpose::WristTemperature);
    let (person, duration) = (&body.person, body.schedule.duration);
    let course = temperature::course(random, person, &body.state, Placement::Wrist, duration);
    let noisy = course.0.iter().take(n);
    noisy
        .map(|value| device::e4_temperature(value + 0.008 * random.gauss()))
        .collect()
}

fn acceleration(body: &Body, n: usize) -> Vec<f64> {
    let random = &mut Random::new(body.seed, body.index, Purpose::WristMotion);
    let mut values = body.wrist_motion.acceleration(ACC_RATE, n);
    for value in &mut values {
        *value = device::e4_acceleration(*value + 0.006 * random.gauss());
    }
    values
}
